import { describe, expect, it } from 'vitest';
import type { LaneRow } from './account.ts';
import { decideLanes, NOT_REGISTERED, NUMBER_GONE } from './decide-lanes.ts';

const lane = (gatewayRef: string, state: LaneRow['state'] = 'active', stateReason: string | null = null): LaneRow => ({
  id: `lane ${gatewayRef}`,
  accountId: 'account',
  gatewayRef,
  phone: `+1617555010${gatewayRef}`,
  name: gatewayRef,
  zone: 'America/New_York',
  dailyCap: 125,
  messagesPerSecond: null,
  partsPerSecond: null,
  partsPerDay: null,
  state,
  stateReason,
  pausedUntil: null,
});
const number = (laneRef: string, mayTextUs = true) => ({
  laneRef,
  phone: `+1617555010${laneRef}`,
  name: laneRef,
  mayTextUs,
});

describe('numbers that are read again', () => {
  it.each([
    ['one more becomes a lane', [lane('1')], [number('1'), number('2')], { added: ['2'], off: [], back: [] }],
    ['one that is gone switches its lane off', [lane('1')], [], { added: [], off: [['1', NUMBER_GONE]], back: [] }],
    [
      'one that lost its registration switches its lane off',
      [lane('1')],
      [number('1', false)],
      { added: [], off: [['1', NOT_REGISTERED]], back: [] },
    ],
    [
      'one that is registered now brings its lane back',
      [lane('1', 'off', NOT_REGISTERED)],
      [number('1')],
      { added: [], off: [], back: ['1'] },
    ],
    [
      'one that returned brings its lane back',
      [lane('1', 'off', NUMBER_GONE)],
      [number('1')],
      { added: [], off: [], back: ['1'] },
    ],
    [
      'a lane that a person switched off stays off',
      [lane('1', 'off', 'Switched off by Max')],
      [number('1')],
      { added: [], off: [], back: [] },
    ],
    [
      'a lane that a person paused stays paused',
      [lane('1', 'paused', 'by Max')],
      [number('1')],
      { added: [], off: [], back: [] },
    ],
    [
      'a lane that is off already is not told twice',
      [lane('1', 'off', NUMBER_GONE)],
      [],
      { added: [], off: [], back: [] },
    ],
    [
      'nothing new changes nothing',
      [lane('1'), lane('2')],
      [number('2'), number('1')],
      { added: [], off: [], back: [] },
    ],
  ])('%s', (_, lanes, numbers, expected) => {
    const changes = decideLanes(lanes, numbers);
    expect({
      added: changes.added.map((one) => one.laneRef),
      off: changes.off.map((one) => [one.lane.gatewayRef, one.reason]),
      back: changes.back.map((one) => one.gatewayRef),
    }).toEqual(expected);
  });
});
