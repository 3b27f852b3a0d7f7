import type { GatewayEvent, ProcessingStatus } from '../gateways/gateway.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** What a webhook says about a call. */
export type CallEvent = Extract<GatewayEvent, { readonly type: `call_${string}` }>;

export type CallDirection = 'inbound' | 'outbound';

/**
 * `missed` is a call to us that nobody took, `unanswered` one of ours that the other side did not take. `completed` has ended and was
 * answered, or its end is all that is known.
 */
export type CallState = 'ringing' | 'answered' | 'forwarded' | 'missed' | 'unanswered' | 'completed';

/** Kinds of news about a call. */
export type Heard =
  | 'ringing'
  | 'answered'
  | 'forwarded'
  | 'missed'
  | 'completed'
  | 'voicemail'
  | 'recording'
  | 'summary'
  | 'transcript';

/** Everything that the events of one call have said together; `decide-call.ts` says how. Null is "not said yet". */
export interface CallRecord {
  /** Each once, in the order of the alphabet. */
  readonly heard: readonly Heard[];
  readonly heardAt: Instant;
  readonly laneId: Uuid | null;
  /** Of the other side, E.164. */
  readonly phone: string | null;
  readonly direction: CallDirection | null;
  readonly startedAt: Instant | null;
  readonly answeredAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly durationSeconds: number | null;
  readonly forwardedTo: string | null;
  /** The gateway's word of the furthest step. */
  readonly status: { readonly word: string; readonly step: string } | null;
  readonly voicemail: VoicemailRecord;
  /** Sorted by `ref`. */
  readonly recordings: readonly RecordingRecord[];
  readonly summary: SummaryRecord | null;
  readonly transcript: TranscriptRecord | null;
}

export interface VoicemailRecord {
  readonly url: { readonly text: string; readonly asOf: Instant } | null;
  readonly durationSeconds: number | null;
  readonly transcript: string | null;
}

export interface RecordingRecord {
  readonly ref: string;
  readonly url: string | null;
  readonly mediaType: string | null;
  readonly durationSeconds: number | null;
  readonly startedAt: Instant | null;
  readonly asOf: Instant;
}

export interface SummaryRecord {
  readonly status: ProcessingStatus;
  readonly summary: readonly string[];
  readonly nextSteps: readonly string[];
  readonly asOf: Instant;
}

export interface TranscriptLine {
  readonly speaker: string;
  readonly text: string;
  /** From the start of the call. */
  readonly startSeconds: number;
  readonly endSeconds: number;
}

export interface TranscriptRecord {
  readonly status: ProcessingStatus;
  readonly lines: readonly TranscriptLine[];
  readonly asOf: Instant;
}

/** A call as it is shown. */
export interface Call {
  readonly id: Uuid;
  readonly direction: CallDirection | null;
  readonly state: CallState;
  /** Null when the number was withheld or is not known. */
  readonly phone: string | null;
  /** Of the contact that has the number now. */
  readonly contactId: Uuid | null;
  /** The contact's, else the number; null without one. */
  readonly name: string | null;
  readonly laneId: Uuid | null;
  readonly laneName: string | null;
  readonly conversationId: Uuid | null;
  /** When it began, or was first heard of. */
  readonly at: Instant;
  readonly answeredAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly talkedSeconds: number | null;
  readonly forwardedTo: string | null;
  readonly voicemail: {
    readonly url: string | null;
    readonly durationSeconds: number | null;
    readonly transcript: string | null;
  } | null;
  readonly recordings: readonly {
    readonly url: string | null;
    readonly mediaType: string | null;
    readonly durationSeconds: number | null;
  }[];
  readonly summary: Pick<SummaryRecord, 'status' | 'summary' | 'nextSteps'> | null;
  /** Its lines come with the single call: they may be thousands. */
  readonly transcript: { readonly status: ProcessingStatus; readonly lineCount: number } | null;
}

export interface CallWithLines {
  readonly call: Call;
  readonly lines: readonly TranscriptLine[];
}
