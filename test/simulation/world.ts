import { createHash } from 'node:crypto';
import type { Clock } from '../../src/platform/clock.ts';
import { type Random, seededRandom } from '../../src/platform/random.ts';
import { type Instant, instantFromMs } from '../../src/platform/time.ts';

/**
 * The simulated world: one queue of things that happen, each at its instant. Everything that waits in the product (a statement, a
 * call of the gateway, a sleep) is such a thing, with a delay drawn from the seed, so that workers interleave at every await
 * and the same seed gives the same run.
 */
export interface World {
  readonly random: Random;
  now(): Instant;
  /** Something that happens by itself, after `ms`. */
  after(ms: number, label: string, happen: () => void | Promise<void>): void;
  /**
   * Something that an actor waits for: happens after a short delay, and its outcome reaches the actor only while that one lives.
   */
  wait<T>(actor: Actor, label: string, act: () => T | Promise<T>, options?: { readonly delayMs?: number }): Promise<T>;
  sleep(actor: Actor, ms: number, signal?: AbortSignal): Promise<void>;
  clockOf(actor: Actor): Clock;
  /** Runs until it is done, nothing is left to happen, virtual time is over, or it has taken more work than it may. */
  run(options: {
    readonly untilMs: number;
    readonly done: () => boolean;
    readonly endless: () => boolean;
    readonly afterEach: () => Promise<void>;
  }): Promise<'done' | 'idle' | 'time over' | 'going in circles'>;
  note(line: string): void;
  readonly trace: Trace;
}

/** A process: what it waits for comes back only while it lives, and not before its stall is over. */
export interface Actor {
  readonly name: string;
  alive: boolean;
  stalledUntilMs: number;
  /** How far its clock is ahead. */
  skewMs: number;
  /** It has never stood still, and its clock was never set. */
  steady: boolean;
}

/** One that stands still already does so until the later end. */
export function stall(actor: Actor, untilMs: number): void {
  actor.steady = false;
  actor.stalledUntilMs = Math.max(actor.stalledUntilMs, untilMs);
}

export function setClock(actor: Actor, byMs: number): void {
  actor.steady = false;
  actor.skewMs += byMs;
}

export const actorNamed = (name: string, skewMs = 0): Actor => ({
  name,
  alive: true,
  stalledUntilMs: 0,
  skewMs,
  steady: true,
});

export interface Trace {
  readonly lines: readonly string[];
  hash(): string;
}

interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly label: string;
  readonly happen: () => void | Promise<void>;
  cancelled: boolean;
}

/** Of one statement, in virtual milliseconds. */
const STEP_MS_MAX = 20;

export function createWorld(options: {
  readonly seed: number;
  readonly startsAtMs: number;
  readonly keepLines: boolean;
}): World {
  const random = seededRandom(options.seed);
  const queue: Happening[] = [];
  const lines: string[] = [];
  const digest = createHash('sha256');
  let nowMs = options.startsAtMs;
  let order = 0;

  /** Many ask in the same millisecond. */
  let latest = instantFromMs(nowMs);
  const instantAt = (ms: number): Instant => {
    if (latest.epochMilliseconds !== ms) latest = instantFromMs(ms);
    return latest;
  };

  const note = (line: string): void => {
    const text = `${nowMs - options.startsAtMs} ${line}`;
    digest.update(`${text}\n`);
    if (options.keepLines) lines.push(text);
  };
  const push = (atMs: number, label: string, happen: () => void | Promise<void>): Happening => {
    order += 1;
    const entry: Happening = { atMs, order, label, happen, cancelled: false };
    insertSorted(queue, entry);
    return entry;
  };
  const world: World = {
    random,
    now: () => instantAt(nowMs),
    after: (ms, label, happen) => void push(nowMs + ms, label, happen),
    wait: (actor, label, act, { delayMs } = {}) =>
      new Promise((resolve, reject) => {
        const stallMs = Math.max(0, actor.stalledUntilMs - nowMs);
        const atMs = nowMs + stallMs + (delayMs ?? random.int(0, STEP_MS_MAX));
        push(atMs, `${actor.name}: ${label}`, async () => {
          if (!actor.alive) return;
          try {
            const outcome = await act();
            if (actor.alive) resolve(outcome);
          } catch (error) {
            if (actor.alive) reject(error);
          }
        });
      }),
    sleep: (actor, ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const stallMs = Math.max(0, actor.stalledUntilMs - nowMs);
        const entry = push(nowMs + stallMs + Math.max(0, ms), `${actor.name}: wakes`, () => {
          signal?.removeEventListener('abort', abort);
          if (actor.alive) resolve();
        });
        const abort = (): void => {
          entry.cancelled = true;
          if (actor.alive) resolve();
        };
        signal?.addEventListener('abort', abort, { once: true });
      }),
    clockOf: (actor) => ({
      now: () => instantAt(nowMs + actor.skewMs),
      factor: 1,
      sleep: (ms, signal) => world.sleep(actor, ms, signal),
      rest: (ms, signal) => world.sleep(actor, ms, signal),
    }),
    async run({ untilMs, done, endless, afterEach }) {
      await untilAllWait();
      for (;;) {
        const next = queue.shift();
        if (next === undefined) return 'idle';
        if (next.cancelled) continue;
        if (next.atMs > untilMs) return 'time over';
        nowMs = Math.max(nowMs, next.atMs);
        note(next.label);
        await next.happen();
        await untilAllWait();
        await afterEach();
        if (done()) return 'done';
        if (endless()) return 'going in circles';
      }
    },
    note,
    trace: { lines, hash: () => digest.copy().digest('hex') },
  };
  return world;
}

/** Whoever has just started, or was waiting for what has happened, goes on until it waits again. */
const untilAllWait = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function insertSorted(queue: Happening[], entry: Happening): void {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = queue[middle];
    if (other !== undefined && (other.atMs < entry.atMs || (other.atMs === entry.atMs && other.order < entry.order)))
      low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, entry);
}
