import { type Clock, patience } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { JobQueue } from '../platform/jobs.ts';
import { addMs, DAY_MS } from '../platform/time.ts';
import { SPOOLED_WITHIN_MS } from './find-events.ts';
import { deleteOldDeliveries } from './proxy-delivery-store.ts';

/** Longer than events are looked for: what was forwarded and forgotten would be forwarded again. */
export const PROXY_LOG_KEPT_MS = 2 * SPOOLED_WITHIN_MS;
export const PROXY_LOG_KEPT_DAYS = PROXY_LOG_KEPT_MS / DAY_MS;
const DELETED_AT_ONCE = 5_000;

interface TidyServices {
  readonly database: Database;
  readonly clock: Clock;
}

/** Every hour. */
export const tidyProxyJob = (services: TidyServices): JobQueue & { handle(): Promise<void> } => ({
  name: 'tidy-proxy',
  perKey: false,
  cron: '23 * * * *',
  retryLimit: 0,
  batchSize: 1,
  handle: () => tidyProxyLog(services),
});

/** Forgets what became of events some weeks ago. */
export async function tidyProxyLog({ database: { db }, clock }: TidyServices): Promise<void> {
  const before = addMs(clock.now(), -patience(clock, PROXY_LOG_KEPT_MS));
  for (let deleted = DELETED_AT_ONCE; deleted === DELETED_AT_ONCE; )
    deleted = await deleteOldDeliveries(db, { before, limit: DELETED_AT_ONCE });
}
