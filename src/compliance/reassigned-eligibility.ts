import { sql } from 'kysely';
import type { EligibilityRule } from './eligibility-rule.ts';
import { type RuleInputs, utcText } from './rule-inputs.ts';

/**
 * A number that the Reassigned Numbers Database says was given up: what its holder of before agreed to binds nobody now. The answer ends
 * no consent event, it is about the number; what whoever has it agrees to after the question was asked counts. Index reassigned_number_yes,
 * primary key of consent.
 */
const REASSIGNED = sql`from reassigned_number r where r.phone = c.phone and r.answer = 'yes'
  and not exists (select from consent k where k.phone = r.phone and k.valid_from > r.asked_at)`;

export const REASSIGNED_ELIGIBILITY: EligibilityRule = {
  code: 'number_reassigned',
  sentence: 'The number was given up by the person and may be somebody else’s, says the Reassigned Numbers Database',
  otherwise: 'Not known as a number that has another holder now',
  forbids: () => sql<boolean>`exists (select ${REASSIGNED})`,
  inputs: () => sql<RuleInputs>`coalesce((
    select jsonb_build_object('answer', r.answer, 'knownOn', r.known_on::text, 'dataOf', r.as_of::text, 'askedAt', ${utcText(sql`r.asked_at`)})
    from reassigned_number r where r.phone = c.phone), '{"answer": null}')`,
  matters: ({ numbersAreReassigned }) => numbersAreReassigned,
};
