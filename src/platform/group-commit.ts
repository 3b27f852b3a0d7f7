import { systemClock } from './clock.ts';

/**
 * Many small writes as few large ones: what comes in while a commit is under way is committed together by the next one. A lone item
 * is committed at once, so nobody waits for company.
 */
export interface GroupCommit<Item, Outcome> {
  /** Resolves with the outcome of this item once it is committed; rejects with the error of its group. */
  add(item: Item): Promise<Outcome>;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * `commit` answers in the order of the items. One group is under way at a time, of `sizeMax` items at most. Groups begin `apartMs` of
 * real time after each other at the soonest, unless `enough` wait: what streams in costs the database no statement each, and what
 * comes in masses waits for nothing but the group before.
 */
export function groupCommit<Item, Outcome>(options: {
  readonly sizeMax: number;
  readonly apartMs?: number;
  readonly enough?: number;
  readonly commit: (items: readonly Item[]) => Promise<readonly Outcome[]>;
}): GroupCommit<Item, Outcome> {
  const { sizeMax, apartMs = 0, enough = sizeMax, commit } = options;
  let beganAtMs = Number.NEGATIVE_INFINITY;
  let waiting: Waiting<Item, Outcome>[] = [];
  let underWay = false;
  let resting: AbortController | undefined;

  const commitNext = async (): Promise<void> => {
    const group = waiting.slice(0, sizeMax);
    waiting = waiting.slice(sizeMax);
    beganAtMs = nowMs();
    try {
      const outcomes = await commit(group.map(({ item }) => item));
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(new Error(`group commit: ${outcomes.length} outcomes of ${group.length}`));
        else resolve(outcome);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      underWay = false;
      startNext();
    }
  };
  const startNext = (): void => {
    if (waiting.length >= enough) resting?.abort('enough');
    if (waiting.length === 0 || underWay) return;
    underWay = true;
    const restMs = beganAtMs + apartMs - nowMs();
    void (restMs > 0 && restMs <= apartMs && waiting.length < enough ? rest(restMs).then(commitNext) : commitNext());
  };
  const rest = async (ms: number): Promise<void> => {
    resting = new AbortController();
    await systemClock.sleep(ms, resting.signal);
    resting = undefined;
  };
  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        startNext();
      }),
  };
}

const nowMs = (): number => systemClock.now().epochMilliseconds;
