import { expect, it } from 'vitest';
import { ELIGIBILITY_RULES } from '../compliance/eligibility.ts';
import { outcomeText, sentenceFor } from './outcome-sentences.ts';

it.each([
  ['opted_out', 'Asked not to be texted'],
  ['cancelled', 'Campaign was cancelled'],
  ['missing_field:roof_age', 'The text needs roof_age, which this contact does not have'],
  ['public_shortener:bit.ly', 'The text would have a link of the public shortener bit.ly, which carriers block'],
  ['30007', 'The carrier filtered the text as unwanted'],
  ['30999', 'The carrier did not deliver the text (code 30999)'],
  ['0206400', 'The business is not registered with the US carriers (10DLC)'],
  ['0209499', 'The gateway refused the text (code 0209499)'],
  ['http_418', 'The gateway refused the text (HTTP 418)'],
  ['constructor', 'The gateway refused the text (code constructor)'],
])('says %s as "%s"', (code, sentence) => {
  expect(sentenceFor(code).sentence).toBe(sentence);
});

it.each(ELIGIBILITY_RULES.map((rule) => [rule.code, rule.sentence]))(
  'says %s in the words of its eligibility rule, and what can be done',
  (code, sentence) => {
    expect(sentenceFor(code).sentence).toBe(sentence);
    expect(sentenceFor(code).remedy).not.toBe('');
  },
);

it('joins sentence and remedy', () => {
  expect(outcomeText('30006')).toBe('A landline, or a carrier that cannot be reached. Ask for another number');
  expect(outcomeText('cancelled')).toBe('Campaign was cancelled. A copy of the campaign can reach this person');
});
