import { Button, Text } from '@mantine/core';
import { IconFilterOff, IconRefresh, IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import {
  type Campaign,
  type CampaignLive,
  campaignKeys,
  type EnrollmentState,
  type Recipient,
  recipientsQuery,
} from '../api/campaigns.ts';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { FilterChips } from '../patterns/filter-chips.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { SplitView } from '../patterns/side-panel.tsx';
import { STATES } from '../patterns/states.ts';
import { useColumnChooser } from '../patterns/table-columns.tsx';
import { moreOf, VirtualTable } from '../patterns/virtual-table.tsx';
import { ICON_STROKE } from '../theme.ts';
import { RecipientPanel } from './recipient-panel.tsx';
import { RecipientPhoneRow, recipientColumns } from './recipient-row.tsx';

const route = getRouteApi('/shell/campaigns/$campaignId');
/** In the order of a person's way through the campaign. */
const STATE_ORDER: readonly EnrollmentState[] = [
  'pending',
  'handing_over',
  'unknown',
  'sent',
  'delivered',
  'failed',
  'skipped',
];

interface RecipientsProps {
  readonly campaign: Campaign;
  /** Knows the reasons and how often they occur. */
  readonly live: CampaignLive | undefined;
}

/** Everybody of the campaign, each with why. The list stands still while it is read; a button brings the newest states. */
export function Recipients({ campaign, live }: RecipientsProps) {
  const { state, reason, person } = route.useSearch();
  const navigate = route.useNavigate();
  const filters = { ...(state ? { state } : {}), ...(reason ? { reason } : {}) };
  const recipients = useInfiniteQuery(recipientsQuery(campaign.id, filters));
  const rows = rowsOf(recipients.data);
  const { held, release } = useLive(`campaign:${campaign.id}`, [campaignKeys.recipients(campaign.id, filters)], {
    hold: rows.length > 0,
  });
  const variants = campaign.variants.length > 1;
  const columns = useMemo(() => recipientColumns.filter((column) => variants || column.id !== 'variant'), [variants]);
  const { visibility, chooser } = useColumnChooser('recipients', columns);
  const put = (change: {
    state?: EnrollmentState | undefined;
    reason?: string | undefined;
    person?: string | undefined;
  }) =>
    void navigate({
      search: (before) =>
        Object.fromEntries(
          Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined),
        ) as typeof before,
      replace: true,
    });

  return (
    <>
      <FilterChips
        filters={[
          {
            name: 'state',
            label: 'State',
            value: state,
            options: STATE_ORDER.filter((name) => campaign.totals[name] > 0 || name === state).map((name) => ({
              value: name,
              label: STATES[name].word,
              count: campaign.totals[name],
            })),
          },
          { name: 'reason', label: 'Reason', value: reason, options: reasonOptions(live) },
        ]}
        onChange={(name, value) => {
          if (name === 'reason') put({ reason: value });
          else put({ state: STATE_ORDER.find((option) => option === value), reason: undefined });
        }}
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
      <SplitView
        panel={
          person === undefined ? null : (
            <RecipientPanel
              key={person}
              campaign={campaign}
              contactId={person}
              known={rows.find((row) => row.contactId === person)}
              onClose={() => put({ person: undefined })}
            />
          )
        }
      >
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
          <Nobody
            filtered={state !== undefined || reason !== undefined}
            onClear={() => put({ state: undefined, reason: undefined })}
          />
        ) : (
          <VirtualTable<Recipient>
            label={`People of ${campaign.name}`}
            rows={rows}
            rowId={(row) => row.contactId}
            columns={columns}
            visibility={visibility}
            phoneRow={(row) => <RecipientPhoneRow recipient={row} />}
            activeId={person}
            onOpen={(row) => put({ person: row.contactId })}
            more={moreOf(recipients)}
          />
        )}
      </SplitView>
    </>
  );
}

function reasonOptions(live: CampaignLive | undefined) {
  const failures = live?.failures.map(({ code, sentence, count }) => ({ value: code, label: sentence, count })) ?? [];
  const skips = live?.skips.map(({ reason, sentence, count }) => ({ value: reason, label: sentence, count })) ?? [];
  return [...failures, ...skips];
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
      <Text span inherit>
        People move on to their next state while the campaign runs.
      </Text>
    </EmptyState>
  );
}
