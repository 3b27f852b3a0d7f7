import type { QuoFacts } from './quo-payload-facts.ts';
import { dialogueOf, emailOf, recordingOf, summaryOf, voicemailUrl } from './quo-payload-legacy.ts';

/** `data` of 2026-03-30. */
export function currentData(facts: QuoFacts): Readonly<Record<string, unknown>> {
  const { laneRef, conversationId } = facts;
  return {
    resource: resourceOf(facts),
    context: contextOf(facts),
    links: { quo: `https://my.quo.com/inbox/${laneRef}/c/${conversationId}` },
  };
}

function contextOf({ type, orgId, laneRef, conversationId, userId, from, to }: QuoFacts) {
  const base = { orgId, userId };
  if (!type.startsWith('message.') && !type.startsWith('call.')) return base;
  const conversation = {
    ...base,
    phoneNumberId: laneRef,
    conversationId,
    contacts: { ids: [], lookupStatus: 'none' },
  };
  return type.startsWith('message.')
    ? { ...conversation, senderIdentifier: from, recipientIdentifiers: to }
    : { ...conversation, participants: { workspace: to, external: [from], resolution: 'available' } };
}

function resourceOf(facts: QuoFacts): Readonly<Record<string, unknown>> {
  const { type, subjectId, begunAt, at } = facts;
  switch (type) {
    case 'message.received':
    case 'message.delivered':
    case 'message.undelivered':
    case 'message.failed':
      return messageResource(facts);
    case 'call.summary.completed':
      return {
        callId: subjectId,
        processingStatus: 'completed',
        ...summaryOf(facts),
        fromPhoneNumber: facts.from,
        handledByAiAgent: false,
        answeredByUserId: facts.userId,
        jobs: [],
      };
    case 'call.transcript.completed':
      return {
        callId: subjectId,
        createdAt: at,
        duration: facts.callSeconds,
        processingStatus: 'completed',
        dialogue: dialogueOf(facts),
      };
    case 'call.voicemail.completed':
      return voicemailResource(facts);
    case 'contact.updated':
    case 'contact.deleted':
      return contactResource(facts);
    default:
      return type.startsWith('call.') ? callResource(facts) : { id: subjectId, createdAt: begunAt, updatedAt: at };
  }
}

/** The ends of a failed message's type say its status; a failed one has no media. */
function messageResource({ type, subjectId, direction, text, media, errorCode, begunAt }: QuoFacts) {
  const status = type.slice('message.'.length);
  const failed = type === 'message.failed' || type === 'message.undelivered';
  return {
    id: subjectId,
    direction,
    text,
    ...(type === 'message.failed' ? {} : { media }),
    status,
    ...(failed ? { errorCode } : {}),
    createdAt: begunAt,
  };
}

function callResource(facts: QuoFacts): Readonly<Record<string, unknown>> {
  const { type, subjectId: id, direction, begunAt: createdAt, at: updatedAt, answered, callSeconds } = facts;
  const answeredAt = answered ? facts.answeredAt : null;
  const base = { id, createdAt, updatedAt };
  switch (type) {
    case 'call.ringing':
      return { ...base, direction };
    case 'call.answered':
      return { ...base, direction, answeredAt, answeredByUserId: facts.userId };
    case 'call.forwarded':
      return { ...base, forwardedFrom: facts.to[0], forwardedTo: '+16175550199' };
    case 'call.completed':
    case 'call.recording.completed':
      return {
        ...base,
        direction,
        status: answered ? 'answered' : 'unanswered',
        answeredAt,
        completedAt: facts.at,
        duration: answered ? callSeconds : 0,
        hasVoicemail: !answered,
        ...(type === 'call.recording.completed' ? { recordings: [recordingOf(facts)] } : {}),
      };
    default:
      return base;
  }
}

const voicemailResource = (facts: QuoFacts): Readonly<Record<string, unknown>> => ({
  id: facts.subjectId,
  voicemailId: facts.voicemailId,
  callId: facts.subjectId,
  direction: facts.direction,
  duration: facts.callSeconds,
  from: facts.from,
  to: facts.to[0],
  transcript: facts.text,
  recordingUrl: voicemailUrl(facts),
  createdAt: facts.begunAt,
  updatedAt: facts.at,
});

const contactResource = ({ subjectId, firstName, lastName, from, begunAt, at }: QuoFacts) => ({
  id: subjectId,
  firstName,
  lastName,
  company: null,
  role: null,
  location: null,
  source: null,
  externalId: null,
  emails: [{ value: emailOf(subjectId), type: 'email' }],
  phoneNumbers: [{ value: from, type: 'phone-number' }],
  customFields: [],
  createdAt: begunAt,
  updatedAt: at,
});
