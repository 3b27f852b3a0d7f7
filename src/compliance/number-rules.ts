import { type RawBuilder, sql } from 'kysely';
import { addMs, DAY_MS } from '../platform/time.ts';
import type { EligibilityFacts, EligibilityRule } from './eligibility-rule.ts';
import type { NumberExclusions } from './number-policy.ts';
import { type RuleInputs, utcText } from './rule-inputs.ts';

/**
 * Whom the owner leaves out by what is known of the number: the answers of services in `number_validation`, by the policy in the row
 * `number_validation` of `setting`.
 */
interface NumberRule {
  readonly code: string;
  readonly excluded: keyof NumberExclusions;
  readonly sentence: string;
  readonly otherwise: string;
  /** Over `number_validation v`, the row of nulls when nothing is known. */
  readonly holds: (facts: EligibilityFacts) => RawBuilder<boolean>;
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
    holds: ({ now, numberPolicy }) =>
      sql<boolean>`coalesce(v.checked_at <= ${addMs(now, -numberPolicy.maxAgeDays * DAY_MS)}, true)`,
  },
];

/** Over `contact c`: what a service has said of the number, as it is kept with a text; null when none was asked. */
export const validationSql = sql<{ service: string; lineType: string; checkedOn: string } | null>`(
  select jsonb_build_object('service', v.validator, 'lineType', v.line_type, 'checkedOn', to_char(v.checked_at at time zone 'UTC', 'YYYY-MM-DD'))
  from number_validation v where v.phone = c.phone)`;

/** Over `contact c`, always one row: what is known of the number as `v`. Primary key of number_validation. */
const OF_CONTACT = sql`from (select 1) as one left join number_validation v on v.phone = c.phone`;

const NUMBER_INPUTS = sql<RuleInputs>`(
  select jsonb_build_object('valid', v.valid, 'lineType', v.line_type, 'carrier', v.carrier, 'validator', v.validator,
    'checkedAt', ${utcText(sql`v.checked_at`)}) ${OF_CONTACT})`;

const matters = ({ excluded, code }: NumberRule, facts: EligibilityFacts): boolean =>
  facts.numberPolicy.excludes[excluded] && (facts.numbersWereAsked || code === 'number_unverified');

export const NUMBER_ELIGIBILITY: readonly EligibilityRule[] = NUMBER_RULES.map((rule) => ({
  code: rule.code,
  sentence: rule.sentence,
  otherwise: rule.otherwise,
  forbids: (facts) =>
    matters(rule, facts) ? sql<boolean>`(select ${rule.holds(facts)} ${OF_CONTACT})` : sql<boolean>`false`,
  inputs: () => NUMBER_INPUTS,
  matters: (facts) => matters(rule, facts),
}));

/** Over `contact c`: the code of the first of these rules that leaves it out, or null. Looks the number up once for all of them. */
export function numberReasonSql(facts: EligibilityFacts): RawBuilder<string | null> {
  const rules = NUMBER_RULES.filter((rule) => matters(rule, facts));
  if (rules.length === 0) return sql<string | null>`null::text`;
  const cases = rules.map((rule) => sql`when ${rule.holds(facts)} then ${rule.code}::text`);
  return sql<string | null>`(select case ${sql.join(cases, sql` `)} end ${OF_CONTACT})`;
}
