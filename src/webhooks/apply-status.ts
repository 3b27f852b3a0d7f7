import { sql } from 'kysely';
import { consequenceOf } from '../gateways/decide-consequence.ts';
import type { DeliveryStatus } from '../gateways/gateway.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { LIVE_CHANNEL } from '../platform/live.ts';
import type { Instant } from '../platform/time.ts';
import { beginAftermath } from '../sending/aftermath.ts';
import type { FailedText } from '../sending/aftermath-store.ts';

export interface StatusReport {
  readonly gatewayMessageId: string;
  readonly status: DeliveryStatus;
  readonly errorCode: string | undefined;
  readonly at: Instant;
}

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** Whether a report may mean something beyond its text: for the number, the lane, the account or the campaign. */
export const hasConsequences = ({ status, errorCode }: StatusReport): boolean =>
  isFinal(status) && status !== 'delivered' && consequenceOf(errorCode) !== undefined;

/**
 * Applies delivery reports that have no consequences. Order-free and idempotent: a text that is delivered or failed stays so whatever
 * comes later. A report that is faster than our own record of the send is kept, and applied together with that record
 * (`takeEarlyReceipts`).
 */
export async function applyReceipts(tx: Tx, accountId: Uuid, reports: readonly StatusReport[]): Promise<void> {
  const final = reports.flatMap((report) => (isFinal(report.status) ? [{ ...report, status: report.status }] : []));
  // Our records may be just being written: one of the two is wholly first.
  await lockGatewayIds(
    tx,
    final.map(({ gatewayMessageId }) => gatewayMessageId),
  );
  await moveTexts(tx, accountId, final);
}

/** Applies one report with what its code means beyond its text; only the report that moves the text has consequences. */
export async function applyDeliveryStatus(
  tx: Tx,
  deps: Deps,
  report: StatusReport & { readonly accountId: Uuid },
): Promise<void> {
  const { accountId, gatewayMessageId } = report;
  if (!hasConsequences(report)) return applyReceipts(tx, accountId, [report]);
  await lockGatewayIds(tx, [gatewayMessageId]);
  // Nobody else moves the text between the look at it and the move.
  const aftermath = await beginAftermath(tx, deps, await readFailure(tx, report));
  await applyReceipts(tx, accountId, [report]);
  await aftermath.end();
}

/** Our text that this report ends. */
async function readFailure(
  tx: Tx,
  report: StatusReport & { readonly accountId: Uuid },
): Promise<readonly FailedText[]> {
  const { rows } = await sql<FailedText>`
    select m.account_id, m.lane_id, e.campaign_id, m.phone, ${report.errorCode ?? null}::text as code,
      m.attempted_at as handed_over_at, ${report.at}::timestamptz as failed_at
    from message m left join enrollment e on e.id = m.enrollment_id
    where m.account_id = ${report.accountId} and m.gateway_message_id = ${report.gatewayMessageId} and m.state = 'sent'`.execute(
    tx,
  );
  return rows;
}

/** What was reported of texts before our own record of them. */
export interface EarlyReceipts {
  /** Those of them that failed. */
  readonly failed: readonly FailedText[];
  /** After the texts have been recorded as sent. */
  apply(): Promise<void>;
}

/** Takes what was reported already of texts that this transaction is about to record as sent; until it ends, nothing more comes in. */
export async function takeEarlyReceipts(
  tx: Tx,
  accountId: Uuid,
  texts: readonly { readonly messageId: Uuid; readonly gatewayMessageId: string }[],
): Promise<EarlyReceipts> {
  if (texts.length === 0) return { failed: [], apply: async () => undefined };
  const gatewayIds = texts.map((text) => text.gatewayMessageId);
  await lockGatewayIds(tx, gatewayIds);
  const { rows } = await sql<FinalReport>`
    delete from early_receipt where account_id = ${accountId} and gateway_message_id = any(${gatewayIds}::text[])
    returning gateway_message_id, status, error_code, at`.execute(tx);
  return { failed: await readEarlyFailures(tx, rows, texts), apply: () => moveTexts(tx, accountId, rows) };
}

async function readEarlyFailures(
  tx: Tx,
  reports: readonly FinalReport[],
  texts: readonly { readonly messageId: Uuid; readonly gatewayMessageId: string }[],
): Promise<readonly FailedText[]> {
  const failed = texts.flatMap(({ messageId, gatewayMessageId }) => {
    const report = reports.find((one) => one.gatewayMessageId === gatewayMessageId && one.status !== 'delivered');
    const code = report?.errorCode ?? undefined;
    return report === undefined || code === undefined ? [] : [{ messageId, code, at: report.at.toString() }];
  });
  if (failed.length === 0) return [];
  const { rows } = await sql<FailedText>`
    select m.account_id, m.lane_id, e.campaign_id, m.phone, x.code, m.attempted_at as handed_over_at, x.at as failed_at
    from json_to_recordset(${JSON.stringify(failed)}::json) as x ("messageId" uuid, code text, at timestamptz)
    join message m on m.id = x."messageId" and m.state in ('handing_over', 'unknown')
    left join enrollment e on e.id = m.enrollment_id`.execute(tx);
  return rows;
}

/** In one order, so that two transactions with several ids cannot wait for each other. */
async function lockGatewayIds(tx: Tx, gatewayIds: readonly string[]): Promise<void> {
  if (gatewayIds.length === 0) return;
  await sql`
    select pg_advisory_xact_lock(hashtextextended(id, ${GATEWAY_ID_LOCKS}))
    from unnest(${gatewayIds.toSorted()}::text[]) as id`.execute(tx);
}

/** Keeps these locks apart from other advisory locks. */
const GATEWAY_ID_LOCKS = 7_770_002;

type FinalStatus = 'delivered' | 'undelivered' | 'failed';

interface FinalReport {
  readonly gatewayMessageId: string;
  readonly status: FinalStatus;
  readonly errorCode?: string | null | undefined;
  readonly at: Instant;
}

const isFinal = (status: DeliveryStatus): status is FinalStatus => status !== 'queued' && status !== 'sent';

/**
 * Moves texts that are on their way; what is reported of texts that we have no record of is kept. The first of several counts.
 *
 * The end of a text is dated by the provider's clock, its hand-over by ours and at the latest when the answer came: a report may be
 * dated before. Then the text was handed over by the time of the report, though never before its attempt began, and neither was it
 * delivered. When the answer came stays in message_attempt.
 */
async function moveTexts(tx: Tx, accountId: Uuid, reports: readonly FinalReport[]): Promise<void> {
  if (reports.length === 0) return;
  const firsts = new Map(reports.toReversed().map((report) => [report.gatewayMessageId, report]));
  const rows = [...firsts.values()].map(({ gatewayMessageId, status, errorCode, at }) => ({
    gateway_id: gatewayMessageId,
    status,
    state: status === 'delivered' ? 'delivered' : 'failed',
    code: status === 'delivered' ? null : (errorCode ?? status),
    at: at.toString(),
  }));
  await sql`
    with report as (
      select x.*, own.id from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x (gateway_id text, status text, state text, code text, at timestamptz)
      left join lateral (
        select m.id from message m where m.account_id = ${accountId} and m.gateway_message_id = x.gateway_id limit 1) own on true
    ), moved as (
      update message m set state = r.state, sent_at = least(m.sent_at, greatest(r.at, m.attempted_at)),
        delivered_at = case r.state when 'delivered' then greatest(r.at, m.attempted_at) end,
        failed_at = case r.state when 'failed' then greatest(r.at, m.attempted_at) end, failure_code = r.code, failure_message = null
      from report r
      where m.id = r.id and m.state = 'sent'
      returning m.enrollment_id, m.conversation_id, r.state, r.code, greatest(r.at, m.attempted_at) as at
    ), enrolled as (
      update enrollment e set state = m.state, sent_at = least(e.sent_at, m.at), delivered_at = case m.state when 'delivered' then m.at end,
        failed_at = case m.state when 'failed' then m.at end, failure_code = m.code
      from moved m where e.id = m.enrollment_id
      returning e.campaign_id
    ), kept as (
      insert into early_receipt (account_id, gateway_message_id, status, error_code, at)
      select ${accountId}, gateway_id, status, nullif(code, status), at from report where id is null
      on conflict do nothing
    )
    select pg_notify(${LIVE_CHANNEL}, topic) from (
      select 'campaign:' || campaign_id as topic from enrolled
      union select 'conversation:' || conversation_id from moved where conversation_id is not null) told`.execute(tx);
}
