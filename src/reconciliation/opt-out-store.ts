import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { OptOutDifference, OptOutSign, OptOutStanding } from './decide-opt-outs.ts';

/** Whom a sign is about, and when it was given. */
interface StandingQuery extends Pick<OptOutSign, 'phone'> {
  readonly text: Pick<OptOutSign['text'], 'gatewayMessageId' | 'createdAt'>;
}

/**
 * By the gateway's id. An opt-out that was lifted before the sign is over; one that came after it is known by now. Indexes
 * suppression_history and audit_entry_phone.
 */
export async function readStandings(
  db: Db,
  signs: readonly StandingQuery[],
): Promise<ReadonlyMap<string, OptOutStanding>> {
  if (signs.length === 0) return new Map();
  const asked = signs.map(({ phone, text }) => ({ id: text.gatewayMessageId, phone, at: text.createdAt.toString() }));
  const { rows } = await sql<OptOutStanding & { gatewayId: string }>`
    select x.id as gateway_id, known.since as known_since, known.is_in_force,
      (select max((detail -> 'evidence' ->> 'saidAt')::timestamptz) from audit_entry a
        where a.phone = x.phone and a.action in ('number.opted_in', 'number.opt_in_without_effect')
          and (detail -> 'evidence' ->> 'saidAt')::timestamptz > x.at) as opted_in_at
    from json_to_recordset(${JSON.stringify(asked)}::json) as x (id text, phone text, at timestamptz),
      lateral (
        select min(s.created_at) as since, coalesce(bool_or(s.lifted_at is null), false) as is_in_force from suppression s
        -- Of an erased number the key is left.
        where s.phone = any(array[x.phone, number_key(x.phone)]) and s.reason in ('opt_out', 'wrong_number', 'provider_opt_out')
          -- By when they asked for texts again, which may have been heard much later than a STOP that came after it.
          and (s.lifted_at is null or coalesce((s.lifted_evidence ->> 'saidAt')::timestamptz, s.lifted_at) > x.at)) known`.execute(
    db,
  );
  return new Map(rows.map(({ gatewayId, ...standing }) => [gatewayId, standing]));
}

/** Those that no run has found before. Unique (account_id, gateway_id, kind). */
export async function insertDifferences(
  tx: Tx,
  { newUuid }: { readonly newUuid: NewUuid },
  found: {
    readonly runId: Uuid;
    readonly accountId: Uuid;
    readonly now: Instant;
    readonly differences: readonly OptOutDifference[];
  },
): Promise<ReadonlySet<string>> {
  if (found.differences.length === 0) return new Set();
  const rows = found.differences.map((one) => ({ ...one, id: newUuid() }));
  const { rows: stored } = await sql<{ key: string }>`
    insert into opt_out_difference (id, account_id, run_id, kind, gateway_id, phone, lane_id, code, at, found_at, known_since, opted_in_at)
    select id, ${found.accountId}::uuid, ${found.runId}::uuid, kind, "gatewayId", phone, "laneId", code, at, ${found.now}::timestamptz,
      "knownSince", "optedInAt"
    from json_to_recordset(${JSON.stringify(rows)}::json) as x (id uuid, kind text, "gatewayId" text, phone text, "laneId" uuid,
      code text, at timestamptz, "knownSince" timestamptz, "optedInAt" timestamptz)
    on conflict (account_id, gateway_id, kind) do nothing returning kind || ' ' || gateway_id as key`.execute(tx);
  return new Set(stored.map(({ key }) => key));
}

/** How many of these people the run had not compared before. */
export async function countNewNumbers(tx: Tx, runId: Uuid, phones: readonly string[]): Promise<number> {
  if (phones.length === 0) return 0;
  const { rows } = await sql`
    insert into reconciliation_number (run_id, number_hash)
    select distinct ${runId}::uuid, hashtextextended(phone, 0) from unnest(${phones}::text[]) as phone
    on conflict do nothing returning run_id`.execute(tx);
  return rows.length;
}
