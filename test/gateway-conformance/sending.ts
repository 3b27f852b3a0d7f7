import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../src/gateways/gateway.ts';
import { SECOND_MS } from '../../src/platform/time.ts';
import { type OpenWorld, PERSON, type WireRefusal, worldPerTest } from './world.ts';

export function describeSending(openWorld: OpenWorld): void {
  describe('sending', () => {
    const on = worldPerTest(openWorld);
    it('hands over one text with one request, and finds it by listing', async () => {
      const since = on.world.now();
      const outcome = await on.sendTo(PERSON);
      expect(outcome).toMatchObject({ kind: 'accepted', status: 'queued' });
      expect(on.world.requests()).toBe(1);
      const answer = await on.world.gateway.listSent({ laneRef: on.world.lane.laneRef, to: PERSON, since });
      expect(answer).toMatchObject({
        ok: true,
        value: [
          {
            gatewayMessageId: outcome.kind === 'accepted' ? outcome.gatewayMessageId : '',
            direction: 'outbound',
            from: on.world.lane.phone,
            to: [PERSON],
            text: 'Hi Sam, your estimate is ready.',
          },
        ],
      });
      // Instants hold nothing that toMatchObject could compare.
      expect(answer.ok && answer.value[0]?.createdAt.toString()).toBe(since.toString());
    });

    it.each([
      ['emoji and joiners', 'See you at 8 👷🏽‍♀️👍 – “Sam’s crew”'],
      ['combining marks as they came', 'mañana, man\u0303ana, e\u0301'],
      ['lines, tabs, quotes and backslashes', 'a\nb\tc "d" \\n {}'],
      ['right-to-left text and signs of two units', 'שלום 𝒮 ✅'],
    ])('keeps %s', async (_what, text) => {
      const since = on.world.now();
      await on.sendTo(PERSON, text);
      expect(await on.listed(since)).toEqual([text]);
    });

    it.each<[WireRefusal, Partial<SendOutcome>]>([
      ['registration_missing', { kind: 'refused_sender', scope: 'account', until: 'fixed' }],
      ['no_credit', { kind: 'refused_sender', scope: 'account', until: 'fixed' }],
      ['subscription_expired', { kind: 'refused_sender', scope: 'account', until: 'fixed' }],
      ['sender_not_allowed', { kind: 'refused_sender', scope: 'lane', until: 'fixed' }],
      ['daily_cap', { kind: 'refused_sender', until: 'next_day' }],
      ['rate_limit_for_7_seconds', { kind: 'throttled', reason: 'rate_limit', retryAfterMs: 7 * SECOND_MS }],
    ])('tells %s from every other refusal, with one request', async (refusal, expected) => {
      on.world.refuse(refusal);
      expect(await on.sendTo(PERSON)).toMatchObject(expected);
      expect(on.world.requests()).toBe(1);
      expect(on.world.accepted()).toEqual([]);
    });

    it('chooses its own wait when a rate limit names none', async () => {
      on.world.refuse('rate_limit');
      const outcome = await on.sendTo(PERSON);
      expect(outcome).toMatchObject({ kind: 'throttled', reason: 'rate_limit' });
      expect(outcome.kind === 'throttled' && outcome.retryAfterMs).toBeGreaterThan(0);
    });

    it('tells a bad number, a bad text, an unknown lane and a wrong key apart', async () => {
      const { laneRef } = on.world.lane;
      expect(await on.sendTo('555')).toMatchObject({ kind: 'refused_recipient', effect: 'invalid_number' });
      expect(await on.sendTo(PERSON, ' ')).toMatchObject({ kind: 'refused_recipient', effect: 'none' });
      expect(await on.world.gateway.send({ laneRef: 'PNnobody', to: PERSON, text: 'Hi' })).toMatchObject({
        kind: 'refused_sender',
        scope: 'lane',
      });
      expect(await on.world.strangerGateway.send({ laneRef, to: PERSON, text: 'Hi' })).toMatchObject({
        kind: 'refused_sender',
        scope: 'account',
      });
    });
  });
}
