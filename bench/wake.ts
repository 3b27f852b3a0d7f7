import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { quoGateway } from '../src/gateways/quo/quo-gateway.ts';
import { systemClock } from '../src/platform/clock.ts';
import { openDatabase, runTx } from '../src/platform/database.ts';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts';
import { uuidSource } from '../src/platform/ids.ts';
import { notifyLive, openLive } from '../src/platform/live.ts';
import { createLog } from '../src/platform/log.ts';
import { migrateUp, readMigrations } from '../src/platform/migrate.ts';
import { systemRandom } from '../src/platform/random.ts';
import { secretsWithKey } from '../src/platform/secrets.ts';
import { DEFAULT_ENGINE_OPTIONS, startEngine } from '../src/sending/engine.ts';
import { engineTopicOf } from '../src/sending/engine-topic.ts';
import { insertAccount } from '../test/fixtures.ts';
import { schemaCheck } from '../test/schema-check.ts';
import { benchFolder } from './support/folder.ts';
import { report, shown } from './support/measure.ts';

/**
 * `node bench/wake.ts [--json]`: an idle worker, and a reply that is written for it. How long from the commit until the gateway has
 * the text? The reference is a bare NOTIFY from one connection to another. Falls short, with exit code 1, at 200 ms and more.
 */
const TEXTS = 200;
const WAKE_MS_MAX = 200;
/** Long enough for the worker to be at rest again, and off the beat of its own looks. */
const BETWEEN_MS = 37;

const folder = await benchFolder();
const server = await startEmbeddedPostgres({ dataDir: folder });
const { connectionString } = server;
const database = openDatabase({ connectionString, applicationName: 'bench-wake', maxConnections: 10 });
const log = createLog({ level: 'error' });
const newUuid = uuidSource({ clock: systemClock, random: systemRandom });
const secrets = secretsWithKey(systemRandom.bytes(32), systemRandom);

try {
  const migrations = await readMigrations(join(import.meta.dirname, '../migrations'));
  await migrateUp(database.db, { migrations, now: systemClock.now() });
  const reference = await notifyTimes();
  const times = await wakeTimes();
  const figures = { p50Ms: at(times, 0.5), p95Ms: at(times, 0.95), referenceP95Ms: at(reference, 0.95) };
  report({
    bench: 'wake',
    figures: { ...figures, ratio: figures.p95Ms / figures.referenceP95Ms },
    requirements: [{ figure: 'p95Ms', atMost: WAKE_MS_MAX }],
    lines: [
      `${TEXTS} replies for an idle worker, from the commit until the gateway has the text`,
      `  p50                                ${shown(figures.p50Ms)} ms`,
      `  p95                                ${shown(figures.p95Ms)} ms`,
      `  reference: a bare NOTIFY, p95      ${shown(figures.referenceP95Ms)} ms (x ${shown(figures.p95Ms / figures.referenceP95Ms)})`,
    ],
  });
} finally {
  await database.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
}

function at(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** From the end of a NOTIFY on one connection until another one hears of it. */
async function notifyTimes(): Promise<readonly number[]> {
  const listener = new pg.Client({ connectionString });
  const speaker = new pg.Client({ connectionString });
  await Promise.all([listener.connect(), speaker.connect()]);
  await listener.query('listen bench');
  const times: number[] = [];
  for (let n = 0; n < TEXTS; n += 1) {
    const heard = new Promise<number>((resolve) => listener.once('notification', () => resolve(performance.now())));
    await systemClock.sleep(BETWEEN_MS);
    const saidAt = performance.now();
    await speaker.query('notify bench');
    times.push((await heard) - saidAt);
  }
  await Promise.all([listener.end(), speaker.end()]);
  return times;
}

async function wakeTimes(): Promise<readonly number[]> {
  const gateway = await openGateway();
  const world = { clock: systemClock, newUuid, secrets };
  const lanes = [{ gatewayRef: 'PNbench', phone: '+16175550100' }];
  const account = { baseUrl: gateway.url, apiKey: 'bench-key', ratePerSecond: 1_000, lanes };
  const { id, laneIds } = await insertAccount(database.db, world, account);
  const live = await openLive({ connectionString, log });
  const engine = startEngine(
    {
      ...world,
      db: database.db,
      log,
      live,
      requireSchema: schemaCheck(database.db),
      openGateway: (of) => quoGateway({ ...of, ...world, random: systemRandom, requestTimeoutMs: 15_000 }),
    },
    { ...DEFAULT_ENGINE_OPTIONS, owner: 'bench' },
  );
  const times: number[] = [];
  // The first texts open connections and warm everything up.
  for (let n = -20; n < TEXTS; n += 1) {
    const received = gateway.next();
    await systemClock.sleep(BETWEEN_MS);
    const writtenAt = await writeReply({ accountId: id, laneId: laneIds[0] ?? '' });
    const tookMs = (await received) - writtenAt;
    if (n >= 0) times.push(tookMs);
  }
  await engine.drain();
  await live.close();
  gateway.close();
  return times;
}

/** Resolves at the commit. */
async function writeReply({
  accountId,
  laneId,
}: {
  readonly accountId: string;
  readonly laneId: string;
}): Promise<number> {
  const now = systemClock.now();
  await runTx(database.db, async (tx) => {
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, created_at)
      values (${newUuid()}, ${accountId}, ${laneId}, 'outbound', 'reply', '+16175550123', 'Yes', 'GSM-7', 1, 'pending', ${now}, ${now})`.execute(
      tx,
    );
    await notifyLive(tx, [engineTopicOf(accountId)]);
  });
  return performance.now();
}

/** Takes every text at once. */
async function openGateway() {
  let count = 0;
  let hear: (at: number) => void = () => undefined;
  const listener = createServer((request, response) => {
    const sends = request.method === 'POST';
    if (sends) hear(performance.now());
    count += 1;
    request.resume();
    response.writeHead(sends ? 202 : 200, { 'content-type': 'application/json' });
    // Before its first text a worker asks what was sent by others: nothing.
    const nothing = { data: [], totalItems: 0, nextPageToken: null };
    response.end(JSON.stringify(sends ? { data: { id: `AC${count}`, status: 'queued' } } : nothing));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    /** When the next text arrives. */
    next: () =>
      new Promise<number>((resolve) => {
        hear = resolve;
      }),
    close(): void {
      listener.close();
      listener.closeAllConnections();
    },
  };
}
