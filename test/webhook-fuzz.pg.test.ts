import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { QUO_EVENT_TYPES, type QuoEventType, type QuoGeneration } from '../src/gateways/quo/quo-payload-facts.ts';
import { type QuoPayload, quoHeaders, quoPayload } from '../src/gateways/quo/quo-payloads.ts';
import { currentSignature, legacySignature } from '../src/gateways/quo/quo-signing.ts';
import { start } from '../src/main.ts';
import { systemClock } from '../src/platform/clock.ts';
import { parseConfig } from '../src/platform/config.ts';
import { showId, uuidSource } from '../src/platform/ids.ts';
import { type Random, seededRandom, systemRandom } from '../src/platform/random.ts';
import { secretsWithKey } from '../src/platform/secrets.ts';
import { insertAccount } from './fixtures.ts';
import { mutateForm, oneOf } from './mutated-forms.ts';
import { testDatabase } from './test-database.ts';

/**
 * Requests that no provider would send: broken bytes, odd JSON, odd headers, signed or not. WEBHOOK_FUZZ=100000 is the proof at length.
 * None is answered with an error of ours, and nothing happens that nobody has signed. Whatever is signed is taken, and what can be read of
 * it is applied; what cannot rests with the reason.
 */
const REQUESTS = Number(process.env['WEBHOOK_FUZZ'] ?? 3_000);
const SEED = Number(process.env['WEBHOOK_SEED'] ?? systemRandom.int(1, 1_000_000));
const AT_ONCE = 16;
const TEST_MS_MAX = 1_800_000;
const KEY = Buffer.alloc(32, 7);
const SECRET = Buffer.from('the secret of these webhooks').toString('base64');
const WRONG_SECRET = Buffer.from('some other secret').toString('base64');
const OURS = '+15085550101';
const OURS_AT_TWILIO = '+15085550102';

const database = await testDatabase();

it(
  `answers ${REQUESTS} mutated webhooks without an error, and does nothing that is not signed (WEBHOOK_SEED=${SEED})`,
  async () => {
    process.stderr.write(`webhook fuzz: WEBHOOK_SEED=${SEED}\n`);
    const { url, accountPath, twilioPath } = await openServer();
    const random = seededRandom(SEED);
    const wrong: unknown[] = [];
    const answers: Record<string, number> = {};
    let sent = 0;
    const work = async (): Promise<void> => {
      while (sent < REQUESTS) {
        sent += 1;
        const mutated = random.int(0, 3) === 0 ? mutatedForm(random, url, twilioPath) : mutate(random, accountPath);
        const status = await post(url, mutated);
        answers[status] = (answers[status] ?? 0) + 1;
        if (status >= 500 || status < 300 !== mutated.signed)
          wrong.push({ status, signed: mutated.signed, how: mutated.how });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect(wrong.slice(0, 5)).toEqual([]);
    // Every kind of answer that can be was given: otherwise the mutations miss what they are for.
    expect(Object.keys(answers).sort()).toEqual(expect.arrayContaining(['200', '204', '401', '404', '413']));
    const { rows } = await sql<{ stored: number; unsigned: number }>`
      select count(*) as stored, count(*) filter (where signed_by is null) as unsigned from gateway_event`.execute(
      database.db,
    );
    expect(rows[0]?.unsigned).toBe(0);
    expect(rows[0]?.stored).toBeLessThanOrEqual((answers['200'] ?? 0) + (answers['204'] ?? 0));
    expect(await stillWorks(url, accountPath)).toBe(200);
    await untilAllTried();
    const { rows: mistakes } = await sql`
      select e.type, a.error, e.payload from gateway_event_attempt a join gateway_event e on e.id = a.event_id
      where a.outcome = 'failed' limit 5`.execute(database.db);
    expect(mistakes).toEqual([]);
    const { rows: reasons } = await sql`
      select type, error from gateway_event where state not in ('applied', 'failed') or state = 'failed' and error not like 'a signed event that %'`.execute(
      database.db,
    );
    expect(reasons).toEqual([]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const { rows: pending } = await sql`select 1 from suppression where phone = '+16175550666'`.execute(database.db);
    expect(pending).toEqual([]);
  },
  TEST_MS_MAX,
);

async function untilAllTried(): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from gateway_event where state = 'received' limit 1`.execute(database.db);
    if (rows.length === 0) return;
    await systemClock.sleep(100);
  }
}

async function openServer() {
  const folder = await mkdtemp(join(tmpdir(), 'textwright-fuzz-'));
  const running = await start({
    config: parseConfig(
      {
        DATABASE_URL: database.connectionString,
        TEXTWRIGHT_DATA_DIR: folder,
        TEXTWRIGHT_SECRET_KEY: KEY.toString('base64'),
        LOG_LEVEL: 'silent',
        PORT: '0',
      },
      folder,
    ),
    role: 'all',
  });
  onTestFinished(async () => {
    await running.close();
    await rm(folder, { recursive: true, force: true });
  });
  const world = { clock: systemClock, newUuid: uuidSource({ clock: systemClock, random: systemRandom }) };
  const insert = (gatewayRef: string, phone: string) =>
    insertAccount(
      database.db,
      { ...world, secrets: secretsWithKey(KEY, systemRandom) },
      { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', webhookSecret: SECRET, lanes: [{ gatewayRef, phone }] },
    );
  const account = await insert('PNtest01', OURS);
  const twilio = await insert(OURS_AT_TWILIO, OURS_AT_TWILIO);
  await sql`update gateway_account set kind = 'twilio' where id = ${twilio.id}`.execute(database.db);
  return {
    url: running.url ?? '',
    accountPath: `/webhooks/quo/${showId('account', account.id)}`,
    twilioPath: `/webhooks/twilio/${showId('account', twilio.id)}`,
  };
}

function mutatedForm(random: Random, url: string, path: string): Mutated {
  const made = { url: url + path, secret: SECRET, from: '+16175550124', to: OURS_AT_TWILIO };
  return { path, ...mutateForm(random, made) };
}

interface Mutated {
  readonly how: string;
  readonly path: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Under our secret, for these very bytes and this instant. */
  readonly signed: boolean;
}

const TYPES = Object.keys(QUO_EVENT_TYPES) as QuoEventType[];
/** What parsers, databases and objects stumble over. */
const ODD: readonly unknown[] = [
  null,
  '',
  '\u0000',
  '\ud83d',
  'STOP\u0000',
  '__proto__',
  'constructor',
  '0x7fffffff',
  -0,
  1e308,
  9_007_199_254_740_991,
  -1,
  true,
  [],
  {},
  [[[[]]]],
  { __proto__: { polluted: true } },
  'x'.repeat(70_000),
  "'; drop table message; --",
  '+16175550666',
  '\u202e\u0000\ufeff',
  '9999-12-31T23:59:59.999Z',
  '-000001-01-01T00:00:00Z',
];

function mutate(random: Random, accountPath: string): Mutated {
  const type = oneOf(random, TYPES);
  const generation = oneOf<QuoGeneration>(random, QUO_EVENT_TYPES[type]);
  const payload = quoPayload({
    type,
    generation,
    at: systemClock.now(),
    random,
    from: '+16175550123',
    to: [OURS],
    text: random.pick(['STOP', 'Hi', 'Please stop']),
    laneRef: 'PNtest01',
  });
  const kind = random.pick([
    'json',
    'json',
    'json',
    'raw json',
    'bytes',
    'deep',
    'headers',
    'unsigned',
    'path',
    'size',
  ] as const);
  const how = `${type} ${generation} ${kind}`;
  const made = { how, path: oneOf(random, addressesOf(accountPath)) };
  switch (kind) {
    case 'json':
      return { ...made, ...signed(payload, mutateJson(random, payload.body)) };
    case 'raw json':
      return { ...made, ...signed(payload, Buffer.from(mutateRawJson(random, payload.body))) };
    case 'bytes':
      return { ...made, ...signed(payload, mutateBytes(random, Buffer.from(payload.body))) };
    case 'deep':
      return { ...made, ...signed(payload, Buffer.from(deepJson(random))) };
    case 'headers':
      return { ...made, ...mutateHeaders(random, payload) };
    case 'unsigned':
      return {
        ...made,
        body: mutateJson(random, payload.body.replaceAll('+16175550123', '+16175550666')),
        headers: {},
        signed: false,
      };
    case 'path':
      return {
        ...made,
        ...signed(payload, Buffer.from(payload.body)),
        signed: false,
        path: mutatePath(random, accountPath),
      };
    case 'size':
      return { ...made, ...signed(payload, Buffer.alloc(1_000_001 + random.int(0, 1_000), 'a')), signed: false };
  }
}

/** All of them lead to the same account. */
const addressesOf = (accountPath: string): readonly string[] => [
  accountPath,
  `${accountPath}/`,
  accountPath.replace('quo', 'sandbox'),
  '/api/webhooks/openphone',
];

function signed({ facts }: QuoPayload, body: Buffer): Pick<Mutated, 'body' | 'headers' | 'signed'> {
  const at = systemClock.now();
  const headers =
    facts.generation === '2026-03-30'
      ? currentSignature({ secret: SECRET, body, at, deliveryId: facts.deliveryId })
      : legacySignature({ secret: SECRET, body, at });
  return { body, headers, signed: true };
}

/** Puts something odd at some places of the tree, takes others away, doubles others. */
function mutateJson(random: Random, text: string): Buffer {
  const tree: unknown = JSON.parse(text);
  for (let times = random.int(1, 4); times > 0; times -= 1) {
    const parents = parentsIn(tree);
    const parent = oneOf(random, parents);
    const key = oneOf(random, Object.keys(parent));
    const what = random.int(0, 3);
    if (what === 0) delete parent[key];
    else if (what === 1)
      parent[String(random.pick(['__proto__', 'constructor', 'id', 'from', '\u0000']))] = parent[key];
    // A copy: what is put in may be changed by the next round, and must not come to hold itself.
    else parent[key] = structuredClone(ODD[random.int(0, ODD.length - 1)]);
  }
  return Buffer.from(JSON.stringify(tree));
}

function parentsIn(tree: unknown): Record<string, unknown>[] {
  if (typeof tree !== 'object' || tree === null) return [{ a: 1 }];
  const below = Object.values(tree).flatMap((value) =>
    typeof value === 'object' && value !== null ? parentsIn(value) : [],
  );
  return Object.keys(tree).length === 0 ? [{ a: 1 }] : [tree as Record<string, unknown>, ...below];
}

/** What JSON.stringify would never write. */
function mutateRawJson(random: Random, text: string): string {
  return random.pick([
    text.replace(/"id"/, '"__proto__":{"polluted":true},"id"'),
    text.replace(/"id":/, '"id":"first","id":'),
    text.replace(/:"[^"]*"/, ':123456789012345678901234567890'),
    text.replace(/:"[^"]*"/, ':1e999'),
    text.replace(/:"[^"]*"/, ':"\\ud83d\\u0000"'),
    `\ufeff${text}`,
    `${text} ${text}`,
    text.slice(0, random.int(0, text.length)),
    ` \n${text}\t`,
    '[]',
    '""',
    'null',
    '',
  ]);
}

function mutateBytes(random: Random, bytes: Buffer): Buffer {
  for (let times = random.int(1, 8); times > 0; times -= 1) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
  return bytes;
}

const deepJson = (random: Random): string => {
  const levels = random.pick([50, 1_000, 20_000, 150_000]);
  return random.next() < 0.5
    ? `{"id":"EV","type":"message.received","data":${'['.repeat(levels)}${']'.repeat(levels)}}`
    : `{"id":"EV","type":"message.received","data":${'{"object":'.repeat(Math.min(levels, 90_000))}1${'}'.repeat(Math.min(levels, 90_000))}}`;
};

function mutateHeaders(random: Random, payload: QuoPayload): Pick<Mutated, 'body' | 'headers' | 'signed'> {
  const at = systemClock.now();
  const body = Buffer.from(payload.body);
  const good = quoHeaders(payload, { secret: SECRET, at });
  const name = 'webhook-signature' in good ? 'webhook-signature' : 'openphone-signature';
  const value = String(good[name as keyof typeof good]);
  const bad = random.pick<Readonly<Record<string, string>>>([
    { ...good, [name]: value.slice(0, -2) },
    { ...good, [name]: value.toUpperCase() === value ? 'x' : value.toUpperCase() },
    { ...good, [name]: '' },
    { ...good, [name]: 'v1,'.repeat(2_000) },
    { ...good, [name]: ';'.repeat(5_000) },
    { ...good, [name]: `hmac;1;${'9'.repeat(300)};AAAA` },
    quoHeaders(payload, { secret: WRONG_SECRET, at }),
    quoHeaders(payload, { secret: SECRET, at: at.subtract({ minutes: 6 }) }),
    quoHeaders(payload, { secret: SECRET, at: at.add({ minutes: 6 }) }),
    { 'content-type': 'application/json' },
  ]);
  return { body, headers: bad, signed: false };
}

const mutatePath = (random: Random, path: string): string =>
  random.pick([
    `${path.slice(0, -1)}${path.endsWith('0') ? '1' : '0'}`,
    '/webhooks/quo/acc_',
    '/webhooks/quo/..%2f..%2fetc',
    '/webhooks/quo/%00',
    path.replace('quo', 'twilio'),
    path.toUpperCase(),
    `${path}/more`,
    '/webhooks/nobody/acc_0',
  ]);

/** The status; 0 when the server closed the connection without one, which only an oversized body may lead to. */
function post(url: string, mutated: Mutated): Promise<number> {
  const { path, body, headers } = mutated;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      new URL(url),
      {
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json', ...headers, 'content-length': body.length },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on('error', (error) => {
      // The server need not read what it has refused already, and closes connections that rest for some seconds.
      if (body.length > 1_000_000) resolve(413);
      else if (request.reusedSocket) resolve(post(url, mutated));
      else reject(error);
    });
    request.end(body);
  });
}

async function stillWorks(url: string, path: string): Promise<number> {
  const payload = quoPayload({
    type: 'message.received',
    generation: 'v4',
    at: systemClock.now(),
    random: systemRandom,
    from: '+16175550199',
    to: [OURS],
  });
  return post(url, { how: '', path, ...signed(payload, Buffer.from(payload.body)) });
}
