import { getBusiness } from '../business/business-store.ts';
import { type OptOutKind, optOutConfirmation } from '../compliance/confirmation-texts.ts';
import { classifyInbound } from '../compliance/opt-out.ts';
import type { OpenReview, ReviewDecision } from '../compliance/opt-out-review-store.ts';
import { readOptOutConfirmer } from '../gateways/account-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { isBefore } from '../platform/time.ts';
import { answerBy } from './act-on-inbound.ts';
import { answeringBusiness } from './automatic-answers.ts';
import { getConversationRow } from './conversation-store.ts';
import { insertAutomaticAnswer } from './inbound-store.ts';
import { getReplyLane } from './reply-store.ts';

/**
 * The one confirmation of an opt-out that a person read out of an unclear reply, while the minutes for it are not over. None where only the
 * provider confirms, and none from a number that is ours no more. The number is locked.
 */
export async function confirmDecided(
  tx: Tx,
  { clock, newUuid }: { readonly clock: Clock; readonly newUuid: NewUuid },
  review: OpenReview,
  decision: Exclude<ReviewDecision, 'not_opt_out'>,
): Promise<void> {
  const { phone, said, saidAt, openedAt, conversationId } = review;
  const now = clock.now();
  const notAfter = answerBy({ clock }, { saidAt, heardAt: openedAt });
  if (conversationId === null || isBefore(notAfter, now)) return;
  const conversation = await getConversationRow(tx, conversationId);
  if (conversation === undefined) throw new Error(`conversation ${conversationId} of a review is not there`);
  const { laneId, contactId } = conversation;
  const { accountId } = await getReplyLane(tx, laneId);
  if ((await readOptOutConfirmer(tx, accountId)) === 'provider') return;
  const { language = 'en' } = classifyInbound(said, { at: saidAt });
  const answer = { kind: kindOf(review, decision), language };
  await insertAutomaticAnswer(tx, {
    ...{ id: newUuid(), accountId, laneId, conversationId, contactId, phone },
    purpose: 'opt_out_confirmation',
    body: optOutConfirmation(answeringBusiness(await getBusiness(tx)), answer),
    ...{ now, notBefore: now, notAfter },
  });
}

function kindOf({ family }: OpenReview, decision: ReviewDecision): OptOutKind {
  if (family === 'bereavement') return 'bereavement';
  return decision === 'wrong_number' ? 'wrong_number' : 'intent';
}
