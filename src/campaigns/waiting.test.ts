import { describe, expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { type Campaign, NO_TOTALS } from './campaign.ts';
import type { UsedLane } from './used-lane-store.ts';
import { account, campaign, EAST, lane, MIDNIGHT, NOON, queue, WEST, waiting } from './waiting.fixture.ts';
import { paceUntil } from './waiting.ts';
import type { WaitingFacts } from './waiting-facts.ts';

const waits = (now: string, change: Partial<WaitingFacts> = {}) => waiting(now, change)?.sentence ?? null;

describe('what a running campaign waits for', () => {
  it('is nothing while a window is open and a number may send', () => expect(waits(NOON)).toBeNull());
  it('is the first window, with how many people are in it', () =>
    expect(waits(MIDNIGHT)).toBe('Quiet hours: goes on at Wed 08:00 EST with the first 7 people'));
  it('is the morning after the caps are used up, not the midnight at which they begin anew', () =>
    expect(waits(NOON, { lanes: [lane({ usedToday: 66 })] })).toBe(
      'The daily cap of Office (66) is used up: goes on at Wed 08:00 EST',
    ));
  it.each<[string, Partial<UsedLane>, Partial<UsedLane>, string]>([
    ['the caps of all numbers', { usedToday: 66 }, { usedToday: 66 }, 'The daily cap of every number (132 in all) is'],
    [
      'the message parts of all numbers',
      { partsPerDay: 10, partsToday: 10 },
      { partsPerDay: 20, partsToday: 20 },
      'The limit of message parts a day of every number (30 in all) is',
    ],
    [
      'the cap of one number and the message parts of the other',
      { usedToday: 66, partsPerDay: 99, partsToday: 66 },
      { partsPerDay: 20, partsToday: 20 },
      'The daily cap of Office (66) and the limit of message parts a day of Shop (20) are',
    ],
  ])('is %s', (_what, office, shop, sentence) =>
    expect(waits(NOON, { lanes: [lane(office), lane({ ...shop, id: 'm', name: 'Shop' })] })).toBe(
      `${sentence} used up: goes on at Wed 08:00 EST`,
    ),
  );
  it('is not the cap while one number still may send', () =>
    expect(waits(NOON, { lanes: [lane({ usedToday: 66 }), lane({ id: 'm', usedToday: 65 })] })).toBeNull());
  it('is the switch for everything before anything else', () =>
    expect(waits(MIDNIGHT, { sending: { state: 'paused', reason: 'Wrong price', since: instant(NOON) } })).toContain(
      'Wrong price',
    ));
  it('is the number to switch on, when every one of its numbers is off', () => {
    const off = { state: 'off', stateReason: 'Switched off by Max' } as const;
    expect(waits(NOON, { lanes: [lane(off)] })).toBe(
      'No number can send: its only number is switched off; switch +16175550190 (Office) on under Settings, Numbers',
    );
    expect(waits(NOON, { lanes: [lane(off), lane({ ...off, id: 'm' })] })).toContain('all 2 numbers are switched off');
    expect(
      waits(NOON, { lanes: [lane(off), lane({ id: 'm', state: 'paused', stateReason: 'Carrier cap' })] }),
    ).toContain('Office is paused (Carrier cap)');
  });
  it('is the gateway’s word about texts whose answer was lost', () =>
    expect(waits(NOON, { campaign: { ...campaign, totals: { ...NO_TOTALS, unknown: 3 } }, queues: [] })).toContain(
      'about 3 texts',
    ));

  it.each<[string, Partial<Campaign['totals']>]>([
    ['with the gateway', { sent: 5, handingOver: 5 }],
    ['without an answer', { sent: 5, unknown: 5 }],
    ['and the campaign has only to be closed', { sent: 10 }],
  ])('is a worker, when none is there and the last texts are out, %s', (_, totals) => {
    const after = { queues: [], groups: [], campaign: { ...campaign, totals: { ...NO_TOTALS, ...totals } } };
    const alone = { ...account, heldBy: null, leaseUntil: null };
    const paused = { ...alone, state: 'paused', stateReason: 'Not enough credits' } as const;
    expect(waiting(NOON, { ...after, accounts: [alone] })?.code).toBe('no_worker');
    expect(waiting(NOON, { ...after, accounts: [paused] })?.code).toBe('no_worker');
    expect(waiting(NOON, after)?.code).toBe(totals.unknown === undefined ? undefined : 'settling');
  });

  it.each<[string, Partial<Campaign['totals']>, string | undefined]>([
    ['texts are with a gateway', { handingOver: 5 }, 'no_worker'],
    ['answers were lost', { unknown: 5 }, 'no_worker'],
    ['the other one has only to close it', {}, undefined],
  ])('is the worker of one of two accounts, while %s', (_, totals, code) => {
    const alone = { ...account, id: 'b', name: 'Alone', heldBy: null, leaseUntil: null };
    const lanes = [lane(), lane({ id: 'm', accountId: 'b', name: 'Van' })];
    const after = { queues: [], groups: [], campaign: { ...campaign, totals: { ...NO_TOTALS, sent: 5, ...totals } } };
    const found = waiting(NOON, { ...after, lanes, accounts: [account, alone] });
    expect(found?.code).toBe(code);
    if (code !== undefined) expect(found?.sentence).toContain('Alone');
  });

  it('is the frequency cap of everybody who is left', () =>
    expect(
      waits(NOON, { queues: [queue(EAST, null, '2026-11-18T15:00:00Z'), queue(WEST, null, '2026-11-18T17:00:00Z')] }),
    ).toBe(
      'Everyone who waits had 3 campaign texts in 24 hours, or was put off by the gateway: goes on at Wed 10:00 EST',
    ));
  it('is a text without a point, before the switch for everything', () =>
    expect(
      waiting(NOON, {
        campaign: {
          ...campaign,
          pointless: { after: instant('2026-11-17T16:00:00Z'), hoursAfterWindow: null, action: 'drop' },
        },
      }),
    ).toMatchObject({
      code: 'pointless',
      sentence: 'Its texts are pointless since Tue 11:00 EST: a worker takes the 10 people off the list who still wait',
    }));
  it('is the pace of its own', () => {
    const at = waiting(NOON, { paceUntil: instant('2026-11-17T18:00:00Z') });
    expect(at).toMatchObject({ code: 'pace', until: instant('2026-11-17T18:00:00Z') });
    expect(at?.short).toBe('its pace until Tue 13:00 EST');
  });
  it('is the gateway that fails, since when and with what', () =>
    expect(
      waiting(NOON, {
        accounts: [{ ...account, breakerOpenSince: instant('2026-11-17T16:50:00Z'), breakerDetail: 'HTTP 503' }],
      }),
    ).toMatchObject({
      code: 'breaker_open',
      sentence:
        'The gateway of account Sandbox fails since Tue 11:50 EST: HTTP 503. It is asked every minute, and sending goes on when it answers',
    }));
  it('is not one failing gateway while another of its accounts sends', () =>
    expect(
      waiting(NOON, {
        lanes: [lane(), lane({ id: 'm', accountId: 'b' })],
        accounts: [
          { ...account, breakerOpenSince: instant(NOON), breakerDetail: 'HTTP 503' },
          { ...account, id: 'b' },
        ],
      }),
    ).toBeNull());
  it('is the worker that stops again and again, with its words', () =>
    expect(waiting(NOON, { accounts: [{ ...account, failures: 3, failure: 'cannot read x' }] })).toMatchObject({
      code: 'worker_failing',
      sentence: expect.stringContaining('3 times in a row: cannot read x'),
    }));
  it('is a worker, when none holds its account', () =>
    expect(waiting(NOON, { accounts: [{ ...account, heldBy: null, leaseUntil: null }] })?.code).toBe('no_worker'));
  it('is the questions of a new holder, before the first text of any number', () => {
    const asks = { ...account, numbers: 300, asksSince: instant(NOON) };
    expect(waiting(NOON, { accounts: [asks] })).toMatchObject({
      code: 'asking_gateway',
      sentence: expect.stringContaining('what its 300 numbers sent last'),
      until: instant('2026-11-17T17:00:37.5Z'),
    });
    expect(waiting('2026-11-17T17:05:00Z', { accounts: [asks] })?.until).toEqual(instant('2026-11-17T17:05:01Z'));
    expect(waiting(NOON, { accounts: [asks], lanes: [lane({ usedToday: 66 })] })?.code).toBe('daily_cap');
  });
  it('is the campaign of higher priority, once it has waited', () => {
    const since = instant('2026-11-17T16:50:00Z');
    expect(waiting(NOON, { before: ['Storm'], changedAt: since })).toMatchObject({ code: 'priority', since });
    expect(waiting(NOON, { before: ['Storm'] })).toBeNull();
  });
  it('is never nothing: a worker that hands nothing over is named, with the safe way out', () => {
    const lastSentAt = instant('2026-11-17T16:50:00Z');
    const at = waiting(NOON, { changedAt: lastSentAt, lastSentAt });
    expect(at).toMatchObject({ code: 'stalled', since: lastSentAt });
    expect(at?.sentence).toContain('worker w1 has handed over nothing since Tue 11:50 EST');
    expect(waiting(NOON, { changedAt: lastSentAt, lastSentAt: instant(NOON) })).toBeNull();
  });
});

/** Two numbers: Office, whose day is used up, and Shop with room. */
const OFFICE_USED = [lane({ usedToday: 66 }), lane({ id: 'm', name: 'Shop', accountId: 'b' })];
const SHOP_ACCOUNT = { ...account, id: 'b', name: 'Other' };
const LONG_AGO = { changedAt: instant('2026-11-17T13:00:00Z') };
const said = (change: Partial<WaitingFacts>, now = NOON) => {
  const at = waiting(now, { lanes: OFFICE_USED, accounts: [account, SHOP_ACCOUNT], ...LONG_AGO, ...change });
  return at === null ? null : `${at.code}: ${at.sentence}`;
};
const MORNING = '2026-11-18T12:00:00Z';

describe('a number with room is of no use to', () => {
  const REST = '. A higher cap lets them go sooner, and so does switching the number off, which moves them to another';
  it.each<[string, Partial<WaitingFacts>, string]>([
    [
      'those who know one without',
      { queues: [queue(EAST, 'l'), queue(WEST, 'l')] },
      `daily_cap: The daily cap of Office (66) is used up, and the 10 people whom it holds up know no other number: goes on at Wed 08:00 EST${REST}`,
    ],
    [
      'those who know one without, however many beside others of the same hours',
      { queues: [queue(EAST, 'l'), queue(EAST, 'm', MORNING)], groups: [{ zoneGroup: EAST, people: 9 }] },
      `daily_cap: The daily cap of Office (66) is used up, and those whom it holds up know no other number: goes on at Wed 08:00 EST${REST}`,
    ],
    [
      'those whose number has no message parts left',
      { queues: [queue(EAST, 'l')], lanes: [lane({ partsPerDay: 10, partsToday: 10 }), lane({ id: 'm' })] },
      `daily_parts: The limit of message parts a day of Office (10) is used up, and the 7 people whom it holds up know no other number: goes on at Wed 08:00 EST${REST.replace('cap', 'limit')}`,
    ],
    [
      'those whose number is paused',
      {
        queues: [queue(EAST, 'l')],
        lanes: [lane({ state: 'paused', stateReason: 'Refused' }), lane({ id: 'm' })],
        groups: [{ zoneGroup: EAST, people: 1 }],
      },
      'numbers_paused: Their number cannot send: Office is paused (Refused), and the person whom it holds up knows no other number',
    ],
    [
      'those whose account is paused',
      { queues: [queue(EAST, 'l')], accounts: [{ ...account, state: 'paused', stateReason: 'Bad key' }, SHOP_ACCOUNT] },
      'account_paused: Account Sandbox is paused: Bad key, and the 7 people whom it holds up know no other number',
    ],
    [
      'those whose account the gateway refuses, with the remedy',
      {
        queues: [queue(EAST, 'l')],
        accounts: [{ ...account, state: 'paused', stateReason: 'No credit (0200402)' }, SHOP_ACCOUNT],
      },
      'account_paused: Account Sandbox is paused: No credit (0200402), and the 7 people whom it holds up know no other number. Add credit with the provider, then resume it',
    ],
    [
      'new people, when it takes none',
      {
        queues: [queue(EAST), queue(WEST)],
        lanes: [lane({ state: 'draining', drains: true, stateReason: 'Set by Max' }), lane({ id: 'm', state: 'off' })],
      },
      'draining: Nobody texts the 10 new people who wait: Office is draining (Set by Max). Set a number to active, or add one to the campaign',
    ],
    [
      'new people, when it will take none after its pause',
      {
        queues: [queue(EAST)],
        lanes: [
          lane({ state: 'paused', drains: true, stateReason: 'Carrier cap', pausedUntil: instant(MORNING) }),
          lane({ id: 'm', state: 'draining', drains: true, stateReason: 'Set by Max', name: 'Shop' }),
        ],
      },
      'draining: Nobody texts the 7 new people who wait: Office is paused (Carrier cap); Shop is draining (Set by Max). Set a number to active, or add one to the campaign',
    ],
  ])('%s', (_who, change, sentence) => expect(said(change)).toBe(sentence));
});

describe('nothing stands in the way', () => {
  it.each<[string, Partial<WaitingFacts>]>([
    ['of new people beside those whose number has no room', { queues: [queue(EAST, 'l'), queue(EAST)] }],
    ['of those who know the number with room', { queues: [queue(EAST, 'l'), queue(WEST, 'm')] }],
    [
      'of those whose number is switched off',
      { queues: [queue(EAST, 'l')], lanes: [lane({ state: 'off', usedToday: 66 }), lane({ id: 'm' })] },
    ],
    ['of those whose number was taken out of the campaign', { queues: [queue(EAST, 'gone')] }],
    [
      'of those who know a number that takes no new people',
      { queues: [queue(EAST, 'l')], lanes: [lane({ state: 'draining', drains: true })] },
    ],
    [
      'of a number with message parts left',
      { queues: [queue(EAST, 'l')], lanes: [lane({ partsPerDay: 100, partsToday: 9 })] },
    ],
    [
      'once the time is over that the gateway asked for',
      {
        queues: [queue(EAST, 'm')],
        accounts: [account, { ...SHOP_ACCOUNT, breakerHeldUntil: instant('2026-11-17T16:59:00Z') }],
      },
    ],
  ])('%s', (_who, change) => expect(said({ ...change, changedAt: instant(NOON) })).toBeNull());
});

describe('of several things in the way the one that ends first', () => {
  // In California it is half past seven.
  const EARLY = '2026-11-17T15:30:00Z';
  it.each<[string, Partial<WaitingFacts>, string]>([
    [
      'is the window of others, when those in an open one are put off for longer',
      { queues: [queue(EAST, null, '2026-11-17T17:00:00Z'), queue(WEST)] },
      'hours: Quiet hours: goes on at Tue 11:00 EST with the first 3 people; everyone else waits longer',
    ],
    [
      'is the end of being put off, when the window of others opens later',
      { queues: [queue(EAST, null, '2026-11-17T15:45:00Z'), queue(WEST)] },
      'put_off: Whoever could be texted first had 3 campaign texts in 24 hours, or was put off by the gateway: goes on at Tue 10:45 EST',
    ],
    [
      'is the window of others, when a used cap lasts until tomorrow',
      { queues: [queue(EAST, 'l'), queue(WEST, 'm')] },
      'hours: Quiet hours: goes on at Tue 11:00 EST with the first 3 people; everyone else waits longer',
    ],
    [
      'is a gateway that fails, because it may be back at any moment',
      {
        queues: [queue(EAST, 'm'), queue(WEST, 'l')],
        accounts: [account, { ...SHOP_ACCOUNT, breakerOpenSince: instant(EARLY), breakerDetail: 'HTTP 503' }],
      },
      'breaker_open: The gateway of account Other fails since Tue 10:30 EST: HTTP 503. It is asked every minute, and sending goes on when it answers',
    ],
    [
      'is not a gateway that fails for people who sleep',
      {
        queues: [queue(EAST, null, '2026-11-17T15:45:00Z'), queue(WEST, 'm')],
        lanes: [lane(), lane({ id: 'm', accountId: 'b' })],
        accounts: [account, { ...SHOP_ACCOUNT, breakerOpenSince: instant(EARLY), breakerDetail: 'HTTP 503' }],
      },
      'put_off: Whoever could be texted first had 3 campaign texts in 24 hours, or was put off by the gateway: goes on at Tue 10:45 EST',
    ],
    [
      'is the time that the gateway asked for',
      { lanes: [lane()], accounts: [{ ...account, breakerHeldUntil: instant('2026-11-18T15:30:00Z') }] },
      'throttled: The gateway of account Sandbox asked for time until Wed 10:30 EST: goes on at Wed 10:30 EST',
    ],
    [
      'is the longest of what one number waits for',
      {
        lanes: [lane({ usedToday: 66 })],
        accounts: [{ ...account, breakerHeldUntil: instant('2026-11-17T17:00:00Z') }],
      },
      'daily_cap: The daily cap of Office (66) is used up: goes on at Wed 08:00 EST',
    ],
  ])('%s', (_what, change, sentence) => expect(said(change, EARLY)).toBe(sentence));
});

describe('a worker is not blamed', () => {
  it.each<[string, string, Partial<WaitingFacts>, string | null]>([
    ['in the last minutes of a window, in which nothing is begun', '2026-11-18T04:50:00Z', {}, 'hours'],
    ['in the first moment of a window', '2026-11-18T13:01:00Z', {}, null],
    [
      'in the first moment after somebody was put off',
      NOON,
      { queues: [queue(EAST, null, '2026-11-17T16:59:00Z')] },
      null,
    ],
    [
      'in the first moment of an hour whose pace begins anew',
      NOON,
      { paceUntil: instant('2026-11-17T16:59:00Z') },
      null,
    ],
    [
      'in the first moment after the gateway’s time is over',
      NOON,
      { accounts: [{ ...account, breakerHeldUntil: instant('2026-11-17T16:59:00Z') }] },
      null,
    ],
    [
      'in the first moment after the pause of a number',
      NOON,
      { lanes: [lane({ state: 'paused', pausedUntil: instant('2026-11-17T16:59:00Z') })] },
      null,
    ],
    [
      'when the parts that are left may be too few for the next text',
      NOON,
      { lanes: [lane({ partsPerDay: 10, partsToday: 9 })] },
      'daily_parts',
    ],
    ['but when nothing stands in its way', NOON, {}, 'stalled'],
  ])('%s', (_when, now, change, code) =>
    expect(waiting(now, { ...LONG_AGO, lastSentAt: instant('2026-11-17T14:00:00Z'), ...change })?.code ?? null).toBe(
      code,
    ),
  );
  it('and the one that is named holds the account of those who could go', () => {
    const accounts = [account, { ...SHOP_ACCOUNT, heldBy: 'w2' }];
    expect(said({ accounts, queues: [queue(EAST, 'm')] })).toContain('worker w2');
  });
});

describe('a pace that is used up', () => {
  const at = { day: '2026-11-17', midnight: instant('2026-11-18T05:00:00Z') };
  const used = { hourStart: instant(NOON), hourTexts: 40, day: '2026-11-17', dayTexts: 100, nextAt: instant(NOON) };
  const none = { maxPerHour: null, maxPerDay: null, finishBy: null };
  it.each([
    ['by nothing', none, null],
    ['by the hour', { ...none, maxPerHour: 40 }, '2026-11-17T18:00:00Z'],
    ['by the day, which is longer than the hour', { ...none, maxPerHour: 40, maxPerDay: 100 }, '2026-11-18T05:00:00Z'],
    ['not by an hour with room', { ...none, maxPerHour: 41 }, null],
    ['not by yesterday', { ...none, maxPerDay: 101 }, null],
  ])('%s', (_what, limits, until) =>
    expect(paceUntil(limits, used, at)).toEqual(until === null ? null : instant(until)),
  );
  it('until the next text of one that is spread', () => {
    const nextAt = instant('2026-11-17T17:03:00Z');
    expect(paceUntil({ ...none, finishBy: instant('2026-11-20T17:00:00Z') }, { ...used, nextAt }, at)).toEqual(nextAt);
  });
});
