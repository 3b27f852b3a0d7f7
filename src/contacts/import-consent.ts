import type { ConsentKind, ConsentPurpose } from '../compliance/consent.ts';
import { Temporal } from '../platform/time.ts';
import { cleanText, meaningful } from './import-values.ts';

/** What a row of a file says of a consent. Without its date, its way and its words it is a claim, and no consent. */
export interface ImportedConsent {
  readonly purpose: ConsentPurpose;
  readonly kind: ConsentKind;
  /** How the person agreed. */
  readonly method: string | null;
  /** To which words. */
  readonly wording: string | null;
  /** ISO 8601 in UTC; a day without a time is its beginning, so that an opt-out of the same day is later. */
  readonly givenAt: string | null;
}

/** The cells of a row by what their columns hold; null where there is no such column, or nothing in it. */
export interface ConsentCells {
  readonly consentKind: string | null;
  readonly consentMethod: string | null;
  readonly consentWording: string | null;
  readonly consentDate: string | null;
}

const NO = /^(?:no|n|false|0|none|never|nunca|unsubscribed|opted[ -]?out|not[ _-]subscribed)$/i;
const INFORMATIONAL = /informational|transactional|appointment|reminder|informativ|recordatorio/i;
const WRITTEN = /\b(?:written|pewc|signed|signature|escrit[oa]|firmad[oa])\b|express[ _]written/i;

/** Null: the row says nothing of a consent, or that there is none. */
export function readImportedConsent(cells: ConsentCells): ImportedConsent | null {
  const kind = value(cells.consentKind);
  const method = value(cells.consentMethod);
  const wording = value(cells.consentWording);
  const date = value(cells.consentDate);
  if (kind !== null && NO.test(kind)) return null;
  if (kind === null && method === null && wording === null && date === null) return null;
  return {
    purpose: kind !== null && INFORMATIONAL.test(kind) ? 'informational' : 'marketing',
    kind: isWritten(kind, wording) ? 'express_written' : 'express',
    method: method?.slice(0, METHOD_LENGTH_MAX) ?? null,
    wording: wording?.slice(0, WORDING_LENGTH_MAX) ?? null,
    givenAt: date === null ? null : (instantText(date) ?? null),
  };
}

const METHOD_LENGTH_MAX = 200;
const WORDING_LENGTH_MAX = 10_000;

/** A file that names no kind but gives the words tells of a written agreement. */
const isWritten = (kind: string | null, wording: string | null): boolean =>
  kind === null ? wording !== null : WRITTEN.test(kind.replaceAll('_', ' '));

export const isProof = ({ method, wording, givenAt }: ImportedConsent): boolean =>
  method !== null && wording !== null && givenAt !== null;

const value = (cell: string | null): string | null => (cell === null ? null : meaningful(cleanText(cell)));

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
