/**
 * A template is a text with merge fields and conditions:
 *
 *     Hi {first_name|there}! {if company and not vip}We know {company}.{else if city == "Boston"}Hello Boston.{endif}
 *
 * `\{`, `\}`, `\|` and `\\` write the character itself. Names ignore case and separators: `first_name`, `firstName` and
 * `First Name` are one field. What a contact's data holds is never read as template.
 */

/** Ten message parts, four times over: room for conditions around a text no gateway would take longer. */
export const TEMPLATE_LENGTH_MAX = 6_400;
export const TEMPLATE_NESTING_MAX = 20;

/** Fields every contact and sender has; anything else is a custom attribute. */
export const KNOWN_FIELDS: readonly string[] = [
  'first_name',
  'last_name',
  'full_name',
  'email',
  'phone',
  'company',
  'street',
  'city',
  'state',
  'postal_code',
  'business_name',
  'opt_out_link',
];

export interface FieldReference {
  /** As written, for messages. */
  readonly name: string;
  /** As compared: see `normaliseFieldName`. */
  readonly key: string;
  /** 0-based UTF-16 offset in the source. */
  readonly position: number;
}

export type Condition =
  | { readonly kind: 'filled'; readonly field: FieldReference }
  | { readonly kind: 'equals'; readonly field: FieldReference; readonly text: string }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'all' | 'any'; readonly operands: readonly Condition[] };

export interface Branch {
  readonly condition: Condition;
  readonly nodes: readonly TemplateNode[];
}

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly field: FieldReference; readonly fallback: string | null }
  | {
      readonly kind: 'choice';
      readonly branches: readonly Branch[];
      readonly otherwise: readonly TemplateNode[] | null;
    };

export type TemplateValue = string | number | boolean | null | undefined;
export type TemplateValues = Readonly<Record<string, TemplateValue>>;

/** A contact's data: any spelling of the known fields, and custom attributes by their name. */
export interface TemplateContact {
  readonly [field: string]: TemplateValue | TemplateValues;
  readonly attributes?: TemplateValues;
}

/** One step of the compiled template; `to` is the index of the step to go on with. */
export type Instruction =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'field';
      readonly field: FieldReference;
      readonly fallback: string | null;
      readonly read: (contact: TemplateContact) => string;
    }
  | { readonly kind: 'unless'; readonly holds: (contact: TemplateContact) => boolean; readonly to: number }
  | { readonly kind: 'jump'; readonly to: number };

export interface Template {
  readonly source: string;
  readonly nodes: readonly TemplateNode[];
  readonly program: readonly Instruction[];
}

export interface TemplateError {
  readonly message: string;
  /** 0-based UTF-16 offset of the offending character. */
  readonly position: number;
}

const SEPARATORS = /[^\p{L}\p{M}\p{N}]+/gu;

/** The form in which two spellings of a field's name are equal. */
export const normaliseFieldName = (name: string): string => name.normalize('NFC').toLowerCase().replace(SEPARATORS, '');

export const OPT_OUT_LINK_KEY = normaliseFieldName('opt_out_link');

/** Writes any text so that a template, or a fallback in it, renders exactly that text. */
export const escapeTemplate = (text: string): string => text.replace(/[\\{}|]/g, '\\$&');

export const templateError = (
  position: number,
  message: string,
): { readonly ok: false; readonly error: TemplateError } => ({
  ok: false,
  error: { message, position },
});
