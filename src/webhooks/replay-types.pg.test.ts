import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertContacts } from '../../test/fixtures.ts';
import { storedEvents } from '../../test/stored-events.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import {
  generationsOf,
  isQuoEventType,
  QUO_EVENT_TYPES,
  type QuoPayloadInput,
} from '../gateways/quo/quo-payload-facts.ts';
import { quoPayload } from '../gateways/quo/quo-payloads.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { applyWaiting } from './apply-event.ts';
import { describeEvent } from './describe-event.ts';
import { insertEvents } from './event-store.ts';
import { startReplay } from './replay-events.ts';
import { setBack } from './replay-store.ts';

const OURS = '+16175550001';
const ANN = '+16175550101';

const database = await testDatabase();
const world = testWorld();
const { accountId } = await storedEvents(database.db, world);
await insertContacts(database.db, world, [{ phone: ANN }]);
const services = {
  ...world,
  database,
  jobs: { enqueue: async () => {}, close: async () => {} },
  log: createLog({ level: 'silent' }),
  webhookEdge: () => quoWebhookEdge,
};

/** Everything but the events themselves and what was asked for, as text. */
async function books(): Promise<string> {
  const tables = [
    'message',
    'conversation',
    'contact',
    'suppression',
    'call',
    'call_recording',
    'call_summary',
    'call_transcript',
    'contact_gateway_ref',
    'early_receipt',
    'audit_entry',
  ];
  const entries = tables.map(async (table) => {
    const { rows } = await sql<{ text: string }>`select t::text as text from ${sql.table(table)} t`.execute(
      database.db,
    );
    const lines = rows.map(({ text }) => `${table} ${text}`).filter((line) => !line.includes(',replay.'));
    return lines.toSorted().join('\n');
  });
  return (await Promise.all(entries)).join('\n');
}

async function put(input: Pick<QuoPayloadInput, 'type' | 'generation' | 'text'>): Promise<Uuid> {
  const at = world.clock.now();
  const { facts, body } = quoPayload({
    ...input,
    at,
    random: world.random,
    from: ANN,
    to: [OURS],
    laneRef: `PN${OURS}`,
  });
  const parsed = quoWebhookEdge.parse(Buffer.from(body), at);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const id = world.newUuid();
  const label = describeEvent(parsed.value, new Set([OURS]));
  const stored = { id, accountId, ...label, eventId: facts.eventId, payload: body, headers: {}, receivedAt: at };
  await insertEvents(database.db, [{ ...stored, source: 'webhook', signedBy: null, unreadable: null }]);
  return id;
}

const statesOf = async (ids: readonly Uuid[]) =>
  (
    await sql<{ state: string }>`select state from gateway_event where id = any(${ids}::uuid[])`.execute(database.db)
  ).rows.map(({ state }) => state);

const cases = Object.keys(QUO_EVENT_TYPES)
  .filter(isQuoEventType)
  .flatMap((type) => generationsOf(type).map((generation) => ({ type, generation })));

it.each(cases)('what $type of $generation has done stays as it is when it is replayed', async (kind) => {
  const ids = [await put({ ...kind, text: 'STOP' }), await put({ ...kind, text: 'Hello' })];
  await applyWaiting(services);
  expect(await statesOf(ids)).toEqual(['applied', 'applied']);
  const before = await books();
  await world.clock.advance(3_600_000);
  await runTx(database.db, async (tx) => {
    const selection = { kind: 'events', ids } as const;
    const by = { actor: 'user:1', name: 'Olivia' };
    const replay = await startReplay(tx, services, { selection, reason: undefined, perSecond: 50, by });
    if (!replay.ok) throw new Error(replay.error.message);
    await setBack(tx, replay.value, { ids, now: world.clock.now() });
    await sql`update event_replay set state = 'completed', finished_at = ${world.clock.now()}`.execute(tx);
  });
  expect(await statesOf(ids)).toEqual(['received', 'received']);
  await applyWaiting(services);
  expect(await statesOf(ids)).toEqual(['applied', 'applied']);
  expect(await books()).toBe(before);
});
