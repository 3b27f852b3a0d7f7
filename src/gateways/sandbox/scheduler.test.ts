import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../platform/clock.ts';
import { instantFromMs } from '../../platform/time.ts';
import { startScheduler } from './scheduler.ts';

const start = () => {
  const clock = manualClock(instantFromMs(1_000));
  const scheduler = startScheduler({ clock, afterEach: () => {} });
  const ran: string[] = [];
  const at = (dueMs: number, name = String(dueMs)) =>
    scheduler.at(dueMs, () => ran.push(`${name}@${clock.now().epochMilliseconds}`));
  return { clock, scheduler, ran, at };
};

describe('scheduler', () => {
  it('runs each action at its instant, one sleeper for all of them', async () => {
    const { clock, scheduler, ran, at } = start();
    at(3_000);
    at(1_500);
    at(2_000);
    await clock.advance(0);
    expect(clock.sleepers).toBe(1);
    await clock.advance(5_000);
    expect(ran).toEqual(['1500@1500', '2000@2000', '3000@3000']);
    expect(scheduler.size).toBe(0);
    expect(clock.sleepers).toBe(0);
  });

  it('wakes for an action that comes before the one it sleeps for', async () => {
    const { clock, ran, at } = start();
    at(9_000);
    await clock.advance(10);
    at(1_020);
    await clock.advance(100);
    expect(ran).toEqual(['1020@1020']);
  });

  it('runs what is overdue soon, but not inside the call', async () => {
    const { clock, ran, at } = start();
    at(500);
    expect(ran).toEqual([]);
    await clock.advance(0);
    expect(ran).toEqual(['500@1000']);
  });

  it('runs actions of one instant, and actions that they add, in order', async () => {
    const { clock, scheduler, ran, at } = start();
    at(2_000, 'first');
    scheduler.at(2_000, () => at(2_000, 'added'));
    at(2_000, 'second');
    await clock.advance(1_000);
    expect(ran).toEqual(['first@2000', 'second@2000', 'added@2000']);
  });

  it('runs nothing after it was stopped', async () => {
    const { clock, scheduler, ran, at } = start();
    at(2_000);
    scheduler.stop();
    await clock.advance(5_000);
    expect(ran).toEqual([]);
    expect(clock.sleepers).toBe(0);
  });

  it('keeps the order of any number of actions, however they were added', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1_000, max: 1_100 }), { maxLength: 300 }), async (dues) => {
        const { clock, scheduler } = start();
        const ran: (readonly [number, number])[] = [];
        dues.forEach((dueMs, index) => {
          scheduler.at(dueMs, () => ran.push([dueMs, index]));
        });
        while (scheduler.size > 0) await clock.advance(10);
        const expected = dues.map((dueMs, index) => [dueMs, index] as const);
        expect(ran).toEqual(expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
      }),
      { numRuns: 30 },
    );
  });
});
