import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { Channel, Delivery, NoticeEvent } from './alert.ts';

/** The outbox of notices: written with the alert, sent afterwards. */
export interface NewDelivery {
  readonly alertId: Uuid;
  readonly channel: Channel;
  readonly event: NoticeEvent;
  readonly opening: number;
  readonly nextAt: Instant;
  readonly now: Instant;
}

/** False when it is there already: an opening and a recovery are told once per channel. */
export async function insertDelivery(tx: Tx, delivery: NewDelivery): Promise<boolean> {
  const { alertId, channel, event, opening, nextAt, now } = delivery;
  const { rows } = await sql`
    insert into alert_delivery (alert_id, channel, event, opening, next_at, created_at)
    values (${alertId}, ${channel}, ${event}, ${opening}, ${nextAt}, ${now})
    on conflict (alert_id, channel, event, opening) do nothing returning id`.execute(tx);
  return rows.length === 1;
}

/** When this alert was last told, or is to be told, in each channel. */
export async function lastNotices(tx: Tx, alertId: Uuid): Promise<ReadonlyMap<Channel, Instant>> {
  const { rows } = await sql<{ channel: Channel; at: Instant }>`
    select channel, max(coalesce(sent_at, next_at)) as at from alert_delivery
    where alert_id = ${alertId} and state <> 'cancelled' group by 1`.execute(tx);
  return new Map(rows.map(({ channel, at }) => [channel, at]));
}

/** Openings that nobody was told of yet because they were held back are not told any more. */
export async function cancelHeldBack(
  tx: Tx,
  held: { readonly alertId: Uuid; readonly opening: number; readonly now: Instant },
): Promise<void> {
  await sql`
    update alert_delivery set state = 'cancelled' where alert_id = ${held.alertId} and opening = ${held.opening}
      and event = 'trigger' and state = 'waiting' and attempts = 0 and next_at > ${held.now}`.execute(tx);
}

/** The channels in which this opening was told, or is on its way: its end is told there too. */
export async function channelsTold(tx: Tx, alertId: Uuid, opening: number): Promise<readonly Channel[]> {
  const { rows } = await sql<{ channel: Channel }>`
    select channel from alert_delivery where alert_id = ${alertId} and opening = ${opening} and event = 'trigger'
      and state in ('waiting', 'sending', 'sent') order by channel`.execute(tx);
  return rows.map((row) => row.channel);
}

/**
 * Takes the next one that is due, skipping those that another worker has. An opening goes before its own recovery. What a worker took
 * and did not finish is taken again when its claim ends. Index alert_delivery_due.
 */
export async function claimDelivery(
  tx: Tx,
  claim: { readonly channel: Channel; readonly now: Instant; readonly until: Instant },
): Promise<Delivery | undefined> {
  const { rows } = await sql<Delivery>`
    update alert_delivery set state = 'sending', attempts = attempts + 1, claimed_until = ${claim.until}
    where id = (
      select d.id from alert_delivery d
      where d.channel = ${claim.channel} and d.state in ('waiting', 'sending')
        and case d.state when 'waiting' then d.next_at else d.claimed_until end <= ${claim.now}
        and not exists (select from alert_delivery e where e.alert_id = d.alert_id and e.channel = d.channel and e.id < d.id
          and e.state in ('waiting', 'sending'))
      order by d.next_at, d.id limit 1 for update of d skip locked)
    returning id, alert_id, channel, event, state, attempts, next_at, error, created_at, sent_at`.execute(tx);
  return rows[0];
}

/** How one attempt ended. Whose claim was taken over meanwhile writes nothing. */
export type Ending =
  | { readonly state: 'sent'; readonly sentAt: Instant; readonly error: string | null }
  | { readonly state: 'waiting'; readonly nextAt: Instant; readonly error: string }
  | { readonly state: 'failed'; readonly error: string };

export async function endAttempt(tx: Tx, claimed: Pick<Delivery, 'id' | 'attempts'>, ending: Ending): Promise<void> {
  const sentAt = ending.state === 'sent' ? ending.sentAt : null;
  const nextAt = ending.state === 'waiting' ? ending.nextAt : null;
  await sql`
    update alert_delivery set state = ${ending.state}, claimed_until = null, error = ${ending.error}, sent_at = ${sentAt},
      next_at = coalesce(${nextAt}::timestamptz, next_at)
    where id = ${claimed.id} and state = 'sending' and attempts = ${claimed.attempts}`.execute(tx);
}

/** The channel works again: what failed in it before does not wait any longer. Index alert_delivery_due. */
export async function hastenRetries(tx: Tx, channel: Channel, now: Instant): Promise<void> {
  await sql`
    update alert_delivery set next_at = ${now}
    where channel = ${channel} and state = 'waiting' and attempts > 0 and next_at > ${now}`.execute(tx);
}

/** Index alert_delivery_due. */
export async function channelsDue(tx: Tx, now: Instant): Promise<readonly Channel[]> {
  const { rows } = await sql<{ channel: Channel }>`
    select distinct channel from alert_delivery where state in ('waiting', 'sending')
      and case state when 'waiting' then next_at else claimed_until end <= ${now} order by 1`.execute(tx);
  return rows.map((row) => row.channel);
}

export interface DeliveryCount {
  readonly channel: Channel;
  readonly state: 'waiting' | 'failed';
  readonly deliveries: number;
}

const COUNTED_MAX = 10_000;

/** What has not reached anybody: on its way, or given up. Indexes alert_delivery_due and alert_delivery_failed. */
export async function countUndelivered(db: Db): Promise<readonly DeliveryCount[]> {
  const { rows } = await sql<DeliveryCount>`
    select channel, 'waiting' as state, count(*) as deliveries from alert_delivery where state in ('waiting', 'sending') group by 1
    union all
    select channel, 'failed', count(*) from (select channel from alert_delivery where state = 'failed' limit ${COUNTED_MAX}) f
    group by 1 order by 1, 2`.execute(db);
  return rows;
}
