/**
 * Phone numbers in a text, however a person or a payload writes them: with blanks, dashes, slashes or brackets of any script between
 * the digits, in full-width digits, escaped as JSON or as addresses are. The text is looked at through its shape, one character for each of
 * its own; what is no number (ids, times, fractions) is taken out of the shape first.
 */
export function maskNumbers(text: string, phone: string | null): string {
  const written = text.match(CHARACTER) ?? [];
  const read = written.map(readCharacter);
  const plain = read.map(oneUnit).join('');
  const others = OTHERS.flatMap((pattern) => spansIn(plain, pattern));
  let shape = without(read.map(shapeOf).join(''), others);
  const spans: Span[] = [];
  for (const { pattern, isNumber } of rulesFor(phone)) {
    const found = spansIn(shape, pattern).filter((span) => isNumber(shape, span));
    spans.push(...found);
    shape = without(shape, found);
  }
  return masked(written, read, spans);
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** One character, or one written as JSON (`\u00a0`, `\/`) or an address (`%20`) writes it. */
const CHARACTER = /\\u[\da-f]{4}|\\[t/]|%[0-7][\da-f]|[\s\S]/giu;

function readCharacter(written: string): string {
  if (written.length === 1) return written;
  if (/^\\u/i.test(written)) return String.fromCharCode(Number.parseInt(written.slice(2), 16));
  if (written.startsWith('%')) return String.fromCharCode(Number.parseInt(written.slice(1), 16));
  return written === '\\t' ? '\t' : written.replace('\\', '');
}

const oneUnit = (character: string): string => (character.length === 1 ? character : ' ');

const OTHER = ',';

/** A digit is itself, a letter `a`, `-` what also joins the parts of ids, a blank everything else that may stand between digits. */
function shapeOf(character: string): string {
  if (/^[\d+]$/.test(character)) return character;
  if (/^[\p{Pd}_\u2212]$/u.test(character)) return '-';
  if (/^[\p{Zs}\p{Cf}\t./()*~|\u00b7]$/u.test(character)) return ' ';
  const plain = character.normalize('NFKC');
  if (/^[\d+]$/.test(plain)) return plain;
  if (/^\p{Nd}$/u.test(plain)) return '0';
  return /^[\p{L}\p{M}]/u.test(plain) ? 'a' : OTHER;
}

const OTHERS: readonly RegExp[] = [
  /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi,
  // A day with its time.
  /\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?/g,
  // A fraction, as a value of JSON.
  /(?<=":\s{0,4})-?\d+\.\d+/g,
  // What a gateway answered; a code of seven digits may follow it.
  /\bHTTP [1-5]\d\d\b/g,
];

const spansIn = (shape: string, pattern: RegExp): readonly Span[] =>
  [...shape.matchAll(pattern)].map(({ index, 0: match }) => ({ from: index, to: index + match.length }));

/** Put together from its pieces: cutting the whole anew for each of a hundred thousand numbers took minutes. */
function without(shape: string, spans: readonly Span[]): string {
  let left = '';
  let at = 0;
  for (const { from, to } of inOrder(spans)) {
    // They may overlap.
    if (to <= at) continue;
    const begin = Math.max(from, at);
    left += shape.slice(at, begin) + OTHER.repeat(to - begin);
    at = to;
  }
  return left + shape.slice(at);
}

const inOrder = (spans: readonly Span[]): readonly Span[] => spans.toSorted((one, other) => one.from - other.from);

interface Rule {
  readonly pattern: RegExp;
  readonly isNumber: (shape: string, span: Span) => boolean;
}

const always = (): boolean => true;

const RULES: readonly Rule[] = [
  { pattern: /(?<=\+[ -]{0,2})[1-9](?:[ -]{0,3}\d){6,}/g, isNumber: always },
  { pattern: /(?<![a\d])\d(?:[ -]{0,3}\d){8,}(?![a\d])/g, isNumber: isNoId },
];

const rulesFor = (phone: string | null): readonly Rule[] => {
  const own = ownPattern(phone);
  return own === undefined ? RULES : [...RULES, { pattern: own, isNumber: always }];
};

const OWN_DIGITS_MIN = 7;
/** What countries put before it differs: nothing, a zero, or the code of the country. */
const NATIONAL_DIGITS = 9;
const BETWEEN = '[^a\\d]{0,3}';

/** The event's own number wherever its digits stand, in the middle of words too; shorter ones would mask half of all ids. */
function ownPattern(phone: string | null): RegExp | undefined {
  const digits = phone?.replace(/\D/g, '') ?? '';
  if (digits.length < OWN_DIGITS_MIN) return undefined;
  const national = [...digits.slice(-NATIONAL_DIGITS)].join(BETWEEN);
  return new RegExp(`(?:\\d${BETWEEN}){0,6}${national}`, 'g');
}

const DIGITS_IN_A_ROW = /^(?:00)?\d{9,15}$/;
/** Seconds or milliseconds of this time, 2017 to 2033. */
const EPOCH = /^1[5-9]\d{8}(?:\d{3})?$/;
const PART_LENGTH_MAX = 40;
const PART_BEFORE = /(?=[a\d]*a)(?=[a\d]*\d)[a\d]+-$/;
const PART_BEHIND = /^-(?=[a\d]*a)(?=[a\d]*\d)[a\d]+/;

/** Ids have longer runs of digits, or parts with letters among them. */
function isNoId(shape: string, { from, to }: Span): boolean {
  const match = shape.slice(from, to);
  if (/^\d+$/.test(match) && (!DIGITS_IN_A_ROW.test(match) || EPOCH.test(match))) return false;
  const before = shape.slice(Math.max(0, from - PART_LENGTH_MAX), from);
  return !PART_BEFORE.test(before) && !PART_BEHIND.test(shape.slice(to, to + PART_LENGTH_MAX));
}

const SHOWN_DIGITS = 4;

function masked(written: readonly string[], read: readonly string[], spans: readonly Span[]): string {
  let text = '';
  let at = 0;
  for (const { from, to } of inOrder(spans)) {
    const digits = read.slice(from, to).filter((character) => /\p{Nd}/u.test(character));
    text += `${written.slice(at, from).join('')}•••${digits.slice(-SHOWN_DIGITS).join('')}`;
    at = to;
  }
  return text + written.slice(at).join('');
}
