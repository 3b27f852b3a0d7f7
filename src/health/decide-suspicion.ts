import { addMs, HOUR_MS, type Instant, MINUTE_MS, msBetween, SECOND_MS } from '../platform/time.ts';

/**
 * The passive watch: what would be very unlikely if events came in. A suspicion costs one text (a check is begun at once) and is told to
 * nobody before that check has failed, so that it may be quick to suspect.
 *
 * Silence. Events other than receipts come, at one hour of the week, about as often as in the weeks before. Their number in an hour is
 * taken for negative binomial: its mean is that of the same hour of the last eight weeks less one standard error of it, its
 * dispersion is what those weeks show, and events come in clumps of two (people write twice). So the chance to hear nothing for so
 * long is (r / (r + m t))^r, with t hours of silence. Below SILENCE_CHANCE_MAX it is suspicious. With fewer than three weeks, or weeks that
 * differ much, little can be said, and nothing is suspected.
 *
 * Receipts. Of the texts that are older than the usual time of a receipt, a usual share q has none. That none has come for n texts in
 * a row has the chance q^n; below RECEIPTS_CHANCE_MAX it is suspicious.
 */
export const SILENCE_CHANCE_MAX = 1e-4;
export const RECEIPTS_CHANCE_MAX = 1e-6;
export const WEEKS = 8;
export const WEEKS_MIN = 3;
const CLUMP = 2;
const SILENCE_MS_MIN = 2 * MINUTE_MS;
const LAG_MS_MIN = 30 * SECOND_MS;
/** Where little is known: one text for nothing costs less than an outage in the first minutes of the first campaign. */
export const LAG_MS_DEFAULT = MINUTE_MS;
const LAG_MS_MAX = 10 * MINUTE_MS;
const UNCONFIRMED_MIN = 0.1;
const UNCONFIRMED_MAX = 0.5;
/** Texts whose fate says something about what is usual. */
const TEXTS_MIN = 20;

export interface Suspicion {
  readonly kind: 'silence' | 'receipts';
  readonly since: Instant;
  readonly detail: string;
}

/** How many events came at one hour in the weeks before, as far as they are known. */
export type HourCounts = readonly number[];

/** The chance to hear nothing for `hours`, each with what the weeks before had in that hour. */
export function chanceOfSilence(parts: readonly { readonly hours: number; readonly counts: HourCounts }[]): number {
  let chance = 1;
  for (const { hours, counts } of parts) {
    if (counts.length < WEEKS_MIN) return 1;
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    const least = (mean - Math.sqrt(variance / counts.length)) / CLUMP;
    if (least <= 0) continue;
    const spread = variance - mean;
    // As regular as chance allows: the negative binomial becomes Poisson.
    chance *= spread <= 0 ? Math.exp(-least * hours) : nothing(mean ** 2 / spread, least * hours);
  }
  return chance;
}

const nothing = (r: number, expected: number): number => (r / (r + expected)) ** r;

export function decideSilence(input: {
  readonly now: Instant;
  /** Of an event that is no receipt. */
  readonly lastEventAt: Instant | undefined;
  /** Of the hour that begins at this instant, in the weeks before. */
  readonly countsAt: (hour: Instant) => HourCounts;
}): Suspicion | undefined {
  const { now, lastEventAt, countsAt } = input;
  if (lastEventAt === undefined) return undefined;
  const silentMs = msBetween(lastEventAt, now);
  if (silentMs < SILENCE_MS_MIN) return undefined;
  const chance = chanceOfSilence(
    hoursBetween(lastEventAt, now).map(({ hour, hours }) => ({ hours, counts: countsAt(hour) })),
  );
  if (chance >= SILENCE_CHANCE_MAX) return undefined;
  return {
    kind: 'silence',
    since: lastEventAt,
    detail: `no text and no call has come in for ${minuteWords(silentMs)}, which at this hour of the week happens by chance ${oddsWords(chance)}`,
  };
}

/** A day of silence is enough to say whatever can be said. */
const HOURS_MAX = 24;

/** The hours that a stretch of time touches, each with how much of it. */
export function hoursBetween(
  from: Instant,
  to: Instant,
): readonly { readonly hour: Instant; readonly hours: number }[] {
  const parts: { hour: Instant; hours: number }[] = [];
  for (let at = from; msBetween(at, to) > 0 && parts.length < HOURS_MAX; ) {
    const hour = hourOf(at);
    const end = Math.min(hour.epochMilliseconds + HOUR_MS, to.epochMilliseconds);
    parts.push({ hour, hours: (end - at.epochMilliseconds) / HOUR_MS });
    at = addMs(at, end - at.epochMilliseconds);
  }
  return parts;
}

export const hourOf = (at: Instant): Instant => addMs(at, -(((at.epochMilliseconds % HOUR_MS) + HOUR_MS) % HOUR_MS));

/** What is usual with the receipts of an account, of its last days. */
export interface UsualReceipts {
  readonly texts: number;
  /** Those whose fate was reported within LAG_MS_MAX. */
  readonly confirmed: number;
  /** Nine of ten reports had come by then. */
  readonly lagMs: number | null;
}

/** How long a receipt may take, and how many texts in a row may be without one. */
export function receiptLimits({ texts, confirmed, lagMs }: UsualReceipts): {
  readonly lagMs: number;
  readonly texts: number;
} {
  const known = texts >= TEXTS_MIN && lagMs !== null;
  // One in ten takes longer than usual, beside those that never have one. Of few texts less is believed (rule of succession).
  const share = known ? 1 - (confirmed / (texts + 2)) * 0.9 : UNCONFIRMED_MAX;
  const q = Math.min(UNCONFIRMED_MAX, Math.max(UNCONFIRMED_MIN, share));
  return {
    lagMs: known ? Math.min(LAG_MS_MAX, Math.max(LAG_MS_MIN, lagMs)) : LAG_MS_DEFAULT,
    texts: Math.ceil(Math.log(RECEIPTS_CHANCE_MAX) / Math.log(q)),
  };
}

export function decideReceipts(input: {
  readonly usual: UsualReceipts;
  /** Texts older than the usual time, sent since the last receipt, none of which has one; and when the first of them was sent. */
  readonly waiting: { readonly texts: number; readonly since: Instant | null };
}): Suspicion | undefined {
  const { usual, waiting } = input;
  const limits = receiptLimits(usual);
  if (waiting.since === null || waiting.texts < limits.texts) return undefined;
  return {
    kind: 'receipts',
    since: waiting.since,
    detail: `of the last ${waiting.texts} texts none has a receipt after ${minuteWords(limits.lagMs)}, by which nearly all have one as a rule`,
  };
}

const minuteWords = (ms: number): string => {
  const minutes = Math.round(ms / MINUTE_MS);
  return ms < 2 * MINUTE_MS ? `${Math.round(ms / SECOND_MS)} seconds` : `${minutes} minutes`;
};

const oddsWords = (chance: number): string =>
  `less than once in ${Math.min(1_000_000, 10 ** Math.floor(-Math.log10(chance))).toLocaleString('en-US')} times`;
