import { getSetting, putSetting } from '../business/business-store.ts';
import { NUMBER_SETTING } from '../compliance/number-policy.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import { DEFAULT_VALIDATION_SETTINGS, type ValidationSettings } from './validation-settings.ts';

/** One row of `setting`; `audiences/eligibility-facts.ts` reads its policy. */
type Stored = Partial<ValidationSettings> & { readonly version: 1 };

export async function getValidationSettings(db: Db | Tx): Promise<ValidationSettings> {
  const { version: _, ...settings } = (await getSetting<Stored>(db, NUMBER_SETTING)) ?? { version: 1 };
  return { ...DEFAULT_VALIDATION_SETTINGS, ...settings };
}

export const putValidationSettings = (tx: Tx, settings: ValidationSettings, now: Instant): Promise<void> =>
  putSetting(tx, { key: NUMBER_SETTING, value: { version: 1, ...settings } satisfies Stored, now });
