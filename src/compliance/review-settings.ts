import { getSetting, putSetting } from '../business/business-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { recordAudit } from './audit-store.ts';
import { REVIEW_HOURS_MAX } from './review-hours.ts';

export interface ReviewSettings {
  /** For so long a person may decide whether a reply was an opt-out; after that it was one. */
  readonly hours: number;
}

const KEY = 'opt_out_review';
const DEFAULT: ReviewSettings = { hours: REVIEW_HOURS_MAX };

type Stored = ReviewSettings & { readonly version: 1 };

export async function getReviewSettings(db: Db | Tx): Promise<ReviewSettings> {
  const { hours } = (await getSetting<Stored>(db, KEY)) ?? DEFAULT;
  // It could once be set to a week.
  return { hours: Math.min(hours, REVIEW_HOURS_MAX) };
}

/** For replies from now on: whoever is held already keeps the time that was promised. */
export async function changeReviewSettings(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: { readonly settings: ReviewSettings; readonly by: { readonly actor: string; readonly name: string } },
): Promise<ReviewSettings> {
  const { settings, by } = input;
  const now = deps.clock.now();
  const before = await getReviewSettings(tx);
  await putSetting(tx, { key: KEY, value: { version: 1, ...settings } satisfies Stored, now });
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: by.actor,
    action: 'opt_out_review_settings.changed',
    subject: KEY,
    detail: { by: by.name, before, after: settings },
  });
  return settings;
}
