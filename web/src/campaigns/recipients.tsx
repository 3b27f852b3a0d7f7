import { Button } from '@mantine/core';
import { IconFilterOff, IconRefresh, IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useMatch } from '@tanstack/react-router';
import { useMemo } from 'react';
import {
  type Campaign,
  type CampaignLive,
  campaignKeys,
  campaignLiveQuery,
  campaignQuery,
  type EnrollmentState,
  type Recipient,
  recipientsQuery,
} from '../api/campaigns.ts';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { type Filter, FilterChips } from '../patterns/filter-chips.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { usePageTitle } from '../patterns/page-title.ts';
import { SplitView } from '../patterns/side-panel.tsx';
import { STATES } from '../patterns/states.ts';
import { useColumnChooser } from '../patterns/table-columns.tsx';
import { moreOf, VirtualTable } from '../patterns/virtual-table.tsx';
import { ICON_STROKE } from '../theme.ts';
import { RecipientPhoneRow, recipientColumns } from './recipient-row.tsx';

const route = getRouteApi('/shell/campaigns/$campaignId/people');
/** In the order of a person's way through the campaign. */
const STATE_ORDER = ['pending', 'handing_over', 'unknown', 'sent', 'delivered', 'failed', 'skipped'] as const;

/** Everybody of the campaign, each with why. The list stands still while it is read; a button brings the newest states. */
export function Recipients() {
  const { campaignId } = route.useParams();
  const campaign = useQuery(campaignQuery(campaignId)).data;
  const live = useQuery(campaignLiveQuery(campaignId)).data;
  if (campaign === undefined) return null;
  return <RecipientList campaign={live?.campaign ?? campaign} live={live} />;
}

interface RecipientListProps {
  readonly campaign: Campaign;
  /** Knows the reasons and how often they occur. */
  readonly live: CampaignLive | undefined;
}

function RecipientList({ campaign, live }: RecipientListProps) {
  usePageTitle(campaign.name);
  const { state, reason } = route.useSearch();
  const filters = { ...(state ? { state } : {}), ...(reason ? { reason } : {}) };
  const navigate = route.useNavigate();
  const openId = useMatch({ from: '/shell/campaigns/$campaignId/people/$contactId', shouldThrow: false })?.params
    .contactId;
  const recipients = useInfiniteQuery(recipientsQuery(campaign.id, filters));
  const rows = rowsOf(recipients.data);
  const { held, release } = useLive(`campaign:${campaign.id}`, [campaignKeys.recipients(campaign.id, filters)], {
    hold: rows.length > 0,
  });
  const { columns, visibility, chooser } = useRecipientColumns(campaign, openId !== undefined);
  const put = (search: Search): void =>
    void navigate({ to: '/campaigns/$campaignId/people', params: { campaignId: campaign.id }, search, replace: true });
  return (
    <>
      <FilterChips
        filters={filtersOf(campaign, live, filters)}
        onChange={(name, value) => put(name === 'state' ? withState(value) : withReason(live, value))}
        after={
          <>
            {held === 0 ? null : (
              <Button
                size="xs"
                variant="light"
                leftSection={<IconRefresh size={16} stroke={ICON_STROKE} aria-hidden />}
                loading={recipients.isRefetching}
                onClick={release}
              >
                Newer states
              </Button>
            )}
            {chooser}
          </>
        }
      />
      <SplitView panel={<Outlet />}>
        {recipients.data === undefined ? (
          recipients.error === null ? (
            <LoadingSkeleton shape="rows" />
          ) : (
            <ErrorState
              error={recipients.error}
              what="The people could not be loaded"
              onRetry={() => void recipients.refetch()}
            />
          )
        ) : rows.length === 0 ? (
          <Nobody filtered={Object.keys(filters).length > 0} onClear={() => put({})} />
        ) : (
          <VirtualTable<Recipient>
            label={`People of ${campaign.name}`}
            rows={rows}
            rowId={(row) => row.contactId}
            columns={columns}
            visibility={visibility}
            phoneRow={(row) => <RecipientPhoneRow recipient={row} />}
            activeId={openId}
            onOpen={(row) =>
              void navigate({
                to: '/campaigns/$campaignId/people/$contactId',
                params: { campaignId: campaign.id, contactId: row.contactId },
                search: filters,
              })
            }
            more={moreOf(recipients)}
          />
        )}
      </SplitView>
    </>
  );
}

/** What a panel beside the list leaves room for. */
const HIDDEN_BESIDE_PANEL = { phone: false, variant: false, lane: false, sentAt: false };

function useRecipientColumns(campaign: Campaign, panel: boolean) {
  const variants = campaign.variants.length > 1;
  const columns = useMemo(() => recipientColumns.filter((column) => variants || column.id !== 'variant'), [variants]);
  const { visibility, chooser } = useColumnChooser('recipients', columns);
  return { columns, visibility: panel ? { ...visibility, ...HIDDEN_BESIDE_PANEL } : visibility, chooser };
}

interface Search {
  readonly state?: EnrollmentState;
  readonly reason?: string;
}

function filtersOf(campaign: Campaign, live: CampaignLive | undefined, { state, reason }: Search): readonly Filter[] {
  const states = STATE_ORDER.filter((name) => campaign.totals[name] > 0 || name === state);
  return [
    {
      name: 'state',
      label: 'State',
      value: state,
      options: states.map((name) => ({ value: name, label: STATES[name].word, count: campaign.totals[name] })),
    },
    { name: 'reason', label: 'Reason', value: reason, options: reasonsOf(live) },
  ];
}

const reasonsOf = (live: CampaignLive | undefined) => [
  ...(live?.failures ?? []).map(({ code, sentence, count }) => ({ value: code, label: sentence, count })),
  ...(live?.skips ?? []).map(({ reason, sentence, count }) => ({ value: reason, label: sentence, count })),
];

function withState(value: string | undefined): Search {
  const state = STATE_ORDER.find((name) => name === value);
  return state === undefined ? {} : { state };
}

/** A reason belongs to one state, so both change together. */
function withReason(live: CampaignLive | undefined, reason: string | undefined): Search {
  if (reason === undefined) return {};
  const state: EnrollmentState = live?.skips.some((skip) => skip.reason === reason) ? 'skipped' : 'failed';
  return { state, reason };
}

function Nobody({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  if (!filtered) return <EmptyState icon={IconUsers} title="Nobody is in this campaign" />;
  return (
    <EmptyState
      icon={IconFilterOff}
      title="Nobody matches"
      actions={
        <Button variant="default" onClick={onClear}>
          Show everybody
        </Button>
      }
    >
      People move on to their next state while the campaign runs.
    </EmptyState>
  );
}
