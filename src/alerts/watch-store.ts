import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import type { Standstill } from './decide-alerts.ts';

/**
 * Accounts, lanes (but for pauses that end by themselves) and campaigns that the engine has paused, and gateways that have not answered
 * since before `silentBefore`. Accounts and lanes are small tables; index campaign_paused_by_engine.
 */
export async function listStandstills(tx: Tx, silentBefore: Instant): Promise<readonly Standstill[]> {
  const { rows } = await sql<Standstill>`
    select 'account_paused' as kind, id, name, null as phone, state_reason as reason, null::timestamptz as since
      from gateway_account where state = 'paused' and paused_by_engine
    union all
    select 'breaker_open', id, name, null, coalesce(breaker_detail, ''), breaker_open_since
      from gateway_account where state = 'active' and breaker_open_since <= ${silentBefore}
    union all
    select 'lane_paused', id, name, phone, state_reason, null
      from lane where state = 'paused' and paused_by_engine and paused_until is null
    union all
    select 'campaign_paused', id, name, null, coalesce(state_reason, 'no reason was given'), null
      from campaign where state = 'paused' and paused_by_engine
    order by 1, 2`.execute(tx);
  return rows;
}

/** Any fixed number: it names the lock under which one worker looks. */
const WATCH_LOCK = 7_402_116;

/** The one after sees what the one before has written. */
export async function lockWatch(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${WATCH_LOCK})`.execute(tx);
}
