import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import type { Uuid } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { readDifferencesOf } from './list-opt-outs.ts';

const { db } = await testDatabase();
const world = testWorld();
const { newUuid } = world;
const secrets = secretsWithKey(world.random.bytes(32), world.random);
const accountWith = async (phone: string): Promise<Uuid> => {
  const lanes = [{ gatewayRef: `PN${phone}`, phone }];
  return (await insertAccount(db, { ...world, secrets }, { baseUrl: 'http://x', apiKey: 'k', lanes })).id;
};
const ours = await accountWith('+16175559001');
const another = await accountWith('+16175559002');

const PHONE = '+16175550101';
const FOUND_AT = '2026-11-18T02:00:00Z';
const BEFORE = '2026-11-17T08:05:01Z';
const AFTER = '2026-11-18T02:00:01Z';

/** Of the text of the difference, unless it says otherwise: came in and failed before that was found, and rests. */
interface EventFixture {
  readonly accountId?: Uuid;
  readonly phone?: string | null;
  readonly text?: string;
  readonly state?: 'received' | 'retrying' | 'failed' | 'applied';
  readonly outcome?: 'failed' | 'applied';
  readonly triedAt?: string;
}

async function insertEvent(given: EventFixture): Promise<Uuid> {
  const id = newUuid();
  const { accountId = ours, phone = PHONE, text = 'ACstop', state = 'failed', outcome = 'failed' } = given;
  const error = state === 'failed' || state === 'retrying' ? 'boom' : null;
  await sql`
    insert into gateway_event (id, account_id, event_id, type, phone, order_key, payload, headers, received_at, state, applied_at, attempts, error)
    values (${id}, ${accountId}, ${id}, 'message.received', ${phone}, ${phone}, ${JSON.stringify({ id: text })}, '{}', ${BEFORE}, ${state},
      ${state === 'applied' ? AFTER : null}, 1, ${error})`.execute(db);
  await sql`
    insert into gateway_event_attempt (event_id, attempt, at, outcome, error)
    values (${id}, 1, ${given.triedAt ?? BEFORE}, ${outcome}, ${outcome === 'failed' ? 'boom' : null})`.execute(db);
  return id;
}

it.each<[string, EventFixture, { readonly kind?: 'stop' | 'refused' | 'accepted'; readonly named: boolean }]>([
  ['failed, and rests', {}, { named: true }],
  ['failed, and is tried again', { state: 'retrying' }, { named: true }],
  ['failed, and was applied since', { state: 'applied' }, { named: true }],
  ['failed, a receipt that says of no number', { phone: null }, { kind: 'refused', named: true }],
  ['failed only after the difference was found', { triedAt: AFTER }, { named: false }],
  ['was applied at once', { state: 'applied', outcome: 'applied' }, { named: false }],
  ['is of another text', { text: 'ACother' }, { named: false }],
  ['is of another person', { phone: '+16175550102' }, { named: false }],
  ['is of another account', { accountId: another }, { named: false }],
  ['failed, of a text that we sent', {}, { kind: 'accepted', named: false }],
])('a difference names the event by which it had reached us: one that %s', async (_what, event, expected) => {
  await sql`delete from gateway_event`.execute(db);
  await sql`delete from opt_out_difference`.execute(db);
  const eventId = await insertEvent(event);
  await sql`
    insert into opt_out_difference (id, account_id, run_id, kind, gateway_id, phone, at, found_at)
    values (${newUuid()}, ${ours}, ${newUuid()}, ${expected.kind ?? 'stop'}, 'ACstop', ${PHONE}, ${BEFORE}, ${FOUND_AT})`.execute(
    db,
  );
  const [told] = await readDifferencesOf(db, PHONE, 10);
  expect(told?.eventId).toBe(expected.named ? eventId : null);
});
