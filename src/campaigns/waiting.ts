import { TEXT_LENGTH_MAX } from '../messages/sendable-text.ts';
import { nextMidnight } from '../platform/calendar.ts';
import { addMs, HOUR_MS, type Instant, isBefore, msBetween } from '../platform/time.ts';
import { localTime } from './local-time.ts';
import { asksWhatBecomes, isPointless } from './sending-options.ts';
import { tellLanes } from './tell-lanes.ts';
import {
  answerQuestion,
  editSending,
  openNumber,
  RESUME_SENDING,
  resumeCampaign,
  SEE_WORKERS,
  seePeople,
} from './waiting-actions.ts';
import { type Waiting, type WaitingFacts, waits } from './waiting-facts.ts';
import { lanesWaits } from './waiting-lanes.ts';
import { type FreeQueue, peopleWait } from './waiting-people.ts';

export function waitingFor(at: WaitingFacts): Waiting | null {
  const { campaign } = at;
  if (campaign.state === 'paused')
    return waits({
      code: 'paused',
      sentence: pausedSentence(campaign.stateReason),
      short: 'paused',
      action: asksWhatBecomes(campaign) ? answerQuestion(campaign.id) : resumeCampaign(campaign.id),
    });
  if (campaign.state !== 'running') return null;
  const first = pointless(at) ?? switchedOff(at);
  if (first !== null) return first;
  if (campaign.totals.pending === 0) return settling(at);
  const people = peopleWait(at);
  return 'code' in people ? people : (paced(at) ?? turnWaits(people, at));
}

const pausedSentence = (reason: string | null): string => `Paused: ${reason ?? 'by a person'}`;

/** For a moment, until a worker has done it; for as long as no worker runs. */
function pointless({ campaign, zone, now }: WaitingFacts): Waiting | null {
  const after = campaign.pointless?.after ?? null;
  if (after === null || campaign.totals.pending === 0 || !isPointless(campaign, now)) return null;
  const { pending } = campaign.totals;
  const done =
    campaign.pointless?.action === 'drop'
      ? `a worker takes the ${pending} people off the list who still wait`
      : `a worker pauses it and asks you what becomes of the ${pending} people who still wait`;
  return waits({
    code: 'pointless',
    sentence: `Its texts are pointless since ${localTime(after, zone)}: ${done}`,
    short: `pointless since ${localTime(after, zone)}`,
    since: after,
    action: editSending(campaign.id, 'Change when they are pointless'),
  });
}

function switchedOff({ sending }: WaitingFacts): Waiting | null {
  if (sending.state !== 'paused') return null;
  return waits({
    code: 'sending_paused',
    sentence: `Sending is paused everywhere: ${sending.reason}`,
    short: 'sending is paused everywhere',
    since: sending.since,
    action: RESUME_SENDING,
  });
}

/** Without a worker nothing goes on: what is with the gateway is not recorded, and what is over is not closed. */
const NEEDS_A_WORKER: readonly string[] = ['worker_failing', 'no_worker'];
/** Whatever keeps a worker from asking the gateway comes first. */
const KEEPS_FROM_ASKING: readonly string[] = [...NEEDS_A_WORKER, 'breaker_open', 'throttled', 'asking_gateway'];

/** Nobody waits for a text any more. */
function settling(at: WaitingFacts): Waiting | null {
  const { id, totals } = at.campaign;
  const { unknown, handingOver } = totals;
  // Of a paused account they are recorded and asked about all the same.
  const accounts = at.accounts.map((account) => ({ ...account, state: 'active' }) as const);
  const waitOf = lanesWaits({ ...at, accounts });
  // What is out may be with any account: one without a worker is enough to keep it there.
  const alone =
    unknown + handingOver === 0
      ? undefined
      : [...Map.groupBy(at.lanes, ({ accountId }) => accountId).values()]
          .map(waitOf)
          .find((wait) => wait !== undefined && NEEDS_A_WORKER.includes(wait.code));
  const numbers = alone ?? waitOf(at.lanes);
  if (numbers !== undefined && (unknown === 0 ? NEEDS_A_WORKER : KEEPS_FROM_ASKING).includes(numbers.code))
    return tellLanes(numbers, { goesOnAt: numbers.until, people: undefined, knowNoOther: false }, at);
  if (unknown === 0) return null;
  return waits({
    code: 'settling',
    sentence: `Asking the gateway about ${unknown === 1 ? '1 text' : `${unknown} texts`} whose answer was lost`,
    short: `settling ${unknown} unknown`,
    action: seePeople(id, 'state=unknown'),
  });
}

function paced({ campaign, paceUntil: until, zone, now }: WaitingFacts): Waiting | null {
  if (until === null || !isBefore(now, until)) return null;
  return waits({
    code: 'pace',
    sentence: `The pace of this campaign is used up: goes on at ${localTime(until, zone)}`,
    short: `its pace until ${localTime(until, zone)}`,
    until,
    action: editSending(campaign.id, 'Change its pace'),
  });
}

/** Nothing stands in the way; is it on its way? */
function turnWaits(free: readonly FreeQueue[], at: WaitingFacts): Waiting | null {
  const since = goesSince(free, at);
  if (msBetween(since, at.now) < at.stalledAfterMs) return null;
  const [first] = at.before;
  if (first !== undefined)
    return waits({
      code: 'priority',
      sentence: `Campaigns of higher priority go first: ${at.before.map((name) => `"${name}"`).join(', ')}`,
      short: `after "${first}"`,
      since,
      action: editSending(at.campaign.id, 'Change its priority'),
    });
  return fewParts(free, since, at) ?? stalled(free, since, at);
}

/** The newest text, or whatever came after it that let the next one go out. */
function goesSince(free: readonly FreeQueue[], at: WaitingFacts): Instant {
  const asked = accountsOf(free, at).flatMap(({ breakerHeldUntil }) => breakerHeldUntil ?? []);
  const resumed = free.flatMap(({ lanes }) => lanes.flatMap(({ pausedUntil }) => pausedUntil ?? []));
  const due = free.map(({ since }) => since).toSorted((a, b) => msBetween(b, a))[0];
  return [at.lastSentAt, at.paceUntil, due, ...asked, ...resumed].reduce<Instant>(
    (newest, one) => (one != null && isBefore(newest, one) ? one : newest),
    at.changedAt,
  );
}

const accountsOf = (free: readonly FreeQueue[], at: WaitingFacts): WaitingFacts['accounts'] =>
  at.accounts.filter(({ id }) => free.some(({ lanes }) => lanes.some(({ accountId }) => accountId === id)));

/** Of the longest text that a gateway takes, in UCS-2. */
const PARTS_OF_TEXT_MAX = Math.ceil(TEXT_LENGTH_MAX / 67);

/** Who needs more message parts than their numbers have left today is passed over by the claim. */
function fewParts(free: readonly FreeQueue[], since: Instant, { zone, now }: WaitingFacts): Waiting | null {
  const lanes = free.flatMap((queue) => queue.lanes);
  const [first] = lanes;
  const left = ({ partsPerDay, partsToday }: (typeof lanes)[number]): number =>
    (partsPerDay ?? Number.POSITIVE_INFINITY) - partsToday;
  if (first === undefined || lanes.some((lane) => left(lane) >= PARTS_OF_TEXT_MAX)) return null;
  const until = nextMidnight(first.zone, now);
  return waits({
    code: 'daily_parts',
    sentence: `Only ${left(first)} of the ${first.partsPerDay} message parts a day of ${first.name} are left, and nothing went out since ${localTime(since, zone)}: texts that need more wait for its next day, from ${localTime(until, zone)}`,
    short: `few message parts until ${localTime(until, zone)}`,
    since,
    until,
    action: openNumber(lanes, 'Change its limit'),
  });
}

function stalled(free: readonly FreeQueue[], since: Instant, at: WaitingFacts): Waiting {
  const [account] = accountsOf(free, at);
  const lease =
    account?.leaseUntil == null
      ? ''
      : `; another takes over when its lease ends at ${localTime(account.leaseUntil, at.zone)}`;
  return waits({
    code: 'stalled',
    sentence: `Nothing stands in the way, but worker ${account?.heldBy ?? ''} has handed over nothing since ${localTime(since, at.zone)}: look at its log or restart it${lease}. Restarting is safe: nobody is texted twice`,
    short: `nothing sent since ${localTime(since, at.zone)}`,
    since,
    action: SEE_WORKERS,
  });
}

/** When a pace that was used up begins anew, also when that was some time ago; null when the day and the hour had room. */
export function paceUntil(
  limits: { readonly maxPerHour: number | null; readonly maxPerDay: number | null; readonly finishBy: Instant | null },
  used: {
    readonly hourStart: Instant;
    readonly hourTexts: number;
    readonly day: string;
    readonly dayTexts: number;
    readonly nextAt: Instant;
  },
  at: { readonly day: string; readonly midnight: Instant },
): Instant | null {
  const { maxPerHour, maxPerDay, finishBy } = limits;
  if (maxPerDay !== null && used.day === at.day && used.dayTexts >= maxPerDay) return at.midnight;
  const hourEnds = maxPerHour !== null && used.hourTexts >= maxPerHour ? addMs(used.hourStart, HOUR_MS) : null;
  const nextAt = finishBy === null ? null : used.nextAt;
  return hourEnds !== null && nextAt !== null && isBefore(hourEnds, nextAt) ? nextAt : (hourEnds ?? nextAt);
}
