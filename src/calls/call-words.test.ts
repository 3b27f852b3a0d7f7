import { describe, expect, it } from 'vitest';
import { callWords, clockTime, type ToldCall } from './call-words.ts';

const call = (change: Partial<ToldCall>): ToldCall => ({
  state: 'completed',
  direction: 'inbound',
  talkedSeconds: null,
  voicemail: null,
  ...change,
});

describe('a call in words', () => {
  it.each<[string, Partial<ToldCall>]>([
    ['Missed call', { state: 'missed' }],
    ['Voicemail 0:23', { state: 'missed', voicemail: { durationSeconds: 23 } }],
    ['Voicemail', { state: 'missed', voicemail: { durationSeconds: null } }],
    ['Call 45 s', { talkedSeconds: 45 }],
    ['Call 4 min', { talkedSeconds: 247 }],
    ['Call 1 h', { talkedSeconds: 3600 }],
    ['Call 1 h 5 min', { talkedSeconds: 3900 }],
    ['Call', {}],
    ['Call, no answer', { state: 'unanswered', direction: 'outbound' }],
    ['Call 10 s', { direction: 'outbound', talkedSeconds: 10, voicemail: { durationSeconds: 5 } }],
    ['Incoming call', { state: 'ringing' }],
    ['Outgoing call', { state: 'answered', direction: 'outbound' }],
    ['Forwarded call', { state: 'forwarded' }],
  ])('%s', (words, change) => expect(callWords(call(change))).toBe(words));

  it.each([
    [0, '0:00'],
    [65.9, '1:05'],
    [3727, '1:02:07'],
  ])('%s seconds are %s', (seconds, text) => expect(clockTime(seconds)).toBe(text));
});
