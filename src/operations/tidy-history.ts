/**
 * Forgets what has been kept for long enough: in small batches, each in a transaction of its own, so that nothing waits for it. What
 * is still open (an alert, a check, an event that failed) stays however old it is.
 */
import { deleteOldAlerts } from '../alerts/alert-store.ts';
import { forgetErased } from '../evidence/forget-erased.ts';
import { deleteOldChecks } from '../health/check-store.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Database, Db } from '../platform/database.ts';
import type { JobQueue } from '../platform/jobs.ts';
import type { Log } from '../platform/log.ts';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';
import { deleteOldFindings, deleteOldRuns } from '../reconciliation/run-store.ts';
import { deleteOldScrubs } from '../scrubbing/scrub-batch-store.ts';
import { deleteOldBatches } from '../validation/batch-store.ts';
import { deleteOldEarlyReceipts } from '../webhooks/early-receipt-store.ts';
import { deleteOldEvents } from '../webhooks/event-store.ts';
import { deleteOldDeliveries } from '../webhooks/proxy-delivery-store.ts';
import { deleteOldReplays } from '../webhooks/replay-store.ts';
import { deleteOldSources } from '../webhooks/source-store.ts';

/** One kind of rows; docs/guides/what-is-kept.md has the same list. */
interface Kept {
  readonly what: string;
  readonly days: number;
  /** Deletes `limit` rows at most, and says how many it were. */
  readonly deleteOld: (db: Db, old: { readonly before: Instant; readonly limit: number }) => Promise<number>;
}

/**
 * Events are kept for longer than reconciliation can look back (360 days), and the proxy's log for longer than it looks for events:
 * what was told again would not be recognised. Findings go before their runs. A text that
 * comes into our books later than its receipt comes with another one.
 */
export const KEPT: readonly Kept[] = [
  { what: 'What scrub services were asked (what they said last stays)', days: 2_190, deleteOld: deleteOldScrubs },
  { what: 'Events that were applied or discarded, with their history', days: 400, deleteOld: deleteOldEvents },
  { what: 'Replays', days: 400, deleteOld: deleteOldReplays },
  { what: 'Alerts that are over, with their notices', days: 400, deleteOld: deleteOldAlerts },
  { what: 'What reconciliations found', days: 180, deleteOld: deleteOldFindings },
  { what: 'Reconciliations', days: 180, deleteOld: deleteOldRuns },
  { what: 'Health checks, with their texts', days: 180, deleteOld: deleteOldChecks },
  { what: 'Validations of numbers (what is known of a number stays)', days: 180, deleteOld: deleteOldBatches },
  { what: 'Where webhooks came from', days: 30, deleteOld: deleteOldSources },
  { what: 'Receipts of texts that are not in our books', days: 30, deleteOld: deleteOldEarlyReceipts },
  { what: 'What the development proxy has forwarded', days: 14, deleteOld: deleteOldDeliveries },
];

const DELETED_AT_ONCE = 5_000;
/** Erased people; the next run goes on. */
const FORGOTTEN_AT_ONCE = 500;
/** Of one kind in one run; the next one goes on. */
const BATCHES_MAX = 1_000;

interface TidyServices {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

/** Every hour. */
export const tidyHistoryJob = (services: TidyServices): JobQueue & Required<Pick<JobQueue, 'handle'>> => ({
  name: 'tidy-history',
  perKey: false,
  cron: '23 * * * *',
  retryLimit: 0,
  batchSize: 1,
  handle: ({ signal }) => tidyHistory(services, { signal }),
});

export async function tidyHistory(
  { database: { db }, clock, log }: TidyServices,
  { signal, atOnce = DELETED_AT_ONCE }: { readonly signal?: AbortSignal; readonly atOnce?: number } = {},
): Promise<void> {
  for (const { what, days, deleteOld } of KEPT) {
    const before = addMs(clock.now(), -patience(clock, days * DAY_MS));
    let deleted = 0;
    for (let batch = 0, last = atOnce; last === atOnce && batch < BATCHES_MAX && signal?.aborted !== true; batch += 1) {
      last = await deleteOld(db, { before, limit: atOnce });
      deleted += last;
    }
    if (deleted > 0) log.info({ what, days, deleted }, 'forgot what was kept for long enough');
  }
  const erased = await forgetErased({ db, clock }, { limit: FORGOTTEN_AT_ONCE });
  if (erased > 0) log.info({ erased }, 'forgot what the law had asked to keep of erased people');
}
