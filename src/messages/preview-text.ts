import { sql } from 'kysely';
import { type Addition, withWording } from '../compliance/opt-out-wording.ts';
import { type Contact, contactName } from '../contacts/contact.ts';
import { getContact } from '../contacts/list-contacts.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { countParts, type Encoding, isGsm7, type PartCount, toGsm7 } from './encoding.ts';
import { TEXT_LENGTH_MAX } from './sendable-text.ts';
import { KNOWN_FIELDS, normaliseFieldName, OPT_OUT_LINK_KEY, type Template, type TemplateContact } from './template.ts';
import { checkTemplate, templateFields } from './template-fields.ts';
import { parseTemplate } from './template-parser.ts';
import { renderTemplate } from './template-render.ts';
import { neverTextedSql } from './texted-before.ts';
import { unguardedFields } from './unguarded-fields.ts';

export interface TextPreview {
  /** The final text; null exactly when `error` is set. */
  readonly text: string | null;
  /** What was put behind it because it is the first text to this person. */
  readonly added: string | null;
  readonly encoding: Encoding | null;
  readonly units: number;
  readonly parts: number;
  readonly unitsInLastPart: number;
  readonly limitOfLastPart: number;
  readonly charactersOutsideGsm7: readonly string[];
  /** The template with look-alikes of the SMS alphabet, when that makes this person's text fit into it; else null. */
  readonly plainBody: string | null;
  readonly fields: readonly {
    readonly name: string;
    readonly known: boolean;
    readonly hasFallback: boolean;
    /** For an unknown field: the name that was probably meant. */
    readonly suggestion: string | null;
  }[];
  readonly warnings: readonly string[];
  /** Why there is no text: it does not parse, or this person lacks a field. `position` is a 0-based UTF-16 offset. */
  readonly error: { readonly message: string; readonly position: number } | null;
  /** Null: the sample person. */
  readonly contact: { readonly id: Uuid; readonly name: string; readonly phone: string } | null;
}

export interface PreviewDeps {
  readonly businessName: string;
  /** Null while people reach us under no address. */
  readonly optOutLink?: string | null;
  /** Names of imported attributes; asked for only when the text uses a field that is none of the known ones. */
  readonly attributeNames: () => Promise<readonly string[]>;
  /** Of a campaign: what is put behind the first text to a person. */
  readonly addition?: Addition | undefined;
}

/** The text as one contact, or else a sample person who has every field, would get it. */
export async function previewText(
  db: Db | Tx,
  deps: PreviewDeps,
  input: { readonly body: string; readonly contactId: Uuid | undefined },
): Promise<Outcome<TextPreview>> {
  const contact = input.contactId === undefined ? undefined : await getContact(db, input.contactId);
  if (contact?.ok === false) return contact;
  const template = parseTemplate(input.body);
  const person = contact === undefined ? null : shownPerson(contact.value);
  if (!template.ok) return ok({ ...NOTHING, error: template.error, contact: person });
  const attributes = usesAttributes(template.value) ? await deps.attributeNames() : [];
  const values = contact === undefined ? samplePerson(attributes) : personOf(contact.value);
  const preview = describeText(template.value, {
    person: { ...values, businessName: deps.businessName, optOutLink: deps.optOutLink },
    fields: [...KNOWN_FIELDS, ...attributes],
    addition: contact === undefined || (await wasNeverTexted(db, contact.value.id)) ? deps.addition : undefined,
  });
  return ok({ ...preview, contact: person });
}

/** Primary key, then index message_phone. */
async function wasNeverTexted(db: Db | Tx, contactId: Uuid): Promise<boolean> {
  const { rows } = await sql<{ first: boolean }>`
    select ${neverTextedSql(sql`null`)} as first from contact c where c.id = ${contactId}`.execute(db);
  return rows[0]?.first === true;
}

const NOTHING: TextPreview = {
  text: null,
  added: null,
  encoding: null,
  units: 0,
  parts: 0,
  unitsInLastPart: 0,
  limitOfLastPart: 0,
  charactersOutsideGsm7: [],
  plainBody: null,
  fields: [],
  warnings: [],
  error: null,
  contact: null,
};

/** Renders for one person, counts, and warns. Pure. `fields` are all names that mean something. */
export function describeText(
  template: Template,
  facts: {
    readonly person: TemplateContact;
    readonly fields: readonly string[];
    readonly addition?: Addition | undefined;
  },
): TextPreview {
  const unknown = new Map(checkTemplate(template, facts.fields).map((warning) => [warning.field, warning]));
  const uses = templateFields(template);
  const unguarded = unguardedFields(template);
  const rendered = renderTemplate(template, facts.person);
  const added = rendered.ok && rendered.value.trim() !== '' ? (facts.addition?.(rendered.value) ?? null) : null;
  const text = rendered.ok ? (added === null ? rendered.value : withWording(rendered.value, added)) : null;
  const counted = text === null ? undefined : countParts(text);
  return {
    ...NOTHING,
    ...(counted === undefined ? {} : shownCount(counted)),
    text,
    added,
    plainBody: rendered.ok ? plainBody(template, facts.person) : null,
    fields: uses.map(({ name, hasFallback }) => ({
      name,
      known: !unknown.has(name),
      hasFallback,
      suggestion: unknown.get(name)?.suggestion ?? null,
    })),
    warnings: [
      ...[...unknown.values()].map((warning) => warning.message),
      ...uses
        .filter(({ name, key }) => !unknown.has(name) && unguarded.has(key) && !ALWAYS_FILLED.has(key))
        .map(({ name }) => fallbackWarning(name)),
      ...(text !== null && counted !== undefined ? textWarnings(text, counted) : []),
    ],
    error: rendered.ok ? null : { message: rendered.error.message, position: rendered.error.position },
  };
}

const shownCount = ({
  encoding,
  units,
  parts,
  unitsInLastPart,
  limitOfLastPart,
  charactersOutsideGsm7,
}: PartCount) => ({
  encoding,
  units,
  parts,
  unitsInLastPart,
  limitOfLastPart,
  charactersOutsideGsm7,
});

/** Every person has these. */
const ALWAYS_FILLED: ReadonlySet<string> = new Set(['phone', 'businessname', OPT_OUT_LINK_KEY]);

const fallbackWarning = (name: string): string =>
  `{${name}} has no fallback: people without it will not be texted. Write one as in {${name}|there}`;

const PARTS_MANY = 3;

function textWarnings(text: string, counted: PartCount): readonly string[] {
  const warnings: string[] = [];
  if (text.trim() === '') warnings.push('nothing is left of the text for this person, who will not be texted');
  if (counted.encoding === 'UCS-2') warnings.push(unicodeWarning(text, counted));
  if (counted.parts > PARTS_MANY) warnings.push(`the text needs ${counted.parts} parts, and each part is paid for`);
  if (text.length > TEXT_LENGTH_MAX)
    warnings.push(`the text has ${text.length} characters, and gateways take at most ${TEXT_LENGTH_MAX}`);
  return warnings;
}

/** A text in another script would name its whole alphabet. */
const CHARACTERS_NAMED_MAX = 8;

/** Names the characters, and what the text would cost with their look-alikes. */
function unicodeWarning(text: string, counted: PartCount): string {
  const found = counted.charactersOutsideGsm7;
  const more = found.length - CHARACTERS_NAMED_MAX;
  const named = `${found.slice(0, CHARACTERS_NAMED_MAX).join(' ')}${more > 0 ? ` and ${more} more` : ''}`;
  const cause = `${named} ${found.length === 1 ? 'is' : 'are'} not in the SMS alphabet, so that a part holds 70 characters instead of 160`;
  const { text: plain, replaced } = toGsm7(text);
  if (replaced.length === 0) return cause;
  const swaps = replaced.map(({ from, to }) => `${from} by ${to === '' ? 'nothing' : to}`).join(', ');
  const parts = countParts(plain).parts;
  if (parts === counted.parts) return `${cause}. Replace ${swaps} to have more room`;
  return `${cause}. Replace ${swaps} to need ${parts} ${parts === 1 ? 'part' : 'parts'} instead of ${counted.parts}`;
}

/** Conditions stay as they are: what they compare with is data. */
const CONDITION = /(\{\s*(?:else\s*)?if\b[^{}]*\})/iu;

/** Null when nothing has to be replaced, or when the text would still not fit the SMS alphabet. */
function plainBody({ source }: Template, person: TemplateContact): string | null {
  const plain = source
    .split(CONDITION)
    .map((piece) => (CONDITION.test(piece) ? piece : toGsm7(piece).text))
    .join('');
  if (plain === source) return null;
  const template = parseTemplate(plain);
  const rendered = template.ok ? renderTemplate(template.value, person) : undefined;
  return rendered?.ok === true && isGsm7(rendered.value) ? plain : null;
}

const knownKeys: ReadonlySet<string> = new Set(KNOWN_FIELDS.map(normaliseFieldName));
const usesAttributes = (template: Template): boolean => templateFields(template).some((use) => !knownKeys.has(use.key));

/** Has a value for every field; an attribute shows its own name. */
const samplePerson = (attributes: readonly string[]): TemplateContact => ({
  firstName: 'Maria',
  lastName: 'Lopez',
  email: 'maria@example.com',
  phone: '+16175550123',
  company: 'Lopez and Sons',
  street: '12 Elm Street',
  city: 'Boston',
  state: 'MA',
  postalCode: '02118',
  attributes: Object.fromEntries(attributes.map((name) => [name, name.replaceAll('_', ' ')])),
});

/** What the engine gives to the renderer, too. */
const personOf = ({
  phone,
  firstName,
  lastName,
  email,
  company,
  street,
  city,
  state,
  postalCode,
  attributes,
}: Contact): TemplateContact => ({
  phone,
  firstName,
  lastName,
  email,
  company,
  street,
  city,
  state,
  postalCode,
  attributes,
});

const shownPerson = (contact: Contact) => ({ id: contact.id, name: contactName(contact), phone: contact.phone });
