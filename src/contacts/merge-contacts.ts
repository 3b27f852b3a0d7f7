/**
 * Makes one of two contacts of the same person. The one that stays keeps its number; suppressions, consents and conversations belong to
 * numbers and stay with them, and whoever was asked at either number to leave the person alone leaves both alone (docs/decisions/0057).
 *
 * Locks: imports are kept away, the lower number is waited for while no other is held, the higher one and then both rows are only tried,
 * then enrollments and texts.
 */
import { recordAudit } from '../compliance/audit-store.ts';
import { holdFree, holdNumber } from '../compliance/lock-number.ts';
import { otherNumbers } from '../compliance/same-person-store.ts';
import { sayAtAll, suppressLocked, takeBackAt } from '../compliance/suppress.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, invalid, type Outcome } from '../platform/refusal.ts';
import { rehearse } from '../platform/rehearse.ts';
import { ok } from '../platform/result.ts';
import { type Contact, zoneGroupOf } from './contact.ts';
import { updateContactRow } from './contact-store.ts';
import { decideMerge, type MergedContact } from './decide-merge.ts';
import { keepImportsAway } from './import-store.ts';
import { getContact } from './list-contacts.ts';
import {
  countUndecided,
  deleteContactRow,
  endWaiting,
  lockPairAlone,
  type Moved,
  moveEnrollments,
  moveHistory,
  moveNumbers,
  readOptedOut,
  takeOver,
} from './merge-store.ts';
import { storedE164 } from './phone.ts';
import { readUnderWay } from './under-way-store.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export interface MergeRequest {
  /** Stays. */
  readonly into: Uuid;
  /** Ends. */
  readonly from: Uuid;
  readonly by: { readonly actor: string; readonly name: string };
}

export interface Merge extends Moved, Pick<MergedContact, 'filled' | 'addedTags'> {
  readonly contact: Contact;
  readonly ended: Pick<Contact, 'id' | 'phone'>;
  /** Parts in campaigns that waited and wait no more. */
  readonly waitingEnded: number;
  /** Numbers that are opted out because the other one was. */
  readonly optedOut: readonly string[];
}

/** Everything at once or nothing. */
export async function mergeContacts(tx: Tx, deps: Deps, request: MergeRequest): Promise<Outcome<Merge>> {
  // An import holds what it has looked up until its end, and would write to a contact that is gone.
  if (!(await keepImportsAway(tx, 'beside each other')))
    return conflict('an import is running, and may just be writing about one of the two: try again when it is done', {
      state: 'importing',
      allowed: ['wait for the import'],
    });
  const pair = await lockedPair(tx, request);
  if (!pair.ok) return pair;
  const { into, from } = pair.value;
  const refusal = await refusedWhileUnsettled(tx, [into.phone, from.phone]);
  if (refusal !== undefined) return refusal;
  const now = deps.clock.now();
  const optedOut = await optOutBoth(tx, deps, { request, into, from });
  const waitingEnded = await endWaiting(tx, request);
  await moveEnrollments(tx, request, into.phone);
  const moved = await moveHistory(tx, request);
  const { fields, tags, attributes, filled, addedTags } = decideMerge(into, from);
  await takeOver(tx, request, { attributes });
  await moveNumbers(tx, request, { phone: from.phone, now });
  await deleteContactRow(tx, from.id);
  await updateContactRow(tx, into.id, { fields, tags, zoneGroup: zoneGroupOf(storedE164(into.phone), fields), now });
  for (const one of [into, from])
    await recordAudit(tx, {
      id: deps.newUuid(),
      at: now,
      actor: request.by.actor,
      action: one === into ? 'contact.merged' : 'contact.ended_by_merge',
      subject: showId('contact', one.id),
      phone: one.phone,
      // Without the other number: each may be erased by itself.
      detail: { by: request.by.name, with: showId('contact', one === into ? from.id : into.id), fields: filled },
    });
  await notifyLive(tx, ['contacts', 'inbox', 'calls', `contact:${into.id}`, `contact:${from.id}`]);
  const contact = await getContact(tx, into.id);
  if (!contact.ok) return contact;
  const ended = { id: from.id, phone: from.phone };
  return ok({ contact: contact.value, ended, ...moved, filled, addedTags, waitingEnded, optedOut });
}

export const rehearseMerge = (db: Db, deps: Deps, request: MergeRequest): Promise<Outcome<Merge>> =>
  rehearse(db, (tx) => mergeContacts(tx, deps, request));

/** Both, as they are once nobody else can change them. */
async function lockedPair(
  tx: Tx,
  request: MergeRequest,
): Promise<Outcome<{ readonly into: Contact; readonly from: Contact }>> {
  if (request.into === request.from)
    return invalid('from: expected another contact than the one that stays', {
      errors: [{ pointer: '/from', message: 'the same contact' }],
    });
  const numbers: string[] = [];
  for (const id of [request.into, request.from]) {
    const contact = await getContact(tx, id);
    if (!contact.ok) return contact;
    numbers.push(contact.value.phone);
  }
  const [lower = '', higher = ''] = numbers.toSorted();
  await holdNumber(tx, lower);
  if (!(await holdFree(tx, [higher])).has(higher)) return BUSY;
  const isAlone = await lockPairAlone(tx, request);
  const into = await getContact(tx, request.into);
  if (!into.ok) return into;
  const from = await getContact(tx, request.from);
  if (!from.ok) return from;
  return isAlone ? ok({ into: into.value, from: from.value }) : BUSY;
}

const BUSY = conflict('something is just being written about one of the two: try again', {
  state: 'busy',
  allowed: ['try again'],
});

async function refusedWhileUnsettled(tx: Tx, phones: readonly string[]): Promise<Outcome<never> | undefined> {
  const { texts, events } = await readUnderWay(tx, phones);
  if (events > 0)
    return conflict(
      'something that one of the two wrote has come in and is not applied yet: try again in a moment, and see whether its event has failed if it stays so',
      {
        state: 'applying',
        allowed: ['try again'],
      },
    );
  if (texts > 0)
    return conflict(
      'a text to one of the two was handed over and the gateway has not said what became of it: try again when it has',
      {
        state: 'unknown',
        allowed: ['settle by hand'],
      },
    );
  if ((await countUndecided(tx, phones)) > 0)
    return conflict(
      'a reply of one of the two may be an opt-out, and nobody has decided: decide it in the inbox first',
      {
        state: 'held for review',
        allowed: ['decide'],
      },
    );
  return undefined;
}

/**
 * The strict side wins: whoever asked at one number to be left alone meant the person. It ends what was agreed to before at any of their
 * numbers, also at one that was opted out already, but longer ago.
 */
async function optOutBoth(
  tx: Tx,
  deps: Deps,
  { request, into, from }: { readonly request: MergeRequest; readonly into: Contact; readonly from: Contact },
): Promise<readonly string[]> {
  const already = await readOptedOut(tx, [into.phone, from.phone]);
  if (already.size === 0) return [];
  const numbers = [into.phone, from.phone];
  const before = (await Promise.all(numbers.map((phone) => otherNumbers(tx, phone)))).flat();
  const news = (await sayAtAll(tx, [...numbers, ...before])).map(({ phone, saidAt }) => ({
    ...{ phone, saidAt, channel: 'staff' as const, how: null, purpose: 'all' as const },
    ...{ actor: request.by.actor, recordedBy: request.by.name, heardAt: deps.clock.now() },
  }));
  await takeBackAt(tx, deps, news, new Set(numbers));
  const others = [into, from].filter(({ phone }) => !already.has(phone));
  for (const { phone, id } of others)
    await suppressLocked(tx, deps, {
      phone,
      reason: 'opt_out',
      channel: 'staff',
      evidence: {
        note: 'Merged with a contact of the same person who is opted out',
        contact: showId('contact', id === into.id ? from.id : into.id),
        by: request.by.name,
      },
      enrollmentId: null,
      actor: request.by.actor,
      recordedBy: request.by.name,
    });
  await sayAtAll(tx, [...numbers, ...before]);
  return others.map(({ phone }) => phone);
}
