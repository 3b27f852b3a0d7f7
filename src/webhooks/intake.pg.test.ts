import { createHmac } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testFolder } from '../../test/test-folder.ts';
import { openWay } from '../../test/way-to-database.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { manualClock, systemClock } from '../platform/clock.ts';
import { parseConfig } from '../platform/config.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { uuidSource } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { seededRandom } from '../platform/random.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, instant } from '../platform/time.ts';
import { type IncomingHeaders, tooMany } from './incoming.ts';
import { openIntake } from './intake.ts';
import { spoolIn } from './spool.ts';
import { spoolDepth } from './spool-depth.ts';
import { createTally } from './tally.ts';
import { spoolWatch } from './watch-spool.ts';

const PERSON = '+16175550123';
const OUR_NUMBER = '+16175550001';
const SECRET = Buffer.from('a webhook secret of a test').toString('base64');
const NEXT_SECRET = Buffer.from('the secret that comes after it').toString('base64');
const NOW = instant('2026-11-17T15:00:00Z');

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

async function intakeWorld(options: { readonly perSecond?: number; readonly refusedPerSecond?: number } = {}) {
  const clock = manualClock(NOW);
  const random = seededRandom(1);
  const logLines: string[] = [];
  const world = { clock, newUuid: uuidSource({ clock, random }), secrets: secretsWithKey(random.bytes(32), random) };
  const services = {
    ...world,
    database,
    webhookEdge: () => quoWebhookEdge,
    publicUrl: () => 'https://textwright.example',
    localUrl: () => 'http://127.0.0.1:7080',
    log: createLog({ level: 'warn', destination: { write: (line: string) => void logLines.push(line) } }),
  };
  const spoolFolder = join(await testFolder(), 'spool');
  const tally = createTally(clock);
  const open = (db: Database = database) =>
    openIntake({ ...services, database: db }, { spool: spoolIn(spoolFolder), tally, perSecond: 500, ...options });
  const intake = open();
  const account = await insertAccount(database.db, world, {
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'test-key',
    webhookSecret: SECRET,
    lanes: [{ gatewayRef: 'PNtest01', phone: OUR_NUMBER }],
  });
  const signed = (body: Buffer, { secret = SECRET, at = clock.now().epochMilliseconds } = {}): IncomingHeaders => {
    const signature = createHmac('sha256', Buffer.from(secret, 'base64'))
      .update(`${at}.`)
      .update(body)
      .digest('base64');
    return { 'openphone-signature': `hmac;1;${at};${signature}`, cookie: 'session=secret' };
  };
  const address = { kind: 'quo', accountId: account.id, sandboxOnly: false, query: '', source: '192.0.2.1' } as const;
  const post = (
    event: unknown,
    how: { readonly by?: typeof intake; readonly headers?: IncomingHeaders } & Record<string, unknown> = {},
  ) => {
    const { by = intake, headers, ...changed } = how;
    const rawBody = Buffer.isBuffer(event) ? event : Buffer.from(JSON.stringify(event));
    return by.receive({ ...address, rawBody, headers: headers ?? signed(rawBody), ...changed });
  };
  return { ...world, services, intake, open, account, signed, post, tally, logLines, spoolFolder };
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
    ['a text whose id is a number', {}, { id: 5 }],
    ['no id anywhere', { id: null }, { id: undefined }],
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
    const { post } = await intakeWorld();
    await post(received({}, { from: '+15145550123', text: 'Arrêt' }));
    expect(await suppressions()).toMatchObject([{ phone: '+15145550123', repairs: null }]);
    expect(await events()).toMatchObject([{ state: 'applied' }]);
  });
});

const events = async () =>
  (
    await sql<{
      state: string;
      type: string;
      eventId: string;
      signedBy: string;
      error: string | null;
      headers: object;
    }>`
      select state, type, event_id, signed_by, error, headers, source, order_key from gateway_event order by id`.execute(
      database.db,
    )
  ).rows;

describe('a signed webhook', () => {
  it('of any other kind waits to be applied', async () => {
    const { post } = await intakeWorld();
    expect(await post(received({ type: 'call.\u0000ringing' }, {}))).toMatchObject({ ok: true });
    expect(await events()).toMatchObject([{ state: 'received' }]);
  });

  it('is kept with its key and the headers that say how it was signed, and no other', async () => {
    const { post } = await intakeWorld();
    await post(received({}, { text: 'Hi' }));
    const [event] = await events();
    expect(event?.signedBy).toMatch(/^[0-9a-f]{12}$/);
    expect(Object.keys(event?.headers ?? {})).toEqual(['openphone-signature']);
  });

  it('that cannot be read is kept as failed, and says why', async () => {
    const { post } = await intakeWorld();
    for (const body of [Buffer.from('{"id":'), Buffer.from([0x7b, 0xff, 0x00]), Buffer.from('[]')])
      expect(await post(body)).toEqual({ ok: true, value: { repeated: false } });
    expect(await events()).toMatchObject([
      { state: 'failed', type: 'unreadable', error: expect.stringContaining('cannot be read') },
      { state: 'failed' },
      { state: 'failed' },
    ]);
  });

  it('of a known type of which nothing can be made is kept as failed, and says why', async () => {
    const { post } = await intakeWorld();
    const answered = { ok: true, value: { repeated: false } };
    expect(await post(received({ id: 'EV1' }, { from: null }))).toEqual(answered);
    expect(await post(received({ id: 'EV2', type: 'call.completed' }, { id: {} }))).toEqual(answered);
    expect(await post(received({ id: 'EV3', type: 'task.created' }, { id: {} }))).toEqual(answered);
    // The reason names a part whose name cannot be stored either.
    expect(await post(received({ id: 'EV4', type: 'call.ringing' }, { id: {}, 'a\0b': 'c\0d' }))).toEqual(answered);
    expect(await events()).toMatchObject([
      { state: 'failed', type: 'message.received', eventId: 'EV1', error: expect.stringContaining('no sender') },
      { state: 'failed', type: 'call.completed', error: expect.stringContaining('no id of a call') },
      { state: 'received', type: 'task.created', error: null },
      { state: 'failed', type: 'call.ringing', error: expect.stringContaining('a\uFFFDb: dropped') },
    ]);
  });

  it('that the database will not have as it is is kept as failed, beside others of its group', async () => {
    const { post } = await intakeWorld();
    await sql`alter table gateway_event add constraint test_poison check (type <> 'task.poison')`.execute(database.db);
    onTestFinished(async () => {
      await sql`alter table gateway_event drop constraint test_poison`.execute(database.db);
    });
    const poison = received({ id: 'EV1', type: 'task.poison' }, {});
    const answers = await Promise.all([post(poison), post(received({ id: 'EV2', type: 'task.created' }, {}))]);
    expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
    expect(await post(poison)).toEqual({ ok: true, value: { repeated: true } });
    const stored = await events();
    expect(stored.map(({ type, state }) => `${type} ${state}`).toSorted()).toEqual([
      'task.created received',
      'unreadable failed',
    ]);
    expect(stored.find(({ state }) => state === 'failed')?.error).toMatch(/cannot be stored as it is: .*test_poison/);
  });

  it('is stored once, however often it comes and however many come together', async () => {
    const { post, open } = await intakeWorld();
    const [one, other] = [open(), open()];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        post(received({ id: `EV${index % 50}` }, { id: `AC${index % 50}`, text: 'Hi' }), {
          by: index % 3 === 0 ? one : other,
        }),
      ),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(answers.filter((answer) => answer.ok && !answer.value.repeated)).toHaveLength(50);
    expect(await events()).toHaveLength(50);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['for nobody', { accountId: '00000000-0000-7000-8000-000000000000' }, 'unknown_account'],
    ['for an account of another kind', { kind: 'twilio' }, 'unknown_account'],
    ['of a sandbox for an account that is none', { sandboxOnly: true }, 'unknown_account'],
  ])('%s is refused', async (_case, changed, kind) => {
    const { post } = await intakeWorld();
    await sql`update gateway_account set environment = 'live'`.execute(database.db);
    expect(await post(received({}, {}), changed)).toMatchObject({ ok: false, error: { kind } });
    expect(await events()).toEqual([]);
  });

  it('may be for the only account of its kind without naming it', async () => {
    const { post, services } = await intakeWorld();
    expect(await post(received({}, {}), { accountId: 'only' })).toMatchObject({ ok: true });
    await insertAccount(database.db, services, {
      baseUrl: 'http://127.0.0.1:1',
      apiKey: 'other-key',
      webhookSecret: SECRET,
      lanes: [{ gatewayRef: 'PNtest02', phone: '+16175550002' }],
    });
    await services.clock.advance(31_000);
    expect(await post(received({ id: 'EVtest0002' }, {}), { accountId: 'only' })).toMatchObject({
      ok: false,
      error: { kind: 'unknown_account' },
    });
  });

  it('is for the only live account of its kind, whatever sandbox was tried before', async () => {
    const { post, services } = await intakeWorld();
    const live = await insertAccount(database.db, services, {
      baseUrl: 'http://127.0.0.1:1',
      apiKey: 'live-key',
      webhookSecret: SECRET,
      lanes: [{ gatewayRef: 'PNlive', phone: '+16175550002' }],
    });
    await sql`update gateway_account set environment = 'live' where id = ${live.id}`.execute(database.db);
    expect(await post(received({}, {}), { accountId: 'only' })).toMatchObject({ ok: true });
    const { rows } = await sql`select account_id from gateway_event`.execute(database.db);
    expect(rows).toEqual([{ accountId: live.id }]);
  });

  it('is refused when it is more than five minutes old or early', async () => {
    const { post, signed } = await intakeWorld();
    const body = Buffer.from(JSON.stringify(received({}, {})));
    for (const [ms, ok] of [
      [-301_000, false],
      [-299_000, true],
      [299_000, true],
      [301_000, false],
    ] as const) {
      const headers = signed(body, { at: addMs(NOW, ms).epochMilliseconds });
      expect(await post(body, { headers })).toMatchObject({ ok });
    }
  });

  it('is taken under a new secret at once, and under the old one while both count', async () => {
    const { post, signed, services, account } = await intakeWorld();
    await post(received({ id: 'EV1' }, { text: 'Hi' }));
    const sealed = [NEXT_SECRET, SECRET].map((secret) => services.secrets.seal(secret));
    await sql`update gateway_account set webhook_secrets_sealed = ${sealed} where id = ${account.id}`.execute(
      database.db,
    );
    for (const [id, secret] of [
      ['EV2', NEXT_SECRET],
      ['EV3', SECRET],
    ] as const) {
      const body = Buffer.from(JSON.stringify(received({ id }, { text: 'Hi' })));
      expect(await post(body, { headers: signed(body, { secret }) })).toMatchObject({ ok: true });
    }
    const [first, second, third] = await events();
    expect(third?.signedBy).toBe(first?.signedBy);
    expect(second?.signedBy).not.toBe(first?.signedBy);
  });

  /** Connected now, by another process. */
  const connect = async (services: Parameters<typeof insertAccount>[1], phone = '+16175550002') => {
    const lanes = [{ gatewayRef: 'PNtest02', phone }];
    const options = { baseUrl: 'http://127.0.0.1:1', apiKey: 'other-key', webhookSecret: SECRET, lanes };
    return (await insertAccount(database.db, services, options)).id;
  };

  it('is taken for an account that is connected in the very instant in which the accounts were read', async () => {
    const { post, services } = await intakeWorld();
    expect(await post(received({}, {}), { accountId: services.newUuid() })).toMatchObject({ ok: false });
    const accountId = await connect(services);
    expect(await post(received({ id: 'EV2' }, { text: 'Hi' }), { accountId })).toMatchObject({ ok: true });
  });

  it('is taken for the only account of its kind as soon as that is connected', async () => {
    const { services, account, post } = await intakeWorld();
    await sql`update gateway_account set kind = 'twilio' where id = ${account.id}`.execute(database.db);
    expect(await post(received({}, {}), { accountId: 'only' })).toMatchObject({ ok: false });
    await connect(services);
    expect(await post(received({ id: 'EV2' }, { text: 'Hi' }), { accountId: 'only' })).toMatchObject({ ok: true });
  });

  it('waits for its turn among ten strangers a second, whether its account or its signature is wrong', async () => {
    const { post, services, clock, signed } = await intakeWorld();
    const stranger = () => post(received({}, {}), { accountId: services.newUuid() });
    for (let strangers = 0; strangers < 10; strangers += 1) expect(await stranger()).toMatchObject({ ok: false });
    const body = Buffer.from(JSON.stringify(received({}, {})));
    const accountId = await connect(services);
    let answered = 0;
    const waiting = [
      stranger(),
      post(body, { headers: signed(body, { secret: NEXT_SECRET }) }),
      post(received({ id: 'EV2' }, { text: 'Hi' }), { accountId }),
    ];
    for (const answer of waiting) void answer.then(() => (answered += 1));
    // Each by itself until it is too late, all together until it is their turn.
    while (clock.sleepers < waiting.length + 1) await systemClock.sleep(1);
    await clock.advance(99);
    expect(answered).toBe(0);
    await clock.advance(1);
    expect(await Promise.all(waiting)).toMatchObject([
      { ok: false, error: { kind: 'unknown_account' } },
      { ok: false, error: { kind: 'signature' } },
      { ok: true },
    ]);
  });

  it('has to wait when its source sends too many for its account, and no other source or account has', async () => {
    const { post, clock, services } = await intakeWorld({ perSecond: 2 });
    const send = (id: number, source = '192.0.2.1') => post(received({ id: `EV${id}` }, { text: 'Hi' }), { source });
    for (let id = 1; id <= 20; id += 1) expect(await send(id)).toMatchObject({ ok: true });
    expect(await send(21)).toMatchObject({ ok: false, error: { kind: 'too_many', retryAfterSeconds: 1 } });
    expect(await send(21, '192.0.2.2')).toMatchObject({ ok: true });
    const accountId = await connect(services);
    expect(await post(received({ id: 'EV22' }, { text: 'Hi' }), { accountId })).toMatchObject({ ok: true });
    await clock.advance(500);
    expect(await send(22)).toMatchObject({ ok: true });
    expect(await send(23)).toMatchObject({ ok: false });
  });

  it('is taken from a source whose others are all wrong, which has to wait for each whatever account it names', async () => {
    const { post, services, tally } = await intakeWorld({ refusedPerSecond: 1 });
    await post(received({ id: 'EV1' }, { text: 'Hi' }));
    const stranger = (source?: string) =>
      post(received({}, {}), { accountId: services.newUuid(), ...(source === undefined ? {} : { source }) });
    for (let strangers = 0; strangers < 10; strangers += 1)
      expect(await stranger()).toMatchObject({ error: { kind: 'unknown_account' } });
    expect(await stranger()).toEqual({ ok: false, error: tooMany(1) });
    expect(await post(received({}, {}), { headers: {} })).toEqual({ ok: false, error: tooMany(1) });
    expect(await post(received({ id: 'EV2' }, { text: 'Hi' }))).toMatchObject({ ok: true });
    await services.clock.advance(1_000);
    expect(await stranger('192.0.2.2')).toMatchObject({ error: { kind: 'unknown_account' } });
    expect(tally.take().filter(({ outcome }) => outcome === 'too_many')).toMatchObject([{ count: 1 }, { count: 1 }]);
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
          expect(answer.ok).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('while the database is away', () => {
  /** An intake that has known its accounts, and then lost its database. */
  async function lostWorld(how: 'cut' | 'stand' = 'cut', knows: 'by an event' | 'prepared' = 'by an event') {
    const world = await intakeWorld();
    const way = await openWay(database);
    const through = openDatabase({
      connectionString: way.connectionString,
      applicationName: 'test',
      maxConnections: 4,
    });
    const by = world.open(through);
    if (knows === 'prepared') await by.prepare();
    else await world.post(received({ id: 'EVbefore' }, { text: 'Hi' }), { by });
    way[how]();
    return { ...world, by, way };
  }

  it('an event is on the disk before it is answered 503, and in the tables when it is back', async () => {
    const { post, by, way, spoolFolder } = await lostWorld();
    const answers = await Promise.all(
      [1, 2, 3].map((n) => post(received({ id: `EV${n}` }, { id: `AC${n}`, text: 'Hi' }), { by })),
    );
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, error: { kind: 'away' } });
    expect((await readdir(spoolFolder)).filter((name) => name.endsWith('.events')).length).toBeGreaterThan(0);
    await expect(by.drainSpool()).rejects.toThrow();
    way.mend();
    expect(await by.drainSpool()).toBe(3);
    expect(await events()).toMatchObject([
      { eventId: 'EVbefore', source: 'webhook' },
      ...[1, 2, 3].map((n) => ({ eventId: `EV${n}`, source: 'spool', state: 'received' })),
    ]);
    expect(await readdir(spoolFolder)).toEqual([]);
  });

  it('an event is on the disk though it is the first that ever came', async () => {
    const { by, way, post, spoolFolder } = await lostWorld('cut', 'prepared');
    expect(await post(received({}, { text: 'Hi' }), { by })).toMatchObject({ ok: false, error: { kind: 'away' } });
    expect((await readdir(spoolFolder)).filter((name) => name.endsWith('.events'))).toHaveLength(1);
    way.mend();
    expect(await by.drainSpool()).toBe(1);
  });

  it('an event that is not stored in five seconds is on the disk, too', async () => {
    const { post, by, way, clock, spoolFolder } = await lostWorld('stand');
    const answer = post(received({}, { text: 'Hi' }), { by });
    while (clock.sleepers === 0) await systemClock.sleep(5);
    await clock.advance(5_000);
    expect(await answer).toMatchObject({ ok: false, error: { kind: 'away' } });
    expect(await readdir(spoolFolder)).toHaveLength(1);
    way.cut();
  });

  it('an event is on the disk although nothing answers whether its account is still the same', async () => {
    const { post, by, way, clock, spoolFolder } = await lostWorld('stand');
    await clock.advance(31_000);
    const answer = post(received({}, { text: 'Hi' }), { by });
    let answered = false;
    void answer.then(() => {
      answered = true;
    });
    for (let seconds = 0; seconds < 8 && !answered; seconds += 1) {
      for (let waits = 0; waits < 40 && clock.sleepers === 0; waits += 1) await systemClock.sleep(5);
      await clock.advance(1_000);
    }
    expect(answered).toBe(true);
    expect(await answer).toMatchObject({ ok: false, error: { kind: 'away' } });
    expect(await readdir(spoolFolder)).toHaveLength(1);
    way.cut();
  });

  it('a STOP on the disk counts as soon as it is brought in, by whichever process', async () => {
    const { post, by, open } = await lostWorld();
    await post(received({}, { text: 'STOP' }), { by });
    expect(await suppressions()).toEqual([]);
    expect(await open().drainSpool()).toBe(1);
    expect(await suppressions()).toMatchObject([{ phone: PERSON }]);
  });

  it('an event that was sent again meanwhile is stored once', async () => {
    const { post, by, open } = await lostWorld();
    await post(received({}, { text: 'Hi' }), { by });
    await post(received({}, { text: 'Hi' }));
    await open().drainSpool();
    expect(await events()).toMatchObject([{ eventId: 'EVbefore' }, { eventId: 'EVtest0001', source: 'webhook' }]);
  });

  it('an event that the disk does not take either is asked for again', async () => {
    const { post, services, account, way, logLines } = await lostWorld();
    const through = openDatabase({
      connectionString: way.connectionString,
      applicationName: 'test',
      maxConnections: 4,
    });
    const options = { spool: spoolIn('/proc/nowhere'), perSecond: 500, tally: createTally(services.clock) };
    const by = openIntake({ ...services, database: through }, options);
    way.mend();
    await post(received({ id: 'EVknown' }, { text: 'Hi' }), { by, accountId: account.id });
    way.cut();
    const answer = await post(received({}, { text: 'Hi' }), { by });
    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'away', message: expect.stringContaining('send it again') },
    });
    expect(logLines.some((line) => line.includes('the disk does not take it'))).toBe(true);
  });

  it('of events whose key was withdrawn before they are brought in a STOP counts, the others when somebody replays them', async () => {
    const { post, by, open, account, services } = await lostWorld();
    await post(received({}, { text: 'Hi' }), { by });
    await post(received({ id: 'EVstop' }, { text: 'STOP' }), { by });
    const sealed = [services.secrets.seal(NEXT_SECRET)];
    await sql`update gateway_account set webhook_secrets_sealed = ${sealed} where id = ${account.id}`.execute(
      database.db,
    );
    expect(await open().drainSpool()).toBe(2);
    expect(await suppressions()).toHaveLength(1);
    const kept = new Map((await events()).map((event) => [event.eventId, event]));
    expect(kept.get('EVtest0001')).toMatchObject({ state: 'failed', error: expect.stringContaining('was withdrawn') });
    expect(kept.get('EVstop')).toMatchObject({ state: 'applied', error: null });
  });

  it('a damaged file is said and left, and holds up no other', async () => {
    const { post, by, open, spoolFolder, logLines } = await lostWorld();
    await post(received({}, { text: 'Hi' }), { by });
    await writeFile(join(spoolFolder, '0.events'), 'damaged');
    expect(await open().drainSpool()).toBe(1);
    expect(await readdir(spoolFolder)).toHaveLength(1);
    expect(logLines.some((line) => line.includes('is damaged'))).toBe(true);
  });
});

describe('a file on the disk that is not brought in', () => {
  it('is an alert as soon as it is damaged, or after two minutes, until it is gone', async () => {
    const { services, clock, spoolFolder, newUuid, intake } = await intakeWorld();
    const spool = spoolIn(spoolFolder);
    const deps = { ...services, jobs: { enqueue: async () => {} }, config: parseConfig({}, '/nowhere') };
    const look = spoolWatch(deps, { depth: spoolDepth(spool), machine: 'office' });
    const alerts = async () => {
      await intake.drainSpool();
      await look();
      const { rows } = await sql<{ summary: string }>`
        select summary from alert where kind = 'spool_stuck' and subject = 'spool:office' and resolved_at is null`.execute(
        database.db,
      );
      return rows.map(({ summary }) => /kept while the database was away, (.*?)\./.exec(summary)?.[1]);
    };
    const ofNobody = { type: 'x', phone: null, orderKey: null, payload: '{}', headers: {}, source: 'webhook' } as const;
    const ids = { id: newUuid(), accountId: newUuid(), eventId: 'EV1', receivedAt: NOW };
    await spool.write(newUuid(), [{ ...ofNobody, ...ids, signedBy: null, unreadable: null }]);
    await clock.advance(120_000);
    expect(await alerts()).toEqual([]);
    await clock.advance(1);
    expect(await alerts()).toEqual(['events stay there although the database answers']);
    await writeFile(join(spoolFolder, '0.events'), 'damaged');
    expect(await alerts()).toEqual(['a file is damaged, and events stay there although the database answers']);
    for (const name of await readdir(spoolFolder)) await rm(join(spoolFolder, name));
    expect(await alerts()).toEqual([]);
  });
});

describe('while the keys of an account are being changed', () => {
  /** Looks until the answer, each a quarter of a second after the one before. */
  async function looksWorld() {
    const world = await intakeWorld();
    const { clock, services, spoolFolder } = world;
    let looks = 0;
    const counting = {
      ...clock,
      now: () => clock.now(),
      sleep: async (ms: number, signal?: AbortSignal) => {
        if (ms !== 250) return clock.sleep(ms, signal);
        looks += 1;
        await clock.advance(ms);
      },
    };
    const options = { spool: spoolIn(spoolFolder), tally: world.tally, perSecond: 500 };
    const by = openIntake({ ...services, clock: counting }, options);
    const looksFor = async (how: Parameters<typeof world.post>[1]): Promise<number> => {
      looks = 0;
      const rawBody = Buffer.from(JSON.stringify(received({}, {})));
      const headers = world.signed(rawBody, { secret: NEXT_SECRET });
      expect(await world.post(rawBody, { headers, by, ...how })).toMatchObject({ ok: false });
      return looks;
    };
    const change = (until: string | null) =>
      sql`update gateway_account set webhook_change_until = ${until} where id = ${world.account.id}`.execute(
        database.db,
      );
    return { ...world, looksFor, change };
  }

  it('a wrong signature waits as long at an address that nobody has, and at that of another account', async () => {
    const { looksFor, change, newUuid, services } = await looksWorld();
    const lanes = [{ gatewayRef: 'PNtest02', phone: '+16175550002' }];
    const other = { baseUrl: 'http://127.0.0.1:1', apiKey: 'other', webhookSecret: SECRET, lanes };
    const { id } = await insertAccount(database.db, services, other);
    await change('2026-11-17T15:10:00Z');
    const real = await looksFor({});
    expect(real).toBeGreaterThan(10);
    expect(await looksFor({ accountId: newUuid() })).toBe(real);
    expect(await looksFor({ accountId: id })).toBe(real);
  });

  it('and nobody waits once that is over', async () => {
    const { looksFor, change, newUuid } = await looksWorld();
    await change(null);
    expect(await looksFor({})).toBe(0);
    expect(await looksFor({ accountId: newUuid() })).toBe(0);
  });
});

describe('every webhook is counted by its answer', () => {
  it('with the account that it was for', async () => {
    const { post, tally, account, newUuid } = await intakeWorld({ perSecond: 1 });
    const source = '192.0.2.1';
    await post(received({}, {}));
    await post(received({}, {}));
    await post(received({}, {}), { accountId: 'only' });
    await post(received({}, {}), { headers: {} });
    await post(received({}, {}), { accountId: newUuid() });
    for (let n = 0; n < 8; n += 1) await post(received({}, {}));
    expect(tally.take()).toEqual([
      { accountId: account.id, source, outcome: 'accepted', count: 1 },
      { accountId: account.id, source, outcome: 'repeated', count: 9 },
      { accountId: account.id, source, outcome: 'signature_missing', count: 1 },
      { accountId: null, source, outcome: 'unknown_account', count: 1 },
      { accountId: account.id, source, outcome: 'too_many', count: 1 },
    ]);
  });
});
