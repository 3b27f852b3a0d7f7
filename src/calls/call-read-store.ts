import { type RawBuilder, sql } from 'kysely';
import { contactName } from '../contacts/contact.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { Call, CallDirection, CallState, CallWithLines, TranscriptLine } from './call.ts';
import { talkedSeconds } from './decide-call.ts';

export interface CallFilters {
  readonly missed?: boolean | undefined;
  readonly laneId?: Uuid | undefined;
  readonly contactId?: Uuid | undefined;
  readonly phone?: string | undefined;
  /** Began at or after, and before. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

export interface CallPage {
  readonly after: { readonly at: string; readonly id: Uuid } | undefined;
  readonly limit: number;
}

interface StoredCall {
  readonly id: Uuid;
  readonly direction: CallDirection | null;
  readonly state: CallState;
  readonly phone: string | null;
  readonly contactId: Uuid | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly company: string | null;
  readonly laneId: Uuid | null;
  readonly laneName: string | null;
  readonly conversationId: Uuid | null;
  readonly at: Instant;
  readonly answeredAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly durationSeconds: number | null;
  readonly forwardedTo: string | null;
  readonly voicemail: Call['voicemail'];
  readonly recordings: Call['recordings'];
  readonly summary: Call['summary'];
  readonly transcript: Call['transcript'];
}

/** With its parts by their keys, and the person by number, because the number may have become a contact since. */
const columns = sql`c.id, c.direction, c.state, c.phone, p.id as contact_id, p.first_name, p.last_name, p.company, c.lane_id,
  l.name as lane_name, c.conversation_id, c.at, c.answered_at, c.ended_at, c.duration_seconds, c.forwarded_to,
  case when 'voicemail' = any(c.heard) then jsonb_build_object('url', c.voicemail_url, 'durationSeconds', c.voicemail_duration_seconds,
    'transcript', c.voicemail_transcript) end as voicemail,
  (select coalesce(jsonb_agg(jsonb_build_object('url', r.url, 'mediaType', r.media_type, 'durationSeconds', r.duration_seconds)
      order by r.started_at, r.ref), '[]') from call_recording r where r.call_id = c.id) as recordings,
  (select jsonb_build_object('status', s.status, 'summary', s.summary, 'nextSteps', s.next_steps)
    from call_summary s where s.call_id = c.id) as summary,
  (select jsonb_build_object('status', t.status, 'lineCount', jsonb_array_length(t.lines))
    from call_transcript t where t.call_id = c.id) as transcript`;
const joins = sql`left join lane l on l.id = c.lane_id left join contact p on p.phone = c.phone`;

/** Newest first. Indexes: call_phone for one person, call_missed, call_lane, else call_newest. */
export function callsQuery({ missed, ...filters }: CallFilters, { after, limit }: CallPage): RawBuilder<StoredCall> {
  const { laneId, contactId, phone, from, until } = filters;
  const conditions = [
    ...(missed === true ? [sql`c.state = 'missed'`] : []),
    ...(missed === false ? [sql`c.state <> 'missed'`] : []),
    ...(laneId === undefined ? [] : [sql`c.lane_id = ${laneId}`]),
    ...(contactId === undefined ? [] : [sql`c.phone = (select phone from contact where id = ${contactId})`]),
    ...(phone === undefined ? [] : [sql`c.phone = ${phone}`]),
    ...(from === undefined ? [] : [sql`c.at >= ${from}::timestamptz`]),
    ...(until === undefined ? [] : [sql`c.at < ${until}::timestamptz`]),
    ...(after === undefined ? [] : [sql`(c.at, c.id) < (${after.at}::timestamptz, ${after.id}::uuid)`]),
  ];
  return sql<StoredCall>`
    select ${columns} from (
      select * from call c where ${conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)}
      order by c.at desc, c.id desc limit ${limit}
    ) c ${joins} order by c.at desc, c.id desc`;
}

export async function listCallRows(db: Db | Tx, filters: CallFilters, page: CallPage): Promise<readonly Call[]> {
  const { rows } = await callsQuery(filters, page).execute(db);
  return rows.map(shownCall);
}

export async function getCallRow(db: Db | Tx, id: Uuid): Promise<CallWithLines | undefined> {
  const { rows } = await sql<StoredCall & { readonly lines: readonly TranscriptLine[] }>`
    select ${columns}, coalesce((select t.lines from call_transcript t where t.call_id = c.id), '[]') as lines
    from call c ${joins} where c.id = ${id}`.execute(db);
  const row = rows[0];
  return row === undefined ? undefined : { call: shownCall(row), lines: row.lines };
}

/** Whether a call of these two numbers was missed since an instant. Index call_phone. */
export const missedSince = (of: {
  readonly phone: RawBuilder<unknown>;
  readonly laneId: RawBuilder<unknown>;
  readonly since: RawBuilder<unknown>;
}): RawBuilder<unknown> => sql`exists (
  select from call c where c.phone = ${of.phone} and c.lane_id = ${of.laneId} and c.at >= ${of.since} and c.state = 'missed')`;

const shownCall = (row: StoredCall): Call => ({
  id: row.id,
  direction: row.direction,
  state: row.state,
  phone: row.phone,
  contactId: row.contactId,
  name: row.phone === null ? null : contactName({ ...row, phone: row.phone }),
  laneId: row.laneId,
  laneName: row.laneName,
  conversationId: row.conversationId,
  at: row.at,
  answeredAt: row.answeredAt,
  endedAt: row.endedAt,
  talkedSeconds: row.state === 'completed' ? talkedSeconds(row) : null,
  forwardedTo: row.forwardedTo,
  voicemail: row.voicemail,
  recordings: row.recordings,
  summary: row.summary,
  transcript: row.transcript,
});
