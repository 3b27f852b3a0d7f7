import { TALKS } from './calls-texts.ts';
import { hash32 } from './draws.ts';
import type { EventEntry } from './journal.ts';
import { iso, userIdOf } from './wire.ts';
import type { SandboxCall } from './world.ts';

/** Webhooks of calls, payload v4, field by field as the provider documents or as captured. Summary and transcript name the call alone. */
export const callEventJson = (event: EventEntry, call: SandboxCall): unknown => ({
  id: event.id,
  object: 'event',
  apiVersion: 'v4',
  createdAt: iso(event.atMs),
  type: event.type,
  data: {
    object: callObject(event, call),
    deepLink: `https://my.quo.com/inbox/${call.laneRef}/c/CN${hash32(`${call.laneRef}|${call.from}`).toString(36)}?at=${call.id}`,
  },
});

export function callObject(event: EventEntry, call: SandboxCall) {
  if (event.type === 'call.summary.completed') return summaryOf(call);
  if (event.type === 'call.transcript.completed') return transcriptOf(call, event.atMs);
  return callOf(event, call);
}

const MEDIA = 'https://files.quo.example/sandbox';
const secondsOf = (call: SandboxCall): number => Math.round((call.endedAtMs - (call.answeredAtMs ?? call.atMs)) / 1000);

const voicemailUrl = ({ id }: SandboxCall): string => `${MEDIA}/${id}-voicemail.mp3`;

const recordingOf = (call: SandboxCall) => ({
  id: `CR${call.id.slice(2)}`,
  duration: secondsOf(call),
  startTime: call.answeredAtMs === undefined ? null : iso(call.answeredAtMs),
  type: 'audio/mpeg',
  url: `${MEDIA}/${call.id}.mp3`,
});

function callOf(event: EventEntry, call: SandboxCall) {
  const ringing = event.type === 'call.ringing';
  const { answeredAtMs, voicemail } = call;
  return {
    id: call.id,
    object: 'call',
    direction: 'incoming',
    status: ringing ? 'ringing' : answeredAtMs === undefined ? 'no-answer' : 'completed',
    duration: ringing ? 0 : secondsOf(call),
    participants: [call.from, call.to],
    phoneNumberId: call.laneRef,
    userId: userIdOf(call.account),
    answeredBy: ringing || answeredAtMs === undefined ? null : userIdOf(call.account),
    initiatedBy: null,
    forwardedFrom: null,
    forwardedTo: null,
    createdAt: iso(call.atMs),
    answeredAt: ringing || answeredAtMs === undefined ? null : iso(answeredAtMs),
    completedAt: ringing ? null : iso(call.endedAtMs),
    updatedAt: iso(event.atMs),
    contactIds: [],
    recordings: event.type === 'call.recording.completed' ? [recordingOf(call)] : null,
    voicemail:
      ringing || voicemail === undefined
        ? null
        : {
            url: voicemailUrl(call),
            type: 'audio/mpeg',
            duration: voicemail.durationSeconds,
          },
  };
}

/** What came last to a call that has come so far. */
const REACHED: Readonly<Record<SandboxCall['stage'], number>> = {
  ringing: 0,
  ended: 1,
  recorded: 2,
  summarised: 3,
  transcribed: 4,
};
const hasReached = (call: SandboxCall, stage: SandboxCall['stage']): boolean => REACHED[call.stage] >= REACHED[stage];

/** Of `GET /calls`, generation 2026-03-30. */
export function callJson(call: SandboxCall) {
  const over = hasReached(call, 'ended');
  const answeredAtMs = over ? call.answeredAtMs : undefined;
  return {
    id: call.id,
    direction: 'incoming',
    status: over ? (answeredAtMs === undefined ? 'no-answer' : 'completed') : 'ringing',
    duration: over ? secondsOf(call) : 0,
    participants: [
      { phoneNumber: call.from, actorId: null },
      { phoneNumber: call.to, actorId: userIdOf(call.account) },
    ],
    phoneNumberId: call.laneRef,
    userId: userIdOf(call.account),
    answeredBy: answeredAtMs === undefined ? null : userIdOf(call.account),
    initiatedBy: null,
    forwardedFrom: null,
    forwardedTo: null,
    callRoute: 'phone-number',
    aiHandled: null,
    createdAt: iso(call.atMs),
    answeredAt: answeredAtMs === undefined ? null : iso(answeredAtMs),
    completedAt: over ? iso(call.endedAtMs) : null,
    updatedAt: iso(over ? call.endedAtMs : call.atMs),
  };
}

/** Of `GET /v1/call-recordings/{callId}` and its three neighbours; undefined: there is none. */
export function callPartJson(call: SandboxCall, resource: string): unknown {
  switch (resource) {
    case 'call-recordings':
      return hasReached(call, 'recorded') ? [{ ...recordingOf(call), status: 'completed' }] : [];
    case 'call-summaries':
      return hasReached(call, 'summarised')
        ? summaryOf(call)
        : { callId: call.id, status: 'absent', summary: null, nextSteps: null };
    case 'call-transcripts':
      return hasReached(call, 'transcribed')
        ? transcriptOf(call, call.endedAtMs)
        : { callId: call.id, createdAt: iso(call.endedAtMs), duration: 0, status: 'absent', dialogue: null };
    case 'call-voicemails':
      return call.voicemail === undefined || !hasReached(call, 'ended')
        ? undefined
        : voicemailJson(call, call.voicemail);
    default:
      return undefined;
  }
}

const voicemailJson = (call: SandboxCall, { durationSeconds }: NonNullable<SandboxCall['voicemail']>) => ({
  id: `VM${call.id.slice(2)}`,
  status: 'completed',
  duration: durationSeconds,
  transcript: null,
  recordingUrl: voicemailUrl(call),
});

const talkOf = (call: SandboxCall) => TALKS[call.talk ?? 0] ?? TALKS[0];

const summaryOf = (call: SandboxCall) => ({
  object: 'callSummary',
  callId: call.id,
  status: 'completed',
  summary: talkOf(call).summary,
  nextSteps: talkOf(call).nextSteps,
});

/** The turns share the time of the talk evenly. */
function transcriptOf(call: SandboxCall, atMs: number) {
  const { dialogue } = talkOf(call);
  const turnSeconds = secondsOf(call) / dialogue.length;
  return {
    object: 'callTranscript',
    callId: call.id,
    createdAt: iso(atMs),
    duration: secondsOf(call),
    status: 'completed',
    dialogue: dialogue.map((content, index) => ({
      content,
      start: index * turnSeconds,
      end: (index + 1) * turnSeconds,
      identifier: index % 2 === 0 ? call.to : call.from,
      userId: index % 2 === 0 ? userIdOf(call.account) : null,
    })),
  };
}
