import { type RawBuilder, sql } from 'kysely';
import type { Instant } from '../platform/time.ts';
import type { EligibilityRule } from './eligibility-rule.ts';
import { type RuleInputs, utcText } from './rule-inputs.ts';

/** The code under which a held number is told; its sentence and remedy are found by it. */
export const HELD_CODE = 'held_for_review';

/**
 * Over `contact c`: replies on which nobody has decided, of its number and of those that were merged into it. Indexes opt_out_review_open and
 * contact_number_contact.
 */
const undecided = sql`opt_out_review r
    where r.phone = any(array_append(array(select n.phone from contact_number n where n.contact_id = c.id), c.phone)) and r.decided_at is null`;

/** Until when somebody may decide on the first of them, null for who is not held. */
const dueSql = sql<Instant | null>`(select min(r.due_at) from ${undecided})`;

/** The same for a claim, which does not look for what cannot be there. */
export const heldUntilSql = ({ numbersAreHeld }: { readonly numbersAreHeld: boolean }): RawBuilder<Instant | null> =>
  numbersAreHeld ? dueSql : sql<Instant | null>`null::timestamptz`;

/** Whoever is in a campaign stays in it, and is texted or opted out when the reply has been decided on. */
export const HELD_ELIGIBILITY: EligibilityRule = {
  code: HELD_CODE,
  sentence: 'Wrote something that may be an opt-out, and nobody has decided yet',
  otherwise: 'No reply waits to be read as an opt-out or not',
  delays: 'all',
  forbids: () => sql<boolean>`(${dueSql} is not null)`,
  inputs: () => sql<RuleInputs>`coalesce((
    select jsonb_build_object('reviewId', r.id, 'decideBefore', ${utcText(sql`r.due_at`)})
    from ${undecided} order by r.due_at, r.id limit 1), '{"reviewId": null}')`,
  matters: ({ numbersAreHeld }) => numbersAreHeld,
};
