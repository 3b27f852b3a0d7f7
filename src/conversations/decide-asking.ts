import { WINDOW_MARGIN_MS } from '../business/sending-policy.ts';
import { nextOpening, openUntil, type Places, type QuietHoursPolicy } from '../compliance/quiet-hours.ts';
import { addMs, type Instant, isBefore } from '../platform/time.ts';

export interface AskingTime {
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

/**
 * When somebody may be asked whether an opt-in was theirs: as soon as the hours of campaigns are open where they may be, since nobody knows
 * yet that it was they who filled in the form. `undefined` when that is not before `until`, or never (a number that lies nowhere).
 */
export function decideAskingTime(
  places: Places,
  policy: QuietHoursPolicy,
  { now, until }: { readonly now: Instant; readonly until: Instant },
): AskingTime | undefined {
  const notBefore = nextOpening(places, policy, now);
  if (notBefore === undefined || !isBefore(notBefore, until)) return undefined;
  const closesAt = openUntil(places, policy, notBefore);
  if (closesAt === undefined) return undefined;
  const notAfter = addMs(closesAt, -WINDOW_MARGIN_MS);
  if (isBefore(notBefore, notAfter)) return { notBefore, notAfter };
  return decideAskingTime(places, policy, { now: closesAt, until });
}
