import { describe, expect, it } from 'vitest';
import { addMs, type Instant, instant } from '../platform/time.ts';
import { afterAnswer, afterFailure, askedInMonth, type Budget, draw, freshBudget } from './decide-budget.ts';

const NOW = instant('2026-11-17T15:00:00Z');
const ALLOWANCE = { monthlyQuota: 3, requestsPerSecond: 2 };
const fresh = freshBudget(ALLOWANCE, NOW);

function granted(budget: Budget, at: Instant): Budget {
  const drawn = draw(budget, ALLOWANCE, at);
  if (drawn.kind !== 'granted') throw new Error(`not granted: ${drawn.block.message}`);
  return drawn.budget;
}

describe('a budget', () => {
  it('gives as many at once as a second allows, then one each half second', () => {
    const empty = granted(granted(fresh, NOW), NOW);
    expect(draw(empty, ALLOWANCE, NOW)).toMatchObject({
      kind: 'blocked',
      block: { kind: 'throttled', until: addMs(NOW, 500) },
    });
    expect(granted(empty, addMs(NOW, 500)).asked).toBe(3);
  });

  it('ends with the quota until the month is over', () => {
    const used = { ...fresh, asked: 3 };
    expect(draw(used, ALLOWANCE, NOW)).toMatchObject({
      kind: 'blocked',
      block: { kind: 'quota', until: instant('2026-12-01T00:00:00Z') },
    });
    const december = instant('2026-12-01T00:00:00Z');
    expect(granted(used, december)).toMatchObject({ month: '2026-12-01', asked: 1 });
    expect([askedInMonth(used, NOW), askedInMonth(used, december)]).toEqual([3, 0]);
  });

  it('gives no more after a clock that went back', () => {
    const empty = { ...fresh, tokens: 0 };
    expect(draw(empty, ALLOWANCE, addMs(NOW, -60_000)).kind).toBe('blocked');
  });

  it('allows one request of a service that is asked more slowly than once a second', () => {
    const slow = { monthlyQuota: 100, requestsPerSecond: 0.1 };
    const first = draw(freshBudget(slow, NOW), slow, NOW);
    expect(first.kind === 'granted' && draw(first.budget, slow, NOW)).toMatchObject({
      block: { until: addMs(NOW, 10_000) },
    });
  });
});

describe('after a failure', () => {
  const failed = (kind: Parameters<typeof afterFailure>[1]['kind'], times: number, retryAfterMs?: number): Budget => {
    let budget = fresh;
    for (let n = 0; n < times; n += 1)
      budget = afterFailure(
        { ...budget, block: null },
        { kind, message: 'no', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
        NOW,
      );
    return budget;
  };

  it.each([
    ['down', 1, undefined, 5_000],
    ['down', 2, undefined, 10_000],
    ['down', 50, undefined, 900_000],
    ['throttled', 1, undefined, 1_000],
    ['throttled', 1, 7_000, 7_000],
    ['throttled', 1, 99_000_000, 300_000],
    ['refused', 1, undefined, 3_600_000],
    ['unreadable', 5, undefined, 900_000],
  ] as const)('%s, %i in a row, pauses for so long', (kind, times, retryAfterMs, pauseMs) => {
    expect(failed(kind, times, retryAfterMs).block).toMatchObject({ kind, until: addMs(NOW, pauseMs) });
  });

  it('asks on after a few answers that say nothing', () => {
    expect(failed('unreadable', 4)).toMatchObject({ failures: 4, block: null });
    expect(afterAnswer(failed('unreadable', 4), NOW).failures).toBe(0);
  });

  it('waits for the next month when the service says that the quota is used up', () => {
    const budget = failed('quota', 1);
    expect(draw(budget, ALLOWANCE, NOW)).toMatchObject({ block: { until: instant('2026-12-01T00:00:00Z') } });
    expect(draw(budget, ALLOWANCE, instant('2026-12-01T00:00:00Z')).kind).toBe('granted');
  });

  it('is asked as little after an answer that was under way when it asked for a pause', () => {
    const budget = failed('throttled', 1, 300_000);
    const answered = afterAnswer(budget, addMs(NOW, 1_000));
    expect(draw(answered, ALLOWANCE, addMs(NOW, 299_000))).toMatchObject({ block: { until: addMs(NOW, 300_000) } });
    expect(afterAnswer(budget, addMs(NOW, 300_000))).toMatchObject({ failures: 0, block: null });
  });

  it('does not pause for longer because others that were under way failed too', () => {
    const budget = failed('down', 1);
    expect(afterFailure(budget, { kind: 'down', message: 'no' }, NOW)).toBe(budget);
  });
});
