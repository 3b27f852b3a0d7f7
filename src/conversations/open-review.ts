import { recordAudit } from '../compliance/audit-store.ts';
import type { InboundClassification } from '../compliance/opt-out.ts';
import { endReview, findOpenReview, insertReview } from '../compliance/opt-out-review-store.ts';
import { getReviewSettings } from '../compliance/review-settings.ts';
import { noteUnclear } from '../compliance/suppress.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { addMs, HOUR_MS, isBefore } from '../platform/time.ts';
import { ENGINE_TOPIC } from '../sending/engine-topic.ts';
import { settleReviews } from './conversation-store.ts';
import type { InboundText } from './inbound.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** From here on campaigns leave the number alone until a person has decided. The number is locked. */
export async function holdNumberOf(
  tx: Tx,
  deps: Deps,
  reply: {
    readonly text: InboundText;
    readonly classification: InboundClassification;
    readonly conversationId: Uuid | null;
  },
): Promise<void> {
  const { text, classification, conversationId } = reply;
  const { matched, family = 'unclear_request', likelihood, classifierVersion } = classification;
  const now = deps.clock.now();
  const { hours } = await getReviewSettings(tx, now);
  const id = deps.newUuid();
  const dueAt = addMs(now, hours * HOUR_MS);
  const understood = { matched, family, classifierVersion };
  const place = { id, phone: text.from, conversationId };
  if (!(await insertReview(tx, { ...place, ...understood, said: text.text, saidAt: text.at, now, dueAt }))) {
    await noteUnclear(tx, { phone: text.from, saidAt: text.at });
    return;
  }
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: 'contact',
    action: 'opt_out_review.opened',
    subject: showId('optOutReview', id),
    phone: text.from,
    detail: {
      text: text.text,
      gatewayMessageId: text.gatewayMessageId,
      saidAt: text.at.toString(),
      ...understood,
      ...(likelihood === undefined ? {} : { likelihood }),
      dueAt: dueAt.toString(),
    },
  });
  await notifyLive(tx, [REVIEW_TOPIC]);
}

/** Of news about replies that wait to be decided on. */
export const REVIEW_TOPIC = 'opt-out-reviews';

/** A person who asks for texts has said what an earlier unclear reply left open. The number is locked. */
export async function letGo(tx: Tx, deps: Deps, text: Pick<InboundText, 'from' | 'at'>): Promise<void> {
  const review = await findOpenReview(tx, text.from);
  if (review !== undefined && !isBefore(review.saidAt, text.at)) return;
  await settleReviews(tx, text.from);
  if (review === undefined) return;
  const now = deps.clock.now();
  await endReview(tx, { id: review.id, decision: 'not_opt_out', how: 'opted_in', by: 'The person', now });
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: 'contact',
    action: 'opt_out_review.decided',
    subject: showId('optOutReview', review.id),
    phone: text.from,
    detail: { decision: 'not_opt_out', because: 'the person asked for texts', saidAt: text.at.toString() },
  });
  await notifyLive(tx, [REVIEW_TOPIC, ENGINE_TOPIC]);
}
