import { describe, expect, it } from 'vitest';
import { type ConsentForm, consentInputOf, type FormProblems, missingIn } from './consent-form.ts';

const ZONE = 'America/New_York';
const NOW = { zone: ZONE, nowMs: Date.parse('2026-11-17T15:00:00Z') };
const form = (change: Partial<ConsentForm> = {}): ConsentForm => ({
  act: 'grant',
  purpose: 'marketing',
  source: 'web_form',
  inWriting: true,
  at: '2026-05-03T14:30',
  proof: 'https://acme.example/join',
  ip: ' 203.0.113.7 ',
  wording: 'I agree. ',
  wordingVersion: ' v2',
  note: '',
  ...change,
});

describe('the form of a consent', () => {
  it.each<[string, Partial<ConsentForm>, readonly (keyof FormProblems)[]]>([
    ['nothing', {}, []],
    ['a time', { at: '' }, ['at']],
    ['a time that has been', { at: '2026-11-17T10:01' }, ['at']],
    ['its proof', { proof: ' ' }, ['proof']],
    ['the address that it came from', { ip: '' }, ['ip']],
    ['the words of a signature', { wording: '', wordingVersion: '' }, ['wording', 'wordingVersion']],
    ['nothing of the words without a signature', { wording: '', wordingVersion: '', inWriting: false }, []],
    ['nothing of the words for a member’s word', { source: 'member', wording: '', wordingVersion: '' }, []],
    ['nothing more than a letter of a text', { source: 'keyword', proof: 'Y', ip: '' }, []],
    ['how it was taken back', { act: 'revoke', proof: '' }, ['note']],
  ])('misses %s', (_case, change, missing) => {
    expect(Object.keys(missingIn(form(change), NOW))).toEqual(missing);
  });

  it('sends the words as they are, and nothing of ways that were not chosen', () => {
    expect(consentInputOf(form(), ZONE)).toEqual({
      action: 'grant',
      purpose: 'marketing',
      kind: 'express_written',
      evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' },
      happenedAt: '2026-05-03T18:30:00Z',
      wording: { text: 'I agree. ', version: 'v2' },
    });
    const told = consentInputOf(
      form({ source: 'member', proof: 'Asked for reminders', purpose: 'informational' }),
      ZONE,
    );
    expect(told).toEqual({
      action: 'grant',
      purpose: 'informational',
      kind: 'express',
      evidence: { source: 'member', note: 'Asked for reminders' },
      happenedAt: '2026-05-03T18:30:00Z',
    });
    expect(consentInputOf(form({ act: 'revoke', note: 'On the phone' }), ZONE)).toEqual({
      action: 'revoke',
      purpose: 'all',
      evidence: { source: 'member', note: 'On the phone' },
      happenedAt: '2026-05-03T18:30:00Z',
    });
  });
});
