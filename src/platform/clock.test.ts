import { describe, expect, it } from 'vitest';
import { manualClock, patience, systemClock, warpClock } from './clock.ts';
import { addMs, HOUR_MS, instant, MINUTE_MS, msBetween } from './time.ts';

const NINE = instant('2026-11-17T14:00:00Z');

describe('manual clock', () => {
  it('wakes sleepers in the order of their instants, each at its own', async () => {
    const clock = manualClock(NINE);
    const woken: string[] = [];
    const sleep = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push(`${name} ${msBetween(NINE, clock.now())}`);
    };
    void sleep('late', 2_000);
    void sleep('early', 1_000);
    await clock.advance(1_500);
    expect(woken).toEqual(['early 1000']);
    expect(clock.sleepers).toBe(1);
    await clock.advance(500);
    expect(woken).toEqual(['early 1000', 'late 2000']);
  });

  it('ends a sleep at once when its signal aborts', async () => {
    const clock = manualClock(NINE);
    const stop = new AbortController();
    const slept = clock.sleep(HOUR_MS, stop.signal);
    stop.abort();
    await slept;
    expect(clock.sleepers).toBe(0);
  });
});

describe('warp clock', () => {
  it('plays an hour of clock time in a moment and never runs backwards', async () => {
    const clock = warpClock({ startsAt: NINE, factor: 360_000 });
    await clock.sleep(HOUR_MS);
    const afterHour = clock.now();
    expect(msBetween(NINE, afterHour)).toBeGreaterThanOrEqual(HOUR_MS);
    clock.setFactor(1);
    expect(msBetween(afterHour, clock.now())).toBeGreaterThanOrEqual(0);
  });

  it('wakes who sleeps when the speed changes', async () => {
    const clock = warpClock({ startsAt: NINE, factor: 1 });
    const slept = clock.sleep(HOUR_MS);
    clock.setFactor(360_000);
    await slept;
    expect(clock.now().epochMilliseconds).toBeGreaterThanOrEqual(addMs(NINE, HOUR_MS).epochMilliseconds);
  });

  it('lets those who rest go on in real time, whatever its speed becomes', async () => {
    const clock = warpClock({ startsAt: NINE, factor: 360_000 });
    const rested = clock.rest(20);
    clock.setFactor(1);
    await rested;
  });

  it('refuses to stand still or to run backwards', () => {
    expect(() => warpClock({ startsAt: NINE, factor: 0 })).toThrow('factor must be 1 or more, got 0');
  });

  it('stretches patience with the machine, not with the world', () => {
    expect(patience(warpClock({ startsAt: NINE, factor: 60 }), MINUTE_MS)).toBe(HOUR_MS);
    expect(patience(systemClock, MINUTE_MS)).toBe(MINUTE_MS);
  });
});
