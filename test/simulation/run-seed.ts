import { sql } from 'kysely';
import { pauseCampaign, resumeCampaign } from '../../src/campaigns/control-campaign.ts';
import type { GatewayEvent, WebhookEdge } from '../../src/gateways/gateway.ts';
import { type Database, type Db, openDatabase, runTx } from '../../src/platform/database.ts';
import { type Uuid, uuidSource } from '../../src/platform/ids.ts';
import type { Jobs } from '../../src/platform/jobs.ts';
import type { Live } from '../../src/platform/live.ts';
import { createLog } from '../../src/platform/log.ts';
import { ok } from '../../src/platform/result.ts';
import { secretsWithKey } from '../../src/platform/secrets.ts';
import { instant } from '../../src/platform/time.ts';
import { CRASH_POINTS, type CrashPoint } from '../../src/sending/crash-points.ts';
import { startEngine } from '../../src/sending/engine.ts';
import { applyQueue } from '../../src/webhooks/apply-event.ts';
import { receiveWebhook } from '../../src/webhooks/intake.ts';
import { insertAccount, insertContacts, launchTestCampaign } from '../fixtures.ts';
import { type Checkers, createCheckers } from './checkers.ts';
import { type Committed, createSimDatabase, type SimDatabase } from './database.ts';
import { createOutside, NO_FAULTS, type Outside } from './outside.ts';
import { PLACES, phoneOf } from './people.ts';
import { drawPlan, type Plan } from './plan.ts';
import { type Actor, createWorld, type World } from './world.ts';

/** Everything is launched, and no worker has started yet. */
export interface Launched {
  readonly db: Db;
  readonly world: World;
  readonly clock: ReturnType<World['clockOf']>;
  readonly outside: Outside;
  readonly campaignIds: readonly Uuid[];
  readonly laneIds: readonly Uuid[];
}

interface SeedOptions {
  readonly seed: number;
  readonly connectionString: string;
  readonly keepTrace: boolean;
  readonly enrollments: number;
  /** Instead of the one that the seed draws. */
  readonly plan?: Plan;
  readonly afterLaunch?: (launched: Launched) => Promise<void>;
  /** Between two questions who else sends; each takes the place of a text. */
  readonly guardAgainMs?: number;
}

export interface SeedResult {
  readonly seed: number;
  readonly hash: string;
  readonly violations: readonly string[];
  readonly trace: readonly string[];
  readonly plan: Plan;
  readonly figures: {
    readonly virtualMs: number;
    readonly accepted: number;
    readonly crashes: number;
    readonly optOuts: number;
    readonly unknown: number;
  };
}

const DAYS_MAX = 12;

/** One run from one seed: faults while the plan has them, then none, until every enrollment has its end. */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const database = openDatabase({
    connectionString: options.connectionString,
    applicationName: 'simulation-checks',
    maxConnections: 1,
  });
  try {
    await emptyTables(database.db);
    return await runIn(database, options);
  } finally {
    await database.close();
  }
}

async function emptyTables(db: Db): Promise<void> {
  await sql`create table if not exists sim_job (id bigserial primary key, queue text not null, key text, data jsonb not null)`.execute(
    db,
  );
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' and tablename not like '%migration%'`.execute(
    db,
  );
  await sql.raw(`truncate ${rows.map((row) => `"${row.name}"`).join(', ')} restart identity cascade`).execute(db);
}

interface Simulation {
  readonly world: World;
  readonly plan: Plan;
  readonly outside: Outside;
  readonly sim: SimDatabase;
  readonly checkers: Checkers;
  readonly lives: Map<Actor, Set<{ readonly topic: string; readonly call: (topic: string) => void }>>;
  readonly campaignIds: Uuid[];
  readonly guardAgainMs: number;
  crashes: number;
  workers: number;
  calm: boolean;
  finished: boolean;
}

async function runIn(database: Database, options: SeedOptions): Promise<SeedResult> {
  const plan = options.plan ?? drawPlan(options.seed, options.enrollments);
  const startsAtMs = instant(plan.startsAt).epochMilliseconds;
  const world = createWorld({ seed: options.seed, startsAtMs, keepLines: options.keepTrace });
  const random = world.random;
  const environment: Actor = { name: 'outside', alive: true, stalledUntilMs: 0 };
  const setup = {
    clock: world.clockOf(environment),
    newUuid: uuidSource({ clock: world.clockOf(environment), random }),
  };
  const secrets = secretsWithKey(random.bytes(32), random);
  const accounts = new Map<string, { readonly id: Uuid; readonly laneRef: string; readonly phone: string }>();
  const people = await writePeople(database.db, setup, plan);
  const laneIds: Uuid[] = [];
  for (const account of plan.accounts) {
    const lanes = account.lanes.map((lane) => ({ gatewayRef: lane.ref, phone: lane.phone, dailyCap: lane.dailyCap }));
    const made = await insertAccount(
      database.db,
      { ...setup, secrets },
      { baseUrl: account.name, apiKey: 'key', ratePerSecond: account.rate, lanes },
    );
    laneIds.push(...made.laneIds);
    const [first] = account.lanes;
    if (first !== undefined) accounts.set(account.name, { id: made.id, laneRef: first.ref, phone: first.phone });
  }
  await sql`insert into setting (key, value, updated_at) values ('sending_policy', ${JSON.stringify({ version: 1, preset: 'federal_state', messagesPerDay: plan.messagesPerDay })}, ${world.now()})`.execute(
    database.db,
  );
  const rateOf = (name: string): number => plan.accounts.find((account) => account.name === name)?.rate ?? 1;

  const outside = createOutside({
    world,
    rateOf,
    laneOf: (name) => accounts.get(name) ?? { laneRef: '', phone: '' },
    deliver: (account, event) => deliver(account, event, 1),
  });
  const checkers = createCheckers({ db: database.db, outside, rateOf, messagesPerDay: plan.messagesPerDay });
  const sim = await createSimDatabase({
    world,
    connectionString: options.connectionString,
    onCommit: (committed) => afterCommit(simulation, database.db, committed),
  });
  const simulation: Simulation = {
    world,
    plan,
    outside,
    sim,
    checkers,
    lives: new Map(),
    campaignIds: [],
    guardAgainMs: options.guardAgainMs ?? 30_000,
    crashes: 0,
    workers: 0,
    calm: false,
    finished: false,
  };

  const api: Actor = { name: 'api', alive: true, stalledUntilMs: 0 };
  const apiDb = sim.dbOf(api);
  const log = createLog({ level: 'silent' });
  const newUuid = uuidSource({ clock: world.clockOf(api), random });
  const services = {
    database: { ...database, db: apiDb },
    clock: world.clockOf(api),
    newUuid,
    secrets,
    log,
    jobs: simJobs(),
    webhookEdge: () => simEdge,
  };
  const apply = applyQueue(services);

  async function deliver(account: string, event: GatewayEvent, attempt: number): Promise<void> {
    const target = accounts.get(account);
    if (target === undefined) return;
    void receiveWebhook(services, {
      accountId: target.id,
      rawBody: Buffer.from(JSON.stringify(event)),
      header: () => undefined,
    }).catch(() => {
      // Not answered 2xx: the provider tries again.
      if (attempt < 8)
        world.after(500 * 2 ** attempt, `again ${event.eventId}`, () => deliver(account, event, attempt + 1));
    });
  }
  const runJobs = async (): Promise<void> => {
    const { rows } = await sql<{ id: number; data: object }>`delete from sim_job returning id, data`.execute(
      database.db,
    );
    for (const row of rows) work(row.data, 0);
  };
  const work = (data: object, attempt: number): void => {
    world.after(random.int(1, 30) + attempt * 2_000, 'job', () => {
      void apply
        .handle?.({ id: 'job', data, lastAttempt: attempt >= 3, signal: new AbortController().signal })
        .catch(() => work(data, attempt + 1));
    });
  };
  simulationJobs.set(simulation, runJobs);

  for (const [index, campaign] of plan.campaigns.entries()) {
    const id = await launchTestCampaign(database.db, setup, {
      name: `Campaign ${index}`,
      laneIds: campaign.allLanes ? laneIds : laneIds.slice(0, 1),
      audience: { tags: [campaign.tag] },
      priority: campaign.priority,
      variants: [
        { label: 'A', weight: 1, body: `Hi {first_name|there} [campaign ${index}] Reply STOP to opt out.` },
        { label: 'B', weight: 1, body: `Hello {first_name|there} [campaign ${index}] Reply STOP to opt out.` },
      ],
    });
    simulation.campaignIds.push(id);
    if (campaign.maxPerHour !== null)
      await sql`update campaign set max_per_hour = ${campaign.maxPerHour} where id = ${id}`.execute(database.db);
  }

  const { clock } = setup;
  await options.afterLaunch?.({ db: database.db, world, clock, outside, campaignIds: simulation.campaignIds, laneIds });

  outside.faults = plan.outside;
  Object.assign(sim.faults, plan.database);
  for (let count = 0; count < plan.workers; count += 1) startWorker(simulation, { secrets, log });
  scheduleTrouble(simulation, { secrets, log, setup, people, api, apiDb, laneIds });

  const outcome = await world.run({
    untilMs: startsAtMs + DAYS_MAX * 86_400_000,
    done: () => simulation.finished,
    afterEach: async () => {
      await sim.settle();
      checkers.afterStep();
    },
  });
  if (outcome !== 'done') checkers.violations.push(`stuck: ${outcome} before everything had its end`);
  await checkers.atTheEnd();
  const figures = await figuresOf(database.db, simulation, startsAtMs);
  await sim.close();
  return {
    seed: options.seed,
    hash: world.trace.hash(),
    violations: checkers.violations,
    trace: world.trace.lines,
    plan,
    figures,
  };
}

const simulationJobs = new WeakMap<Simulation, () => Promise<void>>();

async function writePeople(
  db: Db,
  setup: { readonly clock: ReturnType<World['clockOf']>; readonly newUuid: () => Uuid },
  plan: Plan,
): Promise<readonly string[]> {
  const contacts = plan.campaigns.flatMap((campaign) =>
    Array.from({ length: campaign.people }, (_, index) => {
      const place = PLACES[plan.places[(index + campaign.offset) % plan.places.length] ?? 0] ?? PLACES[0];
      return {
        phone: phoneOf(place, campaign.offset + index),
        firstName: `P${campaign.offset + index}`,
        tags: [campaign.tag],
      };
    }),
  );
  // Campaigns that overlap in people share their rows: a contact has all tags of its number.
  const merged = new Map<string, (typeof contacts)[number]>();
  for (const contact of contacts) {
    const other = merged.get(contact.phone);
    merged.set(contact.phone, other === undefined ? contact : { ...other, tags: [...other.tags, ...contact.tags] });
  }
  await insertContacts(db, setup, [...merged.values()]);
  return [...merged.keys()];
}

async function afterCommit(simulation: Simulation, db: Db, committed: Committed): Promise<void> {
  const { world } = simulation;
  await simulation.checkers.afterCommit(committed);
  for (const topic of committed.topics)
    for (const [actor, listeners] of simulation.lives) {
      const wanted = [...listeners].some((listener) => hears(listener.topic, topic));
      if (!wanted || !actor.alive || world.random.next() < simulation.plan.notificationLost) continue;
      world.after(world.random.int(1, 8), `tells ${actor.name} ${topic.split(':')[0]}`, () => {
        if (!actor.alive) return;
        for (const listener of [...listeners]) if (hears(listener.topic, topic)) listener.call(topic);
      });
    }
  if (committed.statements.some((statement) => statement.includes('sim_job'))) await simulationJobs.get(simulation)?.();
  if (
    simulation.calm &&
    committed.statements.some((statement) => statement.includes("update campaign set state = 'completed'"))
  ) {
    const { rows } = await sql<{
      n: number;
    }>`select count(*) as n from campaign where state not in ('completed', 'cancelled')`.execute(db);
    // Receipts and confirmations that are under way come in.
    if (rows[0]?.n === 0)
      world.after(30 * 60_000, 'everything has its end', () => {
        simulation.finished = true;
      });
  }
}

const hears = (subscribed: string, topic: string): boolean =>
  topic === subscribed || topic.startsWith(`${subscribed}:`);

/** The live connection of one process. */
function liveOf(simulation: Simulation, actor: Actor): Live {
  const listeners = new Set<{ topic: string; call: (topic: string) => void }>();
  simulation.lives.set(actor, listeners);
  return {
    subscribe(topic, call) {
      const entry = { topic, call };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    close: async () => void simulation.lives.delete(actor),
  };
}

export class SimulatedCrash extends Error {}

function startWorker(
  simulation: Simulation,
  parts: { readonly secrets: ReturnType<typeof secretsWithKey>; readonly log: ReturnType<typeof createLog> },
): Actor {
  const { world, sim, outside, plan } = simulation;
  simulation.workers += 1;
  const actor: Actor = { name: `w${simulation.workers}`, alive: true, stalledUntilMs: 0 };
  const clock = world.clockOf(actor, world.random.int(-plan.skewMs, plan.skewMs));
  const doomedAt: CrashPoint | undefined =
    !simulation.calm && world.random.next() < plan.crashes ? world.random.pick(CRASH_POINTS) : undefined;
  let passes = world.random.int(0, 4);
  world.note(`${actor.name} starts${doomedAt === undefined ? '' : `, to die ${doomedAt}`}`);
  startEngine(
    {
      db: sim.dbOf(actor),
      clock,
      newUuid: uuidSource({ clock, random: world.random }),
      log: parts.log,
      live: liveOf(simulation, actor),
      secrets: parts.secrets,
      openGateway: ({ baseUrl }) => outside.gatewayFor(actor, baseUrl),
      reach: (point) => {
        if (!actor.alive || point !== doomedAt || simulation.calm) return;
        passes -= 1;
        if (passes >= 0) return;
        die(simulation, actor, parts);
        throw new SimulatedCrash(point);
      },
    },
    {
      owner: actor.name,
      leaseMs: plan.leaseMs,
      settleGraceMs: 60_000,
      guardAgainMs: simulation.guardAgainMs,
      windowMarginMs: 15 * 60_000,
      idleMs: plan.idleMs,
      lookMs: plan.idleMs,
    },
  );
  return actor;
}

function die(
  simulation: Simulation,
  actor: Actor,
  parts: { readonly secrets: ReturnType<typeof secretsWithKey>; readonly log: ReturnType<typeof createLog> },
): void {
  simulation.crashes += 1;
  simulation.world.note(`${actor.name} dies`);
  simulation.sim.crash(actor);
  simulation.lives.delete(actor);
  simulation.world.after(
    simulation.world.random.int(10, 40_000),
    'a worker starts',
    () => void startWorker(simulation, parts),
  );
}

function scheduleTrouble(
  simulation: Simulation,
  parts: {
    readonly secrets: ReturnType<typeof secretsWithKey>;
    readonly log: ReturnType<typeof createLog>;
    readonly setup: { readonly clock: ReturnType<World['clockOf']>; readonly newUuid: () => Uuid };
    readonly people: readonly string[];
    readonly api: Actor;
    readonly apiDb: Db;
    readonly laneIds: readonly Uuid[];
  },
): void {
  const { world, plan, outside, sim } = simulation;
  const { random } = world;
  const operator = { clock: parts.setup.clock, newUuid: parts.setup.newUuid };
  for (const stop of plan.stops)
    world.after(stop.atMs, 'somebody stops', () => {
      const phone = parts.people[stop.person % parts.people.length];
      if (phone !== undefined) outside.say(phone, stop.text);
    });
  for (const kill of plan.kills)
    world.after(kill, 'a kill', () => {
      const [victim] = [...simulation.lives.keys()].filter((actor) => actor.alive);
      if (victim !== undefined && !simulation.calm) die(simulation, victim, parts);
    });
  for (const stall of plan.stalls)
    world.after(stall.atMs, 'a stall', () => {
      const alive = [...simulation.lives.keys()].filter((actor) => actor.alive);
      const victim = alive[stall.worker % Math.max(1, alive.length)];
      if (victim === undefined || simulation.calm) return;
      world.note(`${victim.name} stalls`);
      victim.stalledUntilMs = world.now().epochMilliseconds + stall.ms;
    });
  for (const edit of plan.edits)
    world.after(edit.atMs, `an edit: ${edit.kind}`, () => {
      const campaignId = simulation.campaignIds[edit.target % simulation.campaignIds.length] ?? '';
      const laneId = parts.laneIds[edit.target % parts.laneIds.length] ?? '';
      const control = { id: campaignId, shownId: 'cmp_sim', reason: undefined, actor: 'operator' };
      const run = (work: Parameters<typeof runTx<unknown>>[1]): void =>
        void runTx(parts.apiDb, work).catch(() => world.note(`${edit.kind} failed`));
      if (edit.kind === 'pause') {
        run((tx) => pauseCampaign(tx, operator, control));
        world.after(random.int(500, 30_000), 'resumes', () => run((tx) => resumeCampaign(tx, operator, control)));
      } else if (edit.kind === 'cap')
        run((tx) => sql`update lane set daily_cap = ${edit.value} where id = ${laneId}`.execute(tx));
      else
        run((tx) => sql`update campaign set priority = ${1 + (edit.value % 9)} where id = ${campaignId}`.execute(tx));
    });
  world.after(plan.troubleMs, 'the faults end', () => {
    simulation.calm = true;
    outside.faults = { ...NO_FAULTS, replies: plan.outside.replies, stops: plan.outside.stops };
    Object.assign(sim.faults, { statementLost: 0, commitAnswerLost: 0 });
    // Whoever paused and could not resume, resumes.
    for (const [index, id] of simulation.campaignIds.entries())
      world.after(40_000 + index, 'resumes for good', () => {
        const control = { id, shownId: 'cmp_sim', reason: undefined, actor: 'operator' };
        void runTx(parts.apiDb, (tx) => resumeCampaign(tx, operator, control)).catch(() => world.note('resume failed'));
      });
    for (const laneId of parts.laneIds)
      world.after(41_000, 'caps are set for good', () => {
        void runTx(parts.apiDb, (tx) =>
          sql`update lane set daily_cap = greatest(daily_cap, 60) where id = ${laneId}`.execute(tx),
        ).catch(() => undefined);
      });
    world.after(1, 'one more worker', () => void startWorker(simulation, parts));
  });
}

async function figuresOf(db: Db, simulation: Simulation, startsAtMs: number): Promise<SeedResult['figures']> {
  const { rows } = await sql<{ optOuts: number; unknown: number }>`
    select (select count(*) from suppression) as opt_outs,
      (select count(*) from message_attempt where outcome like 'settled%') as unknown`.execute(db);
  return {
    virtualMs: simulation.world.now().epochMilliseconds - startsAtMs,
    accepted: simulation.outside.accepted.length,
    crashes: simulation.crashes,
    optOuts: rows[0]?.optOuts ?? 0,
    unknown: rows[0]?.unknown ?? 0,
  };
}

/** Jobs that run as soon as their transaction has committed; a key's order is left to chance, as redeliveries leave it. */
function simJobs(): Jobs {
  return {
    async enqueue(tx, queue, jobs) {
      await sql`insert into sim_job (queue, data) select ${queue}, data from jsonb_array_elements(${JSON.stringify(jobs.map((job) => job.data))}::jsonb) as data`.execute(
        tx,
      );
    },
    close: async () => undefined,
  };
}

/** The wire is not what is simulated here: events come as they are. */
const simEdge: WebhookEdge = {
  verify: () => ok({ secretIndex: 0 }),
  parse(rawBody) {
    const event = JSON.parse(Buffer.from(rawBody).toString('utf8'));
    return ok({ ...event, at: instant(event.at) } as GatewayEvent);
  },
};
