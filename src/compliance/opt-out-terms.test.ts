import { expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { OPT_OUT_TERMS, optOutTermsAt, parseOptOutTerms } from './opt-out-terms.ts';

it('the law asks for a confirmation within five minutes, and we promise to hear an opt-out within a day', () => {
  expect(optOutTermsAt(instant('2026-11-17T15:00:00Z'))).toMatchObject({ confirmWithinMinutes: 5, reviewHoursMax: 24 });
});

it('a review that ends when the law asks for an end long since is refused', () => {
  const [terms] = OPT_OUT_TERMS.versions;
  const parsed = (reviewHoursMax: number) => parseOptOutTerms({ versions: [{ ...terms, reviewHoursMax }] });
  expect(parsed(240).versions[0].reviewHoursMax).toBe(240);
  expect(() => parsed(241)).toThrow(/a review must end within the business days.*241.*Mend compliance\/rules\/opt-out/);
});
