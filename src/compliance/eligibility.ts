import { type RawBuilder, sql } from 'kysely';
import type { Instant } from '../platform/time.ts';

/**
 * Why a contact gets no campaign text. Each rule is one declaration: the code that is stored, the SQL predicate over `contact c`
 * that is true when the rule forbids, the sentence for people. Enrollment, previews and explanations use the same list; the
 * order decides which reason is named when several hold.
 */
export interface EligibilityRule {
  readonly code: string;
  readonly sentence: string;
  readonly forbids: (facts: EligibilityFacts) => RawBuilder<boolean>;
}

export interface EligibilityFacts {
  readonly now: Instant;
  /** Area codes of +1 that are not the United States, and toll-free ones. */
  readonly outsideUsAreaCodes: readonly string[];
  readonly tollFreeAreaCodes: readonly string[];
}

const suppressedFor = (...reasons: readonly string[]): RawBuilder<boolean> =>
  // Index suppression_active.
  sql<boolean>`exists (select 1 from suppression s where s.phone = c.phone and s.lifted_at is null and s.reason = any(${reasons}::text[]))`;

export const ELIGIBILITY_RULES: readonly EligibilityRule[] = [
  {
    code: 'opted_out',
    sentence: 'Asked not to be texted',
    forbids: () => suppressedFor('opt_out', 'provider_opt_out'),
  },
  {
    code: 'wrong_number',
    sentence: 'The number belongs to someone else',
    forbids: () => suppressedFor('wrong_number'),
  },
  {
    code: 'invalid_number',
    sentence: 'The number cannot receive texts',
    forbids: () => sql<boolean>`(c.number_state = 'invalid' or ${suppressedFor('invalid_number')})`,
  },
  {
    code: 'toll_free',
    sentence: 'A toll-free number is no one’s phone',
    forbids: (facts) => sql<boolean>`substr(c.phone, 3, 3) = any(${facts.tollFreeAreaCodes}::text[])`,
  },
  {
    code: 'outside_us',
    sentence: 'A Canadian or Caribbean number; campaigns text US numbers only',
    forbids: (facts) => sql<boolean>`substr(c.phone, 3, 3) = any(${facts.outsideUsAreaCodes}::text[])`,
  },
  {
    // Its window would never open and the campaign never end.
    code: 'no_zone',
    sentence: 'No time zone is plausible for this number, so no hour is known to be allowed',
    forbids: () => sql<boolean>`c.zone_group like '%|'`,
  },
];

/** `case` expression: the code of the first rule that forbids, or null. */
export const skipReasonSql = (facts: EligibilityFacts): RawBuilder<string | null> =>
  sql<string | null>`case ${sql.join(
    ELIGIBILITY_RULES.map((rule) => sql`when ${rule.forbids(facts)} then ${rule.code}::text`),
    sql` `,
  )} end`;

export const ruleSentence = (code: string): string | undefined =>
  ELIGIBILITY_RULES.find((rule) => rule.code === code)?.sentence;
