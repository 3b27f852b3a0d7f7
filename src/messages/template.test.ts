import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeTemplate, normaliseFieldName, type Template, type TemplateContact } from './template.ts';
import { parseTemplate } from './template-parser.ts';
import { printTemplate } from './template-print.ts';
import { renderTemplate } from './template-render.ts';

function parsed(source: string): Template {
  const template = parseTemplate(source);
  if (!template.ok) throw new Error(template.error.message);
  return template.value;
}

/** The rendered text, or the refusal's message. */
function rendered(source: string, contact: TemplateContact = {}): string {
  const text = renderTemplate(parsed(source), contact);
  return text.ok ? text.value : text.error.message;
}

const ANA: TemplateContact = {
  firstName: 'Ana',
  lastName: 'Ruiz',
  company: 'Ruiz Homes',
  city: 'Boston',
  state: null,
  phone: '+16175550123',
  attributes: { 'Lot size': 12, vip: true, lapsed: false, 'last.visit': 'May 3', nickname: '' },
};

describe('merge fields', () => {
  it.each([
    ['takes the contact value', 'Hi {first_name}!', 'Hi Ana!'],
    ['reads camelCase', 'Hi {firstName}!', 'Hi Ana!'],
    ['reads words with spaces and capitals', 'Hi { First Name }!', 'Hi Ana!'],
    ['reads a custom attribute', 'Your {lot_size} acres', 'Your 12 acres'],
    ['reads an attribute with a dot in its name', '{Last Visit}', 'May 3'],
    ['writes booleans as yes and no', '{vip} {lapsed}', 'yes no'],
    ['joins the full name from its halves', 'Dear {full_name},', 'Dear Ana Ruiz,'],
    ['prefers the value over the fallback', '{first_name|there}', 'Ana'],
    ['takes the fallback for null', '{state|your state}', 'your state'],
    ['takes the fallback for a field nobody has', '{pet|your pet, too}', 'your pet, too'],
    ['keeps the blanks of a fallback', 'Hi{state| there }!', 'Hi there !'],
    ['allows an empty fallback', 'Hi{state|}!', 'Hi!'],
    ['reads escapes in a fallback', '{state|\\{a\\|b\\}\\\\}', '{a|b}\\'],
    ['takes the fallback for a blank attribute', '{nickname|friend}', 'friend'],
    ['keeps line breaks', 'Hi {first_name},\n\nbye', 'Hi Ana,\n\nbye'],
  ])('%s', (_name, source, expected) => expect(rendered(source, ANA)).toBe(expected));

  it('gives the contact its own field before an attribute of the same name, unless it is empty', () => {
    expect(rendered('{city}', { city: 'Boston', attributes: { City: 'Austin' } })).toBe('Boston');
    expect(rendered('{city}', { city: ' ', attributes: { City: 'Austin' } })).toBe('Austin');
  });

  it('keeps a full name that is given, and makes do with half of one', () => {
    expect(rendered('{full_name}', { fullName: 'Dr. Ruiz', firstName: 'Ana' })).toBe('Dr. Ruiz');
    expect(rendered('{full_name}', { first_name: 'Ana' })).toBe('Ana');
    expect(rendered('{full_name|friend}', {})).toBe('friend');
  });

  it.each(['{x}', '\\{first_name\\}', '{if a}', '\\', '|', '{first_name|there}'])(
    'writes the value %s as it is',
    (value) => expect(rendered('<{note}>', { note: value })).toBe(`<${value}>`),
  );

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'attributes', 'valueOf'])(
    'finds no value behind the prototype name %s',
    (name) => {
      expect(rendered(`{${name}|nothing}`, { attributes: {} })).toBe('nothing');
      expect(rendered(`{if ${name}}some{else}nothing{endif}`, { attributes: {} })).toBe('nothing');
    },
  );

  it("sees a contact's own values only, not inherited ones", () => {
    const contact: TemplateContact = Object.create({ firstName: 'Ghost', attributes: { pet: 'Rex' } });
    expect(rendered('{first_name|nobody} {pet|nothing}', contact)).toBe('nobody nothing');
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['an empty text', ''],
    ['blanks', '  '],
    ['not a number', Number.NaN],
  ])('refuses to leave a hole for %s', (_name, value) => {
    const text = renderTemplate(parsed('Dear {first_name}!'), { firstName: value });
    expect(text).toEqual({
      ok: false,
      error: {
        field: 'first_name',
        position: 5,
        message:
          "missing merge field: {first_name} at position 5 has no value for this contact and no fallback. Fill in the contact's first_name, or write a fallback as in {first_name|there}",
      },
    });
  });

  it('misses nothing in a branch that is not taken', () => {
    expect(rendered('Hi{if company} from {company}{endif}!', {})).toBe('Hi!');
  });
});

describe('conditions', () => {
  it.each([
    ['{if company}A{endif}', 'A'],
    ['{if state}A{endif}', ''],
    ['{if state}A{else}B{endif}', 'B'],
    ['{if not state}A{endif}', 'A'],
    ['{if not not company}A{endif}', 'A'],
    ['{if company}A{/if}', 'A'],
    ['{IF Company}A{ELSE}B{EndIf}', 'A'],
    ['{if nickname}A{else}B{endif}', 'B'],
    ['{if vip}A{endif}{if lapsed}B{endif}', 'A'],
    ['{if vip == "yes"}A{endif}{if vip == "true"}B{endif}{if lapsed == "no"}C{endif}', 'ABC'],
    ['{if lot size == "12"}A{endif}', 'A'],
    ['{if city == "Boston"}A{endif}', 'A'],
    ['{if city == " boston "}A{endif}', 'A'],
    ['{if city != "Boston"}A{else}B{endif}', 'B'],
    ['{if state != "MA"}A{endif}', 'A'],
    ['{if city == “Boston”}A{endif}', 'A'],
    ["{if city == 'Boston'}A{endif}", 'A'],
    ['{if city == ‘Boston’}A{endif}', 'A'],
    ['{if city == "Au\\"stin\\}"}A{else}B{endif}', 'B'],
    ['{if city=="Boston"}A{endif}', 'A'],
    ['{if First Name == "ana" and company}A{endif}', 'A'],
    ['{if state or company}A{endif}', 'A'],
    ['{if state and company or city}A{endif}', 'A'],
    ['{if state and (company or city)}A{else}B{endif}', 'B'],
    ['{if not state and not pet}A{endif}', 'A'],
    ['{if not (state or company)}A{else}B{endif}', 'B'],
    ['{if(company)}A{endif}', 'A'],
    ['{if state}A{else if city == "Austin"}B{elseif city == "Boston"}C{else}D{endif}', 'C'],
    ['{if state}A{else if pet}B{endif}', ''],
    ['{if company}1{if state}2{else}3{if city}4{endif}{endif}5{endif}6', '13456'],
    ['{if state}1{if company}2{endif}{else}3{endif}', '3'],
    ['{if company}{endif}', ''],
  ])('%s gives %j', (source, expected) => expect(rendered(source, ANA)).toBe(expected));

  it('leaves the blanks around a removed condition to the author', () => {
    expect(rendered('A {if state}x{endif} B', ANA)).toBe('A  B');
  });
});

describe('escapes and plain text', () => {
  it.each([
    ['\\{first_name\\}', '{first_name}'],
    ['a\\|b|c', 'a|b|c'],
    ['C:\\\\', 'C:\\'],
    ['', ''],
    ['100% & more [brackets]', '100% & more [brackets]'],
  ])('%s gives %s', (source, expected) => expect(rendered(source)).toBe(expected));
});

describe('refusals name the place, the value and the remedy', () => {
  const nested = (depth: number) => '{if a}'.repeat(depth) + '{endif}'.repeat(depth);

  it.each([
    ['Hi {first_name', 3, '`{first_name` at position 3 is never closed: add `}`'],
    ['Hi {first_name, {company}', 3, '`{first_name` at position 3 is never closed'],
    ['{state|none', 0, '`{state` at position 0 is never closed'],
    ['{state|a {b}}', 0, '`{state` at position 0 is never closed'],
    ['Hi {if company and', 3, '`{if company and` at position 3 is never closed: add `}`'],
    ['{if company {b}', 0, '`{if company` at position 0 is never closed'],
    ['{else', 0, '`{else` at position 0 is never closed'],
    ['Hi } there', 3, '`}` at position 3 closes nothing: write `\\}`'],
    ['Hi {}', 3, '`{}` at position 3 names no field'],
    ['Hi {  |x}', 3, 'names no field'],
    ['Hi {__}', 3, 'names no field'],
    ['{first_name, there}', 11, 'unexpected `,` at position 11 in a merge field'],
    ['{first "x"}', 7, 'unexpected `"` at position 7 in a merge field'],
    ['Hi {👍}', 4, 'unexpected `👍` at position 4 in a merge field'],
    ['{a|b|c}', 4, 'second `|` at position 4 in a merge field: it has one fallback; a bar that is text is `\\|`'],
    ['a\\d', 1, '`\\d` at position 1 is no escape: write `\\\\`'],
    ['a\\', 1, '`\\` at position 1 is no escape'],
    ['{a|\\👍}', 3, '`\\👍` at position 3 is no escape'],
    ['abc{endif}', 3, '`{endif}` at position 3 has no `{if}`'],
    ['abc{/if}', 3, '`{endif}` at position 3 has no `{if}`'],
    ['a{else}', 1, '`{else}` at position 1 has no `{if}`'],
    ['a{else if b}', 1, '`{else if}` at position 1 has no `{if}`'],
    ['{if a}1{else}2{else}3{endif}', 14, '`{else}` at position 14 comes after `{else}`: the `{if}` at position 0'],
    ['{if a}1{else}2{else if b}3{endif}', 14, '`{else if}` at position 14 comes after `{else}`'],
    ['Hi {if a}b', 3, '`{if}` at position 3 is never ended: add `{endif}`'],
    ['{if a}{if b}{endif}', 0, '`{if}` at position 0 is never ended'],
    ['{if a}{else where}', 7, 'misplaced word `else` at position 7'],
    ['{if a}{endif a}', 7, 'misplaced word `endif` at position 7'],
    ['{if a}{/unless}', 7, 'unknown word `/unless` at position 7: the words are {if ...}'],
    ['{if}', 0, '`{if}` at position 0 has no condition: name a field'],
    ['a{if  }', 1, '`{if  }` at position 1 has no condition'],
    ['{if a}1{else if}2{endif}', 7, '`{else if}` at position 7 has no condition'],
    ['{if and}', 4, 'unexpected `and` at position 4 in a condition: a field name belongs here'],
    ['{if a and}', 9, 'unexpected `}` at position 9 in a condition: a field name belongs here'],
    ['{if a or or b}', 9, 'unexpected `or` at position 9'],
    ['{if not}', 7, 'unexpected `}` at position 7'],
    ['{if "a"}', 4, 'unexpected `a` at position 4 in a condition: a field name belongs here'],
    ['{if city is "Boston"}', 9, 'unknown word `is` at position 9 before a quoted text: compare with `==` or `!=`'],
    ['{if city == Boston}', 12, '`Boston` at position 12 is not in quotes: write `== "Boston"`'],
    ['{if city ==}', 11, 'unexpected `}` at position 11 in a condition: a quoted text belongs here'],
    ['{if city = "Boston"}', 9, 'unexpected `=` at position 9 in a condition: compare with `==`'],
    ['{if !city}', 4, 'unexpected `!` at position 4 in a condition: write `not`'],
    ['{if a && b}', 6, 'unexpected `&` at position 6 in a condition: write `and`'],
    ['{if a|b}', 5, 'unexpected `|` at position 5 in a condition: write `or`'],
    ['{if a > 3}', 6, 'unexpected `>` at position 6 in a condition'],
    ['{if city == "Boston}x{endif}', 12, 'the quoted text that starts at position 12 is never closed'],
    ['{if (a}', 4, '`(` at position 4 is never closed: add `)`'],
    ['{if a)}', 5, 'unexpected `)` at position 5 in a condition: `and`, `or` or the closing `}` belongs here'],
    ['{if -}', 4, '`-` at position 4 names no field'],
    [nested(21), 120, '`{if}` at position 120 nests deeper than 20'],
    [`{if ${'('.repeat(21)}a`, 24, 'is never closed'],
    [`{if ${'('.repeat(21)}a${')'.repeat(21)}}`, 24, '`(` at position 24 nests deeper than 20 parentheses'],
    ['x'.repeat(6401), 6400, 'the template has 6401 characters, at most 6400 are allowed'],
  ])('%s', (source, position, message) => {
    const template = parseTemplate(source);
    if (template.ok) throw new Error('parsed');
    expect(template.error.message).toContain(message);
    expect(template.error.position).toBe(message === 'is never closed' ? 0 : position);
  });

  it('accepts the deepest nesting and the longest source', () => {
    expect(parseTemplate(nested(20)).ok).toBe(true);
    expect(parseTemplate('x'.repeat(6400)).ok).toBe(true);
    expect(parseTemplate(`{if ${'not '.repeat(1500)}a}b{endif}`).ok).toBe(true);
  });
});

/** Random sources that are mostly template syntax, so that parsing meets every rule. */
const syntax = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '{if ',
        '{else}',
        '{else if ',
        '{endif}',
        '{',
        '}',
        '|',
        '\\',
        '"',
        '“',
        '(',
        ')',
        '==',
        '!=',
        ' ',
      ),
      fc.constantFrom(
        'a',
        'first_name',
        'and',
        'or',
        'not',
        'Boston',
        '}',
        '}',
        '{a}',
        '{a|b}',
        '{if a}',
        '{if not a}',
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(''));

/** Random sources that parse, built from the grammar. */
const valid: fc.Arbitrary<string> = fc.letrec<{ nodes: string; node: string; condition: string }>((tie) => ({
  nodes: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join('')),
  node: fc.oneof(
    { maxDepth: 3 },
    fc.string({ maxLength: 6 }).map(escapeTemplate),
    fc.constantFrom('{a}', '{First Name|you \\| x}', '{b|}'),
    fc.tuple(tie('condition'), tie('nodes')).map(([condition, nodes]) => `{if ${condition}}${nodes}{endif}`),
    fc
      .tuple(tie('condition'), tie('nodes'), tie('condition'), tie('nodes'), tie('nodes'))
      .map(([one, a, two, b, c]) => `{if ${one}}${a}{else if ${two}}${b}{else}${c}{endif}`),
  ),
  condition: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', 'First Name', 'city == "Bos\\"ton"', 'city != “x\\}”'),
    tie('condition').map((condition) => `not (${condition})`),
    fc.tuple(tie('condition'), tie('condition')).map(([left, right]) => `(${left}) and ${right}`),
    fc.tuple(tie('condition'), tie('condition')).map(([left, right]) => `${left} or (${right})`),
  ),
})).nodes;

const withoutPositions = (template: Template): unknown =>
  JSON.parse(JSON.stringify(template.nodes, (key, value) => (key === 'position' ? undefined : value)));

describe('every template', () => {
  it('escaped text renders as the text, also as a fallback', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(rendered(escapeTemplate(text))).toBe(text);
        expect(rendered(`{nobody|${escapeTemplate(text)}}`)).toBe(text);
      }),
    );
  });

  it('text without syntax renders as itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        fc.pre(!/[\\{}]/.test(text));
        expect(rendered(text)).toBe(text);
      }),
    );
  });

  it('parses or refuses, never throws, and points into the source', () => {
    fc.assert(
      fc.property(syntax, (source) => {
        const template = parseTemplate(source);
        if (template.ok) return;
        expect(template.error.position).toBeGreaterThanOrEqual(0);
        expect(template.error.position).toBeLessThanOrEqual(source.length);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused with the same position in the sentence and beside it', () => {
    fc.assert(
      fc.property(fc.oneof(syntax, fc.constantFrom('{if}x{endif}', '{if a}x{else if }y{endif}')), (source) => {
        const template = parseTemplate(source);
        if (template.ok) return;
        const { message, position } = template.error;
        expect(/at position (\d+)/.exec(message)?.[1]).toBe(String(position));
      }),
      { numRuns: 500 },
    );
  });

  it('prints to a source with the same meaning', () => {
    fc.assert(
      fc.property(
        valid,
        fc.dictionary(fc.constantFrom('a', 'b', 'firstName', 'city'), fc.string()),
        (source, contact) => {
          const template = parsed(source);
          const again = parsed(printTemplate(template.nodes));
          expect(printTemplate(again.nodes)).toBe(printTemplate(template.nodes));
          expect(withoutPositions(again)).toEqual(withoutPositions(template));
          const text = renderTemplate(template, contact);
          const textAgain = renderTemplate(again, contact);
          expect(textAgain.ok ? textAgain.value : 'missing').toBe(text.ok ? text.value : 'missing');
        },
      ),
    );
  });

  it('never shows undefined, null or NaN, whatever a contact holds', () => {
    const nothing = fc.constantFrom(undefined, null, Number.NaN, Number.NEGATIVE_INFINITY, '', ' \n');
    const contacts = fc.record({ a: nothing, b: fc.dictionary(fc.string(), fc.string()) }, { requiredKeys: [] });
    fc.assert(
      fc.property(contacts, (contact) => {
        expect(rendered('<{a|none}|{b|none}>', contact)).toBe('<none|none>');
      }),
    );
  });
});

describe('the form in which field names are compared', () => {
  it.each([
    ['first_name', 'firstname'],
    ['First  Name', 'firstname'],
    ['Último-pago', 'últimopago'],
    ['U\u0301ltimo', 'último'],
  ])('%s is %s', (name, key) => expect(normaliseFieldName(name)).toBe(key));
});
