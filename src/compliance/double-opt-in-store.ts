import { getSetting, putSetting } from '../business/business-store.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import { DEFAULT_DOUBLE_OPT_IN, type DoubleOptIn } from './double-opt-in.ts';

/** One row of `setting`. */
const KEY = 'double_opt_in';
type Stored = Partial<DoubleOptIn> & { readonly version: 1 };

export async function getDoubleOptIn(db: Db | Tx): Promise<DoubleOptIn> {
  const { version: _, ...stored } = (await getSetting<Stored>(db, KEY)) ?? { version: 1 };
  return { ...DEFAULT_DOUBLE_OPT_IN, ...stored };
}

export const putDoubleOptIn = (tx: Tx, settings: DoubleOptIn, now: Instant): Promise<void> =>
  putSetting(tx, { key: KEY, value: { version: 1, ...settings } satisfies Stored, now });
