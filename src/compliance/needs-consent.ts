import { type RawBuilder, sql } from 'kysely';
import type { ConsentKind } from './consent.ts';
import type { AskedConsent } from './consent-policy.ts';
import type { EligibilityFacts, EligibilityRule } from './eligibility-rule.ts';
import { type RuleInputs, utcText } from './rule-inputs.ts';

/**
 * The rules of consent, by the policy of the campaign; a campaign without one asks for nothing. Who took a consent back is kept apart
 * from who never gave one: only the latter can be let through by an owner.
 */
type Now = EligibilityFacts['now'];

/** Over `contact c`, always one row: its consent for the purpose as `k`. Primary key of consent. */
const ofContact = ({ purpose }: AskedConsent) =>
  sql`from (select 1) as one left join consent k on k.phone = c.phone and k.purpose = ${purpose}`;

/** Over `consent k`, the row of nulls when nothing is known. */
export const consentInForce = (now: Now): RawBuilder<boolean> =>
  sql<boolean>`(k.valid_from <= ${now} and (k.valid_until is null or k.valid_until > ${now}))`;

const takenBack = sql<boolean>`coalesce(k.state = 'opted_out', false)`;

const lacks = (kinds: readonly ConsentKind[], now: Now): RawBuilder<boolean> =>
  sql<boolean>`not coalesce(k.kind = any(${kinds}::text[]) and ${consentInForce(now)}, false)`;

const inputs = ({ consent, now }: EligibilityFacts): RawBuilder<RuleInputs> =>
  consent === null
    ? sql<RuleInputs>`'{"asked": null}'::jsonb`
    : sql<RuleInputs>`(select jsonb_build_object('asked', ${[...consent.kinds]}::text[], 'purpose', ${consent.purpose}::text,
        'state', k.state, 'kind', case when ${consentInForce(now)} then k.kind end, 'validUntil', ${utcText(sql`k.valid_until`)},
        'waived', ${consent.waived}::boolean) ${ofContact(consent)})`;

export const CONSENT_ELIGIBILITY: readonly EligibilityRule[] = [
  {
    code: 'consent_taken_back',
    sentence: 'Took the consent back',
    otherwise: 'Has not taken a consent back',
    forbids: ({ consent }) =>
      consent === null ? sql<boolean>`false` : sql<boolean>`(select ${takenBack} ${ofContact(consent)})`,
    inputs,
    matters: ({ consent }) => consent !== null,
  },
  {
    code: 'no_consent',
    sentence: 'Has not agreed as the campaign’s policy asks',
    otherwise: 'Has agreed as the campaign’s policy asks, or need not have',
    forbids: ({ consent, now }) =>
      consent === null || consent.waived
        ? sql<boolean>`false`
        : sql<boolean>`(select ${lacks(consent.kinds, now)} ${ofContact(consent)})`,
    inputs,
    matters: ({ consent }) => consent !== null && !consent.waived,
  },
];

/** Over `contact c`: the code of the rule that leaves it out, or null. Looks the consent up once for both. */
export function consentReasonSql(facts: EligibilityFacts): RawBuilder<string | null> {
  const { consent } = facts;
  if (consent === null) return sql<string | null>`null::text`;
  return sql<
    string | null
  >`(select ${reasonOf(facts, consent, sql<boolean>`${consent.waived}::boolean`)} ${ofContact(consent)})`;
}

/** The same over `consent k`, which the statement has joined, and whether this person is let through without one. */
export const joinedConsentReasonSql = (
  facts: EligibilityFacts,
  waived: RawBuilder<boolean>,
): RawBuilder<string | null> =>
  facts.consent === null ? sql<string | null>`null::text` : reasonOf(facts, facts.consent, waived);

const reasonOf = (
  { now }: EligibilityFacts,
  { kinds }: AskedConsent,
  waived: RawBuilder<boolean>,
): RawBuilder<string | null> =>
  sql<string | null>`case when ${takenBack} then 'consent_taken_back'
    when not ${waived} and ${lacks(kinds, now)} then 'no_consent' end`;

/** Over `contact c`: no consent of these kinds is in force. */
export const lacksConsentSql = (asked: AskedConsent, kinds: readonly ConsentKind[], now: Now): RawBuilder<boolean> =>
  sql<boolean>`(select ${lacks(kinds, now)} ${ofContact(asked)})`;
