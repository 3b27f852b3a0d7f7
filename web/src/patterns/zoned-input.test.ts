import { describe, expect, it } from 'vitest';
import { fromLocalInput, toLocalInput } from './zoned-input.ts';

const NEW_YORK = 'America/New_York';

describe('a time in a field', () => {
  it.each([
    ['in winter', '2026-11-20T17:00', '2026-11-20T22:00:00Z'],
    ['in summer', '2026-07-01T08:30', '2026-07-01T12:30:00Z'],
    ['at midnight', '2026-11-20T00:00', '2026-11-20T05:00:00Z'],
    ['just before the clocks go forward', '2026-03-08T01:59', '2026-03-08T06:59:00Z'],
    ['just after', '2026-03-08T03:00', '2026-03-08T07:00:00Z'],
    ['just after the clocks have gone back', '2026-11-01T02:00', '2026-11-01T07:00:00Z'],
  ])('%s is the instant that it is in the zone, and back', (_, local, iso) => {
    expect(fromLocalInput(local, NEW_YORK)).toBe(iso);
    expect(toLocalInput(iso, NEW_YORK)).toBe(local);
  });

  it('that the clocks skip is an hour later', () =>
    expect(toLocalInput(fromLocalInput('2026-03-08T02:30', NEW_YORK) ?? '', NEW_YORK)).toBe('2026-03-08T03:30'));

  it.each(['', '2026-11-20', 'tomorrow', '2026-13-40T17:00'])('%j is none', (text) =>
    expect(fromLocalInput(text, NEW_YORK)).toBeUndefined(),
  );
});
