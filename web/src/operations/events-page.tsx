import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDownload, IconReload, IconTrash } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useRef } from 'react';
import { mayAct, meQuery } from '../api/session.ts';
import { eventsFile, webhookStatsQuery } from '../api/webhook-events.ts';
import { FilterChips } from '../patterns/filter-chips.tsx';
import { plural } from '../patterns/format.ts';
import { Page, PageHeader } from '../patterns/page.tsx';
import { SearchBox } from '../patterns/search-box.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import { SplitView } from '../patterns/side-panel.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE, PHONE_QUERY } from '../theme.ts';
import { EventList } from './event-list.tsx';
import { hourWords } from './figures.ts';
import { OperationsTabs } from './operations-tabs.tsx';
import { useEventFilters } from './use-event-filters.ts';
import { useEventList } from './use-event-list.ts';

const route = getRouteApi('/shell/operations/events');
const DiscardDialog = lazy(() => import('./discard-dialog.tsx'));
const ReplayDialog = lazy(() => import('./replay-dialog.tsx'));
const icon = { size: 16, stroke: ICON_STROKE, 'aria-hidden': true } as const;

/** "6 events rest here until somebody replays or discards them": of those that match. */
function restWords({ query, rows }: ReturnType<typeof useEventList>): string {
  if (query.data === undefined) return '\u00a0';
  if (rows.length === 0) return query.hasNextPage ? 'None found so far.' : 'No event waits for somebody.';
  const rest = plural(rows.length, 'event rests', 'events rest');
  return `${query.hasNextPage ? 'At least ' : ''}${rest} here until somebody replays or discards ${rows.length === 1 ? 'it' : 'them'}.`;
}

export function EventsPage() {
  const navigate = route.useNavigate();
  const { role } = useSuspenseQuery(meQuery).data.user;
  const { eventId: openId } = useParams({ strict: false });
  const { search, maySearch, filters, chips, filtered } = useEventFilters();
  const events = useEventList({ filters, narrow: openId !== undefined });
  const stats = useQuery(webhookStatsQuery).data;
  const dialog = useLazyDialog();
  const discard = useLazyDialog();
  const searchBox = useRef<HTMLInputElement>(null);
  const phone = useMediaQuery(PHONE_QUERY, undefined, { getInitialValueInEffect: false });
  const failed = search.state === 'failed';
  const some = events.rows.length > 0;
  useShortcuts(
    'Events',
    maySearch ? [{ keys: '/', label: 'Search events', run: () => searchBox.current?.focus() }] : [],
  );
  const setFilter = (name: string, value: string | undefined): void =>
    void navigate({ search: (before) => ({ ...before, [name]: value }), replace: true });

  return (
    <Page width="fill">
      <OperationsTabs failed={failed} />
      <PageHeader
        title={failed ? 'Failed events' : 'Events'}
        summary={failed ? restWords(events) : stats === undefined ? '\u00a0' : hourWords(stats)}
        actions={
          <>
            {mayAct(role, 'owner') && some && !phone ? (
              <Button
                component="a"
                href={eventsFile(filters)}
                download
                variant="default"
                leftSection={<IconDownload {...icon} />}
              >
                Export
              </Button>
            ) : null}
            {mayAct(role, 'manager') && some && failed ? (
              <Button variant="default" leftSection={<IconTrash {...icon} />} onClick={discard.open}>
                Discard all of these
              </Button>
            ) : null}
            {mayAct(role, 'manager') && some ? (
              <Button
                variant={failed ? 'filled' : 'default'}
                leftSection={<IconReload {...icon} />}
                onClick={dialog.open}
              >
                {filtered ? 'Replay all of these' : 'Replay all'}
              </Button>
            ) : null}
          </>
        }
      />
      <FilterChips
        filters={chips}
        onChange={setFilter}
        before={
          maySearch ? (
            <SearchBox
              inputRef={searchBox}
              value={search.search ?? ''}
              onChange={(value) => setFilter('search', value)}
              label="Whole number, or part of an error"
              width={phone ? '100%' : 'clamp(12rem, 28vw, 18.75rem)'}
            />
          ) : undefined
        }
        after={phone ? undefined : events.chooser}
      />
      <SplitView panel={<Outlet />}>
        <EventList
          events={events}
          filtered={filtered}
          onlyFailed={failed && Object.values(search).filter((value) => value !== undefined).length === 1}
          openId={openId}
          onOpen={(eventId) => void navigate({ to: '/operations/events/$eventId', params: { eventId }, search: true })}
          onClear={() => void navigate({ search: {}, replace: true })}
        />
      </SplitView>
      <Suspense fallback={null}>
        {dialog.wanted ? (
          <ReplayDialog
            selection={filtered ? { filter: filters } : { all: true }}
            opened={dialog.opened}
            onClose={dialog.close}
          />
        ) : null}
        {discard.wanted ? (
          <DiscardDialog selection={{ filter: filters }} opened={discard.opened} onClose={discard.close} />
        ) : null}
      </Suspense>
    </Page>
  );
}
