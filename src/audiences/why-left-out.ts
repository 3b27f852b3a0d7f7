import { sql } from 'kysely';
import { getBusiness } from '../business/business-store.ts';
import { type EligibilityCheck, eligibilityChecksSql } from '../compliance/eligibility.ts';
import { type OutcomeSentence, ruleOutcome } from '../messages/outcome-sentences.ts';
import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import { readEligibilityFacts } from './eligibility-facts.ts';

interface ContactNow {
  readonly contactId: Uuid;
  readonly now: Instant;
}

/** What each rule says of this person now, and what it looked at: the same rules that launching and the claim apply. */
export async function checkEligibility(db: Db | Tx, query: ContactNow): Promise<Outcome<readonly EligibilityCheck[]>> {
  const facts = await readEligibilityFacts(db, query.now);
  const { rows } = await sql<{ checks: readonly EligibilityCheck[] }>`
    select ${eligibilityChecksSql(facts)} as checks from contact c where c.id = ${query.contactId}`.execute(db);
  const [row] = rows;
  return row === undefined ? notFound('contact', showId('contact', query.contactId)) : ok(row.checks);
}

/** The first rule that keeps this person out of a campaign launched now, or null. */
export async function whyLeftOut(
  db: Db | Tx,
  query: ContactNow,
): Promise<Outcome<({ readonly reason: string } & OutcomeSentence) | null>> {
  const checks = await checkEligibility(db, query);
  if (!checks.ok) return checks;
  const first = checks.value.find((check) => check.forbids);
  if (first === undefined) return ok(null);
  const { zone } = await getBusiness(db);
  return ok({ reason: first.code, ...ruleOutcome(first, zone) });
}
