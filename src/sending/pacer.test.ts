import { describe, expect, it } from 'vitest';
import { addMs, instant, SECOND_MS } from '../platform/time.ts';
import { countedAhead, createPacer } from './pacer.ts';
import type { TurnLane } from './turn.ts';

const NOW = instant('2026-11-17T15:00:00Z');
const account = { state: 'active', ratePerSecond: 8 } as const;
const lane = (id: string, change: Partial<TurnLane>): TurnLane => ({
  id,
  gatewayRef: id,
  zone: 'America/New_York',
  dailyCap: 1_000,
  state: 'active',
  messagesPerSecond: null,
  partsPerSecond: null,
  resumes: false,
  reserved: {},
  partsPerDay: null,
  partsReserved: {},
  ...change,
});

/** Turns every 50 ms of a minute, in which both lanes have always something to send; texts by second, for each lane. */
function aMinute(lanes: readonly TurnLane[], parts: number): ReadonlyMap<string, readonly number[]> {
  const pacer = createPacer(NOW);
  const seconds = new Map(lanes.map(({ id }) => [id, Array<number>(60).fill(0)]));
  for (let ms = 0; ms < 60 * SECOND_MS; ms += 50) {
    const now = addMs(NOW, ms);
    pacer.adjust({ account, lanes }, now);
    for (const { id } of lanes) {
      const count = Math.min(pacer.campaignRoom(now, 0), pacer.laneRoom(id, now));
      pacer.campaignTexts(now, { laneId: id, count, parts: count * parts });
      const second = Math.floor(ms / SECOND_MS);
      const counts = seconds.get(id);
      if (counts !== undefined) counts[second] = (counts[second] ?? 0) + count;
    }
  }
  return seconds;
}

const sum = (counts: readonly number[] = []): number => counts.reduce((total, count) => total + count, 0);

describe('a minute of a lane', () => {
  it('holds its messages per second, and leaves the rest of the account to the others', () => {
    const seconds = aMinute([lane('slow', { messagesPerSecond: 1.5 }), lane('free', {})], 1);
    expect(Math.max(...(seconds.get('slow') ?? []))).toBe(2);
    // Turns come every 50 ms; what that makes late is made up for.
    expect(sum(seconds.get('slow'))).toBeGreaterThanOrEqual(88);
    expect(sum(seconds.get('slow'))).toBeLessThanOrEqual(90);
    // A tenth of 8/s stays with answers.
    const all = sum(seconds.get('slow')) + sum(seconds.get('free'));
    expect(all).toBeGreaterThanOrEqual(425);
    expect(all).toBeLessThanOrEqual(432);
  });

  it('counts answers, which do not wait for it', () => {
    const pacer = createPacer(NOW);
    pacer.adjust({ account, lanes: [lane('slow', { messagesPerSecond: 1, partsPerSecond: 2 })] }, NOW);
    const later = addMs(NOW, SECOND_MS);
    expect(pacer.laneRoom('slow', later)).toBe(1);
    pacer.answered(later, { laneId: 'slow', parts: 1 });
    expect(pacer.laneRoom('slow', later)).toBe(0);
    expect(pacer.laneRoom('slow', addMs(later, SECOND_MS))).toBe(1);
    pacer.answered(addMs(later, SECOND_MS), { laneId: 'slow', parts: 6 });
    expect(pacer.laneRoom('slow', addMs(later, 3 * SECOND_MS))).toBe(0);
  });

  it('holds its parts per second, also with texts of several parts', () => {
    const seconds = aMinute([lane('ten', { partsPerSecond: 2 })], 3);
    expect(sum(seconds.get('ten')) * 3).toBeGreaterThanOrEqual(114);
    // One text may overdraw the bucket by its parts, once.
    expect(sum(seconds.get('ten')) * 3).toBeLessThanOrEqual(122);
  });

  it('goes on with the new rate from the turn in which it was changed, without a burst', () => {
    const pacer = createPacer(NOW);
    pacer.adjust({ account, lanes: [lane('one', { messagesPerSecond: 1 })] }, NOW);
    const later = addMs(NOW, 10 * SECOND_MS);
    expect(pacer.laneRoom('one', later)).toBe(1);
    pacer.adjust({ account, lanes: [lane('one', { messagesPerSecond: 4 })] }, later);
    expect(pacer.laneRoom('one', later)).toBe(0);
    expect(pacer.laneRoom('one', addMs(later, 250))).toBe(1);
    pacer.adjust({ account, lanes: [lane('one', { messagesPerSecond: null })] }, later);
    expect(pacer.laneRoom('one', later)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('questions beside the texts of a campaign', () => {
  it('take nothing of its share as long as they fit into the kept tenth, at the slowest rate that can be set', () => {
    const slow = { state: 'active', ratePerSecond: 0.1 } as const;
    const pacer = createPacer(NOW);
    let texts = 0;
    const hours = 10;
    for (let ms = 0; ms < hours * 3_600 * SECOND_MS; ms += SECOND_MS) {
      const now = addMs(NOW, ms);
      pacer.adjust({ account: slow, lanes: [lane('one', {})] }, now);
      // Each just before the text that is due next, every ten minutes.
      if (ms % (600 * SECOND_MS) === 0 && pacer.room(now, 0) > 0) pacer.called(now, 1);
      const count = pacer.campaignRoom(now, 0);
      pacer.campaignTexts(now, { laneId: 'one', count, parts: count });
      texts += count;
    }
    expect(texts).toBeGreaterThanOrEqual(0.09 * 3_600 * hours - 1);
    expect(texts).toBeLessThanOrEqual(0.09 * 3_600 * hours + 2);
  });

  it('find the room of a claim taken while it runs, and free again after it', async () => {
    const pacer = createPacer(NOW);
    pacer.adjust({ account, lanes: [] }, NOW);
    const later = addMs(NOW, SECOND_MS);
    expect(pacer.room(later, 0)).toBe(2);
    const room = await countedAhead(pacer, { now: later, count: 2 }, async () => pacer.room(later, 0));
    expect(room).toBe(0);
    expect(pacer.room(later, 0)).toBe(2);
    await expect(
      countedAhead(pacer, { now: later, count: 2 }, () => Promise.reject(new Error('held'))),
    ).rejects.toThrow('held');
    expect(pacer.room(later, 0)).toBe(2);
  });
});
