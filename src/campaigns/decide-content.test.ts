import { expect, test } from 'vitest';
import { contentRulesAt } from '../compliance/content-rules.ts';
import { instant } from '../platform/time.ts';
import { contentWarnings, tallyContent, tallyFirstTexts } from './decide-content.ts';

const rules = contentRulesAt(instant('2026-11-22T12:00:00Z'));
const known = { businessName: 'Acme Concrete', isFirst: false };
const first = { ...known, isFirst: true };

test('a first text must say who sends it and how to stop; of the others a missing name is warned of', () => {
  const warned = tallyContent(rules);
  const asked = tallyFirstTexts(rules);
  for (const person of [known, first]) {
    warned.add('Hi', person);
    asked.add(person.isFirst ? 'Acme Concrete: hi' : 'Acme Concrete: hi. Reply STOP', person);
  }
  expect(contentWarnings('The message', 2, warned.found())).toEqual([
    'The message does not say who sends it (1 of 2 looked at): carriers ask for the name of your business in every text. Begin it with {business_name}',
  ]);
  expect(contentWarnings('The message', 2, asked.found())).toEqual([
    'The message does not tell people who have never been texted how to stop (1 of 2 looked at): end it with "Reply STOP to opt out", or have that added by itself (Settings, Compliance)',
  ]);
});

test('what all texts share has no count, and of what differs from text to text three are named', () => {
  const tally = tallyContent(rules);
  for (const name of ['ann', 'bob', 'cy', 'di']) tally.add(`Hi, see http://acme.example/${name} Reply STOP`, known);
  expect(contentWarnings('Variant B', 4, tally.found())).toEqual([
    'Variant B does not say who sends it: carriers ask for the name of your business in every text. Begin it with {business_name}',
    ...['ann', 'bob', 'cy'].map(
      (name) =>
        `Variant B has a link without encryption, http://acme.example/${name} (1 of 4 looked at): write https://`,
    ),
  ]);
});
