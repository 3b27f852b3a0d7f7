import { Button } from '@mantine/core';
import { IconFilterOff, IconRefresh, IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useMatch } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import {
  type Campaign,
  type CampaignLive,
  campaignKeys,
  campaignLiveQuery,
  campaignQuery,
  type Recipient,
  recipientsQuery,
} from '../api/campaigns.ts';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { useProductClock } from '../api/product-clock.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { FilterChips } from '../patterns/filter-chips.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { usePageTitle } from '../patterns/page-title.ts';
import { SearchBox } from '../patterns/search-box.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import { SplitView } from '../patterns/side-panel.tsx';
import { useColumnChooser } from '../patterns/table-columns.tsx';
import { moreOf, VirtualTable } from '../patterns/virtual-table.tsx';
import { ICON_STROKE } from '../theme.ts';
import { filtersOf, type RecipientSearch, withFilter } from './recipient-filters.ts';
import { RecipientPhoneRow, recipientColumns } from './recipient-row.tsx';

const route = getRouteApi('/shell/campaigns/$campaignId/people');

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
  const filters = plainSearch(route.useSearch());
  const navigate = route.useNavigate();
  const openId = useMatch({ from: '/shell/campaigns/$campaignId/people/$contactId', shouldThrow: false })?.params
    .contactId;
  const clock = useProductClock(60_000);
  const { until, ...named } = filters;
  const asked = { ...named, ...(until === undefined ? {} : { waitsUntil: until }) };
  const recipients = useInfiniteQuery(recipientsQuery(campaign.id, asked));
  const rows = rowsOf(recipients.data);
  const { held, release } = useLive(`campaign:${campaign.id}`, [campaignKeys.recipients(campaign.id, asked)], {
    hold: rows.length > 0,
  });
  const { columns, visibility, chooser } = useRecipientColumns(campaign, openId !== undefined);
  const searchBox = useRef<HTMLInputElement>(null);
  useShortcuts('People', [{ keys: '/', label: 'Search people', run: () => searchBox.current?.focus() }]);
  // The panel of a person stays open: only what is listed beside it changes.
  const put = (name: string, value: string | undefined): void =>
    void navigate({
      to: '.',
      search: (before) => withFilter(plainSearch(before), { name, value }, live),
      replace: true,
    });
  const showEverybody = (): void => void navigate({ to: '.', search: {}, replace: true });
  return (
    <>
      <FilterChips
        before={
          <SearchBox
            inputRef={searchBox}
            value={filters.search ?? ''}
            onChange={(value) => put('search', value)}
            label="Name, company or part of a number"
            width={300}
          />
        }
        filters={filtersOf(campaign, live, filters, clock)}
        onChange={put}
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
          <Nobody filtered={Object.keys(filters).length > 0} onClear={showEverybody} />
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

const plainSearch = ({ state, waits, edit, ...rest }: ReturnType<typeof route.useSearch>): RecipientSearch => ({
  ...rest,
  ...(waits ? { waits } : {}),
  ...(state ? { state } : {}),
});

/** What a panel beside the list leaves room for. */
const HIDDEN_BESIDE_PANEL = { phone: false, variant: false, lane: false, sentAt: false };

function useRecipientColumns(campaign: Campaign, panel: boolean) {
  const variants = campaign.variants.length > 1;
  const columns = useMemo(() => recipientColumns.filter((column) => variants || column.id !== 'variant'), [variants]);
  const { visibility, chooser } = useColumnChooser('recipients', columns);
  return { columns, visibility: panel ? { ...visibility, ...HIDDEN_BESIDE_PANEL } : visibility, chooser };
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
