import { describe, expect, it } from 'vitest';
import { addMs, HOUR_MS, instant } from '../platform/time.ts';
import { decideKeys, type HeldKey, KEYS_MAX, keysOver, keysProven } from './decide-webhook-keys.ts';

const NOW = instant('2026-11-17T15:00:00Z');
const held = (signer: string, change: Partial<HeldKey> = {}): HeldKey => ({
  signer,
  ref: `WH-${signer}`,
  part: 'messages',
  since: NOW,
  retireAt: null,
  succeededBy: null,
  ...change,
});
const current = (signer: string, part = 'messages') => ({ signer, ref: `WH-${signer}`, part });
const shown = (keys: readonly HeldKey[]) =>
  keys.map(({ signer, retireAt, succeededBy }) => [signer, retireAt?.toString() ?? null, succeededBy]);
const IN_28_HOURS = '2026-11-18T19:00:00Z';

describe('the keys of an account', () => {
  it('stay as they are while they sign', () => {
    const keys = [held('a'), held('b', { part: 'calls' })];
    const after = decideKeys(keys, { current: [current('a'), current('b', 'calls')], complete: true, now: NOW });
    expect(after).toEqual(keys);
  });

  it('are succeeded by those of the same part, newest first, and end 28 hours later', () => {
    const keys = [held('a'), held('b', { part: 'calls' })];
    const after = decideKeys(keys, { current: [current('d', 'calls'), current('c')], complete: true, now: NOW });
    expect(shown(after)).toEqual([
      ['d', null, null],
      ['c', null, null],
      ['a', IN_28_HOURS, 'c'],
      ['b', IN_28_HOURS, 'd'],
    ]);
  });

  it('end later no further when they are looked at again, and come back when they sign again', () => {
    const leaving = held('a', { retireAt: addMs(NOW, HOUR_MS), succeededBy: 'b' });
    const keys = [held('b'), leaving];
    expect(decideKeys(keys, { current: [current('b')], complete: true, now: NOW })[1]).toEqual(leaving);
    const back = decideKeys(keys, { current: [current('a')], complete: true, now: NOW });
    expect(shown(back)).toEqual([
      ['b', IN_28_HOURS, 'a'],
      ['a', null, null],
    ]);
  });

  it('are all kept where not all are known that sign', () => {
    const after = decideKeys([held('a')], { current: [current('b')], complete: false, now: NOW });
    expect(shown(after)).toEqual([
      ['b', null, null],
      ['a', null, null],
    ]);
  });

  it('are not more than can be, those that left first going first and none that signs', () => {
    const leaving = Array.from({ length: KEYS_MAX }, (_, index) => held(`old${index}`, { retireAt: NOW }));
    const after = decideKeys([held('a'), ...leaving], {
      current: [current('a'), current('b')],
      complete: true,
      now: NOW,
    });
    expect(after).toHaveLength(KEYS_MAX);
    expect(after.slice(0, 3).map(({ signer }) => signer)).toEqual(['b', 'a', 'old0']);
  });

  it('are over when their time is; one that a person promotes only once its successor has signed', () => {
    const keys = [held('a', { retireAt: NOW, succeededBy: 'b' }), held('b'), held('c', { retireAt: addMs(NOW, 1) })];
    const over = (seen: readonly string[], provenOnly: boolean) =>
      keysOver(keys, { now: NOW, seen: new Set(seen), provenOnly }).map(({ signer }) => signer);
    expect(over([], false)).toEqual(['a']);
    expect(over([], true)).toEqual([]);
    expect(over(['b'], true)).toEqual(['a']);
    expect(keysProven(keys, new Set(['b', 'c'])).map(({ signer }) => signer)).toEqual(['a']);
  });

  it('are over, too, when what took their place was a mistake and never signed, once the next one has', () => {
    const [first, mistake] = [
      held('a', { retireAt: NOW, succeededBy: 'b' }),
      held('b', { retireAt: NOW, succeededBy: 'c' }),
    ];
    const proven = (keys: readonly HeldKey[], seen: readonly string[]) =>
      keysProven(keys, new Set(seen)).map(({ signer }) => signer);
    expect(proven([held('c'), mistake, first], ['a'])).toEqual([]);
    expect(proven([held('c'), mistake, first], ['c'])).toEqual(['b', 'a']);
    // Two that name each other, of tokens that were changed to and fro.
    expect(proven([held('b', { retireAt: NOW, succeededBy: 'a' }), first], [])).toEqual([]);
  });
});
