import { describe, expect, it } from 'vitest';
import { manualClock } from '../platform/clock.ts';
import { DAY_MS, instant } from '../platform/time.ts';
import { retryAfterMs, throttleBackoff } from './throttle-backoff.ts';

const START = instant('2026-11-02T15:00:00Z');
const fixed = (draw: number) => ({
  next: () => draw,
  int: () => 0,
  pick: <T>(items: readonly [T, ...T[]]) => items[0],
  bytes: () => new Uint8Array(),
});

describe('waiting after a refusal', () => {
  it('doubles from half to a whole second up to a minute, one step per wait', async () => {
    const clock = manualClock(START);
    const backoff = throttleBackoff({ clock, random: fixed(0) });
    const waits: number[] = [];
    for (let refusal = 0; refusal < 8; refusal += 1) {
      const waitMs = backoff.nextMs();
      waits.push(waitMs);
      await clock.advance(waitMs);
    }
    expect(waits.slice(0, 7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
    expect(waits[7]).toBe(30_000);
  });

  it('draws between half of a step and the whole', () => {
    const clock = manualClock(START);
    expect(throttleBackoff({ clock, random: fixed(0) }).nextMs()).toBe(500);
    expect(throttleBackoff({ clock, random: fixed(0.999_999) }).nextMs()).toBe(1_000);
  });

  it('takes refusals that come together for one', () => {
    const backoff = throttleBackoff({ clock: manualClock(START), random: fixed(0) });
    backoff.nextMs();
    for (let together = 0; together < 20; together += 1) expect(backoff.nextMs()).toBe(1_000);
  });

  it('starts again after a success', async () => {
    const clock = manualClock(START);
    const backoff = throttleBackoff({ clock, random: fixed(0) });
    await clock.advance(backoff.nextMs());
    backoff.reset();
    expect(backoff.nextMs()).toBe(500);
  });
});

describe('Retry-After', () => {
  it.each([
    ['7', 7_000],
    [' 7 ', 7_000],
    ['1.5', 1_500],
    ['Mon, 02 Nov 2026 15:00:30 GMT', 30_000],
    ['Mon, 02 Nov 2026 14:59:30 GMT', undefined],
    ['Mon, 31 Feb 2026 15:00:30 GMT', undefined],
    ['999999999', DAY_MS],
    ['0', undefined],
    ['-3', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j means %s ms', (header, expected) => expect(retryAfterMs(header, START)).toBe(expected));
});
