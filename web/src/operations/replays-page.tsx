import { Button, Progress, Text } from '@mantine/core';
import { IconReload } from '@tabler/icons-react';
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { cancelReplay, type EventReplay, eventKeys, replaysQuery } from '../api/webhook-events.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatCount, plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { MoreButton } from '../patterns/more-button.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { selectionWords } from './event-words.ts';
import classes from './operations.module.css';
import { OperationsTabs } from './operations-tabs.tsx';

/** What is given back is applied a moment later, which says nothing by itself. */
const WAITING_EVERY_MS = 1_500;

export function ReplaysPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const query = useInfiniteQuery({
    ...replaysQuery,
    refetchInterval: ({ state }) =>
      rowsOf(state.data).some((replay) => isOpen(replay) || replay.waiting > 0) ? WAITING_EVERY_MS : false,
  });
  useLive('replay', [eventKeys.replays]);
  return (
    <Page width="start">
      <OperationsTabs />
      <PageHeader
        title="Replays"
        summary="Events that are applied once more: what they have done already is not done twice."
      />
      <Loaded
        query={query}
        what="The replays could not be loaded"
        skeleton={<LoadingSkeleton shape="pairs" count={4} />}
      >
        {(data) => {
          const replays = rowsOf(data);
          if (replays.length === 0)
            return (
              <EmptyState icon={IconReload} title="No replay yet">
                When events have failed and the cause is mended, replay them from the list of events. Progress and
                outcome are shown here.
              </EmptyState>
            );
          return (
            <>
              <ul className={classes.rows}>
                {replays.map((replay) => (
                  <ReplayRow key={replay.id} replay={replay} mayCancel={mayAct(role, 'manager')} />
                ))}
              </ul>
              <MoreButton list={query}>Show earlier replays</MoreButton>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

const isOpen = ({ state }: EventReplay): boolean => state === 'pending' || state === 'running';

function ReplayRow({ replay, mayCancel }: { readonly replay: EventReplay; readonly mayCancel: boolean }) {
  const cancel = useAction({
    run: (id: string) => cancelReplay(id),
    touches: [eventKeys.replays],
    onDone: ({ done }) => toastDone(`Cancelled after ${plural(done, 'event', 'events')}`),
    onProblem: (error) => toastProblem('The replay was not cancelled', error),
  });
  const open = isOpen(replay);
  const words = selectionWords(replay);
  return (
    <li className={classes.replay}>
      <div>
        <Text fw={550} component="div">
          <bdi>{words}</bdi>
        </Text>
        <Text size="sm" c="dimmed" component="div">
          {replay.by} · <TimeText at={replay.createdAt} look="when" />
          {replay.reason === null ? null : (
            <>
              {' · '}
              <bdi>{replay.reason}</bdi>
            </>
          )}
        </Text>
      </div>
      <StateBadge state={replay.state} />
      {open ? (
        <Progress
          className={classes.wide ?? ''}
          value={replay.total === 0 ? 0 : Math.min(100, (replay.done / replay.total) * 100)}
          aria-label={`Replay: ${words}`}
          transitionDuration={140}
        />
      ) : null}
      <Text size="sm" c="dimmed" data-tabular>
        {progressWords(replay)}
      </Text>
      {open && mayCancel ? (
        <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(replay.id)}>
          Cancel
        </Button>
      ) : null}
    </li>
  );
}

function progressWords(replay: EventReplay): string {
  const { done, total, totalIsLeast, waiting, failed, perSecond } = replay;
  const applied = Math.max(0, done - waiting - failed);
  return [
    `${formatCount(done)} of ${totalIsLeast ? 'at least ' : ''}${formatCount(total)} replayed`,
    ...(isOpen(replay) ? [`${perSecond} a second`] : []),
    `${formatCount(applied)} applied`,
    ...(waiting === 0 ? [] : [`${formatCount(waiting)} waiting`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed again`]),
  ].join(' · ');
}
