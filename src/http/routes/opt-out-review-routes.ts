import { matchedSpan } from '../../compliance/matched-span.ts';
import { whyKept } from '../../compliance/opt-out-words.ts';
import { changeReviewSettings, getReviewSettings } from '../../compliance/review-settings.ts';
import { getReview, listReviews } from '../../conversations/list-reviews.ts';
import { countOpenReviews, type Review } from '../../conversations/review-read-store.ts';
import { decideReview } from '../../conversations/settle-review.ts';
import { runTx } from '../../platform/database.ts';
import { showId } from '../../platform/ids.ts';
import { ok } from '../../platform/result.ts';
import { instant } from '../../platform/time.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/opt-out-reviews.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';

type ReviewServices = Pick<Services, 'database' | 'clock' | 'newUuid'>;

export function registerOptOutReviewRoutes(api: Api, services: ReviewServices): void {
  const { db } = services.database;
  api.handle(contract.listOptOutReviews, async ({ query }) => {
    const page = await listReviews(db, { view: query.view, cursor: query.cursor, limit: query.limit });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showReview) }) : page;
  });
  api.handle(contract.countOptOutReviews, async () => ok({ open: await countOpenReviews(db) }));
  api.effect(contract.decideOptOutReview, {
    effect: async (tx, { params, body, caller }) => {
      const id = uuidOf('optOutReview', params.id);
      const decided = await decideReview(tx, services, { id, decision: body.decision, by: caller });
      if (!decided.ok) return decided;
      const review = await getReview(tx, id);
      return review.ok ? ok(showReview(review.value)) : review;
    },
  });
  api.handle(contract.getOptOutReviewSettings, async () => ok(await getReviewSettings(db, services.clock.now())));
  api.handle(contract.putOptOutReviewSettings, ({ body, caller }) =>
    runTx(db, (tx) => changeReviewSettings(tx, services, { settings: body, by: caller })),
  );
}

export const showReview = (review: Review) => ({
  id: showId('optOutReview', review.id),
  phone: review.phone,
  contactId: review.contactId === null ? null : showId('contact', review.contactId),
  name: review.name,
  conversationId: review.conversationId === null ? null : showId('conversation', review.conversationId),
  text: review.said,
  highlight: review.matched === null ? null : matchedSpan(review.said, review.matched),
  why: whyKept(review),
  saidAt: isoText(review.saidAt),
  openedAt: isoText(review.openedAt),
  dueAt: isoText(review.dueAt),
  waiting: review.waiting,
  recent: review.recent.map(({ direction, body, at }) => ({ direction, text: body, at: isoText(instant(at)) })),
  decision: review.decision,
  decidedHow: review.decidedHow,
  decidedBy: review.decidedBy,
  decidedAt: isoTextOrNull(review.decidedAt),
});
