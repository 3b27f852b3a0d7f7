import { describe, expect, it } from 'vitest';
import { describeText } from './preview-text.ts';
import { KNOWN_FIELDS, type TemplateContact } from './template.ts';
import { parseTemplate } from './template-parser.ts';

const MARIA: TemplateContact = {
  firstName: 'Maria',
  phone: '+16175550123',
  businessName: 'Acme',
  attributes: { roof_age: '12' },
};

function preview(body: string) {
  const template = parseTemplate(body);
  if (!template.ok) throw new Error(template.error.message);
  return describeText(template.value, { person: MARIA, fields: [...KNOWN_FIELDS, 'roof_age'] });
}

it('shows the text of this person with its parts', () => {
  expect(preview('Hi {first_name|there}, roof of {roof_age|some} years? {business_name}')).toEqual({
    text: 'Hi Maria, roof of 12 years? Acme',
    added: null,
    encoding: 'GSM-7',
    units: 32,
    parts: 1,
    unitsInLastPart: 32,
    limitOfLastPart: 160,
    charactersOutsideGsm7: [],
    plainBody: null,
    fields: [
      { name: 'first_name', known: true, hasFallback: true, suggestion: null },
      { name: 'roof_age', known: true, hasFallback: true, suggestion: null },
      { name: 'business_name', known: true, hasFallback: false, suggestion: null },
    ],
    warnings: [],
    error: null,
    contact: null,
  });
});

it('has no text and says where, when this person lacks a field', () => {
  const { text, parts, error } = preview('Hi {last_name}');
  expect([text, parts, error?.position]).toEqual([null, 0, 3]);
  expect(error?.message).toContain('{last_name}');
});

describe('warns of', () => {
  it.each([
    [
      'a field without fallback',
      'Hi {first_name}',
      ['{first_name} has no fallback: people without it will not be texted. Write one as in {first_name|there}'],
    ],
    ['none where every person has a value', '{phone} {business_name}', []],
    ['none under a condition that says it is filled', 'Hi{if last_name} {last_name}{endif}', []],
    ['none where a field is only asked for', '{if company}Hello{endif} there', []],
    [
      'an unknown field, with the likely one',
      'Hi {frist_name|there}',
      ['unknown field {frist_name} at position 3. Did you mean {first_name}?'],
    ],
    [
      'characters that make it longer, with their look-alikes',
      `It’s ${'x'.repeat(100)} – bye`,
      [
        "’ – are not in the SMS alphabet, so that a part holds 70 characters instead of 160. Replace ’ by ', – by - to need 1 part instead of 2",
      ],
    ],
    [
      'characters that only take room',
      'It’s',
      [
        "’ is not in the SMS alphabet, so that a part holds 70 characters instead of 160. Replace ’ by ' to have more room",
      ],
    ],
    [
      'characters without look-alikes',
      'Done 👍',
      ['👍 is not in the SMS alphabet, so that a part holds 70 characters instead of 160'],
    ],
    [
      'the first eight of many such characters',
      'مرحبا كيف حالكم',
      ['م ر ح ب ا ك ي ف and 1 more are not in the SMS alphabet, so that a part holds 70 characters instead of 160'],
    ],
    ['more than three parts', 'x'.repeat(460), ['the text needs 4 parts, and each part is paid for']],
    ['none for three parts', 'x'.repeat(459), []],
    [
      'nothing left',
      '{if company}Hello{endif} ',
      ['nothing is left of the text for this person, who will not be texted'],
    ],
    [
      'more than gateways take',
      'x'.repeat(1_601),
      [
        'the text needs 11 parts, and each part is paid for',
        'the text has 1601 characters, and gateways take at most 1600',
      ],
    ],
  ])('%s', (_case, body, warnings) => {
    expect(preview(body).warnings).toEqual(warnings);
  });
});

describe('offers the text with look-alikes of the SMS alphabet', () => {
  it.each([
    ['when they are all that is in the way', 'It’s {first_name|“you”}…', 'It\'s {first_name|"you"}...'],
    [
      'but leaves conditions alone',
      '{if city == "O’Fallon"}It’s{else}Isn’t{endif} you',
      '{if city == "O’Fallon"}It\'s{else}Isn\'t{endif} you',
    ],
    ['not when something else is in the way as well', 'It’s 👍', null],
    ['not when nothing is', 'Its ok', null],
    ['not when this person would get no text', 'It’s {last_name}', null],
  ])('%s', (_case, body, expected) => {
    expect(preview(body).plainBody).toBe(expected);
  });
});
