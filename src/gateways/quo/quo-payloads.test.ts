import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../platform/random.ts';
import { addMs, instant, MINUTE_MS } from '../../platform/time.ts';
import type { GatewayEvent } from '../gateway.ts';
import { eventJson } from '../sandbox/wire.ts';
import type { Message } from '../sandbox/world.ts';
import {
  generationsOf,
  isQuoEventType,
  QUO_EVENT_TYPES,
  QUO_GENERATIONS,
  type QuoEventType,
  type QuoFacts,
  type QuoGeneration,
  type QuoPayloadInput,
} from './quo-payload-facts.ts';
import { type QuoPayload, quoHeaders, quoPayload } from './quo-payloads.ts';
import { quoWebhookEdge } from './quo-webhook.ts';

const AT = instant('2026-01-02T03:04:05.678Z');
const SECRET = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const PERSON = '+15550001111';
const OURS = '+15550002222';

const made = (type: QuoEventType, generation: QuoGeneration, input: Partial<QuoPayloadInput> = {}): QuoPayload =>
  quoPayload({ type, generation, at: AT, random: seededRandom(1), from: PERSON, to: [OURS], laneRef: 'PN1', ...input });
const parse = ({ body }: QuoPayload) => quoWebhookEdge.parse(Buffer.from(body), addMs(AT, MINUTE_MS));
const verify = (payload: QuoPayload, at = AT) => {
  const headers = quoHeaders(payload, { secret: SECRET, at });
  return quoWebhookEdge.verify({
    url: 'https://textwright.example/webhooks/quo',
    rawBody: Buffer.from(payload.body),
    header: (name) => headers[name],
    secrets: [SECRET],
    now: AT,
    toleranceMs: 5 * MINUTE_MS,
  });
};

const types = Object.keys(QUO_EVENT_TYPES).filter(isQuoEventType);
const everything = types.flatMap((type) => generationsOf(type).map((generation) => ({ type, generation })));

/** What an event of each type says, whatever its generation. */
function meaningOf(facts: QuoFacts): object {
  const { type, subjectId, recordingId, voicemailId, callSeconds, firstName, lastName, errorCode } = facts;
  const call = { gatewayCallId: subjectId };
  const begun = { ...call, startedAt: instant(facts.begunAt) };
  const whole = { ...begun, direction: 'inbound', laneRef: 'PN1', participants: [PERSON, OURS] };
  const answered = { ...whole, answeredAt: instant(facts.answeredAt), endedAt: AT };
  const receipt = { type: 'message_status', gatewayMessageId: subjectId, to: OURS, at: AT };
  const progress = { type: 'call_progress', at: AT };
  switch (type) {
    case 'message.received':
      return {
        type: 'message_received',
        gatewayMessageId: subjectId,
        from: PERSON,
        to: [OURS],
        laneRef: 'PN1',
        text: 'Yes, on Friday 🙂',
        at: instant(facts.begunAt),
      };
    case 'message.delivered':
      return { ...receipt, status: 'delivered', errorCode: undefined };
    case 'message.undelivered':
      return { ...receipt, status: 'undelivered', errorCode };
    case 'message.failed':
      return { ...receipt, status: 'failed', errorCode };
    case 'call.ringing':
      return { ...progress, step: 'ringing', call: whole, voicemail: undefined, recordings: [] };
    case 'call.answered':
      return { ...progress, step: 'answered', call: { ...whole, answeredAt: instant(facts.answeredAt) } };
    case 'call.completed':
      return { ...progress, step: 'completed', call: answered, voicemail: undefined, recordings: [] };
    case 'call.missed':
      return { ...progress, step: 'missed', call: { ...whole, answeredAt: undefined } };
    case 'call.forwarded':
      return { ...progress, step: 'forwarded', call: { ...begun, forwardedTo: '+16175550199' } };
    case 'call.recording.completed': {
      const url = `https://recordings.example.test/${recordingId}.mp3`;
      const recording = { url, durationSeconds: callSeconds, mediaType: 'audio/mpeg' };
      return { type: 'call_recording', call: answered, recordings: [recording], at: AT };
    }
    case 'call.voicemail.completed': {
      const url = `https://recordings.example.test/${voicemailId}.mp3`;
      return { type: 'call_voicemail', call, voicemail: { url, durationSeconds: callSeconds, transcript: facts.text } };
    }
    case 'call.summary.completed':
      return { type: 'call_summary', call, status: 'completed', nextSteps: ['Send an estimate by Friday.'] };
    case 'call.transcript.completed':
      return {
        type: 'call_transcript',
        call: { ...call, durationSeconds: callSeconds },
        status: 'completed',
        lines: [{ speaker: OURS }, { speaker: PERSON, text: 'Yes, on Friday 🙂', startSeconds: 2.6, endSeconds: 5.25 }],
      };
    case 'contact.updated':
      return {
        type: 'contact_updated',
        gatewayContactId: subjectId,
        firstName,
        lastName,
        phones: [PERSON],
        emails: [`${subjectId.toLowerCase()}@example.test`],
      };
    case 'contact.deleted':
      return { type: 'contact_deleted', gatewayContactId: subjectId };
    default:
      return { type: 'other', name: type };
  }
}

describe('an event as the provider would post it', () => {
  it.each(everything)('$type in $generation is verified, parsed, and says what it was made to say', (of) => {
    const payload = made(of.type, of.generation, { text: 'Yes, on Friday 🙂' });
    expect(verify(payload)).toEqual({ ok: true, value: { secretIndex: 0 } });
    const event = parse(payload);
    expect(event).toMatchObject({ ok: true, value: { ...meaningOf(payload.facts), eventId: payload.facts.eventId } });
    expect(event.ok && event.value.repairs).toBeUndefined();
  });

  it('exists for every type of the provider, and for what the edge tells apart', () => {
    expect(everything).toHaveLength(52);
    const parsed = everything.map(({ type, generation }) => {
      const event = parse(made(type, generation));
      return event.ok ? event.value.type : undefined;
    });
    const told: readonly GatewayEvent['type'][] = [
      'message_received',
      'message_status',
      'call_progress',
      'call_recording',
      'call_voicemail',
      'call_summary',
      'call_transcript',
      'contact_updated',
      'contact_deleted',
      'other',
    ];
    expect(new Set(parsed)).toEqual(new Set(told));
  });

  it.each(everything)('$type in $generation stands where its generation has it', ({ type, generation }) => {
    const json = JSON.parse(made(type, generation).body);
    expect(json).toMatchObject({ apiVersion: generation, type, createdAt: '2026-01-02T03:04:05.678Z' });
    expect(Object.keys(json.data)).toContain(generation === '2026-03-30' ? 'resource' : 'object');
  });

  it.each(QUO_GENERATIONS)('a call that nobody answered, in %s, is a missed one', (generation) => {
    const event = parse(made('call.completed', generation, { answered: false }));
    expect(event).toMatchObject({ ok: true, value: { type: 'call_progress', step: 'missed' } });
    if (generation === 'v2' || generation === 'v3')
      expect(event).toMatchObject({ value: { voicemail: { durationSeconds: expect.any(Number) } } });
  });

  it.each(QUO_GENERATIONS)('a group with a picture, in %s, is one', (generation) => {
    const to = [OURS, '+15550003333'];
    const media = [{ url: 'https://example.test/a.jpg', type: 'image/jpeg' }];
    const event = parse(made('message.received', generation, { to, media }));
    // v4 tells of no media.
    expect(event).toMatchObject({ ok: true, value: { to, media: generation === 'v4' ? [] : media } });
  });

  it('is the same for the same chance, another one for another, and named as made', () => {
    const [one, again] = [made('call.completed', 'v4'), made('call.completed', 'v4')];
    expect(again).toEqual(one);
    expect(made('call.completed', 'v4', { random: seededRandom(2) }).facts.eventId).not.toBe(one.facts.eventId);
    expect(one.facts.eventId).toMatch(/^EVfake[0-9a-f]{16}$/);
    expect(one.facts.subjectId).toMatch(/^ACfake[0-9a-f]{16}$/);
  });

  it('carries the ids that it was given', () => {
    const { facts } = made('message.delivered', 'v2', { eventId: 'EV1', subjectId: 'AC1' });
    expect(facts).toMatchObject({ eventId: 'EV1', subjectId: 'AC1' });
  });

  it('is signed anew for every attempt', () => {
    const payload = made('message.received', '2026-03-30');
    const first = quoHeaders(payload, { secret: SECRET, at: AT });
    const second = quoHeaders(payload, { secret: SECRET, at: addMs(AT, MINUTE_MS) });
    expect(second['webhook-id']).toBe(first['webhook-id']);
    expect(second['webhook-signature']).not.toBe(first['webhook-signature']);
    expect(verify(payload, addMs(AT, 6 * MINUTE_MS))).toMatchObject({ error: { reason: 'timestamp_outside_window' } });
  });

  it('refuses a generation that does not have the type, and an empty key', () => {
    expect(() => made('message.failed', 'v4')).toThrow('message.failed does not exist in v4; it does in 2026-03-30');
    expect(() => quoHeaders(made('call.ringing', 'v4'), { secret: 'whsec_', at: AT })).toThrow('webhook secret');
  });
});

/** Names and kinds of values, without the values. */
const shapeOf = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(shapeOf);
  if (typeof json !== 'object' || json === null) return json === null ? null : typeof json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, shapeOf(value)]));
};

describe('the sandbox, which shares no code with the product, speaks the same wire', () => {
  const at = { atMs: AT.epochMilliseconds, updatedAtMs: AT.epochMilliseconds, position: 1 };
  const text = { id: 'AC1', account: 0, laneRef: 'PN1', from: PERSON, to: OURS, text: 'Hi', ...at };
  const event = { kind: 'event', id: 'EV1', account: 0, messageId: 'AC1', phone: PERSON, atMs: at.atMs } as const;
  const inbound: Message = {
    ...text,
    kind: 'inbound',
    status: 'received',
    cause: { kind: 'asked_for' },
    answeredAtMs: 0,
  };
  const outbound: Message = {
    ...text,
    kind: 'outbound',
    origin: 'api',
    nth: 1,
    outcome: 'delivered',
    status: 'delivered',
    sentAtMs: at.atMs,
    finalAtMs: at.atMs,
    pendingReply: undefined,
  };

  it.each([
    ['message.received', inbound],
    ['message.delivered', outbound],
  ] as const)('%s', (type, message) => {
    const { body } = made(type, 'v4', { text: 'Hi' });
    expect(shapeOf(eventJson({ ...event, type }, message))).toEqual(shapeOf(JSON.parse(body)));
  });
});
