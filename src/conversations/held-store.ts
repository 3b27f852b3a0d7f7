import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { ConversationMessage } from './conversation.ts';
import type { HeldBy, HeldCount } from './held-text.ts';

/**
 * Over `message m`, `lane l` and `gateway_account a`: an answer to a person that waits for another person. It goes out when the number is
 * switched on, or the account resumed, and not before. Index message_direct_pending, which holds the few answers that wait.
 */
const isHeld = sql`(m.state = 'pending' and m.purpose <> 'campaign' and m.purpose <> 'health_check'
  and (l.state = 'off' or a.state = 'paused'))`;
const heldMessages = sql`message m join lane l on l.id = m.lane_id join gateway_account a on a.id = m.account_id`;

/** Over `message m`: what holds it, as JSON; null for a text that nothing holds. */
export const heldBySql: RawBuilder<HeldBy | null> = sql<HeldBy | null>`case when m.state = 'pending' then (
  select jsonb_build_object('lane', l.state = 'off', 'laneId', l.id, 'accountId', a.id,
    'name', case when l.state = 'off' then l.name else a.name end,
    'reason', case when l.state = 'off' then l.state_reason else a.state_reason end)
  from lane l join gateway_account a on a.id = l.account_id where l.id = m.lane_id and ${isHeld}) end`;

/** Over `conversation v`: an answer in it is held. */
export const holdsText: RawBuilder<boolean> = sql<boolean>`(v.lane_id, v.phone) in (
  select m.lane_id, m.phone from ${heldMessages} where ${isHeld})`;

/** How many answers each number that is off, or account that is paused, holds. Index message_direct_pending. */
export async function countHeld(db: Db, limit: number): Promise<readonly HeldCount[]> {
  const { rows } = await sql<HeldCount>`
    select l.state = 'off' as lane, min(l.id::text) as lane_id, a.id as account_id, min(l.phone) as phone,
      case when l.state = 'off' then min(l.name) else a.name end as name,
      case when l.state = 'off' then min(l.state_reason) else a.state_reason end as reason, count(*) as answers
    from (select m.* from message m where m.state = 'pending' and m.purpose <> 'campaign' order by m.not_before limit ${limit}) m
      join lane l on l.id = m.lane_id join gateway_account a on a.id = m.account_id
    where ${isHeld}
    group by l.state = 'off', case when l.state = 'off' then l.id end, a.id, l.state order by a.name, 4`.execute(db);
  return rows;
}

export interface OutboundText {
  readonly state: ConversationMessage['state'];
  readonly purpose: string;
  readonly phone: string;
  readonly laneId: Uuid;
}

const outboundQuery = (id: Uuid): RawBuilder<OutboundText> => sql<OutboundText>`
  select state, purpose, phone, lane_id from message where id = ${id} and direction = 'outbound'`;

/** Primary key of message. */
export async function findOutbound(tx: Tx, id: Uuid): Promise<OutboundText | undefined> {
  return (await outboundQuery(id).execute(tx)).rows[0];
}

/** The same, locked until the transaction ends: whoever is handing it over has it by then, or finds it gone. */
export async function lockOutbound(tx: Tx, id: Uuid): Promise<OutboundText | undefined> {
  return (await sql<OutboundText>`${outboundQuery(id)} for update`.execute(tx)).rows[0];
}

export async function endText(tx: Tx, id: Uuid, code: string): Promise<void> {
  await sql`update message set state = 'cancelled', failure_code = ${code} where id = ${id}`.execute(tx);
}

/**
 * The person whose only answer was taken back waits again, since they wrote last. Index message_phone. Answers the conversation.
 */
export async function waitAgain(
  tx: Tx,
  text: Pick<OutboundText, 'phone' | 'laneId'>,
): Promise<{ readonly id: Uuid; readonly waitingSince: Instant | null } | undefined> {
  const { rows } = await sql<{ id: Uuid; waitingSince: Instant | null }>`
    with wrote as (
      select max(created_at) as at from message
      where phone = ${text.phone} and lane_id = ${text.laneId} and direction = 'inbound'
    ), waits as (
      select at from wrote where at is not null and not exists (
        select from message m where m.phone = ${text.phone} and m.lane_id = ${text.laneId} and m.purpose in ('reply', 'elsewhere')
          and m.direction = 'outbound' and m.created_at > wrote.at and m.state not in ('cancelled', 'failed'))
    )
    update conversation v set
      waiting_since = coalesce(v.waiting_since, (select at from waits)),
      state = case when exists (select from waits) then 'open' else v.state end
    where v.phone = ${text.phone} and v.lane_id = ${text.laneId} returning v.id, v.waiting_since`.execute(tx);
  return rows[0];
}
