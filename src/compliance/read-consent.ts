import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import { type ConsentKind, type ConsentPurpose, type ConsentStanding, consentStanding, standingAt } from './consent.ts';
import type { ConsentEvent } from './consent-evidence.ts';
import { listConsentFacts, readConsentEvent, readConsentEvents, readConsentFacts } from './consent-store.ts';
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

/** The same of many numbers, each at its instant, in the order of the queries: what happened later is not known then. */
export async function readConsentsAt(
  db: Db | Tx,
  queries: readonly { readonly phone: string; readonly purpose: ConsentPurpose; readonly at: Instant }[],
): Promise<readonly ConsentNow[]> {
  const facts = await listConsentFacts(db, [...new Set(queries.map(({ phone }) => phone))]);
  const standings = queries.map(({ phone, purpose, at }) => {
    const before = (facts.get(phone) ?? []).filter(({ occurredAt }) => !isBefore(at, occurredAt));
    return { purpose, standing: standingAt(consentStanding(before, purpose), at) };
  });
  const ids = standings.flatMap(({ standing: { inForce } }) => (inForce === null ? [] : [inForce.eventId]));
  const events = new Map((await readConsentEvents(db, [...new Set(ids)])).map((event) => [event.id, event]));
  return standings.map(({ purpose, standing }) => {
    const id = standing.inForce?.eventId;
    return { purpose, standing, grant: id === undefined ? undefined : grantOf(id, events.get(id)) };
  });
}

export async function readGrant(db: Db | Tx, id: Uuid): Promise<ConsentGrant> {
  return grantOf(id, await readConsentEvent(db, id));
}

function grantOf(id: Uuid, event: ConsentEvent | undefined): ConsentGrant {
  if (event === undefined || event.kind === null)
    throw new Error(`consent ${id} is in force and no such grant is recorded`);
  return { ...event, kind: event.kind };
}

export const consentSentence = ({ standing, grant }: ConsentNow, zone: string): string =>
  grant === undefined ? noConsentSentence(standing, zone) : grantSentence(grant, zone);
