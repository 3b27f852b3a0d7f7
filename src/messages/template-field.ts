import { type FieldReference, normaliseFieldName, type TemplateContact, type TemplateValue } from './template.ts';

/**
 * How a field finds its value: the contact's own property first, in any spelling, then the custom attribute of that name.
 * Only own properties count, so `{constructor}` is an unknown field like any other. The likely spellings are tried directly;
 * only a record without any of them is searched name by name.
 */
export interface FieldAccess {
  /** The value as text, '' when there is none. Booleans read `yes` and `no`. */
  readonly text: (contact: TemplateContact) => string;
  /** Whether there is more than blanks; `false` counts as not filled. */
  readonly isFilled: (contact: TemplateContact) => boolean;
  /** Compares with a text already folded by `foldText`. */
  readonly equals: (contact: TemplateContact, folded: string) => boolean;
}

type Values = Readonly<Record<string, unknown>>;

const FULL_NAME_KEY = 'fullname';

/** Names of a record whose normalised form is remembered per field; an attribute beyond them is found too, only slower. */
const REMEMBERED_NAMES_MAX = 1_000;

/** The form in which two values are equal in a condition. */
export const foldText = (text: string): string => text.trim().normalize('NFC').toLowerCase();

export function compileField(field: FieldReference): FieldAccess {
  const read = field.key === FULL_NAME_KEY ? fullNameReader() : valueReader(field.name);
  return {
    text: (contact) => textOf(read(contact)),
    isFilled: (contact) => {
      const value = read(contact);
      return value !== false && textOf(value) !== '';
    },
    equals: (contact, folded) => {
      const value = read(contact);
      if (typeof value === 'boolean') return folded === (value ? 'yes' : 'no') || folded === String(value);
      return foldText(textOf(value)) === folded;
    },
  };
}

function fullNameReader(): (contact: TemplateContact) => TemplateValue {
  const fullName = valueReader('full_name');
  const firstName = valueReader('first_name');
  const lastName = valueReader('last_name');
  return (contact) => {
    const whole = fullName(contact);
    if (textOf(whole) !== '') return whole;
    return `${textOf(firstName(contact)).trim()} ${textOf(lastName(contact)).trim()}`.trim();
  };
}

function valueReader(name: string): (contact: TemplateContact) => TemplateValue {
  const spellings = likelySpellings(name);
  const keyOf = rememberedKeys();
  const key = keyOf(name);
  const find = (values: Values): TemplateValue => {
    for (const spelling of spellings) {
      if (Object.hasOwn(values, spelling)) return asValue(values[spelling]);
    }
    const own = Object.keys(values).find((candidate) => keyOf(candidate) === key);
    return own === undefined ? undefined : asValue(values[own]);
  };
  return (contact) => {
    const value = find(contact);
    if (textOf(value) !== '' || !Object.hasOwn(contact, 'attributes')) return value;
    const { attributes } = contact;
    return attributes !== null && typeof attributes === 'object' ? (find(attributes) ?? value) : value;
  };
}

function likelySpellings(name: string): readonly string[] {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean);
  const camel = words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
  return [...new Set([camel, words.join('_'), name])];
}

function rememberedKeys(): (name: string) => string {
  const keys = new Map<string, string>();
  return (name) => {
    const known = keys.get(name);
    if (known !== undefined) return known;
    const key = normaliseFieldName(name);
    if (keys.size < REMEMBERED_NAMES_MAX) keys.set(name, key);
    return key;
  };
}

const asValue = (value: unknown): TemplateValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;

/** '' for everything that has nothing to show, so that no text ever says "undefined" or "NaN". */
function textOf(value: TemplateValue): string {
  if (typeof value === 'string') return value.trim() === '' ? '' : value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return '';
}
