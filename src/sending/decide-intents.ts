import { CAMPAIGN_PURPOSE, type ConsentKind } from '../compliance/consent.ts';
import { askedConsent, type ConsentPolicy } from '../compliance/consent-policy.ts';
import { consentRulesAt } from '../compliance/consent-rules.ts';
import { contentRulesAt } from '../compliance/content-rules.ts';
import { STALE_CODE } from '../compliance/dnc-eligibility.ts';
import { dncRulesAt } from '../compliance/dnc-rules.ts';
import { ELIGIBILITY_RULES } from '../compliance/eligibility.ts';
import type { Addition } from '../compliance/opt-out-wording.ts';
import { LOOK_AGAIN_MS } from '../compliance/waiting-for-list.ts';
import { AREA_CODE_DATA } from '../contacts/area-codes.ts';
import { countParts } from '../messages/encoding.ts';
import { type OutgoingText, outgoingText, type TextTerms } from '../messages/outgoing-text.ts';
import { costCents } from '../messages/price.ts';
import type { Template } from '../messages/template.ts';
import { renderTemplate } from '../messages/template-render.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { addMs, DAY_MS, type Instant, isBefore } from '../platform/time.ts';
import type { OpenGroup } from './decide-turn.ts';
import type { ClaimLimits, Decision } from './decision.ts';

/** What a text can name of a person. */
export interface PersonFields {
  readonly phone: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly company: string | null;
  readonly street: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postalCode: string | null;
  readonly attributes: Readonly<Record<string, string>>;
}

/** One person whose rows are locked, with everything that the decision depends on. */
export interface Recipient extends PersonFields {
  readonly enrollmentId: Uuid;
  readonly contactId: Uuid;
  readonly variantId: Uuid;
  readonly zoneGroup: string;
  /** The lane that the person knows, among those of the campaign. */
  readonly knownLaneId: Uuid | null;
  readonly numberState: string;
  /** Why this person must not be texted, read after the contact's row was locked: no opt-out can slip in between. */
  readonly forbidden: string | null;
  /** Until when a person may decide whether a reply of this number was an opt-out; null when none is undecided. */
  readonly heldUntil: Instant | null;
  /** A do-not-call registry's list is too old to tell whether they may be texted. */
  readonly waitsForList: boolean;
  /** Other campaign texts to this number, newest first: of the last 24 hours, or of the days that the audience asks for. */
  readonly recentTextsAt: readonly Instant[];
  /** The consent in force for the purpose of the campaign; null when there is none. */
  readonly consentId: Uuid | null;
  readonly consentKind: ConsentKind | null;
  /** Had not agreed at the launch and is texted by an owner's word. */
  readonly consentWaived: boolean;
  /** The do-not-call lists that were asked, with the days of their data; null while there are none. */
  readonly listsAsked: readonly string[] | null;
  /** What exempts somebody from the registries who has not agreed in writing. */
  readonly exemptionId: Uuid | null;
  /** What a service has said of the number. */
  readonly validation: NonNullable<Decision['eligibility']['validation']> | null;
  /**
   * Whether it is our first text to them; of one that is tried again, what was added to it: its words stay. Null while nothing was ever to
   * be added.
   */
  readonly firstText: { readonly isFirst: boolean } | { readonly addedBefore: string | null } | null;
}

export interface Intent {
  readonly messageId: Uuid;
  readonly enrollmentId: Uuid;
  readonly contactId: Uuid;
  readonly phone: string;
  readonly body: string;
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly parts: number;
  readonly notAfter: Instant;
  readonly consentId: Uuid | null;
  readonly decision: Decision;
}

export interface IntentCircumstances {
  readonly laneId: Uuid;
  /** Whose people this lane may text: its own, and those of lanes that are switched off or were taken out. */
  readonly servesLaneIds: readonly Uuid[];
  /** Taken out of the campaign: whoever knows one of them is texted from another. */
  readonly removedLaneIds: readonly Uuid[];
  readonly openGroups: readonly OpenGroup[];
  readonly templates: ReadonlyMap<Uuid, Template>;
  readonly businessName: string;
  readonly optOutLink?: ((phone: string) => string) | undefined;
  /** Of first texts; undefined while nothing is added to them. */
  readonly addition?: Addition | undefined;
  readonly notTextedForDays: number | null;
  readonly consent: ConsentPolicy | null;
  /** Parts that the lane may still take today. */
  readonly partsRoom: number;
  readonly limits: ClaimLimits;
  readonly now: Instant;
  readonly newUuid: NewUuid;
}

export interface IntentDecisions {
  readonly intents: readonly Intent[];
  readonly skipped: readonly { readonly id: Uuid; readonly reason: string }[];
  readonly failed: readonly { readonly id: Uuid; readonly code: string }[];
  /** Held by a reply, or too many texts in too short a time: waits until that is over. Some wait for an act of ours, named by its rule. */
  readonly postponed: readonly Postponed[];
  /** Have come to know another number of the campaign while they waited for any. */
  readonly elsewhere: readonly { readonly id: Uuid; readonly laneId: Uuid }[];
}

export interface Postponed {
  readonly id: Uuid;
  readonly notBefore: Instant;
  readonly waitsFor: typeof STALE_CODE | null;
}

/** What becomes of each of these people. Whoever finds no room for their parts is in none of the lists and stays as they are. */
export function decideIntents(recipients: readonly Recipient[], circumstances: IntentCircumstances): IntentDecisions {
  const groups = new Map(
    circumstances.openGroups.map((group) => [group.zoneGroup, { ...group, closes: group.closesAt.toString() }]),
  );
  const intents: Intent[] = [];
  const skipped: { id: Uuid; reason: string }[] = [];
  const failed: { id: Uuid; code: string }[] = [];
  const postponed: Postponed[] = [];
  const elsewhere: { id: Uuid; laneId: Uuid }[] = [];
  let { partsRoom } = circumstances;
  for (const recipient of recipients) {
    const id = recipient.enrollmentId;
    const group = groups.get(recipient.zoneGroup);
    if (group === undefined)
      throw new Error(`enrollment ${id}: zone group ${recipient.zoneGroup} is not part of the claim`);
    const skip = recipient.forbidden ?? undecided(recipient, circumstances) ?? recentlyTexted(recipient, circumstances);
    const until = postponedUntil(recipient, group, circumstances.now);
    const laneId = knownElsewhere(recipient, circumstances);
    if (skip !== undefined) skipped.push({ id, reason: skip });
    else if (laneId !== undefined) elsewhere.push({ id, laneId });
    else if (until !== undefined) postponed.push({ id, ...until });
    else {
      const text = textFor(recipient, circumstances);
      if ('code' in text) {
        failed.push({ id, code: text.code });
        continue;
      }
      const { encoding, parts } = countParts(text.body);
      if (parts > partsRoom) continue;
      partsRoom -= parts;
      intents.push({
        messageId: circumstances.newUuid(),
        enrollmentId: id,
        contactId: recipient.contactId,
        phone: recipient.phone,
        body: text.body,
        encoding,
        parts,
        notAfter: group.notAfter,
        consentId: recipient.consentId,
        decision: decisionFor(recipient, { group, parts, added: text.added }, circumstances),
      });
    }
  }
  return { intents, skipped, failed, postponed, elsewhere };
}

function postponedUntil(recipient: Recipient, group: OpenGroup, now: Instant): Omit<Postponed, 'id'> | undefined {
  if (recipient.heldUntil !== null) return { notBefore: recipient.heldUntil, waitsFor: null };
  if (recipient.waitsForList) return { notBefore: addMs(now, LOOK_AGAIN_MS), waitsFor: STALE_CODE };
  const notBefore = tooOften(recipient, group, now);
  return notBefore === undefined ? undefined : { notBefore, waitsFor: null };
}

const knownElsewhere = (
  { knownLaneId }: Recipient,
  { laneId, servesLaneIds }: IntentCircumstances,
): Uuid | undefined =>
  knownLaneId === null || knownLaneId === laneId || servesLaneIds.includes(knownLaneId) ? undefined : knownLaneId;

/** A reply on which nobody has decided in time was an opt-out, also before that is written down. */
const undecided = ({ heldUntil }: Recipient, { now }: Pick<IntentCircumstances, 'now'>): string | undefined =>
  heldUntil === null || isBefore(now, heldUntil) ? undefined : 'opted_out';

/** The audience said "not texted for N days"; another campaign may have texted this person since. */
export function recentlyTexted(
  recipient: Pick<Recipient, 'recentTextsAt'>,
  { notTextedForDays, now }: Pick<IntentCircumstances, 'notTextedForDays' | 'now'>,
): string | undefined {
  const newest = recipient.recentTextsAt[0];
  if (notTextedForDays === null || newest === undefined) return undefined;
  return isBefore(addMs(now, -notTextedForDays * DAY_MS), newest) ? 'contacted_recently' : undefined;
}

/** When the frequency cap lets the next text through; `undefined`: now. */
export function tooOften(
  { recentTextsAt }: Pick<Recipient, 'recentTextsAt'>,
  { messagesPerDay }: Pick<OpenGroup, 'messagesPerDay'>,
  now: Instant,
): Instant | undefined {
  const inTheWay = recentTextsAt[messagesPerDay - 1];
  if (inTheWay === undefined) return undefined;
  const over = addMs(inTheWay, DAY_MS);
  return isBefore(now, over) ? over : undefined;
}

function textFor(recipient: Recipient, circumstances: IntentCircumstances): OutgoingText {
  const { templates, businessName, optOutLink, addition, now } = circumstances;
  const template = templates.get(recipient.variantId);
  if (template === undefined)
    throw new Error(`enrollment ${recipient.enrollmentId}: variant ${recipient.variantId} is not part of the claim`);
  return makeText(template, recipient, {
    businessName,
    optOutLink: optOutLink?.(recipient.phone) ?? null,
    addition: additionFor(recipient.firstText, addition),
    content: contentRulesAt(now),
  });
}

function additionFor(firstText: Recipient['firstText'], addition: Addition | undefined): Addition | undefined {
  if (firstText === null) return undefined;
  if ('addedBefore' in firstText) return () => firstText.addedBefore;
  return firstText.isFirst ? addition : undefined;
}

/** What a text can name of us, and what it is held against. */
export interface SenderFields extends TextTerms {
  readonly businessName: string;
  /** Null while people reach us under no address. */
  readonly optOutLink: string | null;
}

/** The text for one person, or the code of why there is none (messages/outcome-sentences.ts). */
export function makeText(
  template: Template,
  person: PersonFields,
  { addition, content, ...sender }: SenderFields,
): OutgoingText {
  const { firstName, lastName, email, company, street, city, state, postalCode, phone, attributes } = person;
  const fields = { firstName, lastName, email, company, street, city, state, postalCode, phone, attributes };
  const text = renderTemplate(template, { ...fields, ...sender });
  return text.ok ? outgoingText(text.value, { addition, content }) : { code: `missing_field:${text.error.field}` };
}

const RULE_CODES = ELIGIBILITY_RULES.map((rule) => rule.code);

function decisionFor(
  recipient: Recipient,
  text: {
    readonly group: OpenGroup & { readonly closes: string };
    readonly parts: number;
    readonly added: string | null;
  },
  circumstances: IntentCircumstances,
): Decision {
  const { group, parts, added } = text;
  const { notTextedForDays, limits, consent, now } = circumstances;
  const { recentTextsAt, numberState, zoneGroup } = recipient;
  const dayAgo = addMs(now, -DAY_MS);
  const [newest] = recentTextsAt;
  return {
    v: 2,
    quietHours: {
      ...{ table: group.tableVersion, holidays: group.holidaysVersion },
      ...{ rule: group.rule, closesAt: group.closes, zoneGroup },
    },
    frequency: {
      texts: recentTextsAt.filter((at) => isBefore(dayAgo, at)).length,
      allowed: group.messagesPerDay,
      ...(newest === undefined ? {} : { newestTextAt: newest.toString() }),
    },
    ...(notTextedForDays === null ? {} : { notTextedForDays }),
    eligibility: { rules: RULE_CODES, areaCodes: AREA_CODE_DATA.version, numberState, ...restsOn(recipient, now) },
    consent: {
      purpose: askedConsent(consent, { now, waived: false })?.purpose ?? CAMPAIGN_PURPOSE,
      kind: recipient.consentKind,
      ...(consent === null ? {} : { policy: consent.policy, ruleVersion: consentRulesAt(now).version }),
      ...(recipient.consentWaived ? { waived: true } : {}),
    },
    ...(added === null ? {} : { optOutAdded: added }),
    lane: laneReason(recipient, circumstances),
    limits,
    priceCents: costCents(parts),
  };
}

function restsOn({ listsAsked, exemptionId, validation }: Recipient, now: Instant): Partial<Decision['eligibility']> {
  const exempted = exemptionId === null ? {} : { exemptionId: showId('dncExemption', exemptionId) };
  return {
    ...(listsAsked === null
      ? {}
      : { doNotCall: { lists: listsAsked, ...exempted, ruleVersion: dncRulesAt(now).version } }),
    ...(validation === null ? {} : { validation }),
  };
}

function laneReason({ knownLaneId }: Recipient, { laneId, removedLaneIds }: IntentCircumstances): Decision['lane'] {
  if (knownLaneId === null) return 'most room';
  if (knownLaneId === laneId) return 'known to the person';
  return removedLaneIds.includes(knownLaneId)
    ? 'the known number was taken out of the campaign'
    : 'the known number is switched off';
}
