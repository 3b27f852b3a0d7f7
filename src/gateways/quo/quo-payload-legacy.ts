import type { QuoFacts } from './quo-payload-facts.ts';

/** `data.object` of v2, v3 and v4, field by field as captured or as the provider documents. */
export function legacyObject(facts: QuoFacts): Readonly<Record<string, unknown>> {
  switch (facts.type) {
    case 'message.received':
    case 'message.delivered':
      return messageObject(facts);
    case 'call.ringing':
    case 'call.completed':
    case 'call.recording.completed':
      return facts.generation === 'v4' ? callObject(facts) : olderCallObject(facts);
    case 'call.summary.completed':
      return summaryObject(facts);
    case 'call.transcript.completed':
      return transcriptObject(facts);
    case 'contact.updated':
    case 'contact.deleted':
      return contactObject(facts);
    default:
      throw new Error(`${facts.type} does not exist in ${facts.generation}`);
  }
}

function messageObject(facts: QuoFacts): Readonly<Record<string, unknown>> {
  const { generation, subjectId, from, to, direction, text, media, begunAt, userId, laneRef, conversationId } = facts;
  const ends = { id: subjectId, object: 'message', from, direction };
  const status = facts.type === 'message.received' ? 'received' : 'delivered';
  const rest = { status, createdAt: begunAt, userId, phoneNumberId: laneRef };
  // A single recipient is a plain string here although the guide shows an array: so it is in captured deliveries.
  if (generation === 'v4') return { ...ends, to: to.length === 1 ? to[0] : to, text, ...rest, contactIds: [] };
  const older = { ...ends, to: to.join(','), body: text, media, ...rest, conversationId };
  return generation === 'v3' ? { ...older, createdBy: direction === 'outgoing' ? userId : null } : older;
}

const isOver = ({ type }: QuoFacts): boolean => type !== 'call.ringing';
const answeredAt = (facts: QuoFacts): string | null => (isOver(facts) && facts.answered ? facts.answeredAt : null);
const completedAt = (facts: QuoFacts): string | null => (isOver(facts) ? facts.at : null);
const callStatus = (facts: QuoFacts): string => (isOver(facts) ? 'completed' : 'ringing');

function olderCallObject(facts: QuoFacts): Readonly<Record<string, unknown>> {
  const { subjectId, from, to, direction, begunAt, userId, laneRef, conversationId, callSeconds } = facts;
  const recorded = facts.type === 'call.recording.completed';
  const file = { type: 'audio/mpeg', duration: callSeconds };
  return {
    id: subjectId,
    object: 'call',
    from,
    to: to[0],
    direction,
    media: recorded ? [{ url: recordingUrl(facts), ...file }] : [],
    voicemail: facts.answered ? null : { url: voicemailUrl(facts), ...file },
    status: callStatus(facts),
    createdAt: begunAt,
    answeredAt: answeredAt(facts),
    completedAt: completedAt(facts),
    userId,
    phoneNumberId: laneRef,
    conversationId,
  };
}

function callObject(facts: QuoFacts): Readonly<Record<string, unknown>> {
  const { subjectId, from, to, direction, begunAt, userId, laneRef, answered, callSeconds } = facts;
  return {
    id: subjectId,
    object: 'call',
    direction,
    status: callStatus(facts),
    duration: isOver(facts) && answered ? callSeconds : 0,
    participants: [from, ...to],
    phoneNumberId: laneRef,
    userId,
    answeredBy: answeredAt(facts) === null ? null : userId,
    initiatedBy: null,
    forwardedFrom: null,
    forwardedTo: null,
    createdAt: begunAt,
    answeredAt: answeredAt(facts),
    completedAt: completedAt(facts),
    updatedAt: facts.at,
    contactIds: [],
    recordings: facts.type === 'call.recording.completed' ? [recordingOf(facts)] : null,
  };
}

const summaryObject = (facts: QuoFacts): Readonly<Record<string, unknown>> => ({
  object: 'callSummary',
  callId: facts.subjectId,
  status: 'completed',
  ...summaryOf(facts),
  jobs: [],
});

const transcriptObject = (facts: QuoFacts): Readonly<Record<string, unknown>> => ({
  object: 'callTranscript',
  callId: facts.subjectId,
  createdAt: facts.at,
  duration: facts.callSeconds,
  status: 'completed',
  dialogue: dialogueOf(facts),
});

const contactObject = ({ subjectId, firstName, lastName, from, userId, begunAt, at }: QuoFacts) => ({
  id: subjectId,
  object: 'contact',
  firstName,
  lastName,
  company: null,
  role: null,
  fields: { Phone: [from], Email: emailOf(subjectId) },
  notes: [],
  sharedWith: [userId],
  clientId: null,
  userId,
  createdAt: begunAt,
  updatedAt: at,
});

/** What both generations say alike. */
export const recordingUrl = ({ recordingId }: QuoFacts): string => `https://recordings.example.test/${recordingId}.mp3`;
export const voicemailUrl = ({ voicemailId }: QuoFacts): string => `https://recordings.example.test/${voicemailId}.mp3`;
export const emailOf = (id: string): string => `${id.toLowerCase()}@example.test`;

export const recordingOf = (facts: QuoFacts) => ({
  id: facts.recordingId,
  duration: facts.callSeconds,
  startTime: facts.answeredAt,
  type: 'audio/mpeg',
  url: recordingUrl(facts),
});

export const summaryOf = ({ firstName, lastName }: QuoFacts) => ({
  summary: [`${firstName} ${lastName} asked about a crack in the basement wall.`, 'The wall was built in 1962.'],
  nextSteps: ['Send an estimate by Friday.'],
});

export const dialogueOf = ({ from, to, userId, text }: QuoFacts) => [
  { content: 'Solid Foundations, good morning.', start: 0.4, end: 2.1, identifier: to[0], userId },
  { content: text, start: 2.6, end: 5.25, identifier: from, userId: null },
];
