import { sql } from 'kysely';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

export interface DailyFacts {
  readonly accountId: Uuid;
  readonly connectedAt: Instant;
  readonly historyDays: number;
  /** Of its newest run that nobody asked for. */
  readonly lastStartedAt: Instant | null;
  /** Up to where its books were compared wholly. */
  readonly comparedUntil: Instant | null;
  readonly isUnderWay: boolean;
}

/** Of all accounts; few. Index reconciliation_run_account. */
export async function readDaily(db: Db): Promise<readonly DailyFacts[]> {
  const { rows } = await sql<DailyFacts>`
    select a.id as account_id, a.created_at as connected_at, a.history_days,
      max(r.created_at) filter (where r.kind <> 'manual') as last_started_at,
      max(r.until) filter (where r.kind <> 'manual' and r.state = 'completed') as compared_until,
      coalesce(bool_or(r.state in ('waiting', 'running')), false) as is_under_way
    from gateway_account a left join reconciliation_run r on r.account_id = a.id
    group by a.id order by a.created_at, a.id`.execute(db);
  return rows;
}
