import { type RawBuilder, sql } from 'kysely';
import { missedSince } from '../calls/call-read-store.ts';
import { contactName } from '../contacts/contact.ts';
import type { SearchPatterns } from '../contacts/contact-search.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { type Conversation, type ConversationMessage, type InboxView, sortsByAge } from './conversation.ts';
import { heldBySql, holdsText } from './held-store.ts';

export interface ConversationQuery {
  readonly view: InboxView;
  readonly search: SearchPatterns | undefined;
  readonly contactId: Uuid | undefined;
}

export interface ConversationPage {
  /** `at` is what the view is sorted by: the waiting since, or the last message. */
  readonly after: { readonly at: string; readonly id: Uuid } | undefined;
  readonly limit: number;
}

/** Conversations that a page of a search looks at before it asks the index of contacts. */
const SEARCH_WINDOW = 2_000;
/** Contacts with the searched words whose conversations are looked up. */
const SEARCHED_CONTACTS_MAX = 20_000;

interface StoredConversation extends Omit<Conversation, 'name'> {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly company: string | null;
}

/**
 * Over `conversation v`. Nobody may answer a suppressed number, so it neither waits nor asks for a decision while that lasts. It is read
 * and not written: whoever suppressed the number, and when it is lifted (START), the person waits again since they wrote. Index
 * suppression_active.
 */
const suppressed = sql`exists (select from suppression s where s.phone = v.phone and s.lifted_at is null)`;
/** Over `conversation v`, wherever a person is shown to wait. */
export const waits = sql`(v.waiting_since is not null and not ${suppressed})`;
const inReview = sql`(v.needs_review and not ${suppressed})`;

const columns = sql`v.id, c.id as contact_id, c.first_name, c.last_name, c.company, v.phone, v.lane_id, l.name as lane_name, v.state,
  v.unread, case when ${waits} then v.waiting_since end as waiting_since, ${inReview} as needs_review, v.last_message_at,
  v.last_message_preview, v.last_message_direction, v.last_message_kind, v.group_others, ${suppressed} as opted_out`;
/** By number, because the number is what a conversation is with: it may have become a contact since. Index contact_phone_key. */
/** Of the contact with this number; else of the one into which that was merged. Indexes contact_phone_key and the primary key. */
const joins = sql`join lane l on l.id = v.lane_id
  left join contact c on c.id = coalesce((select p.id from contact p where p.phone = v.phone), v.contact_id)`;

/** One look at the index call_phone for each who waits. */
const missed = sql`(${waits} and ${missedSince({ phone: sql`v.phone`, laneId: sql`v.lane_id`, since: sql`v.waiting_since` })})`;

const IN_VIEW: Readonly<Record<InboxView, RawBuilder<unknown>>> = {
  waiting: waits,
  missed,
  held: holdsText,
  open: sql`v.state = 'open'`,
  review: inReview,
  done: sql`v.state = 'done'`,
  all: sql`true`,
};

/** The person who has waited longest comes first; otherwise the newest message. */
const orderOf = (view: InboxView): RawBuilder<unknown> =>
  sortsByAge(view) ? sql`v.waiting_since, v.id` : sql`v.last_message_at desc, v.id desc`;

function behind(view: InboxView, after: ConversationPage['after']): RawBuilder<unknown> {
  if (after === undefined) return sql`true`;
  const position = sql`(${after.at}::timestamptz, ${after.id}::uuid)`;
  return sortsByAge(view) ? sql`(v.waiting_since, v.id) > ${position}` : sql`(v.last_message_at, v.id) < ${position}`;
}

/**
 * The next conversations of a view, in its order. Indexes: conversation_waiting, conversation_review, conversation_newest. That one
 * begins with the state, so that "all" is put together from two walks of it.
 */
function nextOf(view: InboxView, page: ConversationPage): RawBuilder<unknown> {
  const walk = (condition: RawBuilder<unknown>): RawBuilder<unknown> => sql`(
    select * from conversation v where ${condition} and ${behind(view, page.after)} order by ${orderOf(view)} limit ${page.limit})`;
  return view === 'all' ? sql`(${walk(IN_VIEW.open)} union all ${walk(IN_VIEW.done)})` : walk(IN_VIEW[view]);
}

export const viewQuery = (view: InboxView, page: ConversationPage): RawBuilder<StoredConversation> =>
  sql<StoredConversation>`
    select ${columns} from ${nextOf(view, page)} v ${joins} order by ${orderOf(view)} limit ${page.limit}`;

/** Those of the contact's number, and of numbers that were merged into it. Indexes conversation_phone and conversation_contact. */
const ofContactQuery = (view: InboxView, contactId: Uuid, page: ConversationPage): RawBuilder<StoredConversation> =>
  sql<StoredConversation>`
    select ${columns} from conversation v ${joins}
    where (v.phone = (select phone from contact where id = ${contactId}) or v.contact_id = ${contactId}) and c.id = ${contactId}
      and ${IN_VIEW[view]} and ${behind(view, page.after)}
    order by ${orderOf(view)} limit ${page.limit}`;

const matchesIn = (text: RawBuilder<unknown>, search: SearchPatterns): RawBuilder<unknown> =>
  sql.join(
    search.map(
      (patterns) =>
        sql`(${sql.join(
          patterns.map((pattern) => sql`${text} like lower(${pattern})`),
          sql` or `,
        )})`,
    ),
    sql` and `,
  );

/** Of the next conversations of the view, those with a name, company, address or number that matches. */
const nearSearchQuery = (
  view: InboxView,
  search: SearchPatterns,
  page: ConversationPage,
): RawBuilder<StoredConversation> => sql<StoredConversation>`
  select ${columns} from ${nextOf(view, { ...page, limit: SEARCH_WINDOW })} v ${joins}
  where ${matchesIn(sql`coalesce(c.search, v.phone)`, search)} order by ${orderOf(view)} limit ${page.limit}`;

/**
 * The conversations of everyone whom the index of contacts finds, and of strangers by their number. The same trap as in contacts:
 * see `newestMatchingQuery`. Indexes: contact_search, conversation_phone; conversation_contact holds the strangers together.
 */
export const farSearchQuery = (
  view: InboxView,
  search: SearchPatterns,
  page: ConversationPage,
): RawBuilder<StoredConversation> => sql<StoredConversation>`
  with people as materialized (
    select c.phone from contact c where ${matchesIn(sql`c.search`, search)} limit ${SEARCHED_CONTACTS_MAX}
  ), hits as materialized (
    select v.id from people join conversation v on v.phone = people.phone
    union select v.id from conversation v where v.contact_id is null and ${matchesIn(sql`v.phone`, search)}
  ), found as materialized (
    select v.* from hits join conversation v on v.id = hits.id
    where ${IN_VIEW[view]} and ${behind(view, page.after)} order by ${orderOf(view)} limit ${page.limit}
  )
  select ${columns} from found v ${joins} order by ${orderOf(view)}`;

export async function listConversationRows(
  db: Db | Tx,
  query: ConversationQuery,
  page: ConversationPage,
): Promise<readonly Conversation[]> {
  const { view, search, contactId } = query;
  if (contactId !== undefined) return read(db, ofContactQuery(view, contactId, page));
  if (search === undefined) return read(db, viewQuery(view, page));
  if (search.length === 0) return [];
  const near = await read(db, nearSearchQuery(view, search, page));
  return near.length === page.limit ? near : read(db, farSearchQuery(view, search, page));
}

export async function getConversationRow(db: Db | Tx, id: Uuid): Promise<Conversation | undefined> {
  const rows = await read(
    db,
    sql<StoredConversation>`select ${columns} from conversation v ${joins} where v.id = ${id}`,
  );
  return rows[0];
}

async function read(db: Db | Tx, query: RawBuilder<StoredConversation>): Promise<readonly Conversation[]> {
  const { rows } = await query.execute(db);
  return rows.map(({ firstName, lastName, company, ...row }) => ({
    ...row,
    name: contactName({ firstName, lastName, company, phone: row.phone }),
  }));
}

export interface InboxCounts {
  readonly waiting: number;
  readonly missed: number;
  /** An answer to them cannot go out. */
  readonly held: number;
  readonly unread: number;
  readonly review: number;
}

/** Each number is read from its own partial index: conversation_waiting, conversation_unread, conversation_review; message_direct_pending. */
export const countsQuery = (): RawBuilder<InboxCounts> => sql<InboxCounts>`select
  (select count(*) from conversation v where ${waits}) as waiting,
  (select count(*) from conversation v where ${missed}) as missed,
  (select count(*) from conversation v where ${holdsText}) as held,
  (select count(*) from conversation where unread > 0) as unread,
  (select count(*) from conversation v where ${inReview}) as review`;

/**
 * The texts of a thread, newest first. By lane and number, because texts that went out before the person ever wrote belong to it.
 * Index message_phone.
 */
export const messagesQuery = (
  thread: Pick<Conversation, 'laneId' | 'phone'>,
  page: { readonly after: { readonly at: string; readonly id: Uuid } | undefined; readonly limit: number },
): RawBuilder<ConversationMessage> => sql<ConversationMessage>`
  select ${messageColumns} from message m ${messageJoins}
  where m.phone = ${thread.phone} and m.lane_id = ${thread.laneId}
    and ${page.after === undefined ? sql`true` : sql`(m.created_at, m.id) < (${page.after.at}::timestamptz, ${page.after.id}::uuid)`}
  order by m.created_at desc, m.id desc limit ${page.limit}`;

const messageColumns = sql`m.id, m.direction, m.purpose, m.body, m.state, m.failure_code, m.created_at, m.sent_at, m.delivered_at,
  ${heldBySql} as held_by, m.created_by, m.classification ->> 'outcome' as understood_as, p.id as campaign_id, p.name as campaign_name, m.group_others`;
const messageJoins = sql`left join enrollment e on e.id = coalesce(m.enrollment_id, m.in_reply_to_enrollment_id)
  left join campaign p on p.id = e.campaign_id`;

export async function listMessageRows(
  db: Db | Tx,
  ...query: Parameters<typeof messagesQuery>
): Promise<readonly ConversationMessage[]> {
  const { rows } = await messagesQuery(...query).execute(db);
  return rows;
}

export async function getMessageRow(db: Db | Tx, id: Uuid): Promise<ConversationMessage | undefined> {
  const { rows } =
    await sql<ConversationMessage>`select ${messageColumns} from message m ${messageJoins} where m.id = ${id}`.execute(
      db,
    );
  return rows[0];
}

export async function inboxCounts(db: Db | Tx): Promise<InboxCounts> {
  const { rows } = await countsQuery().execute(db);
  return rows[0] ?? { waiting: 0, missed: 0, held: 0, unread: 0, review: 0 };
}

/** The thread's own columns, locked until the transaction ends. Whoever needs the contact's lock takes it before. */
export async function lockConversation(tx: Tx, id: Uuid): Promise<{ readonly needsReview: boolean } | undefined> {
  const { rows } = await sql<{ needsReview: boolean }>`
    select needs_review from conversation where id = ${id} for update`.execute(tx);
  return rows[0];
}

/**
 * Absent properties stay. Done means that nobody waits any more and everything is read. Opened again, a person who wrote last waits
 * again, unless the number must not be texted: taking a Done back must not lose anybody. Since when is not kept, so it is the first
 * of their last texts that had no reply. Indexes suppression_active, message_phone.
 */
export async function updateConversationRow(
  tx: Tx,
  id: Uuid,
  change: { readonly state?: 'open' | 'done' | undefined; readonly read: boolean; readonly reviewed: boolean },
): Promise<void> {
  const done = change.state === 'done';
  const opened = change.state === 'open';
  await sql`
    update conversation v set state = coalesce(${change.state ?? null}, state),
      unread = case when ${change.read || done} then 0 else unread end,
      waiting_since = case when ${done} then null
        when ${opened} and state = 'done' and last_message_direction = 'inbound' and not ${suppressed}
          then coalesce(${firstUnanswered}, last_message_at)
        else waiting_since end,
      needs_review = needs_review and not ${change.reviewed}
    where id = ${id}`.execute(tx);
}

/** Of one stretch of texting: an old text that was done without a reply is not what the person waits for now. */
const firstUnanswered = sql`(
  select min(m.created_at) from message m
  where m.phone = v.phone and m.lane_id = v.lane_id and m.direction = 'inbound' and m.created_at > v.last_message_at - interval '7 days'
    and not exists (select from message r where r.phone = m.phone and r.lane_id = m.lane_id and r.purpose in ('reply', 'elsewhere')
      and r.created_at > m.created_at))`;

/** A person has decided what an unclear text of this number meant. Index conversation_phone. */
export async function settleReviews(tx: Tx, phone: string): Promise<void> {
  await sql`update conversation set needs_review = false where phone = ${phone} and needs_review`.execute(tx);
}

/** Whether another thread of this number has a text on which a person has to decide. Index conversation_phone. */
export async function waitsForReview(
  tx: Tx,
  { phone, besides }: { readonly phone: string; readonly besides: Uuid },
): Promise<boolean> {
  const { rows } = await sql`
    select from conversation where phone = ${phone} and needs_review and id <> ${besides} limit 1`.execute(tx);
  return rows.length > 0;
}
