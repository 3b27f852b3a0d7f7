import { getSetting, putSetting } from '../business/business-store.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import { type ConsentPolicy, DEFAULT_CONSENT_POLICY } from './consent-policy.ts';

/** Which consent a new campaign asks for until somebody chooses another one for it. One row of `setting`. */
const KEY = 'default_consent';
type Stored = ConsentPolicy & { readonly version: 1 };

export async function getDefaultConsent(db: Db | Tx): Promise<ConsentPolicy> {
  const stored = await getSetting<Stored>(db, KEY);
  if (stored === undefined) return DEFAULT_CONSENT_POLICY;
  return stored.policy === 'custom'
    ? { policy: stored.policy, kinds: stored.kinds }
    : { policy: stored.policy, kinds: null };
}

export const putDefaultConsent = (tx: Tx, policy: ConsentPolicy, now: Instant): Promise<void> =>
  putSetting(tx, { key: KEY, value: { version: 1, ...policy } satisfies Stored, now });
