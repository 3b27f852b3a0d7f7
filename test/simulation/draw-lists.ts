import type { DncKind } from '../../src/compliance/dnc-rules.ts';
import { type Random, seededRandom } from '../../src/platform/random.ts';
import { DAY_MS, HOUR_MS } from '../../src/platform/time.ts';
import type { PlannedCampaign } from './plan.ts';

/** A do-not-call list and the files of it that somebody gives in, one after the other. */
export interface PlannedList {
  readonly kind: Extract<DncKind, 'national' | 'internal'>;
  /** The first is whole. */
  readonly files: readonly PlannedFile[];
}

export interface PlannedFile {
  /** Given in then; 0: it is in force before anything begins. */
  readonly atMs: number;
  /** Of when its data are, after the start of the run, or before it. */
  readonly dataOfMs: number;
  /** Who is on it, or comes onto it. */
  readonly people: readonly number[];
  /** Null of a whole list; of changes, how many are taken off. */
  readonly takesOff: number | null;
  /** Its upload ends in the middle. */
  readonly breaksOff: boolean;
}

/** The law of a registry's list, written down here by hand as the hours of places are. */
export const MAX_AGE_MS = 31 * DAY_MS;

/** Drawn apart from everything else, as what people say is: in half of the runs a list or two. */
export function drawLists(
  seed: number,
  { campaigns, untilMs }: { readonly campaigns: readonly PlannedCampaign[]; readonly untilMs: number },
): readonly PlannedList[] {
  const random = seededRandom(seed ^ 0xd0ca);
  const whileSending = (): number => {
    const launchAtMs = campaigns[random.int(0, campaigns.length - 1)]?.launchAtMs ?? 0;
    return launchAtMs + random.int(50, untilMs);
  };
  const kinds = (['national', 'internal'] as const).filter(
    (kind) => random.next() < (kind === 'national' ? 0.45 : 0.3),
  );
  return kinds.map((kind) => ({ kind, files: drawFiles(random, whileSending) }));
}

function drawFiles(random: Random, whileSending: () => number): readonly PlannedFile[] {
  const isThere = random.next() < 0.5;
  const instants = Array.from({ length: random.int(1, 4) }, whileSending).toSorted((a, b) => a - b);
  return instants.map((instant, nth) => {
    const isFirst = nth === 0;
    const atMs = isFirst && isThere ? 0 : instant;
    // Most are of the day before. The one of the start becomes too old while texts go out, others may be too old at once.
    const ages = random.next() < (atMs === 0 ? 0.7 : 0.2);
    const tooOldFromMs = atMs === 0 ? whileSending() : atMs - HOUR_MS;
    return {
      atMs,
      dataOfMs: ages ? tooOldFromMs - MAX_AGE_MS : atMs - DAY_MS,
      people: Array.from({ length: random.pick([3, 10, 30]) }, () => random.int(0, 10_000)),
      takesOff: !isFirst && random.next() < 0.5 ? random.int(0, 10) : null,
      breaksOff: !isFirst && random.next() < 0.2,
    };
  });
}
