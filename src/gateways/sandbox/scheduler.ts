import type { Clock } from '../../platform/clock.ts';

/** Everything that the sandbox will do later, in one heap and with one timer, however many texts are out. */
export interface Scheduler {
  /** Runs `action` when the clock reaches `dueMs` (epoch milliseconds); at once, but not in this call, when that has passed. */
  at(dueMs: number, action: () => void): void;
  readonly size: number;
  readonly nextDueMs: number | undefined;
  stop(): void;
}

interface Entry {
  readonly dueMs: number;
  /** Actions of one instant run in the order in which they were scheduled. */
  readonly order: number;
  readonly action: () => void;
}

/** Actions run in one go before input and output get their turn. */
const BURST_MAX = 200;

export function startScheduler(options: { readonly clock: Clock; readonly afterEach: () => void }): Scheduler {
  const { clock } = options;
  const heap: Entry[] = [];
  let order = 0;
  let isRunning = false;
  let isStopped = false;
  let sleep = new AbortController();
  /** What the present sleep ends at; an earlier entry ends it before. */
  let sleepsUntilMs = Number.POSITIVE_INFINITY;
  const nowMs = (): number => clock.now().epochMilliseconds;

  /** Begins the sleep inside the call that makes it necessary, so that a clock moved right afterwards finds it. */
  const sleepUntilNext = (): void => {
    const next = heap[0];
    if (isStopped || isRunning || next === undefined || next.dueMs >= sleepsUntilMs) return;
    sleep.abort();
    sleep = new AbortController();
    sleepsUntilMs = next.dueMs;
    const { signal } = sleep;
    const waitMs = next.dueMs - nowMs();
    const woken = waitMs > 0 ? clock.sleep(waitMs, signal) : Promise.resolve();
    // A failing action is a bug of the sandbox: its rejection ends the process instead of leaving a world that stands still.
    void woken.then(() => (signal.aborted ? undefined : runDue()));
  };

  const runDue = async (): Promise<void> => {
    isRunning = true;
    for (let ran = 1; !isStopped; ran += 1) {
      const next = heap[0];
      if (next === undefined || next.dueMs > nowMs()) break;
      takeFirst(heap);
      next.action();
      options.afterEach();
      if (ran % BURST_MAX === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    isRunning = false;
    sleepsUntilMs = Number.POSITIVE_INFINITY;
    sleepUntilNext();
  };

  return {
    at: (dueMs, action) => {
      order += 1;
      insert(heap, { dueMs, order, action });
      sleepUntilNext();
    },
    get size() {
      return heap.length;
    },
    get nextDueMs() {
      return heap[0]?.dueMs;
    },
    stop: () => {
      isStopped = true;
      heap.length = 0;
      sleep.abort();
    },
  };
}

const isEarlier = (a: Entry, b: Entry): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

function insert(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = heap[parentAt];
    if (parent === undefined || !isEarlier(entry, parent)) break;
    heap[at] = parent;
    at = parentAt;
  }
  heap[at] = entry;
}

function takeFirst(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const childAt = earlierChild(heap, at);
    const child = heap[childAt];
    if (child === undefined || !isEarlier(child, last)) break;
    heap[at] = child;
    at = childAt;
  }
  heap[at] = last;
}

function earlierChild(heap: readonly Entry[], at: number): number {
  const leftAt = 2 * at + 1;
  const left = heap[leftAt];
  const right = heap[leftAt + 1];
  return left !== undefined && right !== undefined && isEarlier(right, left) ? leftAt + 1 : leftAt;
}
