import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMs, instant } from '../platform/time.ts';
import type { CallEvent, CallRecord } from './call.ts';
import { asksForAnswer, type CallPlace, mergeCall, placeOf, stateOf, talkedSeconds } from './decide-call.ts';

const START = instant('2026-11-17T15:00:00Z');
const PERSON = '+16175550123';
const OURS = '+16175550001';
const ACCOUNT = 'account-1';
const lanes = [
  { id: 'lane-1', accountId: ACCOUNT, gatewayRef: 'PN1', phone: OURS },
  { id: 'lane-2', accountId: ACCOUNT, gatewayRef: 'PN2', phone: '+16175550002' },
  { id: 'lane-3', accountId: 'account-2', gatewayRef: 'PN1', phone: '+16175550003' },
];
const place = { laneId: 'lane-1', phone: PERSON };

const later = (seconds: number) => addMs(START, seconds * 1000);
const facts = (said: Partial<CallEvent['call']> = {}): CallEvent['call'] => ({
  gatewayCallId: 'AC1',
  laneRef: undefined,
  direction: undefined,
  participants: [],
  startedAt: undefined,
  answeredAt: undefined,
  endedAt: undefined,
  durationSeconds: undefined,
  forwardedTo: undefined,
  status: undefined,
  ...said,
});
type Progress = Extract<CallEvent, { readonly type: 'call_progress' }>;
const progress = (step: Progress['step'], said: Partial<CallEvent['call']> = {}, at = 0): CallEvent => ({
  type: 'call_progress',
  eventId: `${step} ${at}`,
  at: later(at),
  step,
  call: facts(said),
  voicemail: undefined,
  recordings: [],
});
const about = (at: number) => ({ eventId: `later ${at}`, at: later(at), call: facts() });
const voicemail = (at: number): CallEvent => ({
  ...about(at),
  type: 'call_voicemail',
  voicemail: { url: `https://media.test/${at}`, durationSeconds: 23, transcript: 'Call me' },
});
const summary = (at: number, status: 'in_progress' | 'completed', text: string): CallEvent => ({
  ...about(at),
  type: 'call_summary',
  status,
  summary: [text],
  nextSteps: [],
});
const recording = (at: number, ref: string, url: string | undefined): CallEvent => ({
  ...about(at),
  type: 'call_recording',
  recordings: [{ ref, url, mediaType: 'audio/mpeg', durationSeconds: 12.6, startedAt: START }],
});

const merged = (events: readonly CallEvent[]): CallRecord => {
  const record = events.reduce<CallRecord | undefined>((before, event) => mergeCall(before, event, place), undefined);
  if (record === undefined) throw new Error('no events');
  return record;
};
const inbound = { direction: 'inbound', startedAt: START } as const;
const outbound = { direction: 'outbound', startedAt: START } as const;
const answered = { ...inbound, answeredAt: later(5) };
const ended = { ...inbound, endedAt: later(60) };

describe('a call', () => {
  it.each<[string, readonly CallEvent[], string, boolean]>([
    ['that rings', [progress('ringing', inbound)], 'ringing', false],
    ['that is taken', [progress('ringing', inbound), progress('answered', answered)], 'answered', false],
    ['that was taken and has ended', [progress('completed', { ...answered, ...ended })], 'completed', false],
    ['that nobody took', [progress('missed', inbound)], 'missed', true],
    ['that ended, and nothing says that it was missed', [progress('completed', ended)], 'completed', false],
    [
      'whose ringing is heard after its end',
      [progress('missed', inbound), progress('ringing', inbound)],
      'missed',
      true,
    ],
    [
      'missed, until an event says that it was taken',
      [progress('missed', inbound), progress('answered', answered)],
      'completed',
      false,
    ],
    ['missed, with a voicemail', [progress('missed', inbound), voicemail(70)], 'missed', true],
    ['of which only the voicemail is known', [voicemail(70)], 'missed', true],
    [
      'that something answered, with a voicemail',
      [progress('completed', { ...answered, ...ended }), voicemail(70)],
      'completed',
      true,
    ],
    [
      'that an agent of the gateway took',
      [progress('completed', { ...ended, status: 'ai-handled' })],
      'completed',
      false,
    ],
    ['forwarded', [progress('completed', { ...ended, forwardedTo: '+16175550199' })], 'forwarded', false],
    [
      'forwarded, and nobody took it there',
      [progress('missed', { ...ended, forwardedTo: '+16175550199' })],
      'missed',
      true,
    ],
    ['of ours that was not taken', [progress('completed', { ...outbound, endedAt: later(30) })], 'unanswered', false],
    [
      'of ours that was taken',
      [progress('completed', { ...outbound, answeredAt: later(3), endedAt: later(30) })],
      'completed',
      false,
    ],
    ['of ours that rings', [progress('ringing', outbound)], 'ringing', false],
    ['of which only the summary is known', [summary(90, 'completed', 'They talked')], 'completed', false],
    ['of which nobody says who called', [progress('completed', { endedAt: later(30) })], 'completed', false],
  ])('%s', (_case, events, state, asks) => {
    const record = merged(events);
    expect([stateOf(record), asksForAnswer(record)]).toEqual([state, asks]);
  });

  it('keeps the newest address of a recording, and loses none to an event without one', () => {
    const { recordings } = merged([
      recording(80, 'R1', 'https://new'),
      recording(70, 'R1', 'https://old'),
      recording(90, 'R1', undefined),
    ]);
    expect(recordings).toEqual([
      {
        ref: 'R1',
        url: 'https://new',
        mediaType: 'audio/mpeg',
        durationSeconds: 13,
        startedAt: START,
        asOf: later(80),
      },
    ]);
  });

  it('takes the recordings that older generations tell of when the call ends', () => {
    const { recordings } = recording(80, 'R1', 'https://one') as Extract<
      CallEvent,
      { readonly type: 'call_recording' }
    >;
    const record = merged([{ ...progress('completed', answered), recordings } as CallEvent]);
    expect(record).toMatchObject({ heard: ['answered', 'completed', 'recording'], recordings: [{ ref: 'R1' }] });
  });

  it('makes no link of what a browser would run', () => {
    const { recordings } = merged([recording(80, 'R1', 'javascript:alert(1)')]);
    expect(recordings.map(({ url }) => url)).toEqual([null]);
  });

  it('keeps a finished summary when an unfinished one comes late, and the newer of two', () => {
    const events = [summary(90, 'completed', 'old'), summary(95, 'completed', 'new'), summary(99, 'in_progress', '')];
    expect(merged(events).summary).toMatchObject({ status: 'completed', summary: ['new'] });
  });

  it.each([
    ['as the gateway says', { durationSeconds: 240 }, 240],
    ['else from the answer to the end', { answeredAt: later(5), endedAt: later(65) }, 60],
    ['and is not known without either', { answeredAt: later(5) }, null],
  ])('lasted %s', (_case, said, expected) =>
    expect(talkedSeconds(merged([progress('completed', said)]))).toBe(expected),
  );
});

describe('whatever the order and however often', () => {
  const seconds = fc.integer({ min: 0, max: 100 });
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const someInstant = maybe(seconds.map(later));
  const someFacts = fc.record({
    gatewayCallId: fc.constant('AC1'),
    laneRef: fc.constant(undefined),
    direction: maybe(fc.constantFrom('inbound', 'outbound')),
    participants: fc.constant([]),
    startedAt: someInstant,
    answeredAt: someInstant,
    endedAt: someInstant,
    durationSeconds: maybe(fc.double({ min: 0, max: 100, noNaN: true })),
    forwardedTo: maybe(fc.constantFrom('+16175550198', '+16175550199')),
    status: maybe(fc.constantFrom('ringing', 'answered', 'completed', 'no-answer', 'forwarded', 'ai-handled')),
  });
  const someVoicemail = fc.record({
    url: maybe(fc.constantFrom('https://u1', 'https://u2')),
    durationSeconds: maybe(seconds),
    transcript: maybe(fc.constantFrom('Call', 'Call me', 'Come by')),
  });
  const someRecordings = fc.array(
    fc.record({
      ref: fc.constantFrom('R1', 'R2', 'r1'),
      url: maybe(fc.constantFrom('https://u1', 'https://u2')),
      mediaType: maybe(fc.constantFrom('audio/mpeg', 'audio/wav')),
      durationSeconds: maybe(seconds),
      startedAt: someInstant,
    }),
    { maxLength: 3 },
  );
  const someStatus = fc.constantFrom('absent', 'in_progress', 'completed', 'failed');
  const words = fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 });
  const base = { eventId: fc.string(), at: seconds.map(later), call: someFacts };
  const someEvent: fc.Arbitrary<CallEvent> = fc.oneof(
    fc.record({
      ...base,
      type: fc.constant('call_progress'),
      step: fc.constantFrom('ringing', 'answered', 'forwarded', 'missed', 'completed'),
      voicemail: maybe(someVoicemail),
      recordings: someRecordings,
    }),
    fc.record({
      ...base,
      type: fc.constant('call_recording'),
      recordings: someRecordings,
    }),
    fc.record({ ...base, type: fc.constant('call_voicemail'), voicemail: someVoicemail }),
    fc.record({ ...base, type: fc.constant('call_summary'), status: someStatus, summary: words, nextSteps: words }),
    fc.record({
      ...base,
      type: fc.constant('call_transcript'),
      status: someStatus,
      lines: fc.array(
        fc.record({
          speaker: fc.constant(PERSON),
          text: fc.constantFrom('Hi', 'Bye'),
          startSeconds: seconds,
          endSeconds: seconds,
        }),
        { maxLength: 2 },
      ),
    }),
  );
  const told = (events: readonly (readonly [CallEvent, CallPlace])[]) => {
    const record = events.reduce<CallRecord | undefined>(
      (before, [event, where]) => mergeCall(before, event, where),
      undefined,
    );
    return JSON.stringify([record, record === undefined ? null : stateOf(record)]);
  };

  it('the events of a call end in the same record', () => {
    const somePlace = fc.record({
      laneId: fc.constantFrom('lane-1', 'lane-2', null),
      phone: fc.constantFrom(PERSON, '+16175550124', null),
    });
    const history = fc
      .array(fc.tuple(someEvent, somePlace), { minLength: 1, maxLength: 6 })
      .chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2, maxLength: events.length * 2 }),
        ),
      );
    fc.assert(
      fc.property(history, ([events, again]) => {
        expect(told(again)).toBe(told(events));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the place of a call', () => {
  const at = (said: Partial<CallEvent['call']>) => placeOf(facts(said), ACCOUNT, lanes);
  it.each<[string, Partial<CallEvent['call']>, string | null, string | null]>([
    ['is by the gateway’s id of our number', { laneRef: 'PN1', participants: [PERSON] }, 'lane-1', PERSON],
    ['is by our number where there is no id', { participants: [PERSON, OURS] }, 'lane-1', PERSON],
    [
      'does not take a number of another account for ours to answer from',
      { participants: [PERSON, '+16175550003'] },
      null,
      PERSON,
    ],
    ['has no other side between two numbers of ours', { participants: [OURS, '+16175550002'] }, 'lane-1', null],
    [
      'has no other side when the number was withheld',
      { laneRef: 'PN1', participants: ['Anonymous', OURS] },
      'lane-1',
      null,
    ],
    [
      'does not take the one it was forwarded to for the caller',
      { laneRef: 'PN1', participants: ['+16175550100', PERSON], forwardedTo: '+16175550100' },
      'lane-1',
      PERSON,
    ],
    ['is not known while nobody is named', {}, null, null],
  ])('%s', (_case, said, laneId, phone) => expect(at(said)).toEqual({ laneId, phone }));
});
