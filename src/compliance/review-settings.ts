import { getSetting, putSetting } from '../business/business-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import { recordAudit } from './audit-store.ts';
import { optOutTermsAt } from './opt-out-terms.ts';

export interface ReviewSettings {
  /** For so long a person may decide whether a reply was an opt-out; after that it was one. */
  readonly hours: number;
}

export interface ReviewSettingsNow extends ReviewSettings {
  /** What the rules of the day allow. */
  readonly hoursMax: number;
}

const KEY = 'opt_out_review';

type Stored = ReviewSettings & { readonly version: 1 };

export async function getReviewSettings(db: Db | Tx, now: Instant): Promise<ReviewSettingsNow> {
  const { reviewHoursMax: hoursMax } = optOutTermsAt(now);
  const stored = await getSetting<Stored>(db, KEY);
  // It could once be set to a week, and the rules may allow less than on the day on which it was set.
  return { hours: Math.min(stored?.hours ?? hoursMax, hoursMax), hoursMax };
}

/** For replies from now on: whoever is held already keeps the time that was promised. */
export async function changeReviewSettings(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: { readonly settings: ReviewSettings; readonly by: { readonly actor: string; readonly name: string } },
): Promise<Outcome<ReviewSettingsNow>> {
  const { by, settings } = input;
  const now = deps.clock.now();
  const { hoursMax, ...before } = await getReviewSettings(tx, now);
  const { hours } = settings;
  if (hours > hoursMax)
    return invalid(`hours "${hours}": expected a whole number from 1 to ${hoursMax}, as long as a reply may wait`, {
      errors: [{ pointer: '/hours', message: `more than ${hoursMax}` }],
    });
  await putSetting(tx, { key: KEY, value: { version: 1, hours } satisfies Stored, now });
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: by.actor,
    action: 'opt_out_review_settings.changed',
    subject: KEY,
    detail: { by: by.name, before, after: { hours } },
  });
  return ok({ hours, hoursMax });
}
