import { describe, expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { accountCheck, type CampaignLane, laneCheck, nextLane, servingLanes } from './decide-lane-check.ts';

const EAST = 'America/New_York';
const AT = { now: instant('2026-11-17T17:00:00Z'), zone: EAST };
const lane = (id: string, change: Partial<CampaignLane> = {}): CampaignLane => ({
  id,
  name: id,
  phone: '+16175550001',
  zone: EAST,
  state: 'active',
  stateReason: null,
  dailyCap: 125,
  usedToday: 0,
  partsPerDay: null,
  partsToday: 0,
  accountName: 'Office',
  accountState: 'active',
  accountStateReason: null,
  breakerOpenSince: null,
  breakerDetail: null,
  breakerHeldUntil: null,
  held: true,
  ...change,
});
const off = { state: 'off', stateReason: 'x' } as const;
const paused = { state: 'paused', stateReason: 'Carrier cap' } as const;
const draining = { state: 'draining', stateReason: 'x' } as const;
const full = { usedToday: 125 };

describe('the number that serves a person', () => {
  it.each<[string, readonly CampaignLane[], string | null, readonly string[], string | undefined]>([
    ['new people go to the one with the most room', [lane('a', { usedToday: 5 }), lane('b')], null, ['a', 'b'], 'b'],
    ['who knows one keeps it, however full it is', [lane('a', full), lane('b')], 'a', ['a'], 'a'],
    ['who knows one that is paused waits for it', [lane('a', paused), lane('b')], 'a', ['a'], undefined],
    ['who knows one that is off goes to another', [lane('a', off), lane('b')], 'a', ['b'], 'b'],
    ['one that is drained takes no new people', [lane('a', draining), lane('b')], null, ['b'], 'b'],
    ['one that is drained serves those who know it', [lane('a', draining), lane('b')], 'a', ['a'], 'a'],
    ['one that is drained takes over for one that is off', [lane('a', off), lane('b', draining)], 'a', ['b'], 'b'],
    ['a number outside the campaign counts as none', [lane('a')], 'z', ['a'], 'a'],
  ])('%s', (_case, lanes, known, serving, next) => {
    const found = servingLanes(lanes, known);
    expect(found.map(({ id }) => id)).toEqual(serving);
    expect(nextLane(found)?.id).toBe(next);
  });
});

describe('a number that has no room', () => {
  const check = (...lanes: CampaignLane[]) => laneCheck(lanes, { ...AT, parts: 2 });
  const parts = (partsToday: number) => ({ partsPerDay: 10, partsToday });
  it.each<[string, ReturnType<typeof check>, string]>([
    [
      'waits for midnight where it is',
      check(lane('a', full)),
      'a has used up its daily cap (125 of 125 texts): begins anew at Wed 00:00 EST',
    ],
    [
      'has no message parts left, though texts',
      check(lane('a', parts(10))),
      'a has used up its message parts a day (10 of 10): begins anew',
    ],
    [
      'has too few parts left for this text',
      check(lane('a', parts(9))),
      'a has only 1 of its 10 message parts a day left, and this text needs 2: begins anew',
    ],
    [
      'lacks something else than another',
      check(lane('a', full), lane('b', parts(10))),
      'a has used up its daily cap (125 of 125 texts); b has used up its message parts a day (10 of 10): begins',
    ],
    ['is not named as full when it is paused', check(lane('a', { ...paused, ...full })), 'a is paused (Carrier cap)'],
    ['can be one that is switched off', check(), 'all numbers of the campaign are switched off'],
  ])('%s', (_case, found, sentence) => {
    expect(found).toMatchObject({ forbids: true, sentence: expect.stringContaining(sentence) });
    expect(found.remedy).not.toBe('');
  });
  it('is no obstacle while another has some', () =>
    expect(check(lane('a', full), lane('b', { usedToday: 120 }))).toMatchObject({
      forbids: false,
      sentence: 'b has room for 5 more texts today',
    }));
  it('has room for a text that just fits', () =>
    expect(check(lane('a', parts(8)))).toMatchObject({
      forbids: false,
      sentence: 'a has room for 125 more texts and 2 more message parts today',
      inputs: { numbers: ['a +16175550001, active, 0 of 125 texts today, 8 of 10 message parts'] },
    }));
});

describe('an account', () => {
  const check = (...changes: Partial<CampaignLane>[]) =>
    accountCheck(
      changes.map((change, index) => lane(`l${index}`, change)),
      AT,
    );
  it.each<[string, Partial<CampaignLane>, string]>([
    ['that is paused', { accountState: 'paused', accountStateReason: 'No credit' }, 'Office is paused: No credit'],
    [
      'whose gateway fails',
      { breakerOpenSince: instant('2026-11-17T16:00:00Z'), breakerDetail: 'HTTP 503' },
      'has failed since Tue 11:00 EST: HTTP 503',
    ],
    [
      'whose gateway asked for time',
      { breakerHeldUntil: instant('2026-11-17T20:00:00Z') },
      'The gateway of Office asked for time until Tue 15:00 EST',
    ],
    ['that nobody holds', { held: false }, 'No worker sends for Office'],
  ])('%s forbids, unless another can send', (_case, change, sentence) => {
    expect(check(change)).toMatchObject({ forbids: true, sentence: expect.stringContaining(sentence) });
    expect(check(change).remedy).not.toBe('');
    expect(check(change, {}).forbids).toBe(false);
  });
});
