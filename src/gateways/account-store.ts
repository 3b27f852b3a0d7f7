import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { AccountRow, LaneRow, OptOutConfirmer } from './account.ts';

export async function getAccount(tx: Tx | Db, id: Uuid): Promise<AccountRow | undefined> {
  const { rows } = await sql<AccountRow>`
    select id, kind, name, base_url, environment, api_key_sealed, webhook_ref, webhook_secrets_sealed, webhook_change_until,
      webhook_parts_refused, webhook_generation, webhook_fallback, rate_per_second, opt_outs_confirmed_by, state, state_reason,
      created_at
    from gateway_account where id = ${id}`.execute(tx);
  return rows[0];
}

export async function listAccountRows(tx: Tx | Db): Promise<readonly AccountRow[]> {
  const { rows } = await sql<AccountRow>`
    select id, kind, name, base_url, environment, api_key_sealed, webhook_ref, webhook_secrets_sealed, webhook_change_until,
      webhook_parts_refused, webhook_generation, webhook_fallback, rate_per_second, opt_outs_confirmed_by, state, state_reason,
      created_at
    from gateway_account order by created_at, id`.execute(tx);
  return rows;
}

export async function listLaneRows(tx: Tx | Db): Promise<readonly LaneRow[]> {
  const { rows } = await sql<LaneRow>`
    select id, account_id, gateway_ref, phone, name, zone, daily_cap, messages_per_second, parts_per_second, parts_per_day, state,
      state_reason, paused_until
    from lane order by created_at, id`.execute(tx);
  return rows;
}

/** What the gateway calls the numbers of one account, in whatever state they are. A small table. */
export async function listLaneRefs(tx: Tx | Db, accountId: Uuid): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{
    gatewayRef: string;
  }>`select gateway_ref from lane where account_id = ${accountId}`.execute(tx);
  return new Set(rows.map(({ gatewayRef }) => gatewayRef));
}

/** Asked for each opt-out that begins, and at no other text. */
export async function readOptOutConfirmer(tx: Tx, accountId: Uuid): Promise<OptOutConfirmer> {
  const { rows } = await sql<{ confirmer: OptOutConfirmer }>`
    select opt_outs_confirmed_by as confirmer from gateway_account where id = ${accountId}`.execute(tx);
  if (rows[0] === undefined) throw new Error(`account ${accountId} is not there`);
  return rows[0].confirmer;
}
