import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SENDING_POLICY } from '../business/sending-policy.ts';
import type { GatewayMessage, SendOutcome } from '../gateways/gateway.ts';
import { addMs, instant } from '../platform/time.ts';
import { areFiltered, decideOutcome, decideReceipt } from './decide-outcome.ts';
import { fairShare, lanesByRoom, servingOrder, windowBook } from './decide-turn.ts';
import { createPacer } from './pacer.ts';
import { matchListed } from './settle.ts';
import { tokenBucket } from './token-bucket.ts';

const NOW = instant('2026-11-17T15:00:00Z');

describe('token bucket', () => {
  it('starts empty, so that a new holder cannot add to what the last one sent', () => {
    const bucket = tokenBucket(8, NOW);
    expect(bucket.available(NOW)).toBe(0);
    expect(bucket.msUntilNext(NOW)).toBe(125);
    expect(bucket.available(addMs(NOW, 125))).toBe(1);
  });

  it('goes on when its clock is set back by an hour, and does not fill twice for a step that knows an earlier instant', () => {
    const bucket = tokenBucket(8, NOW);
    bucket.take(addMs(NOW, 1_000), 2);
    expect(bucket.available(addMs(NOW, 500))).toBe(0);
    expect(bucket.available(addMs(NOW, 1_000))).toBe(0);
    expect(bucket.available(addMs(NOW, -3_600_000))).toBe(0);
    expect(bucket.available(addMs(NOW, -3_599_000))).toBe(2);
  });

  it('never lets more than the rate and a quarter of a second through, whatever the rhythm of asking', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(waits, fc.integer({ min: 1, max: 50 }), (steps, rate) => {
        const bucket = tokenBucket(rate, NOW);
        let nowMs = 0;
        let taken = 0;
        for (const wait of steps) {
          nowMs += wait;
          const count = bucket.available(addMs(NOW, nowMs));
          bucket.take(addMs(NOW, nowMs), count);
          taken += count;
          expect(taken).toBeLessThanOrEqual((nowMs / 1000) * rate + Math.max(1, rate / 4) + 1e-6);
        }
      }),
    );
  });

  it('keeps a provider limit of 10/s at its default of 8/s in every second, from idle too', () => {
    const bucket = tokenBucket(8, NOW);
    const sentAt: number[] = [];
    for (let ms = 5_000; ms < 15_000; ms += 10) {
      const count = bucket.available(addMs(NOW, ms));
      bucket.take(addMs(NOW, ms), count);
      for (let n = 0; n < count; n += 1) sentAt.push(ms);
    }
    const busiest = Math.max(...sentAt.map((from) => sentAt.filter((at) => at >= from && at < from + 1_000).length));
    expect(busiest).toBeLessThanOrEqual(10);
    expect(sentAt.length).toBeGreaterThanOrEqual(79);
  });
});

describe('decideOutcome', () => {
  it.each<[string, SendOutcome, object]>([
    [
      'accepted is sent',
      { kind: 'accepted', gatewayMessageId: 'AC1', status: 'queued' },
      { to: 'sent', gatewayMessageId: 'AC1' },
    ],
    [
      'a time-out is unknown and nothing else',
      { kind: 'unknown', detail: 'time-out' },
      { to: 'unknown', detail: 'time-out' },
    ],
    [
      'a rate limit waits as long as asked',
      { kind: 'throttled', reason: 'rate_limit', retryAfterMs: 3_000 },
      { to: 'pending', notBefore: addMs(NOW, 3_000), detail: 'rate_limit' },
    ],
    [
      'an opted-out person fails and is suppressed',
      { kind: 'refused_recipient', code: '21610', message: 'opted out', effect: 'opted_out' },
      { to: 'failed', code: '21610', message: 'opted out', suppress: 'provider_opt_out' },
    ],
    [
      'a refused text fails alone',
      { kind: 'refused_recipient', code: '0200400', message: 'content', effect: 'none' },
      { to: 'failed', code: '0200400', message: 'content' },
    ],
    [
      'a refused sender waits for a person',
      { kind: 'refused_sender', scope: 'account', code: '0200402', message: 'no credit', until: 'fixed' },
      {
        to: 'pending',
        notBefore: addMs(NOW, 5 * 60_000),
        detail: '0200402: no credit',
        sender: { scope: 'account', reason: 'no credit (0200402)', until: 'fixed' },
      },
    ],
  ])('%s', (_, outcome, verdict) => {
    expect(decideOutcome(outcome, NOW)).toEqual(verdict);
  });

  it('waits with what was never called', () => {
    expect(decideOutcome({ kind: 'not_called', detail: 'too late' }, NOW)).toEqual({
      to: 'pending',
      notBefore: NOW,
      detail: 'too late',
    });
  });
});

describe('decideReceipt', () => {
  it.each<[string, string, boolean, object]>([
    ['an opt-out', '21610', false, { suppress: 'provider_opt_out' }],
    ['a landline', '30006', false, { suppress: 'invalid_number' }],
    ['a number out of use, said once', '30005', false, {}],
    ['a number out of use, said again', '30005', true, { suppress: 'invalid_number' }],
    ['a phone that is switched off, said again', '30003', true, {}],
    ['filtered words', '30007', true, {}],
    ['a code that nobody knows', '39999', true, {}],
    [
      'an account that is suspended',
      '30002',
      false,
      { sender: { scope: 'account', reason: 'The provider has suspended the account (30002)', until: 'fixed' } },
    ],
  ])('%s', (_, code, again, aftermath) => expect(decideReceipt(code, again)).toEqual(aftermath));
});

describe('areFiltered', () => {
  const outcomes =
    (...filtered: readonly number[]) =>
    (count: number) =>
      Array.from({ length: count }, (_, index) => filtered.includes(index));
  it.each<[string, readonly boolean[], boolean]>([
    ['nothing yet', [], false],
    ['the first four', outcomes(0, 1, 2, 3)(4), false],
    ['the first five', outcomes(0, 1, 2, 3, 4)(5), true],
    ['the newest five', outcomes(0, 1, 2, 3, 4)(50), true],
    ['five, one of the newest arrived', outcomes(0, 1, 2, 3, 5)(50), false],
    ['two of 200', outcomes(0, 199)(200), false],
    ['three of 200', outcomes(0, 100, 199)(200), true],
    ['three of 199', outcomes(0, 100, 198)(199), false],
    ['three of 201, one of them older than the last 200', outcomes(0, 100, 200)(201), false],
  ])('%s', (_, newestFirst, filtered) => expect(areFiltered(newestFirst)).toBe(filtered));
});

describe('windows of a turn', () => {
  const campaign = {
    windowStartMinute: 480,
    windowEndMinute: 1260,
    zoneGroups: ['CA|America/Los_Angeles', 'MA|America/New_York', 'FL|America/Chicago,America/New_York'],
  };
  const book = () => windowBook({ ...DEFAULT_SENDING_POLICY, preset: 'federal_state', messagesPerDay: 5 });
  const openAt = (at: string, marginMs = 0) =>
    book()
      .open(campaign, instant(at), marginMs)
      .map((group) => group.zoneGroup);

  it('names the open groups, the one that closes first in front, and none that is still closed', () => {
    // 10:00 in New York is 7:00 in Los Angeles; Florida and Massachusetts close at 20:00.
    expect(openAt('2026-11-17T15:00:00Z')).toEqual(['MA|America/New_York', 'FL|America/Chicago,America/New_York']);
    expect(openAt('2026-11-17T16:00:29Z')).toHaveLength(2);
    // Half a minute later than eight there, for clocks differ.
    expect(openAt('2026-11-17T16:00:30Z')).toHaveLength(3);
  });

  it('stops the margin before the end', () => {
    expect(openAt('2026-11-18T00:50:00Z', 15 * 60_000)).toEqual(['CA|America/Los_Angeles']);
    expect(openAt('2026-11-18T00:50:00Z', 5 * 60_000)).toHaveLength(3);
  });

  it('carries the rule that closes it and the state’s cap of texts a day', () => {
    const [massachusetts, florida] = book().open(campaign, NOW, 0);
    expect(massachusetts).toMatchObject({ rule: 'MA weekday 08:00-20:00 (America/New_York)', messagesPerDay: 5 });
    expect(florida).toMatchObject({ rule: 'FL weekday 08:00-20:00 (America/New_York)', messagesPerDay: 3 });
  });

  it('knows when the next one opens', () => {
    expect(book().nextOpening([campaign], NOW)?.toString()).toBe('2026-11-17T16:00:30Z');
    expect(book().nextOpening([], NOW)).toBeUndefined();
  });

  it('counts the hours in which somebody may be texted', () => {
    // 10:00 to 23:00 in New York: open until 20:00 there, and until 21:00 in Los Angeles, which is later than the end asked for.
    expect(book().openMs(campaign, NOW, instant('2026-11-18T04:00:00Z'))).toBe(13 * 3_600_000);
    const east = { ...campaign, zoneGroups: ['MA|America/New_York'] };
    expect(book().openMs(east, NOW, instant('2026-11-18T04:00:00Z'))).toBe(10 * 3_600_000);
  });
});

describe('lanes by room', () => {
  const lane = (
    id: string,
    dailyCap: number,
    reserved: Readonly<Record<string, number>>,
    zone = 'America/New_York',
  ) => ({
    id,
    gatewayRef: id,
    zone,
    dailyCap,
    reserved,
    partsPerDay: null,
    partsReserved: {},
    state: 'active' as const,
    messagesPerSecond: null,
    partsPerSecond: null,
    resumes: false,
  });

  it('puts the one with the most left today in front and leaves out those that are used up', () => {
    const lanes = [
      lane('a', 125, { '2026-11-17': 100 }),
      lane('b', 125, { '2026-11-16': 125, '2026-11-17': 3 }),
      lane('c', 125, { '2026-11-17': 125 }),
      lane('d', 500, {}),
    ];
    const order = lanesByRoom(lanes, { laneIds: ['a', 'b', 'c'] }, NOW, new Map()).map(({ id }) => id);
    expect(order).toEqual(['b', 'a']);
    const begun = new Map([['b', 98]]);
    expect(lanesByRoom(lanes, { laneIds: ['a', 'b', 'c'] }, NOW, begun).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(lanesByRoom(lanes, { laneIds: ['b'] }, NOW, new Map([['b', 122]]))).toEqual([]);
  });

  it('leaves out those whose parts of the day are used up', () => {
    const used = { ...lane('a', 500, { '2026-11-17': 30 }), partsPerDay: 60, partsReserved: { '2026-11-17': 60 } };
    const left = { ...lane('b', 500, { '2026-11-17': 30 }), partsPerDay: 60, partsReserved: { '2026-11-16': 60 } };
    expect(lanesByRoom([used, left], { laneIds: ['a', 'b'] }, NOW, new Map()).map(({ id }) => id)).toEqual(['b']);
  });

  it('knows the day of each lane’s own zone', () => {
    const midnight = instant('2026-11-18T06:00:00Z');
    const lanes = [
      lane('east', 10, { '2026-11-17': 10 }),
      lane('west', 10, { '2026-11-17': 10 }, 'America/Los_Angeles'),
    ];
    expect(lanesByRoom(lanes, { laneIds: ['east', 'west'] }, midnight, new Map()).map(({ id }) => id)).toEqual([
      'east',
    ]);
  });
});

describe('pacer', () => {
  const facts = (
    ratePerSecond: number,
    messagesPerSecond: number | null = null,
    partsPerSecond: number | null = null,
  ) => ({
    account: { state: 'active' as const, ratePerSecond },
    lanes: [
      {
        id: 'lane',
        gatewayRef: 'PN1',
        zone: 'America/New_York',
        dailyCap: 125,
        reserved: {},
        partsPerDay: null,
        partsReserved: {},
        state: 'active' as const,
        messagesPerSecond,
        partsPerSecond,
        resumes: false,
      },
    ],
  });
  const sendFor = (seconds: number, limits: ReturnType<typeof facts>, parts = 1) => {
    const pacer = createPacer(NOW);
    let texts = 0;
    for (let ms = 0; ms < seconds * 1_000; ms += 25) {
      const now = addMs(NOW, ms);
      pacer.adjust(limits, now);
      const count = Math.min(pacer.campaignRoom(now, 0), pacer.laneRoom('lane', now));
      if (count > 0) pacer.campaignTexts(now, { laneId: 'lane', count, parts: count * parts });
      texts += count;
    }
    return { pacer, texts };
  };

  it('leaves a tenth of the rate to confirmations and replies', () => {
    expect(sendFor(10, facts(8)).texts).toBeLessThanOrEqual(8 * 10 * 0.9);
    expect(sendFor(10, facts(8)).texts).toBeGreaterThanOrEqual(8 * 10 * 0.9 - 3);
  });

  it('keeps the throughput of a lane in texts and in parts', () => {
    expect(sendFor(20, facts(8, 1)).texts).toBeLessThanOrEqual(20);
    expect(sendFor(20, facts(8, 1)).texts).toBeGreaterThanOrEqual(18);
    expect(sendFor(20, facts(8, null, 3), 3).texts).toBeLessThanOrEqual(21);
    expect(sendFor(20, facts(8, null, 3), 3).texts).toBeGreaterThanOrEqual(18);
  });

  it('leaves answers as many calls as without a campaign when all that campaigns may have are under way', () => {
    const { pacer } = sendFor(1, facts(8));
    const later = addMs(NOW, 10_000);
    expect(pacer.campaignRoom(later, 14)).toBe(0);
    expect(pacer.room(later, 14 + 15)).toBe(1);
    expect(pacer.room(later, 14 + 16)).toBe(0);
  });

  it('begins anew when the rate is changed, so that no change can make a burst', () => {
    const { pacer } = sendFor(5, facts(1));
    const now = addMs(NOW, 60_000);
    pacer.adjust(facts(50), now);
    expect(pacer.campaignRoom(now, 0)).toBe(0);
  });
});

describe('fairness', () => {
  const campaigns = [
    { id: 'a', priority: 5 },
    { id: 'b', priority: 5 },
    { id: 'c', priority: 1 },
  ];

  it('serves by priority, then who waited longest', () => {
    expect(
      servingOrder(
        campaigns,
        new Map([
          ['a', 7],
          ['b', 3],
        ]),
      ).map(({ id }) => id),
    ).toEqual(['c', 'b', 'a']);
  });

  it('shares what is left between equals', () => {
    const order = servingOrder(campaigns, new Map());
    expect([0, 1, 2].map((index) => fairShare(order, index, 10))).toEqual([10, 5, 10]);
  });
});

describe('matchListed', () => {
  const listed = (id: string, text: string): GatewayMessage => ({
    gatewayMessageId: id,
    direction: 'outbound',
    from: '+16175550001',
    to: ['+16175550100'],
    text,
    status: 'sent',
    createdAt: NOW,
  });
  const ours = (id: string, body: string) => ({ id, body });

  it('pairs by the words, also when the provider replaced look-alike characters', () => {
    const pairs = matchListed(
      [ours('m1', 'It’s “ready” – shall we?\u00a0')],
      [listed('AC0', 'Something else'), listed('AC1', 'It\'s "ready" - shall we?')],
    );
    expect(pairs.get('m1')?.gatewayMessageId).toBe('AC1');
  });

  it('gives each listed text to one message only', () => {
    const pairs = matchListed([ours('m1', 'Hi'), ours('m2', 'Hi')], [listed('AC1', 'Hi')]);
    expect([...pairs.keys()]).toEqual(['m1']);
  });

  it('pairs nothing with other words', () => {
    expect(matchListed([ours('m1', 'Hi Ana')], [listed('AC1', 'Hi Bob')]).size).toBe(0);
  });
});
