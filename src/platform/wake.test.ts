import { expect, it } from 'vitest';
import { manualClock } from './clock.ts';
import { instant, msBetween } from './time.ts';
import { createWake, type Waited, type Wake } from './wake.ts';

const NINE = instant('2026-11-17T09:00:00Z');

function resting() {
  const clock = manualClock(NINE);
  return { clock, wake: createWake(clock) };
}

type Heard = Exclude<keyof Wake, 'wait'>;

const CASES: readonly (readonly [string, readonly Heard[], Waited])[] = [
  ['a call', ['call'], 'called'],
  ['a nudge', ['nudge'], 'nudged'],
  ['several nudges', ['nudge', 'nudge'], 'nudged'],
  ['a call over a nudge', ['nudge', 'call'], 'called'],
  ['a nudge after a call', ['call', 'nudge'], 'called'],
];

it.each(CASES)('%s while it waits ends the wait: %j, %s', async (_what, heard, expected) => {
  const { clock, wake } = resting();
  const began = clock.now();
  const waiting = wake.wait(1_000);
  expect(clock.sleepers).toBe(1);
  for (const way of heard) wake[way]();
  expect([await waiting, msBetween(began, clock.now()), clock.sleepers]).toEqual([expected, 0, 0]);
});

it.each(CASES)(
  '%s while nobody waits is kept for the next wait, and for that one alone: %j, %s',
  async (_what, heard, expected) => {
    const { clock, wake } = resting();
    for (const way of heard) wake[way]();
    expect([await wake.wait(1_000), clock.sleepers]).toEqual([expected, 0]);
    const again = wake.wait(1_000);
    await clock.advance(1_000);
    expect(await again).toBe('neither');
  },
);

it('ends when the time is over, and not before', async () => {
  const { clock, wake } = resting();
  let waited: Waited | undefined;
  const waiting = wake.wait(1_000).then((how) => {
    waited = how;
  });
  await clock.advance(999);
  expect(waited).toBeUndefined();
  await clock.advance(1);
  await waiting;
  expect(waited).toBe('neither');
});

it('ends when it is aborted, and does not begin when it was before; what was heard is told all the same', async () => {
  const { clock, wake } = resting();
  const stopping = new AbortController();
  const waiting = wake.wait(1_000, stopping.signal);
  stopping.abort();
  expect([await waiting, clock.sleepers]).toEqual(['neither', 0]);
  expect(await wake.wait(1_000, stopping.signal)).toBe('neither');
  wake.call();
  expect(await wake.wait(1_000, stopping.signal)).toBe('called');
});
