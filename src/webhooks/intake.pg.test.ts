import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { manualClock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { uuidSource } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { seededRandom } from '../platform/random.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { instant } from '../platform/time.ts';
import { APPLY_QUEUE } from './apply-event.ts';
import { receiveWebhook } from './intake.ts';

const PERSON = '+16175550123';
const OUR_NUMBER = '+16175550001';
const SECRET = Buffer.from('a webhook secret of a test').toString('base64');
const NOW = instant('2026-11-17T15:00:00Z');

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

async function intakeWorld() {
  const clock = manualClock(NOW);
  const random = seededRandom(1);
  const logLines: string[] = [];
  const jobs: string[] = [];
  const world = { clock, newUuid: uuidSource({ clock, random }), secrets: secretsWithKey(random.bytes(32), random) };
  const services = {
    ...world,
    database,
    webhookEdge: () => quoWebhookEdge,
    publicUrl: () => 'https://textwright.example',
    localUrl: () => 'http://127.0.0.1:7080',
    log: createLog({ level: 'warn', destination: { write: (line: string) => void logLines.push(line) } }),
    jobs: {
      enqueue: async (_tx: unknown, queue: string) => void jobs.push(queue),
      close: async () => {},
    },
  };
  const account = await insertAccount(database.db, world, {
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'test-key',
    webhookSecret: SECRET,
    lanes: [{ gatewayRef: 'PNtest01', phone: OUR_NUMBER }],
  });
  const post = (event: unknown) => {
    const body = JSON.stringify(event);
    const at = clock.now().epochMilliseconds;
    const signature = createHmac('sha256', Buffer.from(SECRET, 'base64')).update(`${at}.${body}`).digest('base64');
    const headers: Readonly<Record<string, string>> = { 'openphone-signature': `hmac;1;${at};${signature}` };
    return receiveWebhook(services, {
      accountId: account.id,
      query: '',
      rawBody: Buffer.from(body),
      header: (name) => headers[name],
    });
  };
  return { post, logLines, jobs };
}

/** Incompressible, so that an index entry of it is as long as it looks. */
const longId = (seed: number): string => Buffer.from(seededRandom(seed).bytes(6_000)).toString('base64');

const received = (event: object, message: object) => ({
  id: 'EVtest0001',
  object: 'event',
  apiVersion: 'v4',
  createdAt: NOW.toString(),
  type: 'message.received',
  data: {
    object: {
      id: 'ACtest0001',
      object: 'message',
      from: PERSON,
      to: OUR_NUMBER,
      direction: 'incoming',
      text: 'STOP',
      status: 'received',
      createdAt: NOW.toString(),
      phoneNumberId: 'PNtest01',
      ...message,
    },
  },
  ...event,
});

const suppressions = async () =>
  (
    await sql<{ phone: string; saidAt: string; repairs: readonly string[] | null }>`
      select phone, evidence ->> 'saidAt' as said_at, evidence -> 'repairs' as repairs from suppression`.execute(
      database.db,
    )
  ).rows;

describe('a STOP in a signed webhook is stored and in force', () => {
  it.each<[string, object, object]>([
    ['a NUL in the id of the event', { id: 'EV\u0000test0001' }, {}],
    ['a NUL in the type', { type: 'message.received\u0000' }, {}],
    ['a NUL in the id of the text', {}, { id: 'AC\u0000test0001' }],
    ['a NUL in the sender', {}, { from: '+1617555\u00000123' }],
    ['a NUL in the address of a picture', {}, { media: [{ url: 'https://example.com/\u0000', type: 'image/png' }] }],
    ['half an emoji', { id: 'EV\ud83d' }, { text: 'Please stop texting me \ud83d' }],
    ['the year 0', { createdAt: '0000-01-01T00:00:00Z' }, { createdAt: '0000-01-01T00:00:00Z' }],
    ['the year 1', { createdAt: '0001-01-01T00:00:00Z' }, { createdAt: '0001-01-01T00:00:00Z' }],
    ['the first instant of all', {}, { createdAt: '-271821-04-20T00:00:00Z' }],
    ['the last one', {}, { createdAt: '+275760-09-13T00:00:00Z' }],
    ['no time at all', { createdAt: 'soon' }, { createdAt: 'now' }],
    ['ids that no index takes', { id: longId(1) }, { id: longId(2) }],
  ])('with %s, and the repair is said', async (_case, event, message) => {
    const { post, logLines } = await intakeWorld();
    expect(await post(received(event, message))).toEqual({ ok: true, value: { repeated: false } });
    expect(await suppressions()).toMatchObject([
      { phone: PERSON, saidAt: NOW.toString(), repairs: expect.arrayContaining([expect.any(String)]) },
    ]);
    const { rows } = await sql`select state from gateway_event`.execute(database.db);
    expect(rows).toEqual([{ state: 'applied' }]);
    expect(logLines.filter((line) => line.includes('webhook repaired'))).toHaveLength(1);
    expect(await post(received(event, message))).toEqual({ ok: true, value: { repeated: true } });
  });

  it('in the language of Canada, from there', async () => {
    const { post, jobs } = await intakeWorld();
    await post(received({}, { from: '+15145550123', text: 'Arrêt' }));
    expect(await suppressions()).toMatchObject([{ phone: '+15145550123', repairs: null }]);
    expect(jobs).toEqual([]);
  });
});

describe('a signed webhook', () => {
  it('of any other kind is kept and applied by a job', async () => {
    const { post, jobs } = await intakeWorld();
    expect(await post(received({ type: 'call.\u0000ringing' }, {}))).toMatchObject({ ok: true });
    expect(jobs).toEqual([APPLY_QUEUE]);
  });

  it('is answered without an error of ours, whatever it says', async () => {
    const { post } = await intakeWorld();
    let posted = 0;
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('\u0000', 'STOP\u0000', '\ud83d', longId(3), '-000001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'),
      fc.jsonValue(),
    );
    const field = <T extends string>(...names: readonly T[]) =>
      fc.dictionary(fc.constantFrom(...names), hostile, { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(
        field('id', 'createdAt', 'apiVersion', 'type'),
        field('id', 'from', 'to', 'text', 'body', 'media', 'createdAt', 'phoneNumberId', 'direction'),
        async (event, message) => {
          posted += 1;
          const ids = { event: { id: `EV${posted}`, ...event }, message: { id: `AC${posted}`, ...message } };
          const answer = await post(received(ids.event, ids.message));
          expect(answer.ok || answer.error.kind === 'unreadable').toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
