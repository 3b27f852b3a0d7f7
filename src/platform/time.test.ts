import fc from 'fast-check';
import { expect, it } from 'vitest';
import { instant, Temporal } from './time.ts';

const digits = (count: number) =>
  fc.integer({ min: 0, max: 10 ** count - 1 }).map((n) => String(n).padStart(count, '0'));

it('an instant is read as ISO 8601 says, or refused, however plain it looks', () => {
  const text = fc
    .tuple(
      fc.integer({ min: 0, max: 9999 }),
      digits(2),
      digits(2),
      digits(2),
      digits(2),
      digits(2),
      fc.constantFrom('', '.1', '.12', '.123', '.123456', '.1234567890'),
      fc.constantFrom('Z', '+00:00', '-05:00', '', 'z'),
    )
    .map(([y, mo, d, h, mi, s, f, zone]) => `${String(y).padStart(4, '0')}-${mo}-${d}T${h}:${mi}:${s}${f}${zone}`);
  const read = (parse: (iso: string) => Temporal.Instant, iso: string): string => {
    try {
      return parse(iso).toString();
    } catch (error) {
      return error instanceof RangeError ? 'refused' : String(error);
    }
  };
  const likely = fc
    .date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString());
  fc.assert(
    fc.property(fc.oneof(text, likely), (iso) => {
      expect(read(instant, iso)).toBe(read(Temporal.Instant.from, iso));
    }),
    {
      numRuns: 3_000,
      examples: [
        ['2026-02-29T00:00:00Z'],
        ['2024-02-29T00:00:00Z'],
        ['2026-04-31T10:00:00.5Z'],
        ['2016-12-31T23:59:60Z'],
      ],
    },
  );
});
