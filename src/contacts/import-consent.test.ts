import { describe, expect, it } from 'vitest';
import { instantText, isProof, readImportedConsent } from './import-consent.ts';

const row = (cells: Partial<Parameters<typeof readImportedConsent>[0]>) =>
  readImportedConsent({ consentKind: null, consentMethod: null, consentWording: null, consentDate: null, ...cells });
const PROOF = { consentMethod: 'Web form', consentWording: 'I agree.', consentDate: '2026-05-03' };

describe('what a row says of a consent', () => {
  it.each<[string, string | null, string]>([
    ['PEWC', 'express_written', 'marketing'],
    ['express_written', 'express_written', 'marketing'],
    ['Signed form', 'express_written', 'marketing'],
    ['yes', 'express', 'marketing'],
    ['appointment reminders', 'express', 'informational'],
  ])('%s', (consentKind, kind, purpose) => expect(row({ consentKind })).toMatchObject({ kind, purpose }));

  it('is none when it says no, or nothing', () => {
    expect(['No', 'false', 'opted out', '#N/A'].map((consentKind) => row({ consentKind }))).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(row({})).toBeNull();
  });

  it('is a written one when it names no kind but the words', () =>
    expect(row({ consentWording: 'I agree.' })?.kind).toBe('express_written'));

  it('is a proof with its date, its way and its words only', () => {
    const whole = row(PROOF);
    expect(whole !== null && isProof(whole)).toBe(true);
    for (const field of ['consentMethod', 'consentWording', 'consentDate'] as const) {
      const part = row({ consentKind: 'written', ...PROOF, [field]: null });
      expect(part !== null && isProof(part)).toBe(false);
    }
  });

  it.each([
    ['2026-05-03', '2026-05-03T00:00:00Z'],
    ['2026-05-03 14:30', '2026-05-03T14:30:00Z'],
    ['2026-05-03T14:30:05.123-04:00', '2026-05-03T18:30:05Z'],
    ['5/3/2026', '2026-05-03T00:00:00Z'],
    ['5/3/2026 2:30 PM', '2026-05-03T14:30:00Z'],
    ['5/3/2026, 12:05 am', '2026-05-03T00:05:00Z'],
    ['2026-02-30', undefined],
    ['13/1/2026', undefined],
    ['last spring', undefined],
  ])('%s is %s', (text, at) => expect(instantText(text)).toBe(at));
});
