import { describe, expect, it } from 'vitest';
import type { AlertNotice } from '../api/alerts.ts';
import { openingWords, sentence } from './alert-words.ts';

const notice: AlertNotice = {
  channel: 'mail',
  event: 'trigger',
  state: 'sent',
  attempts: 1,
  nextAt: '2026-11-17T15:00:00Z',
  error: null,
  sentAt: '2026-11-17T15:00:00Z',
};

describe('who was told of an alert', () => {
  const cases: readonly (readonly [string, readonly Partial<AlertNotice>[], readonly string[]])[] = [
    ['nobody', [], ['Nobody was told']],
    ['both channels', [{}, { channel: 'pagerduty' }], ['Told by mail', 'Told by PagerDuty']],
    ['not the end of it', [{}, { event: 'resolve', state: 'failed', error: 'x' }], ['Told by mail']],
    [
      'some of the addresses',
      [{ error: 'the mail server refused a@b.c' }],
      ['Told by mail, but the mail server refused a@b.c'],
    ],
    ['nobody yet', [{ state: 'waiting', attempts: 0 }], ['To be told by mail']],
    [
      'nobody yet, after a try',
      [{ state: 'waiting', error: 'away' }],
      ['Not told by mail yet, it is tried again: away'],
    ],
    [
      'nobody, for good',
      [{ channel: 'pagerduty', state: 'failed', error: 'answered 400' }],
      ['Not told by PagerDuty: answered 400'],
    ],
    ['the newest opening', [{ state: 'failed', error: 'x' }, { state: 'cancelled' }], ['Over before mail was due']],
  ];
  it.each(cases)('is said: %s', (_, notices, words) => {
    const shown = openingWords({ notices: notices.map((part) => ({ ...notice, ...part })) });
    expect(shown.map(({ text }) => text)).toEqual(words);
  });
});

describe('a summary', () => {
  it.each([
    ['The gateway refused the key', 'The gateway refused the key.'],
    ['Look at them, and replay them.', 'Look at them, and replay them.'],
    ['Is it plugged in?', 'Is it plugged in?'],
  ])('%s ends as a sentence does', (words, said) => expect(sentence(words)).toBe(said));
});
