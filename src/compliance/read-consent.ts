import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import { type ConsentKind, type ConsentPurpose, type ConsentStanding, consentStanding, standingAt } from './consent.ts';
import type { ConsentEvent } from './consent-evidence.ts';
import { readConsentEvent, readConsentFacts } from './consent-store.ts';
import { grantSentence, noConsentSentence } from './consent-words.ts';

export type ConsentGrant = ConsentEvent & { readonly kind: ConsentKind };

/** What holds for one number and purpose at an instant. */
export interface ConsentNow {
  readonly purpose: ConsentPurpose;
  readonly standing: ConsentStanding;
  /** The event that gave what is in force. */
  readonly grant: ConsentGrant | undefined;
}

export async function readConsentNow(
  db: Db | Tx,
  query: { readonly phone: string; readonly purpose: ConsentPurpose; readonly now: Instant },
): Promise<ConsentNow> {
  const { phone, purpose, now } = query;
  const standing = standingAt(consentStanding(await readConsentFacts(db, phone), purpose), now);
  const { inForce } = standing;
  return { purpose, standing, grant: inForce === null ? undefined : await readGrant(db, inForce.eventId) };
}

export async function readGrant(db: Db | Tx, id: string): Promise<ConsentGrant> {
  const event = await readConsentEvent(db, id);
  if (event === undefined || event.kind === null)
    throw new Error(`consent ${id} is in force and no such grant is recorded`);
  return { ...event, kind: event.kind };
}

export const consentSentence = ({ standing, grant }: ConsentNow, zone: string): string =>
  grant === undefined ? noConsentSentence(standing, zone) : grantSentence(grant, zone);
