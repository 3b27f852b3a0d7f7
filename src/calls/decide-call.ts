/**
 * How one event merges into its call.
 *
 * An event becomes a record of what it says, and two records join into one. Joining is commutative, associative and idempotent
 * (every fact is a least, a greatest or a union), so events may come in any order and as often as they like. Where two events
 * contradict each other, which does not happen with a sane gateway, the rule is only there to make the order irrelevant.
 */
import type { CallRecording, ProcessingStatus, Voicemail } from '../gateways/gateway.ts';
import type { Uuid } from '../platform/ids.ts';
import { unreachable } from '../platform/result.ts';
import { type Instant, msBetween, SECOND_MS } from '../platform/time.ts';
import type {
  CallEvent,
  CallRecord,
  CallState,
  Heard,
  RecordingRecord,
  SummaryRecord,
  TranscriptLine,
  TranscriptRecord,
  VoicemailRecord,
} from './call.ts';

/** Whom of ours a call is with, and the other side. */
export interface CallPlace {
  readonly laneId: Uuid | null;
  readonly phone: string | null;
}

export interface LaneAt {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly gatewayRef: string;
  readonly phone: string;
}

/** "Anonymous", "unknown", names and SIP addresses are nobody who could be answered. */
const NUMBER = /^\+[1-9]\d{6,14}$/;

/** The other side is the participant that is no number of ours. A call between two of our own has none. */
export function placeOf(call: CallEvent['call'], accountId: Uuid, lanes: readonly LaneAt[]): CallPlace {
  const own = lanes.filter((lane) => lane.accountId === accountId);
  const byRef = own.find((lane) => lane.gatewayRef === call.laneRef);
  const byPhone = own.filter((lane) => call.participants.includes(lane.phone)).map((lane) => lane.id);
  const others = call.participants.filter(
    (phone) => NUMBER.test(phone) && phone !== call.forwardedTo && !lanes.some((lane) => lane.phone === phone),
  );
  return { laneId: byRef?.id ?? byPhone.toSorted()[0] ?? null, phone: others.toSorted()[0] ?? null };
}

/** The call after one more event. */
export function mergeCall(before: CallRecord | undefined, event: CallEvent, place: CallPlace): CallRecord {
  const said = recordOf(event, place);
  return before === undefined ? said : join(before, said);
}

/** What one event says by itself. */
function recordOf(event: CallEvent, place: CallPlace): CallRecord {
  const { call, at } = event;
  const heard = heardIn(event);
  const inbound = heard.includes('missed') || heard.includes('voicemail');
  const plain: CallRecord = {
    heard,
    heardAt: at,
    ...place,
    direction: call.direction ?? (inbound ? 'inbound' : null),
    startedAt: call.startedAt ?? null,
    answeredAt: call.answeredAt ?? null,
    endedAt: call.endedAt ?? null,
    durationSeconds: wholeSeconds(call.durationSeconds),
    forwardedTo: call.forwardedTo ?? null,
    status: call.status === undefined ? null : { word: call.status, step: stepOf(event) },
    voicemail: voicemailOf(voicemailIn(event), at),
    recordings: recordingsOf(recordingsIn(event), at),
    summary: null,
    transcript: null,
  };
  switch (event.type) {
    case 'call_progress':
    case 'call_voicemail':
    case 'call_recording':
      return plain;
    case 'call_summary': {
      const { status, summary, nextSteps } = event;
      return { ...plain, summary: { status, summary, nextSteps, asOf: at } };
    }
    case 'call_transcript':
      return { ...plain, transcript: { status: event.status, lines: event.lines.map(transcriptLine), asOf: at } };
    default:
      return unreachable(event);
  }
}

/** Words of gateways for a call that somebody or something took. */
const ANSWERED_WORDS: ReadonlySet<string> = new Set(['answered', 'in-progress', 'ai-handled']);

function heardIn(event: CallEvent): readonly Heard[] {
  const heard = new Set<Heard>([KIND_OF[event.type === 'call_progress' ? event.step : event.type]]);
  if (voicemailIn(event) !== undefined) heard.add('voicemail');
  if (recordingsIn(event).length > 0) heard.add('recording');
  if (event.call.answeredAt !== undefined || ANSWERED_WORDS.has(event.call.status ?? '')) heard.add('answered');
  if (event.call.forwardedTo !== undefined || event.call.status === 'forwarded') heard.add('forwarded');
  return [...heard].toSorted();
}

type Step = Extract<CallEvent, { readonly type: 'call_progress' }>['step'];

const KIND_OF: Readonly<Record<Step | Exclude<CallEvent['type'], 'call_progress'>, Heard>> = {
  ringing: 'ringing',
  answered: 'answered',
  forwarded: 'forwarded',
  missed: 'missed',
  completed: 'completed',
  call_recording: 'recording',
  call_voicemail: 'voicemail',
  call_summary: 'summary',
  call_transcript: 'transcript',
};

/** Later steps have the last word about the status; what is made of a call afterwards has the first. */
const STEP_RANKS = ['after', 'ringing', 'answered', 'forwarded', 'missed', 'completed'];
const stepOf = (event: CallEvent): string => (event.type === 'call_progress' ? event.step : 'after');

const voicemailIn = (event: CallEvent): Voicemail | undefined =>
  event.type === 'call_progress' || event.type === 'call_voicemail' ? event.voicemail : undefined;

function voicemailOf(voicemail: Voicemail | undefined, at: Instant): VoicemailRecord {
  const url = webAddress(voicemail?.url);
  return {
    url: url === null ? null : { text: url, asOf: at },
    durationSeconds: wholeSeconds(voicemail?.durationSeconds),
    transcript: voicemail?.transcript ?? null,
  };
}

/** Pages make links of it: nothing that a browser would run. */
const webAddress = (url: string | undefined): string | null => (/^https?:\/\//i.test(url ?? '') ? (url ?? null) : null);

const recordingsIn = (event: CallEvent): readonly CallRecording[] =>
  event.type === 'call_progress' || event.type === 'call_recording' ? event.recordings : [];

function recordingsOf(recordings: readonly CallRecording[], at: Instant): readonly RecordingRecord[] {
  const records = recordings.map(
    (recording): RecordingRecord => ({
      ref: recording.ref,
      url: webAddress(recording.url),
      mediaType: recording.mediaType ?? null,
      durationSeconds: wholeSeconds(recording.durationSeconds),
      startedAt: recording.startedAt ?? null,
      asOf: at,
    }),
  );
  return records.reduce<readonly RecordingRecord[]>((joined, one) => joinRecordings(joined, [one]), []);
}

/** Its fields in one order, whoever made it: records are compared as text. */
export const transcriptLine = ({ speaker, text, startSeconds, endSeconds }: TranscriptLine): TranscriptLine => ({
  speaker,
  text,
  startSeconds,
  endSeconds,
});

const wholeSeconds = (seconds: number | undefined): number | null =>
  seconds === undefined ? null : Math.max(0, Math.round(seconds));

// Joining ----------------------------------------------------------------------------------------------------------------

const join = (a: CallRecord, b: CallRecord): CallRecord => ({
  heard: [...new Set([...a.heard, ...b.heard])].toSorted(),
  heardAt: earlier(a.heardAt, b.heardAt),
  laneId: either(a.laneId, b.laneId, lesser),
  phone: either(a.phone, b.phone, lesser),
  direction: either(a.direction, b.direction, lesser),
  startedAt: either(a.startedAt, b.startedAt, earlier),
  answeredAt: either(a.answeredAt, b.answeredAt, earlier),
  endedAt: either(a.endedAt, b.endedAt, later),
  durationSeconds: either(a.durationSeconds, b.durationSeconds, Math.max),
  forwardedTo: either(a.forwardedTo, b.forwardedTo, lesser),
  status: either(a.status, b.status, (x, y) => greater(x, y, (one) => [STEP_RANKS.indexOf(one.step), one.word])),
  voicemail: joinVoicemail(a.voicemail, b.voicemail),
  recordings: joinRecordings(a.recordings, b.recordings),
  summary: either(a.summary, b.summary, joinMade<SummaryRecord>),
  transcript: either(a.transcript, b.transcript, joinMade<TranscriptRecord>),
});

const joinVoicemail = (a: VoicemailRecord, b: VoicemailRecord): VoicemailRecord => ({
  url: either(a.url, b.url, (x, y) => greater(x, y, (one) => [one.asOf.epochMilliseconds, one.text])),
  durationSeconds: either(a.durationSeconds, b.durationSeconds, Math.max),
  // A transcript grows while it is made.
  transcript: either(a.transcript, b.transcript, (x, y) => greater(x, y, (text) => [text.length, text])),
});

function joinRecordings(a: readonly RecordingRecord[], b: readonly RecordingRecord[]): readonly RecordingRecord[] {
  const joined = new Map(a.map((recording) => [recording.ref, recording]));
  for (const recording of b) {
    const known = joined.get(recording.ref);
    joined.set(recording.ref, known === undefined ? recording : joinRecording(known, recording));
  }
  return [...joined.values()].toSorted((x, y) => (x.ref < y.ref ? -1 : 1));
}

/** Addresses are signed and expire: the newest that was given counts, and an event without one takes none away. */
function joinRecording(a: RecordingRecord, b: RecordingRecord): RecordingRecord {
  const newest = greater(a, b, (one) => [one.url === null ? 0 : 1, one.asOf.epochMilliseconds, one.url ?? '']);
  return {
    ref: a.ref,
    url: newest.url,
    mediaType: either(a.mediaType, b.mediaType, lesser),
    durationSeconds: either(a.durationSeconds, b.durationSeconds, Math.max),
    startedAt: either(a.startedAt, b.startedAt, earlier),
    asOf: newest.asOf,
  };
}

const STATUS_RANKS: readonly ProcessingStatus[] = ['absent', 'in_progress', 'failed', 'completed'];

/** What is finished is not taken back; of two finished ones the newer counts. */
const joinMade = <T extends SummaryRecord | TranscriptRecord>(a: T, b: T): T =>
  greater(a, b, (made) => [STATUS_RANKS.indexOf(made.status), made.asOf.epochMilliseconds, JSON.stringify(made)]);

const either = <T>(a: T | null, b: T | null, both: (a: T, b: T) => T): T | null => {
  if (a === null) return b;
  return b === null ? a : both(a, b);
};
const earlier = (a: Instant, b: Instant): Instant => (a.epochNanoseconds <= b.epochNanoseconds ? a : b);
const later = (a: Instant, b: Instant): Instant => (a.epochNanoseconds >= b.epochNanoseconds ? a : b);
const lesser = <T extends string>(a: T, b: T): T => (a <= b ? a : b);

/** The one whose key is greater, part by part. */
function greater<T>(a: T, b: T, keyOf: (one: T) => readonly (number | string)[]): T {
  const keys = [keyOf(a), keyOf(b)] as const;
  for (const [index, part] of keys[0].entries()) {
    const other = keys[1][index];
    if (other !== undefined && part !== other) return part > other ? a : b;
  }
  return a;
}

// What it comes to -------------------------------------------------------------------------------------------------------

const AFTERWARDS: readonly Heard[] = ['recording', 'summary', 'transcript', 'voicemail'];

/**
 * The state that the facts come to. Missed stays missed unless a fact says that the call was answered. Whether an event means that a
 * call to us was missed is decided where it is parsed.
 */
export function stateOf({ heard, direction, endedAt }: Pick<CallRecord, 'heard' | 'direction' | 'endedAt'>): CallState {
  const ended = endedAt !== null || heard.includes('completed') || heard.includes('missed');
  const over = ended || AFTERWARDS.some((kind) => heard.includes(kind));
  if (heard.includes('answered')) return over ? 'completed' : 'answered';
  if (direction === 'outbound') return ended ? 'unanswered' : over ? 'completed' : 'ringing';
  if (heard.includes('missed') || heard.includes('voicemail')) return 'missed';
  if (heard.includes('forwarded')) return 'forwarded';
  return over ? 'completed' : 'ringing';
}

/** A missed call or a voicemail waits for an answer as a text does; other calls were dealt with on the phone. */
export const asksForAnswer = (call: Pick<CallRecord, 'heard' | 'direction' | 'endedAt'>): boolean =>
  call.direction !== 'outbound' && (stateOf(call) === 'missed' || call.heard.includes('voicemail'));

/** Of the conversation: as said, else from the answer to the end. */
export function talkedSeconds(call: Pick<CallRecord, 'durationSeconds' | 'answeredAt' | 'endedAt'>): number | null {
  if (call.durationSeconds !== null) return call.durationSeconds;
  if (call.answeredAt === null || call.endedAt === null) return null;
  return Math.max(0, Math.round(msBetween(call.answeredAt, call.endedAt) / SECOND_MS));
}
