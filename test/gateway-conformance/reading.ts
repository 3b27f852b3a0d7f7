import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../src/gateways/gateway.ts';
import { MINUTE_MS } from '../../src/platform/time.ts';
import { type GatewayWorld, type OpenWorld, PERSON, worldPerTest } from './world.ts';

export function describeReading(openWorld: OpenWorld): void {
  describe('reading', () => {
    const on = worldPerTest(openWorld);
    it('follows a text from queued over sent to delivered', async () => {
      const outcome = await on.sendTo(PERSON);
      expect(await statusesUntilRest(on.world, outcome)).toEqual(['queued', 'sent', 'delivered']);
    });

    it('shows a text that never arrives as undelivered', async () => {
      const outcome = await on.sendTo(on.world.deadNumber);
      expect(await statusesUntilRest(on.world, outcome)).toEqual(['queued', 'sent', 'undelivered']);
    });

    it('lists the newest of one lane, both ways and whoever the other end is, page after page', async () => {
      await on.sendTo(PERSON, 'too early');
      await on.world.pass(MINUTE_MS);
      const since = on.world.now();
      for (let number = 0; number < 53; number += 1) {
        await on.sendTo(`+1617555${String(2_000 + number)}`, `text ${number}`);
        await on.world.pass(200);
      }
      await on.world.gateway.send({ laneRef: on.world.otherLane.laneRef, to: PERSON, text: 'from another lane' });
      await on.world.personTexts({ from: PERSON, to: on.world.lane.phone, text: 'an answer' });
      const { laneRef } = on.world.lane;
      const first = await on.world.gateway.listNewest({ laneRef, since });
      if (!first.ok) throw new Error(first.error.message);
      expect(first.value.messages[0]).toMatchObject({ direction: 'inbound', from: PERSON, text: 'an answer' });
      expect(first.value.messages[1]).toMatchObject({ direction: 'outbound', text: 'text 52' });
      const second = await on.world.gateway.listNewest({ laneRef, since, olderThan: first.value.olderThan });
      if (!second.ok) throw new Error(second.error.message);
      expect(second.value.olderThan).toBeUndefined();
      const texts = [...first.value.messages, ...second.value.messages].map(({ text }) => text);
      expect(texts).toEqual(['an answer', ...Array.from({ length: 53 }, (_, index) => `text ${52 - index}`)]);
      expect(await on.world.strangerGateway.listNewest({ laneRef, since })).toMatchObject({
        error: { kind: 'unauthorized' },
      });
    });

    it('does not know a message that never was', async () => {
      expect(await on.world.gateway.getMessage('ACneverWas')).toEqual({ ok: true, value: undefined });
    });

    it('lists every page of what one lane sent to one number since an instant, oldest first', async () => {
      await on.sendTo(PERSON, 'too early');
      await on.world.personTexts({ from: PERSON, to: on.world.lane.phone, text: 'from the other side' });
      await on.rest();
      await on.world.pass(MINUTE_MS);
      await on.sendTo(PERSON, 'too early by a moment');
      await on.world.pass(on.world.wire.resolutionMs);
      const since = on.world.now();
      await on.world.personTexts({ from: PERSON, to: on.world.lane.phone, text: 'from the other side, in time' });
      const texts = Array.from({ length: 230 }, (_, index) => `text ${index}`);
      for (const text of texts) await on.sendTo(PERSON, text);
      await on.sendTo('+16175550143', 'to another number');
      await on.world.gateway.send({ laneRef: on.world.otherLane.laneRef, to: PERSON, text: 'from another lane' });
      expect(await on.listed(since)).toEqual(texts);
    });

    it('lists the numbers of the account, and whether they may text', async () => {
      const numbers = await on.world.gateway.listNumbers();
      expect(numbers).toMatchObject({ ok: true, value: [on.world.lane, on.world.otherLane] });
      expect(numbers.ok && numbers.value.map(({ mayTextUs }) => mayTextUs)).toEqual([true, true]);
      if (!on.world.wire.numbersTellRegistration) return;
      on.world.refuse('registration_missing');
      const restricted = await on.world.gateway.listNumbers();
      expect(restricted.ok && restricted.value.map(({ mayTextUs }) => mayTextUs)).toEqual([false, false]);
    });
  });
}

/** The different statuses that a reader sees, in order, until nothing happens any more. */
async function statusesUntilRest(world: GatewayWorld, outcome: SendOutcome): Promise<readonly string[]> {
  const id = outcome.kind === 'accepted' ? outcome.gatewayMessageId : '';
  const seen: string[] = [];
  do {
    const answer = await world.gateway.getMessage(id);
    const status = answer.ok ? answer.value?.status : answer.error.kind;
    if (status !== undefined && status !== seen.at(-1)) seen.push(status);
  } while (await world.step());
  return seen;
}
