import { uuidSource } from '../../src/platform/ids.ts';
import type { Live } from '../../src/platform/live.ts';
import type { Log } from '../../src/platform/log.ts';
import type { Secrets } from '../../src/platform/secrets.ts';
import { CRASH_POINTS } from '../../src/sending/crash-points.ts';
import { type Engine, startEngine } from '../../src/sending/engine.ts';
import { schemaCheck } from '../schema-check.ts';
import type { SimDatabase } from './database.ts';
import type { Outside } from './outside.ts';
import type { Plan } from './plan.ts';
import { asOften, STATEMENT_CRASHES } from './statement-crashes.ts';
import type { Tally } from './tally.ts';
import { type Actor, actorNamed, type World } from './world.ts';

/** The worker processes: each runs the real engine until it dies, and then another one is started in its place. */
export interface Workers {
  start(): void;
  kill(actor: Actor): void;
  alive(): readonly Actor[];
  /** Whoever listens to these topics hears of them in a moment, or never. */
  tell(topics: readonly string[]): void;
  /** All workers hand over what they hold. From now on nobody is to die, and leases and looks are long. */
  drainAll(): void;
  readonly deaths: number;
}

export interface WorkerSurroundings {
  readonly world: World;
  readonly sim: SimDatabase;
  readonly outside: Outside;
  readonly plan: Plan;
  readonly tally: Tally;
  readonly secrets: Secrets;
  readonly log: Log;
}

interface Listener {
  readonly topic: string;
  readonly call: (topic: string) => void;
}

/** Ends what a dead worker was just doing; nothing hears of it any more. */
class SimulatedCrash extends Error {
  override readonly name = 'SimulatedCrash';
}

const POINTS = [...CRASH_POINTS, ...STATEMENT_CRASHES.filter(({ of }) => of === 'worker')].flatMap(asOften);
const nameOf = (point: (typeof POINTS)[number]): string => (typeof point === 'string' ? point : point.name);

export function createWorkers(around: WorkerSurroundings): Workers {
  const { world, sim, outside, plan, tally, secrets, log } = around;
  const { random } = world;
  const listeners = new Map<Actor, Set<Listener>>();
  const engines = new Map<Actor, Engine>();
  let started = 0;
  let deaths = 0;
  let calm = false;

  const liveOf = (actor: Actor): Live => {
    const own = new Set<Listener>();
    listeners.set(actor, own);
    return {
      subscribe(topic, call) {
        const listener = { topic, call };
        own.add(listener);
        return () => void own.delete(listener);
      },
      close: async () => void listeners.delete(actor),
    };
  };

  const kill = (actor: Actor): void => {
    if (!actor.alive) return;
    deaths += 1;
    world.note(`${actor.name} dies`);
    sim.crash(actor);
    listeners.delete(actor);
    engines.delete(actor);
    world.after(random.pick([random.int(10, 2_000), random.int(10, 40_000)]), 'a worker starts', start);
  };

  const start = (): void => {
    started += 1;
    const actor = actorNamed(`w${started}`, random.int(-plan.skewMs, plan.skewMs));
    // One after the other, so that each has its turn within some seeds.
    const point =
      !calm && random.next() < plan.crashes ? POINTS[(plan.firstCrash + started) % POINTS.length] : undefined;
    const doomed = point === undefined ? undefined : nameOf(point);
    let passes = point === undefined || asOften(point).length > 1 ? 0 : random.pick([0, 0, 1, 3]);
    world.note(`${actor.name} starts${doomed === undefined ? '' : `, to die ${doomed}`}`);
    const comes = (): void => {
      passes -= 1;
      if (passes >= 0 || calm || doomed === undefined) return;
      tally.count(`crash ${doomed}`);
      kill(actor);
    };
    if (typeof point === 'object') sim.doom(actor, point, comes);
    const clock = world.clockOf(actor);
    const engine = startEngine(
      {
        db: sim.dbOf(actor),
        clock,
        newUuid: uuidSource({ clock, random }),
        log,
        live: liveOf(actor),
        requireSchema: schemaCheck(sim.dbOf(actor)),
        secrets,
        openGateway: ({ baseUrl }) => outside.gatewayFor(actor, baseUrl),
        reach(at) {
          if (!actor.alive || at !== point) return;
          comes();
          if (!actor.alive) throw new SimulatedCrash(at);
        },
      },
      {
        owner: actor.name,
        leaseMs: calm ? CALM_LEASE_MS : plan.leaseMs,
        settleGraceMs: SETTLE_GRACE_MS,
        guardAgainMs: plan.guardAgainMs,
        windowMarginMs: WINDOW_MARGIN_MS,
        idleMs: calm ? CALM_IDLE_MS : plan.idleMs,
        lookMs: calm ? CALM_IDLE_MS : plan.idleMs,
      },
    );
    engines.set(actor, engine);
  };

  const hear = (actor: Actor, topic: string): void => {
    if (!actor.alive) return;
    for (const listener of [...(listeners.get(actor) ?? [])]) if (concerns(listener, topic)) listener.call(topic);
  };

  return {
    start,
    kill,
    alive: () => [...listeners.keys()],
    tell(topics) {
      for (const topic of topics)
        for (const [actor, own] of listeners) {
          if (![...own].some((listener) => concerns(listener, topic))) continue;
          if (!calm && plan.notificationLost > 0 && random.next() < plan.notificationLost)
            tally.count('notification lost');
          else world.after(random.int(1, 8), `tells ${actor.name} ${topic.split(':')[0]}`, () => hear(actor, topic));
        }
    },
    drainAll() {
      calm = true;
      // A process that stands still hears of it when it goes on.
      for (const [actor, engine] of engines)
        world.after(Math.max(0, actor.stalledUntilMs - world.now().epochMilliseconds), `${actor.name} drains`, () => {
          if (actor.alive) void engine.drain();
        });
    },
    get deaths() {
      return deaths;
    },
  };
}

const CALM_LEASE_MS = 6 * 3_600_000;
const CALM_IDLE_MS = 3 * 3_600_000;
const SETTLE_GRACE_MS = 60_000;
const WINDOW_MARGIN_MS = 15 * 60_000;

const concerns = ({ topic }: Listener, told: string): boolean => told === topic || told.startsWith(`${topic}:`);
