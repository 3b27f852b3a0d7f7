import type { SendingState } from '../business/business.ts';
import { hoursOf, type SendingPolicy } from '../business/sending-policy.ts';
import { nextOpening, openUntil } from '../compliance/quiet-hours.ts';
import { nextMidnight } from '../platform/calendar.ts';
import { addMs, HOUR_MS, type Instant, isBefore, msBetween } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import type { UsedLane } from './expected-finish.ts';
import { localTime } from './local-time.ts';
import type { PeopleAt } from './people-at.ts';
import { isPointless } from './sending-options.ts';

/**
 * What a running campaign waits for. Every campaign that makes no progress has exactly one of these: the first thing that stands in
 * its way, in the order in which a person would mend it.
 */
export interface Waiting {
  readonly code: WaitingCode;
  /** For the campaign's page: "Quiet hours: goes on at Wed 08:00 EST with the first 7 people". */
  readonly sentence: string;
  /** For a table cell: "quiet hours until Wed 08:00 EST". */
  readonly short: string;
  readonly since: Instant | null;
  /** When it goes on by itself; null when that is not known or a person must act. */
  readonly until: Instant | null;
  /** Where a person can safely end the waiting. `link` is a page of the web app. */
  readonly action: { readonly label: string; readonly link: string } | null;
}

export type WaitingCode =
  | 'paused'
  | 'pointless'
  | 'sending_paused'
  | 'account_paused'
  | 'worker_failing'
  | 'no_worker'
  | 'breaker_open'
  | 'numbers_off'
  | 'numbers_paused'
  | 'settling'
  | 'hours'
  | 'daily_cap'
  | 'put_off'
  | 'pace'
  | 'priority'
  | 'stalled';

export interface WaitingAccount {
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'paused';
  readonly stateReason: string | null;
  readonly ratePerSecond: number;
  /** The worker whose lease is valid. */
  readonly heldBy: string | null;
  readonly leaseUntil: Instant | null;
  readonly breakerOpenSince: Instant | null;
  readonly breakerDetail: string | null;
  /** Times in a row that its holder stopped by itself. */
  readonly failures: number;
  readonly failure: string | null;
}

export interface WaitingFacts {
  readonly campaign: Campaign;
  readonly lanes: readonly UsedLane[];
  readonly accounts: readonly WaitingAccount[];
  readonly sending: SendingState;
  readonly groups: readonly PeopleAt[];
  readonly policy: SendingPolicy;
  /** When the next of those who wait is due; null when some are now. */
  readonly dueAt: Instant | null;
  /** When its pace lets the next text begin; null when it does. */
  readonly paceUntil: Instant | null;
  /** When the campaign was launched, edited or resumed last. */
  readonly changedAt: Instant;
  /** The newest text of the campaign that was handed over. */
  readonly lastSentAt: Instant | null;
  /** Running campaigns of smaller priority number with people who wait, on its accounts. */
  readonly before: readonly string[];
  /** Of the business: times are told in it. */
  readonly zone: string;
  readonly now: Instant;
  /** Clock milliseconds without a text after which one that nothing stands in the way of counts as stalled. */
  readonly stalledAfterMs: number;
}

const NUMBERS = '/settings/numbers';
/** A holder that failed once is replaced in a moment. */
const FAILING_FROM = 3;

export function waitingFor(at: WaitingFacts): Waiting | null {
  const { campaign } = at;
  if (campaign.state === 'paused')
    return waits({ code: 'paused', sentence: pausedSentence(campaign.stateReason), short: 'paused' });
  if (campaign.state !== 'running') return null;
  return pointless(at) ?? switchedOff(at) ?? accountsWait(at) ?? numbersWait(at) ?? peopleWait(at) ?? turnWaits(at);
}

const waits = (fields: Pick<Waiting, 'code' | 'sentence' | 'short'> & Partial<Waiting>): Waiting => ({
  since: null,
  until: null,
  action: null,
  ...fields,
});

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
  });
}

function switchedOff({ sending }: WaitingFacts): Waiting | null {
  if (sending.state !== 'paused') return null;
  return waits({
    code: 'sending_paused',
    sentence: `Sending is paused everywhere: ${sending.reason}`,
    short: 'sending is paused everywhere',
    since: sending.since,
    action: { label: 'Resume sending', link: '/' },
  });
}

function accountsWait(at: WaitingFacts): Waiting | null {
  const { accounts } = at;
  const ready = accounts.filter((account) => account.state === 'active');
  const [paused] = accounts.filter((account) => account.state === 'paused');
  if (ready.length === 0 && paused !== undefined)
    return waits({
      code: 'account_paused',
      sentence: `Account ${paused.name} is paused: ${paused.stateReason}`,
      short: `account ${paused.name} is paused`,
      action: { label: 'See the account', link: NUMBERS },
    });
  const [failing] = ready.filter((account) => account.failures >= FAILING_FROM);
  if (failing !== undefined && ready.every((account) => account.failures >= FAILING_FROM))
    return waits({
      code: 'worker_failing',
      sentence: `The worker of account ${failing.name} stopped ${failing.failures} times in a row: ${failing.failure}. Nothing is sent twice; the worker's log says more`,
      short: 'its worker stops again and again',
    });
  if (ready.every((account) => account.heldBy === null))
    return waits({
      code: 'no_worker',
      sentence: 'No worker sends for this account right now; one takes over within seconds, if one runs',
      short: 'no worker sends',
    });
  const [broken] = ready.filter((account) => account.breakerOpenSince !== null);
  if (broken !== undefined && ready.every((account) => account.breakerOpenSince !== null))
    return waits({
      code: 'breaker_open',
      sentence: `The gateway of account ${broken.name} fails since ${localTime(broken.breakerOpenSince ?? at.now, at.zone)}: ${broken.breakerDetail}. It is asked every minute, and sending goes on when it answers`,
      short: `gateway fails since ${localTime(broken.breakerOpenSince ?? at.now, at.zone)}`,
      since: broken.breakerOpenSince,
      action: { label: 'See the account', link: NUMBERS },
    });
  return null;
}

/** Lanes that may hand over, draining ones too. */
const sends = (lane: UsedLane): boolean => lane.state !== 'off' && lane.state !== 'paused';

function numbersWait(at: WaitingFacts): Waiting | null {
  const { lanes } = at;
  const action = { label: 'See the numbers', link: NUMBERS };
  if (lanes.every((lane) => lane.state === 'off'))
    return waits({
      code: 'numbers_off',
      sentence: `No number can send: ${switchOnSentence(lanes)}`,
      short: 'no number can send',
      action,
    });
  if (lanes.some(sends)) return null;
  const ends = lanes.flatMap((lane) => (lane.pausedUntil === null ? [] : [lane.pausedUntil]));
  return waits({
    code: 'numbers_paused',
    sentence: `No number can send: ${lanes.map((lane) => `${lane.name} is ${lane.state} (${lane.stateReason ?? 'no reason given'})`).join('; ')}`,
    short: 'no number can send',
    until: earliest(ends),
    action,
  });
}

function peopleWait(at: WaitingFacts): Waiting | null {
  const { campaign, groups, policy, now, zone } = at;
  const { pending, unknown } = campaign.totals;
  if (pending === 0)
    return unknown === 0
      ? null
      : waits({
          code: 'settling',
          sentence: `Asking the gateway about ${unknown === 1 ? '1 text' : `${unknown} texts`} whose answer was lost`,
          short: `settling ${unknown} unknown`,
          action: { label: 'See who', link: `/campaigns/${campaign.id}/people?state=unknown` },
        });
  if (groups.every((group) => openUntil(group, hoursOf(policy, campaign), now) === undefined)) return closed(at);
  const active = at.lanes.filter(sends);
  if (active.every((lane) => lane.usedToday >= lane.dailyCap)) return capped(at, active);
  if (at.dueAt !== null)
    return waits({
      code: 'put_off',
      sentence: `Everyone who waits had ${policy.messagesPerDay} campaign texts in 24 hours, or was put off by the gateway: goes on at ${localTime(at.dueAt, zone)}`,
      short: `put off until ${localTime(at.dueAt, zone)}`,
      until: at.dueAt,
    });
  if (at.paceUntil !== null)
    return waits({
      code: 'pace',
      sentence: `The pace of this campaign is used up: goes on at ${localTime(at.paceUntil, zone)}`,
      short: `its pace until ${localTime(at.paceUntil, zone)}`,
      until: at.paceUntil,
    });
  return null;
}

/** Nothing stands in the way; is it on its way? */
function turnWaits(at: WaitingFacts): Waiting | null {
  const { campaign, now } = at;
  const since = at.lastSentAt === null || isBefore(at.lastSentAt, at.changedAt) ? at.changedAt : at.lastSentAt;
  if (campaign.totals.pending === 0 || msBetween(since, now) < at.stalledAfterMs) return null;
  const [first] = at.before;
  if (first !== undefined)
    return waits({
      code: 'priority',
      sentence: `Campaigns of higher priority go first: ${at.before.map((name) => `"${name}"`).join(', ')}`,
      short: `after "${first}"`,
      since,
    });
  const [account] = at.accounts.filter((one) => one.heldBy !== null);
  const lease =
    account?.leaseUntil == null
      ? ''
      : `; another takes over when its lease ends at ${localTime(account.leaseUntil, at.zone)}`;
  return waits({
    code: 'stalled',
    sentence: `Nothing stands in the way, but worker ${account?.heldBy ?? ''} has handed over nothing since ${localTime(since, at.zone)}: look at its log or restart it${lease}. Restarting is safe: nobody is texted twice`,
    short: `nothing sent since ${localTime(since, at.zone)}`,
    since,
  });
}

/** "its only number is switched off; switch +16175550100 (Office) on under Settings, Numbers" */
export function switchOnSentence(lanes: readonly { readonly phone: string; readonly name: string }[]): string {
  const [first] = lanes;
  if (first === undefined) return 'it has no number';
  return lanes.length === 1
    ? `its only number is switched off; switch ${first.phone} (${first.name}) on under Settings, Numbers`
    : `all ${lanes.length} numbers are switched off; switch one on under Settings, Numbers, for example ${first.phone} (${first.name})`;
}

function closed(at: WaitingFacts): Waiting {
  const opening = firstOpening(at, at.now);
  if (opening === undefined)
    return waits({
      code: 'hours',
      sentence: 'The send window never opens for the people who wait: their time zones do not overlap in it',
      short: 'the hours never open',
    });
  const goesOn = localTime(opening.at, at.zone);
  return waits({
    code: 'hours',
    sentence: `Quiet hours: goes on at ${goesOn} with the first ${opening.people} people`,
    short: `quiet hours until ${goesOn}`,
    until: opening.at,
  });
}

/** The caps begin anew at midnight, but nobody is texted before the window opens. */
function capped(at: WaitingFacts, active: readonly UsedLane[]): Waiting {
  const midnight = earliest(active.map((lane) => nextMidnight(lane.zone, at.now))) ?? at.now;
  const until = firstOpening(at, midnight)?.at ?? midnight;
  const [only] = active;
  const which =
    active.length === 1 && only !== undefined
      ? `The daily cap of ${only.name} (${only.dailyCap}) is used up`
      : 'The daily cap of every number is used up';
  return waits({
    code: 'daily_cap',
    sentence: `${which}: goes on at ${localTime(until, at.zone)}`,
    short: `caps used until ${localTime(until, at.zone)}`,
    until,
    action: { label: 'See the numbers', link: NUMBERS },
  });
}

const earliest = (instants: readonly Instant[]): Instant | null =>
  instants.reduce<Instant | null>((first, at) => (first === null || isBefore(at, first) ? at : first), null);

/** The first instant from `from` on at which somebody who waits may be texted, and how many then. */
function firstOpening(
  { campaign, groups, policy }: WaitingFacts,
  from: Instant,
): { readonly at: Instant; readonly people: number } | undefined {
  const openings = groups.flatMap((group) => {
    const opensAt = nextOpening(group, hoursOf(policy, campaign), from);
    return opensAt === undefined ? [] : [{ at: opensAt, people: group.people }];
  });
  const [first] = openings.toSorted((a, b) => a.at.epochMilliseconds - b.at.epochMilliseconds);
  if (first === undefined) return undefined;
  const together = openings.filter((opening) => opening.at.equals(first.at));
  return { at: first.at, people: together.reduce((sum, opening) => sum + opening.people, 0) };
}

/** When a pace that is used up begins anew; null when it lets the next text begin. */
export function paceUntil(
  limits: { readonly maxPerHour: number | null; readonly maxPerDay: number | null; readonly finishBy: Instant | null },
  used: {
    readonly hourStart: Instant;
    readonly hourTexts: number;
    readonly day: string;
    readonly dayTexts: number;
    readonly nextAt: Instant;
  },
  at: { readonly now: Instant; readonly day: string; readonly midnight: Instant },
): Instant | null {
  const { maxPerHour, maxPerDay, finishBy } = limits;
  if (maxPerDay !== null && used.day === at.day && used.dayTexts >= maxPerDay) return at.midnight;
  const hourEnds = addMs(used.hourStart, HOUR_MS);
  if (maxPerHour !== null && isBefore(at.now, hourEnds) && used.hourTexts >= maxPerHour) return hourEnds;
  return finishBy !== null && isBefore(at.now, used.nextAt) ? used.nextAt : null;
}
