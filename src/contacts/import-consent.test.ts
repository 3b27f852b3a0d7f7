import { describe, expect, it } from 'vitest';
import { readConsentCell } from './consent-cell.ts';
import { type ConsentCells, instantText, isProof, readImportedConsent } from './import-consent.ts';

const NO_CELLS: ConsentCells = {
  ...{ consentKinds: [], optOuts: [], consentMethod: null, consentWording: null, consentDate: null },
  ...{ consentPage: null, consentIp: null, consentUserAgent: null, consentRecording: null, consentVersion: null },
};
const row = ({ consentKind, ...cells }: Partial<ConsentCells> & { readonly consentKind?: string }) =>
  readImportedConsent({ ...NO_CELLS, ...(consentKind === undefined ? {} : { consentKinds: [consentKind] }), ...cells });
const PROOF = { consentMethod: 'Web form', consentWording: 'I agree.', consentDate: '2026-05-03' };

describe('what a cell says of a consent', () => {
  it.each([
    [
      'agreed',
      ['Yes', 'TRUE', '1', 'PEWC', 'opted_in', 'Opt-In', 'SUBSCRIBED', 'Signed form', 'express_written', 'Sí', '✓'],
    ],
    ['agreed', ['double opt-in', 'written consent by web form', 'ExpressWritten', 'appointment reminders', 'firmado']],
    [
      'refused',
      ['opted_out', 'Opt-Out', 'stop', 'DNC', 'revoked', 'written consent revoked', 'declined', 'refused', 'baja'],
    ],
    [
      'refused',
      ['Unsubscribed', 'Do not text', "don't contact", 'withdrawn', 'opted in, then opted out', 'ＯＰＴＥＤ ＯＵＴ'],
    ],
    ['refused', ['no quiere mensajes', 'NO TEXTS', 'blacklisted', 'consent cancelled']],
    [
      'not_given',
      ['No', 'false', '0', 'never', 'none', 'No written consent', 'not signed', 'not_subscribed', '✗', 'sin firma'],
    ],
    ['not_given', ['did sign? no', 'unsigned', 'yes / no', 'non-consenting', 'without signature']],
    [
      'unclear',
      ['maybe', 'pending', 'expired', 'implied', 'not opted out', 'active', 'customer', 'import 2024', 'لا', 'x'],
    ],
    ['silent', ['', '   ', '-', '#N/A', 'n/a', 'null', 'unknown', '?']],
  ])('%s: %j', (reading, cells) =>
    expect(cells.map((cell) => [cell, readConsentCell(cell)])).toEqual(cells.map((cell) => [cell, reading])),
  );
});

describe('what a row says of a consent', () => {
  it.each<[string, string | null, string]>([
    ['PEWC', 'express_written', 'marketing'],
    ['express_written', 'express_written', 'marketing'],
    ['Signed form', 'express_written', 'marketing'],
    ['yes', 'express', 'marketing'],
    ['appointment reminders', 'express', 'informational'],
    ['Transactional', 'express', 'informational'],
  ])('%s', (consentKind, kind, purpose) =>
    expect(row({ consentKind })).toMatchObject({ reading: 'agreed', kind, purpose }),
  );

  it('is shown by what else stands there, and a page or a recording is a way', () => {
    const cells = { consentPage: ' https://acme.example/join ', consentIp: '203.0.113.7', consentUserAgent: 'n/a' };
    const read = row({ ...PROOF, ...cells, consentKind: 'PEWC', consentMethod: null, consentVersion: 'v3' });
    const formUrl = 'https://acme.example/join';
    expect(read).toMatchObject({ method: formUrl, wordingVersion: 'v3', shownBy: { formUrl, ip: '203.0.113.7' } });
    expect(read?.shownBy).not.toHaveProperty('userAgent');
    expect(read !== null && isProof(read)).toBe(true);
    expect(row({ ...PROOF, consentMethod: '-', consentRecording: 'call 17' })).toMatchObject({ method: 'call 17' });
    expect(row({ consentIp: '203.0.113.7' })).toBeNull();
    expect(row({ consentKind: 'yes', ...PROOF })).not.toHaveProperty('shownBy');
  });

  it('is nothing when no column tells of one, or the column that says yes or no is empty, whatever stands beside it', () => {
    expect(row({})).toBeNull();
    for (const consentKind of ['', ' ', 'n/a', '-']) expect(row({ consentKind, ...PROOF })).toBeNull();
  });

  it('is never a proof when the cell says no, or what nobody understands', () => {
    const cells = [
      'No written consent',
      'written consent revoked',
      'not signed',
      'opted_out',
      'declined',
      'written?? ask Joe',
    ];
    for (const consentKind of cells) {
      const read = row({ consentKind, ...PROOF });
      expect({ consentKind, reading: read?.reading, kind: read?.kind }).not.toMatchObject({ reading: 'agreed' });
      expect(read).toMatchObject({ kind: 'express', said: consentKind });
      expect(read !== null && isProof(read)).toBe(false);
    }
  });

  it.each<[string, Partial<ConsentCells>]>([
    ['another column of them', { consentKinds: ['Written', 'opted out'] }],
    ['the way', { consentMethod: 'Unsubscribed by phone' }],
    ['the words', { consentWording: 'Opted out' }],
    ['a sentence', { consentWording: 'I do not agree to get texts from Acme.' }],
    ['the date', { consentDate: 'revoked 5/3/2026' }],
  ])('is a refusal when %s says so', (_, cells) =>
    expect(row({ consentKinds: ['Written'], ...PROOF, ...cells })?.reading).toBe('refused'),
  );

  it.each([
    [true, ['Yes', 'TRUE', '1', 'x', '2026-05-03', 'opted out', 'STOP', 'by phone']],
    [false, ['No', 'FALSE', '0', '', 'n/a', 'never', 'not opted out', 'Subscribed', '0000-00-00']],
  ])('is a refusal (%s) when the column of those who opted out says %j', (refuses, cells) => {
    for (const optOut of cells) {
      const read = row({ consentKind: 'Written', ...PROOF, optOuts: [optOut] });
      expect([optOut, read?.reading]).toEqual([optOut, refuses ? 'refused' : 'agreed']);
    }
  });

  it('is no refusal because a disclosure speaks of STOP, or a shop is called so', () => {
    const wording =
      'I agree to get texts. I understand that I do not have to. Reply STOP to opt out; I may revoke this.';
    const read = row({ consentKind: 'Written', ...PROOF, consentMethod: 'Stop & Shop kiosk', consentWording: wording });
    expect(read).toMatchObject({ reading: 'agreed', kind: 'express_written', method: 'Stop & Shop kiosk', wording });
  });

  it('has no way and no words where the cells say that there were none', () => {
    const read = row({ consentKind: 'Written', ...PROOF, consentMethod: 'None', consentWording: 'Yes' });
    expect(read).toMatchObject({ method: null, wording: null });
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
