/**
 * Why one person was or was not texted by one campaign. What was decided when the text was begun is stored with the text; for everybody
 * else the rules are asked now, in the same declarations that launching and the claim use. Changes nothing and locks nothing.
 */
import { getBusiness, getSending, getSendingPolicy } from '../business/business-store.ts';
import { sampleLink } from '../business/public-address.ts';
import { CAMPAIGN_PURPOSE } from '../compliance/consent.ts';
import { type AskedConsent, askedConsent } from '../compliance/consent-policy.ts';
import { contentRulesAt } from '../compliance/content-rules.ts';
import { readAddition } from '../compliance/opt-out-wording-store.ts';
import { readConsentNow, readGrant } from '../compliance/read-consent.ts';
import { costCents } from '../messages/price.ts';
import { parseTemplate } from '../messages/template-parser.ts';
import { dayIn } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import type { SenderFields } from '../sending/decide-intents.ts';
import type { StoredDecision } from '../sending/decision.ts';
import { windowMargin } from '../sending/window-margin.ts';
import { audienceChecks } from './audience-checks.ts';
import { type Campaign, consentAfterLaunch, consentAtLaunch, type VariantRow } from './campaign.ts';
import {
  type CheckedText,
  campaignCheck,
  contactedChecks,
  eligibilityChecks,
  frequencyCheck,
  freshnessChecks,
  paceChecks,
  putOffCheck,
  quietHoursCheck,
  type RuleCheck,
  sendingCheck,
  textCheck,
} from './decide-checks.ts';
import { consentCheck, storedConsentChecks } from './decide-consent-check.ts';
import {
  type Answer,
  type Asking,
  type EnrollmentFacts,
  explainEnrolled,
  explainNotEnrolled,
} from './decide-explanation.ts';
import { accountCheck, type CampaignLane, laneCheck, nextLane, servingLanes } from './decide-lane-check.ts';
import { storedChecks } from './decide-stored-checks.ts';
import { assignedVariant } from './enroll-store.ts';
import {
  type Attempt,
  type ExplainedEnrollment,
  type ExplainedPerson,
  readAttempts,
  readCampaignLanes,
  readCampaignLimits,
  readExplainedEnrollment,
  readExplainedPerson,
} from './explain-store.ts';

export interface Explanation {
  readonly campaign: Campaign;
  readonly person: { readonly id: Uuid; readonly name: string; readonly phone: string };
  readonly answer: Answer;
  /** Undefined for somebody who is not in the campaign. */
  readonly enrollment: ExplainedEnrollment | undefined;
  readonly variant: string | null;
  readonly lane: (Pick<CampaignLane, 'id' | 'name' | 'phone'> & { readonly why: string }) | null;
  readonly text: ExplainedText | null;
  /** When the rules said so: when the text was begun, or now. */
  readonly checkedAt: Instant;
  readonly checks: readonly RuleCheck[];
  readonly attempts: readonly Attempt[];
  readonly asking: Asking | null;
  readonly asOf: Instant;
}

export interface ExplainedText {
  readonly body: string;
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly parts: number;
  readonly priceCents: number;
  /** It was begun with these words; otherwise they are what it would be now. */
  readonly begun: boolean;
}

export async function explainRecipient(
  db: Db,
  clock: Clock,
  query: { readonly campaign: Campaign; readonly contactId: Uuid },
): Promise<Outcome<Explanation>> {
  const { campaign, contactId } = query;
  const now = clock.now();
  const at = { campaignId: campaign.id, contactId };
  const enrollment = await readExplainedEnrollment(db, at);
  const asked = askedOf(campaign, enrollment, now);
  const person = await readExplainedPerson(db, { ...at, audience: campaign.audience, consent: asked, now });
  if (person === undefined) return notFound('contact', showId('contact', contactId));
  const facts = await readFacts(db, clock, { campaign, person, enrollment, asked, now });
  const begun = enrollment !== undefined && wasBegun(enrollment);
  const checks =
    begun && enrollment.decision !== null
      ? await checksThen(db, enrollment.decision, { enrollment, person, zone: facts.business.zone })
      : checksNow(facts).filter(({ kind }) => kind === 'bars' || enrollment === undefined || isOpen(enrollment));
  const today = eligibilityChecks(person.eligibility, { ...facts, enrolled: enrollment !== undefined });
  const situation = { campaign, checks, today, zone: facts.business.zone, now };
  return ok({
    campaign,
    person: { id: person.id, name: person.name, phone: person.phone },
    answer:
      enrollment === undefined
        ? explainNotEnrolled(person.createdAt, situation)
        : explainEnrolled(enrollmentFacts(enrollment), situation),
    enrollment,
    variant: facts.variant?.label ?? null,
    lane: laneOf(facts),
    text: textOf(facts),
    checkedAt: begun && enrollment.attemptedAt !== null ? enrollment.attemptedAt : now,
    checks,
    attempts: enrollment?.messageId ? await readAttempts(db, enrollment.messageId) : [],
    asking: enrollment === undefined ? null : askingOf(enrollment),
    asOf: now,
  });
}

/** From what was stored with the text, and the consent that it rested on: events stay as they are. */
async function checksThen(
  db: Db,
  decision: StoredDecision,
  about: { readonly enrollment: ExplainedEnrollment; readonly person: ExplainedPerson; readonly zone: string },
): Promise<readonly RuleCheck[]> {
  const { enrollment, person, zone } = about;
  const grant = enrollment.consentId === null ? undefined : await readGrant(db, enrollment.consentId);
  return [
    ...storedChecks(decision, { phone: enrollment.messagePhone ?? person.phone, zone }),
    ...(decision.v === 1 ? [] : storedConsentChecks(decision.consent, { grant, zone })),
  ];
}

/** An owner's word holds for those who were enrolled by it. */
function askedOf(campaign: Campaign, enrollment: ExplainedEnrollment | undefined, now: Instant): AskedConsent | null {
  if (enrollment !== undefined) return askedConsent(campaign.consent, { now, waived: enrollment.consentWaived });
  return campaign.state === 'draft' ? consentAtLaunch(campaign, now) : consentAfterLaunch(campaign, now);
}

/** Its text has begun its way, so that what was decided is history. */
const wasBegun = ({ state, messageId }: ExplainedEnrollment): boolean =>
  messageId !== null && state !== 'pending' && state !== 'skipped';
const isOpen = ({ state }: ExplainedEnrollment): boolean => state === 'pending';

interface Question {
  readonly campaign: Campaign;
  readonly person: ExplainedPerson;
  readonly enrollment: ExplainedEnrollment | undefined;
  readonly asked: AskedConsent | null;
  readonly now: Instant;
}

async function readFacts(db: Db, clock: Clock, question: Question) {
  const { campaign, person, enrollment, asked, now } = question;
  const [business, sending, policy, lanes, consent, assigned] = await Promise.all([
    getBusiness(db),
    getSending(db),
    getSendingPolicy(db),
    readCampaignLanes(db, campaign.id, now),
    readConsentNow(db, { phone: person.phone, purpose: asked?.purpose ?? CAMPAIGN_PURPOSE, now }),
    enrollment?.variantId ?? assignedVariant(db, campaign, person.id),
  ]);
  const limits = await readCampaignLimits(db, campaign.id, { now, day: dayIn(business.zone, now) });
  const variant = campaign.variants.find(({ id }) => id === assigned);
  const known = enrollment?.laneId ?? person.laneId;
  return {
    ...question,
    business,
    sending,
    policy,
    lanes,
    consent,
    serving: servingLanes(lanes, known),
    limits,
    variant,
    text:
      variant === undefined
        ? undefined
        : checkText(variant, person, {
            businessName: business.name,
            optOutLink: await sampleLink(db),
            addition: person.isFirst ? await readAddition(db, now) : undefined,
            content: contentRulesAt(now),
          }),
    marginMs: windowMargin(clock),
    zoneGroup: enrollment?.zoneGroup ?? person.zoneGroup,
    zone: business.zone,
  };
}
type Facts = Awaited<ReturnType<typeof readFacts>>;

function checkText(variant: VariantRow, person: ExplainedPerson, sender: SenderFields): CheckedText {
  const template = parseTemplate(variant.body);
  if (template.ok) return textCheck(template.value, person, sender);
  const sentence = variant.body.trim() === '' ? 'The message is empty' : template.error.message;
  const check = { code: 'text', kind: 'bars', forbids: true, sentence, remedy: 'Mend the text', inputs: {} } as const;
  return { check, made: null };
}

/** In this order the first that forbids is the answer: what ends the person's part before what lets the text wait. */
function checksNow(facts: Facts): readonly RuleCheck[] {
  const { campaign, person, enrollment } = facts;
  const bars = [
    ...(enrollment === undefined ? audienceChecks(facts) : []),
    ...eligibilityChecks(person.eligibility, { ...facts, enrolled: facts.enrollment !== undefined }),
    consentCheck(facts),
    ...(enrollment === undefined
      ? []
      : contactedChecks(person, { ...facts, notTextedForDays: notTextedForDays(campaign) })),
    ...(facts.text === undefined ? [] : [facts.text.check]),
  ];
  const hours = [quietHoursCheck(facts), frequencyCheck({ ...facts, recentTextsAt: person.recentTextsAt })];
  if (enrollment === undefined) return campaign.state === 'draft' ? [...bars, ...hours] : bars;
  return [
    ...bars,
    campaignCheck(campaign),
    sendingCheck(facts.sending),
    ...freshnessChecks(facts.campaign, facts),
    ...hours.toReversed(),
    putOffCheck({ ...facts, notBefore: enrollment.notBefore, ...causeOf(facts) }),
    laneCheck(facts.serving, { ...facts, parts: facts.text?.made?.parts ?? 1 }),
    accountCheck(facts.serving, facts),
    ...paceChecks(facts.limits.pace, facts),
  ];
}

const notTextedForDays = ({ audience }: Campaign): number | null => audience?.notContactedDays ?? null;

/** A text that came back from the gateway waits for the gateway's sake. */
const causeOf = ({ enrollment }: Facts): { readonly cause?: string } =>
  enrollment?.messageId ? { cause: 'The gateway asked for time' } : {};

const enrollmentFacts = (row: ExplainedEnrollment): EnrollmentFacts => ({
  ...row,
  settledByHand: row.settledBy !== null,
  asking: askingOf(row),
});

function askingOf({ state, askedAt, askOutcome, attemptedAt, messageNotBefore }: ExplainedEnrollment): Asking | null {
  if (state !== 'unknown' || messageNotBefore === null) return null;
  // An earlier attempt may have been asked about too.
  const isOfThis = askedAt !== null && attemptedAt !== null && !isBefore(askedAt, attemptedAt);
  return { askedAt: isOfThis ? askedAt : null, outcome: isOfThis ? askOutcome : null, againAt: messageNotBefore };
}

function laneOf({ enrollment, lanes, serving, person }: Facts): Explanation['lane'] {
  const shown = (lane: CampaignLane | undefined, why: string): Explanation['lane'] =>
    lane === undefined ? null : { id: lane.id, name: lane.name, phone: lane.phone, why };
  if (enrollment !== undefined && wasBegun(enrollment))
    return shown(
      lanes.find(({ id }) => id === enrollment.laneId),
      enrollment.decision?.lane ?? 'chosen by an earlier version',
    );
  if (enrollment?.state === 'skipped' || enrollment?.state === 'failed') return null;
  const next = nextLane(serving);
  const known = enrollment?.laneId ?? person.laneId;
  const isKnown = lanes.some(({ id }) => id === known);
  if (next === undefined) return null;
  if (next.id === known) return shown(next, 'known to the person');
  return shown(next, isKnown ? 'the known number is switched off' : 'most room');
}

function textOf({ enrollment, text }: Facts): ExplainedText | null {
  if (enrollment !== undefined && wasBegun(enrollment)) {
    const { body, encoding, parts, decision } = enrollment;
    if (body === null || encoding === null || parts === null) return null;
    const priceCents = decision?.v === 2 ? decision.priceCents : costCents(parts);
    return { body, encoding, parts, priceCents, begun: true };
  }
  // Nothing would be sent to who was left out.
  const made = enrollment === undefined || isOpen(enrollment) ? text?.made : null;
  return made ? { ...made, priceCents: costCents(made.parts), begun: false } : null;
}
