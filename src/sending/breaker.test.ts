import { describe, expect, it } from 'vitest';
import { manualClock } from '../platform/clock.ts';
import { addMs, type Instant, instant, msBetween } from '../platform/time.ts';
import { createBreaker, toStore } from './breaker.ts';

const NOW = instant('2026-11-17T15:00:00Z');
const unknown = (at: Instant) => ({ outcome: 'unknown', verdict: { to: 'unknown', detail: 'time-out' }, at }) as const;
const sent = (at: Instant) => ({ outcome: 'accepted', verdict: { to: 'sent', gatewayMessageId: 'MSG1' }, at }) as const;
const throttled = (notBefore: Instant, detail: string, at = NOW) =>
  ({ outcome: 'throttled', verdict: { to: 'pending', notBefore, detail }, at }) as const;
const newBreaker = () => createBreaker(manualClock(NOW));
const failed = (times: number) => {
  const breaker = newBreaker();
  for (let count = 0; count < times; count += 1) breaker.heard(unknown(NOW));
  return breaker;
};

describe('breaker', () => {
  it('holds everything until the instant that a throttled answer names', () => {
    const breaker = newBreaker();
    const until = addMs(NOW, 30_000);
    breaker.heard(throttled(until, 'rate_limit'));
    expect(breaker.state(addMs(NOW, 29_999))).toEqual({ kind: 'held', until });
    expect(breaker.state(until)).toEqual({ kind: 'closed' });
  });

  it('holds everything for twice as long each time that a second was not enough, up to a minute', () => {
    const breaker = newBreaker();
    let at = NOW;
    const waits = Array.from({ length: 8 }, () => {
      breaker.heard(throttled(addMs(at, 1_000), 'rate_limit', at));
      // Another call of the same moment.
      breaker.heard(throttled(addMs(at, 1_000), 'rate_limit', at));
      const state = breaker.state(at);
      const waitMs = state.kind === 'held' ? msBetween(at, state.until) : 0;
      at = addMs(at, waitMs);
      return waitMs / 1_000;
    });
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    breaker.heard(sent(at));
    breaker.heard(throttled(addMs(at, 1_000), 'rate_limit', at));
    expect(breaker.state(addMs(at, 1_000))).toEqual({ kind: 'closed' });
  });

  it('holds everything for the longest time that a question was answered with', () => {
    const breaker = newBreaker();
    breaker.askedForTime(addMs(NOW, 30_000));
    breaker.askedForTime(addMs(NOW, 10_000));
    expect(breaker.state(addMs(NOW, 29_999))).toEqual({ kind: 'held', until: addMs(NOW, 30_000) });
  });

  it('opens after five unknown answers in a row, and not before', () => {
    expect(failed(4).state(NOW)).toEqual({ kind: 'closed' });
    expect(failed(5).state(NOW)).toEqual({ kind: 'open', since: NOW, until: addMs(NOW, 1_000), detail: 'time-out' });
  });

  it('opens at once for a gateway that cannot be reached', () => {
    const breaker = newBreaker();
    breaker.heard(throttled(addMs(NOW, 100), 'unreachable'));
    expect(breaker.state(NOW)).toMatchObject({ kind: 'open', detail: 'it cannot be reached' });
  });

  it('counts calls that were under way together once', () => {
    expect(failed(16).state(NOW)).toMatchObject({ kind: 'open', until: addMs(NOW, 1_000) });
  });

  it('is half-open when its time is over, and stays open for twice as long after a question without answer', () => {
    const breaker = failed(5);
    const later = addMs(NOW, 1_000);
    expect(breaker.state(later)).toEqual({ kind: 'half_open', since: NOW, detail: 'time-out' });
    breaker.probed(false, later);
    expect(breaker.state(later)).toMatchObject({ kind: 'open', since: NOW, until: addMs(later, 2_000) });
  });

  it('opens again with the first unknown answer after a question that was answered', () => {
    const breaker = failed(5);
    const later = addMs(NOW, 1_000);
    breaker.probed(true, later);
    expect(breaker.state(later)).toEqual({ kind: 'closed' });
    breaker.heard(unknown(later));
    expect(breaker.state(later)).toMatchObject({ kind: 'open', since: later, until: addMs(later, 2_000) });
  });

  it('never waits longer than a minute', () => {
    const breaker = failed(5);
    let at = NOW;
    for (let count = 0; count < 20; count += 1) {
      const state = breaker.state(at);
      if (state.kind !== 'open') throw new Error('expected an open breaker');
      expect(state.until.epochMilliseconds - at.epochMilliseconds).toBeLessThanOrEqual(60_000);
      at = state.until;
      breaker.probed(false, at);
    }
  });

  it('closes and starts anew after an accepted text', () => {
    const breaker = failed(5);
    breaker.heard(sent(NOW));
    expect(breaker.state(NOW)).toEqual({ kind: 'closed' });
    breaker.heard(unknown(NOW));
    expect(breaker.state(NOW)).toEqual({ kind: 'closed' });
  });

  it('that the last holder left open begins with a question', () => {
    const breaker = createBreaker(manualClock(NOW), {
      open: { since: NOW, detail: 'time-out' },
      heldUntil: undefined,
    });
    expect(breaker.state(addMs(NOW, 5_000))).toEqual({ kind: 'half_open', since: NOW, detail: 'time-out' });
  });

  it('that the last holder left held keeps still until then', () => {
    const until = addMs(NOW, 3_600_000);
    const breaker = createBreaker(manualClock(NOW), { open: undefined, heldUntil: until });
    expect(breaker.state(addMs(NOW, 5_000))).toEqual({ kind: 'held', until });
    expect(breaker.state(until)).toEqual({ kind: 'closed' });
  });
});

describe('what is stored of a breaker', () => {
  const closed = { open: undefined, heldUntil: undefined };
  const hour = addMs(NOW, 3_600_000);
  const open = { since: NOW, detail: 'time-out' };
  it('is until when the gateway asked for time, unless that is a moment or known already', () => {
    const held = { open: undefined, heldUntil: hour };
    expect(toStore({ kind: 'held', until: hour }, closed, NOW)).toEqual(held);
    expect(toStore({ kind: 'held', until: addMs(NOW, 9_999) }, closed, NOW)).toBe(closed);
    expect(toStore({ kind: 'held', until: hour }, held, NOW)).toBe(held);
    expect(toStore({ kind: 'held', until: addMs(NOW, 60_000) }, { ...held, open }, NOW).open).toBeUndefined();
  });
  it('is that it opened, once, and that it closed', () => {
    const stored = { open, heldUntil: hour };
    expect(toStore({ kind: 'half_open', ...open }, { ...closed, heldUntil: hour }, NOW)).toEqual(stored);
    expect(toStore({ kind: 'half_open', ...open }, stored, NOW)).toBe(stored);
    expect(toStore({ kind: 'closed' }, stored, NOW)).toEqual({ open: undefined, heldUntil: hour });
  });
});
