import type { ConsentKind, ConsentPurpose } from '../compliance/consent.ts';
import type { ConsentEvidence } from '../compliance/consent-evidence.ts';
import { Temporal } from '../platform/time.ts';
import { type ConsentReading, readConsentCell, strictest, tellsOfOptOut, tellsOfRefusal } from './consent-cell.ts';
import { cleanText, clip, meaningful } from './import-values.ts';

/** What a row of a file says of a consent. Without its date, its way and its words it is a claim, and no consent. */
export interface ImportedConsent {
  readonly reading: Exclude<ConsentReading, 'silent'>;
  /** The cells that it was read from, as the file has them; null when the words alone tell of a consent. */
  readonly said: string | null;
  readonly purpose: ConsentPurpose;
  readonly kind: ConsentKind;
  /** How the person agreed. */
  readonly method: string | null;
  /** To which words. */
  readonly wording: string | null;
  /** Which version of them; absent where the file names none. */
  readonly wordingVersion?: string;
  /** What else shows it, as the file has it. */
  readonly shownBy?: ShownBy;
  /** ISO 8601 in UTC; a day without a time is its beginning, so that an opt-out of the same day is later. */
  readonly givenAt: string | null;
}

type ShownBy = Pick<
  Extract<ConsentEvidence, { readonly source: 'import' }>,
  'formUrl' | 'ip' | 'userAgent' | 'recording'
>;

/** The cells of a row by what their columns hold; null where there is no such column, or nothing in it. */
export interface ConsentCells {
  /** Every cell that says whether there is a consent, also an empty one: with such a column, silence is no yes. */
  readonly consentKinds: readonly string[];
  /** Every cell of a column that says who has opted out. */
  readonly optOuts: readonly string[];
  readonly consentMethod: string | null;
  readonly consentWording: string | null;
  readonly consentDate: string | null;
  readonly consentPage: string | null;
  readonly consentIp: string | null;
  readonly consentUserAgent: string | null;
  readonly consentRecording: string | null;
  readonly consentVersion: string | null;
}

const INFORMATIONAL = /informational|transactional|appointment|reminder|informativ|recordatorio/i;
const WRITTEN = /\b(?:written|pewc|(?:e[ -]?)?signed|(?:e[ -]?)?signature|escrit[oa]|firmad[oa])\b|express[ _]written/i;

/** Null: the row says nothing of a consent. */
export function readImportedConsent(cells: ConsentCells): ImportedConsent | null {
  const kinds = cells.consentKinds.map(value).filter((kind) => kind !== null);
  const [method, wording, date] = [cells.consentMethod, cells.consentWording, cells.consentDate].map(value);
  const refusals = [method, date].filter((cell) => isPresent(cell) && tellsOfRefusal(cell));
  if (isPresent(wording) && isRefusalInWords(wording)) refusals.push(wording);
  refusals.push(...cells.optOuts.map(value).filter((cell) => isPresent(cell) && tellsOfOptOut(cell)));
  const reading =
    refusals.length > 0 ? 'refused' : readingOf(cells, { kinds, tellsMore: [method, wording, date].some(isPresent) });
  if (reading === 'silent') return null;
  const kind = kinds.length === 0 ? null : kinds.join(', ');
  const words = isPresent(wording) && isWording(wording) ? wording.slice(0, WORDING_LENGTH_MAX) : null;
  const said = [...kinds, ...refusals].join(', ');
  const shownBy = readShownBy(cells);
  const version = kept(cells.consentVersion, VERSION_LENGTH_MAX);
  const way = isPresent(method) && tellsSomething(method) ? method : (shownBy.formUrl ?? shownBy.recording);
  return {
    reading,
    said: said === '' ? null : clip(said),
    purpose: kind !== null && INFORMATIONAL.test(kind) ? 'informational' : 'marketing',
    kind: reading === 'agreed' && isWritten(kind, words) ? 'express_written' : 'express',
    // The page of a form and a recording tell the way as well.
    method: way === undefined ? null : way.slice(0, METHOD_LENGTH_MAX),
    wording: words,
    ...(version === undefined ? {} : { wordingVersion: version }),
    ...(Object.keys(shownBy).length === 0 ? {} : { shownBy }),
    givenAt: isPresent(date) ? (instantText(date) ?? null) : null,
  };
}

function readShownBy(cells: ConsentCells): ShownBy {
  const formUrl = kept(cells.consentPage, ADDRESS_LENGTH_MAX);
  const ip = kept(cells.consentIp, IP_LENGTH_MAX);
  const userAgent = kept(cells.consentUserAgent, USER_AGENT_LENGTH_MAX);
  const recording = kept(cells.consentRecording, ADDRESS_LENGTH_MAX);
  return {
    ...(formUrl === undefined ? {} : { formUrl }),
    ...(ip === undefined ? {} : { ip }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(recording === undefined ? {} : { recording }),
  };
}

function kept(cell: string | null, lengthMax: number): string | undefined {
  const read = value(cell);
  return isPresent(read) ? read.slice(0, lengthMax) : undefined;
}

const ADDRESS_LENGTH_MAX = 2_000;
const IP_LENGTH_MAX = 100;
const USER_AGENT_LENGTH_MAX = 1_000;
const VERSION_LENGTH_MAX = 100;
const METHOD_LENGTH_MAX = 200;
const WORDING_LENGTH_MAX = 10_000;

/** Without a column that says yes or no, a row that tells how, when or to what somebody agreed says that they did. */
const readingOf = (
  { consentKinds }: ConsentCells,
  { kinds, tellsMore }: { readonly kinds: readonly string[]; readonly tellsMore: boolean },
): ConsentReading => (consentKinds.length === 0 && tellsMore ? 'agreed' : strictest(kinds.map(readConsentCell)));

/** A file that names no kind but gives the words tells of a written agreement. */
const isWritten = (kind: string | null, wording: string | null): boolean =>
  kind === null ? wording !== null : WRITTEN.test(kind.replaceAll('_', ' '));

/** "None" is no way in which somebody agreed. */
const tellsSomething = (cell: string): boolean => !['silent', 'not_given'].includes(readConsentCell(cell));

/** One word is an answer and not what was asked; "no consent" is neither. */
const isWording = (cell: string): boolean => {
  const words = cell.split(/\s+/).length;
  return words > 1 && (words > ANSWER_WORDS_MAX || tellsSomething(cell));
};

const ANSWER_WORDS_MAX = 3;
const I_DO_NOT =
  /\bi (?:do not|don['’]?t) (?:agree|consent|want|wish|accept|authori[sz]e)|\bno (?:acepto|autorizo|deseo|quiero)\b/i;

/** Disclosures speak of STOP and of taking a consent back; only an answer, or a whole sentence of refusal, is one. */
const isRefusalInWords = (wording: string): boolean =>
  I_DO_NOT.test(wording) || (wording.split(/\s+/).length <= ANSWER_WORDS_MAX && tellsOfRefusal(wording));

/** Whether a row that tells of an agreement proves it. */
export const isProof = ({ reading, method, wording, givenAt }: ImportedConsent): boolean =>
  reading === 'agreed' && method !== null && wording !== null && givenAt !== null;

const value = (cell: string | null): string | null => (cell === null ? null : meaningful(cleanText(cell)));
const isPresent = (cell: string | null | undefined): cell is string => cell !== null && cell !== undefined;

const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(AM|PM)?)?$/i;

/** `2026-05-03T14:30:00Z`, `2026-05-03`, `5/3/2026 2:30 PM`; undefined for anything else. Without a zone it is taken as UTC. */
export function instantText(text: string): string | undefined {
  const iso = ISO.exec(text);
  if (iso !== null) {
    const [, year, month, day, hour, minute, second, zone] = iso;
    return utc([year, month, day, hour, minute, second], offsetMinutes(zone));
  }
  const american = AMERICAN.exec(text);
  if (american === null) return undefined;
  const [, month, day, year, hour, minute, second, half] = american;
  return utc([year, month, day, clockHour(hour, half), minute, second], 0);
}

const clockHour = (hour: string | undefined, half: string | undefined): string | undefined => {
  if (hour === undefined || half === undefined) return hour;
  return String((Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0));
};

function offsetMinutes(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '') ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** Undefined for a day or an hour that there is not. */
function utc(parts: readonly (string | undefined)[], offset: number): string | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0));
  try {
    const local = Temporal.PlainDateTime.from({ year, month, day, hour, minute, second }, { overflow: 'reject' });
    return local.toZonedDateTime('UTC').subtract({ minutes: offset }).toInstant().toString();
  } catch {
    return undefined;
  }
}
