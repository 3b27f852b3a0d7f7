import type { z } from 'zod';
import type { CallFacts, CallRecording, EventContent, ProcessingStatus, Voicemail } from '../gateway.ts';
import {
  callContextSchema,
  callSchema,
  summarySchema,
  transcriptSchema,
  voicemailSchema,
  type WireCall,
  type WireRecording,
} from './quo-call-schemas.ts';
import type { EventReader, WireEvent } from './quo-webhook-event.ts';
import { note, plausibleTime, type Reading, readLeniently, shortened } from './quo-webhook-repairs.ts';

type CallStep = Extract<EventContent, { readonly type: 'call_progress' }>['step'];

const progressReader =
  (toldStep: CallStep): EventReader =>
  (event, reading) => {
    const read = readCall(callSchema, event, reading);
    if (read === undefined) return undefined;
    const { wire, call } = read;
    const step = toldStep === 'completed' && wasMissed(wire) ? 'missed' : toldStep;
    return {
      type: 'call_progress',
      step,
      call: { ...call, direction: call.direction ?? (step === 'missed' ? 'inbound' : undefined) },
      voicemail: voicemailOf(wire.voicemail),
      recordings: recordingsOf(wire, event, reading),
      at: event.at,
    };
  };

/** Somebody or something else may have answered: the provider's own words for it, of 2026-03-30. */
const ANSWERED_ELSEWHERE: ReadonlySet<string> = new Set(['forwarded', 'ai-handled']);

/** Words of all generations for a call that nobody took. */
const UNANSWERED: ReadonlySet<string> = new Set(['unanswered', 'no-answer', 'abandoned', 'missed', 'busy', 'canceled']);

/**
 * No generation before 2026-03-30 has an event for missed calls, and the status of a missed one may be `completed`: what tells is that
 * nobody has answered. An answer at a time that cannot be read is an answer. Where nothing is said of one, the status counts.
 */
const wasMissed = ({ direction, answeredAt, status }: WireCall): boolean =>
  direction === 'incoming' &&
  (answeredAt === undefined
    ? UNANSWERED.has(status ?? '')
    : answeredAt === null && !ANSWERED_ELSEWHERE.has(status ?? ''));

const readRecording: EventReader = (event, reading) => {
  const read = readCall(callSchema, event, reading);
  if (read === undefined) return undefined;
  return {
    type: 'call_recording',
    call: read.call,
    recordings: recordingsOf(read.wire, event, reading),
    at: event.at,
  };
};

const readVoicemail: EventReader = (event, reading) => {
  const read = readCall(voicemailSchema, event, reading);
  if (read === undefined) return undefined;
  const { recordingUrl, transcript, duration } = read.wire;
  return {
    type: 'call_voicemail',
    // The duration is that of the voicemail.
    call: { ...read.call, durationSeconds: undefined },
    voicemail: {
      url: recordingUrl ?? undefined,
      durationSeconds: duration ?? undefined,
      transcript: transcript ?? undefined,
    },
    at: event.at,
  };
};

const readSummary: EventReader = (event, reading) => {
  const read = readCall(summarySchema, event, reading);
  if (read === undefined) return undefined;
  const { summary, nextSteps } = read.wire;
  return {
    type: 'call_summary',
    call: { ...read.call, status: undefined },
    status: processingStatus(read.wire, (summary ?? []).length > 0),
    summary: summary ?? [],
    nextSteps: nextSteps ?? [],
    at: event.at,
  };
};

const readTranscript: EventReader = (event, reading) => {
  const read = readCall(transcriptSchema, event, reading);
  if (read === undefined) return undefined;
  const dialogue = read.wire.dialogue ?? [];
  return {
    type: 'call_transcript',
    call: { ...read.call, status: undefined },
    status: processingStatus(read.wire, dialogue.length > 0),
    lines: dialogue.map(({ content, start, end, identifier, userId }) => ({
      speaker: identifier ?? userId ?? '',
      text: content,
      startSeconds: start ?? 0,
      endSeconds: end ?? start ?? 0,
    })),
    at: event.at,
  };
};

export const CALL_READERS: readonly (readonly [type: string, reader: EventReader])[] = [
  ['call.ringing', progressReader('ringing')],
  ['call.answered', progressReader('answered')],
  ['call.forwarded', progressReader('forwarded')],
  ['call.missed', progressReader('missed')],
  ['call.completed', progressReader('completed')],
  ['call.recording.completed', readRecording],
  ['call.voicemail.completed', readVoicemail],
  ['call.summary.completed', readSummary],
  ['call.transcript.completed', readTranscript],
  // The vendor's guide spells two of them after their objects.
  ['callSummary', readSummary],
  ['callTranscript', readTranscript],
];

/** The fields that one or the other kind of event has of its call. */
interface CallFields extends Partial<WireCall> {
  readonly fromPhoneNumber?: string | null | undefined;
}

/** What an event says of itself and of its call; undefined when it does not say of which. */
function readCall<T extends CallFields>(
  schema: z.ZodType<T>,
  event: WireEvent,
  reading: Reading,
): { readonly wire: T; readonly call: CallFacts } | undefined {
  const wire = readLeniently(schema, { json: event.subject, path: event.path }, reading);
  if (wire === undefined) return undefined;
  const gatewayCallId = wire.callId ?? wire.id ?? undefined;
  if (gatewayCallId === undefined) {
    note(reading, `${event.path}: no id of a call, so without effect`);
    return undefined;
  }
  return { wire, call: { gatewayCallId, ...factsOf(wire, event, reading) } };
}

function factsOf(wire: CallFields, event: WireEvent, reading: Reading): Omit<CallFacts, 'gatewayCallId'> {
  const context = readLeniently(callContextSchema, { json: event.context ?? {}, path: 'data.context' }, reading);
  const time = (field: 'createdAt' | 'answeredAt' | 'completedAt') =>
    plausibleTime(`${event.path}.${field}`, wire[field], reading);
  const { external, workspace } = context?.participants ?? {};
  const parties = [external, workspace, wire.participants, [wire.from, wire.to, wire.fromPhoneNumber]];
  return {
    laneRef: context?.phoneNumberId ?? wire.phoneNumberId ?? undefined,
    direction: directionOf(wire.direction),
    participants: [...new Set(parties.flatMap((some) => some ?? []).filter((party) => party))].map(String),
    startedAt: time('createdAt'),
    answeredAt: time('answeredAt'),
    endedAt: time('completedAt'),
    durationSeconds: wire.duration ?? undefined,
    forwardedTo: wire.forwardedTo ?? undefined,
    status: wire.status ?? undefined,
  };
}

function directionOf(direction: WireCall['direction']): CallFacts['direction'] {
  if (direction === null || direction === undefined) return undefined;
  return direction === 'incoming' ? 'inbound' : 'outbound';
}

const voicemailOf = (voicemail: WireCall['voicemail']): Voicemail | undefined =>
  voicemail === null || voicemail === undefined
    ? undefined
    : {
        url: voicemail.url ?? undefined,
        durationSeconds: voicemail.duration ?? undefined,
        transcript: undefined,
      };

/** `media` up to v3, `recordings` since. What has neither an id nor an address cannot be told from others, nor fetched. */
const recordingsOf = (wire: WireCall, event: WireEvent, reading: Reading): readonly CallRecording[] =>
  [...(wire.recordings ?? []), ...(wire.media ?? [])].flatMap((recording) => {
    const ref = recordingRef(recording);
    if (ref === undefined) {
      note(reading, `${event.path}: a recording without id and address is left out`);
      return [];
    }
    return [
      {
        ref,
        url: recording.url ?? undefined,
        mediaType: recording.type ?? undefined,
        durationSeconds: recording.duration ?? undefined,
        startedAt: plausibleTime(`${event.path}.recordings.startTime`, recording.startTime, reading),
      },
    ];
  });

/** Signed addresses change with every event; up to their query they stay the same. */
function recordingRef({ id, url }: WireRecording): string | undefined {
  if (id !== null && id !== undefined && id !== '') return id;
  return url === null || url === undefined ? undefined : shortened(url.replace(/[?#].*$/s, ''));
}

const PROCESSING: ReadonlyMap<string, ProcessingStatus> = new Map([
  ['absent', 'absent'],
  ['in-progress', 'in_progress'],
  ['completed', 'completed'],
  ['failed', 'failed'],
]);

/** A word that is not known here says less than whether there is something to read. */
const processingStatus = (
  wire: { readonly status?: string | null | undefined; readonly processingStatus?: string | null | undefined },
  hasContent: boolean,
): ProcessingStatus =>
  PROCESSING.get(wire.processingStatus ?? wire.status ?? '') ?? (hasContent ? 'completed' : 'absent');
