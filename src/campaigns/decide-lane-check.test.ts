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
  const check = (...lanes: CampaignLane[]) => laneCheck(lanes, AT);
  it.each<[string, ReturnType<typeof check>, string]>([
    ['waits for midnight where it is', check(lane('a', full)), 'cap of a is used up: begins anew at Wed 00:00 EST'],
    ['counts parts where its carrier does', check(lane('a', { partsPerDay: 10, partsToday: 10 })), 'used up'],
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
