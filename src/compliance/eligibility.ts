import { type RawBuilder, sql } from 'kysely';
import { DNC_ELIGIBILITY, dncReasonSql } from './dnc-eligibility.ts';
import type { EligibilityFacts, EligibilityRule } from './eligibility-rule.ts';
import { HELD_CODE, HELD_ELIGIBILITY } from './held-number.ts';
import { CONSENT_ELIGIBILITY, consentReasonSql } from './needs-consent.ts';
import { NUMBER_ELIGIBILITY, numberReasonSql } from './number-rules.ts';
import { REASSIGNED_ELIGIBILITY } from './reassigned-eligibility.ts';
import { type RuleInputs, utcText } from './rule-inputs.ts';

const suppressedFor = (...reasons: readonly string[]): RawBuilder<boolean> =>
  // Index suppression_active.
  sql<boolean>`exists (select 1 from suppression s where s.phone = c.phone and s.lifted_at is null and s.reason = any(${reasons}::text[]))`;

/** The suppression that `suppressedFor` found, the oldest of several; nulls without one. */
const suppressionFor = (...reasons: readonly string[]): RawBuilder<RuleInputs> =>
  sql<RuleInputs>`coalesce((
    select jsonb_build_object('suppressionId', s.id, 'reason', s.reason, 'channel', s.channel, 'since', ${utcText(sql`s.created_at`)})
    from suppression s where s.phone = c.phone and s.lifted_at is null and s.reason = any(${reasons}::text[])
    order by s.created_at, s.id limit 1), '{"suppressionId": null}')`;

const AREA_CODE = sql<string>`substr(c.phone, 3, 3)`;
const areaCodeInput = sql<RuleInputs>`jsonb_build_object('areaCode', ${AREA_CODE})`;

const CONTACT_RULES: readonly EligibilityRule[] = [
  {
    code: 'opted_out',
    sentence: 'Asked not to be texted',
    otherwise: 'Has not asked to be left alone',
    forbids: () => suppressedFor('opt_out', 'provider_opt_out'),
    inputs: () => suppressionFor('opt_out', 'provider_opt_out'),
  },
  {
    code: 'wrong_number',
    sentence: 'The number belongs to someone else',
    otherwise: 'Nobody has said that it is the wrong number',
    forbids: () => suppressedFor('wrong_number'),
    inputs: () => suppressionFor('wrong_number'),
  },
  REASSIGNED_ELIGIBILITY,
  {
    code: 'invalid_number',
    sentence: 'The number cannot receive texts',
    otherwise: 'Nothing speaks against the number',
    forbids: () => sql<boolean>`(c.number_state = 'invalid' or ${suppressedFor('invalid_number')})`,
    inputs:
      () => sql<RuleInputs>`jsonb_build_object('numberState', c.number_state, 'numberStateReason', c.number_state_reason)
      || ${suppressionFor('invalid_number')}`,
  },
  {
    code: 'blocked_lately',
    sentence: 'A text to the number was blocked less than 30 days ago',
    otherwise: 'No text to the number was blocked in the last 30 days',
    forbids: ({ now }) => sql<boolean>`coalesce(c.blocked_until > ${now}, false)`,
    inputs: () => sql<RuleInputs>`jsonb_build_object('until', ${utcText(sql`c.blocked_until`)})`,
  },
  {
    code: 'toll_free',
    sentence: 'A toll-free number is no one’s phone',
    otherwise: 'Not a toll-free number',
    forbids: (facts) => sql<boolean>`${AREA_CODE} = any(${facts.tollFreeAreaCodes}::text[])`,
    inputs: () => areaCodeInput,
  },
  {
    code: 'outside_us',
    sentence: 'A Canadian or Caribbean number; campaigns text US numbers only',
    otherwise: 'A US number',
    forbids: (facts) => sql<boolean>`${AREA_CODE} = any(${facts.outsideUsAreaCodes}::text[])`,
    inputs: () => areaCodeInput,
  },
  {
    // Its window would never open and the campaign never end.
    code: 'no_zone',
    sentence: 'No time zone is plausible for this number, so no hour is known to be allowed',
    otherwise: 'It is known where the number may be',
    forbids: () => sql<boolean>`c.zone_group like '%|'`,
    inputs: () => sql<RuleInputs>`jsonb_build_object('zoneGroup', c.zone_group)`,
  },
];

/**
 * Those about numbers come late: what is known without a service is the better reason. Consent comes later still: whoever is left out for
 * want of it would be texted with it. What ends by itself is the last reason.
 */
export const ELIGIBILITY_RULES: readonly EligibilityRule[] = [
  ...CONTACT_RULES,
  ...DNC_ELIGIBILITY,
  ...NUMBER_ELIGIBILITY,
  ...CONSENT_ELIGIBILITY,
  HELD_ELIGIBILITY,
];

/** The code of the first rule that forbids, or null. */
export const skipReasonSql = (facts: EligibilityFacts): RawBuilder<string | null> =>
  facts.numbersAreHeld
    ? sql<
        string | null
      >`coalesce(${endingReasonSql(facts)}, case when ${HELD_ELIGIBILITY.forbids(facts)} then ${HELD_CODE}::text end)`
    : endingReasonSql(facts);

/** The same of the rules that keep somebody out of a campaign; `case` expression. */
export const endingReasonSql = (facts: EligibilityFacts): RawBuilder<string | null> =>
  firstReasonSql(facts, dncReasonSql(facts, { asksAge: true }), consentReasonSql(facts));

/** Of those that end the part of somebody who is in one. The statement has joined the consents, and says what they come to. */
export const claimReasonSql = (
  facts: EligibilityFacts,
  consentReason: RawBuilder<string | null>,
): RawBuilder<string | null> => firstReasonSql(facts, dncReasonSql(facts, { asksAge: false }), consentReason);

const firstReasonSql = (
  facts: EligibilityFacts,
  dncReason: RawBuilder<string | null>,
  consentReason: RawBuilder<string | null>,
): RawBuilder<string | null> =>
  sql<string | null>`case ${sql.join(
    CONTACT_RULES.filter(({ matters }) => matters?.(facts) ?? true).map(
      (rule) => sql`when ${rule.forbids(facts)} then ${rule.code}::text`,
    ),
    sql` `,
  )} else coalesce(${dncReason}, ${numberReasonSql(facts)}, ${consentReason}) end`;

/** What each rule says of one contact. */
export interface EligibilityCheck {
  readonly code: string;
  readonly forbids: boolean;
  readonly inputs: RuleInputs;
}

/** JSON array of `EligibilityCheck`, in the order of the rules. */
export const eligibilityChecksSql = (facts: EligibilityFacts): RawBuilder<readonly EligibilityCheck[]> =>
  sql<readonly EligibilityCheck[]>`jsonb_build_array(${sql.join(
    ELIGIBILITY_RULES.map(
      (rule) =>
        sql`jsonb_build_object('code', ${rule.code}::text, 'forbids', ${rule.forbids(facts)}, 'inputs', ${rule.inputs(facts)})`,
    ),
  )})`;

export const ruleOf = (code: string): EligibilityRule | undefined =>
  ELIGIBILITY_RULES.find((rule) => rule.code === code);

export const ruleSentence = (code: string): string | undefined => ruleOf(code)?.sentence;
