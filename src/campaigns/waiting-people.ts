import type { Uuid } from '../platform/ids.ts';
import { type Instant, instantFromMs } from '../platform/time.ts';
import { usableFrom } from './forecast-play.ts';
import { localTime } from './local-time.ts';
import { tellLanes } from './tell-lanes.ts';
import type { UsedLane } from './used-lane-store.ts';
import { editSending, MAKE_DNC_LIST, openDncList, seePeople } from './waiting-actions.ts';
import { byEnd, type Waiting, type WaitingFacts, type WaitingQueue, waits } from './waiting-facts.ts';
import { type LanesWait, type LanesWaits, lanesWaits, servingLanes } from './waiting-lanes.ts';

/** What the people of one queue wait for. */
interface QueueWait {
  readonly code: LanesWait['code'] | 'hours' | 'put_off';
  /** When the first of them is texted; null when that is up to a person, or not known. */
  readonly until: Instant | null;
  /** They are due and their hours are open. */
  readonly held: boolean;
  readonly queue: WaitingQueue;
  readonly numbers: LanesWait | undefined;
}

/** A queue that nothing stands in the way of, and since when. */
export interface FreeQueue {
  readonly since: Instant;
  readonly lanes: readonly UsedLane[];
}

/** What keeps everybody waiting, or the queues from which people could be texted now. */
export function peopleWait(at: WaitingFacts): Waiting | readonly FreeQueue[] {
  const waitOf = lanesWaits(at);
  // Judged once for all groups of hours.
  const found = [...Map.groupBy(at.queues, ({ laneId }) => laneId)].flatMap(([laneId, queues]) => {
    const serving = servingOf(laneId, waitOf, at);
    return queues.map((queue) => queueWait(queue, serving, at));
  });
  const free = found.filter((one) => 'since' in one);
  const held = found.filter((one) => 'code' in one).toSorted(byEnd);
  const [first] = held;
  return free.length > 0 || first === undefined ? free : tell(first, { all: held, waitOf }, at);
}

interface Serving {
  readonly numbers: LanesWait | undefined;
  /** Those that can hand over. */
  readonly free: readonly UsedLane[];
}

function servingOf(laneId: Uuid | null, waitOf: LanesWaits, at: WaitingFacts): Serving {
  const lanes = servingLanes(laneId, at.lanes);
  return { numbers: waitOf(lanes), free: lanes.filter((lane) => waitOf([lane]) === undefined) };
}

function queueWait(queue: WaitingQueue, { numbers, free }: Serving, at: WaitingFacts): QueueWait | FreeQueue {
  const nowMs = at.now.epochMilliseconds;
  const spans = at.spansOf(queue.zoneGroup, at.campaign);
  /** The first instant from then on at which these people's hours are open. */
  const opens = (fromMs: number): number => {
    const span = usableFrom(spans, fromMs, at.marginMs);
    return span === undefined ? Number.POSITIVE_INFINITY : Math.max(span.opensMs, fromMs);
  };
  const dueMs = Math.max(nowMs, queue.dueAt.epochMilliseconds);
  const held = opens(nowMs) === nowMs && dueMs === nowMs;
  if (numbers !== undefined && numbers.until === null) return { code: numbers.code, until: null, held, queue, numbers };
  const sendsMs = Math.max(nowMs, numbers?.until?.epochMilliseconds ?? nowMs);
  const goesOnMs = opens(Math.max(dueMs, sendsMs));
  if (goesOnMs === nowMs) return { since: freeSince(queue, at), lanes: free };
  const until = Number.isFinite(goesOnMs) ? instantFromMs(goesOnMs) : null;
  // What alone explains it, is it.
  if (opens(nowMs) === goesOnMs) return { code: 'hours', until, held, queue, numbers };
  if (numbers !== undefined && opens(sendsMs) === goesOnMs) return { code: numbers.code, until, held, queue, numbers };
  return { code: 'put_off', until, held, queue, numbers };
}

/** Since they are due and their hours are open. */
function freeSince({ zoneGroup, dueAt }: WaitingQueue, at: WaitingFacts): Instant {
  const span = usableFrom(at.spansOf(zoneGroup, at.campaign), at.now.epochMilliseconds, at.marginMs);
  return instantFromMs(Math.max(span?.opensMs ?? 0, dueAt.epochMilliseconds));
}

function tell(
  first: QueueWait,
  { all, waitOf }: { readonly all: readonly QueueWait[]; readonly waitOf: LanesWaits },
  at: WaitingFacts,
): Waiting {
  const { code, until: goesOnAt, numbers } = first;
  const same = all.filter((one) => one.code === code);
  const together = same.filter((one) => endMs(one) === endMs(first));
  const queues = together.map(({ queue }) => queue);
  const held = { goesOnAt, people: peopleOf(queues, at), forAll: same.length === all.length };
  if (code === 'hours') return hoursWords(held, at);
  if (code === 'put_off' || numbers === undefined) return listWords(at) ?? putOffWords(held, at);
  const lanes = at.lanes.filter(({ id }) => together.some((one) => one.numbers?.lanes.some((lane) => lane.id === id)));
  const knowNoOther =
    queues.every(({ laneId }) => lanes.some(({ id }) => id === laneId)) &&
    at.lanes.some((lane) => lane.state !== 'off' && waitOf([lane]) === undefined);
  return tellLanes({ ...numbers, lanes }, { ...held, knowNoOther }, at);
}

/** Numbers are back for everybody at once, hours open for some after the others. */
const endMs = ({ code, until, numbers }: QueueWait): number | undefined =>
  (code === 'hours' ? until : numbers?.until)?.epochMilliseconds;

/** People of these queues; undefined when others of the same hours are counted with them. */
function peopleOf(queues: readonly WaitingQueue[], { groups, queues: all }: WaitingFacts): number | undefined {
  const zoneGroups = new Set(queues.map(({ zoneGroup }) => zoneGroup));
  const others = all.some((queue) => zoneGroups.has(queue.zoneGroup) && !queues.includes(queue));
  if (others) return undefined;
  return groups.reduce((sum, { zoneGroup, people }) => sum + (zoneGroups.has(zoneGroup) ? people : 0), 0);
}

interface Held {
  readonly goesOnAt: Instant | null;
  readonly people: number | undefined;
  /** Nobody waits for anything else. */
  readonly forAll: boolean;
}

function hoursWords({ goesOnAt, forAll, people }: Held, at: WaitingFacts): Waiting {
  if (goesOnAt === null)
    return waits({
      code: 'hours',
      sentence: 'The send window never opens for the people who wait: their time zones do not overlap in it',
      short: 'the hours never open',
      action: editSending(at.campaign.id, 'Change its hours'),
    });
  const goesOn = localTime(goesOnAt, at.zone);
  const first = people === undefined ? 'people' : people === 1 ? 'person' : `${people} people`;
  return waits({
    code: 'hours',
    sentence: `Quiet hours: goes on at ${goesOn} with the first ${first}${forAll ? '' : '; everyone else waits longer'}`,
    short: `quiet hours until ${goesOn}`,
    until: goesOnAt,
  });
}

/** What a person can end is told before what ends by itself. */
function listWords({ listWait, campaign }: WaitingFacts): Waiting | undefined {
  if (listWait === null) return undefined;
  const { people, list, hasNational } = listWait;
  const who = people === 1 ? '1 person waits' : `${people} people wait`;
  if (list === null && !hasNational)
    return waits({
      code: 'do_not_call_stale',
      sentence: `There is no list of the national do-not-call registry: ${who} for one, since nobody knows whether they are on it`,
      short: 'a do-not-call list',
      action: MAKE_DNC_LIST,
    });
  const name = list === null ? 'do-not-call list' : `do-not-call list "${list.name}"`;
  return waits({
    code: 'do_not_call_stale',
    sentence: `The ${name} is older than the law allows: ${who} for a newer file, since nobody knows whether they are on it`,
    short: 'a newer do-not-call list',
    action: list === null ? seePeople(campaign.id, 'waits=put_off') : openDncList(list.id),
  });
}

/** Some may have met the frequency cap and others been put off by the gateway: it is one time for all of them. */
function putOffWords({ goesOnAt, forAll }: Held, at: WaitingFacts): Waiting {
  const goesOn = localTime(goesOnAt ?? at.now, at.zone);
  const who = forAll ? 'Everyone who waits' : 'Whoever could be texted first';
  return waits({
    code: 'put_off',
    sentence: `${who} had ${at.policy.messagesPerDay} campaign texts in 24 hours, or was put off by the gateway: goes on at ${goesOn}`,
    short: `put off until ${goesOn}`,
    until: goesOnAt,
    action: seePeople(at.campaign.id, 'waits=put_off'),
  });
}
