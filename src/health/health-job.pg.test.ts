import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { quoGateway } from '../gateways/quo/quo-gateway.ts';
import { signerOf } from '../gateways/webhook-signer.ts';
import { parseConfig } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, HOUR_MS, MINUTE_MS } from '../platform/time.ts';
import { type HealthServices, healthQueues, lookAfterHealth } from './health-job.ts';

/** Two accounts, of which the one that comes first cannot be looked after. */
const SECRET = 'c2VjcmV0';
let database: Database;
let here: Awaited<ReturnType<typeof world>>;
beforeEach(async () => {
  database = await testDatabase();
  here = await world();
});

async function world() {
  const { clock, random, newUuid } = testWorld();
  const { db } = database;
  const lines: string[] = [];
  const services: HealthServices = {
    clock,
    random,
    newUuid,
    secrets: secretsWithKey(random.bytes(32), random),
    db,
    log: createLog({ level: 'error', destination: { write: (line: string) => void lines.push(line) } }),
    openGateway: ({ apiKey }) =>
      quoGateway({ baseUrl: 'http://127.0.0.1:1', apiKey, clock, random, requestTimeoutMs: 5_000 }),
    publicUrl: () => 'https://texts.example.com',
    localUrl: () => 'http://127.0.0.1:7080',
    jobs: { enqueue: async () => {} },
    config: parseConfig({}, '/nowhere'),
  };
  const account = async (digit: number) => {
    const lanes = [0, 1].map((lane) => ({ gatewayRef: `PN${digit}${lane}`, phone: `+161755501${digit}${lane}` }));
    const made = await insertAccount(db, services, {
      baseUrl: 'http://127.0.0.1:1',
      apiKey: 'key',
      webhookSecret: SECRET,
      lanes,
    });
    await sql`
      insert into health_setting (account_id, enabled, from_lane_id, to_lane_id, interval_minutes, updated_at)
      values (${made.id}, true, ${made.laneIds[0]}, ${made.laneIds[1]}, 60, ${clock.now()})`.execute(db);
    return made.id;
  };
  const broken = await account(1);
  const sound = await account(2);
  await clock.advance(3 * HOUR_MS);
  return { services, clock, lines, broken, sound };
}

/** The database refuses to write this of the first account. */
const refuse = async (event: 'insert' | 'update', table: string): Promise<void> => {
  await sql`
    create function refuse() returns trigger language plpgsql as $$
    begin
      if new.account_id = ${sql.lit(here.broken)} then raise exception 'no room for this account'; end if;
      return new;
    end $$`.execute(database.db);
  await sql`
    create trigger refuse before ${sql.raw(event)} on ${sql.table(table)} for each row execute function refuse()`.execute(
    database.db,
  );
};
const accountsIn = async (table: string, condition = sql<boolean>`true`): Promise<readonly Uuid[]> => {
  const { rows } = await sql<{ accountId: Uuid }>`
    select distinct account_id from ${sql.table(table)} where ${condition} order by account_id`.execute(database.db);
  return rows.map(({ accountId }) => accountId);
};
const logged = () => here.lines.map((line) => JSON.parse(line)).filter(({ account }) => account !== undefined);
const minute = () => {
  const [queue] = healthQueues(Promise.resolve(here.services));
  if (queue === undefined) throw new Error('no job runs each minute');
  return queue.handle({ id: 'job', data: {}, lastAttempt: true, signal: new AbortController().signal });
};

describe('an account that cannot be looked after', () => {
  it.each([
    ['watched', 'insert', 'event_hour', sql<boolean>`true`],
    ['checked', 'insert', 'health_check', sql<boolean>`true`],
    ['told of its check', 'update', 'health_check', sql<boolean>`outcome is not null`],
  ] as const)('keeps no other from being %s, and is told at the end', async (_what, event, table, condition) => {
    if (event === 'update') {
      await lookAfterHealth(here.services);
      await here.clock.advance(5 * MINUTE_MS);
    }
    await refuse(event, table);
    await expect(lookAfterHealth(here.services)).rejects.toThrow(`account ${here.broken}`);
    expect(await accountsIn(table, condition)).toEqual([here.sound]);
    expect(logged()).toMatchObject([{ account: here.broken, error: { message: 'no room for this account' } }]);
  });

  it('keeps nothing else from being done in its minute', async () => {
    const over = addMs(here.clock.now(), -HOUR_MS);
    await sql`
      insert into webhook_key (account_id, signer, webhook_ref, part, since, retire_at, succeeded_by)
      select id, ${signerOf(SECRET)}, 'WH1', 'messages', ${over}, ${over}, 'another' from gateway_account`.execute(
      database.db,
    );
    await refuse('insert', 'event_hour');
    // Sealed with a key that is lost.
    await sql`
      update gateway_account set api_key_sealed = 'lost', webhook_secrets_sealed = array['lost']
      where id = ${here.broken}`.execute(database.db);
    await expect(minute()).rejects.toThrow('failed for 3 of 4');
    expect(await accountsIn('event_hour')).toEqual([here.sound]);
    expect(await accountsIn('webhook_key')).toEqual([here.broken]);
    expect(await accountsIn('webhook_look')).toEqual([here.sound]);
    expect(logged().map(({ account }) => account)).toEqual([here.broken, here.broken, here.broken]);
  });
});
