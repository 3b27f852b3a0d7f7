import { expect, it } from 'vitest';
import { capEffect, hoursEffect, newCampaignsEffect, reviewEffect, wordingEffect } from './compliance-effects.ts';

const effects = {
  contacts: 20_000,
  neverTexted: 1_204,
  estimated: false,
  heldNumbers: 1,
  textsOfDay: [
    { texts: 1, people: 30 },
    { texts: 3, people: 2 },
  ],
};

it.each([
  [
    wordingEffect({ adds: true, wording: '' }, effects),
    '1,204 of 20,000 contacts have never been texted: their first campaign text will say it, unless it does by itself.',
  ],
  [
    wordingEffect({ adds: false, wording: '' }, { ...effects, estimated: true, neverTexted: 1 }),
    'About 1 of 20,000 contacts has never been texted: nothing is added to their first campaign text.',
  ],
  [wordingEffect({ adds: true, wording: '' }, { ...effects, contacts: 0 }), 'There are no contacts yet.'],
  [
    reviewEffect(effects),
    '1 number waits for a decision now, and keep the time they were given; replies from now on get this time.',
  ],
  [capEffect(2, effects), '2 people have had so many in the last 24 hours: campaigns would wait for them.'],
  [
    hoursEffect({ campaigns: 0, people: 0, otherHours: { campaigns: 0, people: 0 }, noHours: 0 }),
    'Nobody waits in a campaign now: campaigns that start later have these hours.',
  ],
  [
    hoursEffect({ campaigns: 2, people: 1_204, otherHours: { campaigns: 0, people: 0 }, noHours: 0 }),
    '1,204 people wait in 2 campaigns: their hours stay as they are.',
  ],
  [
    hoursEffect({ campaigns: 2, people: 1_204, otherHours: { campaigns: 1, people: 300 }, noHours: 12 }),
    '1,204 people wait in 2 campaigns: 300 of them, in 1 campaign, would get other hours, and 12 could not be texted any more.',
  ],
  [
    newCampaignsEffect({ matched: 20_000, textable: 18_796 }),
    'A new campaign to everybody would text 18,796 of 20,000 contacts and leave out 1,204.',
  ],
  [capEffect(4, effects), 'Nobody has had so many in the last 24 hours.'],
])('%s', (said, expected) => expect(said).toBe(expected));
