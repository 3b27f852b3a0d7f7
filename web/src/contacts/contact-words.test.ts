import { describe, expect, it } from 'vitest';
import { addressOf, attributeLabel, countWords, nobodyWords, placeOf, underName } from './contact-words.ts';

const nowhere = { street: null, city: null, state: null, postalCode: null };

describe('an address holds what is known', () => {
  it.each([
    [
      { ...nowhere, street: '12 Elm Street', city: 'Boston', state: 'MA', postalCode: '02118' },
      '12 Elm Street, Boston, MA 02118',
    ],
    [{ ...nowhere, city: 'Boston', postalCode: '02118' }, 'Boston, 02118'],
    [{ ...nowhere, state: 'MA' }, 'MA'],
    [nowhere, ''],
  ])('%j', (given, expected) => {
    expect(addressOf(given)).toBe(expected);
  });

  it('and a place only city and state', () => {
    expect(placeOf({ city: 'Boston', state: 'MA' })).toBe('Boston, MA');
  });
});

describe('under the name stands', () => {
  const contact = {
    ...nowhere,
    id: 'con_1',
    phone: '+16175550123',
    firstName: null,
    lastName: null,
    company: null,
    email: null,
    tags: [],
    attributes: {},
    zones: [],
    suppressed: null,
    numberState: 'unverified' as const,
    lastCampaignTextAt: null,
    createdAt: '',
    updatedAt: '',
  };
  it.each([
    ['the company of a person', { firstName: 'Maria', company: 'Acme', city: 'Boston' }, 'Acme'],
    ['the place when the company is the name', { company: 'Acme', city: 'Boston' }, 'Boston'],
    ['the place of a person without one', { firstName: 'Maria', city: 'Boston', state: 'MA' }, 'Boston, MA'],
    ['nothing when nothing is known', {}, ''],
  ])('%s', (_case, known, expected) => {
    expect(underName({ ...contact, ...known })).toBe(expected);
  });
});

it('an attribute is named in words', () => {
  expect(attributeLabel('lead_source')).toBe('Lead source');
});

describe('an empty list says what was asked for', () => {
  it.each([
    [undefined, true, 'No contact has all of these together.'],
    ['zzz ', false, 'No name, company, e-mail or number holds “zzz”.'],
    ['zzz', true, 'No name, company, e-mail or number holds “zzz”, among those with the other filters.'],
    [
      '02',
      false,
      'No name, company or e-mail begins with “02”. From three characters on, search finds them anywhere, also in numbers.',
    ],
  ])('%j %j', (search, narrowed, expected) => {
    expect(nobodyWords(search, narrowed)).toBe(expected);
  });
});

describe('the count beside the title', () => {
  it.each([
    [{ count: 1_204, atLeast: false }, undefined, '1,204'],
    [{ count: 400, atLeast: false }, { count: 31, atLeast: false }, '31 of 400'],
    [{ count: 100_000, atLeast: true }, undefined, '100,000+'],
  ])('%j %j', (total, matching, expected) => {
    expect(countWords(total, matching)).toBe(expected);
  });
});
