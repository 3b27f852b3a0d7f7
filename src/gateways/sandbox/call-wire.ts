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

function callOf(event: EventEntry, call: SandboxCall) {
  const ringing = event.type === 'call.ringing';
  const { answeredAtMs, voicemail } = call;
  const recording = {
    id: `CR${call.id.slice(2)}`,
    duration: secondsOf(call),
    startTime: answeredAtMs === undefined ? null : iso(answeredAtMs),
    type: 'audio/mpeg',
    url: `${MEDIA}/${call.id}.mp3`,
  };
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
    recordings: event.type === 'call.recording.completed' ? [recording] : null,
    voicemail:
      ringing || voicemail === undefined
        ? null
        : {
            url: `${MEDIA}/${call.id}-voicemail.mp3`,
            type: 'audio/mpeg',
            duration: voicemail.durationSeconds,
          },
  };
}

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
