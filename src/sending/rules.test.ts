import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatewayMessage, SendOutcome } from '../gateways/gateway.ts';
import { addMs, instant } from '../platform/time.ts';
import { decideOutcome } from './decide-outcome.ts';
import { fairShare, nextGroupOpening, openGroups, servingOrder } from './decide-turn.ts';
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

describe('openGroups', () => {
  const campaign = {
    windowStartMinute: 480,
    windowEndMinute: 1260,
    zoneGroups: ['CA|America/Los_Angeles', 'MA|America/New_York', 'FL|America/Chicago,America/New_York'],
  };

  it('names the open groups, the one that closes first in front, and none that is still closed', () => {
    // 10:00 in New York is 7:00 in Los Angeles.
    expect(openGroups(campaign, NOW, 0).map((group) => group.zoneGroup)).toEqual([
      'MA|America/New_York',
      'FL|America/Chicago,America/New_York',
    ]);
    expect(openGroups(campaign, addMs(NOW, 3_600_000), 0)).toHaveLength(3);
  });

  it('stops the margin before the end', () => {
    const nearEnd = instant('2026-11-18T01:50:00Z');
    expect(openGroups(campaign, nearEnd, 15 * 60_000).map((group) => group.zoneGroup)).toEqual([
      'CA|America/Los_Angeles',
    ]);
    expect(openGroups(campaign, nearEnd, 5 * 60_000)).toHaveLength(3);
  });

  it('knows when the next one opens', () => {
    const one = { ...campaign, id: 'c', priority: 5, laneIds: [], offLaneIds: [] };
    expect(nextGroupOpening([one], NOW)?.toString()).toBe('2026-11-17T16:00:00Z');
    expect(nextGroupOpening([], NOW)).toBeUndefined();
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
