import { listOverdue } from '../compliance/opt-out-review-store.ts';
import { runTx } from '../platform/database.ts';
import type { JobQueue } from '../platform/jobs.ts';
import { runAll } from '../platform/run-all.ts';
import type { Services } from '../services.ts';
import { endOverdue } from './settle-review.ts';

export type OverdueServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'log'>;

/** Looks every minute. The claim needs nobody for it: it does not text a number whose time is over. */
export const overdueReviewsJob = (services: OverdueServices): JobQueue => ({
  name: 'end-overdue-reviews',
  perKey: false,
  cron: '* * * * *',
  retryLimit: 0,
  batchSize: 1,
  handle: () => endOverdueReviews(services),
});

/** Of one look; the next one goes on. */
const REVIEWS_MAX = 1_000;

/** Opts out whose reply nobody has decided on in time. Several processes may do it at once: each number is locked and read anew. */
export async function endOverdueReviews(services: OverdueServices): Promise<void> {
  const { db } = services.database;
  const overdue = await runTx(db, (tx) => listOverdue(tx, services.clock.now(), REVIEWS_MAX));
  await runAll(
    services,
    'ending reviews that nobody decided on',
    overdue.map(({ id }) => ({ about: { review: id }, run: () => runTx(db, (tx) => endOverdue(tx, services, id)) })),
  );
}
