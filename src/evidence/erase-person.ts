/**
 * Erases all that is known of the person with one number, but for what the law asks to keep: that stays under a keyed hash, without
 * words, until its time is over (docs/decisions/0047). The number is suppressed, also for a person who had not asked for it: who comes
 * back by a list, a call or a program stays as they were, and only their own START ends it.
 */

import { recordAudit } from '../compliance/audit-store.ts';
import { lockNumber } from '../compliance/lock-number.ts';
import { KEPT_RECORDS, keptUntil, retentionRulesAt } from '../compliance/retention-rules.ts';
import { suppressLocked } from '../compliance/suppress.ts';
import { keepImportsAway } from '../contacts/import-store.ts';
import { readUnderWay } from '../contacts/under-way-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { rehearse } from '../platform/rehearse.ts';
import { ok } from '../platform/result.ts';
import {
  completeErasure,
  deleteContact,
  type ErasedNumber,
  eraseCalls,
  eraseEvents,
  eraseRecorded,
  eraseSuppressions,
  eraseTexts,
  eraseTraces,
  insertErasure,
  isKnown,
  keepContactsAway,
  lockContactAlone,
  numberKey,
} from './erase-store.ts';
import type { Erasure, Removed } from './erasure.ts';
import { hasNumberKey, noteNumberKey } from './number-key-store.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export interface EraseRequest {
  readonly phone: string;
  /** Why, without naming the person: it stays. */
  readonly reason: string;
  readonly by: { readonly actor: string; readonly name: string };
}

/** Everything at once or nothing. */
export async function erasePerson(tx: Tx, deps: Deps, request: EraseRequest): Promise<Outcome<Erasure>> {
  const { phone } = request;
  if (!(await keepImportsAway(tx, 'beside each other')))
    return conflict('a file of contacts is being imported: erase the person when it is in', {
      state: 'importing',
      allowed: [],
    });
  await keepContactsAway(tx);
  if (!(await hasNumberKey(tx)))
    return conflict(
      'this program has another key than the server of this database: erase in the browser, or set TEXTWRIGHT_SECRET_KEY (or TEXTWRIGHT_DATA_DIR) as the server has it',
      { state: 'other key', allowed: [] },
    );
  await noteNumberKey(tx, deps.clock.now());
  // Before its lock, which gives an erased number its suppressions back: asking for nobody must leave nothing.
  if (!(await isKnown(tx, phone))) return notFound('person with the number', phone);
  const contactId = await lockNumber(tx, phone);
  await lockContactAlone(tx, contactId);
  const refusal = await refusedWhileUnderWay(tx, phone);
  if (refusal !== undefined) return refusal;
  const erasure = await eraseAll(tx, deps, { request, contactId });
  await notifyLive(tx, ['contacts', 'inbox', 'calls', ...(contactId === null ? [] : [`contact:${contactId}`])]);
  return ok(erasure);
}

export const rehearseErasure = (db: Db, deps: Deps, request: EraseRequest): Promise<Outcome<Erasure>> =>
  rehearse(db, (tx) => erasePerson(tx, deps, request));

async function refusedWhileUnderWay(tx: Tx, phone: string): Promise<Outcome<never> | undefined> {
  const { texts, events } = await readUnderWay(tx, [phone]);
  if (texts > 0)
    return conflict(
      `${texts === 1 ? 'a text' : `${texts} texts`} to ${phone} ${texts === 1 ? 'was' : 'were'} handed over and the gateway has not said what became of ${texts === 1 ? 'it' : 'them'}: wait until it has, or settle ${texts === 1 ? 'it' : 'them'} by hand on the page of the campaign`,
      { state: 'unknown', allowed: ['settle by hand'] },
    );
  if (events > 0)
    return conflict(
      `${events === 1 ? 'an event' : `${events} events`} of ${phone} ${events === 1 ? 'waits' : 'wait'} to be applied and would bring the person back: try again in a minute`,
      { state: 'applying', allowed: [] },
    );
  return undefined;
}

async function eraseAll(
  tx: Tx,
  deps: Deps,
  { request, contactId }: { readonly request: EraseRequest; readonly contactId: Uuid | null },
): Promise<Erasure> {
  const { phone, reason, by } = request;
  const now = deps.clock.now();
  const id = deps.newUuid();
  const shownId = showId('erasure', id);
  await suppressLocked(tx, deps, {
    phone,
    reason: 'opt_out',
    channel: 'erasure',
    evidence: { erasure: shownId },
    // Whoever asks to be forgotten answers no text.
    enrollmentId: null,
    actor: by.actor,
    recordedBy: by.name,
  });
  const number: ErasedNumber = { phone, key: await numberKey(tx, phone), contactId };
  const auditId = deps.newUuid();
  await recordAudit(tx, {
    id: auditId,
    at: now,
    actor: by.actor,
    action: 'person.erased',
    subject: shownId,
    phone: number.key,
    detail: { by: by.name },
  });
  await insertErasure(tx, { id, key: number.key, now, by, reason, auditId });
  const { consents, entries } = await eraseRecorded(tx, { ...number, auditId });
  const { texts, conversations, lastSentAt } = await eraseTexts(tx, number);
  const suppressions = await eraseSuppressions(tx, number, now);
  const removed: Removed = {
    ...(await eraseCalls(tx, number)),
    events: await eraseEvents(tx, number),
    validations: await eraseTraces(tx, number),
    contacts: await deleteContact(tx, contactId),
    conversations,
    texts,
    auditEntries: entries,
  };
  const rules = retentionRulesAt(now);
  const rows = { suppressions, consents, texts };
  const kept = KEPT_RECORDS.map((record) => ({
    record,
    rows: rows[record],
    ruleVersion: rules.version,
    reason: rules[record].reason,
    keepUntil: keptUntil(rules, record, record === 'texts' ? (lastSentAt ?? now) : now),
    forgottenAt: null,
  }));
  await completeErasure(tx, { id, removed, kept });
  return { id, erasedAt: now, actorName: by.name, reason, removed, kept };
}
