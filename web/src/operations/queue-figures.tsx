import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { accountsQuery } from '../api/operations.ts';
import { type EventQueue, eventQueueQuery } from '../api/webhook-events.ts';
import { Figure, Figures } from '../patterns/figure.tsx';
import { formatBytes, formatCount, plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { TimeText } from '../patterns/time-text.tsx';

/** A queue that stands still says nothing by itself. */
const EVERY_MS = 10_000;

/** What waits right now, who works on it, and what all of it takes. */
export function QueueFigures() {
  const query = useQuery({ ...eventQueueQuery, refetchInterval: EVERY_MS });
  return (
    <Loaded query={query} what="What waits could not be counted" skeleton={<LoadingSkeleton shape="tiles" count={6} />}>
      {(queue) => <Queue queue={queue} />}
    </Loaded>
  );
}

function Queue({ queue }: { readonly queue: EventQueue }) {
  const { waiting, retrying, failed, countedTo, oldestWaitingAt, databaseBytes, spool } = queue;
  const least = waiting + retrying + failed >= countedTo ? `of the newest ${formatCount(countedTo)}` : undefined;
  return (
    <Figures>
      <Figure
        label="Waiting to be applied"
        count={waiting}
        note={
          oldestWaitingAt === null ? (
            'nothing waits'
          ) : (
            <>
              the oldest for <TimeText at={oldestWaitingAt} look="age" />
            </>
          )
        }
      />
      <OnDisk spool={spool} />
      <Figure label="Tried again" count={retrying} note={least ?? 'three times, then they rest'} />
      <Figure
        label="Failed"
        count={failed}
        note={
          failed === 0 ? (
            'none rests'
          ) : (
            <Anchor
              inherit
              renderRoot={(props) => <Link {...props} to="/operations/events" search={{ state: 'failed' }} />}
            >
              {least ?? 'See them'}
            </Anchor>
          )
        }
      />
      <Workers />
      <Figure label="Database" count={formatBytes(databaseBytes)} note="all tables and indexes" />
    </Figures>
  );
}

/** What came in while the database was away. */
function OnDisk({ spool: { events, damaged, oldestAt } }: { readonly spool: EventQueue['spool'] }) {
  return (
    <Figure
      label="Waiting on the disk"
      count={events}
      note={
        damaged > 0 ? (
          <Text span inherit c="var(--tone-red-text)">
            {plural(damaged, 'damaged file', 'damaged files')}; the log names them
          </Text>
        ) : oldestAt === null ? (
          'all is in the database'
        ) : (
          <>
            for the database, the oldest for <TimeText at={oldestAt} look="age" />
          </>
        )
      }
    />
  );
}

function Workers() {
  const accounts = useQuery(accountsQuery).data?.data ?? [];
  const held = accounts.flatMap(({ heldBy }) => heldBy ?? []);
  return (
    <Figure
      label="Workers"
      count={new Set(held).size}
      note={`for ${formatCount(held.length)} of ${plural(accounts.length, 'account', 'accounts')}`}
    />
  );
}
