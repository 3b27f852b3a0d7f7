import { sql } from 'kysely';
import type { DeliveryStatus } from '../gateways/gateway.ts';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Instant } from '../platform/time.ts';

export interface StatusReport {
  readonly accountId: Uuid;
  readonly gatewayMessageId: string;
  readonly status: DeliveryStatus;
  readonly errorCode: string | undefined;
  readonly at: Instant;
}

/**
 * Applies a delivery report. Order-free and idempotent: a text that is delivered or failed stays so whatever comes later. A
 * report that is faster than our own record of the send is kept, and applied together with that record (`applyEarlyReceipts`).
 */
export async function applyDeliveryStatus(tx: Tx, report: StatusReport): Promise<void> {
  const { status } = report;
  if (status === 'queued' || status === 'sent') return;
  if ((await moveTexts(tx, report.accountId, [{ ...report, status }])) > 0) return;
  // Our record may be just being written: one of the two is wholly first.
  await lockGatewayIds(tx, [report.gatewayMessageId]);
  if (await isRecorded(tx, report)) return void (await moveTexts(tx, report.accountId, [{ ...report, status }]));
  await sql`
    insert into early_receipt (account_id, gateway_message_id, status, error_code, at)
    values (${report.accountId}, ${report.gatewayMessageId}, ${status}, ${report.errorCode ?? null}, ${report.at})
    on conflict do nothing`.execute(tx);
}

/** Applies what was reported of texts whose gateway ids this transaction has just recorded; `lockGatewayIds` comes before. */
export async function applyEarlyReceipts(tx: Tx, accountId: Uuid, gatewayIds: readonly string[]): Promise<void> {
  if (gatewayIds.length === 0) return;
  const { rows } = await sql<FinalReport>`
    delete from early_receipt where account_id = ${accountId} and gateway_message_id = any(${gatewayIds}::text[])
    returning gateway_message_id, status, error_code, at`.execute(tx);
  await moveTexts(tx, accountId, rows);
}

/** In one order, so that two transactions with several ids cannot wait for each other. */
export async function lockGatewayIds(tx: Tx, gatewayIds: readonly string[]): Promise<void> {
  if (gatewayIds.length === 0) return;
  await sql`
    select pg_advisory_xact_lock(hashtextextended(id, ${GATEWAY_ID_LOCKS}))
    from unnest(${gatewayIds.toSorted()}::text[]) as id`.execute(tx);
}

/** Keeps these locks apart from other advisory locks. */
const GATEWAY_ID_LOCKS = 7_770_002;

interface FinalReport {
  readonly gatewayMessageId: string;
  readonly status: 'delivered' | 'undelivered' | 'failed';
  readonly errorCode?: string | null | undefined;
  readonly at: Instant;
}

async function isRecorded(tx: Tx, report: StatusReport): Promise<boolean> {
  const { rows } = await sql`
    select 1 from message where account_id = ${report.accountId} and gateway_message_id = ${report.gatewayMessageId}`.execute(
    tx,
  );
  return rows.length === 1;
}

/** How many of them were still on their way. */
async function moveTexts(tx: Tx, accountId: Uuid, reports: readonly FinalReport[]): Promise<number> {
  if (reports.length === 0) return 0;
  const rows = reports.map(({ gatewayMessageId, status, errorCode, at }) => ({
    gateway_id: gatewayMessageId,
    state: status === 'delivered' ? 'delivered' : 'failed',
    code: status === 'delivered' ? null : (errorCode ?? status),
    at: at.toString(),
  }));
  const { rows: moved } = await sql<{ campaignId: Uuid | null; conversationId: Uuid | null }>`
    with report as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x (gateway_id text, state text, code text, at timestamptz)
    ), moved as (
      update message m set state = r.state, delivered_at = case r.state when 'delivered' then r.at end,
        failed_at = case r.state when 'failed' then r.at end, failure_code = r.code, failure_message = null
      from report r
      where m.account_id = ${accountId} and m.gateway_message_id = r.gateway_id and m.state = 'sent'
      returning m.id, m.enrollment_id, m.conversation_id, r.state, r.code, r.at
    ), enrolled as (
      update enrollment e set state = m.state, delivered_at = case m.state when 'delivered' then m.at end,
        failed_at = case m.state when 'failed' then m.at end, failure_code = m.code
      from moved m where e.id = m.enrollment_id
      returning e.id, e.campaign_id
    )
    select e.campaign_id, m.conversation_id from moved m left join enrolled e on e.id = m.enrollment_id`.execute(tx);
  const topics = moved.flatMap((row) => [
    ...(row.campaignId === null ? [] : [`campaign:${row.campaignId}`]),
    ...(row.conversationId === null ? [] : [`conversation:${row.conversationId}`]),
  ]);
  await notifyLive(tx, [...new Set(topics)]);
  return moved.length;
}
