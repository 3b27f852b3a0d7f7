import { Link } from '@tanstack/react-router';
import type { WebhookEventDetail } from '../api/webhook-events.ts';
import { Section } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { EventState } from './event-state.tsx';
import { typeWords } from './event-words.ts';
import classes from './operations.module.css';

const OUTCOMES = { applied: 'Applied', failed: 'Failed', replayed: 'Replayed', discarded: 'Discarded' } as const;

/** What happened to an event, and what else came in about the same number. */
export function EventHistory({ event }: { readonly event: WebhookEventDetail }) {
  const { history, neighbours } = event;
  const around = [...neighbours, event].toSorted((a, b) => (a.id < b.id ? 1 : -1));
  return (
    <>
      {history.length === 0 ? null : (
        <Section title="History">
          <ol className={classes.rows}>
            {history.map((one) => (
              <li key={one.attempt} className={classes.row}>
                <span>
                  {OUTCOMES[one.outcome]}
                  {one.by === null ? '' : ` by ${one.by}`}
                </span>
                <TimeText at={one.at} look="when" />
                {one.error === null ? null : <span className={classes.second}>{one.error}</span>}
                {one.reason === null ? null : <span className={classes.second}>{one.reason}</span>}
              </li>
            ))}
          </ol>
        </Section>
      )}
      {neighbours.length === 0 ? null : (
        <Section title="Around it, the same number">
          <ul className={classes.rows}>
            {around.map((one) => (
              <li key={one.id}>
                <Link
                  to="/operations/events/$eventId"
                  params={{ eventId: one.id }}
                  search={true}
                  className={classes.row}
                  data-current={one.id === event.id || undefined}
                >
                  <span>{typeWords(one.type)}</span>
                  <EventState state={one.state} plain />
                  <span className={classes.second}>
                    <TimeText at={one.receivedAt} look="when" />
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
