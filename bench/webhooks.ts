import { sql } from 'kysely';
import { z } from 'zod';
import { showId, type Uuid } from '../src/platform/ids.ts';
import { startChild } from './support/child.ts';
import { countOption, percentile, report, shown } from './support/measure.ts';
import { insertSender } from './support/people.ts';
import { openProduct } from './support/product.ts';
import type { LoadAnswer, LoadEvent, LoadOrder } from './support/webhook-load.ts';
import { type BenchWorld, openBenchWorld, tidy } from './support/world.ts';

/**
 * `node bench/webhooks.ts [--events=N] [--json]`: events per second that the server takes in durably over HTTP, in turns with a bare
 * handler; how long one of them takes at a rate; how fast a worker applies a backlog of receipts and answers; how far it lies behind
 * at a rate; and how long a STOP takes among other events. Generator, server, worker and database share the machine.
 */
const EVENTS = countOption('events', 30_000);
/** Speeds of a machine change from minute to minute: of each figure the middle one, and a share within its own round. */
const ROUNDS = 9;
/** As many events are under way when they come as fast as they are answered. */
const CONNECTIONS = 128;
const SECONDS_AT_A_RATE = 15;
const LATENCY_RATE = 2_000;
const LAG_RATE = 500;
const OTHERS_RATE = 1_000;
const STOPS_RATE = 20;
/** None of them rests for as long as the server keeps one open. */
const STOPS_CONNECTIONS = 16;
const BACKLOG = 20_000;
/** One of ten events is a person's answer. */
const ANSWERS_EVERY = 10;
const SECRET = Buffer.from('the secret of all these webhooks').toString('base64');
const LOOK_MS = 20;
const OURS = '+16175550001';

const loadAnswer = z.object({
  byStatus: z.record(z.string(), z.number()),
  ms: z.number(),
  latencies: z.array(z.number()),
});

const world = await openBenchWorld({ name: 'webhooks', startsAt: new Date().toISOString() });
try {
  const { accountId, laneId } = await insertSender(world, {
    // Nothing is sent; nobody answers there.
    baseUrl: 'http://127.0.0.1:9',
    gatewayRef: 'PNbench',
    phone: OURS,
  });
  await sql`update gateway_account set webhook_secrets_sealed = ${[world.secrets.seal(SECRET)]} where id = ${accountId}`.execute(
    world.db,
  );
  const events = eventsOf();
  const api = await openProduct(world, 'api');
  const door = `${api.url}/webhooks/quo/${showId('account', accountId)}`;
  const load = await openLoad(door);
  const bareChild = startChild('bare-webhooks.ts', [world.database.connectionString, SECRET], 'api');
  const { url: bareUrl } = z.object({ url: z.string() }).parse(await bareChild.told());
  const bareLoad = await openLoad(bareUrl);

  const full = { connections: CONNECTIONS, perSecond: 0 } as const;
  await load.post({ ...full, events: events.receipts(EVENTS / 3) });
  await bareLoad.post({ ...full, events: events.receipts(EVENTS / 3) });
  const rounds: { readonly bare: number; readonly ours: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({
      bare: rateOf(await bareLoad.post({ ...full, events: events.receipts(EVENTS) })),
      ours: rateOf(await load.post({ ...full, events: events.receipts(EVENTS) })),
    });
  await bareLoad.stop();
  await bareChild.stop();
  const atRate = await load.post({
    connections: CONNECTIONS,
    perSecond: LATENCY_RATE,
    events: events.receipts(LATENCY_RATE * SECONDS_AT_A_RATE),
  });
  await checkStored(world, events.made - EVENTS * ROUNDS - EVENTS / 3);
  await settleAll(world);

  await insertTexts(world, { accountId, laneId }, 2 * BACKLOG + LAG_RATE * SECONDS_AT_A_RATE * 2);
  const texts = textsOf();
  await load.post({ ...full, events: events.mixed(BACKLOG, texts) });
  const worker = await openProduct(world, 'worker');
  const appliedPerSecond = await appliedRate(world, BACKLOG);

  const lagged = events.mixed(LAG_RATE * SECONDS_AT_A_RATE, texts);
  const lagFrom = world.newUuid();
  await load.post({ connections: CONNECTIONS, perSecond: LAG_RATE, events: lagged });
  await untilApplied(world);
  const lagP99Ms = await lagSince(world, lagFrom);

  const stopLoad = await openLoad(door);
  const [others, stops] = await Promise.all([
    load.post({
      connections: CONNECTIONS,
      perSecond: OTHERS_RATE,
      events: events.mixed(OTHERS_RATE * SECONDS_AT_A_RATE, texts),
    }),
    stopLoad.post({
      connections: STOPS_CONNECTIONS,
      perSecond: STOPS_RATE,
      events: events.stops(STOPS_RATE * SECONDS_AT_A_RATE),
    }),
  ]);
  await checkSuppressed(world, STOPS_RATE * SECONDS_AT_A_RATE);
  await untilApplied(world);
  await stopLoad.stop();
  await load.stop();
  await worker.stop();
  await api.stop();

  const ofRounds = (of: (round: (typeof rounds)[number]) => number): number => percentile(rounds.map(of), 50);
  const figures = {
    acceptedPerSecond: Math.round(ofRounds(({ ours }) => ours)),
    barePerSecond: Math.round(ofRounds(({ bare }) => bare)),
    ofBare: ofRounds(({ bare, ours }) => ours / bare),
    answerP99Ms: percentile(atRate.latencies, 99),
    appliedPerSecond: Math.round(appliedPerSecond),
    lagP99Ms,
    stopP99Ms: percentile(stops.latencies, 99),
    othersP99Ms: percentile(others.latencies, 99),
  };
  report({
    bench: 'webhooks',
    figures,
    requirements: [
      { figure: 'acceptedPerSecond', atLeast: 8_000 },
      { figure: 'ofBare', atLeast: 0.6 },
      { figure: 'answerP99Ms', atMost: 50 },
      { figure: 'appliedPerSecond', atLeast: 1_500 },
      { figure: 'lagP99Ms', atMost: 1_000 },
      { figure: 'stopP99Ms', atMost: 100 },
    ],
    lines: [
      `taken in over HTTP, each on the disk before its answer: ${shown(figures.acceptedPerSecond)} events/s`,
      `a bare handler with the same signature and one grouped insert: ${shown(figures.barePerSecond)} events/s (we reach ${shown(figures.ofBare * 100)} %)`,
      `answered at ${shown(LATENCY_RATE)} events/s: p99 ${shown(figures.answerP99Ms)} ms`,
      `a worker applies a backlog of ${shown(BACKLOG)} (one in ${ANSWERS_EVERY} an answer of a person): ${shown(figures.appliedPerSecond)} events/s`,
      `applied at ${shown(LAG_RATE)} events/s: p99 ${shown(lagP99Ms)} ms after it came in`,
      `a STOP among ${shown(OTHERS_RATE)} other events/s is in force: p99 ${shown(figures.stopP99Ms)} ms (the others are answered in ${shown(figures.othersP99Ms)} ms)`,
    ],
  });
} finally {
  await world.close();
}

function rateOf({ latencies, ms }: LoadAnswer): number {
  return (latencies.length * 1_000) / ms;
}

function textsOf(): () => string {
  let next = 0;
  return () => {
    next += 1;
    return `ACtext${next}`;
  };
}

function eventsOf() {
  let made = 0;
  const message = (object: object) => ({
    object: 'message',
    from: OURS,
    to: '+16175559999',
    createdAt: new Date().toISOString(),
    userId: 'USbench',
    phoneNumberId: 'PNbench',
    ...object,
  });
  const receipt = (id = `ACnone${made}`): LoadEvent => {
    made += 1;
    const text = 'Hi Sam, your free foundation check is still open this week. Reply YES to book.';
    return {
      id: `EV${made}`,
      type: 'message.delivered',
      object: message({ id, direction: 'outgoing', text, status: 'delivered' }),
    };
  };
  const said = (from: string, text: string): LoadEvent => {
    made += 1;
    return {
      id: `EV${made}`,
      type: 'message.received',
      object: message({ id: `ACin${made}`, from, to: OURS, direction: 'incoming', text, status: 'received' }),
    };
  };
  const person = (n: number): string => `+1617${String(2_000_000 + (n % 5_000_000)).padStart(7, '0')}`;
  return {
    get made() {
      return made;
    },
    receipts: (count: number) => Array.from({ length: count }, () => receipt()),
    mixed: (count: number, nextText: () => string) =>
      Array.from({ length: count }, (_, index) =>
        index % ANSWERS_EVERY === 0 ? said(person(made), 'Yes please, Tuesday works for us') : receipt(nextText()),
      ),
    stops: (count: number) => Array.from({ length: count }, () => said(person(made), 'STOP')),
  };
}

async function openLoad(url: string) {
  const child = startChild('webhook-load.ts', [url, SECRET]);
  await child.told();
  return {
    async post(order: LoadOrder): Promise<LoadAnswer> {
      child.tell(order);
      const answer = loadAnswer.parse(await child.told());
      const { 200: good, ...bad } = answer.byStatus;
      if (Object.keys(bad).length > 0 || good !== order.events.length)
        throw new Error(`of ${order.events.length} events, these were answered: ${JSON.stringify(answer.byStatus)}`);
      return answer;
    },
    stop: () => child.stop(),
  };
}

/** Texts of ours that the gateway has taken and not reported on. */
async function insertTexts(
  { db, clock }: BenchWorld,
  sender: { readonly accountId: Uuid; readonly laneId: Uuid },
  count: number,
): Promise<void> {
  await sql`
    insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id, not_before,
      created_at, attempted_at, sent_at)
    select gen_random_uuid(), ${sender.accountId}, ${sender.laneId}, 'outbound', 'reply', '+16175559999', 'Hi', 'GSM-7', 1, 'sent',
      'ACtext' || n, ${clock.now()}, ${clock.now()}, ${clock.now()}, ${clock.now()} from generate_series(1, ${count}::integer) n`.execute(
    db,
  );
}

async function checkStored({ db }: BenchWorld, expected: number): Promise<void> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from gateway_event`.execute(db);
  if (rows[0]?.n !== expected) throw new Error(`${expected} events were answered 2xx, ${rows[0]?.n} are stored`);
}

/** What was only to be taken in needs not be applied. */
async function settleAll(of: BenchWorld): Promise<void> {
  await sql`truncate gateway_event cascade`.execute(of.db);
  await tidy(of, ['gateway_event']);
}

async function waitingNow({ db }: BenchWorld): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from gateway_event where state <> 'applied'`.execute(
    db,
  );
  return rows[0]?.n ?? Number.NaN;
}

async function untilApplied(of: BenchWorld): Promise<void> {
  while ((await waitingNow(of)) > 0) await of.clock.sleep(LOOK_MS);
}

/** From the first event that was applied to the last one. */
async function appliedRate(of: BenchWorld, count: number): Promise<number> {
  await untilApplied(of);
  const { rows } = await sql<{ ms: number; n: number }>`
    select extract(epoch from max(applied_at) - min(applied_at)) * 1000 as ms, count(*) as n from gateway_event`.execute(
    of.db,
  );
  const { ms = Number.NaN, n } = rows[0] ?? {};
  if (n !== count) throw new Error(`${count} events were to be applied, ${n} are`);
  return (count * 1_000) / ms;
}

async function lagSince({ db }: BenchWorld, from: Uuid): Promise<number> {
  const { rows } = await sql<{ ms: number }>`
    select extract(epoch from percentile_disc(0.99) within group (order by applied_at - received_at)) * 1000 as ms
    from gateway_event where id > ${from}`.execute(db);
  return rows[0]?.ms ?? Number.NaN;
}

async function checkSuppressed({ db }: BenchWorld, expected: number): Promise<void> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from suppression where lifted_at is null`.execute(db);
  if (rows[0]?.n !== expected)
    throw new Error(`${expected} people said STOP and were answered, ${rows[0]?.n} are suppressed`);
}
