import { describe, expect, it } from 'vitest';
import {
  changedSending,
  type LaunchedForm,
  paceWords,
  pointlessWords,
  priorityWords,
  windowProblem,
} from './sending-form.ts';

const MOMENT = { zone: 'America/New_York', nowMs: Date.parse('2026-11-17T15:00:00Z') };
const form: LaunchedForm = {
  window: { start: '08:00', end: '21:00' },
  pace: { maxPerHour: 100, maxPerDay: null, finishBy: '2026-11-16T15:00:00Z' },
  priority: 5,
  pointless: { after: '2026-11-16T15:00:00Z', action: 'ask' },
  laneIds: ['lane_2', 'lane_1'],
};

describe('a change of a launched campaign', () => {
  it('holds only what differs, also within the pace', () =>
    expect(changedSending(form, { ...form, pace: { ...form.pace, maxPerHour: null }, priority: 1 })).toEqual({
      pace: { maxPerHour: null },
      priority: 1,
    }));
  it('is none when the same numbers are chosen in another order', () =>
    expect(changedSending(form, { ...form, laneIds: ['lane_1', 'lane_2'] })).toEqual({}));
  it('takes away what is not wanted any more', () =>
    expect(changedSending(form, { ...form, pointless: null })).toEqual({ pointless: null }));
});

describe('words', () => {
  it.each([
    ['no limits', { maxPerHour: null, maxPerDay: null, finishBy: null }, 'as fast as the numbers allow'],
    [
      'every limit',
      { maxPerHour: 1, maxPerDay: 1_200, finishBy: '2026-11-20T22:00:00Z' },
      'at most 1 text an hour, at most 1,200 texts a day, spread evenly until Fri 20 Nov, 17:00 EST',
    ],
  ])('of a pace with %s', (_, pace, words) => expect(paceWords(pace, MOMENT)).toBe(words));

  it.each([
    [
      { after: '2026-11-17T22:00:00Z', action: 'drop' as const },
      'after Tue 17 Nov, 17:00 EST, who still waits then is left out',
    ],
    [
      { hoursAfterWindow: 1, action: 'ask' as const },
      '1 hour after the hours of the launch day, then you are asked about who still waits',
    ],
  ])('of %j', (pointless, words) => expect(pointlessWords(pointless, MOMENT)).toBe(words));

  it('of priorities', () =>
    expect([1, 5, 9].map(priorityWords)).toEqual(['1, before others', 'normal', '9, after others']));

  it('say why hours never open', () => {
    expect(windowProblem({ start: '09:00', end: '24:00' })).toBeUndefined();
    expect(windowProblem({ start: '18:00', end: '09:00' })).toMatch(/18:00 must be before 09:00/);
  });
});
