import { type RawBuilder, sql } from 'kysely';
import type { Instant } from '../platform/time.ts';
import { type RuleInputs, utcText } from './rule-inputs.ts';

/**
 * Whom the owner leaves out by what is known of the number: the answers of services in `number_validation`, by the policy in the row
 * `number_validation` of `setting`. The policy is read by the statement itself, once, so that whoever claims obeys the saved one.
 */
export interface NumberExclusions {
  readonly landline: boolean;
  readonly voip: boolean;
  readonly tollFree: boolean;
  readonly invalid: boolean;
  /** Never asked, or too long ago. */
  readonly unverified: boolean;
}

export interface NumberPolicy {
  readonly excludes: NumberExclusions;
  /** An answer that is older counts as none for `unverified`. A landline stays one until somebody says otherwise. */
  readonly maxAgeDays: number;
}

/** The key of that row. */
export const NUMBER_SETTING = 'number_validation';

/** While nobody has set anything. */
export const DEFAULT_NUMBER_POLICY: NumberPolicy = {
  excludes: { landline: true, voip: false, tollFree: true, invalid: true, unverified: false },
  maxAgeDays: 30,
};

/** `policy`: one that is only tried; absent for the saved one. */
export interface NumberFacts {
  readonly now: Instant;
  readonly policy?: NumberPolicy;
}

interface NumberRule {
  readonly code: string;
  readonly excluded: keyof NumberExclusions;
  readonly sentence: string;
  readonly otherwise: string;
  /** Over `number_validation v`, the row of nulls when nothing is known. */
  readonly holds: (facts: NumberFacts) => RawBuilder<boolean>;
}

export const NUMBER_RULES: readonly NumberRule[] = [
  {
    code: 'number_not_valid',
    excluded: 'invalid',
    sentence: 'The number is not in use, says the service that was asked',
    otherwise: 'Not left out as a number that is not in use',
    holds: () => sql<boolean>`v.valid is false`,
  },
  {
    code: 'number_landline',
    excluded: 'landline',
    sentence: 'A landline, says the service that was asked',
    otherwise: 'Not left out as a landline',
    holds: () => sql<boolean>`coalesce(v.line_type = 'landline', false)`,
  },
  {
    code: 'number_voip',
    excluded: 'voip',
    sentence: 'An internet number (VoIP), says the service that was asked',
    otherwise: 'Not left out as an internet number (VoIP)',
    holds: () => sql<boolean>`coalesce(v.line_type = 'voip', false)`,
  },
  {
    code: 'number_toll_free',
    excluded: 'tollFree',
    sentence: 'A toll-free number, says the service that was asked',
    otherwise: 'Not left out as a toll-free number',
    holds: () => sql<boolean>`coalesce(v.line_type = 'toll_free', false)`,
  },
  {
    code: 'number_unverified',
    excluded: 'unverified',
    sentence: 'The number has not been validated, or too long ago',
    otherwise: 'Not left out for want of a validation',
    holds: ({ now, policy }) =>
      sql<boolean>`coalesce(v.checked_at <= ${now}::timestamptz - make_interval(days => ${maxAgeSql(policy)}), true)`,
  },
];

/** Whether the owner leaves such numbers out. Without a tried policy, a subquery that PostgreSQL runs once per statement: setting_pkey. */
const excludedSql = (excluded: keyof NumberExclusions, policy: NumberPolicy | undefined): RawBuilder<boolean> =>
  policy === undefined
    ? sql<boolean>`coalesce((select (s.value #>> ${sql.lit(`{excludes,${excluded}}`)})::boolean from setting s where s.key = ${sql.lit(NUMBER_SETTING)}), ${sql.lit(DEFAULT_NUMBER_POLICY.excludes[excluded])})`
    : sql<boolean>`${policy.excludes[excluded]}::boolean`;

const maxAgeSql = (policy: NumberPolicy | undefined): RawBuilder<number> =>
  policy === undefined
    ? sql<number>`coalesce((select (s.value ->> 'maxAgeDays')::int from setting s where s.key = ${sql.lit(NUMBER_SETTING)}), ${sql.lit(DEFAULT_NUMBER_POLICY.maxAgeDays)})`
    : sql<number>`${policy.maxAgeDays}::int`;

/** Over `contact c`, always one row: what is known of the number as `v`. Primary key of number_validation. */
const OF_CONTACT = sql`from (select 1) as one left join number_validation v on v.phone = c.phone`;

const forbidsSql = (rule: NumberRule, facts: NumberFacts): RawBuilder<boolean> =>
  sql<boolean>`(${excludedSql(rule.excluded, facts.policy)} and ${rule.holds(facts)})`;

/** Over `contact c`: whether one rule leaves it out. */
export const numberForbidsSql = (rule: NumberRule, facts: NumberFacts): RawBuilder<boolean> =>
  sql<boolean>`(select ${forbidsSql(rule, facts)} ${OF_CONTACT})`;

/** Over `contact c`: the code of the first of these rules that leaves it out, or null. Looks the number up once for all of them. */
export const numberReasonSql = (facts: NumberFacts): RawBuilder<string | null> =>
  sql<string | null>`(select case ${sql.join(
    NUMBER_RULES.map((rule) => sql`when ${forbidsSql(rule, facts)} then ${rule.code}::text`),
    sql` `,
  )} end ${OF_CONTACT})`;

export const numberInputs = sql<RuleInputs>`(
  select jsonb_build_object('valid', v.valid, 'lineType', v.line_type, 'carrier', v.carrier, 'validator', v.validator,
    'checkedAt', ${utcText(sql`v.checked_at`)}) ${OF_CONTACT})`;
