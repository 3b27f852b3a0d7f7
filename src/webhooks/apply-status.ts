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
 * Applies a delivery report. Order-free and idempotent: a text that is delivered or failed stays so whatever comes later.
 * Returns false when no text of ours has this gateway id (it may be recorded in a moment).
 */
export async function applyDeliveryStatus(tx: Tx, report: StatusReport): Promise<boolean> {
  const known = await sql`
    select 1 from message where account_id = ${report.accountId} and gateway_message_id = ${report.gatewayMessageId}`.execute(
    tx,
  );
  if (known.rows.length === 0) return false;
  if (report.status === 'queued' || report.status === 'sent') return true;
  const delivered = report.status === 'delivered';
  const code = report.errorCode ?? report.status;
  const { rows } = await sql<{ campaignId: Uuid | null; conversationId: Uuid | null }>`
    with moved as (
      update message m set state = ${delivered ? 'delivered' : 'failed'},
        delivered_at = ${delivered ? report.at : null}, failed_at = ${delivered ? null : report.at},
        failure_code = ${delivered ? null : code}, failure_message = null
      where account_id = ${report.accountId} and gateway_message_id = ${report.gatewayMessageId} and state = 'sent'
      returning id, enrollment_id, conversation_id, sent_at, lane_id
    ), enrolled as (
      update enrollment e set state = ${delivered ? 'delivered' : 'failed'}, delivered_at = ${delivered ? report.at : null},
        failed_at = ${delivered ? null : report.at}, failure_code = ${delivered ? null : code}
      from moved m where e.id = m.enrollment_id
      returning e.campaign_id
    )
    select (select campaign_id from enrolled) as campaign_id, m.conversation_id from moved m`.execute(tx);
  await notifyLive(
    tx,
    rows.flatMap((row) => [
      ...(row.campaignId === null ? [] : [`campaign:${row.campaignId}`]),
      ...(row.conversationId === null ? [] : [`conversation:${row.conversationId}`]),
    ]),
  );
  return true;
}
