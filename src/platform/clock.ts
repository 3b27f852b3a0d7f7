import { type Instant, instantFromMs } from './time.ts';

/**
 * The only source of time. `now` is the time of the world that the product acts in (quiet hours, caps, receipts);
 * `sleep` waits in that same time.
 *
 * `factor` says how many clock seconds pass in one real second (1 for the system clock). Durations that guard against a slow
 * machine instead of describing the world (leases, request time-outs, signature tolerance) go through `patience`: a
 * warped clock at x 3600 would otherwise let a 15 s lease expire in 4 ms.
 */
export interface Clock {
  now(): Instant;
  readonly factor: number;
  /** Resolves after `ms` of clock time, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves after so much real time, at whatever speed the clock goes meanwhile, or at once when `signal` aborts. Never rejects. */
  rest(realMs: number, signal?: AbortSignal): Promise<void>;
}

/** `realMs` of real time, in clock milliseconds. */
export const patience = (clock: Clock, realMs: number): number => realMs * clock.factor;

/** Thousands of events a second ask several times within the same millisecond, and an `Instant` costs ten times what looking does. */
function nowOf(nowMs: () => number): () => Instant {
  let latest = { ms: 0, at: instantFromMs(0) };
  return () => {
    const ms = nowMs();
    if (ms !== latest.ms) latest = { ms, at: instantFromMs(ms) };
    return latest.at;
  };
}

export const systemClock: Clock = {
  now: nowOf(() => Date.now()),
  factor: 1,
  sleep: sleepReal,
  rest: sleepReal,
};

/**
 * Begins to count; each call of what it returns says how many milliseconds of the machine's own time have passed since, whatever our
 * clock does. For what is measured of the machine, or limits what may be asked of it.
 */
export function stopwatch(): () => number {
  const beganMs = performance.now();
  return () => performance.now() - beganMs;
}

export interface WarpClock extends Clock {
  /** Time goes on from where it is, at another speed; whoever sleeps is woken at the right instant of the new one. */
  setFactor(factor: number): void;
}

/**
 * Starts at `startsAt` and runs `factor` times as fast as the machine's monotonic clock. Used by the demo and by browser
 * tests; a restart passes the last instant that was seen, so that time never runs backwards.
 */
export function warpClock(options: { readonly startsAt: Instant; readonly factor: number }): WarpClock {
  let { factor } = options;
  checkFactor(factor);
  let originMs = performance.now();
  let originClockMs = options.startsAt.epochMilliseconds;
  const rearms = new Set<() => void>();
  const nowMs = (): number => Math.floor(originClockMs + (performance.now() - originMs) * factor);
  return {
    now: nowOf(nowMs),
    get factor() {
      return factor;
    },
    setFactor(next) {
      checkFactor(next);
      originClockMs = nowMs();
      originMs = performance.now();
      factor = next;
      for (const rearm of rearms) rearm();
    },
    async sleep(ms, signal) {
      const dueMs = nowMs() + ms;
      while (nowMs() < dueMs && !signal?.aborted) {
        const rearmed = new AbortController();
        const rearm = (): void => rearmed.abort();
        rearms.add(rearm);
        const signals = signal === undefined ? [rearmed.signal] : [rearmed.signal, signal];
        await sleepReal((dueMs - nowMs()) / factor, AbortSignal.any(signals));
        rearms.delete(rearm);
      }
    },
    rest: sleepReal,
  };
}

function checkFactor(factor: number): void {
  if (!(factor >= 1)) throw new Error(`warp clock: factor must be 1 or more, got ${factor}`);
}

export interface ManualClock extends Clock {
  /** Moves time forward and lets every sleeper that is due run, in the order of their instants. */
  advance(ms: number): Promise<void>;
  set(at: Instant): Promise<void>;
  /** How many sleepers wait; a test uses it to see that the code under test has come to rest. */
  readonly sleepers: number;
}

export function manualClock(startsAt: Instant): ManualClock {
  let nowMs = startsAt.epochMilliseconds;
  const waiting: { dueMs: number; wake: () => void }[] = [];
  const advanceTo = async (targetMs: number): Promise<void> => {
    for (;;) {
      waiting.sort((a, b) => a.dueMs - b.dueMs);
      const next = waiting[0];
      if (next === undefined || next.dueMs > targetMs) break;
      waiting.shift();
      nowMs = Math.max(nowMs, next.dueMs);
      next.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
    nowMs = Math.max(nowMs, targetMs);
  };
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) return resolve();
      const entry = { dueMs: nowMs + Math.max(0, ms), wake: resolve };
      waiting.push(entry);
      signal?.addEventListener(
        'abort',
        () => {
          const at = waiting.indexOf(entry);
          if (at >= 0) waiting.splice(at, 1);
          resolve();
        },
        { once: true },
      );
    });
  return {
    now: () => instantFromMs(nowMs),
    factor: 1,
    get sleepers() {
      return waiting.length;
    },
    sleep,
    rest: sleep,
    advance: (ms) => advanceTo(nowMs + ms),
    set: (at) => advanceTo(at.epochMilliseconds),
  };
}

const TIMER_MAX_MS = 2_147_483_647;

function sleepReal(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(Math.max(0, ms), TIMER_MAX_MS));
    signal?.addEventListener('abort', done, { once: true });
  });
}
