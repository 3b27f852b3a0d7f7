import { getBusiness } from '../business/business-store.ts';
import type { ConsentToRecord } from '../compliance/append-consent.ts';
import { CONSENT_PURPOSES } from '../compliance/consent.ts';
import type { ConsentEvent } from '../compliance/consent-evidence.ts';
import { listConsentEvents } from '../compliance/consent-store.ts';
import { type ConsentNow, consentSentence, readConsentNow } from '../compliance/read-consent.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import { settleReviews } from '../conversations/conversation-store.ts';
import type { Clock } from '../platform/clock.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import { getContact } from './list-contacts.ts';

/** What one person has permitted, for each purpose, with its sentence. */
export type ContactConsent = ConsentNow & { readonly sentence: string };

export interface ContactConsents extends Page<ConsentEvent> {
  readonly standings: readonly ContactConsent[];
}

/** What holds now, and every event of the number, newest first. */
export async function listContactConsents(
  db: Db | Tx,
  clock: Clock,
  query: { readonly id: Uuid; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<ContactConsents>> {
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const contact = await getContact(db, query.id);
  if (!contact.ok) return contact;
  const { phone } = contact.value;
  const rows = await listConsentEvents(db, {
    phone,
    after: cursor.value === undefined ? undefined : { occurredAt: cursor.value[0], id: cursor.value[1] },
    limit: query.limit + 1,
  });
  const page = toPage(rows, query.limit, (last) => makeCursor(last.occurredAt.toString(), last.id));
  return ok({ ...page, standings: await standingsOf(db, phone, clock.now()) });
}

async function standingsOf(db: Db | Tx, phone: string, now: Instant): Promise<readonly ContactConsent[]> {
  const { zone } = await getBusiness(db);
  const standings: ContactConsent[] = [];
  for (const purpose of CONSENT_PURPOSES) {
    const consent = await readConsentNow(db, { phone, purpose, now });
    standings.push({ ...consent, sentence: consentSentence(consent, zone) });
  }
  return standings;
}

type Omitted<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** What a person of the team may record of a contact. */
export type ContactConsentInput = Omitted<ConsentToRecord, 'phone' | 'by'> & { readonly action: 'grant' | 'revoke' };

/**
 * Records what a person permitted or took back. A text of theirs that waited to be read as an opt-out or not is decided by their
 * taking back marketing, which suppresses the number. Answers with what holds now and the newest events.
 */
export async function recordContactConsent(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: {
    readonly id: Uuid;
    readonly consent: ContactConsentInput;
    readonly by: { readonly actor: string; readonly name: string };
  },
): Promise<Outcome<ContactConsents>> {
  const { id, consent, by } = input;
  const contact = await getContact(tx, id);
  if (!contact.ok) return contact;
  const { phone } = contact.value;
  const recorded = await recordConsent(tx, deps, { ...consent, phone, by: { actor: by.actor, name: by.name } });
  if (!recorded.ok) return recorded;
  if (consent.action === 'revoke' && consent.purpose !== 'informational') await settleReviews(tx, phone);
  await notifyLive(tx, ['contacts', 'inbox', `contact:${id}`]);
  return listContactConsents(tx, deps.clock, { id, cursor: undefined, limit: EVENTS_ANSWERED });
}

const EVENTS_ANSWERED = 20;
