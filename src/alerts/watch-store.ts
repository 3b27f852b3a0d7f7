import { sql } from 'kysely';
import { unheardSql } from '../compliance/provider-differences.ts';
import type { Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import type { Standstill } from './decide-alerts.ts';

/**
 * Accounts, lanes and campaigns that the engine has paused, and gateways that have not answered since before `silentBefore`. Accounts with
 * events that could not be applied, and those that refused since `refusedSince` for an opt-out of which we did not know (index
 * suppression_of_provider), or in whose books a STOP was found (opt_out_difference_newest). Accounts and lanes are small tables; indexes campaign_paused_by_engine and
 * gateway_event_troubled.
 */
export async function listStandstills(
  tx: Tx,
  { silentBefore, refusedSince }: { readonly silentBefore: Instant; readonly refusedSince: Instant },
): Promise<readonly Standstill[]> {
  const { rows } = await sql<Standstill>`
    select 'account_paused' as kind, id, name, null as phone, state_reason as reason, null::timestamptz as since, null::timestamptz as until,
      null::bigint as numbers
      from gateway_account where state = 'paused' and paused_by_engine
    union all
    select 'breaker_open', id, name, null, coalesce(breaker_detail, ''), breaker_open_since, null, null
      from gateway_account where state = 'active' and breaker_open_since <= ${silentBefore}
    union all
    select 'lane_paused', id, name, phone, state_reason, null, null, null
      from lane where state = 'paused' and paused_by_engine and paused_until is null
    union all
    select 'lanes_resting', a.id, a.name, min(l.phone), min(l.state_reason), null, max(l.paused_until), count(*)
      from lane l join gateway_account a on a.id = l.account_id
      where l.state = 'paused' and l.paused_by_engine and l.paused_until is not null group by a.id
    union all
    select 'campaign_paused', id, name, null, coalesce(state_reason, 'no reason was given'), null, null, null
      from campaign where state = 'paused' and paused_by_engine
    union all
    select 'events_failed', a.id, a.name, null, f.error, null, null, null
      from (select account_id, (array_agg(error order by id desc))[1] as error
        from (select account_id, id, error from gateway_event where state = 'failed' order by id desc limit ${FAILED_LOOKED_AT}) newest
        group by 1) f join gateway_account a on a.id = f.account_id
    union all
    select 'opt_outs_unheard', a.id, a.name, null, max(r.code), null, null, null
      from (select s.evidence ->> 'account' as account, coalesce(s.evidence ->> 'code', '') as code from suppression s
          where s.reason = 'provider_opt_out' and s.created_at >= ${refusedSince} and ${unheardSql}
        union all select 'acc_' || replace(d.account_id::text, '-', ''), '' from opt_out_difference d join gateway_account c on c.id = d.account_id
          where d.found_at >= ${refusedSince} and d.kind = 'stop' and d.opted_in_at is null and d.at >= c.created_at) r
      join gateway_account a on 'acc_' || replace(a.id::text, '-', '') = r.account group by a.id
    order by 1, 2`.execute(tx);
  return rows;
}

/** Of the events that failed, the newest tell which accounts they are of. */
const FAILED_LOOKED_AT = 10_000;

/** Any fixed number: it names the lock under which one worker looks. */
const WATCH_LOCK = 7_402_116;

/** The one after sees what the one before has written. */
export async function lockWatch(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${WATCH_LOCK})`.execute(tx);
}
