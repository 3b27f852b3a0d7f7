import { nextMidnight } from '../platform/calendar.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, type Instant, isBefore, SECOND_MS } from '../platform/time.ts';
import { servedBy } from '../sending/decide-turn.ts';
import type { UsedLane } from './used-lane-store.ts';
import { byEnd, type LaneCode, type WaitingAccount, type WaitingFacts } from './waiting-facts.ts';

/** Why none of several numbers can hand over. */
export interface LanesWait {
  readonly code: LaneCode;
  /** When the first of them can again; null when that is not known. */
  readonly until: Instant | null;
  /** Those of which it is told. */
  readonly lanes: readonly UsedLane[];
}

/** The numbers that serve people who know this one (null: none yet), as the claim chooses them, or will when their pause ends. */
export function servingLanes(laneId: Uuid | null, lanes: readonly UsedLane[]): readonly UsedLane[] {
  const gone = lanes.filter(({ state }) => state === 'off').map(({ id }) => id);
  if (laneId !== null && lanes.every(({ id }) => id !== laneId)) gone.push(laneId);
  return lanes.filter((lane) => {
    const served = servedBy({ id: lane.id, state: lane.drains ? 'draining' : 'active' }, gone);
    if (lane.state === 'off') return false;
    return laneId === null ? served.takesNewPeople : served.servesLaneIds.includes(laneId);
  });
}

/** Undefined: one of these numbers can hand over. */
export type LanesWaits = (serving: readonly UsedLane[]) => LanesWait | undefined;

/** Each number is judged once, however many queues it serves. */
export function lanesWaits(at: WaitingFacts): LanesWaits {
  const obstacles = new Map(at.lanes.map((lane) => [lane.id, laneObstacle(lane, at)]));
  return (serving) => {
    if (serving.length === 0) {
      const off = at.lanes.every(({ state }) => state === 'off');
      return { code: off ? 'numbers_off' : 'draining', until: null, lanes: at.lanes };
    }
    const found = serving.flatMap((lane) => {
      const obstacle = obstacles.get(lane.id);
      return obstacle === undefined ? [] : [{ ...obstacle, lane }];
    });
    const [first] = found.toSorted(byEnd);
    if (first === undefined || found.length < serving.length) return undefined;
    const alike = ALIKE.includes(first.code) ? ALIKE : [first.code];
    const lanes = found.filter(({ code }) => alike.includes(code)).map(({ lane }) => lane);
    return { code: first.code, until: first.until, lanes };
  };
}

/** Limits of a day, told together: each number may have met another of them. */
const ALIKE: readonly LaneCode[] = ['daily_cap', 'daily_parts'];

interface Obstacle {
  readonly code: LaneCode;
  readonly until: Instant | null;
}

/** What keeps a number from handing over longest. */
function laneObstacle(lane: UsedLane, at: WaitingFacts): Obstacle | undefined {
  const account = at.accounts.find(({ id }) => id === lane.accountId);
  const obstacles = [...(account === undefined ? [] : accountObstacles(account, at)), ...ownObstacles(lane, at)];
  const endless = obstacles.find(({ until }) => until === null);
  return endless ?? obstacles.toSorted(byEnd).at(-1);
}

/** A holder that failed once is replaced in a moment. */
const FAILING_FROM = 3;

function accountObstacles(account: WaitingAccount, { now }: WaitingFacts): readonly Obstacle[] {
  const { state, failures, heldBy, asksSince, breakerOpenSince, breakerHeldUntil } = account;
  const found: Obstacle[] = [];
  if (state === 'paused') found.push({ code: 'account_paused', until: null });
  if (failures >= FAILING_FROM) found.push({ code: 'worker_failing', until: null });
  if (heldBy === null) found.push({ code: 'no_worker', until: null });
  if (breakerOpenSince !== null) found.push({ code: 'breaker_open', until: null });
  if (breakerHeldUntil !== null && isBefore(now, breakerHeldUntil))
    found.push({ code: 'throttled', until: breakerHeldUntil });
  if (asksSince !== null) found.push({ code: 'asking_gateway', until: askedAt(account, asksSince, now) });
  return found;
}

/** One question for each number, as fast as the account may ask; it may take longer where there is more than one page to read. */
function askedAt({ numbers, ratePerSecond }: WaitingAccount, since: Instant, now: Instant): Instant {
  const expected = addMs(since, Math.ceil((numbers / ratePerSecond) * SECOND_MS));
  const soon = addMs(now, SECOND_MS);
  return isBefore(expected, soon) ? soon : expected;
}

function ownObstacles(lane: UsedLane, { now }: WaitingFacts): readonly Obstacle[] {
  const midnight = nextMidnight(lane.zone, now);
  const found: Obstacle[] = [];
  // A worker ends a pause whose time is over in its next turn.
  if (lane.state === 'paused' && (lane.pausedUntil === null || isBefore(now, lane.pausedUntil)))
    found.push({ code: 'numbers_paused', until: lane.pausedUntil });
  if (lane.usedToday >= lane.dailyCap) found.push({ code: 'daily_cap', until: midnight });
  if (lane.partsPerDay !== null && lane.partsToday >= lane.partsPerDay)
    found.push({ code: 'daily_parts', until: midnight });
  return found;
}
