import { sql } from 'kysely';
import { skipReasonSql } from '../compliance/eligibility.ts';
import type { EligibilityFacts } from '../compliance/eligibility-rule.ts';
import type { Db, Tx } from '../platform/database.ts';

export interface Reach {
  readonly contacts: number;
  readonly textable: number;
  /** By the first rule that keeps them out, the most frequent in front. */
  readonly excluded: readonly { readonly reason: string; readonly count: number }[];
}

/** Everybody, by the rules that launches and claims ask. One pass over the contacts: seconds for a million. */
export async function countReach(db: Db | Tx, facts: EligibilityFacts): Promise<Reach> {
  const { rows } = await sql<{ reason: string | null; count: number }>`
    select ${skipReasonSql(facts)} as reason, count(*) as count from contact c group by 1 order by 2 desc, 1`.execute(
    db,
  );
  return {
    contacts: rows.reduce((sum, { count }) => sum + count, 0),
    textable: rows.find(({ reason }) => reason === null)?.count ?? 0,
    excluded: rows.flatMap(({ reason, count }) => (reason === null ? [] : [{ reason, count }])),
  };
}
