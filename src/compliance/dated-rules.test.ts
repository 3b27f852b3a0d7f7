import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { instant } from '../platform/time.ts';
import { dated, readRules, requireInForce, versionAt, versionOn } from './dated-rules.ts';
import { EVERY_RULE, EVERY_VERSION, everyRuleAt } from './every-rule.ts';
import { PUBLISHED } from './rules-digests.fixture.ts';

const shape = { name: 'Lunch', file: 'lunch.json', schema: z.strictObject({ ...dated, minutes: z.int().min(1) }) };
const first = { version: 'a', validFrom: '2025-01-01', validTo: '2026-01-01', source: 'a law', minutes: 30 };
const second = { version: 'b', validFrom: '2026-01-01', validTo: null, source: 'another law', minutes: 45 };
const read = (...versions: readonly object[]) => readRules(shape, { versions });

describe('versions of a rule', () => {
  it.each([
    ['2025-12-31T23:59:59.999Z', 30],
    ['2026-01-01T00:00:00Z', 45],
    ['2030-06-01T12:00:00Z', 45],
    ['2024-12-31T23:59:59Z', 30],
  ])(
    'at %s it says %i: one begins with its first day, and before all of them the oldest is the best guess',
    (at, minutes) => expect(versionAt(read(first, second).versions, instant(at)).minutes).toBe(minutes),
  );

  it('are found by the day of a place too', () => {
    const { versions } = read(first, second);
    expect([versionOn(versions, '2025-12-31').version, versionOn(versions, '2026-01-01').version]).toEqual(['a', 'b']);
  });

  it.each([
    [
      'a gap',
      [{ ...first, validTo: '2025-12-31' }, second],
      'a is valid to 2025-12-31, but b begins 2026-01-01, so that nothing is valid in between; make both the same day',
    ],
    [
      'an overlap',
      [{ ...first, validTo: '2026-02-01' }, second],
      'a is valid to 2026-02-01, but b begins 2026-01-01, so that both are valid on some days; make both the same day',
    ],
    [
      'one that never ends before the next',
      [{ ...first, validTo: null }, second],
      'a is valid to null, but b begins 2026-01-01, so that both are valid',
    ],
    ['the wrong order', [second, first], 'b is valid to null, but a begins 2025-01-01'],
    [
      'one that ends before it begins',
      [
        { ...first, validTo: '2025-01-01' },
        { ...second, validFrom: '2025-01-01' },
      ],
      'a is valid from 2025-01-01 to 2025-01-01, which is no day at all; validTo is the day after the last',
    ],
    [
      'an end after which nothing holds',
      [first, { ...second, validTo: '2027-01-01' }],
      'b is valid to 2027-01-01, and nothing after it; the last must have validTo null',
    ],
    ['one name for two', [first, { ...second, version: 'a' }], 'two versions have the name a'],
    ['none at all', [], 'versions'],
    ['one without a source', [{ ...second, source: '' }], 'versions.0.source'],
    ['a day that is none', [{ ...second, validFrom: '2026-02-30' }], 'versions.0.validFrom'],
    ['a value that is none', [{ ...second, minutes: 0 }], 'versions.0.minutes'],
  ])('are refused with %s', (_, versions, message) => {
    expect(() => read(...versions)).toThrow(`rules "Lunch": ${message}`);
    expect(() => read(...versions)).toThrow('Mend compliance/rules/lunch.json');
  });

  it('are refused before the first day of the oldest, where something is decided today', () => {
    const lunch = read(first, second);
    expect(() => requireInForce([lunch], instant('2024-12-31T23:59:59Z'))).toThrow(
      'rules "Lunch": a begins 2025-01-01, and today is 2024-12-31, so that no rule is valid now; add the version that is, or mend this machine\'s clock. Mend compliance/rules/lunch.json',
    );
    expect(() => requireInForce([lunch], instant('2025-01-01T00:00:00Z'))).not.toThrow();
  });
});

describe('the digest of a version', () => {
  const digest = (...versions: readonly object[]) => read(...versions).digests.get('a');

  it('is of what it says, however that is written', () => {
    const { minutes, source, ...rest } = first;
    expect(digest({ source, ...rest, minutes }, second)).toBe(digest(first, second));
    expect(digest({ ...first, minutes: 31 }, second)).not.toBe(digest(first, second));
    expect(digest({ ...first, validFrom: '2024-12-31' }, second)).not.toBe(digest(first, second));
  });

  it('stays when another one follows it', () => {
    expect(digest({ ...first, validTo: null })).toBe(digest(first, second));
  });
});

describe('the rules of this product', () => {
  it.each(EVERY_VERSION.map(({ file, version, digest }) => [file, version, digest]))(
    'in %s have not changed what version %s says',
    (file, version, digest) =>
      expect(
        PUBLISHED[file]?.[version],
        `${version} of compliance/rules/${file} is ${digest}. One that was published is not edited: give it back what it said, and add a version from the day on which it says something else. A new one gets its line in rules-digests.fixture.ts`,
      ).toBe(digest),
  );

  it('lose no version that was published', () => {
    const kept = Object.entries(PUBLISHED).flatMap(([file, versions]) =>
      Object.keys(versions).map((version) => `${file} ${version}`),
    );
    expect(EVERY_VERSION.map(({ file, version }) => `${file} ${version}`).toSorted()).toEqual(kept.toSorted());
  });

  it('are all read that way, each file of them', () => {
    const files = readdirSync(new URL('rules/', import.meta.url));
    expect(EVERY_RULE.map(({ file }) => file).toSorted()).toEqual(files.toSorted());
  });

  it('are in force, and say where they come from', () => {
    const now = instant('2026-11-17T15:00:00Z');
    expect(() => requireInForce(EVERY_RULE, now)).not.toThrow();
    expect(everyRuleAt(now).map(({ name, source }) => [name, source.length > 10])).toEqual(
      EVERY_RULE.map(({ name }) => [name, true]),
    );
  });
});
