import type { RecordedEvent } from '../gateways/gateway.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { describeEvent } from '../webhooks/describe-event.ts';
import { applyAgain, EVENTS_TOPIC, insertEvents, type NewEvent } from '../webhooks/event-store.ts';
import { readNumbers } from './compare-store.ts';
import type { Finding } from './decide-texts.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** What was found, told as events. Pages are newest first; people wrote in the other order. */
export async function storeFindings(
  tx: Tx,
  deps: Deps,
  accountId: Uuid,
  findings: readonly Pick<Finding, 'tells'>[],
): Promise<void> {
  const told = new Map(
    findings.toReversed().flatMap(({ tells }) => tells.map((event) => [event.event.eventId, event] as const)),
  );
  if (told.size === 0) return;
  const { ownPhones } = await readNumbers(tx, accountId);
  const events = [...told.values()].map((event) => newEvent(deps, accountId, { event, ownPhones }));
  const { repeated } = await insertEvents(tx, events);
  const known = events.filter(({ id }) => repeated.has(id)).map(({ eventId }) => eventId);
  if (known.length === 0) return;
  await applyAgain(tx, accountId, known);
  await notifyLive(tx, [EVENTS_TOPIC]);
}

const newEvent = (
  { newUuid, clock }: Deps,
  accountId: Uuid,
  { event, ownPhones }: { readonly event: RecordedEvent; readonly ownPhones: ReadonlySet<string> },
): NewEvent => ({
  id: newUuid(),
  accountId,
  eventId: event.event.eventId,
  ...describeEvent(event.event, ownPhones),
  payload: event.payload,
  headers: {},
  receivedAt: clock.now(),
  source: 'reconciliation',
  signedBy: null,
  unreadable: null,
});
