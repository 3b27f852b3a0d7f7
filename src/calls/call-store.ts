import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { type Instant, instant } from '../platform/time.ts';
import type {
  CallRecord,
  CallState,
  RecordingRecord,
  SummaryRecord,
  TranscriptRecord,
  VoicemailRecord,
} from './call.ts';
import { type LaneAt, transcriptLine } from './decide-call.ts';

/** Numbers of ours that take part in a call, also of other accounts. Indexes: unique (account_id, gateway_ref), unique (phone). */
export async function findLanes(
  tx: Tx,
  query: { readonly accountId: Uuid; readonly laneRef: string | undefined; readonly phones: readonly string[] },
): Promise<readonly LaneAt[]> {
  const { rows } = await sql<LaneAt>`
    select id, account_id, gateway_ref, phone from lane
    where (account_id = ${query.accountId} and gateway_ref = ${query.laneRef ?? null}) or phone = any(${query.phones}::text[])`.execute(
    tx,
  );
  return rows;
}

interface CallKey {
  readonly accountId: Uuid;
  readonly gatewayCallId: string;
}

/** With whom the call is, as far as other events have said it; nothing is locked. Index: unique (account_id, gateway_call_id). */
export async function readCallPhone(tx: Tx, key: CallKey): Promise<string | null> {
  const { rows } = await sql<{ phone: string | null }>`
    select phone from call where account_id = ${key.accountId} and gateway_call_id = ${key.gatewayCallId}`.execute(tx);
  return rows[0]?.phone ?? null;
}

export interface StoredCall {
  readonly id: Uuid;
  readonly record: CallRecord;
  readonly conversationId: Uuid | null;
  readonly contactId: Uuid | null;
  readonly askedAt: Instant | null;
  /** With the person whom it was with; nothing more is said of it. */
  readonly erased: boolean;
}

/**
 * The call with all that was said of it; other events of it wait until this transaction ends, also when it has no row yet. Indexes:
 * unique (account_id, gateway_call_id); the keys of the parts.
 */
export async function lockCall(tx: Tx, key: CallKey): Promise<StoredCall | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${key.accountId} ${key.gatewayCallId}`}, ${CALL_LOCKS}))`.execute(
    tx,
  );
  const { rows } = await sql<StoredRow>`
    select c.*, to_jsonb(s) as summary, to_jsonb(t) as transcript,
      (select coalesce(jsonb_agg(to_jsonb(r) order by r.ref collate "C"), '[]') from call_recording r where r.call_id = c.id) as recordings
    from call c left join call_summary s on s.call_id = c.id left join call_transcript t on t.call_id = c.id
    where c.account_id = ${key.accountId} and c.gateway_call_id = ${key.gatewayCallId}`.execute(tx);
  return rows[0] === undefined ? undefined : storedCall(rows[0]);
}

/** Keeps these locks apart from other advisory locks. */
const CALL_LOCKS = 7_770_005;

interface StoredRow
  extends Omit<CallRecord, 'status' | 'voicemail' | 'recordings' | 'summary' | 'transcript'>,
    Omit<StoredCall, 'record'> {
  readonly gatewayStatus: string | null;
  readonly gatewayStatusStep: string | null;
  readonly voicemailUrl: string | null;
  readonly voicemailUrlAsOf: Instant | null;
  readonly voicemailDurationSeconds: number | null;
  readonly voicemailTranscript: string | null;
  readonly recordings: readonly {
    readonly ref: string;
    readonly url: string | null;
    readonly media_type: string | null;
    readonly duration_seconds: number | null;
    readonly started_at: string | null;
    readonly as_of: string;
  }[];
  readonly summary: {
    readonly status: SummaryRecord['status'];
    readonly summary: readonly string[];
    readonly next_steps: readonly string[];
    readonly as_of: string;
  } | null;
  readonly transcript: {
    readonly status: TranscriptRecord['status'];
    readonly lines: TranscriptRecord['lines'];
    readonly as_of: string;
  } | null;
}

function storedCall(row: StoredRow): StoredCall {
  const { gatewayStatus: word, gatewayStatusStep: step } = row;
  return {
    id: row.id,
    conversationId: row.conversationId,
    contactId: row.contactId,
    askedAt: row.askedAt,
    erased: row.erased,
    record: {
      heard: row.heard,
      heardAt: row.heardAt,
      laneId: row.laneId,
      phone: row.phone,
      direction: row.direction,
      startedAt: row.startedAt,
      answeredAt: row.answeredAt,
      endedAt: row.endedAt,
      durationSeconds: row.durationSeconds,
      forwardedTo: row.forwardedTo,
      status: word === null || step === null ? null : { word, step },
      voicemail: voicemailOf(row),
      recordings: row.recordings.map(
        (one): RecordingRecord => ({
          ref: one.ref,
          url: one.url,
          mediaType: one.media_type,
          durationSeconds: one.duration_seconds,
          startedAt: one.started_at === null ? null : instant(one.started_at),
          asOf: instant(one.as_of),
        }),
      ),
      summary: row.summary === null ? null : summaryOf(row.summary),
      transcript: row.transcript === null ? null : transcriptOf(row.transcript),
    },
  };
}

const voicemailOf = (row: StoredRow): VoicemailRecord => ({
  url:
    row.voicemailUrl === null || row.voicemailUrlAsOf === null
      ? null
      : { text: row.voicemailUrl, asOf: row.voicemailUrlAsOf },
  durationSeconds: row.voicemailDurationSeconds,
  transcript: row.voicemailTranscript,
});

const summaryOf = (row: NonNullable<StoredRow['summary']>): SummaryRecord => ({
  status: row.status,
  summary: row.summary,
  nextSteps: row.next_steps,
  asOf: instant(row.as_of),
});

const transcriptOf = (row: NonNullable<StoredRow['transcript']>): TranscriptRecord => ({
  status: row.status,
  lines: row.lines.map(transcriptLine),
  asOf: instant(row.as_of),
});

export interface CallToWrite extends CallKey {
  readonly id: Uuid;
  readonly record: CallRecord;
  readonly state: CallState;
  readonly conversationId: Uuid | null;
  readonly contactId: Uuid | null;
  readonly askedAt: Instant | null;
  readonly now: Instant;
}

/** The call with all its parts, new or as it is now. */
export async function writeCall(tx: Tx, call: CallToWrite): Promise<void> {
  const { record, id } = call;
  const { voicemail, summary, transcript } = record;
  await sql`
    with stored as (
      insert into call (id, account_id, gateway_call_id, lane_id, conversation_id, contact_id, direction, phone, state, heard, heard_at,
        started_at, answered_at, ended_at, duration_seconds, forwarded_to, gateway_status, gateway_status_step, voicemail_url,
        voicemail_url_as_of, voicemail_duration_seconds, voicemail_transcript, asked_at, created_at)
      values (${id}, ${call.accountId}, ${call.gatewayCallId}, ${record.laneId}, ${call.conversationId}, ${call.contactId},
        ${record.direction}, ${record.phone}, ${call.state}, ${record.heard}, ${record.heardAt}, ${record.startedAt},
        ${record.answeredAt}, ${record.endedAt}, ${record.durationSeconds}, ${record.forwardedTo}, ${record.status?.word ?? null},
        ${record.status?.step ?? null}, ${voicemail.url?.text ?? null}, ${voicemail.url?.asOf ?? null}, ${voicemail.durationSeconds},
        ${voicemail.transcript}, ${call.askedAt}, ${call.now})
      on conflict (account_id, gateway_call_id) do update set lane_id = excluded.lane_id, conversation_id = excluded.conversation_id,
        contact_id = excluded.contact_id, direction = excluded.direction, phone = excluded.phone, state = excluded.state,
        heard = excluded.heard, heard_at = excluded.heard_at, started_at = excluded.started_at, answered_at = excluded.answered_at,
        ended_at = excluded.ended_at, duration_seconds = excluded.duration_seconds, forwarded_to = excluded.forwarded_to,
        gateway_status = excluded.gateway_status, gateway_status_step = excluded.gateway_status_step,
        voicemail_url = excluded.voicemail_url, voicemail_url_as_of = excluded.voicemail_url_as_of,
        voicemail_duration_seconds = excluded.voicemail_duration_seconds, voicemail_transcript = excluded.voicemail_transcript,
        asked_at = excluded.asked_at
    ), recordings as (
      insert into call_recording (call_id, ref, url, media_type, duration_seconds, started_at, as_of)
      select ${id}::uuid, ref, url, "mediaType", "durationSeconds", "startedAt", "asOf"
      from jsonb_to_recordset(${JSON.stringify(record.recordings)}::jsonb) as x
        (ref text, url text, "mediaType" text, "durationSeconds" integer, "startedAt" timestamptz, "asOf" timestamptz)
      on conflict (call_id, ref) do update set url = excluded.url, media_type = excluded.media_type,
        duration_seconds = excluded.duration_seconds, started_at = excluded.started_at, as_of = excluded.as_of
    ), summary as (
      insert into call_summary (call_id, status, summary, next_steps, as_of)
      select ${id}::uuid, ${summary?.status ?? null}, ${summary?.summary ?? []}::text[], ${summary?.nextSteps ?? []}::text[],
        ${summary?.asOf ?? null}::timestamptz
      where ${summary !== null}
      on conflict (call_id) do update set status = excluded.status, summary = excluded.summary, next_steps = excluded.next_steps,
        as_of = excluded.as_of
    )
    insert into call_transcript (call_id, status, lines, as_of)
    select ${id}::uuid, ${transcript?.status ?? null}, ${JSON.stringify(transcript?.lines ?? [])}::jsonb, ${transcript?.asOf ?? null}::timestamptz
    where ${transcript !== null}
    on conflict (call_id) do update set status = excluded.status, lines = excluded.lines, as_of = excluded.as_of`.execute(
    tx,
  );
}
