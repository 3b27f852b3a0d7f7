import { type RawBuilder, sql } from 'kysely';
import { lockNumber } from '../compliance/lock-number.ts';
import { hasOptedInSince } from '../compliance/overtaken-opt-out.ts';
import { consequenceOf } from '../gateways/decide-consequence.ts';
import type { DeliveryStatus } from '../gateways/gateway.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { LIVE_CHANNEL } from '../platform/live.ts';
import type { Instant } from '../platform/time.ts';
import { beginAftermath, markRefused } from '../sending/aftermath.ts';
import type { FailedText } from '../sending/aftermath-store.ts';
import { decideReceipt } from '../sending/decide-outcome.ts';

export interface StatusReport {
  readonly gatewayMessageId: string;
  readonly status: DeliveryStatus;
  readonly errorCode: string | undefined;
  readonly at: Instant;
  /** Whom the text was for, where the report says it. */
  readonly to?: string | undefined;
}

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** Whether a report may mean something beyond its text: for the number, the lane, the account or the campaign. */
export const hasConsequences = ({ status, errorCode }: StatusReport): boolean =>
  isFinal(status) && status !== 'delivered' && consequenceOf(errorCode) !== undefined;

/**
 * Applies delivery reports that have no consequences. Order-free and idempotent, also where reports contradict each other (decision
 * 0043). A report that is faster than our own record of the send is kept, and applied together with that record (`takeEarlyReceipts`).
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

/**
 * Applies one report with what its code means beyond its text. A failure has consequences once, when it becomes the known one of its
 * text; also of a text that is said to be delivered, so that the order of the two does not matter.
 */
export async function applyDeliveryStatus(
  tx: Tx,
  deps: Deps,
  report: StatusReport & { readonly accountId: Uuid },
): Promise<void> {
  const { accountId, gatewayMessageId } = report;
  if (!hasConsequences(report)) return applyReceipts(tx, accountId, [report]);
  const optedOut = phoneOptedOut(report);
  // Before the id, as whoever records a text of others does (conversations/record-elsewhere.ts), perhaps this very one.
  if (optedOut !== undefined) await lockNumber(tx, optedOut);
  await lockGatewayIds(tx, [gatewayMessageId]);
  // Nobody else moves the text between the look at it and the move.
  const aftermath = await beginAftermath(tx, deps, await readFailure(tx, report));
  await applyReceipts(tx, accountId, [report]);
  await aftermath.end();
  if (optedOut !== undefined) await obeyForeignRefusal(tx, deps, { ...report, phone: optedOut });
}

/**
 * A text that is in no book of ours, sent with the same account by others: whoever has opted out with the gateway is left alone here too,
 * unless they said later, here, that they want texts again.
 */
async function obeyForeignRefusal(
  tx: Tx,
  deps: Deps,
  report: StatusReport & { readonly accountId: Uuid; readonly phone: string },
): Promise<void> {
  const { accountId, phone, errorCode: code = '', at } = report;
  if ((await isOurs(tx, report)) || (await hasOptedInSince(tx, { phone, at }))) return;
  const { sentence: message } = sentenceFor(code);
  await markRefused(tx, deps, { suppress: 'provider_opt_out', accountId, phone, code, message });
}

/** Whom the gateway will not text because they opted out with it. */
const phoneOptedOut = ({ to, errorCode }: StatusReport): string | undefined =>
  errorCode !== undefined && decideReceipt(errorCode, false).suppress === 'provider_opt_out' ? to : undefined;

/** The text, or the number that it was for. */
async function isOurs(
  tx: Tx,
  report: { readonly accountId: Uuid; readonly gatewayMessageId: string; readonly phone: string },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from message where account_id = ${report.accountId} and gateway_message_id = ${report.gatewayMessageId}
    union all select 1 from lane where phone = ${report.phone} limit 1`.execute(tx);
  return rows.length > 0;
}

/** Our text whose failure this report tells, unless as much is known of it. */
async function readFailure(
  tx: Tx,
  report: StatusReport & { readonly accountId: Uuid },
): Promise<readonly FailedText[]> {
  const { rows } = await sql<FailedText>`
    select m.account_id, m.lane_id, e.campaign_id, m.phone, ${report.errorCode ?? null}::text as code,
      m.attempted_at as handed_over_at, r.at as failed_at
    from (values (${codeOf(report)}::text, ${report.at}::timestamptz)) r (code, at),
      message m left join enrollment e on e.id = m.enrollment_id
    where m.account_id = ${report.accountId} and m.gateway_message_id = ${report.gatewayMessageId}
      and ${TAKEN} and ${TELLS_FAILURE}`.execute(tx);
  return rows;
}

/** What was reported of texts before our own record of them. */
export interface EarlyReceipts {
  /** Those of them that failed. */
  readonly failed: readonly FailedText[];
  /** After the texts have been recorded as sent. */
  apply(): Promise<void>;
}

/**
 * Takes what was reported already of texts that this transaction is about to record as sent. It has locked their ids (`gatewayIdLocks`), so
 * that nothing more comes in until it ends.
 */
export async function takeEarlyReceipts(
  tx: Tx,
  accountId: Uuid,
  texts: readonly { readonly messageId: Uuid; readonly gatewayMessageId: string }[],
): Promise<EarlyReceipts> {
  if (texts.length === 0) return { failed: [], apply: async () => undefined };
  const gatewayIds = texts.map((text) => text.gatewayMessageId);
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
  const ours = new Map(texts.map(({ gatewayMessageId, messageId }) => [gatewayMessageId, messageId]));
  const failed = reports.flatMap(({ gatewayMessageId, errorCode, at }) =>
    errorCode == null ? [] : [{ messageId: ours.get(gatewayMessageId), code: errorCode, at: at.toString() }],
  );
  if (failed.length === 0) return [];
  const { rows } = await sql<FailedText>`
    select m.account_id, m.lane_id, e.campaign_id, m.phone, x.code, m.attempted_at as handed_over_at, x.at as failed_at
    from json_to_recordset(${JSON.stringify(failed)}::json) as x ("messageId" uuid, code text, at timestamptz)
    join message m on m.id = x."messageId" and m.state in ('handing_over', 'unknown')
    left join enrollment e on e.id = m.enrollment_id`.execute(tx);
  return rows;
}

/**
 * Whoever tells of texts locks their ids first. A select list and what it is from: in one order, so that two transactions with several ids
 * cannot wait for each other.
 */
export const gatewayIdLocks = (gatewayIds: readonly string[]): RawBuilder<unknown> => sql`
    pg_advisory_xact_lock(hashtextextended(id, ${GATEWAY_ID_LOCKS}))
    from unnest(${gatewayIds.toSorted()}::text[]) as id`;

export async function lockGatewayIds(tx: Tx, gatewayIds: readonly string[]): Promise<void> {
  if (gatewayIds.length > 0) await sql`select ${gatewayIdLocks(gatewayIds)}`.execute(tx);
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

/** A failure without a code is named by its kind. */
const codeOf = ({ status, errorCode }: Pick<StatusReport, 'status'> & Pick<FinalReport, 'errorCode'>): string =>
  errorCode ?? status;

/** Of a text `m` that the gateway has taken. */
const TAKEN = sql`m.state in ('sent', 'delivered', 'failed')`;
/** When report `r` says that text `m` ended: not before its attempt began. */
const ENDED_AT = sql`greatest(r.at, m.attempted_at)`;
/** Whether failure `r` tells more than what is known of the failure of `m`: one with a code does, else the earlier one counts. */
const TELLS_FAILURE = sql`(m.failed_at is null or (r.code in ('undelivered', 'failed'), ${ENDED_AT}, r.code)
  < (m.failure_code in ('undelivered', 'failed'), m.failed_at, m.failure_code))`;

/**
 * Moves texts that the gateway has taken; what is reported of texts that we have no record of is kept. A text of which both is said was
 * delivered, and keeps when and why it was said to have failed.
 */
async function moveTexts(tx: Tx, accountId: Uuid, reports: readonly FinalReport[]): Promise<void> {
  for (const some of onePerText(reports)) await moveEach(tx, accountId, some);
}

/** Different reports in groups, of each text one at most. */
function onePerText(reports: readonly FinalReport[]): readonly (readonly FinalReport[])[] {
  const different = new Map(
    reports.map((report) => [`${report.gatewayMessageId} ${report.status} ${report.errorCode} ${report.at}`, report]),
  );
  const groups: FinalReport[][] = [];
  for (const ofText of Map.groupBy(different.values(), ({ gatewayMessageId }) => gatewayMessageId).values())
    for (const [nth, report] of ofText.entries()) {
      groups[nth] ??= [];
      groups[nth].push(report);
    }
  return groups;
}

/**
 * The end of a text is dated by the provider's clock, its hand-over by ours and at the latest when the answer came: a report may be
 * dated before. Then the text was handed over by the time of the report, though never before its attempt began, and neither was it
 * delivered. When the answer came stays in message_attempt.
 */
async function moveEach(tx: Tx, accountId: Uuid, reports: readonly FinalReport[]): Promise<void> {
  const rows = reports.map((report) => ({
    gateway_id: report.gatewayMessageId,
    status: report.status,
    code: report.status === 'delivered' ? null : codeOf(report),
    at: report.at.toString(),
  }));
  await sql`
    with report as (
      select x.*, own.id from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x (gateway_id text, status text, code text, at timestamptz)
      left join lateral (
        select m.id from message m where m.account_id = ${accountId} and m.gateway_message_id = x.gateway_id limit 1) own on true
    ), moved as (
      update message m set state = case when 'delivered' in (r.status, m.state) then 'delivered' else 'failed' end,
        sent_at = least(m.sent_at, ${ENDED_AT}),
        delivered_at = case r.status when 'delivered' then least(m.delivered_at, ${ENDED_AT}) else m.delivered_at end,
        failed_at = case when r.status <> 'delivered' and ${TELLS_FAILURE} then ${ENDED_AT} else m.failed_at end,
        failure_code = case when r.status <> 'delivered' and ${TELLS_FAILURE} then r.code else m.failure_code end
      from report r
      where m.id = r.id and ${TAKEN} and (${ENDED_AT} < m.sent_at or case r.status
        when 'delivered' then m.delivered_at is null or ${ENDED_AT} < m.delivered_at else ${TELLS_FAILURE} end)
      returning m.enrollment_id, m.conversation_id, m.state, m.sent_at, m.delivered_at, m.failed_at, m.failure_code
    ), enrolled as (
      update enrollment e set state = m.state, sent_at = least(e.sent_at, m.sent_at), delivered_at = m.delivered_at,
        failed_at = case m.state when 'failed' then m.failed_at end, failure_code = case m.state when 'failed' then m.failure_code end
      from moved m where e.id = m.enrollment_id
      returning e.campaign_id
    ), kept as (
      insert into early_receipt as early (account_id, gateway_message_id, status, error_code, at)
      select ${accountId}, gateway_id, status, nullif(code, status), at from report where id is null
      on conflict (account_id, gateway_message_id, status, error_code) do update set at = excluded.at where excluded.at < early.at
    )
    select pg_notify(${LIVE_CHANNEL}, topic) from (
      select 'campaign:' || campaign_id as topic from enrolled
      union select 'conversation:' || conversation_id from moved where conversation_id is not null) told`.execute(tx);
}
