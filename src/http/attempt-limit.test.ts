import { describe, expect, it } from 'vitest';
import { testWorld } from '../../test/world.ts';
import { ATTEMPTS_MAX, attemptLimit, WINDOW_MS } from './attempt-limit.ts';

describe('attempts to sign in', () => {
  const tired = (key = 'a') => {
    const { clock } = testWorld();
    const limit = attemptLimit(clock);
    for (let n = 0; n < ATTEMPTS_MAX; n += 1) limit.attempt(key);
    return { clock, limit };
  };

  it('pass up to the limit, then wait for the rest of the window', async () => {
    const { clock, limit } = tired();
    expect(limit.attempt('a')).toBe(WINDOW_MS / 1_000);
    await clock.advance(60_000);
    expect(limit.attempt('a')).toBe(WINDOW_MS / 1_000 - 60);
    await clock.advance(WINDOW_MS - 60_000);
    expect(limit.attempt('a')).toBeUndefined();
  });

  it('of one key say nothing about another', () => expect(tired().limit.attempt('b')).toBeUndefined());

  it('are forgotten with a success', () => {
    const { limit } = tired();
    limit.succeeded('a');
    expect(limit.attempt('a')).toBeUndefined();
  });

  it('are remembered for a bounded number of keys, the newest', () => {
    const { limit } = tired('old');
    for (let n = 0; n < 10_000; n += 1) limit.attempt(`other ${n}`);
    expect(limit.attempt('old')).toBeUndefined();
  });
});
