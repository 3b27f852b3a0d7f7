import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { PROXY_COUNT_MAX, type ProxyTarget } from './proxy-target.ts';

/** What a person decides about a target. */
export type ProxyTargetSettings = Pick<ProxyTarget, 'url' | 'allowedCidrs' | 'eventTypes' | 'state' | 'stateReason'>;

/** Index webhook_proxy_target_account_id_url_key; of the log, webhook_proxy_delivery_due and webhook_proxy_delivery_failed, each walk bounded. */
const SHOWN = sql`
  t.id, t.account_id, a.name as account_name, t.url, t.allowed_cidrs, t.event_types, t.state, t.state_reason, t.failing_since,
  t.last_delivered_at, t.delivered_total, t.failed_total, t.created_at,
  (select count(*) from (select from webhook_proxy_delivery d where d.target_id = t.id and d.state = 'waiting' limit ${PROXY_COUNT_MAX}) w) as waiting,
  (select count(*) from (select from webhook_proxy_delivery d where d.target_id = t.id and d.state = 'failed' limit ${PROXY_COUNT_MAX}) f) as failed
  from webhook_proxy_target t join gateway_account a on a.id = t.account_id`;

/** All of them, or those of one account: a handful. */
export async function listProxyTargets(db: Db | Tx, accountId?: Uuid): Promise<readonly ProxyTarget[]> {
  const { rows } = await sql<ProxyTarget>`
    select ${SHOWN} where ${accountId ?? null}::uuid is null or t.account_id = ${accountId ?? null}
    order by a.created_at, a.id, t.created_at, t.id`.execute(db);
  return rows;
}

export async function getProxyTarget(db: Db | Tx, id: Uuid): Promise<ProxyTarget | undefined> {
  const { rows } = await sql<ProxyTarget>`select ${SHOWN} where t.id = ${id}`.execute(db);
  return rows[0];
}

export async function lockProxyTarget(tx: Tx, id: Uuid): Promise<ProxyTarget | undefined> {
  await sql`select from webhook_proxy_target where id = ${id} for update`.execute(tx);
  return getProxyTarget(tx, id);
}

export interface NewProxyTarget extends ProxyTargetSettings {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly tokenSealed: string;
  /** The least id that an event of now can have. */
  readonly sinceId: Uuid;
  readonly createdBy: string;
}

export async function insertProxyTarget(tx: Tx, target: NewProxyTarget, now: Instant): Promise<void> {
  await sql`
    insert into webhook_proxy_target (id, account_id, url, allowed_cidrs, token_sealed, event_types, state, state_reason, since_id,
      cursor_id, swept_at, created_by, created_at, updated_at)
    values (${target.id}, ${target.accountId}, ${target.url}, ${target.allowedCidrs}, ${target.tokenSealed}, ${target.eventTypes},
      ${target.state}, ${target.stateReason}, ${target.sinceId}, ${target.sinceId}, ${now}, ${target.createdBy}, ${now}, ${now})`.execute(
    tx,
  );
}

export async function updateProxyTarget(
  tx: Tx,
  target: ProxyTargetSettings & Pick<ProxyTarget, 'id'>,
  now: Instant,
): Promise<void> {
  await sql`
    update webhook_proxy_target set url = ${target.url}, allowed_cidrs = ${target.allowedCidrs}, event_types = ${target.eventTypes},
      state = ${target.state}, state_reason = ${target.stateReason}, failing_since = null, updated_at = ${now}
    where id = ${target.id}`.execute(tx);
}

/** Forwards what comes from now on: what came before is neither missed nor late. */
export async function startProxyTargetAnew(tx: Tx, id: Uuid, { sinceId, now }: { sinceId: Uuid; now: Instant }) {
  await sql`
    update webhook_proxy_target set since_id = ${sinceId}, cursor_id = greatest(cursor_id, ${sinceId}), swept_at = ${now}, swept_far_at = ${now}
    where id = ${id}`.execute(tx);
}

export async function deleteProxyTarget(tx: Tx, id: Uuid): Promise<void> {
  await sql`delete from webhook_proxy_target where id = ${id}`.execute(tx);
}

/** One that forwards. */
export interface ActiveTarget {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly url: string;
  readonly allowedCidrs: readonly string[];
  readonly tokenSealed: string;
}

export async function listActiveTargets(db: Db): Promise<readonly ActiveTarget[]> {
  const { rows } = await sql<ActiveTarget>`
    select id, account_id, url, allowed_cidrs, token_sealed from webhook_proxy_target where state = 'active' order by id`.execute(
    db,
  );
  return rows;
}
