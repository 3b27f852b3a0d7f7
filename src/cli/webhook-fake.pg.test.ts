import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { generationsOf, isQuoEventType, QUO_EVENT_TYPES } from '../gateways/quo/quo-payload-facts.ts';
import { quoHeaders, quoPayload } from '../gateways/quo/quo-payloads.ts';
import { type Running, start } from '../main.ts';
import { systemClock } from '../platform/clock.ts';
import { parseConfig } from '../platform/config.ts';
import { showId, type Uuid, uuidSource } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { seededRandom, systemRandom } from '../platform/random.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const OUR_NUMBER = '+16175550001';
const SECRET = Buffer.from('the newest of two secrets').toString('base64');
const KEY = Buffer.alloc(32, 7);

const { db, connectionString } = await testDatabase();
const dataDir = await mkdtemp(join(tmpdir(), 'textwright-fake-'));
const env = {
  DATABASE_URL: connectionString,
  TEXTWRIGHT_SECRET_KEY: KEY.toString('base64'),
  TEXTWRIGHT_DATA_DIR: dataDir,
};
const world = {
  clock: systemClock,
  newUuid: uuidSource({ clock: systemClock, random: systemRandom }),
  secrets: secretsWithKey(KEY, systemRandom),
};
const connect = async (name: string): Promise<Uuid> => {
  const account = { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', webhookSecret: SECRET };
  const lanes = [{ gatewayRef: `PN${name}`, phone: OUR_NUMBER }];
  const { id } = await insertAccount(db, world, { ...account, lanes: name === 'Office' ? lanes : [] });
  await sql`update gateway_account set name = ${name} where id = ${id}`.execute(db);
  return id;
};

let running: Running;
let office: Uuid;
beforeAll(async () => {
  office = await connect('Office');
  const config = parseConfig({ ...env, PORT: '0', LOG_LEVEL: 'silent' }, dataDir);
  running = await start({ config, role: 'api', log: createLog({ level: 'silent' }) });
});
afterAll(async () => {
  await running.close();
  await rm(dataDir, { recursive: true });
});

const cli = (...args: readonly string[]): Promise<CliRun> => runCli(['webhook', 'fake', ...args], { env });
const stored = async (): Promise<number> => (await sql`select 1 from gateway_event`.execute(db)).rows.length;

describe('made-up events and our own intake', () => {
  it('reach the only account with its newest secret, and a STOP among them counts', async () => {
    const run = await cli('message.received', '--from', '+16175550123', '--text', 'STOP', '--json');
    expect(run).toMatchObject({ code: 0, err: '' });
    const url = `http://127.0.0.1:${new URL(running.url ?? '').port}/webhooks/quo/${showId('account', office)}`;
    expect(jsonLines(run)).toMatchObject([{ url, answers: { 200: 1 } }]);
    const { rows } = await sql`select phone from suppression where lifted_at is null`.execute(db);
    expect(rows).toEqual([{ phone: '+16175550123' }]);
  });

  it('are stored once each, however often they are posted', async () => {
    const before = await stored();
    const run = await cli('message.received', '--count', '60', '--repeat', '0.5', '--shuffle', '--json');
    expect(jsonLines(run)).toMatchObject([{ posts: 90, answers: { 200: 90 } }]);
    expect((await stored()) - before).toBe(60);
  });

  it('are taken in every type and generation', async () => {
    const types = Object.keys(QUO_EVENT_TYPES).filter(isQuoEventType);
    const before = await stored();
    let posts = 0;
    for (const type of types)
      for (const generation of generationsOf(type)) {
        posts += 1;
        const at = systemClock.now();
        const payload = quoPayload({ type, generation, at, random: seededRandom(posts), to: [OUR_NUMBER] });
        const answer = await fetch(`${running.url}/webhooks/quo/${showId('account', office)}`, {
          method: 'POST',
          body: payload.body,
          headers: quoHeaders(payload, { secret: SECRET, at }),
        });
        expect(answer.status, `${type} ${generation}: ${await answer.text()}`).toBe(200);
      }
    expect((await stored()) - before).toBe(posts);
  });

  it('with another secret are refused, and the answer is shown', async () => {
    const run = await cli('call.ringing', '--secret', Buffer.from('somebody else').toString('base64'));
    expect(run).toMatchObject({
      code: 1,
      err: expect.stringMatching(/not answered 2xx; the first: 401 \{.*signature/),
    });
  });

  it('ask which account when there are several, and take a name or an id', async () => {
    const shop = await connect('Shop');
    const unclear = await cli('call.ringing');
    expect(unclear).toMatchObject({ code: 1, out: '' });
    expect(unclear.err).toContain(`--account: Office ${showId('account', office)}, Shop ${showId('account', shop)}`);
    expect(await cli('call.ringing', '--account', 'office')).toMatchObject({ code: 0 });
    expect(await cli('call.ringing', '--account', showId('account', shop))).toMatchObject({ code: 0 });
    expect((await cli('call.ringing', '--account', 'Depot')).err).toContain('no account is called "Depot"');
  });

  it('without a secret of the account, say what is missing', async () => {
    await sql`update gateway_account set webhook_secrets_sealed = '{}' where name = 'Shop'`.execute(db);
    const run = await cli('call.ringing', '--account', 'Shop');
    expect(run).toMatchObject({ code: 1, out: '', err: expect.stringContaining('has no webhook secret yet') });
  });

  it('go nowhere when the server runs on another machine', async () => {
    const machine = async (name: string) =>
      sql`update setting set value = value || jsonb_build_object('machine', ${name}::text) where key = 'local_address'`.execute(
        db,
      );
    await machine('elsewhere');
    const run = await cli('call.ringing', '--account', 'Office');
    await machine(hostname());
    expect(run).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/not started on this machine.*--url/) });
  });

  it('to a live account need a yes', async () => {
    await sql`update gateway_account set environment = 'live', base_url = 'https://api.openphone.com' where id = ${office}`.execute(
      db,
    );
    const before = await stored();
    expect(await cli('call.ringing', '--account', 'Office')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes'),
    });
    expect(await stored()).toBe(before);
    expect(await cli('call.ringing', '--account', 'Office', '--yes')).toMatchObject({ code: 0 });
    expect(await stored()).toBe(before + 1);
  });
});
