import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { unreachable } from '../platform/result.ts';
import type { EventSubject } from './decide-subject.ts';

/** What of ours an event has made or changed, as it is now; null where it is not known. */
export interface EventEffect {
  readonly messageId: Uuid | null;
  /** `received` for a text to us. */
  readonly messageState: string | null;
  readonly callId: Uuid | null;
  readonly conversationId: Uuid | null;
  readonly contactId: Uuid | null;
  readonly campaignId: Uuid | null;
  readonly campaignName: string | null;
}

const NOTHING: EventEffect = {
  messageId: null,
  messageState: null,
  callId: null,
  conversationId: null,
  contactId: null,
  campaignId: null,
  campaignName: null,
};

export async function findEffect(
  db: Db | Tx,
  accountId: Uuid,
  { subject, contactId }: { readonly subject: EventSubject; readonly contactId: Uuid | null },
): Promise<EventEffect> {
  switch (subject.kind) {
    case 'message':
      return { ...NOTHING, contactId, ...(await ofMessage(db, accountId, subject.ref)) };
    case 'call':
      return { ...NOTHING, contactId, ...(await ofCall(db, accountId, subject.ref)) };
    case 'contact':
      return { ...NOTHING, contactId: contactId ?? (await ofContact(db, accountId, subject.ref)) };
    case 'none':
      return { ...NOTHING, contactId };
    default:
      return unreachable(subject);
  }
}

/** Index message_account_id_gateway_message_id_key. */
async function ofMessage(db: Db | Tx, accountId: Uuid, ref: string): Promise<Partial<EventEffect>> {
  const { rows } = await sql<Partial<EventEffect>>`
    select m.id as message_id, m.state as message_state, m.conversation_id, c.id as campaign_id, c.name as campaign_name
    from message m left join enrollment e on e.id = m.enrollment_id left join campaign c on c.id = e.campaign_id
    where m.account_id = ${accountId} and m.gateway_message_id = ${ref}`.execute(db);
  return rows[0] ?? {};
}

/** Index call_account_id_gateway_call_id_key. */
async function ofCall(db: Db | Tx, accountId: Uuid, ref: string): Promise<Partial<EventEffect>> {
  const { rows } = await sql<Partial<EventEffect>>`
    select id as call_id, conversation_id from call where account_id = ${accountId} and gateway_call_id = ${ref}`.execute(
    db,
  );
  return rows[0] ?? {};
}

/** Index: the primary key of contact_gateway_ref. */
async function ofContact(db: Db | Tx, accountId: Uuid, ref: string): Promise<Uuid | null> {
  const { rows } = await sql<{ contactId: Uuid }>`
    select contact_id from contact_gateway_ref where account_id = ${accountId} and gateway_contact_id = ${ref}
    order by contact_id limit 1`.execute(db);
  return rows[0]?.contactId ?? null;
}
