import type { SendingState } from '../business/business.ts';
import { getBusiness, getSending, getSendingPolicy } from '../business/business-store.ts';
import { hoursOf, type SendingPolicy } from '../business/sending-policy.ts';
import { nextOpening, openUntil } from '../compliance/quiet-hours.ts';
import { parseZoneGroupKey } from '../contacts/zones.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import { nextMidnight } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import { addMs, type Instant, isBefore, MINUTE_MS } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import { lookAhead, type PeopleAt } from './campaign-hours.ts';
import { expectedFinish, readUsedLanes, readWaitingGroups, type UsedLane } from './expected-finish.ts';
import {
  type CampaignAccount,
  campaignAccounts,
  campaignHours,
  failureCounts,
  type LiveReply,
  latestReplies,
  nextDueAt,
  sentSince,
  skipCounts,
} from './live-store.ts';

export interface LiveCampaign {
  readonly campaign: Campaign;
  /** Why nothing goes out now, in a sentence. */
  readonly waitingFor: string | null;
  readonly expectedFinishAt: Instant | null;
  readonly ratePerMinute: number;
  readonly lanes: readonly UsedLane[];
  readonly failures: readonly {
    readonly code: string;
    readonly sentence: string;
    readonly remedy: string;
    readonly count: number;
  }[];
  readonly skips: readonly { readonly reason: string; readonly sentence: string; readonly count: number }[];
  readonly replies: readonly LiveReply[];
  readonly perHour: Awaited<ReturnType<typeof campaignHours>>;
  readonly asOf: Instant;
}

const RATE_MINUTES = 10;
const REPLIES_SHOWN = 20;

export async function readLiveCampaign(db: Db, clock: Clock, campaign: Campaign): Promise<LiveCampaign> {
  const now = clock.now();
  const [allLanes, waiting, accounts, sending, business, policy, dueAt, sent, failures, skips, replies, perHour] =
    await Promise.all([
      readUsedLanes(db, now),
      readWaitingGroups(db, [campaign.id]),
      campaignAccounts(db, campaign.id, now),
      getSending(db),
      getBusiness(db),
      getSendingPolicy(db),
      campaign.state === 'running' && campaign.totals.pending > 0 ? nextDueAt(db, campaign.id, now) : null,
      sentSince(db, campaign.id, addMs(now, -RATE_MINUTES * MINUTE_MS)),
      failureCounts(db, campaign.id),
      skipCounts(db, campaign.id),
      latestReplies(db, campaign.id, REPLIES_SHOWN),
      campaignHours(db, campaign.id),
    ]);
  const lanes = allLanes.filter((lane) => campaign.laneIds.includes(lane.id));
  const groups = waiting.get(campaign.id) ?? [];
  return {
    campaign,
    waitingFor: waitingFor({ campaign, lanes, accounts, sending, groups, policy, dueAt, zone: business.zone, now }),
    expectedFinishAt: expectedFinish(campaign, {
      ahead: lookAhead(business.zone, now, policy),
      sending,
      accounts,
      lanes,
      groups,
    }),
    ratePerMinute: sent / RATE_MINUTES,
    lanes,
    failures: failures.map(({ code, count }) => ({ code, count, ...sentenceFor(code) })),
    skips: skips.map(({ reason, count }) => ({ reason, count, sentence: sentenceFor(reason).sentence })),
    replies,
    perHour,
    asOf: now,
  };
}

interface Situation {
  readonly campaign: Campaign;
  readonly lanes: readonly UsedLane[];
  readonly accounts: readonly CampaignAccount[];
  readonly groups: readonly PeopleAt[];
  readonly policy: SendingPolicy;
  /** When the next of those who wait is due; null when some are now. */
  readonly dueAt: Instant | null;
  readonly zone: string;
  readonly now: Instant;
}

/** The first thing that stands in the way, in the order in which a person would mend it. */
export function waitingFor(at: Situation & { readonly sending: SendingState }): string | null {
  const { campaign, lanes, accounts, sending, groups, policy, now } = at;
  if (campaign.state !== 'running')
    return campaign.state === 'paused' ? `Paused: ${campaign.stateReason ?? 'by a person'}` : null;
  if (sending.state === 'paused') return `Sending is paused everywhere: ${sending.reason}`;
  const pausedAccount = accounts.find((account) => account.state === 'paused');
  if (accounts.length > 0 && accounts.every((account) => account.state === 'paused'))
    return `Account ${pausedAccount?.name ?? ''} is paused: ${pausedAccount?.stateReason ?? ''}`;
  if (accounts.every((account) => !account.held))
    return 'No worker sends for this account right now; one takes over within seconds';
  const active = lanes.filter((lane) => lane.state === 'active');
  if (lanes.every((lane) => lane.state === 'off')) return `No number can send: ${switchOnSentence(lanes)}`;
  if (active.length === 0)
    return `No number can send: ${lanes.map((lane) => `${lane.name} is ${lane.state} (${lane.stateReason ?? 'no reason given'})`).join('; ')}`;
  if (campaign.totals.pending === 0)
    return campaign.totals.unknown > 0
      ? `Asking the gateway about ${campaign.totals.unknown} texts whose answer was lost`
      : null;
  if (groups.every((group) => openUntil(group, hoursOf(policy, campaign), now) === undefined))
    return closedSentence(at);
  if (active.every((lane) => lane.usedToday >= lane.dailyCap)) return capSentence(at, active);
  if (at.dueAt !== null)
    return `Everyone who waits had ${policy.messagesPerDay} campaign texts in 24 hours, or was put off by the gateway: goes on at ${localTime(at.dueAt, at.zone)}`;
  return null;
}

/** "its only number is switched off; switch +16175550100 (Office) on under Settings, Numbers" */
export function switchOnSentence(lanes: readonly { readonly phone: string; readonly name: string }[]): string {
  const [first] = lanes;
  if (first === undefined) return 'it has no number';
  return lanes.length === 1
    ? `its only number is switched off; switch ${first.phone} (${first.name}) on under Settings, Numbers`
    : `all ${lanes.length} numbers are switched off; switch one on under Settings, Numbers, for example ${first.phone} (${first.name})`;
}

function closedSentence(at: Situation): string {
  const opening = firstOpening(at, at.now);
  return opening === undefined
    ? 'The send window never opens for the people who wait: their time zones do not overlap in it'
    : `Quiet hours: goes on at ${localTime(opening.at, at.zone)} with the first ${opening.people} people`;
}

/** The caps begin anew at midnight, but nobody is texted before the window opens. */
function capSentence(at: Situation, active: readonly UsedLane[]): string {
  const midnight = active
    .map((lane) => nextMidnight(lane.zone, at.now))
    .reduce((first, other) => (isBefore(other, first) ? other : first));
  const goesOn = firstOpening(at, midnight)?.at ?? midnight;
  return `The daily cap of every number is used up: goes on at ${localTime(goesOn, at.zone)}`;
}

/** The first instant from `from` on at which somebody who waits may be texted, and how many then. */
function firstOpening(
  { campaign, groups, policy }: Situation,
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

export interface WaitingAt {
  readonly campaign: Campaign;
  readonly policy: SendingPolicy;
  /** Of the business: times are told in it. */
  readonly zone: string;
  readonly now: Instant;
}

/** Why one person has not been texted yet, in a sentence. */
export function whyPending(
  person: { readonly zoneGroup: string; readonly notBefore: Instant },
  { campaign, policy, zone, now }: WaitingAt,
): string {
  if (campaign.state === 'paused') return 'The campaign is paused';
  if (campaign.state === 'cancelled')
    return 'The campaign was cancelled: nothing is sent, and this person is just being taken off its list';
  const from = isBefore(now, person.notBefore) ? person.notBefore : now;
  const opensAt = nextOpening(parseZoneGroupKey(person.zoneGroup), hoursOf(policy, campaign), from);
  if (opensAt === undefined)
    return 'The send window never opens for this person: the possible time zones do not overlap in it';
  if (isBefore(now, person.notBefore) && opensAt.equals(person.notBefore))
    return `Had ${policy.messagesPerDay} campaign texts in 24 hours, or was put off by the gateway: from ${localTime(opensAt, zone)}`;
  if (isBefore(now, opensAt)) return `Quiet hours where this person is: from ${localTime(opensAt, zone)}`;
  return 'Waits for its turn: the daily cap of the numbers, or their rate';
}

/** "Wed 08:00 EST": a time is never shown without its zone. */
const localTime = (at: Instant, zone: string): string =>
  at
    .toLocaleString('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    })
    .replace(',', '');
