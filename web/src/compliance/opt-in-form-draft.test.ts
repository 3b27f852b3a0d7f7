import { expect, it } from 'vitest';
import { bodyOf, missingWords, newDraft, withPurpose } from './opt-in-form-draft.ts';

const draft = newDraft('Acme Concrete', 'lane_1');

it('the suggested words lack nothing, in either language and for either purpose', () => {
  for (const purpose of ['marketing', 'informational'] as const)
    for (const words of Object.values(withPurpose(draft, purpose, 'Acme Concrete').words))
      expect(missingWords(words.wording, 'Acme Concrete')).toEqual([]);
});

it('what others lack is named', () => {
  expect(missingWords('I agree to texts.', 'Acme Concrete')).toEqual([
    ...['the name Acme Concrete', 'STOP', 'HELP', 'that rates may apply', 'how often you text'],
    'that nothing has to be bought',
  ]);
});

it('words that somebody wrote stay when the purpose changes', () => {
  const own = { ...draft, words: { ...draft.words, en: { ...draft.words.en, wording: 'Mine' } } };
  expect(withPurpose(own, 'informational', 'Acme Concrete').words.en.wording).toBe('Mine');
});

it('sites are one a line, and an empty address is none', () => {
  const sites = ' https://a.example \n\nhttps://b.example';
  expect(bodyOf({ ...draft, name: ' Join ', sites })).toMatchObject({
    ...{ name: 'Join', kind: 'express_written', allowedOrigins: ['https://a.example', 'https://b.example'] },
    ...{ redirectUrl: null, wordings: [{ language: 'en' }] },
  });
});
