import { addMs, type Instant, isBefore, SECOND_MS } from '../../platform/time.ts';
import type { GatewayEvent } from '../gateway.ts';
import type { Fields } from './twilio-form.ts';
import { parseRfc2822 } from './twilio-schemas.ts';

type Progress = Extract<GatewayEvent, { readonly type: 'call_progress' }>;

/** The state of a call, as the number's StatusCallback says it; undefined for whatever else is posted. */
export function callEvent({ get }: Fields, receivedAt: Instant): Progress | undefined {
  const id = get('CallSid');
  const status = get('CallStatus')?.toLowerCase();
  const direction = directionOf(get('Direction'));
  const step = status === undefined ? undefined : stepOf(status, direction);
  // A recording is posted with the state of its call, too.
  if (id === undefined || status === undefined || step === undefined || get('RecordingStatus') !== undefined)
    return undefined;
  const at = saidAt(get('Timestamp'), receivedAt);
  const [from, to] = [get('From'), get('To')];
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
      startedAt: step === 'ringing' ? at : undefined,
      answeredAt: answeredAt({ step, at, durationSeconds }),
      endedAt: over ? at : undefined,
      durationSeconds,
      forwardedTo: undefined,
      status,
    },
    voicemail: undefined,
    recordings: [],
    at,
  };
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

/** Never later than the receipt. */
function saidAt(timestamp: string | undefined, receivedAt: Instant): Instant {
  const at = timestamp === undefined ? undefined : parseRfc2822(timestamp);
  return at !== undefined && isBefore(at, receivedAt) ? at : receivedAt;
}
