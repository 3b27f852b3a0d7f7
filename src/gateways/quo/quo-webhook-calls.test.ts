import { describe, expect, it } from 'vitest';
import { instant } from '../../platform/time.ts';
import { quoWebhookEdge } from './quo-webhook.ts';

const RECEIVED_AT = instant('2026-01-02T03:10:00Z');
const parse = (event: unknown) => quoWebhookEdge.parse(Buffer.from(JSON.stringify(event)), RECEIVED_AT);
const ENVELOPE = { id: 'EVtest0001', createdAt: '2026-01-02T03:05:06.000Z' };
const legacy = (type: string, object: object) => ({
  ...ENVELOPE,
  object: 'event',
  apiVersion: 'v4',
  type,
  data: { object },
});
const current = (type: string, resource: object, context: object = {}) => ({
  ...ENVELOPE,
  apiVersion: '2026-03-30',
  type,
  data: {
    resource,
    context: {
      orgId: 'ORtest01',
      phoneNumberId: 'PNtest01',
      participants: { workspace: ['+15550002222'], external: ['+15550001111'], resolution: 'available' },
      ...context,
    },
    links: {},
  },
});

/** As captured of v3, in 2022 to 2024. */
const v3 = {
  id: 'ACtest0001',
  object: 'call',
  from: '+15550001111',
  to: '+15550002222',
  direction: 'incoming',
  media: [],
  voicemail: null,
  status: 'completed',
  createdAt: '2026-01-02T03:04:05.000Z',
  answeredAt: '2026-01-02T03:04:10.000Z',
  completedAt: '2026-01-02T03:05:05.000Z',
  userId: 'UStest01',
  phoneNumberId: 'PNtest01',
  conversationId: 'CNtest01',
};
const v4 = {
  id: 'ACtest0001',
  object: 'call',
  direction: 'incoming',
  status: 'completed',
  duration: 55,
  participants: ['+15550001111', '+15550002222'],
  phoneNumberId: 'PNtest01',
  userId: 'UStest01',
  answeredBy: null,
  initiatedBy: null,
  forwardedFrom: null,
  forwardedTo: null,
  createdAt: '2026-01-02T03:04:05.000Z',
  answeredAt: '2026-01-02T03:04:10.000Z',
  completedAt: '2026-01-02T03:05:05.000Z',
  updatedAt: '2026-01-02T03:05:05.000Z',
  contactIds: [],
  recordings: null,
};
const inResource = {
  id: 'ACtest0001',
  direction: 'incoming',
  status: 'answered',
  createdAt: '2026-01-02T03:04:05.000Z',
  answeredAt: '2026-01-02T03:04:10.000Z',
  completedAt: '2026-01-02T03:05:05.000Z',
  updatedAt: '2026-01-02T03:05:05.000Z',
  duration: 55,
  hasVoicemail: false,
};

const call = {
  gatewayCallId: 'ACtest0001',
  laneRef: 'PNtest01',
  direction: 'inbound',
  participants: ['+15550001111', '+15550002222'],
  startedAt: instant('2026-01-02T03:04:05Z'),
  answeredAt: instant('2026-01-02T03:04:10Z'),
  endedAt: instant('2026-01-02T03:05:05Z'),
  durationSeconds: 55,
  forwardedTo: undefined,
  status: 'completed',
};
/** An event that says of its call no more than which it is. */
const onlyId = {
  gatewayCallId: 'ACtest0001',
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
const happened = { eventId: 'EVtest0001', at: instant('2026-01-02T03:05:06Z') };
const progress = { ...happened, type: 'call_progress', step: 'completed', call, voicemail: undefined, recordings: [] };

describe('a call that ended', () => {
  it.each<[string, object, object]>([
    ['in v3', legacy('call.completed', v3), { ...progress, call: { ...call, durationSeconds: undefined } }],
    ['in v4', legacy('call.completed', v4), progress],
    ['in 2026-03-30', current('call.completed', inResource), { ...progress, call: { ...call, status: 'answered' } }],
    [
      'in 2026-03-30, with its people as objects',
      current('call.completed', inResource, {
        participants: { workspace: [{ phoneNumber: '+15550002222', actorId: 'US1' }], external: ['+15550001111'] },
      }),
      { ...progress, call: { ...call, status: 'answered' } },
    ],
    [
      'in v4, with nobody on the line, as was observed',
      legacy('call.completed', { ...v4, participants: [] }),
      { ...progress, call: { ...call, participants: [] } },
    ],
    [
      'in v3, with its recording',
      legacy('call.completed', {
        ...v3,
        media: [{ url: 'https://m.example.test/a.mp3?sig=1', type: 'audio/mpeg', duration: 54.6 }],
      }),
      {
        ...progress,
        call: { ...call, durationSeconds: undefined },
        recordings: [
          {
            ref: 'https://m.example.test/a.mp3',
            url: 'https://m.example.test/a.mp3?sig=1',
            mediaType: 'audio/mpeg',
            durationSeconds: 55,
            startedAt: undefined,
          },
        ],
      },
    ],
    [
      'in v3, missed, with a voicemail',
      legacy('call.completed', {
        ...v3,
        answeredAt: null,
        voicemail: { url: 'https://m.example.test/v.mp3', type: 'audio/mpeg', duration: 7 },
      }),
      {
        ...progress,
        step: 'missed',
        call: { ...call, answeredAt: undefined, durationSeconds: undefined },
        voicemail: { url: 'https://m.example.test/v.mp3', durationSeconds: 7, transcript: undefined },
      },
    ],
  ])('%s', (_what, event, expected) => {
    expect(parse(event)).toEqual({ ok: true, value: expected });
  });

  it.each<[string, object, string]>([
    ['incoming, with nobody who answered', legacy('call.completed', { ...v4, answeredAt: null }), 'missed'],
    [
      'the same in 2026-03-30',
      current('call.completed', { ...inResource, answeredAt: null, status: 'unanswered' }),
      'missed',
    ],
    ...['unanswered', 'no-answer', 'abandoned', 'missed', 'busy', 'canceled'].map(
      (status): [string, object, string] => [
        `${status}, and silent about an answer`,
        current('call.completed', { ...inResource, answeredAt: undefined, status }),
        'missed',
      ],
    ),
    [
      'outgoing, unanswered, and silent about an answer',
      current('call.completed', { ...inResource, answeredAt: undefined, direction: 'outgoing', status: 'unanswered' }),
      'completed',
    ],
    ['silent about an answer, but completed', legacy('call.completed', { ...v4, answeredAt: undefined }), 'completed'],
    ['missed by its own event', current('call.missed', { id: 'ACtest0001' }), 'missed'],
    [
      'outgoing, with nobody who answered',
      legacy('call.completed', { ...v4, direction: 'outgoing', answeredAt: null }),
      'completed',
    ],
    [
      'answered by a machine',
      current('call.completed', { ...inResource, answeredAt: null, status: 'ai-handled' }),
      'completed',
    ],
    ['forwarded', current('call.completed', { ...inResource, answeredAt: null, status: 'forwarded' }), 'completed'],
    ['answered at a time that is garbage', legacy('call.completed', { ...v4, answeredAt: 'soon' }), 'completed'],
    ['answered at a number', legacy('call.completed', { ...v4, answeredAt: 5 }), 'completed'],
    ['of no direction', legacy('call.completed', { ...v4, direction: null, answeredAt: null }), 'completed'],
    ['called missed, but answered', legacy('call.completed', { ...v4, status: 'missed' }), 'completed'],
  ])('%s', (_what, event, step) => {
    expect(parse(event)).toMatchObject({ ok: true, value: { type: 'call_progress', step } });
  });

  it('that was missed was inbound, also where its event does not say so', () => {
    expect(parse(current('call.missed', { id: 'ACtest0001' }))).toMatchObject({
      value: { call: { direction: 'inbound' } },
    });
  });
});

describe('a call that goes on', () => {
  it.each<[string, object, object]>([
    [
      'ringing in v4',
      legacy('call.ringing', { ...v4, status: 'ringing' }),
      { step: 'ringing', call: { status: 'ringing' } },
    ],
    [
      'ringing out in 2026-03-30',
      current('call.ringing', { id: 'ACtest0001', direction: 'outgoing', createdAt: '2026-01-02T03:04:05.000Z' }),
      {
        step: 'ringing',
        call: { direction: 'outbound', startedAt: instant('2026-01-02T03:04:05Z'), status: undefined },
      },
    ],
    [
      'answered',
      current('call.answered', { id: 'ACtest0001', answeredAt: '2026-01-02T03:04:10.000Z', answeredByUserId: 'US1' }),
      { step: 'answered', call: { answeredAt: instant('2026-01-02T03:04:10Z') } },
    ],
    [
      'forwarded',
      current('call.forwarded', { id: 'ACtest0001', forwardedFrom: '+15550002222', forwardedTo: '+15550003333' }),
      { step: 'forwarded', call: { forwardedTo: '+15550003333' } },
    ],
  ])('%s', (_what, event, expected) => {
    expect(parse(event)).toMatchObject({ ok: true, value: { type: 'call_progress', ...happened, ...expected } });
  });
});

describe('what is made of a call afterwards', () => {
  const recording = {
    id: 'CRtest01',
    duration: 54,
    startTime: '2026-01-02T03:04:11.000Z',
    type: 'audio/mpeg',
    url: 'https://m.example.test/r.mp3',
  };
  const parsedRecording = {
    ref: 'CRtest01',
    url: 'https://m.example.test/r.mp3',
    mediaType: 'audio/mpeg',
    durationSeconds: 54,
    startedAt: instant('2026-01-02T03:04:11Z'),
  };
  const dialogue = [
    { content: 'Hello', start: 0.4, end: 1.25, identifier: '+15550001111', userId: null },
    { content: 'Foundations, Sam', start: 1.5, end: 3, identifier: null, userId: 'UStest01' },
  ];
  const lines = [
    { speaker: '+15550001111', text: 'Hello', startSeconds: 0.4, endSeconds: 1.25 },
    { speaker: 'UStest01', text: 'Foundations, Sam', startSeconds: 1.5, endSeconds: 3 },
  ];
  const summary = { summary: ['Wants an estimate.'], nextSteps: ['Call back on Monday.'] };

  it.each<[string, object, object]>([
    [
      'a recording in v3',
      legacy('call.recording.completed', { ...v3, media: [{ ...recording, id: undefined, startTime: undefined }] }),
      {
        type: 'call_recording',
        call: { ...call, durationSeconds: undefined },
        recordings: [{ ...parsedRecording, ref: 'https://m.example.test/r.mp3', startedAt: undefined }],
      },
    ],
    [
      'a recording in v4',
      legacy('call.recording.completed', { ...v4, recordings: [recording] }),
      { type: 'call_recording', call, recordings: [parsedRecording] },
    ],
    [
      'a recording in 2026-03-30',
      current('call.recording.completed', { ...inResource, recordings: [recording] }),
      { type: 'call_recording', call: { ...call, status: 'answered' }, recordings: [parsedRecording] },
    ],
    [
      'a voicemail, whose duration and time are its own',
      current('call.voicemail.completed', {
        id: 'ACtest0009',
        voicemailId: 'VMtest01',
        callId: 'ACtest0001',
        direction: 'incoming',
        duration: 12,
        from: '+15550001111',
        to: '+15550002222',
        transcript: 'Please call me back.',
        recordingUrl: 'https://m.example.test/v.mp3',
        createdAt: '2026-01-02T03:05:05.000Z',
      }),
      {
        type: 'call_voicemail',
        call: { ...onlyId, laneRef: 'PNtest01', direction: 'inbound', participants: call.participants },
        voicemail: { url: 'https://m.example.test/v.mp3', durationSeconds: 12, transcript: 'Please call me back.' },
      },
    ],
    [
      'a summary in v4',
      legacy('call.summary.completed', {
        object: 'callSummary',
        callId: 'ACtest0001',
        status: 'completed',
        ...summary,
      }),
      { type: 'call_summary', call: onlyId, status: 'completed', ...summary },
    ],
    [
      'a summary as the guide spells it',
      legacy('callSummary', { object: 'callSummary', callId: 'ACtest0001', status: 'completed', ...summary, jobs: [] }),
      { type: 'call_summary', call: onlyId, status: 'completed', ...summary },
    ],
    [
      'a summary in 2026-03-30',
      current('call.summary.completed', {
        callId: 'ACtest0001',
        processingStatus: 'completed',
        ...summary,
        fromPhoneNumber: '+15550001111',
      }),
      {
        type: 'call_summary',
        call: { ...onlyId, laneRef: 'PNtest01', participants: call.participants },
        status: 'completed',
        ...summary,
      },
    ],
    [
      'a summary that could not be made',
      current(
        'call.summary.completed',
        { callId: 'ACtest0001', processingStatus: 'failed', summary: null },
        { participants: null },
      ),
      { type: 'call_summary', call: { ...onlyId, laneRef: 'PNtest01' }, status: 'failed', summary: [], nextSteps: [] },
    ],
    [
      'a transcript in v4',
      legacy('call.transcript.completed', {
        object: 'callTranscript',
        callId: 'ACtest0001',
        createdAt: '2026-01-02T03:05:06.000Z',
        duration: 55.2,
        status: 'completed',
        dialogue,
      }),
      { type: 'call_transcript', call: { ...onlyId, durationSeconds: 55 }, status: 'completed', lines },
    ],
    [
      'a transcript as the guide spells it, still being made',
      legacy('callTranscript', { callId: 'ACtest0001', status: 'in-progress', dialogue: null }),
      { type: 'call_transcript', call: onlyId, status: 'in_progress', lines: [] },
    ],
    [
      'a transcript with a status of next year',
      legacy('callTranscript', { callId: 'ACtest0001', status: 'polished', dialogue }),
      { type: 'call_transcript', call: onlyId, status: 'completed', lines },
    ],
  ])('%s', (_what, event, expected) => {
    expect(parse(event)).toEqual({ ok: true, value: { ...happened, ...expected } });
  });
});

describe('garbage in an event of a call', () => {
  it.each<[string, object, object]>([
    [
      'a duration beyond every column',
      legacy('call.completed', { ...v4, duration: 1e300 }),
      { ...call, durationSeconds: undefined },
    ],
    [
      'a duration below zero',
      legacy('call.completed', { ...v4, duration: -1 }),
      { ...call, durationSeconds: undefined },
    ],
    [
      'a time of year 0',
      legacy('call.completed', { ...v4, createdAt: '0000-01-01T00:00:00Z' }),
      { ...call, startedAt: undefined },
    ],
    [
      'one of the people on the line',
      legacy('call.completed', { ...v4, participants: [5, '+15550001111', '1'.repeat(65), {}, '+15550002222'] }),
      call,
    ],
    [
      'a status without end',
      legacy('call.completed', { ...v4, status: 'x'.repeat(65) }),
      { ...call, status: undefined },
    ],
    [
      'a context that is a text',
      { ...current('call.completed', inResource), data: { resource: inResource, context: 'x' } },
      { ...call, status: 'answered', laneRef: undefined, participants: [] },
    ],
  ])('%s is left out, said, and nothing else is lost', (_what, event, expected) => {
    expect(parse(event)).toEqual({
      ok: true,
      value: { ...progress, call: expected, repairs: expect.arrayContaining([expect.any(String)]) },
    });
  });

  it('a recording that is none, among others', () => {
    const recordings = [{ duration: 5 }, 'x', { id: 'CRtest01', url: 5 }];
    expect(parse(legacy('call.recording.completed', { ...v4, recordings }))).toMatchObject({
      ok: true,
      value: {
        recordings: [{ ref: 'CRtest01', url: undefined }],
        repairs: expect.arrayContaining([expect.stringContaining('a recording without id and address')]),
      },
    });
  });

  it('an address without end still names its recording', () => {
    const url = `https://m.example.test/${'a'.repeat(3_000)}?sig=`;
    const refOf = (query: string): unknown => {
      const parsed = parse(legacy('call.completed', { ...v3, media: [{ url: url + query }] }));
      return parsed.ok && parsed.value.type === 'call_progress' ? parsed.value.recordings[0]?.ref : undefined;
    };
    expect(refOf('1')).toMatch(/^sha256:/);
    expect(refOf('1')).toBe(refOf('2'));
  });

  it.each([
    ['a call without an id', legacy('call.completed', { ...v4, id: undefined })],
    ['a summary of no call', legacy('callSummary', { status: 'completed', summary: [] })],
    ['a transcript that is a list', legacy('callTranscript', [])],
  ])('%s has no effect, and the reason is kept', (_what, event) => {
    expect(parse(event)).toMatchObject({
      ok: true,
      value: {
        type: 'other',
        name: event.type,
        repairs: expect.arrayContaining([expect.stringContaining('so without effect')]),
      },
    });
  });
});
