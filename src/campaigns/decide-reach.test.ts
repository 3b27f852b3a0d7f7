import { describe, expect, it } from 'vitest';
import { contentRulesAt } from '../compliance/content-rules.ts';
import type { TemplateContact } from '../messages/template.ts';
import { parseTemplate } from '../messages/template-parser.ts';
import { instant } from '../platform/time.ts';
import { nobodySentence, someCannotSentences, tallyReach, type VariantReach } from './decide-reach.ts';

function reachOf(body: string, people: readonly TemplateContact[]): VariantReach {
  const template = parseTemplate(body);
  if (!template.ok) throw new Error(template.error.message);
  const tally = tallyReach(template.value);
  for (const person of people) tally.add(person);
  return tally.reach();
}

describe('who can get a variant', () => {
  it('is who has every field that the text shows to this person', () =>
    expect(
      reachOf('{first_name} {if company}{city}{endif}{state|none}', [
        { firstName: 'Ana' },
        { firstName: 'Ben', company: 'Ltd' },
        { company: 'Ltd' },
      ]),
    ).toEqual({
      people: 3,
      sendable: 1,
      missing: new Map([
        ['first_name', 1],
        ['city', 2],
      ]),
      tooLong: 0,
      empty: 0,
      shortened: 0,
    }));

  it('counts a field once, however often the text shows it', () =>
    expect(reachOf('{city} {City}', [{}]).missing).toEqual(new Map([['city', 1]])));

  it('is nobody whose text is too long or empty', () =>
    expect(reachOf('{city|}', [{ city: 'x'.repeat(1_600) }, { city: 'x'.repeat(1_601) }, {}])).toEqual({
      people: 3,
      sendable: 1,
      missing: new Map(),
      tooLong: 1,
      empty: 1,
      shortened: 0,
    }));

  it('gives the text that goes out', () => {
    const template = parseTemplate('Hi {first_name}');
    if (!template.ok) throw new Error(template.error.message);
    const tally = tallyReach(template.value, { content: contentRulesAt(instant('2026-11-22T12:00:00Z')) });
    const texts = [{ firstName: 'Ana' }, {}, { firstName: 'bit.ly/ana' }].map((person) => tally.add(person));
    expect(texts).toEqual(['Hi Ana', undefined, undefined]);
    expect(tally.reach()).toMatchObject({ people: 3, sendable: 1, shortened: 1 });
  });
});

const reach = (change: Partial<VariantReach>): VariantReach => ({
  people: 1_204,
  sendable: 1_000,
  missing: new Map(),
  tooLong: 0,
  empty: 0,
  shortened: 0,
  ...change,
});

describe('words for those who cannot get a variant', () => {
  it.each<[string | undefined, Partial<VariantReach>, number, readonly string[]]>([
    [
      undefined,
      { missing: new Map([['city', 12]]) },
      1_204,
      [
        '12 of 1,204 people have no {city}: they will not be texted. Write a fallback, as in {city|there}, or fill in the field',
      ],
    ],
    [
      'Variant B',
      { missing: new Map([['city', 1]]) },
      1_204,
      [
        'Variant B: 1 of 1,204 people has no {city}: whoever of them gets this variant will not be texted. Write a fallback, as in {city|there}, or fill in the field',
      ],
    ],
    [
      undefined,
      { tooLong: 1, empty: 3 },
      1_204,
      [
        '3 of 1,204 people would get an empty text: they will not be texted. Look at the conditions of the text',
        '1 of 1,204 people would get more than the 1,600 characters that gateways take: this person will not be texted. Shorten the text, or the fields that make it long',
      ],
    ],
    [
      undefined,
      { missing: new Map([['city', 3]]) },
      12_040,
      [
        'About 30 of 12,040 people have no {city}: they will not be texted. Write a fallback, as in {city|there}, or fill in the field',
      ],
    ],
    [
      undefined,
      { shortened: 2 },
      1_204,
      [
        '2 of 1,204 people would get a link of a public shortener out of their fields, which carriers block: they will not be texted. Put links of your own domain into these fields',
      ],
    ],
    [undefined, {}, 1_204, []],
  ])('of %s, %j of %i', (subject, change, of, sentences) =>
    expect(someCannotSentences(subject, reach(change), of)).toEqual(sentences),
  );

  it.each<[Partial<VariantReach>, string]>([
    [
      {
        missing: new Map([
          ['nickname', 1_204],
          ['city', 3],
        ]),
      },
      'all 1,204 people have no {nickname}, 3 have no {city}. Write a fallback, as in {nickname|there}, or fill in the field. Write a fallback, as in {city|there}, or fill in the field',
    ],
    [{ people: 1, empty: 1 }, 'the only person would get an empty text. Look at the conditions of the text'],
  ])('when it is nobody: %j', (change, words) =>
    expect(nobodySentence('Variant A', reach({ sendable: 0, ...change }))).toBe(
      `Variant A cannot be sent to anybody: ${words}`,
    ),
  );
});
