import type { Uuid } from '../platform/ids.ts';
import { type Instant, msBetween } from '../platform/time.ts';

/**
 * Claims that found nobody: who waits may know a lane of another account, or has had enough texts for today. Looking again at every
 * turn costs as much as a claim that finds somebody, so that it is done when the first of them is due, or when it may have become different.
 */
export interface NobodyDue {
  /** Milliseconds of clock time until somebody is due, infinite when nobody waits; `undefined` when this claim is to be tried. */
  restMs(look: Look, now: Instant): number | undefined;
  remember(look: Look, now: Instant, finding: Finding): void;
  /** Forgets all campaigns but these. */
  keep(campaignIds: ReadonlySet<Uuid>): void;
}

/** In milliseconds of clock time. */
export interface Finding {
  /** Until the first of those who wait here is due; infinite when nobody waits. */
  readonly dueMs: number;
  /** A turn that comes later than that looks again, whoever is due: what another account does may have made somebody due. */
  readonly againMs: number;
}

export interface Look {
  readonly campaignId: Uuid;
  readonly laneId: Uuid;
  /** People of the campaign who wait: when there are more, some may be due. */
  readonly waiting: number;
  /** Whatever else decides who is found: another text is another question. */
  readonly among: string;
}

export function nobodyDue(): NobodyDue {
  const known = new Map<string, Look & Finding & { readonly since: Instant }>();
  const keyOf = ({ campaignId, laneId }: Look): string => `${campaignId} ${laneId}`;
  return {
    restMs(look, now) {
      const last = known.get(keyOf(look));
      if (last === undefined || last.among !== look.among || look.waiting > last.waiting) return undefined;
      const passedMs = msBetween(last.since, now);
      // A clock that was set back must not make it rest for longer.
      if (passedMs < 0 || passedMs >= Math.min(last.dueMs, last.againMs)) return undefined;
      // Who comes back after another has gone is one more.
      if (look.waiting < last.waiting) known.set(keyOf(look), { ...last, waiting: look.waiting });
      return last.dueMs - passedMs;
    },
    remember: (look, now, finding) => void known.set(keyOf(look), { ...look, ...finding, since: now }),
    keep(campaignIds) {
      for (const [key, { campaignId }] of known) if (!campaignIds.has(campaignId)) known.delete(key);
    },
  };
}
