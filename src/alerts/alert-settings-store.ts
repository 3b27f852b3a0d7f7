import { sql } from 'kysely';
import { getSetting, putSetting } from '../business/business-store.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import { type AlertSettings, DEFAULT_ALERT_SETTINGS } from './alert-settings.ts';

/** The row `alerts` of `setting`. */
type Stored = Partial<AlertSettings> & { readonly version: 1 };

export async function getAlertSettings(db: Db | Tx): Promise<AlertSettings> {
  const { version: _, ...settings } = (await getSetting<Stored>(db, 'alerts')) ?? { version: 1 };
  return { ...DEFAULT_ALERT_SETTINGS, ...settings };
}

export const putAlertSettings = (tx: Tx, settings: AlertSettings, now: Instant): Promise<void> =>
  putSetting(tx, { key: 'alerts', value: { version: 1, ...settings } satisfies Stored, now });

/** Who gets the mail when nobody is named. A small table. */
export async function listOwnerAddresses(db: Db | Tx): Promise<readonly string[]> {
  const { rows } = await sql<{ email: string }>`
    select email from auth_user where role = 'owner' and active order by created_at, id`.execute(db);
  return rows.map((row) => row.email);
}
