import type { SendingState } from '../business/business.ts';
import { hoursOf, type SendingPolicy } from '../business/sending-policy.ts';
import { type EligibilityCheck, ruleOf } from '../compliance/eligibility.ts';
import { decideQuietHours, messagesPerDay, nextOpening, showRule } from '../compliance/quiet-hours.ts';
import type { RuleInputs } from '../compliance/rule-inputs.ts';
import { parseZoneGroupKey } from '../contacts/zones.ts';
import { countParts } from '../messages/encoding.ts';
import { ruleOutcome, sentenceFor } from '../messages/outcome-sentences.ts';
import type { Template } from '../messages/template.ts';
import { addMs, DAY_MS, type Instant, isBefore } from '../platform/time.ts';
import { makeText, type PersonFields, recentlyTexted, type SenderFields, tooOften } from '../sending/decide-intents.ts';
import { isPaced, type PaceLimits, type PaceUsed, paceRoom } from '../sending/decide-pace.ts';
import { windowBook } from '../sending/decide-turn.ts';
import type { Campaign } from './campaign.ts';
import { localTime } from './local-time.ts';
import { isPointless } from './sending-options.ts';

/** What one rule says of one person, with what it looked at. */
export interface RuleCheck {
  /** `campaign`, `quiet_hours`, ... or the code of an eligibility rule, which is also the reason that an enrollment stores. */
  readonly code: string;
  /** A rule that `bars` ends the person's part in the campaign; one that `delays` lets the text wait. */
  readonly kind: 'bars' | 'delays';
  readonly forbids: boolean;
  readonly sentence: string;
  /** What would change it; empty for a rule that does not forbid. */
  readonly remedy: string;
  readonly inputs: RuleInputs;
  /** Of the dated table that the rule is from. */
  readonly version?: string | undefined;
}

export const BY_ITSELF = 'Nothing needs to be done: it goes on by itself';
type Hours = Pick<Campaign, 'windowStartMinute' | 'windowEndMinute'>;

export function campaignCheck(campaign: Pick<Campaign, 'state' | 'stateReason'>): RuleCheck {
  const { state, stateReason } = campaign;
  const [sentence, remedy] = {
    draft: ['The campaign is not launched', 'Launch it'],
    running: ['The campaign is running', ''],
    paused: ['The campaign is paused', 'Resume the campaign'],
    completed: ['The campaign is completed', 'A copy of the campaign can reach this person'],
    cancelled: [
      'The campaign was cancelled: nothing is sent, and this person is just being taken off its list',
      'A copy of the campaign can reach this person',
    ],
  }[state];
  return {
    code: 'campaign',
    kind: 'delays',
    forbids: state !== 'running',
    sentence: sentence ?? state,
    remedy: remedy ?? '',
    inputs: { state, reason: stateReason },
  };
}

export function sendingCheck(sending: SendingState): RuleCheck {
  const paused = sending.state === 'paused';
  return {
    code: 'sending',
    kind: 'delays',
    forbids: paused,
    sentence: paused ? `Sending is paused everywhere: ${sending.reason}` : 'Sending is on',
    remedy: paused ? 'Resume sending, at the top of every page' : '',
    inputs: { state: sending.state },
  };
}

/** Whether the texts of a campaign have lost their point; nothing when it names no instant. */
export function freshnessChecks(
  campaign: Pick<Campaign, 'pointless' | 'pointlessAsked'>,
  at: Telling,
): readonly RuleCheck[] {
  const { pointless } = campaign;
  if (pointless === null || pointless.after === null) return [];
  const forbids = isPointless(campaign, at.now);
  const when = localTime(pointless.after, at.zone);
  return [
    {
      code: 'pointless_after',
      kind: 'delays',
      forbids,
      sentence: forbids ? `The text is pointless since ${when}` : `The text has its point until ${when}`,
      remedy: forbids ? 'Decide on the campaign’s page what becomes of those who still wait' : '',
      inputs: { pointlessAfter: pointless.after.toString(), action: pointless.action },
    },
  ];
}

/** When it is, and in which zone times are told: that of the business. */
export interface Telling {
  readonly now: Instant;
  readonly zone: string;
}

const delaysThem = (code: string, enrolled: boolean): boolean => {
  const delays = ruleOf(code)?.delays;
  return delays === 'all' || (delays === 'enrolled' && enrolled);
};

export const eligibilityChecks = (
  checks: readonly EligibilityCheck[],
  { zone, enrolled }: Pick<Telling, 'zone'> & { readonly enrolled: boolean },
): readonly RuleCheck[] =>
  checks.map(({ code, forbids, inputs }) => {
    const { sentence, remedy } = ruleOutcome({ code, inputs }, zone);
    return {
      code,
      kind: delaysThem(code, enrolled) ? 'delays' : 'bars',
      forbids,
      sentence: forbids ? sentence : (ruleOf(code)?.otherwise ?? sentence),
      remedy: forbids ? remedy : '',
      inputs,
    };
  });

/** "Not texted for N days" of the audience, which the claim asks again; nothing when the audience does not ask it. */
export function contactedChecks(
  person: { readonly recentTextsAt: readonly Instant[] },
  question: { readonly notTextedForDays: number | null; readonly now: Instant },
): readonly RuleCheck[] {
  const { notTextedForDays } = question;
  if (notTextedForDays === null) return [];
  const code = 'contacted_recently';
  const forbids = recentlyTexted(person, question) !== undefined;
  const { sentence, remedy } = sentenceFor(code);
  return [
    {
      code,
      kind: 'bars',
      forbids,
      sentence: forbids ? sentence : `No campaign text within ${notTextedForDays} days`,
      remedy: forbids ? remedy : '',
      inputs: { days: notTextedForDays, newestTextAt: person.recentTextsAt[0]?.toString() ?? null },
    },
  ];
}

/** Where a person is and when they are due, with the hours that hold there. */
export interface HoursFacts extends Telling {
  readonly zoneGroup: string;
  readonly campaign: Hours;
  readonly policy: SendingPolicy;
}

/** Put off to a later instant: by the frequency cap, or by a gateway that asked for time. `cause` says which when it is known. */
export function putOffCheck(facts: HoursFacts & { readonly notBefore: Instant; readonly cause?: string }): RuleCheck {
  const { notBefore, now, zone, policy, cause } = facts;
  const forbids = isBefore(now, notBefore);
  const goesOn = forbids ? (opening(facts, notBefore) ?? notBefore) : now;
  const why = cause ?? `Had ${policy.messagesPerDay} campaign texts in 24 hours, or was put off by the gateway`;
  return {
    code: 'not_before',
    kind: 'delays',
    forbids,
    sentence: forbids ? `${why}: from ${localTime(goesOn, zone)}` : 'Due',
    remedy: forbids ? BY_ITSELF : '',
    inputs: { notBefore: notBefore.toString() },
  };
}

const opening = (facts: HoursFacts, from: Instant): Instant | undefined =>
  nextOpening(parseZoneGroupKey(facts.zoneGroup), hoursOf(facts.policy, facts.campaign), from);

/**
 * The hours where this person may be, with the margin that the engine keeps from their end (`marginMs`; 0 for a look at the hours
 * alone): the same windows that the claim takes its groups from.
 */
export function quietHoursCheck(facts: HoursFacts & { readonly marginMs: number }): RuleCheck {
  const { zoneGroup, campaign, policy, now, zone, marginMs } = facts;
  const places = parseZoneGroupKey(zoneGroup);
  const [open] = windowBook(policy).open({ ...campaign, zoneGroups: [zoneGroup] }, now, marginMs);
  const said = places.zones.length === 0 ? undefined : decideQuietHours(places, hoursOf(policy, campaign), now);
  const opensAt = open === undefined ? opening(facts, said?.closesAt ?? now) : undefined;
  return {
    code: 'quiet_hours',
    kind: 'delays',
    forbids: open === undefined,
    ...hoursWords({ closesAt: said?.closesAt, opensAt, open: open !== undefined, zone }),
    inputs: {
      rule: said === undefined ? null : showRule(said.rule),
      zoneGroup,
      localTimes: places.zones.map((place) => `${localTime(now, place)} (${place})`),
      closesAt: said?.closesAt?.toString() ?? null,
      opensAt: opensAt?.toString() ?? null,
      holidays: said?.holidaysVersion ?? null,
    },
    version: said?.tableVersion,
  };
}

function hoursWords(hours: {
  readonly open: boolean;
  readonly closesAt: Instant | undefined;
  readonly opensAt: Instant | undefined;
  readonly zone: string;
}): Pick<RuleCheck, 'sentence' | 'remedy'> {
  const { open, closesAt, opensAt, zone } = hours;
  if (open && closesAt !== undefined)
    return { sentence: `Texting is allowed where this person is until ${localTime(closesAt, zone)}`, remedy: '' };
  if (opensAt === undefined)
    return {
      sentence: 'The send window never opens for this person: the possible time zones do not overlap in it',
      remedy: 'Fill in the state or the ZIP code of the contact, or widen the hours in a new campaign',
    };
  if (closesAt === undefined)
    return { sentence: `Quiet hours where this person is: from ${localTime(opensAt, zone)}`, remedy: BY_ITSELF };
  return {
    sentence: `Quiet hours begin at ${localTime(closesAt, zone)} where this person is, too soon to begin a text: from ${localTime(opensAt, zone)}`,
    remedy: BY_ITSELF,
  };
}

/** Campaign texts of 24 hours to this number, from whichever campaign. */
export function frequencyCheck(facts: HoursFacts & { readonly recentTextsAt: readonly Instant[] }): RuleCheck {
  const { recentTextsAt, zoneGroup, policy, now, zone } = facts;
  const allowed = messagesPerDay(parseZoneGroupKey(zoneGroup).states, policy.messagesPerDay, now);
  const over = tooOften({ recentTextsAt }, { messagesPerDay: allowed }, now);
  const texts = recentTextsAt.filter((at) => isBefore(addMs(now, -DAY_MS), at)).length;
  const counted = `${texts} of ${allowed} campaign texts in 24 hours`;
  return {
    code: 'frequency_cap',
    kind: 'delays',
    forbids: over !== undefined,
    sentence: over === undefined ? counted : `Had ${counted}: from ${localTime(opening(facts, over) ?? over, zone)}`,
    remedy: over === undefined ? '' : BY_ITSELF,
    inputs: { texts, allowed, newestTextAt: recentTextsAt[0]?.toString() ?? null },
  };
}

export interface CheckedText {
  readonly check: RuleCheck;
  readonly made: { readonly body: string; readonly encoding: 'GSM-7' | 'UCS-2'; readonly parts: number } | null;
}

/** Whether there is a text for this person, and which. */
export function textCheck(template: Template, person: PersonFields, sender: SenderFields): CheckedText {
  const text = makeText(template, person, sender);
  if ('code' in text)
    return {
      check: { code: 'text', kind: 'bars', forbids: true, ...sentenceFor(text.code), inputs: { code: text.code } },
      made: null,
    };
  const { encoding, parts } = countParts(text.body);
  return {
    check: {
      code: 'text',
      kind: 'bars',
      forbids: false,
      sentence: 'Every field of the text is known',
      remedy: '',
      inputs: { encoding, parts },
    },
    made: { body: text.body, encoding, parts },
  };
}

/** The campaign's own pace; nothing for one that goes as fast as its numbers. */
export function paceChecks(
  pace: { readonly limits: PaceLimits; readonly used: PaceUsed; readonly day: string },
  at: Telling,
): readonly RuleCheck[] {
  const { limits, used, day } = pace;
  if (!isPaced(limits)) return [];
  // Room or none is all that is asked; how much depends on an interval that only the engine works out.
  const room = paceRoom(limits, used, { now: at.now, day, intervalMs: spreads(limits, at.now) ? 1 : 0 });
  return [
    {
      code: 'pace',
      kind: 'delays',
      forbids: room <= 0,
      sentence: room > 0 ? 'The campaign’s pace has room' : 'The campaign’s pace is used up for the moment',
      remedy: room > 0 ? '' : `${BY_ITSELF}; a faster pace would let it go sooner`,
      inputs: {
        maxPerHour: limits.maxPerHour,
        hourTexts: used.hourTexts,
        maxPerDay: limits.maxPerDay,
        dayTexts: used.dayTexts,
        finishBy: limits.finishBy?.toString() ?? null,
        nextAt: used.nextAt.toString(),
      },
    },
  ];
}

const spreads = ({ finishBy }: PaceLimits, now: Instant): boolean => finishBy !== null && isBefore(now, finishBy);
