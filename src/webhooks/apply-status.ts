import { sql } from 'kysely';
import { consequenceOf } from '../gateways/decide-consequence.ts';
import type { DeliveryStatus } from '../gateways/gateway.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Instant } from '../platform/time.ts';
import { beginAftermath } from '../sending/aftermath.ts';
import type { FailedText } from '../sending/aftermath-store.ts';

export interface StatusReport {
  readonly accountId: Uuid;
  readonly gatewayMessageId: string;
  readonly status: DeliveryStatus;
  readonly errorCode: string | undefined;
  readonly at: Instant;
}

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/**
 * Applies a delivery report, with what its code means for the number, the lane, the account or the campaign. Order-free and
 * idempotent: a text that is delivered or failed stays so whatever comes later, and only the report that moves it has consequences.
 * A report that is faster than our own record of the send is kept, and applied together with that record (`applyEarlyReceipts`).
 */
export async function applyDeliveryStatus(tx: Tx, deps: Deps, report: StatusReport): Promise<void> {
  const { status } = report;
  if (status === 'queued' || status === 'sent') return;
  if (await moveText(tx, deps, { ...report, status })) return;
  // Our record may be just being written: one of the two is wholly first.
  await lockGatewayIds(tx, [report.gatewayMessageId]);
  if (await isRecorded(tx, report)) return void (await moveText(tx, deps, { ...report, status }));
  await sql`
    insert into early_receipt (account_id, gateway_message_id, status, error_code, at)
    values (${report.accountId}, ${report.gatewayMessageId}, ${status}, ${report.errorCode ?? null}, ${report.at})
    on conflict do nothing`.execute(tx);
}

/** Events of one number are applied one after the other, so that nothing moves the text between the look at it and the move. */
async function moveText(tx: Tx, deps: Deps, report: FinalReport & { readonly accountId: Uuid }): Promise<boolean> {
  const aftermath = await beginAftermath(tx, deps, await readFailure(tx, report));
  const moved = await moveTexts(tx, report.accountId, [report]);
  await aftermath.end();
  return moved > 0;
}

/** Our text that this report ends, when its code has consequences. */
async function readFailure(tx: Tx, report: FinalReport & { readonly accountId: Uuid }): Promise<readonly FailedText[]> {
  if (report.status === 'delivered' || consequenceOf(report.errorCode) === undefined) return [];
  const { rows } = await sql<FailedText>`
    select m.account_id, m.lane_id, e.campaign_id, m.phone, ${report.errorCode ?? null}::text as code,
      m.attempted_at as handed_over_at, ${report.at}::timestamptz as failed_at
    from message m left join enrollment e on e.id = m.enrollment_id
    where m.account_id = ${report.accountId} and m.gateway_message_id = ${report.gatewayMessageId} and m.state = 'sent'`.execute(
    tx,
  );
  return rows;
}

/**
 * Those of these texts, which this transaction is about to record as sent, of which a failure has been reported already;
 * `lockGatewayIds` comes before.
 */
export async function readEarlyFailures(
  tx: Tx,
  accountId: Uuid,
  texts: readonly { readonly messageId: Uuid; readonly gatewayMessageId: string }[],
): Promise<readonly FailedText[]> {
  if (texts.length === 0) return [];
  const { rows } = await sql<FailedText>`
    select m.account_id, m.lane_id, e.campaign_id, m.phone, r.error_code as code, m.attempted_at as handed_over_at, r.at as failed_at
    from unnest(${texts.map((text) => text.messageId)}::uuid[], ${texts.map((text) => text.gatewayMessageId)}::text[])
      as x (message_id, gateway_id)
    join early_receipt r on r.account_id = ${accountId} and r.gateway_message_id = x.gateway_id
      and r.status <> 'delivered' and r.error_code is not null
    join message m on m.id = x.message_id and m.state in ('handing_over', 'unknown')
    left join enrollment e on e.id = m.enrollment_id`.execute(tx);
  return rows;
}

/** Applies what was reported of texts whose gateway ids this transaction has just recorded; `readEarlyFailures` comes before. */
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
