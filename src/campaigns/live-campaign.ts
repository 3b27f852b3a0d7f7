import type { SendingState } from '../business/business.ts';
import { getBusiness, getSending } from '../business/business-store.ts';
import { nextOpening, openUntil } from '../compliance/quiet-hours.ts';
import { parseZoneGroupKey } from '../contacts/zones.ts';
import type { LaneRow } from '../gateways/account.ts';
import { listLaneRows } from '../gateways/account-store.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import { dayIn, nextMidnight } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import { addMs, type Instant, isBefore, MINUTE_MS } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import { openIn } from './campaign.ts';
import { forecast } from './decide-forecast.ts';
import {
  type CampaignAccount,
  campaignAccounts,
  campaignHours,
  failureCounts,
  type LiveReply,
  laneUsage,
  latestReplies,
  pendingGroups,
  sentSince,
  skipCounts,
} from './live-store.ts';

export interface LiveLane extends LaneRow {
  readonly usedToday: number;
}

export interface LiveCampaign {
  readonly campaign: Campaign;
  /** Why nothing goes out now, in a sentence. */
  readonly waitingFor: string | null;
  readonly expectedFinishAt: Instant | null;
  readonly ratePerMinute: number;
  readonly lanes: readonly LiveLane[];
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
  const [lanes, accounts, sending, business, sent, failures, skips, replies, perHour] = await Promise.all([
    campaignLanes(db, campaign, now),
    campaignAccounts(db, campaign.id, now),
    getSending(db),
    getBusiness(db),
    sentSince(db, campaign.id, addMs(now, -RATE_MINUTES * MINUTE_MS)),
    failureCounts(db, campaign.id),
    skipCounts(db, campaign.id),
    latestReplies(db, campaign.id, REPLIES_SHOWN),
    campaignHours(db, campaign.id),
  ]);
  const groups = openIn(campaign.totals) === 0 ? [] : await pendingGroups(db, campaign.id);
  const waiting = groups.map((group) => ({ zones: parseZoneGroupKey(group.zoneGroup).zones, people: group.people }));
  return {
    campaign,
    waitingFor: waitingFor({ campaign, lanes, accounts, sending, groups: waiting, zone: business.zone, now }),
    expectedFinishAt: expectedFinish({ campaign, lanes, accounts, groups: waiting, zone: business.zone, now }),
    ratePerMinute: sent / RATE_MINUTES,
    lanes,
    failures: failures.map(({ code, count }) => ({ code, count, ...sentenceFor(code) })),
    skips: skips.map(({ reason, count }) => ({ reason, count, sentence: sentenceFor(reason).sentence })),
    replies,
    perHour,
    asOf: now,
  };
}

async function campaignLanes(db: Db, campaign: Campaign, now: Instant): Promise<readonly LiveLane[]> {
  const lanes = (await listLaneRows(db)).filter((lane) => campaign.laneIds.includes(lane.id));
  const used = await laneUsage(
    db,
    lanes.map((lane) => ({ id: lane.id, day: dayIn(lane.zone, now) })),
  );
  return lanes.map((lane) => ({ ...lane, usedToday: used.get(lane.id) ?? 0 }));
}

interface Situation {
  readonly campaign: Campaign;
  readonly lanes: readonly LiveLane[];
  readonly accounts: readonly CampaignAccount[];
  readonly groups: readonly { readonly zones: readonly string[]; readonly people: number }[];
  readonly zone: string;
  readonly now: Instant;
}

const windowOf = (campaign: Campaign) => ({
  startMinute: campaign.windowStartMinute,
  endMinute: campaign.windowEndMinute,
});

/** The first thing that stands in the way, in the order in which a person would mend it. */
export function waitingFor(at: Situation & { readonly sending: SendingState }): string | null {
  const { campaign, lanes, accounts, sending, groups, now } = at;
  if (campaign.state !== 'running')
    return campaign.state === 'paused' ? `Paused: ${campaign.stateReason ?? 'by a person'}` : null;
  if (sending.state === 'paused') return `Sending is paused everywhere: ${sending.reason}`;
  const pausedAccount = accounts.find((account) => account.state === 'paused');
  if (accounts.length > 0 && accounts.every((account) => account.state === 'paused'))
    return `Account ${pausedAccount?.name ?? ''} is paused: ${pausedAccount?.stateReason ?? ''}`;
  if (accounts.every((account) => !account.held))
    return 'No worker sends for this account right now; one takes over within seconds';
  const active = lanes.filter((lane) => lane.state === 'active');
  if (active.length === 0)
    return `No number can send: ${lanes.map((lane) => `${lane.name} is ${lane.state} (${lane.stateReason ?? 'no reason given'})`).join('; ')}`;
  if (campaign.totals.pending === 0)
    return campaign.totals.unknown > 0
      ? `Asking the gateway about ${campaign.totals.unknown} texts whose answer was lost`
      : null;
  if (groups.every((group) => openUntil(group.zones, windowOf(campaign), now) === undefined)) return closedSentence(at);
  if (active.every((lane) => lane.usedToday >= lane.dailyCap)) return capSentence(at, active);
  return null;
}

function closedSentence(at: Situation): string {
  const opening = firstOpening(at, at.now);
  return opening === undefined
    ? 'The send window never opens for the people who wait: their time zones do not overlap in it'
    : `Quiet hours: goes on at ${localTime(opening.at, at.zone)} with the first ${opening.people} people`;
}

/** The caps begin anew at midnight, but nobody is texted before the window opens. */
function capSentence(at: Situation, active: readonly LiveLane[]): string {
  const midnight = active
    .map((lane) => nextMidnight(lane.zone, at.now))
    .reduce((first, other) => (isBefore(other, first) ? other : first));
  const goesOn = firstOpening(at, midnight)?.at ?? midnight;
  return `The daily cap of every number is used up: goes on at ${localTime(goesOn, at.zone)}`;
}

/** The first instant from `from` on at which somebody who waits may be texted, and how many then. */
function firstOpening(
  { campaign, groups }: Situation,
  from: Instant,
): { readonly at: Instant; readonly people: number } | undefined {
  const openings = groups.flatMap((group) => {
    const opensAt = nextOpening(group.zones, windowOf(campaign), from);
    return opensAt === undefined ? [] : [{ at: opensAt, people: group.people }];
  });
  const [first] = openings.toSorted((a, b) => a.at.epochMilliseconds - b.at.epochMilliseconds);
  if (first === undefined) return undefined;
  const together = openings.filter((opening) => opening.at.equals(first.at));
  return { at: first.at, people: together.reduce((sum, opening) => sum + opening.people, 0) };
}

function expectedFinish({ campaign, lanes, accounts, groups, zone, now }: Situation): Instant | null {
  if (campaign.state !== 'running' || groups.length === 0) return null;
  const usable = lanes.filter((lane) => lane.state === 'active');
  return forecast({
    now,
    zone,
    window: windowOf(campaign),
    lanes: usable.map((lane) => ({ dailyCap: lane.dailyCap, leftToday: Math.max(0, lane.dailyCap - lane.usedToday) })),
    ratePerSecond: Math.max(
      0.1,
      accounts.reduce((sum, account) => sum + account.ratePerSecond, 0),
    ),
    groups,
  }).finishAt;
}

export interface WaitingAt {
  readonly campaign: Campaign;
  /** Of the business: times are told in it. */
  readonly zone: string;
  readonly now: Instant;
}

/** Why one person has not been texted yet, in a sentence. */
export function whyPending(
  person: { readonly zoneGroup: string; readonly notBefore: Instant },
  { campaign, zone, now }: WaitingAt,
): string {
  if (campaign.state === 'paused') return 'The campaign is paused';
  const { zones } = parseZoneGroupKey(person.zoneGroup);
  const from = isBefore(now, person.notBefore) ? person.notBefore : now;
  const opensAt = nextOpening(zones, windowOf(campaign), from);
  if (opensAt === undefined)
    return 'The send window never opens for this person: the possible time zones do not overlap in it';
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
