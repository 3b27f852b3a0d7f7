import { sql } from 'kysely';
import { skipReasonSql } from '../compliance/eligibility.ts';
import { type OutcomeSentence, sentenceFor } from '../messages/outcome-sentences.ts';
import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import { eligibilityFacts } from './preview-audience.ts';

/** The first rule that keeps this person out of a campaign launched now, or null: the same rules that launching applies. */
export async function whyLeftOut(
  db: Db | Tx,
  query: { readonly contactId: Uuid; readonly now: Instant },
): Promise<Outcome<({ readonly reason: string } & OutcomeSentence) | null>> {
  const { rows } = await sql<{ reason: string | null }>`
    select ${skipReasonSql(eligibilityFacts(query.now))} as reason from contact c where c.id = ${query.contactId}`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) return notFound('contact', showId('contact', query.contactId));
  return ok(row.reason === null ? null : { reason: row.reason, ...sentenceFor(row.reason) });
}
