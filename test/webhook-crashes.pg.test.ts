import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { type QuoPayload, quoHeaders, quoPayload } from '../src/gateways/quo/quo-payloads.ts';
import { systemClock } from '../src/platform/clock.ts';
import { showId, uuidSource } from '../src/platform/ids.ts';
import { seededRandom, systemRandom } from '../src/platform/random.ts';
import { secretsWithKey } from '../src/platform/secrets.ts';
import { insertAccount } from './fixtures.ts';
import { mortalPostgres } from './mortal-postgres.ts';
import { type ProductProcess, productProcesses } from './processes.ts';

/**
 * A provider posts events at a rate while PostgreSQL is killed twice and the server three times. It posts again what was not answered
 * 2xx; a part of its events it never posts again. In the end the server is killed with events on its disk that are in no table, and
 * started again before PostgreSQL is. WEBHOOK_RATE=1000 WEBHOOK_SECONDS=60 is the proof at length.
 */
const RATE = Number(process.env['WEBHOOK_RATE'] ?? 150);
const SECONDS = Number(process.env['WEBHOOK_SECONDS'] ?? 12);
const SEED = Number(process.env['WEBHOOK_SEED'] ?? systemRandom.int(1, 1_000_000));
const EVENTS = RATE * SECONDS;
const KILLS_OF_SERVER = 3;
const KILLS_OF_POSTGRES = 2;
const NEVER_AGAIN_SHARE = 0.1;
const LEFT_ON_THE_DISK = 30;
const ANSWER_WITHIN_MS = 15_000;
const AT_ONCE = 100;
const TEST_MS_MAX = 1_800_000;
const KEY = Buffer.alloc(32, 7);
const SECRET = Buffer.from('the secret of these webhooks').toString('base64');
const OURS = '+15085550101';

const postgres = mortalPostgres();

interface Posted extends QuoPayload {
  readonly retried: boolean;
  /** 503 is on the disk of the server. */
  status: number | undefined;
}

it(
  `loses no event, and applies each once, whatever is killed (WEBHOOK_SEED=${SEED})`,
  async () => {
    process.stderr.write(`webhook crashes: WEBHOOK_SEED=${SEED}\n`);
    const random = seededRandom(SEED);
    const office = await openOffice();
    const made = Array.from({ length: EVENTS + LEFT_ON_THE_DISK }, (_, index): Posted => {
      const receipt = index % 2 === 0;
      const payload = quoPayload({
        type: receipt ? 'message.delivered' : 'message.received',
        generation: random.pick(['v3', 'v4', '2026-03-30']),
        at: systemClock.now(),
        random,
        from: receipt ? OURS : `+1617${String(2_000_000 + (index % 400)).padStart(7, '0')}`,
        to: [receipt ? '+16175559999' : OURS],
        text: index % 40 === 1 ? 'STOP' : `Text ${index}`,
        laneRef: 'PNtest01',
      });
      return { ...payload, retried: random.next() >= NEVER_AGAIN_SHARE, status: undefined };
    });
    const events = made.slice(0, EVENTS);
    const [postedMs, troubles] = await Promise.all([postAll(events, office.url), trouble(office)]);
    events.push(...(await killWithFullDisk(office, made.slice(EVENTS))));
    await until('nothing waits on the disk', () => isEmpty(office.spool));
    await untilAllApplied();

    const { rows } = await sql<{ eventId: string; state: string; times: number }>`
      select event_id, min(state) as state, count(*) as times from gateway_event group by 1`.execute(
      postgres.database().db,
    );
    const stored = new Map(rows.map((row) => [row.eventId, row]));
    const answered = Object.entries(Object.groupBy(events, ({ status }) => status ?? 'no answer'));
    process.stderr.write(
      `webhook crashes: ${EVENTS} events posted in ${(postedMs / 1_000).toFixed(1)} s, ${Math.round((EVENTS * 1_000) / postedMs)} a second, ` +
        `${events.filter(({ retried }) => !retried).length} of them once only; killed and started again: ${troubles.join(', ')}; ` +
        `last answers: ${answered.map(([status, of = []]) => `${status}: ${of.length}`).join(', ')}; stored ${stored.size}\n`,
    );
    const kept = events.filter(({ status }) => status === 200 || status === 503);
    expect(kept.filter(({ facts }) => stored.get(facts.eventId)?.times !== 1)).toEqual([]);
    expect(events.filter(({ retried, status }) => retried && status !== 200)).toEqual([]);
    expect(rows.filter(({ state }) => state !== 'applied')).toEqual([]);
    await expectEffects(stored);
  },
  TEST_MS_MAX,
);

/** The server behind an address that stays while its processes come and go. */
async function openOffice() {
  const folder = await mkdtemp(join(tmpdir(), 'textwright-webhooks-'));
  const processes = productProcesses({
    env: {
      DATABASE_URL: postgres.database().connectionString,
      DATABASE_CONNECTIONS: '8',
      TEXTWRIGHT_DATA_DIR: folder,
      TEXTWRIGHT_SECRET_KEY: KEY.toString('base64'),
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      PORT: '0',
    },
    shiftMs: 0,
    engine: {},
  });
  let server: ProductProcess & { readonly url: string };
  const start = async () => {
    server = await processes.startServer();
  };
  await start();
  const front = createServer((socket) => {
    const behind = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', () => behind.destroy()).on('close', () => behind.destroy());
    behind.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.pipe(behind).pipe(socket);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const address = front.address();
  const world = { clock: systemClock, newUuid: uuidSource({ clock: systemClock, random: systemRandom }) };
  const account = await insertAccount(
    postgres.database().db,
    { ...world, secrets: secretsWithKey(KEY, systemRandom) },
    {
      baseUrl: 'http://127.0.0.1:1',
      apiKey: 'key',
      webhookSecret: SECRET,
      lanes: [{ gatewayRef: 'PNtest01', phone: OURS }],
    },
  );
  await Promise.all([processes.startWorker(), processes.startWorker()]);
  onTestFinished(async () => {
    front.close();
    await processes.killAll();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/webhooks/quo/${showId('account', account.id)}`,
    spool: join(folder, 'spool'),
    kill: () => server.kill(),
    start,
  };
}

/** Spread over the time in which events come in; what was killed and started again. */
async function trouble(office: Awaited<ReturnType<typeof openOffice>>): Promise<readonly string[]> {
  const done: string[] = [];
  const pauseMs = (SECONDS * 1_000) / (KILLS_OF_SERVER + KILLS_OF_POSTGRES + 1);
  for (const what of ['server', 'postgres', 'server', 'postgres', 'server'] as const) {
    await systemClock.sleep(pauseMs);
    if (what === 'server') {
      await office.kill();
      await office.start();
    } else {
      await postgres.kill();
      await systemClock.sleep(500);
      await postgres.start();
    }
    done.push(what);
  }
  return done;
}

/**
 * Nobody posts these again, and both who could bring them in are dead for a while: what is left of them is on the disk. The server that
 * is started then meets no PostgreSQL: it takes in the second half, is killed and started again the same way, and goes on when there is one.
 */
async function killWithFullDisk(
  office: Awaited<ReturnType<typeof openOffice>>,
  events: readonly Posted[],
): Promise<readonly Posted[]> {
  await until('nothing of before waits on the disk', () => isEmpty(office.spool));
  await postgres.kill();
  const once = events.map((event): Posted => ({ ...event, retried: false }));
  const postAway = async (some: readonly Posted[]): Promise<void> => {
    for (const event of some) await post(event, office.url);
    expect(some.filter(({ status }) => status !== 503)).toEqual([]);
  };
  const half = Math.floor(once.length / 2);
  await postAway(once.slice(0, half));
  const before = await readdir(office.spool);
  await office.kill();
  await office.start();
  await postAway(once.slice(half));
  expect((await readdir(office.spool)).length).toBeGreaterThan(before.length);
  const origin = new URL(office.url).origin;
  expect(await fetch(`${origin}/health/live`)).toMatchObject({ status: 200 });
  expect(await fetch(`${origin}/health/ready`)).toMatchObject({ status: 503 });
  await office.kill();
  await office.start();
  await postgres.start();
  await until('the server has gone on by itself', async () => (await fetch(`${origin}/health/ready`)).ok);
  return once;
}

/** How many milliseconds it took. */
async function postAll(events: readonly Posted[], url: string): Promise<number> {
  const startedAt = performance.now();
  const queue = events.entries();
  const work = async (): Promise<void> => {
    for (const [index, event] of queue) {
      const early = startedAt + (index * 1_000) / RATE - performance.now();
      if (early > 0) await systemClock.sleep(early);
      await post(event, url);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return performance.now() - startedAt;
}

/** Until it is answered 2xx, or once. */
async function post(event: Posted, url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      const headers = quoHeaders(event, { secret: SECRET, at: systemClock.now() });
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const response = await fetch(url, { method: 'POST', body: event.body, headers, signal });
      await response.arrayBuffer();
      event.status = response.status;
    } catch {
      // The connection broke: it may have been taken in or not.
      event.status = undefined;
    }
    if (event.status === 200 || !event.retried) return;
    await systemClock.sleep(100 + 20 * tries);
  }
}

/** A folder that was never needed is not there. */
const isEmpty = async (folder: string): Promise<boolean> =>
  (await readdir(folder).catch(() => [])).every((name) => !name.endsWith('.events'));

/** However slow the machine: it ends when for two minutes nothing more has been applied. */
async function untilAllApplied(): Promise<void> {
  let waiting = Number.POSITIVE_INFINITY;
  while (waiting > 0) {
    const before = waiting;
    await until('some of the events that wait are applied', async () => {
      waiting = await countWaiting();
      return waiting < before;
    });
  }
}

async function countWaiting(): Promise<number> {
  const { rows } = await sql<{ stored: number; waiting: number }>`
    select count(*) as stored, count(*) filter (where state in ('received', 'retrying')) as waiting from gateway_event`.execute(
    postgres.database().db,
  );
  if (rows[0] === undefined || rows[0].stored === 0) throw new Error('no event is stored');
  return rows[0].waiting;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds().catch(() => false)); tries += 1) {
    if (tries > 2_400) throw new Error(`still not true after two minutes: ${what}`);
    await systemClock.sleep(50);
  }
}

/** Each text of a person is one message; who said STOP is left alone; reports of texts that we never sent are kept once. */
async function expectEffects(stored: ReadonlyMap<string, unknown>): Promise<void> {
  const { rows } = await sql<Record<'texts' | 'received' | 'receipts' | 'delivered' | 'stops' | 'suppressed', number>>`
    select (select count(*) from message where direction = 'inbound') as texts,
      (select count(*) from gateway_event where type = 'message.received') as received,
      (select count(*) from early_receipt) as receipts,
      (select count(*) from gateway_event where type = 'message.delivered') as delivered,
      (select count(distinct phone) from message where body = 'STOP') as stops,
      (select count(*) from suppression where lifted_at is null) as suppressed`.execute(postgres.database().db);
  const [books] = rows;
  expect(books).toEqual({
    texts: books?.received,
    received: books?.received,
    receipts: books?.delivered,
    delivered: books?.delivered,
    stops: books?.suppressed,
    suppressed: books?.suppressed,
  });
  expect((books?.received ?? 0) + (books?.delivered ?? 0)).toBe(stored.size);
  expect(books?.suppressed).toBeGreaterThan(0);
}
