import { sql } from 'kysely';
import { beforeEach, expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, DAY_MS, HOUR_MS, instant, MINUTE_MS } from '../platform/time.ts';
import { startDailyRuns } from './daily-job.ts';
import { endRun, getRun } from './run-store.ts';

let database: Database;
let world: ReturnType<typeof testWorld>;
let accountId: Uuid;
beforeEach(async () => {
  database = await testDatabase();
  // One in the afternoon in New York, whose business zone it is without another.
  world = testWorld({ startsAt: '2026-11-16T18:00:00Z' });
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  const lanes = [{ gatewayRef: 'PNtest01', phone: '+16175550001' }];
  ({ id: accountId } = await insertAccount(
    database.db,
    { ...world, secrets },
    { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes },
  ));
});

const look = async () => {
  const log = createLog({ level: 'silent' });
  const [id] = await startDailyRuns({ ...world, database, log });
  return id === undefined ? undefined : await getRun(database.db, id);
};
const end = (id: Uuid, state: 'completed' | 'failed') =>
  runTx(database.db, async (tx) => {
    await sql`update reconciliation_run set state = 'running', started_at = created_at where id = ${id}`.execute(tx);
    await endRun(tx, id, { state, error: state === 'failed' ? 'no' : null, now: world.clock.now() });
  });
const at = (time: string) => world.clock.set(instant(time));

it('begins at two in the business zone, once a day', async () => {
  expect(await look()).toBeUndefined();
  await at('2026-11-17T06:59:00Z');
  expect(await look()).toBeUndefined();
  await at('2026-11-17T07:00:00Z');
  const first = await look();
  expect(first).toMatchObject({ accountId, kind: 'history', state: 'waiting' });
  expect(await look()).toBeUndefined();
  await end(first?.id ?? '', 'completed');
  await at('2026-11-18T06:59:00Z');
  expect(await look()).toBeUndefined();
});

it('reads on from where the last whole one ended, with three days of overlap', async () => {
  await at('2026-11-17T07:00:00Z');
  const first = await look();
  expect(first?.since).toEqual(addMs(world.clock.now(), -90 * DAY_MS));
  await end(first?.id ?? '', 'completed');
  await at('2026-11-18T07:00:00Z');
  const second = await look();
  expect(second).toMatchObject({ kind: 'daily', until: addMs(world.clock.now(), -2 * MINUTE_MS) });
  expect(second?.since).toEqual(addMs(first?.until ?? world.clock.now(), -72 * HOUR_MS));
  await end(second?.id ?? '', 'failed');
  await at('2026-11-19T07:00:00Z');
  expect((await look())?.since).toEqual(second?.since);
});

it('is made up for when nobody looked at two, and waits for one that is under way', async () => {
  await at('2026-11-17T07:00:00Z');
  const first = await look();
  await at('2026-11-19T15:00:00Z');
  expect(await look()).toBeUndefined();
  await end(first?.id ?? '', 'completed');
  expect(await look()).toMatchObject({ kind: 'daily' });
});

it('looks at no history where none was wanted', async () => {
  await sql`update gateway_account set history_days = 0`.execute(database.db);
  await at('2026-11-17T07:00:00Z');
  expect(await look()).toMatchObject({ kind: 'daily', since: instant('2026-11-13T18:00:00Z') });
});

it('begins for an account at any gateway', async () => {
  await sql`update gateway_account set kind = 'twilio'`.execute(database.db);
  await at('2026-11-17T07:00:00Z');
  expect(await look()).toMatchObject({ accountId, kind: 'history', state: 'waiting' });
});

it('begins for the others when one account fails, which is told at the end', async () => {
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  const lanes = [{ gatewayRef: 'PNtest02', phone: '+16175550002' }];
  const other = await insertAccount(
    database.db,
    { ...world, secrets },
    { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes },
  );
  await sql`
    create function refuse() returns trigger language plpgsql as $$
    begin
      if new.account_id = ${sql.lit(accountId)} then raise exception 'no room for this account'; end if;
      return new;
    end $$`.execute(database.db);
  await sql`create trigger refuse before insert on reconciliation_run for each row execute function refuse()`.execute(
    database.db,
  );
  await at('2026-11-17T07:00:00Z');
  await expect(look()).rejects.toThrow(`account ${accountId} (no room for this account)`);
  const { rows } = await sql`select account_id from reconciliation_run`.execute(database.db);
  expect(rows).toEqual([{ accountId: other.id }]);
});
