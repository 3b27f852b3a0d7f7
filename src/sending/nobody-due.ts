import type { Uuid } from '../platform/ids.ts';
import { addMs, type Instant, isBefore, msBetween } from '../platform/time.ts';

/**
 * Claims that found nobody: who waits may know a lane of another account, or has had enough texts for today. Looking again at every
 * turn costs as much as a claim that finds somebody, so that it is done a second later, or when it may have become different.
 */
export interface NobodyDue {
  /** Milliseconds of clock time during which this claim need not be tried; 0 when it is to be. */
  restMs(look: Look, now: Instant): number;
  /** For as long as `ms` of clock time. */
  remember(look: Look, now: Instant, ms: number): void;
  /** Forgets all campaigns but these. */
  keep(campaignIds: ReadonlySet<Uuid>): void;
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
  const known = new Map<string, Look & { readonly since: Instant; readonly until: Instant }>();
  const keyOf = ({ campaignId, laneId }: Look): string => `${campaignId} ${laneId}`;
  return {
    restMs(look, now) {
      const last = known.get(keyOf(look));
      if (last === undefined || last.among !== look.among || look.waiting > last.waiting) return 0;
      // A clock that was set back must not make it rest for longer.
      if (!isBefore(now, last.until) || isBefore(now, last.since)) return 0;
      return msBetween(now, last.until);
    },
    remember: (look, now, ms) => void known.set(keyOf(look), { ...look, since: now, until: addMs(now, ms) }),
    keep(campaignIds) {
      for (const [key, { campaignId }] of known) if (!campaignIds.has(campaignId)) known.delete(key);
    },
  };
}
