import { describe, expect, it } from 'vitest';
import { KNOWN_FIELDS, type Template } from './template.ts';
import { checkTemplate, templateFields } from './template-fields.ts';
import { parseTemplate } from './template-parser.ts';

function parsed(source: string): Template {
  const template = parseTemplate(source);
  if (!template.ok) throw new Error(template.error.message);
  return template.value;
}

describe('the fields a template uses', () => {
  it.each([
    ['shown without fallback', 'Hi {first_name}', { hasFallback: false, onlyInConditions: false, isRequired: true }],
    ['shown with a fallback', 'Hi {first_name|you}', { hasFallback: true, onlyInConditions: false, isRequired: false }],
    [
      'shown once without fallback',
      '{first_name|you} {firstName}',
      { hasFallback: false, onlyInConditions: false, isRequired: true },
    ],
    [
      'only asked for',
      '{if first_name == "Ana"}Hi{endif}',
      { hasFallback: true, onlyInConditions: true, isRequired: false },
    ],
    [
      'shown in a branch only',
      '{if not (x or first_name)}a{else if y}{First Name}{endif}',
      { hasFallback: false, onlyInConditions: false, isRequired: false },
    ],
  ])('%s', (_name, source, expected) => {
    expect(templateFields(parsed(source)).find((use) => use.key === 'firstname')).toMatchObject(expected);
  });

  it('lists each field once, at its first place and in its first spelling', () => {
    const uses = templateFields(parsed('{City} {if state and zip}{city}{else}{phone}{endif}'));
    expect(uses.map(({ name, position }) => [name, position])).toEqual([
      ['City', 0],
      ['state', 11],
      ['zip', 21],
      ['phone', 37],
    ]);
  });
});

describe('checking names against the known fields', () => {
  it.each([
    ['{frist_name}', 'first_name'],
    ['{fist name}', 'first_name'],
    ['{compnay}', 'company'],
    ['{postcode}', 'postal_code'],
    ['{name}', 'first_name'],
    ['{business}', 'business_name'],
    ['{roof_color}', null],
    ['{x}', null],
  ])('%s is near %s', (source, suggestion) => {
    const [warning] = checkTemplate(parsed(source), KNOWN_FIELDS);
    expect(warning?.suggestion ?? null).toBe(suggestion);
  });

  it('says what to do, where', () => {
    expect(checkTemplate(parsed('Hi {frist_name}, {roof}'), KNOWN_FIELDS).map(({ message }) => message)).toEqual([
      'unknown field {frist_name} at position 3. Did you mean {first_name}?',
      'unknown field {roof} at position 17. Use a known field, or import this attribute first',
    ]);
  });

  it('accepts known fields in any spelling, and attributes it is told of', () => {
    expect(checkTemplate(parsed('{firstName} {Postal Code} {roof_color}'), [...KNOWN_FIELDS, 'Roof color'])).toEqual(
      [],
    );
  });
});
