import { whyKept } from '../compliance/opt-out-words.ts';
import { changeReviewSettings, getReviewSettings } from '../compliance/review-settings.ts';
import { getReview, listReviews, type ReviewView } from '../conversations/list-reviews.ts';
import type { Review } from '../conversations/review-read-store.ts';
import { decideReview } from '../conversations/settle-review.ts';
import { decideOptOutReview, putOptOutReviewSettings } from '../http/contract/opt-out-reviews.ts';
import { showReview } from '../http/routes/opt-out-review-routes.ts';
import { runTx } from '../platform/database.ts';
import { parseId, showId } from '../platform/ids.ts';
import { actor, granted, withServices } from './open-services.ts';
import { type Shell, UsageError } from './shell.ts';
import { count, printable } from './words.ts';

export interface ListFlags {
  readonly view: ReviewView;
  readonly limit: number;
  readonly json?: true;
}

export interface DecideFlags {
  readonly json?: true;
}

export async function listCommand({ view, limit, json }: ListFlags, shell: Shell): Promise<void> {
  await withServices(shell, async ({ database }) => {
    const { data } = granted(await listReviews(database.db, { view, cursor: undefined, limit }));
    if (json) for (const review of data) await shell.out.json(showReview(review));
    else if (data.length === 0) await shell.out.lines(EMPTY[view]);
    else await shell.out.lines(...data.flatMap((review) => ['', ...reviewLines(review)]).slice(1));
  });
}

const EMPTY: Readonly<Record<ReviewView, string>> = {
  open: 'No reply waits for a decision.',
  decided: 'Nothing was decided yet.',
};

const reviewLines = (review: Review): readonly string[] => [
  `${showId('optOutReview', review.id)}  ${review.phone}  ${printable(review.name)}`,
  `  ${printable(review.said)}`,
  `  ${printable(whyKept(review))}`,
  review.decidedAt === null
    ? `  an opt-out unless decided before ${review.dueAt.toString()}; ${review.waiting} campaign texts wait`
    : `  ${review.decision} (${review.decidedHow}) by ${printable(review.decidedBy ?? '')}, ${review.decidedAt.toString()}`,
];

export async function decideCommand(
  { reference, decision }: { readonly reference: string; readonly decision: string },
  { json }: DecideFlags,
  shell: Shell,
): Promise<void> {
  const id = parseId('optOutReview', reference);
  if (id === undefined) throw new UsageError(`review "${reference}": expected an id that begins with rev_`);
  const parsed = decideOptOutReview.request.body.content['application/json'].schema.safeParse({ decision });
  if (!parsed.success) throw new UsageError(`decision "${decision}": expected opt_out, not_opt_out or wrong_number`);
  const input = { id, decision: parsed.data.decision, by: actor() };
  await withServices(shell, async (services) => {
    const { db } = services.database;
    granted(await runTx(db, (tx) => decideReview(tx, services, input)));
    const review = granted(await getReview(db, id));
    if (json) await shell.out.json(showReview(review));
    else await shell.out.lines(...reviewLines(review));
  });
}

export async function hoursCommand(hours: string | undefined, { json }: DecideFlags, shell: Shell): Promise<void> {
  const schema = putOptOutReviewSettings.request.body.content['application/json'].schema;
  const parsed = hours === undefined ? undefined : schema.safeParse({ hours: Number(hours) });
  if (parsed?.success === false) throw new UsageError(`hours "${hours}": expected a whole number from 1 on`);
  const settings = parsed?.data;
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const now =
      settings === undefined
        ? await getReviewSettings(db, services.clock.now())
        : granted(await runTx(db, (tx) => changeReviewSettings(tx, services, { settings, by: actor() })));
    if (json) await shell.out.json(now);
    else
      await shell.out.lines(
        `A reply may wait ${count(now.hours, 'hour')} for a decision; ${now.hoursMax} is the most that the rules allow.`,
      );
  });
}
