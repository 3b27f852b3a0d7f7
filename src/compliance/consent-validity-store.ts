import { getSetting, putSetting } from '../business/business-store.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import type { ConsentKind } from './consent.ts';

/** After how many months a consent ends of which nobody has said when; null: never. */
export type ConsentMonths = Readonly<Record<ConsentKind, number | null>>;

export interface ConsentValidity extends ConsentMonths {
  /** Also ends those that were recorded before, whatever end they were given (compliance/end-old-consents.ts). */
  readonly alsoRecorded: boolean;
}

/** An inquiry is no promise for ever; what was signed lasts until it is taken back. */
export const DEFAULT_CONSENT_VALIDITY: ConsentValidity = { express: 18, express_written: null, alsoRecorded: false };

/** When a consent of that day ends under such a policy. */
export function endOf(validity: ConsentMonths, kind: ConsentKind, occurredAt: Instant): Instant | null {
  const months = validity[kind];
  return months === null ? null : occurredAt.toZonedDateTimeISO('UTC').add({ months }).toInstant();
}

/** One row of `setting`. */
const KEY = 'consent_validity';
type Stored = Partial<ConsentValidity> & { readonly version: 1 };

export async function getConsentValidity(db: Db | Tx): Promise<ConsentValidity> {
  const { version: _, ...months } = (await getSetting<Stored>(db, KEY)) ?? { version: 1 };
  return { ...DEFAULT_CONSENT_VALIDITY, ...months };
}

export const putConsentValidity = (tx: Tx, validity: ConsentValidity, now: Instant): Promise<void> =>
  putSetting(tx, { key: KEY, value: { version: 1, ...validity } satisfies Stored, now });
