import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { firstUuidAt, type Uuid } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';
import { tidyHistory } from './tidy-history.ts';

const world = testWorld();
const { clock, newUuid } = world;
const database = await testDatabase();
const { db } = database;
const secrets = secretsWithKey(new Uint8Array(32).fill(7), world.random);
const lines: { what?: string; deleted?: number }[] = [];
const log = createLog({ level: 'info', destination: { write: (line: string) => void lines.push(JSON.parse(line)) } });
const lanes = ['1', '2'].map((n) => ({ gatewayRef: `PN${n}`, phone: `+1617555000${n}` }));
const account = await insertAccount(db, { ...world, secrets }, { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes });
const [from, to] = account.laneIds;
const ago = (days: number): Instant => addMs(clock.now(), -days * DAY_MS);
/** Ids as old as what they are of. */
const idFrom = (at: Instant): Uuid => `${firstUuidAt(at.epochMilliseconds).slice(0, 13)}${newUuid().slice(13)}` as Uuid;

async function event(days: number, state: 'applied' | 'failed'): Promise<Uuid> {
  const at = ago(days);
  const id = idFrom(at);
  await sql`
    insert into gateway_event (id, account_id, event_id, type, payload, headers, received_at, state, attempts, error, applied_at)
    values (${id}, ${account.id}, ${id}, 'message.delivered', '{}', '{}', ${at}, ${state}, 1, ${state === 'failed' ? 'boom' : null},
      ${state === 'applied' ? at : null})`.execute(db);
  return id;
}

async function replay(days: number, of: Uuid | undefined): Promise<void> {
  const at = ago(days);
  const id = idFrom(at);
  await sql`
    insert into event_replay (id, selection, last_event_id, actor, actor_name, state, per_second, total, total_is_least, created_at,
      started_at, finished_at)
    values (${id}, '{}', ${id}, 'user:o', 'Olivia', 'completed', 10, 1, false, ${at}, ${at}, ${at})`.execute(db);
  if (of !== undefined)
    await sql`
      insert into gateway_event_attempt (event_id, attempt, at, outcome, replay_id) values (${of}, 1, ${at}, 'replayed', ${id})`.execute(
      db,
    );
}

async function alert(days: number, subject: string, isOpen = false): Promise<void> {
  const at = ago(days);
  const id = idFrom(at);
  await sql`
    insert into alert (id, kind, subject, severity, headline, summary, link, detail, opened_at, last_seen_at, resolved_at)
    values (${id}, 'webhooks_unhealthy', ${subject}, 'critical', 'h', 's', '/', '{}', ${at}, ${at}, ${isOpen ? null : at})`.execute(
    db,
  );
  await sql`
    insert into alert_delivery (alert_id, channel, event, opening, next_at, created_at)
    values (${id}, 'mail', 'trigger', 1, ${at}, ${at})`.execute(db);
}

async function run(days: number, kind: 'daily' | 'manual', findings: number): Promise<void> {
  const at = ago(days);
  const id = idFrom(at);
  await sql`
    insert into reconciliation_run (id, account_id, kind, state, since, until, checkpoint, created_by, created_at, started_at, finished_at)
    values (${id}, ${account.id}, ${kind}, 'completed', ${addMs(at, -DAY_MS)}, ${at}, '{}', 'system', ${at}, ${at}, ${at})`.execute(
    db,
  );
  await sql`
    insert into reconciliation_diff (run_id, kind, what, gateway_id, at)
    select ${id}::uuid, 'missing_here', 'received', 'AC' || n, ${at} from generate_series(1, ${findings}::int) n`.execute(
    db,
  );
}

async function check(days: number, isOpen = false): Promise<void> {
  const at = ago(days);
  const messageId = idFrom(at);
  await sql`
    insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, created_at)
    values (${messageId}, ${account.id}, ${from}, 'outbound', 'health_check', '+16175550002', 'check', 'GSM-7', 1, 'pending', ${at}, ${at})`.execute(
    db,
  );
  await sql`
    insert into health_check (id, account_id, from_lane_id, to_lane_id, message_id, token, cause, started_at, due_at, outcome, finished_at)
    values (${newUuid()}, ${account.id}, ${from}, ${to}, ${messageId}, ${messageId}, 'schedule', ${at}, ${at},
      ${isOpen ? null : 'healthy'}, ${isOpen ? null : at})`.execute(db);
}

const source = (days: number) =>
  sql`insert into webhook_source (hour, account_id, source, outcome, count, last_at)
    values (${ago(days)}, null, '192.0.2.1', 'accepted', 1, ${ago(days)})`.execute(db);

async function forwarded(days: number, isWaiting = false): Promise<void> {
  const eventId = await event(1, 'applied');
  const at = ago(days);
  await sql`
    insert into webhook_proxy_delivery (target_id, event_id, state, next_at, created_at, finished_at)
    select id, ${eventId}::uuid, ${isWaiting ? 'waiting' : 'delivered'}, ${isWaiting ? at : null}::timestamptz, ${at}::timestamptz,
      ${isWaiting ? null : at}::timestamptz from webhook_proxy_target`.execute(db);
}

const receipt = (days: number) =>
  sql`insert into early_receipt (account_id, gateway_message_id, status, at)
    values (${account.id}, ${`AC${days}`}, 'delivered', ${ago(days)})`.execute(db);

const daysLeft = async (table: string, column: string) =>
  (
    await sql<{ days: number }>`
      select round(extract(epoch from ${clock.now()}::timestamptz - ${sql.ref(column)}) / 86400)::int as days
      from ${sql.table(table)} order by 1`.execute(db)
  ).rows.map(({ days }) => days);

it('what has been kept for long enough is forgotten in batches; what is open, needed or younger stays', async () => {
  await sql`
    insert into webhook_proxy_target (id, account_id, url, token_sealed, state, since_id, cursor_id, swept_at, created_by, created_at,
      updated_at)
    values (${newUuid()}, ${account.id}, 'http://127.0.0.1:1/', '', 'active', ${newUuid()}, ${newUuid()}, ${clock.now()}, 'o', ${clock.now()},
      ${clock.now()})`.execute(db);
  for (const days of [399, 401, 402, 403]) await event(days, 'applied');
  const rests = await event(500, 'failed');
  await replay(401, undefined);
  await replay(402, rests);
  await replay(399, undefined);
  for (const days of [399, 401]) await alert(days, `account:${days}`);
  await alert(900, 'account:900', true);
  for (const days of [500, 300, 200, 181]) await run(days, 'daily', 3);
  await run(190, 'manual', 3);
  await run(179, 'manual', 1);
  for (const days of [179, 181, 182]) await check(days);
  await check(200, true);
  for (const days of [29, 31, 32]) await source(days);
  for (const days of [29, 31]) await receipt(days);
  for (const days of [13, 15]) await forwarded(days);
  await forwarded(16, true);

  await tidyHistory({ database, clock, log }, { atOnce: 2 });

  expect(await daysLeft('gateway_event', 'received_at')).toEqual([1, 1, 1, 399, 500]);
  expect(await daysLeft('event_replay', 'finished_at')).toEqual([399, 402]);
  expect(await daysLeft('alert', 'opened_at')).toEqual([399, 900]);
  expect(await daysLeft('alert_delivery', 'created_at')).toEqual([399, 900]);
  // 181 is the newest that a daily run goes on from.
  expect(await daysLeft('reconciliation_run', 'finished_at')).toEqual([179, 181]);
  expect(await daysLeft('reconciliation_diff', 'at')).toEqual([179, 181, 181, 181]);
  expect(await daysLeft('health_check', 'started_at')).toEqual([179, 200]);
  expect(await daysLeft('message', 'created_at')).toEqual([179, 200]);
  expect(await daysLeft('webhook_source', 'hour')).toEqual([29]);
  expect(await daysLeft('early_receipt', 'at')).toEqual([29]);
  expect(await daysLeft('webhook_proxy_delivery', 'created_at')).toEqual([13, 16]);
  expect(lines.map(({ deleted }) => deleted)).toEqual([3, 1, 1, 12, 4, 2, 2, 1, 1]);
  lines.length = 0;
  await tidyHistory({ database, clock, log });
  expect(lines).toEqual([]);
});

it.each([
  ['alert', 'resolved_at', 'alert_resolved'],
  ['reconciliation_run', 'finished_at', 'reconciliation_run_finished'],
  ['health_check', 'finished_at', 'health_check_finished'],
  ['event_replay', 'finished_at', 'event_replay_finished'],
  ['early_receipt', 'at', 'early_receipt_age'],
  ['webhook_source', 'hour', 'webhook_source_hour_account_id_source_outcome_key'],
])('old rows of %s are found by %s with the index %s', async (table, column, index) => {
  const plan = await db.transaction().execute(async (tx) => {
    await sql`set local enable_seqscan = off`.execute(tx);
    const { rows } = await sql`
      explain select 1 from ${sql.table(table)} where ${sql.ref(column)} < ${ago(30)} order by ${sql.ref(column)} limit 5`.execute(
      tx,
    );
    return JSON.stringify(rows);
  });
  expect(plan).toContain(index);
});
