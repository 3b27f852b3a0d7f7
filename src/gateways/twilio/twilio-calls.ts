import { addMs, type Instant, SECOND_MS } from '../../platform/time.ts';
import type { CallFacts, CallRecording, GatewayEvent } from '../gateway.ts';
import { addressIn, type Fields, saidAt, timeIn } from './twilio-form.ts';

type Progress = Extract<GatewayEvent, { readonly type: 'call_progress' }>;

/** The state of a call, as the number's StatusCallback says it; undefined for whatever else is posted. */
export function callEvent(fields: Fields, receivedAt: Instant): Progress | undefined {
  const { get } = fields;
  const id = get('CallSid');
  const status = get('CallStatus')?.toLowerCase();
  const direction = directionOf(get('Direction'));
  const step = status === undefined ? undefined : stepOf(status, direction);
  // What is not a finished recording says nothing of its call, whose state it repeats.
  if (id === undefined || status === undefined || step === undefined || get('RecordingStatus') !== undefined)
    return undefined;
  const at = saidAt(get('Timestamp'), receivedAt);
  const [from, to] = [addressIn(fields, 'From'), addressIn(fields, 'To')];
  const durationSeconds = wholeSeconds(get('CallDuration'));
  const over = step === 'completed' || step === 'missed';
  return {
    type: 'call_progress',
    eventId: `${id}:${status}`,
    step,
    call: {
      gatewayCallId: id,
      laneRef: direction === 'inbound' ? to : direction === 'outbound' ? from : undefined,
      direction,
      participants: [from, to].filter((phone) => phone !== undefined),
      startedAt: timeIn(get('StartTime'), receivedAt) ?? (step === 'ringing' ? at : undefined),
      answeredAt: answeredAt({ step, at, durationSeconds }),
      endedAt: over ? at : undefined,
      durationSeconds,
      forwardedTo: undefined,
      status,
    },
    voicemail: undefined,
    recordings: recordingIn(fields, receivedAt),
    at,
  };
}

/** A finished recording, as its RecordingStatusCallback says it. It names its call by the id alone. */
export function recordingEvent(fields: Fields, receivedAt: Instant): GatewayEvent | undefined {
  const { get } = fields;
  const gatewayCallId = get('CallSid');
  const [recording] = recordingIn(fields, receivedAt);
  if (gatewayCallId === undefined || recording === undefined || get('RecordingStatus')?.toLowerCase() !== 'completed')
    return undefined;
  return {
    type: 'call_recording',
    eventId: `${recording.ref}:completed`,
    call: { ...NOTHING_SAID, gatewayCallId },
    recordings: [recording],
    at: saidAt(get('Timestamp'), receivedAt),
  };
}

const NOTHING_SAID: Omit<CallFacts, 'gatewayCallId'> = {
  laneRef: undefined,
  direction: undefined,
  participants: [],
  startedAt: undefined,
  answeredAt: undefined,
  endedAt: undefined,
  durationSeconds: undefined,
  forwardedTo: undefined,
  status: undefined,
};

/** The end of a call that was recorded as a whole tells of the recording, too. */
function recordingIn({ get }: Fields, receivedAt: Instant): readonly CallRecording[] {
  const ref = get('RecordingSid');
  if (ref === undefined) return [];
  const url = get('RecordingUrl');
  return [
    {
      ref,
      // Without an ending it would be WAV, ten times as long.
      url: url === undefined ? undefined : `${url}.mp3`,
      mediaType: 'audio/mpeg',
      durationSeconds: wholeSeconds(get('RecordingDuration')),
      startedAt: timeIn(get('RecordingStartTime'), receivedAt),
    },
  ];
}

const directionOf = (direction: string | undefined): 'inbound' | 'outbound' | undefined =>
  direction === undefined ? undefined : direction.startsWith('inbound') ? 'inbound' : 'outbound';

/** Nobody is missed who was called by us. */
function stepOf(status: string, direction: 'inbound' | 'outbound' | undefined): Progress['step'] | undefined {
  switch (status) {
    case 'queued':
    case 'initiated':
    case 'ringing':
      return 'ringing';
    case 'in-progress':
    case 'answered':
      return 'answered';
    case 'completed':
      return 'completed';
    case 'no-answer':
    case 'busy':
    case 'canceled':
    case 'failed':
      return direction === 'inbound' ? 'missed' : 'completed';
    default:
      return undefined;
  }
}

/** The duration counts from the answer on; a call without one was not answered. */
function answeredAt(call: {
  readonly step: Progress['step'];
  readonly at: Instant;
  readonly durationSeconds: number | undefined;
}): Instant | undefined {
  if (call.step === 'answered') return call.at;
  if (call.step !== 'completed' || call.durationSeconds === undefined || call.durationSeconds === 0) return undefined;
  return addMs(call.at, -call.durationSeconds * SECOND_MS);
}

const wholeSeconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : undefined;
