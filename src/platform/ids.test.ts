import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from './clock.ts';
import { parseId, showId, uuidSource } from './ids.ts';
import { seededRandom } from './random.ts';
import { instant } from './time.ts';

const source = (seed = 1) => {
  const clock = manualClock(instant('2026-11-17T15:00:00Z'));
  return { clock, newUuid: uuidSource({ clock, random: seededRandom(seed) }) };
};

describe('uuidSource', () => {
  it('makes UUIDs of version 7 and the RFC 9562 variant that carry the instant', () => {
    const uuid = source().newUuid();
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16)).toBe(
      instant('2026-11-17T15:00:00Z').epochMilliseconds,
    );
  });

  it('sorts by creation, also within one millisecond and when the counter runs over', () => {
    const { newUuid } = source();
    const made = Array.from({ length: 10_000 }, newUuid);
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('gives the same ids for the same seed', () => {
    expect(source(5).newUuid()).toBe(source(5).newUuid());
    expect(source(5).newUuid()).not.toBe(source(6).newUuid());
  });
});

describe('shown ids', () => {
  it('come back as what they were', () => {
    fc.assert(fc.property(fc.uuid(), (uuid) => parseId('campaign', showId('campaign', uuid)) === uuid));
  });

  it.each([
    ['another kind', 'con_0193f6c2a1b47c3d8e5f60718293a4b5'],
    ['a bare UUID', '0193f6c2-a1b4-7c3d-8e5f-60718293a4b5'],
    ['one digit short', 'cmp_0193f6c2a1b47c3d8e5f60718293a4b'],
    ['capital letters', 'cmp_0193F6C2A1B47C3D8E5F60718293A4B5'],
    ['nothing', ''],
  ])('are refused: %s', (_, text) => {
    expect(parseId('campaign', text)).toBeUndefined();
  });
});
