import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** Replies that may be opt-outs. While one is undecided, campaigns text nobody at its number (compliance/held-number.ts). */
export type ReviewDecision = 'opt_out' | 'not_opt_out' | 'wrong_number';
export type DecidedHow = 'person' | 'deadline' | 'suppressed' | 'opted_in';

export interface NewReview {
  readonly id: Uuid;
  readonly phone: string;
  /** Null when the reply came to a number that is none of ours any more. */
  readonly conversationId: Uuid | null;
  readonly said: string;
  readonly matched: string | null;
  readonly family: string;
  readonly classifierVersion: string;
  readonly saidAt: Instant;
  readonly now: Instant;
  readonly dueAt: Instant;
}

/**
 * False when the number is held already, which keeps its time, or must not be texted anyway. The number is locked. Indexes
 * opt_out_review_open and suppression_active.
 */
export async function insertReview(tx: Tx, review: NewReview): Promise<boolean> {
  const { id, phone, conversationId, said, matched, family, classifierVersion, saidAt, now, dueAt } = review;
  const { rows } = await sql`
    insert into opt_out_review (id, phone, conversation_id, said, matched, family, classifier_version, said_at, opened_at, due_at)
    select ${id}, ${phone}, ${conversationId}, ${said}, ${matched}, ${family}, ${classifierVersion}, ${saidAt}, ${now}, ${dueAt}
    where not exists (select from suppression where phone = ${phone} and lifted_at is null and reason <> 'invalid_number')
    on conflict (phone) where decided_at is null do nothing
    returning id`.execute(tx);
  return rows.length > 0;
}

export interface OpenReview extends Omit<NewReview, 'now'> {
  readonly openedAt: Instant;
  readonly decision: ReviewDecision | null;
}

const columns = sql`id, phone, conversation_id, said, matched, family, classifier_version, said_at, opened_at, due_at, decision`;

export async function findReview(tx: Tx, id: Uuid): Promise<OpenReview | undefined> {
  const { rows } = await sql<OpenReview>`select ${columns} from opt_out_review where id = ${id}`.execute(tx);
  return rows[0];
}

/** Of a number, if it is held. Index opt_out_review_open. */
export async function findOpenReview(tx: Tx, phone: string): Promise<OpenReview | undefined> {
  const { rows } = await sql<OpenReview>`
    select ${columns} from opt_out_review where phone = ${phone} and decided_at is null`.execute(tx);
  return rows[0];
}

/** Those on which nobody has decided in time, the oldest first. Index opt_out_review_due. */
export async function listOverdue(tx: Tx, now: Instant, limit: number): Promise<readonly Pick<OpenReview, 'id'>[]> {
  const { rows } = await sql<{ id: Uuid }>`
    select id from opt_out_review where decided_at is null and due_at <= ${now} order by due_at, id limit ${limit}`.execute(
    tx,
  );
  return rows;
}

export interface ReviewEnd {
  readonly id: Uuid;
  readonly decision: ReviewDecision;
  readonly how: DecidedHow;
  readonly by: string;
  readonly now: Instant;
}

/**
 * The number is locked. Whoever waited for the decision of a campaign is due again when it was no opt-out, at whichever number of the
 * person; an opt-out ends them by itself. Indexes enrollment_pending_phone and contact_number_pkey.
 */
export async function endReview(tx: Tx, end: ReviewEnd): Promise<void> {
  const { id, decision, how, by, now } = end;
  await sql`
    with ended as (
      update opt_out_review set decided_at = ${now}, decision = ${decision}, decided_how = ${how}, decided_by = ${by}
      where id = ${id} and decided_at is null returning phone, due_at
    )
    update enrollment e set not_before = ${now} from ended
    where ${decision === 'not_opt_out'} and e.phone = any(array_append(array(
        select c.phone from contact_number n join contact c on c.id = n.contact_id where n.phone = ended.phone), ended.phone)) and e.state = 'pending' and e.not_before = ended.due_at`.execute(
    tx,
  );
}
