import { sql } from 'kysely';
import type { ConsentPurpose } from '../compliance/consent.ts';
import { lockedContacts } from '../compliance/lock-number.ts';
import type { InboundClassification } from '../compliance/opt-out.ts';
import { countParts } from '../messages/encoding.ts';
import { mayHaveGoneOut } from '../messages/texted-before.ts';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { previewOf } from './conversation.ts';
import type { BusinessIdentity, InboundText } from './inbound.ts';

export interface LaneRef {
  readonly id: Uuid;
}

export async function findLane(
  tx: Tx,
  query: { readonly accountId: Uuid; readonly laneRef: string | undefined; readonly phones: readonly string[] },
): Promise<LaneRef | undefined> {
  const { rows } = await sql<LaneRef>`
    select id from lane
    where account_id = ${query.accountId} and (gateway_ref = ${query.laneRef ?? null} or phone = any(${query.phones}::text[]))
    order by gateway_ref = ${query.laneRef ?? ''} desc limit 1`.execute(tx);
  return rows[0];
}

/** Those of the numbers that are none of ours, each once, in the order given. Index: unique (phone) of lane. */
export async function strangersAmong(tx: Tx, phones: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ phone: string }>`
    select x.phone from unnest(${phones}::text[]) with ordinality as x (phone, nth)
    where not exists (select from lane l where l.phone = x.phone) group by x.phone order by min(x.nth)`.execute(tx);
  return rows.map((row) => row.phone);
}

/** What is asked about a text. */
export interface Question {
  readonly phone: string;
  readonly laneRef: string | undefined;
  /** The numbers to which it went. */
  readonly to: readonly string[];
  readonly since: Instant;
  readonly until: Instant;
}

/** What a text is understood by, and where it belongs. */
export interface Circumstances {
  readonly phone: string;
  readonly laneId: Uuid;
  /** `null` when the number is no contact. */
  readonly contactId: Uuid | null;
  /** False when somebody else has locked the contact, and was not waited for. */
  readonly isFree: boolean;
  /** Campaign texts that went out to the person lately, newest first. */
  readonly sent: readonly { readonly body: string; readonly enrollmentId: Uuid }[];
  /** Opt-ins of theirs that wait for their word (double opt-in). */
  readonly awaits: readonly ConsentPurpose[];
  /** Our question about one of them may have gone out, no longer ago than it waits, and no opt-out came after it: only then a YES may be meant for it. */
  readonly wasAsked: boolean;
  readonly business: BusinessIdentity;
}

/**
 * Locks the contacts, the second half of locking their numbers, and reads; a text that no lane of the account received is left out.
 * Campaign texts count also when their answer is not recorded yet: a person may be faster than our record. One whose claim commits only
 * while this waits for the row has not been handed over to the gateway: nobody can have answered it. Index message_phone; the numbers are
 * named to it: found one by one, each was expected to have as many texts as the average, and all texts were read 50 times (4 s) where
 * most of them were to one number. Primary key of consent.
 */
export async function lockCircumstances(
  tx: Tx,
  accountId: Uuid,
  questions: readonly Question[],
  options: { readonly waits: boolean },
): Promise<readonly Circumstances[]> {
  const phones = questions.map(({ phone }) => phone);
  const { rows } = await sql<Omit<Circumstances, 'business'> & { readonly business: Partial<BusinessIdentity> | null }>`
    with person as materialized (${lockedContacts(phones, options)}), went_out as materialized (
      select phone, body, enrollment_id, created_at, attempted_at from message
      where phone = any(${phones}::text[]) and purpose = 'campaign' and state in ('handing_over', 'unknown', 'sent', 'delivered')
        and attempted_at >= (select min(since) from jsonb_to_recordset(${JSON.stringify(questions)}::jsonb) as x (since timestamptz))
    )
    select x.phone, l.id as lane_id, p.id as contact_id,
      p.id is not null or (select c.id from contact c where c.phone = x.phone) is null as is_free,
      (select value from setting where key = 'business') as business,
      array(select k.purpose from consent k where k.phone = x.phone and k.state = 'pending' and k.since <= x.until
        and k.confirm_until > x.until order by k.purpose) as awaits,
      exists (select from consent k join message m on m.phone = k.phone
        where k.phone = x.phone and k.state = 'pending' and k.since <= x.until and k.confirm_until > x.until
        and m.purpose = 'opt_in_request' and m.created_at > x.until - (k.confirm_until - k.since) and ${mayHaveGoneOut}
        and not exists (select from suppression s where s.phone = k.phone and s.lifted_at is null and s.created_at > m.created_at)) as was_asked,
      coalesce((
        select jsonb_agg(jsonb_build_object('body', m.body, 'enrollmentId', m.enrollment_id) order by m.created_at desc) from (
          select * from went_out where phone = x.phone and attempted_at between x.since and x.until
          order by created_at desc limit 5) m), '[]') as sent
    from jsonb_to_recordset(${JSON.stringify(questions)}::jsonb) as x (phone text, "laneRef" text, "to" jsonb, since timestamptz, until timestamptz)
    cross join lateral (
      select id from lane where account_id = ${accountId} and (gateway_ref = x."laneRef" or x."to" ? phone)
      order by gateway_ref = coalesce(x."laneRef", '') desc limit 1) l
    left join person p on p.phone = x.phone`.execute(tx);
  return rows.map(({ business, ...row }) => {
    const { name = 'Textwright', phone = null, email = null } = business ?? {};
    return { ...row, business: { name, phone, email } };
  });
}

/** Those of these enrollments that nobody else has locked, locked from here on. */
export async function lockFreeEnrollments(tx: Tx, ids: readonly Uuid[]): Promise<ReadonlySet<Uuid>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: Uuid }>`
    select id from enrollment where id = any(${ids}::uuid[]) for no key update skip locked`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

/** A thread as it is when its first entry makes it. */
export interface NewConversation {
  readonly id: Uuid;
  readonly laneId: Uuid;
  readonly phone: string;
  readonly contactId: Uuid | null;
  readonly at: Instant;
  readonly last: {
    readonly kind: 'text' | 'call';
    readonly direction: 'inbound' | 'outbound';
    readonly preview: string;
  };
  readonly needsPerson: boolean;
}

/** The thread between a lane and a number, which is made when there is none. */
export async function ensureConversation(tx: Tx, conversation: NewConversation): Promise<Uuid> {
  const id = (await ensureConversations(tx, [conversation])).get(conversation.id);
  if (id === undefined) throw new Error(`conversation of lane ${conversation.laneId} was neither found nor made`);
  return id;
}

/**
 * The same for several numbers: by the ids that they have when they are new, the ids that they have. To a new thread belong the texts that
 * went out before the person ever wrote (index message_phone, the numbers named as in `lockCircumstances`); and whoever is in touch with a
 * lane knows it, so that campaigns keep to it.
 */
export async function ensureConversations(
  tx: Tx,
  conversations: readonly NewConversation[],
): Promise<ReadonlyMap<Uuid, Uuid>> {
  const given = conversations.map(({ last, needsPerson, ...one }) => ({
    ...one,
    ...last,
    preview: previewOf(last.preview),
    state: needsPerson ? 'open' : 'done',
  }));
  const { rows } = await sql<{ newId: Uuid; id: Uuid }>`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as x (id uuid, "laneId" uuid, phone text, "contactId" uuid, state text,
        at timestamptz, kind text, preview text, direction text)
    ), thread as (
      insert into conversation as v (id, lane_id, phone, contact_id, state, last_message_at, last_message_kind, last_message_preview,
        last_message_direction, created_at)
      select id, "laneId", phone, "contactId", state, at, kind, preview, direction, at from given order by phone
      on conflict (lane_id, phone) do update set contact_id = coalesce(excluded.contact_id, v.contact_id)
      returning v.id, v.lane_id, v.phone
    ), made as (
      select t.*, g."contactId" as contact_id from thread t join given g on g.id = t.id
    ), loose as materialized (
      select id, phone, lane_id from message where phone = any(${conversations.map(({ phone }) => phone)}::text[]) and conversation_id is null
    ), joined as (
      update message m set conversation_id = t.id from made t join loose b on b.phone = t.phone and b.lane_id = t.lane_id
      where m.id = any(array(select id from loose)) and m.id = b.id
    ), kept as (
      update contact c set lane_id = t.lane_id from made t where c.id = t.contact_id and c.lane_id is null
    )
    select g.id as new_id, t.id from thread t join given g on g."laneId" = t.lane_id and g.phone = t.phone`.execute(tx);
  return new Map(rows.map(({ newId, id }) => [newId, id]));
}

/** An inbound text as it is written. */
export interface NewInbound {
  readonly messageId: Uuid;
  readonly laneId: Uuid;
  readonly contactId: Uuid | null;
  readonly conversationId: Uuid;
  /** The campaign text that it answers. */
  readonly enrollmentId: Uuid | null;
  readonly text: InboundText;
  readonly classification: InboundClassification;
  readonly groupOthers: readonly string[];
  readonly needsPerson: boolean;
  readonly waits: boolean;
}

/**
 * Stores texts of different numbers, shows each in its conversation, and marks the enrollment that it answers: of several replies the
 * first counts. A text that has been dealt with opens nothing and is not unread: a badge that counts every STOP is soon not looked at.
 * Returns the campaigns of those that were not stored already; to the others nothing is done.
 */
export async function insertInbounds(
  tx: Tx,
  { accountId, now, texts }: { readonly accountId: Uuid; readonly now: Instant; readonly texts: readonly NewInbound[] },
): Promise<ReadonlyMap<Uuid, Uuid | null>> {
  const enrollmentIds = texts.flatMap(({ enrollmentId }) => enrollmentId ?? []);
  // An update of nobody sets off the counting too.
  const marked =
    enrollmentIds.length === 0
      ? sql`select null::uuid as id, null::uuid as campaign_id where false`
      : sql`
      update enrollment e set replied_at = coalesce(e.replied_at, g.at)
      from entered join given g using (id) where e.id = any(${enrollmentIds}::uuid[]) and e.id = g."enrollmentId" returning g.id, e.campaign_id`;
  const { rows } = await sql<{ id: Uuid; campaignId: Uuid | null }>`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(texts.map(inboundRow))}::jsonb) as x (id uuid, "laneId" uuid, "contactId" uuid,
        "conversationId" uuid, "enrollmentId" uuid, phone text, body text, preview text, encoding text, parts smallint, media jsonb,
        "gatewayMessageId" text, at timestamptz, classification jsonb, outcome text, others text[], needs boolean, waits boolean)
    ), entered as (
      insert into message (id, account_id, lane_id, conversation_id, contact_id, direction, purpose, phone, body, encoding, parts, media, state,
        gateway_message_id, not_before, created_at, classification, in_reply_to_enrollment_id, group_others)
      select id, ${accountId}, "laneId", "conversationId", "contactId", 'inbound', 'inbound', phone, body, encoding, parts, media, 'received',
        "gatewayMessageId", ${now}, at, classification, "enrollmentId", others from given
      on conflict (account_id, gateway_message_id) do nothing returning id
    ), shown as (
      update conversation set state = case when g.needs then 'open' else state end,
        unread = unread + case when g.needs and not g.answered then 1 else 0 end,
        waiting_since = case when g.waits and not g.answered then least(waiting_since, g.at) else waiting_since end,
        needs_review = needs_review or g.outcome = 'review',
        last_message_preview = case when g.at >= last_message_at then g.preview else last_message_preview end,
        last_message_direction = case when g.at >= last_message_at then 'inbound' else last_message_direction end,
        last_message_kind = case when g.at >= last_message_at then 'text' else last_message_kind end,
        group_others = case when g.at >= last_message_at then g.others else group_others end,
        last_message_at = greatest(last_message_at, g.at)
      from (
        select given.*, exists (
          select from message m where m.conversation_id = given."conversationId" and m.created_at > given.at and m.purpose = 'elsewhere') as answered
        from entered join given using (id)) g
      where conversation.id = any(${texts.map(({ conversationId }) => conversationId)}::uuid[]) and conversation.id = g."conversationId"
    ), marked as (${marked})
    select e.id, m.campaign_id from entered e left join marked m using (id)`.execute(tx);
  return new Map(rows.map(({ id, campaignId }) => [id, campaignId]));
}

function inboundRow({ messageId, text, classification, groupOthers, needsPerson, ...rest }: NewInbound) {
  const { encoding, parts } = countParts(text.text);
  return {
    ...rest,
    id: messageId,
    phone: text.from,
    body: text.text,
    preview: previewOf(text.text),
    encoding,
    parts,
    media: text.media,
    gatewayMessageId: text.gatewayMessageId,
    at: text.at,
    classification,
    outcome: classification.outcome,
    others: groupOthers,
    needs: needsPerson,
  };
}

/**
 * Some events of a text tell of its pictures and others do not: none that is known is taken away. Returns its conversation when
 * something was new. Unique (account_id, gateway_message_id).
 */
export async function addMedia(
  tx: Tx,
  accountId: Uuid,
  { gatewayMessageId, media }: Pick<InboundText, 'gatewayMessageId' | 'media'>,
): Promise<Uuid | undefined> {
  if (media.length === 0) return undefined;
  const { rows } = await sql<{ conversationId: Uuid }>`
    update message set media = ${JSON.stringify(media)}
    where account_id = ${accountId} and gateway_message_id = ${gatewayMessageId} and direction = 'inbound' and media = '[]'
      and body_digest is null
    returning conversation_id`.execute(tx);
  return rows[0]?.conversationId;
}

/** Over `conversation`. Whoever wrote in the gateway's own app has seen what came before. Index message_conversation. */
const answeredSince = (at: Instant) =>
  sql`exists (select from message m where m.conversation_id = conversation.id and m.created_at > ${at} and m.purpose = 'elsewhere')`;

/** A call in the thread, or what is known of it now. `shownAt` is where it stood before; it stays the last entry when it was that. */
export async function bumpByCall(
  tx: Tx,
  input: {
    readonly conversationId: Uuid;
    readonly at: Instant;
    readonly shownAt: Instant | undefined;
    readonly preview: string;
    readonly direction: 'inbound' | 'outbound';
    readonly beginsToAsk: boolean;
  },
): Promise<void> {
  const wasLast = sql`(last_message_kind = 'call' and last_message_at = ${input.shownAt ?? null}::timestamptz)`;
  const waits = sql`(${input.beginsToAsk} and not ${answeredSince(input.at)})`;
  const isLast = sql`(${wasLast} or ${input.at} >= last_message_at)`;
  await sql`
    update conversation set state = case when ${input.beginsToAsk} then 'open' else state end,
      unread = unread + case when ${waits} then 1 else 0 end,
      waiting_since = case when ${waits} then least(waiting_since, ${input.at}) else waiting_since end,
      last_message_preview = case when ${isLast} then ${input.preview} else last_message_preview end,
      last_message_direction = case when ${isLast} then ${input.direction} else last_message_direction end,
      last_message_kind = case when ${isLast} then 'call' else last_message_kind end,
      last_message_at = case when ${isLast} then ${input.at} else last_message_at end
    where id = ${input.conversationId}`.execute(tx);
}

export async function helpAnsweredSince(
  tx: Tx,
  query: { readonly phone: string; readonly since: Instant },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from message where phone = ${query.phone} and purpose = 'help' and created_at >= ${query.since} limit 1`.execute(
    tx,
  );
  return rows.length > 0;
}

export async function insertAutomaticAnswer(
  tx: Tx,
  input: {
    readonly id: Uuid;
    readonly accountId: Uuid;
    readonly laneId: Uuid;
    /** Null for a text to somebody who never wrote: it joins the thread that their first text makes. */
    readonly conversationId: Uuid | null;
    readonly contactId: Uuid | null;
    readonly phone: string;
    readonly purpose: 'opt_out_confirmation' | 'opt_in_confirmation' | 'opt_in_request' | 'help';
    readonly body: string;
    readonly now: Instant;
    readonly notBefore: Instant;
    readonly notAfter: Instant;
  },
): Promise<void> {
  const { encoding, parts } = countParts(input.body);
  await sql`
    insert into message (id, account_id, lane_id, conversation_id, contact_id, direction, purpose, phone, body, encoding, parts, state,
      not_before, not_after, created_at, created_by)
    values (${input.id}, ${input.accountId}, ${input.laneId}, ${input.conversationId}, ${input.contactId}, 'outbound', ${input.purpose},
      ${input.phone}, ${input.body}, ${encoding}, ${parts}, 'pending', ${input.notBefore}, ${input.notAfter}, ${input.now}, 'system')`.execute(
    tx,
  );
}
