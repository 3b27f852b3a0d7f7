import { expect, test } from 'vitest';
import { contentRulesOn } from '../compliance/content-rules.ts';
import { contentWarnings, tallyContent } from './decide-content.ts';

const rules = contentRulesOn('2026-11-22');
const known = { businessName: 'Acme Concrete', isFirst: false };
const first = { ...known, isFirst: true };

test('who has never been texted must be told how to stop, the others have been', () => {
  const tally = tallyContent(rules);
  tally.add('Acme Concrete: hi', known);
  expect(tally.found()).toEqual([]);
  tally.add('Acme Concrete: hi', first);
  expect(contentWarnings('The message', 2, tally.found())).toEqual([
    'The message does not tell people who have never been texted how to stop (1 of 2 looked at): end it with "Reply STOP to opt out", or have that added by itself (Settings, Compliance)',
  ]);
});

test('what all texts share has no count, and of what differs from text to text three are named', () => {
  const tally = tallyContent(rules);
  for (const name of ['ann', 'bob', 'cy', 'di']) tally.add(`Hi, see bit.ly/${name} Reply STOP`, first);
  expect(contentWarnings('Variant B', 4, tally.found())).toEqual([
    'Variant B does not say who sends it: carriers ask for the name of your business in every text. Begin it with {business_name}',
    ...['ann', 'bob', 'cy'].map(
      (name) =>
        `Variant B has the link bit.ly/${name} of a public shortener (1 of 4 looked at): carriers block those. Use a link of your own domain`,
    ),
  ]);
});
