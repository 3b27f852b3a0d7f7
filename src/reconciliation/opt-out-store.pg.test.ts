import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { instant } from '../platform/time.ts';
import { readStandings } from './opt-out-store.ts';

const { db } = await testDatabase();
const world = testWorld();
const { newUuid } = world;
const account = await insertAccount(
  db,
  { ...world, secrets: secretsWithKey(world.random.bytes(32), world.random) },
  { baseUrl: 'http://x', apiKey: 'k', lanes: [{ gatewayRef: 'PN1', phone: '+16175559001' }] },
);

/** What our books say of somebody of whom the gateway lists a STOP of 08:05. */
async function knownOf(phone: string): Promise<boolean> {
  const text = { gatewayMessageId: `MO${phone}`, createdAt: instant('2026-11-17T08:05:00Z') };
  const [standing] = await readStandings(db, { accountId: account.id, signs: [{ kind: 'stop', phone, text }] });
  return standing?.knownSince !== null;
}

const suppressed = (phone: string, lifted: { readonly at: string; readonly saidAt: string } | undefined) =>
  sql`insert into suppression (id, phone, reason, channel, evidence, created_at, lifted_at, lifted_evidence)
    values (${newUuid()}, ${phone}, 'opt_out', 'sms', '{}', '2026-11-01T00:00:00Z', ${lifted?.at ?? null},
      ${lifted === undefined ? null : JSON.stringify({ saidAt: lifted.saidAt })})`.execute(db);

it('a START that was heard late does not hide the STOP that came after it', async () => {
  await suppressed('+16175550101', { at: '2026-11-17T08:10:00Z', saidAt: '2026-11-17T08:00:00Z' });
  expect(await knownOf('+16175550101')).toBe(false);
  await suppressed('+16175550102', { at: '2026-11-17T08:10:00Z', saidAt: '2026-11-17T08:06:00Z' });
  expect(await knownOf('+16175550102')).toBe(true);
});

it('an erased number is known by its key', async () => {
  expect(await knownOf('+16175550103')).toBe(false);
  const { rows } = await sql<{ key: string }>`select number_key('+16175550103') as key`.execute(db);
  await suppressed(rows[0]?.key ?? '', undefined);
  expect(await knownOf('+16175550103')).toBe(true);
});

it.each([
  ['stop', '+16175550104', 'received', true],
  ['start', '+16175550105', 'retrying', true],
  ['stop', '+16175550106', 'applied', false],
  ['stop', '+16175550107', 'failed', false],
  ['refused', null, 'received', true],
  ['refused', null, 'retrying', true],
  ['refused', null, 'applied', false],
] as const)(
  'a %s of which the event has come in is known to wait while it does: %s %s',
  async (kind, orderKey, state, waits) => {
    const phone = orderKey ?? '+16175550108';
    const gatewayMessageId = `AC${kind}${state}`;
    await sql`
    insert into gateway_event (id, account_id, event_id, type, phone, order_key, payload, headers, received_at, state, applied_at, error)
    values (${newUuid()}, ${account.id}, ${newUuid()}, 'message.received', ${orderKey}, ${orderKey}, ${JSON.stringify({ id: gatewayMessageId })}, '{}',
      '2026-11-17T08:05:01Z', ${state}, ${state === 'applied' ? '2026-11-17T08:05:02Z' : null}, ${['failed', 'retrying'].includes(state) ? 'boom' : null})`.execute(
      db,
    );
    const createdAt = instant('2026-11-17T08:05:00Z');
    const signs = [gatewayMessageId, 'ACother'].map((id) => ({
      kind,
      phone,
      text: { gatewayMessageId: id, createdAt },
    }));
    const standings = await readStandings(db, { accountId: account.id, signs });
    expect(standings.map(({ isWaiting }) => isWaiting)).toEqual([waits, false]);
  },
);

it.each([
  ['2026-11-17T07:00:00Z', null],
  ['2026-11-17T08:04:55Z', '2026-11-17T08:04:55Z'],
  ['2026-11-17T09:00:00Z', '2026-11-17T09:00:00Z'],
])(
  'an opt-out that was said again at %s outweighs a START of 08:05 when it is not older',
  async (saidAgainAt, again) => {
    const phone = `+1617555${saidAgainAt.slice(11, 19).replaceAll(':', '').slice(1, 5)}`;
    await suppressed(phone, undefined);
    await sql`update suppression set evidence = ${JSON.stringify({ saidAgainAt })} where phone = ${phone}`.execute(db);
    const text = { gatewayMessageId: 'MOstart', createdAt: instant('2026-11-17T08:05:00Z') };
    const [standing] = await readStandings(db, { accountId: account.id, signs: [{ kind: 'start', phone, text }] });
    expect(standing?.optedOutAgainAt?.toString() ?? null).toEqual(again);
  },
);
