import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconFilterOff, IconPlus, IconSend } from '@tabler/icons-react';
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { type Campaign, campaignKeys, campaignsQuery } from '../api/campaigns.ts';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { FilterChips } from '../patterns/filter-chips.tsx';
import { formatCount } from '../patterns/format.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { SearchBox } from '../patterns/search-box.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import { STATES } from '../patterns/states.ts';
import { useColumnChooser } from '../patterns/table-columns.tsx';
import { moreOf, VirtualTable } from '../patterns/virtual-table.tsx';
import { ICON_STROKE } from '../theme.ts';
import { CampaignPhoneRow, campaignColumns } from './campaign-row.tsx';
import { useNewCampaign } from './use-new-campaign.ts';

const route = getRouteApi('/shell/campaigns');
const STATE_OPTIONS = (['running', 'paused', 'draft', 'completed', 'cancelled'] as const).map((state) => ({
  value: state,
  label: STATES[state].word,
}));

/** Below it all the columns together would leave no room for the names. */
const TIGHT_QUERY = '(max-width: 88em)';

/** Every campaign, newest first: how it stands, what came of it, what can be done next. */
export function CampaignsPage() {
  const { search = '', state = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: me } = useSuspenseQuery(meQuery);
  const managing = mayAct(me.user.role, 'manager');
  const newCampaign = useNewCampaign();
  const campaigns = useInfiniteQuery(
    campaignsQuery({ ...(search === '' ? {} : { search }), ...(state === '' ? {} : { state }) }),
  );
  useLive('campaign', [campaignKeys.list({})]);
  useLive('status', [campaignKeys.list({})]);
  useShortcuts('Campaigns', managing ? [{ keys: 'n', label: 'New campaign', run: newCampaign.start }] : []);
  const columns = useMemo(() => campaignColumns.filter((column) => managing || column.id !== 'next'), [managing]);
  const { visibility, chooser } = useColumnChooser('campaigns', columns);
  const tight = useMediaQuery(TIGHT_QUERY, undefined, { getInitialValueInEffect: false });

  const rows = rowsOf(campaigns.data);
  const filtered = search !== '' || state !== '';
  const none = campaigns.data !== undefined && rows.length === 0;
  const put = (change: { search?: string; state?: (typeof STATE_OPTIONS)[number]['value'] }): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const open = (campaign: Campaign): void =>
    void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } });
  const newButton = (label: string) => (
    <Button
      leftSection={<IconPlus size={16} stroke={ICON_STROKE} />}
      loading={newCampaign.busy}
      onClick={newCampaign.start}
    >
      {label}
    </Button>
  );

  return (
    <Page width="fill">
      <PageHeader
        title="Campaigns"
        beside={campaigns.data === undefined || campaigns.hasNextPage || none ? undefined : formatCount(rows.length)}
        actions={managing && !(none && !filtered) ? newButton('New campaign') : undefined}
      />
      {none && !filtered ? null : (
        <FilterChips
          before={
            <SearchBox value={search} onChange={(next) => put({ search: next })} label="Search by name" width={240} />
          }
          filters={[{ name: 'state', label: 'State', options: STATE_OPTIONS, value: state }]}
          onChange={(_name, value) => {
            const next = STATE_OPTIONS.find((option) => option.value === value)?.value;
            void navigate({
              search: ({ state: _old, ...rest }) => (next === undefined ? rest : { ...rest, state: next }),
              replace: true,
            });
          }}
          after={chooser}
        />
      )}
      {campaigns.error === null || campaigns.data === undefined ? null : (
        <div>
          <ErrorState compact error={campaigns.error} what="Not up to date" onRetry={() => void campaigns.refetch()} />
        </div>
      )}
      {campaigns.data === undefined ? (
        campaigns.error === null ? (
          <div data-bleed>
            <LoadingSkeleton shape="rows" />
          </div>
        ) : (
          <ErrorState
            error={campaigns.error}
            what="The campaigns could not be loaded"
            onRetry={() => void campaigns.refetch()}
          />
        )
      ) : none ? (
        <Empty filtered={filtered} managing={managing} onClear={() => void navigate({ search: {}, replace: true })}>
          {newButton('Make the first campaign')}
        </Empty>
      ) : (
        <VirtualTable
          label="Campaigns"
          rows={rows}
          rowId={(campaign) => campaign.id}
          columns={columns}
          visibility={tight ? { ...visibility, when: false } : visibility}
          phoneRow={(campaign) => <CampaignPhoneRow campaign={campaign} />}
          onOpen={open}
          more={moreOf(campaigns)}
        />
      )}
    </Page>
  );
}

interface EmptyProps {
  readonly filtered: boolean;
  readonly managing: boolean;
  readonly onClear: () => void;
  /** The button that makes the first one. */
  readonly children: ReactNode;
}

function Empty({ filtered, managing, onClear, children }: EmptyProps) {
  if (filtered)
    return (
      <EmptyState
        icon={IconFilterOff}
        title="No campaign matches"
        actions={
          <Button variant="default" onClick={onClear}>
            Show all campaigns
          </Button>
        }
      />
    );
  return (
    <EmptyState icon={IconSend} title="Text many people at once" actions={managing ? children : undefined}>
      A campaign sends one message to the people you choose, at the hours and at the pace that are allowed, and shows
      who got it, who answered and who asked to be left alone.
      {managing ? null : ` ${rightSentence('manager', 'make campaigns')}`}
    </EmptyState>
  );
}
