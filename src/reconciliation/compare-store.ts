import { sql } from 'kysely';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { OurCall } from './decide-calls.ts';
import type { LaneAt, OurText } from './decide-texts.ts';

interface Listed {
  readonly accountId: Uuid;
  readonly gatewayIds: readonly string[];
}

export interface StoredText extends OurText {
  readonly direction: string;
  readonly purpose: string;
  readonly erased: boolean;
}

/** What was erased here is not asked for again. Unique (account_id, gateway_message_id). */
export async function readOurTexts(
  db: Db,
  { accountId, gatewayIds }: Listed,
): Promise<ReadonlyMap<string, StoredText>> {
  const { rows } = await sql<StoredText & { gatewayId: string }>`
    select gateway_message_id as gateway_id, state, direction, purpose, body_digest is not null as erased, media <> '[]' or body_digest is not null as has_media from message
    where account_id = ${accountId} and gateway_message_id = any(${gatewayIds}::text[])`.execute(db);
  return new Map(rows.map(({ gatewayId, ...text }) => [gatewayId, text]));
}

/** As for texts. Unique (account_id, gateway_call_id). */
export async function readOurCalls(db: Db, { accountId, gatewayIds }: Listed): Promise<ReadonlyMap<string, OurCall>> {
  const { rows } = await sql<OurCall & { gatewayId: string }>`
    select c.gateway_call_id as gateway_id, c.ended_at is not null or c.heard && array['completed', 'missed'] as is_over,
      c.erased or c.phone is not null as has_phone,
      c.erased or exists (select from call_recording r where r.call_id = c.id) as has_recording,
      c.erased or exists (select from call_summary s where s.call_id = c.id and s.status = 'completed') as has_summary,
      c.erased or exists (select from call_transcript t where t.call_id = c.id and t.status = 'completed') as has_transcript,
      c.erased or c.voicemail_url is not null as has_voicemail
    from call c where c.account_id = ${accountId} and c.gateway_call_id = any(${gatewayIds}::text[])`.execute(db);
  return new Map(rows.map(({ gatewayId, ...call }) => [gatewayId, call]));
}

/** Of those ids, the ones that are neither among our texts and calls nor among what this run has found. */
export async function unknownOf(
  db: Db,
  { accountId, gatewayIds, runId }: Listed & { readonly runId: Uuid },
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select x.listed as id from unnest(${gatewayIds}::text[]) as x (listed)
    where not exists (select from message m where m.account_id = ${accountId} and m.gateway_message_id = x.listed)
      and not exists (select from call c where c.account_id = ${accountId} and c.gateway_call_id = x.listed)
      and not exists (select from reconciliation_diff d where d.run_id = ${runId} and d.gateway_id = x.listed)`.execute(
    db,
  );
  return new Set(rows.map((row) => row.id));
}

/** All numbers of the business; few. */
export async function readNumbers(
  db: Db,
  accountId: Uuid,
): Promise<{ readonly lanes: readonly LaneAt[]; readonly ownPhones: ReadonlySet<string> }> {
  const { rows } = await sql<LaneAt & { accountId: Uuid }>`
    select id, account_id, gateway_ref, phone from lane order by created_at, id`.execute(db);
  return {
    lanes: rows.filter((lane) => lane.accountId === accountId),
    ownPhones: new Set(rows.map(({ phone }) => phone)),
  };
}

export interface Unlisted {
  readonly id: Uuid;
  readonly gatewayMessageId: string;
  readonly phone: string;
  readonly laneId: Uuid;
  readonly state: string;
  readonly sentAt: Instant;
}

/**
 * The first of our texts after `after` and before `before` that went out within the range and that the run has not been shown. By
 * the primary key, whose ids grow with time.
 */
export async function nextUnlisted(
  db: Db,
  query: {
    readonly runId: Uuid;
    readonly accountId: Uuid;
    readonly after: Uuid;
    readonly before: Uuid;
    readonly sentSince: Instant;
    readonly sentUntil: Instant;
  },
): Promise<Unlisted | undefined> {
  const { rows } = await sql<Unlisted>`
    select id, gateway_message_id, phone, lane_id, state, sent_at from message m
    where id > ${query.after} and id < ${query.before} and account_id = ${query.accountId} and direction = 'outbound'
      and purpose <> 'elsewhere' and gateway_message_id is not null and sent_at >= ${query.sentSince} and sent_at < ${query.sentUntil}
      and not exists (select from reconciliation_seen s where s.run_id = ${query.runId}
        and s.gateway_message_id = m.gateway_message_id)
    order by id limit 1`.execute(db);
  return rows[0];
}
