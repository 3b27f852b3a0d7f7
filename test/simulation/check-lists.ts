import type { Instant } from '../../src/platform/time.ts';
import { MAX_AGE_MS, type PlannedList } from './draw-lists.ts';

/**
 * Which numbers do-not-call lists forbid, as whoever gave their files in knows it: the contents are those of the files, and a file is in
 * force when its giver was told so. Between giving it in and the answer either may be.
 */
export interface ListChecks {
  /** Returns what is to be called when it is known to be in force. */
  givenIn(list: string, version: ListVersion): (nowMs: number) => void;
  /** Campaign texts whose hand-over has just begun, by a transaction that began then: it may have asked at once. */
  begun(texts: readonly BegunColdOrNot[], transactionBeganMs: number): void;
}

export interface ListVersion {
  readonly kind: PlannedList['kind'];
  readonly phones: ReadonlySet<string>;
  readonly dataOfMs: number;
}

interface BegunColdOrNot {
  readonly phone: string;
  /** By the clock of the worker, as hours are. */
  readonly attemptedAt: Instant;
  /** Of the consent that was in force. */
  readonly consentKind: string | null;
}

interface Known {
  readonly version: ListVersion | undefined;
  inForceMs: number;
}

export function createListChecks(violations: string[]): ListChecks {
  const lists = new Map<string, Known[]>();

  return {
    givenIn(list, version) {
      const known: Known = { version, inForceMs: Number.POSITIVE_INFINITY };
      // Before its first file a list forbids nothing.
      const versions = lists.get(list) ?? [{ version: undefined, inForceMs: 0 }];
      lists.set(list, [...versions, known]);
      return (nowMs) => {
        known.inForceMs = nowMs;
      };
    },
    begun(texts, transactionBeganMs) {
      for (const [list, versions] of lists) {
        const newest = versions.findLastIndex(({ inForceMs }) => inForceMs <= transactionBeganMs);
        for (const text of texts) {
          const [why, ...others] = versions.slice(newest).map(({ version }) => forbidden(version, text));
          if (why !== undefined && others.every((other) => other !== undefined))
            violations.push(`do not call: a text to ${text.phone} was begun, and ${list} ${why}`);
        }
      }
    },
  };
}

function forbidden(version: ListVersion | undefined, text: BegunColdOrNot): string | undefined {
  if (version === undefined) return undefined;
  if (version.kind === 'internal') return version.phones.has(text.phone) ? 'forbids the number' : undefined;
  if (text.consentKind === 'express_written') return undefined;
  if (version.phones.has(text.phone)) return 'forbids the number';
  const ageMs = text.attemptedAt.epochMilliseconds - version.dataOfMs;
  return ageMs > MAX_AGE_MS ? `was too old to tell, by ${ageMs - MAX_AGE_MS} ms` : undefined;
}
