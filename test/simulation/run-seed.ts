import { sql } from 'kysely';
import type { Clock } from '../../src/platform/clock.ts';
import { type Db, runTx } from '../../src/platform/database.ts';
import { type Uuid, uuidSource } from '../../src/platform/ids.ts';
import { secretsWithKey } from '../../src/platform/secrets.ts';
import { instant, MINUTE_MS } from '../../src/platform/time.ts';
import { EVENTS_TOPIC } from '../../src/webhooks/event-store.ts';
import type { Backends } from './backends.ts';
import { type Checkers, createCheckers } from './checkers.ts';
import { type Committed, createSimDatabase } from './database.ts';
import { logOfMistakes } from './faults-log.ts';
import { createListKeepers } from './lists.ts';
import { createOutside, type Outside } from './outside.ts';
import { drawPlan, type Plan } from './plan.ts';
import { dbApart, launchPlanned, type Prepared, prepare } from './prepare.ts';
import { createProduct, type Product } from './product.ts';
import { createReviewers } from './reviews.ts';
import { createTally, type Tally } from './tally.ts';
import { scheduleTrouble } from './trouble.ts';
import { createWorkers, type Workers } from './workers.ts';
import { actorNamed, createWorld, type World } from './world.ts';

export interface SeedResult {
  readonly seed: number;
  readonly hash: string;
  readonly violations: readonly string[];
  readonly trace: readonly string[];
  readonly plan: Plan;
  /** How often each kind of fault struck. */
  readonly struck: Readonly<Record<string, number>>;
  readonly figures: {
    readonly virtualMs: number;
    readonly statements: number;
    readonly accepted: number;
    readonly crashes: number;
    readonly optOuts: number;
    readonly settled: number;
  };
}

export interface SeedOptions {
  readonly seed: number;
  readonly backends: Backends;
  readonly keepTrace: boolean;
  readonly enrollments: number;
  /** Instead of the one that the seed draws. */
  readonly plan?: Plan;
  readonly afterLaunch?: (launched: Launched) => Promise<void>;
}

/** The campaigns of the start are launched, and no worker has started yet. */
export interface Launched {
  readonly db: Db;
  readonly world: World;
  readonly clock: Clock;
  readonly outside: Outside;
  readonly product: Product;
  readonly setup: Parameters<typeof prepare>[1];
  readonly campaignIds: readonly Uuid[];
  readonly laneIds: readonly Uuid[];
}

const DAYS_MAX = 12;
const DAY_MS = 86_400_000;
/** Of one enrollment, most runs take thirteen. */
const STATEMENTS_MAX_EACH = 150;

/** One run from one seed: faults while the plan has them, then none, until every enrollment has its end. */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  await options.backends.reset();
  const statementsBefore = options.backends.count;
  const plan = options.plan ?? drawPlan(options.seed, options.enrollments);
  const startsAtMs = instant(plan.startsAt).epochMilliseconds;
  const world = createWorld({ seed: options.seed, startsAtMs, keepLines: options.keepTrace });
  const db = dbApart(options.backends.apart);
  const run = await begin(options, { world, plan, db });
  const outcome = await world.run({
    untilMs: startsAtMs + DAYS_MAX * DAY_MS,
    done: run.isFinished,
    endless: () => options.backends.count - statementsBefore > STATEMENTS_MAX_EACH * Math.max(100, options.enrollments),
    afterEach: run.afterEach,
  });
  const { checkers, outside, workers, tally } = run;
  if (outcome !== 'done') checkers.violations.push(`stuck: ${outcome} before everything had its end`);
  await checkers.atTheEnd();
  const { rows } = await sql<{ optOuts: number; settled: number }>`
    select (select count(*) from suppression) as opt_outs,
      (select count(*) from message_attempt where outcome like 'settled%') as settled`.execute(db);
  return {
    seed: options.seed,
    hash: world.trace.hash(),
    violations: checkers.violations,
    trace: world.trace.lines,
    plan,
    struck: tally.counts,
    figures: {
      virtualMs: world.now().epochMilliseconds - startsAtMs,
      statements: options.backends.count - statementsBefore,
      accepted: outside.accepted.length,
      crashes: workers.deaths,
      optOuts: rows[0]?.optOuts ?? 0,
      settled: rows[0]?.settled ?? 0,
    },
  };
}

interface Stage {
  readonly world: World;
  readonly plan: Plan;
  /** Apart from the world: its statements are no part of the run. */
  readonly db: Db;
}

/** Puts everything in its place: who sends, who answers, who looks on, and what goes wrong. */
async function begin(options: SeedOptions, { world, plan, db }: Stage) {
  const { backends } = options;
  const { random } = world;
  const clock = world.clockOf(actorNamed('setup'));
  const secrets = secretsWithKey(random.bytes(32), random);
  const setup = { clock, newUuid: uuidSource({ clock, random }), secrets };
  const prepared = await prepare(db, setup, plan);
  const tally = createTally();
  const outside = createOutside({
    world,
    tally,
    reportsEveryMs: plan.reportsEveryMs,
    rateOf: (name) => plan.accounts.find((account) => account.name === name)?.rate ?? 1,
    laneOf: (name) => prepared.accounts.get(name) ?? { laneRef: '', phone: '' },
    deliver: (account, event, how) => {
      const target = prepared.accounts.get(account);
      if (target === undefined) return;
      if (how !== 'as it is') return product.receiveBad(target.id, event, how);
      checkers.beforeEvent(event);
      product.receive(target.id, event);
    },
  });
  const checkers = createCheckers({ world, db, outside, plan });
  const log = logOfMistakes((sentence) => checkers.violations.push(sentence));
  const sim = createSimDatabase({
    world,
    backends,
    tally,
    onCommit: (committed) => afterCommit(committed, { checkers, workers, product, reviewers, world, tally }),
  });
  const workers = createWorkers({ world, sim, outside, plan, tally, secrets, log });
  const product = createProduct({
    world,
    sim,
    backends,
    tally,
    firstCrash: plan.firstCrash,
    secrets,
    log,
    mistake: (sentence) => checkers.violations.push(sentence),
    onAnswered: (accountId, event) => checkers.afterAnswer(accountId, event),
    onKept: (accountId, event) => checkers.afterKeeping(accountId, event),
  });
  const reviewers = createReviewers({ world, db, plan, product, tally, checks: checkers.people });
  const lists = createListKeepers({
    ...{ world, db, plan, product, tally },
    checks: checkers.lists,
    people: prepared.people,
    mistake: (sentence) => checkers.violations.push(sentence),
  });
  await lists.begin({ db, ...setup });
  const campaignIds = await launchAll({ world, plan, db }, { prepared, product, setup });
  await options.afterLaunch?.({ db, world, clock, outside, product, setup, campaignIds, laneIds: prepared.laneIds });
  await checkers.start();
  outside.faults = plan.outside;
  Object.assign(sim.faults, plan.database);
  for (let count = 0; count < plan.workers; count += 1) workers.start();
  let finished = false;
  watchForTheEnd(world, checkers, () => {
    finished = true;
  });
  scheduleTrouble({ world, plan, outside, sim, workers, product, tally, checkers, lists, ...prepared });
  return {
    checkers,
    outside,
    workers,
    tally,
    isFinished: () => finished,
    afterEach: async () => {
      await sim.settle();
      await options.backends.apartIdle();
      checkers.afterStep();
    },
  };
}

/** Those of the start at once, the others by the API in the midst of the faults. Returns the ids of the first. */
async function launchAll(
  { world, plan, db }: Stage,
  by: {
    readonly prepared: Prepared;
    readonly product: Product;
    readonly setup: Parameters<typeof prepare>[1];
  },
): Promise<readonly Uuid[]> {
  const { laneIds } = by.prepared;
  const launched: Uuid[] = [];
  for (const [index, campaign] of plan.campaigns.entries()) {
    const input = { campaign, index, laneIds };
    if (campaign.launchAtMs === 0)
      launched.push(await db.transaction().execute((tx) => launchPlanned(tx, by.setup, input)));
    else
      world.after(campaign.launchAtMs, `${campaign.tag} is launched`, () =>
        by.product.ask('launch', (asked) => runTx(asked.db, (tx) => launchPlanned(tx, asked, input)), { tries: 100 }),
      );
  }
  return launched;
}

async function afterCommit(
  committed: Committed,
  run: {
    readonly checkers: Checkers;
    readonly workers: Workers;
    readonly product: Product;
    readonly reviewers: ReturnType<typeof createReviewers>;
    readonly world: World;
    readonly tally: Tally;
  },
): Promise<void> {
  await run.checkers.afterCommit(committed);
  run.workers.tell(committed.topics);
  const wrote = (into: RegExp): boolean => committed.statements.some((text) => into.test(text));
  if (wrote(/into sim_job\b/)) await run.product.startJobs();
  if (wrote(/into opt_out_review\b/)) await run.reviewers.look();
  if (wrote(/into opt_out_to_carry\b/)) {
    run.tally.count('opt-out carried later');
    run.world.after(run.world.random.int(1, MINUTE_MS), 'a minute is over', () =>
      run.product.everyMinute('opt-outs to carry'),
    );
  }
  if (wrote(/into gateway_event\b/) || committed.topics.includes(EVENTS_TOPIC)) run.product.wakeApplier();
}

const LOOK_FIRST_MS = 10 * 60_000;
const LOOK_MS_MAX = 2 * 3_600_000;
const AFTERWARDS_MS = 5 * 60_000;

/** Looks now and then whether everybody has their end; receipts and confirmations that are under way then come in. */
function watchForTheEnd(world: World, checkers: Checkers, finish: () => void, afterMs = LOOK_FIRST_MS): void {
  world.after(afterMs, 'has everything its end?', async () => {
    if (await checkers.allEnded()) world.after(AFTERWARDS_MS, 'everything has its end', finish);
    else watchForTheEnd(world, checkers, finish, Math.min(2 * afterMs, LOOK_MS_MAX));
  });
}
