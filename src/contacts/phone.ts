import { type CountryCode, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { err, ok, type Result } from '../platform/result.ts';

export type { CountryCode };

/** A number in E.164, of a country with calling code 1: `+16175550123`. Made by `parsePhone` only, or read back with `storedE164`. */
export type E164 = string & { readonly __brand: 'E164' };

export interface PhoneRefusal {
  readonly reason: 'missing_phone' | 'invalid_phone' | 'unsupported_country';
  /** The text as it was given, trimmed. */
  readonly value: string;
}

/**
 * Reads a number as people and spreadsheets write it. Numbers of +1 countries (United States, Canada, Caribbean) are taken, others
 * are `unsupported_country`; what is no number at all is `invalid_phone`; nothing but blanks and dashes is `missing_phone`.
 * Extensions are dropped: a text reaches the number, not the desk. The verdict on validity is libphonenumber's (its `max` data).
 */
export function parsePhone(raw: string, defaultCountry: CountryCode = 'US'): Result<E164, PhoneRefusal> {
  return readOrdinary(raw, defaultCountry) ?? readUnusual(raw, defaultCountry);
}

/** For numbers that `parsePhone` made and the database kept. Throws for anything else: then a writer went around the parser. */
export function storedE164(text: string): E164 {
  if (!/^\+1[2-9]\d{9}$/.test(text))
    throw new Error(`phone ${JSON.stringify(text)}: expected +1 and ten digits, as parsePhone makes them`);
  return text as E164;
}

/** `+16175550123` is `617`. */
export const areaCodeOf = (phone: E164): string => phone.slice(2, 5);

/** Ten digits in the usual groups, with or without `1` or `+1`: nearly every number of a real file, decided without libphonenumber. */
const ORDINARY_SHAPE = /^ ?(?:\+?1[-. ]?)?(?:\(([2-9]\d\d)\)[-. ]?|([2-9]\d\d)[-. ]?)(\d{3})[-. ]?(\d{4}) ?$/;

function readOrdinary(raw: string, defaultCountry: CountryCode): Result<E164, PhoneRefusal> | undefined {
  const digits = ORDINARY_SHAPE.exec(raw);
  if (digits === null || !isNorthAmerican(defaultCountry)) return undefined;
  const national = `${digits[1] ?? digits[2]}${digits[3]}${digits[4]}`;
  return isAssigned(national) ? ok(`+1${national}` as E164) : err({ reason: 'invalid_phone', value: raw.trim() });
}

const isNorthAmerican = (country: CountryCode): boolean => country === 'US' || getCountryCallingCode(country) === '1';

const UNKNOWN = 0;
const ASSIGNED = 1;
const NOT_ASSIGNED = 2;
/**
 * One answer per first six digits, asked once each. libphonenumber-js 1.13.16 looks at the last four digits nowhere but in Barbados
 * (246 521, 246 522) and Jamaica (876 606): all 800,000 prefixes were compared with ten different endings each.
 */
const prefixAnswers = new Uint8Array(1_000_000);
const ASKED_EACH_TIME: ReadonlySet<string> = new Set(['246', '876']);

function isAssigned(national: string): boolean {
  if (ASKED_EACH_TIME.has(national.slice(0, 3))) return isValidNumber(national);
  const prefix = Number(national.slice(0, 6));
  if (prefixAnswers[prefix] === UNKNOWN) prefixAnswers[prefix] = isValidNumber(national) ? ASSIGNED : NOT_ASSIGNED;
  return prefixAnswers[prefix] === ASSIGNED;
}

const isValidNumber = (national: string): boolean => parsePhoneNumberFromString(`+1${national}`)?.isValid() === true;

function readUnusual(raw: string, defaultCountry: CountryCode): Result<E164, PhoneRefusal> {
  const value = raw.trim();
  const text = withoutDecoration(raw);
  if (NOTHING_WRITTEN.test(text)) return err({ reason: 'missing_phone', value });
  const digits = undoSpreadsheet(text);
  if (digits === undefined) return err({ reason: 'invalid_phone', value });
  const dialled = digits.replace(BRACKETED_CODE, '+$1 ').replace(INTERNATIONAL_PREFIX, '+');
  const ordinary = readOrdinary(dialled, defaultCountry);
  if (ordinary !== undefined) return ordinary.ok ? ordinary : err({ reason: 'invalid_phone', value });
  const parsed = parsePhoneNumberFromString(dialled, { defaultCountry, extract: false });
  if (parsed === undefined) return err({ reason: 'invalid_phone', value });
  if (parsed.countryCallingCode !== '1')
    return err({ reason: parsed.isPossible() ? 'unsupported_country' : 'invalid_phone', value });
  return parsed.isValid() ? ok(parsed.number as string as E164) : err({ reason: 'invalid_phone', value });
}

const NOTHING_WRITTEN = /^[-\u2010-\u2015\u2212._/ ]*$/;
const QUOTE_MARKS = /^['"`\u00b4\u2018\u2019\u201c\u201d]+|['"`\u00b4\u2018\u2019\u201c\u201d]+$/g;
const TEXT_FORMULA = /^=\s*"(.*)"$/s;
const URI_SCHEME = /^(?:tel|sms|callto)\s*:\s*/i;
/** `(+1) 617 555-0123`, as some address books write it. */
const BRACKETED_CODE = /^\(\+(\d{1,3})\)/;
/** As dialled in Europe (00) and in North America (011). */
const INTERNATIONAL_PREFIX = /^(?:011|00)[-. ]*(?=[1-9])/;

/** Full-width digits become ASCII, NBSP a blank; bidi and zero-width marks, the quote of a text cell and `tel:` go. */
function withoutDecoration(raw: string): string {
  const visible = raw
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Cc}/gu, ' ')
    .trim();
  const unquoted = visible.replace(TEXT_FORMULA, '$1').trim().replace(QUOTE_MARKS, '');
  return unquoted.normalize('NFKC').trim().replace(URI_SCHEME, '');
}

const WITH_DECIMALS = /^(\+?\d{7,15})[.,]0+$/;
const SCIENTIFIC = /^\+?(\d)(?:[.,](\d+))?e\+?(\d{1,2})$/i;

/**
 * `6175550123.0` and `1.6175550123E+10` hold all digits and are repaired. `1.61756E+10` has lost some: guessing zeros would text a
 * stranger, so that it is `undefined`.
 */
function undoSpreadsheet(text: string): string | undefined {
  const decimal = WITH_DECIMALS.exec(text);
  if (decimal !== null) return decimal[1];
  const scientific = SCIENTIFIC.exec(text);
  if (scientific === null) return text;
  const fraction = (scientific[2] ?? '').replace(/0+$/, '');
  const exponent = Number(scientific[3]);
  if (fraction.length > exponent || (scientific[2] ?? '').length < exponent) return undefined;
  return `${scientific[1]}${fraction.padEnd(exponent, '0')}`;
}
