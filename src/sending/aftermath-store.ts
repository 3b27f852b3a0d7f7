import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';

/** A text that the gateway took, and what a receipt says of it. */
export interface FailedText {
  readonly accountId: Uuid;
  readonly laneId: Uuid;
  readonly campaignId: Uuid | null;
  readonly phone: string;
  readonly code: string;
  /** When its hand-over began. */
  readonly handedOverAt: Instant;
  readonly failedAt: Instant;
}

/** Locks these campaigns, so that what is counted of them and their pause are one. */
export async function holdCampaignsToPause(tx: Tx, campaignIds: readonly Uuid[]): Promise<void> {
  if (campaignIds.length === 0) return;
  await sql`select 1 from campaign where id = any(${campaignIds}::uuid[]) order by id for update`.execute(tx);
}

/**
 * Whether an earlier text to this number failed for the same reason, a day before this one or longer, and none arrived since. Index
 * message_phone.
 */
export async function failedSoBefore(tx: Tx, text: Pick<FailedText, 'phone' | 'code' | 'failedAt'>): Promise<boolean> {
  const { rows } = await sql`
    select 1 from message m where m.phone = ${text.phone} and m.state = 'failed' and m.failure_code = ${text.code}
      and m.failed_at <= ${addMs(text.failedAt, -DAY_MS)}
      and not exists (select 1 from message d where d.phone = m.phone and d.state = 'delivered' and d.delivered_at > m.failed_at)
    limit 1`.execute(tx);
  return rows.length === 1;
}

/** Whether nobody changed the lane or account, and nothing was resumed, since this text was handed over. */
export async function unchangedSince(
  tx: Tx,
  scope: 'lane' | 'account',
  text: Pick<FailedText, 'accountId' | 'laneId' | 'handedOverAt'>,
): Promise<boolean> {
  const { rows } =
    scope === 'lane'
      ? await sql`select 1 from lane where id = ${text.laneId} and updated_at <= ${text.handedOverAt}`.execute(tx)
      : await sql`select 1 from gateway_account where id = ${text.accountId} and updated_at <= ${text.handedOverAt}`.execute(
          tx,
        );
  return rows.length === 1;
}

/** Of the newest texts, receipts of this many are looked through. */
const SENT_LOOKED_AT = 1_000;

/**
 * What became of a campaign's newest texts, newest first, as far as it is known; of those since it was last launched, resumed or
 * changed, for whoever did that knew of the earlier ones. Index enrollment_sent.
 */
export async function newestOutcomes(
  tx: Tx,
  campaignId: Uuid,
  limit: number,
): Promise<readonly { readonly code: string | null }[]> {
  const { rows } = await sql<{ code: string | null }>`
    select code from (
      select e.failure_code as code, e.state, e.sent_at from enrollment e
      where e.campaign_id = ${campaignId} and e.sent_at >= (select c.updated_at from campaign c where c.id = ${campaignId})
      order by e.sent_at desc limit ${SENT_LOOKED_AT}) newest
    where state in ('delivered', 'failed') order by sent_at desc limit ${limit}`.execute(tx);
  return rows;
}
