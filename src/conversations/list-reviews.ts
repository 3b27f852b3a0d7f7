import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { getReviewRow, listDecidedReviews, listOpenReviews, type Review } from './review-read-store.ts';

export type ReviewView = 'open' | 'decided';

/** Those that are open begin with the one whose time is over first, the decided ones with the newest. */
export async function listReviews(
  db: Db | Tx,
  query: { readonly view: ReviewView; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<Review>>> {
  const { view, limit } = query;
  const cursor = readCursor(query.cursor, ['text', 'instant', 'uuid']);
  if (!cursor.ok) return cursor;
  if (cursor.value !== undefined && cursor.value[0] !== view)
    return invalid(`this cursor belongs to the view "${cursor.value[0]}", not to "${view}": begin without a cursor`);
  const after = cursor.value === undefined ? undefined : { at: cursor.value[1], id: cursor.value[2] };
  const list = view === 'open' ? listOpenReviews : listDecidedReviews;
  const rows = await list(db, { after, limit: limit + 1 });
  return ok(toPage(rows, limit, (last) => makeCursor(view, (last.decidedAt ?? last.dueAt).toString(), last.id)));
}

export async function getReview(db: Db | Tx, id: Uuid): Promise<Outcome<Review>> {
  const review = await getReviewRow(db, id);
  return review === undefined ? notFound('review', showId('optOutReview', id)) : ok(review);
}
