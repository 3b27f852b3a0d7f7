import { sql } from 'kysely';
import { SAME_MOMENT_MS } from '../compliance/overtaken-opt-out.ts';
import { lastSaidAt } from '../compliance/suppress.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { type Instant, SECOND_MS } from '../platform/time.ts';
import type { OptOutDifference, OptOutSign, OptOutStanding } from './decide-opt-outs.ts';

/** Whom a sign is about, and when it was given. */
interface StandingQuery extends Pick<OptOutSign, 'phone' | 'kind'> {
  readonly text: Pick<OptOutSign['text'], 'gatewayMessageId' | 'createdAt'>;
}

/**
 * One for each sign, in their order. An opt-out that was lifted before the sign is over; one that came after it is known by now. Indexes
 * suppression_history and audit_entry_phone. What waits to be applied is read at the same instant: gateway_event_line, and for receipts, which
 * are in no line, gateway_event_waiting and gateway_event_troubled.
 */
export async function readStandings(
  db: Db,
  { accountId, signs }: { readonly accountId: Uuid; readonly signs: readonly StandingQuery[] },
): Promise<readonly OptOutStanding[]> {
  if (signs.length === 0) return [];
  const asked = signs.map(({ kind, phone, text }, nth) => ({
    ...{ nth, kind, phone, id: text.gatewayMessageId, at: text.createdAt.toString() },
  }));
  const receiptIn = (state: string) => sql`exists (
        select from gateway_event e where e.account_id = ${accountId} and e.state = ${sql.lit(state)} and e.order_key is null
          and coalesce(e.phone, x.phone) = x.phone and position(x.id in e.payload) > 0)`;
  const { rows } = await sql<OptOutStanding>`
    select known.since as known_since, known.is_in_force, known.again_at as opted_out_again_at,
      case x.kind when 'refused' then ${receiptIn('received')} or ${receiptIn('retrying')} when 'accepted' then false else exists (
        select from gateway_event e where e.account_id = ${accountId} and e.order_key = x.phone and e.state in ('received', 'retrying')
          and position(x.id in e.payload) > 0) end as is_waiting,
      (select max((detail -> 'evidence' ->> 'saidAt')::timestamptz) from audit_entry a
        where a.phone = x.phone and a.action in ('number.opted_in', 'number.opt_in_without_effect')
          and (detail -> 'evidence' ->> 'saidAt')::timestamptz > x.at) as opted_in_at
    from json_to_recordset(${JSON.stringify(asked)}::json) as x (nth integer, kind text, id text, phone text, at timestamptz),
      lateral (
        select min(s.created_at) as since, coalesce(bool_or(s.lifted_at is null), false) as is_in_force,
          -- Of the same moment the strict side wins, as when a START is applied.
          max(${lastSaidAt}) filter (where s.lifted_at is null and ${lastSaidAt} > x.at - make_interval(secs => ${SAME_MOMENT_MS / SECOND_MS}))
            as again_at
        from suppression s
        -- Of an erased number the key is left.
        where s.phone = any(array[x.phone, number_key(x.phone)]) and s.reason in ('opt_out', 'wrong_number', 'provider_opt_out')
          -- By when they asked for texts again, which may have been heard much later than a STOP that came after it.
          and (s.lifted_at is null or coalesce((s.lifted_evidence ->> 'saidAt')::timestamptz, s.lifted_at) > x.at)) known
    order by x.nth`.execute(db);
  return rows;
}

/** What makes a difference the same one. */
export const differenceKey = ({
  kind,
  gatewayId,
  phone,
}: Pick<OptOutDifference, 'kind' | 'gatewayId' | 'phone'>): string => `${kind} ${gatewayId} ${phone}`;

/**
 * Those that no run has found before, by their keys. Unique (account_id, gateway_id, kind, phone); one without a number was found before its
 * person was erased.
 */
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
  const { rows: stored } = await sql<Parameters<typeof differenceKey>[0]>`
    insert into opt_out_difference (id, account_id, run_id, kind, gateway_id, phone, lane_id, code, at, found_at, known_since, opted_in_at,
      opted_out_again_at)
    select id, ${found.accountId}::uuid, ${found.runId}::uuid, kind, "gatewayId", phone, "laneId", code, at, ${found.now}::timestamptz,
      "knownSince", "optedInAt", "optedOutAgainAt"
    from json_to_recordset(${JSON.stringify(rows)}::json) as x (id uuid, kind text, "gatewayId" text, phone text, "laneId" uuid,
      code text, at timestamptz, "knownSince" timestamptz, "optedInAt" timestamptz, "optedOutAgainAt" timestamptz)
    where not exists (select from opt_out_difference d
      where d.account_id = ${found.accountId}::uuid and d.gateway_id = x."gatewayId" and d.kind = x.kind and d.phone is null)
    on conflict (account_id, gateway_id, kind, phone) do nothing returning kind, gateway_id, phone`.execute(tx);
  return new Set(stored.map(differenceKey));
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
