import { createServer } from 'node:http';
import { sql } from 'kysely';
import pg from 'pg';
import { z } from 'zod';
import { quoGateway } from '../src/gateways/quo/quo-gateway.ts';
import type { Uuid } from '../src/platform/ids.ts';
import { notifyLive, openLive } from '../src/platform/live.ts';
import { createLog } from '../src/platform/log.ts';
import { systemRandom } from '../src/platform/random.ts';
import { DEFAULT_ENGINE_OPTIONS, startEngine } from '../src/sending/engine.ts';
import { engineTopicOf } from '../src/sending/engine-topic.ts';
import { insertAccount } from '../test/fixtures.ts';
import { schemaCheck } from '../test/schema-check.ts';
import { percentile, report, shown } from './support/measure.ts';
import { draftCampaign, enroll, insertPeople, PLACES, startCampaign } from './support/people.ts';
import { openBenchWorld, tidy } from './support/world.ts';

/**
 * `node bench/wake.ts [--json]`: how long from a commit until the gateway has the text. Of a reply that is written for an idle worker, of a
 * campaign of one person that is started, and of a reply while a campaign of 100,000 sends through an account of 8 texts a second whose
 * gateway takes a second for each. The reference is a bare NOTIFY from one connection to another.
 */
const REPLIES = 200;
const LAUNCHES = 60;
const REPLIES_BESIDE = 40;
const CROWD = 100_000;
const WARM_UP = 20;
/** Long enough for the worker to be at rest again, and off the beat of its own looks. */
const BETWEEN_MS = 37;
/** A tenth of 8 texts a second is kept for answers. */
const BESIDE_BETWEEN_MS = 1_337;
const SLOW_MS = 1_000;
const OURS = '+16175550100';
/** Of the replies; campaigns say something else. */
const SAID = 'Yes';
/** Open in the afternoon of New York. */
const OPEN_PLACES = PLACES.filter(({ areaCode }) => areaCode === '212');
const sent = z.object({ content: z.string() });

const world = await openBenchWorld({ name: 'wake', startsAt: '2026-11-17T18:00:00Z' });
const log = createLog({ level: 'error' });
try {
  const live = await openLive({ connectionString: world.database.connectionString, log });
  const engine = startEngine(
    {
      ...world,
      log,
      live,
      requireSchema: schemaCheck(world.db),
      openGateway: (of) => quoGateway({ ...of, ...world, random: systemRandom, requestTimeoutMs: 15_000 }),
    },
    { ...DEFAULT_ENGINE_OPTIONS, owner: 'bench' },
  );
  const reference = await notifyTimes();
  const idle = await openSender({ phone: OURS, ratePerSecond: 1_000, answersAfterMs: 0 });
  const replies = await repliesOf(idle, { count: REPLIES, betweenMs: BETWEEN_MS });
  const launches = await launchTimes(idle);
  const busy = await openSender({ phone: '+16175550101', ratePerSecond: 8, answersAfterMs: SLOW_MS });
  await sendToCrowd(busy);
  const beside = await repliesOf(busy, { count: REPLIES_BESIDE, betweenMs: BESIDE_BETWEEN_MS });
  await engine.drain();
  await live.close();
  for (const { gateway } of [idle, busy]) gateway.close();

  const p95 = (times: readonly number[]): number => percentile(times, 95);
  const figures = {
    p50Ms: percentile(replies, 50),
    p95Ms: p95(replies),
    launchP50Ms: percentile(launches, 50),
    launchP95Ms: p95(launches),
    besideP50Ms: percentile(beside, 50),
    besideMaxMs: Math.max(...beside),
    referenceP95Ms: p95(reference),
  };
  report({
    bench: 'wake',
    figures: { ...figures, ratio: figures.p95Ms / figures.referenceP95Ms },
    requirements: [
      { figure: 'p95Ms', atMost: 200 },
      { figure: 'launchP95Ms', atMost: 200 },
      { figure: 'besideMaxMs', atMost: 1_000 },
    ],
    lines: [
      `from the commit until the gateway has the text`,
      `  ${REPLIES} replies for an idle worker: p50 ${shown(figures.p50Ms)}, p95 ${shown(figures.p95Ms)} ms`,
      `  ${LAUNCHES} campaigns of one person: p50 ${shown(figures.launchP50Ms)}, p95 ${shown(figures.launchP95Ms)} ms`,
      `  ${REPLIES_BESIDE} replies beside a campaign of ${shown(CROWD)}: p50 ${shown(figures.besideP50Ms)}, at most ${shown(figures.besideMaxMs)} ms`,
      `  reference: a bare NOTIFY, p95 ${shown(figures.referenceP95Ms)} ms (x ${shown(figures.p95Ms / figures.referenceP95Ms)})`,
    ],
  });
} finally {
  await world.close();
}

/** From the end of a NOTIFY on one connection until another one hears of it. */
async function notifyTimes(): Promise<readonly number[]> {
  const { connectionString } = world.database;
  const listener = new pg.Client({ connectionString });
  const speaker = new pg.Client({ connectionString });
  await Promise.all([listener.connect(), speaker.connect()]);
  await listener.query('listen bench');
  const times: number[] = [];
  for (let n = 0; n < REPLIES; n += 1) {
    const heard = new Promise<number>((resolve) => listener.once('notification', () => resolve(performance.now())));
    await world.clock.sleep(BETWEEN_MS);
    const saidAt = performance.now();
    await speaker.query('notify bench');
    times.push((await heard) - saidAt);
  }
  await Promise.all([listener.end(), speaker.end()]);
  return times;
}

interface Sender {
  readonly accountId: Uuid;
  readonly laneId: Uuid;
  readonly gateway: Awaited<ReturnType<typeof openGateway>>;
}

async function openSender(of: {
  readonly phone: string;
  readonly ratePerSecond: number;
  readonly answersAfterMs: number;
}): Promise<Sender> {
  const gateway = await openGateway(of.answersAfterMs);
  const lanes = [{ gatewayRef: `PN${of.phone}`, phone: of.phone, dailyCap: 1_000_000 }];
  const { id, laneIds } = await insertAccount(world.db, world, {
    ...{ baseUrl: gateway.url, apiKey: 'bench-key', ratePerSecond: of.ratePerSecond, lanes },
  });
  const [laneId = ''] = laneIds;
  return { accountId: id, laneId, gateway };
}

/** The first ones open connections and warm everything up. */
async function repliesOf(
  sender: Sender,
  { count, betweenMs }: { readonly count: number; readonly betweenMs: number },
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = -Math.min(WARM_UP, count / 4); n < count; n += 1) {
    await world.clock.sleep(betweenMs);
    const received = sender.gateway.next((text) => text === SAID);
    const writtenAt = await writeReply(sender);
    const tookMs = (await received) - writtenAt;
    if (n >= 0) times.push(tookMs);
  }
  return times;
}

/** Resolves at the commit. */
async function writeReply({ accountId, laneId }: Sender): Promise<number> {
  const now = world.clock.now();
  await world.tx(async (tx) => {
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, created_at)
      values (${world.newUuid()}, ${accountId}, ${laneId}, 'outbound', 'reply', '+16175550123', ${SAID}, 'GSM-7', 1, 'pending', ${now}, ${now})`.execute(
      tx,
    );
    await notifyLive(tx, [engineTopicOf(accountId)]);
  });
  return performance.now();
}

/** Each campaign is enrolled and has only to be started, which is what wakes the worker. */
async function launchTimes({ laneId, gateway }: Sender): Promise<readonly number[]> {
  const people = WARM_UP + LAUNCHES;
  await insertPeople(world, { count: people, places: OPEN_PLACES, tag: 'launched' });
  // Among them are some who have opted out.
  await sql`delete from suppression`.execute(world.db);
  await sql`
    update contact c set tags = array['launched' || x.n] from (select id, row_number() over (order by id) as n from contact) x where x.id = c.id`.execute(
    world.db,
  );
  const times: number[] = [];
  for (let n = 1; n <= people; n += 1) {
    const campaign = await draftCampaign(world, { tag: `launched${n}`, laneIds: [laneId] });
    await enroll(world, campaign);
    await world.clock.sleep(BETWEEN_MS);
    const received = gateway.next(() => true);
    await startCampaign(world, campaign.id);
    const startedAt = performance.now();
    const tookMs = (await received) - startedAt;
    if (n > WARM_UP) times.push(tookMs);
  }
  return times;
}

async function sendToCrowd({ laneId, gateway }: Sender): Promise<void> {
  await insertPeople(world, { count: CROWD, places: OPEN_PLACES, tag: 'crowd', crowd: 1 });
  const campaign = await draftCampaign(world, { tag: 'crowd', laneIds: [laneId] });
  await enroll(world, campaign);
  await tidy(world, ['contact', 'enrollment']);
  const received = gateway.next(() => true);
  await startCampaign(world, campaign.id);
  await received;
}

/** Takes every text, and says so after a time. */
async function openGateway(answersAfterMs: number) {
  let count = 0;
  let awaited: { matches(text: string): boolean; hear(at: number): void } | undefined;
  const listener = createServer(async (request, response) => {
    const at = performance.now();
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const sends = request.method === 'POST';
    count += 1;
    const id = `AC${count}`;
    if (sends) {
      const { content } = sent.parse(JSON.parse(Buffer.concat(pieces).toString()));
      if (awaited?.matches(content)) awaited.hear(at);
      await world.clock.sleep(answersAfterMs);
    }
    response.writeHead(sends ? 202 : 200, { 'content-type': 'application/json' });
    // Before its first text a worker asks what was sent by others: nothing.
    const nothing = { data: [], totalItems: 0, nextPageToken: null };
    response.end(JSON.stringify(sends ? { data: { id, status: 'queued' } } : nothing));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    /** When the next text arrives that is meant. */
    next: (matches: (text: string) => boolean) =>
      new Promise<number>((hear) => {
        awaited = { matches, hear };
      }),
    close(): void {
      listener.close();
      listener.closeAllConnections();
    },
  };
}
