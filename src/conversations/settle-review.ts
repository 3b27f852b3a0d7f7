import { recordAudit } from '../compliance/audit-store.ts';
import { lockNumber } from '../compliance/lock-number.ts';
import {
  type DecidedHow,
  endReview,
  findOpenReview,
  findReview,
  type OpenReview,
  type ReviewDecision,
} from '../compliance/opt-out-review-store.ts';
import { suppressLocked } from '../compliance/suppress.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { isBefore, msBetween, SECOND_MS } from '../platform/time.ts';
import { ENGINE_TOPIC } from '../sending/engine-topic.ts';
import { confirmDecided } from './confirm-decided.ts';
import { settleReviews, waitsForReview } from './conversation-store.ts';
import { REVIEW_TOPIC } from './open-review.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

interface Member {
  readonly actor: string;
  readonly name: string;
}

/**
 * A person has read an unclear reply. Deciding the same again changes nothing; what was decided otherwise, or too late, is refused:
 * only the person on the phone can undo an opt-out.
 */
export async function decideReview(
  tx: Tx,
  deps: Deps,
  input: { readonly id: Uuid; readonly decision: ReviewDecision; readonly by: Member },
): Promise<Outcome<Uuid>> {
  const { id, decision, by } = input;
  const found = await findReview(tx, id);
  if (found === undefined) return notFound('review', showId('optOutReview', id));
  await lockNumber(tx, found.phone);
  const review = (await findReview(tx, id)) ?? found;
  if (review.decision === decision) return ok(id);
  if (review.decision !== null) return decidedOtherwise(review);
  if (decision === 'not_opt_out' && isOverdue(review, deps)) return tooLate(review);
  await settle(tx, deps, { review, decision, how: 'person', by });
  return ok(id);
}

/**
 * The same by marking a thread as reviewed in the inbox, `besides` which no other thread of the number waits for a decision. The number is locked. Returns the refusal when its time
 * is over.
 */
export async function decideAsRead(
  tx: Tx,
  deps: Deps,
  input: { readonly phone: string; readonly besides: Uuid; readonly by: Member },
): Promise<Outcome<never> | undefined> {
  const review = await findOpenReview(tx, input.phone);
  if (review === undefined || (await waitsForReview(tx, input))) return undefined;
  if (isOverdue(review, deps)) return tooLate(review);
  await settle(tx, deps, { review, decision: 'not_opt_out', how: 'person', by: input.by });
  return undefined;
}

/** Nobody has decided in time. Does nothing when somebody was faster. */
export async function endOverdue(tx: Tx, deps: Deps, id: Uuid): Promise<void> {
  const found = await findReview(tx, id);
  if (found === undefined) return;
  await lockNumber(tx, found.phone);
  const review = await findReview(tx, id);
  if (review === undefined || review.decision !== null || !isOverdue(review, deps)) return;
  const by = { actor: 'system', name: 'Textwright' };
  await settle(tx, deps, { review, decision: 'opt_out', how: 'deadline', by });
}

const isOverdue = ({ dueAt }: OpenReview, { clock }: Deps): boolean => !isBefore(clock.now(), dueAt);

interface Settling {
  readonly review: OpenReview;
  readonly decision: ReviewDecision;
  readonly how: Extract<DecidedHow, 'person' | 'deadline'>;
  readonly by: Member;
}

async function settle(tx: Tx, deps: Deps, { review, decision, how, by }: Settling): Promise<void> {
  const now = deps.clock.now();
  const { id, phone, said, matched, family, classifierVersion, saidAt, openedAt, conversationId } = review;
  await endReview(tx, { id, decision, how, by: by.name, now });
  await settleReviews(tx, phone);
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: by.actor,
    action: 'opt_out_review.decided',
    subject: showId('optOutReview', id),
    phone,
    detail: {
      decision,
      how,
      by: by.name,
      text: said,
      matched,
      family,
      undecidedSeconds: Math.round(msBetween(openedAt, now) / SECOND_MS),
    },
  });
  if (decision !== 'not_opt_out') {
    const { beginsOptOut } = await suppressLocked(tx, deps, {
      phone,
      reason: decision,
      channel: 'review',
      evidence: {
        text: said,
        matched,
        family,
        classifierVersion,
        tier: 3,
        saidAt: saidAt.toString(),
        decidedBy: how === 'person' ? by.name : 'nobody in time',
        reviewId: showId('optOutReview', id),
      },
      actor: by.actor,
      saidAt,
      heardAt: openedAt,
      recordedBy: by.name,
    });
    if (beginsOptOut && how === 'person') await confirmDecided(tx, deps, review, decision);
  }
  const thread = conversationId === null ? [] : [`conversation:${conversationId}`];
  await notifyLive(tx, [REVIEW_TOPIC, ENGINE_TOPIC, 'inbox', 'contacts', ...thread]);
}

const decidedOtherwise = ({ id, decision }: OpenReview): Outcome<never> =>
  conflict(
    `review ${showId('optOutReview', id)} is decided: ${DECIDED[decision ?? 'not_opt_out']}. ${decision === 'not_opt_out' ? 'Opt the person out in the inbox' : 'Only the person can undo it, by texting START'}`,
    { state: decision ?? 'open', allowed: [] },
  );

const DECIDED: Readonly<Record<ReviewDecision, string>> = {
  opt_out: 'an opt-out',
  not_opt_out: 'no opt-out',
  wrong_number: 'the wrong number',
};

const tooLate = ({ id, dueAt }: OpenReview): Outcome<never> =>
  conflict(
    `review ${showId('optOutReview', id)} was undecided until ${dueAt.toString()}: it counts as an opt-out since then. Only the person can undo it, by texting START`,
    { state: 'overdue', allowed: ['opt_out', 'wrong_number'] },
  );
