import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { type DemoClient, demoClient } from '../src/demo/demo-client.ts';
import type { Campaign } from '../src/http/contract/campaigns.ts';
import type { Import } from '../src/http/contract/contacts.ts';
import type { Account, Status } from '../src/http/contract/operations.ts';
import { type Role, type Running, start } from '../src/main.ts';
import { type WarpClock, warpClock } from '../src/platform/clock.ts';
import { parseConfig } from '../src/platform/config.ts';
import { createLog } from '../src/platform/log.ts';
import { instant } from '../src/platform/time.ts';
import { AS_IT_IS, everybodyAgrees } from './fixtures.ts';
import { testDatabase } from './test-database.ts';

/** A new owner who stays in the sandbox: `textwright serve` and nothing else, over HTTP, stopped and started again. */
const database = await testDatabase();
const dataDir = await mkdtemp(join(tmpdir(), 'textwright-stay-'));
const OWNER = { name: 'Dana Ortiz', email: 'dana@example.com', password: 'correct horse battery' };
/** Of people who can be reached and say nothing. */
const CSV = 'phone,first_name\n617-555-0143,Ann\n617-555-0144,Bo\n617-555-0145,Cy\n';
const UNTIL_MS_MAX = 50_000;
const TEST_MS_MAX = 180_000;

// A Tuesday at 10:00 in New York; a process that is started later goes on from where the clock was.
let clock: WarpClock = warpClock({ startsAt: instant('2026-11-17T15:00:00Z'), factor: 300 });
const processes: Running[] = [];
const others: Server[] = [];
afterAll(async () => {
  for (const process of processes) await process.close();
  for (const other of others) other.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function serve(role: Role = 'all'): Promise<{ readonly running: Running; readonly client: DemoClient }> {
  const env = {
    DATABASE_URL: database.connectionString,
    TEXTWRIGHT_DATA_DIR: dataDir,
    PORT: '0',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
  };
  const config = parseConfig(env, dataDir);
  const log = createLog({ level: config.logLevel });
  const running = await start({ config, role, clock, log, engine: { leaseMs: 3_000, windowMarginMs: 0 } });
  processes.push(running);
  const client = demoClient(running.url ?? '');
  if (role === 'worker') return { running, client };
  const { needed } = await client.get<{ needed: boolean }>('/v1/setup');
  if (needed) await client.send('POST', '/v1/setup', { ...OWNER, businessName: 'Acme', zone: 'America/New_York' });
  else await client.send('POST', '/v1/sign-in', { email: OWNER.email, password: OWNER.password });
  return { running, client };
}

async function stop(running: Running): Promise<void> {
  processes.splice(processes.indexOf(running), 1);
  await running.close();
}

async function until<T>(what: string, find: () => Promise<T | false>): Promise<T> {
  const giveUpAt = performance.now() + UNTIL_MS_MAX;
  for (;;) {
    const found = await find();
    if (found !== false) return found;
    if (performance.now() > giveUpAt) throw new Error(`still not true after ${UNTIL_MS_MAX} ms: ${what}`);
    await clock.sleep(25 * clock.factor);
  }
}

const staySandboxed = (client: DemoClient, key: string): Promise<Account> =>
  client.send<Account>('POST', '/v1/accounts/sandbox', undefined, key);

async function importThree(client: DemoClient): Promise<void> {
  const { id } = await client.upload<Import>('/v1/imports?fileName=three.csv', Buffer.from(CSV));
  await client.send('POST', `/v1/imports/${id}/preview`, {});
  await client.send('POST', `/v1/imports/${id}/commit`, {}, 'commit');
  await until('imported', async () => (await client.get<Import>(`/v1/imports/${id}`)).state === 'completed');
  await everybodyAgrees(database.db);
}

async function textThree(client: DemoClient, account: Account, name: string): Promise<void> {
  const draft = await client.send<Campaign>(
    'POST',
    '/v1/campaigns',
    {
      name,
      audience: { all: true },
      variants: [{ label: 'A', weight: 1, body: 'Hi {first_name|there}, free for a visit? Reply STOP to opt out.' }],
      laneIds: account.lanes.map((lane) => lane.id),
    },
    `create ${name}`.replaceAll(' ', '-'),
  );
  const launch = `/v1/campaigns/${draft.id}/launch`;
  await client.send(
    'POST',
    launch,
    { revision: draft.revision, acknowledgement: AS_IT_IS.reason },
    `launch-${draft.id}`,
  );
  const totals = await until(`${name}: all three delivered`, async () => {
    const campaign = await client.get<Campaign>(`/v1/campaigns/${draft.id}`);
    return campaign.totals.delivered === 3 && campaign.totals;
  });
  expect(totals).toMatchObject({ enrolled: 3, delivered: 3, skipped: 0, failed: 0 });
}

const onlyAccount = async (client: DemoClient): Promise<Account> => {
  const { data } = await client.get<{ data: readonly Account[] }>('/v1/accounts');
  expect(data).toHaveLength(1);
  const [account] = data;
  if (account === undefined) throw new Error('there is no account');
  return account;
};

const occupy = (baseUrl: string): Promise<void> =>
  new Promise((resolve) => {
    const other = createServer().listen(Number(new URL(baseUrl).port), '127.0.0.1', resolve);
    others.push(other);
  });

describe('a new owner who stays in the sandbox', () => {
  let account: Account;

  it('gets one account with two numbers, however often they ask, and can text', { timeout: TEST_MS_MAX }, async () => {
    const { running, client } = await serve();
    const answers = await Promise.all([staySandboxed(client, 'stay-1'), staySandboxed(client, 'stay-2')]);
    account = answers[0];
    expect(answers[1].id).toBe(account.id);
    expect(await staySandboxed(client, 'stay-3')).toMatchObject({ id: account.id });
    expect(account).toMatchObject({ kind: 'quo', environment: 'sandbox', state: 'active', webhookRegistered: true });
    expect(account.lanes.map((lane) => lane.state)).toEqual(['active', 'active']);
    expect((await onlyAccount(client)).id).toBe(account.id);
    expect((await client.get<Status>('/v1/status')).environment).toBe('sandbox');

    await importThree(client);
    // The same three people get a text of every campaign of this test, more than anybody usually may in a day.
    await sql`insert into setting (key, value, updated_at) values ('sending_policy', '{"version": 1, "messagesPerDay": 9}', now())`.execute(
      database.db,
    );
    await textThree(client, account, 'First');
    await until('a receipt has come back, signed', async () => (await onlyAccount(client)).lastEventAt !== null);
    await stop(running);
  });

  it('goes on after a restart, also at another port', { timeout: TEST_MS_MAX }, async () => {
    await occupy(account.baseUrl);
    clock = warpClock({ startsAt: clock.now(), factor: clock.factor });
    const { running, client } = await serve();
    const moved = await onlyAccount(client);
    expect(moved.id).toBe(account.id);
    expect(moved.baseUrl).not.toBe(account.baseUrl);
    const { rows } = await sql`select actor, subject, detail from audit_entry where action = 'account.moved'`.execute(
      database.db,
    );
    const detail = { from: account.baseUrl, to: moved.baseUrl };
    expect(rows).toEqual([{ actor: 'system', subject: account.id, detail }]);
    const heardBefore = moved.lastEventAt;
    await textThree(client, moved, 'Second');
    await until('a receipt has come back here', async () => (await onlyAccount(client)).lastEventAt !== heardBefore);
    account = moved;
    await stop(running);
  });

  it('has it in one process of several; another takes over when that is gone, and the worker follows', {
    timeout: TEST_MS_MAX,
  }, async () => {
    clock = warpClock({ startsAt: clock.now(), factor: clock.factor });
    const worker = await serve('worker');
    const first = await serve('api');
    const second = await serve('api');
    expect(await staySandboxed(second.client, 'stay-4')).toMatchObject({ id: account.id });
    await textThree(first.client, account, 'Third');
    await stop(first.running);
    await textThree(second.client, account, 'Fourth');
    await stop(second.running);

    await occupy(account.baseUrl);
    const third = await serve('api');
    expect((await onlyAccount(third.client)).baseUrl).not.toBe(account.baseUrl);
    await textThree(third.client, account, 'Fifth');
    await stop(worker.running);
    await stop(third.running);
  });
});
