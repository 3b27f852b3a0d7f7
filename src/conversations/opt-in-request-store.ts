import { sql } from 'kysely';
import { mayHaveGoneOut } from '../messages/texted-before.ts';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** What decides whether and from where somebody is asked. */
export interface AskingGround {
  readonly accountId: Uuid;
  readonly laneIsOff: boolean;
  readonly contactId: Uuid | null;
  readonly conversationId: Uuid | null;
  /** Of the contact, who may say where they live. */
  readonly zoneGroup: string | null;
  readonly suppressed: boolean;
  /** Until when what they were entered for may be confirmed; null when nothing waits for it. */
  readonly confirmUntil: Instant | null;
}

/** The number is locked. Primary keys of lane and consent; unique (phone) of contact, (lane_id, phone) of conversation; suppression_active. */
export async function readAskingGround(
  tx: Tx,
  query: { readonly phone: string; readonly laneId: Uuid; readonly purpose: string; readonly now: Instant },
): Promise<AskingGround> {
  const { phone, laneId, purpose, now } = query;
  const { rows } = await sql<AskingGround>`
    select l.account_id, l.state = 'off' as lane_is_off, c.id as contact_id, c.zone_group,
      (select v.id from conversation v where v.lane_id = l.id and v.phone = ${phone}) as conversation_id,
      exists (select from suppression s where s.phone = ${phone} and s.lifted_at is null) as suppressed,
      (select k.confirm_until from consent k
        where k.phone = ${phone} and k.purpose = ${purpose} and k.state = 'pending' and k.confirm_until > ${now}) as confirm_until
    from lane l left join contact c on c.phone = ${phone} where l.id = ${laneId}`.execute(tx);
  const [ground] = rows;
  if (ground === undefined) throw new Error(`lane ${laneId} is to ask somebody and is gone: lanes are never deleted`);
  return ground;
}

/** The newest text that asked this number, and went out or still will. Index message_phone. */
export async function newestOptInRequest(
  tx: Tx,
  query: { readonly phone: string; readonly since: Instant },
): Promise<Uuid | undefined> {
  const { rows } = await sql<{ id: Uuid }>`
    select m.id from message m where m.phone = ${query.phone} and m.purpose = 'opt_in_request' and m.created_at > ${query.since}
      and (m.state = 'pending' or ${mayHaveGoneOut}) order by m.created_at desc limit 1`.execute(tx);
  return rows[0]?.id;
}
