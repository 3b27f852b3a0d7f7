import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { isTwilioEventType, TWILIO_EVENT_TYPES } from '../gateways/twilio/twilio-payload-types.ts';
import { twilioHeaders, twilioPayload } from '../gateways/twilio/twilio-payloads.ts';
import { type Running, start } from '../main.ts';
import { systemClock } from '../platform/clock.ts';
import { parseConfig } from '../platform/config.ts';
import { showId, type Uuid, uuidSource } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { seededRandom, systemRandom } from '../platform/random.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { applyWaiting } from '../webhooks/apply-event.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

/** A live account: its signatures are over the public address, while the events are posted to this machine. */
const PUBLIC_URL = 'https://example.com/texts';
const OUR_NUMBER = '+16175550001';
const TOKEN = 'the-primary-token';
const KEY = Buffer.alloc(32, 7);

const { db, connectionString } = await testDatabase();
const dataDir = await mkdtemp(join(tmpdir(), 'textwright-fake-'));
const env = {
  DATABASE_URL: connectionString,
  TEXTWRIGHT_SECRET_KEY: KEY.toString('base64'),
  TEXTWRIGHT_DATA_DIR: dataDir,
  TEXTWRIGHT_PUBLIC_URL: PUBLIC_URL,
};
const world = {
  clock: systemClock,
  newUuid: uuidSource({ clock: systemClock, random: systemRandom }),
  secrets: secretsWithKey(KEY, systemRandom),
};

let running: Running;
let account: Uuid;
beforeAll(async () => {
  const there = { baseUrl: 'https://api.twilio.com', apiKey: `ACtest0001:${TOKEN}`, webhookSecret: TOKEN };
  const made = await insertAccount(db, world, { ...there, lanes: [{ gatewayRef: OUR_NUMBER, phone: OUR_NUMBER }] });
  account = made.id;
  await sql`update gateway_account set kind = 'twilio', name = 'Shop', environment = 'live' where id = ${account}`.execute(
    db,
  );
  const quo = { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', webhookSecret: Buffer.from('quo').toString('base64') };
  await insertAccount(db, world, { ...quo, lanes: [] });
  const config = parseConfig({ ...env, PORT: '0', LOG_LEVEL: 'silent' }, dataDir);
  running = await start({ config, role: 'api', log: createLog({ level: 'silent' }) });
});
afterAll(async () => {
  await running.close();
  await rm(dataDir, { recursive: true });
});

const cli = (...args: readonly string[]): Promise<CliRun> =>
  runCli(['webhook', 'fake', ...args], { env: { ...env, TEXTWRIGHT_PUBLIC_URL: '' } });
const stored = async () =>
  (
    await sql<{ payload: string; type: string; state: string; error: string | null }>`
      select payload, type, state, error from gateway_event where account_id = ${account}`.execute(db)
  ).rows;

describe("made-up events of Twilio's and our own intake", () => {
  it('are taken in every type, each once, and applied', async () => {
    const path = `/webhooks/twilio/${showId('account', account)}`;
    const types = Object.keys(TWILIO_EVENT_TYPES).filter(isTwilioEventType);
    for (const [index, type] of types.entries()) {
      const ends =
        type.startsWith('message.') && type !== 'message.received'
          ? [OUR_NUMBER, '+16175550142']
          : ['+16175550142', OUR_NUMBER];
      const [from = '', to = ''] = ends;
      const media = type === 'message.received' ? [{ url: 'https://example.com/1.jpg', type: 'image/jpeg' }] : [];
      const at = systemClock.now();
      const body = twilioPayload({ type, at, random: seededRandom(index), from, to, accountSid: 'ACtest0001', media });
      const headers = twilioHeaders(body, { secret: TOKEN, url: PUBLIC_URL + path });
      for (const _attempt of [1, 2]) {
        const answer = await fetch(running.url + path, { method: 'POST', body, headers });
        expect(answer.status, `${type}: ${await answer.text()}`).toBe(204);
      }
    }
    await applyWaiting(running.services);
    const events = await stored();
    expect(events.filter(({ state }) => state !== 'applied')).toEqual([]);
    expect(events).toHaveLength(types.length);
    const ofOthers = events.filter(({ type }) => type.startsWith('twilio.')).map(({ type }) => type);
    // What the product knows nothing of is kept under what it is about.
    expect(ofOthers.toSorted()).toEqual([
      'twilio.Recording.absent',
      'twilio.Recording.in-progress',
      'twilio.Resource.ERROR',
    ]);
    const { rows: texts } = await sql`select phone, media from message where direction = 'inbound'`.execute(db);
    expect(texts).toMatchObject([{ phone: '+16175550142', media: [{ url: 'https://example.com/1.jpg' }] }]);
    const { rows: calls } = await sql`
      select state, count(*)::int as calls from call where phone is not null group by state order by state`.execute(db);
    expect(calls).toEqual([
      { state: 'answered', calls: 1 },
      { state: 'completed', calls: 1 },
      { state: 'missed', calls: 4 },
      { state: 'ringing', calls: 3 },
    ]);
    expect((await sql`select 1 from call_recording`.execute(db)).rows).toHaveLength(1);
  });

  it('reach the only account of that gateway under its public address, and a STOP among them counts', async () => {
    const run = await cli(
      'message.received',
      '--gateway',
      'twilio',
      '--from',
      '+16175550123',
      '--text',
      'STOP',
      '--yes',
      '--json',
    );
    expect(run).toMatchObject({ code: 0 });
    const url = `http://127.0.0.1:${new URL(running.url ?? '').port}/webhooks/twilio/${showId('account', account)}`;
    expect(jsonLines(run)).toMatchObject([{ gateway: 'twilio', url, answers: { 204: 1 } }]);
    const { rows } = await sql`select phone from suppression where lifted_at is null`.execute(db);
    expect(rows).toEqual([{ phone: '+16175550123' }]);
    const payload = (await stored()).map((event) => event.payload).find((text) => text.includes('STOP')) ?? '';
    expect(Object.fromEntries(new URLSearchParams(payload))).toMatchObject({
      AccountSid: 'ACtest0001',
      To: OUR_NUMBER,
    });
  });

  it('are of the kind of the account that is named', async () => {
    const run = await cli('call.no-answer', '--account', 'Shop', '--count', '5', '--yes', '--json');
    expect(run).toMatchObject({ code: 0 });
    expect(jsonLines(run)).toMatchObject([{ gateway: 'twilio', posts: 5, answers: { 204: 5 } }]);
    expect(await cli('contact.updated', '--account', 'Shop', '--yes')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Twilio has no contact.updated'),
    });
  });
});
