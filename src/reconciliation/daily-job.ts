import { getBusiness } from '../business/business-store.ts';
import { runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { JobQueue } from '../platform/jobs.ts';
import { runAll } from '../platform/run-all.ts';
import { addMs, DAY_MS, type Instant, isBefore } from '../platform/time.ts';
import type { Services } from '../services.ts';
import { type DailyFacts, readDaily } from './daily-store.ts';
import { lastDueAt } from './decide-due.ts';
import { OVERLAP_MS, RANGE_MS_MAX } from './run.ts';
import { startRun } from './start-run.ts';

export type DailyServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'log'>;

/** Looks every minute: a process that was not running at two makes up for it as soon as it does. */
export const dailyReconciliationJob = (services: DailyServices): JobQueue => ({
  name: 'reconcile-daily',
  perKey: false,
  cron: '* * * * *',
  retryLimit: 0,
  batchSize: 1,
  handle: async () => void (await startDailyRuns(services)),
});

/** Begins the runs of today that have not begun; returns which. An account that fails costs the others nothing. */
export async function startDailyRuns(services: DailyServices): Promise<readonly Uuid[]> {
  const { db } = services.database;
  const now = services.clock.now();
  const { zone } = await getBusiness(db);
  const dueAt = lastDueAt(now, zone);
  const due = (await readDaily(db)).filter((account) => isDue(account, dueAt));
  const started: Uuid[] = [];
  await runAll(
    services,
    'beginning the reconciliations of the day',
    due.map((account) => ({
      about: { account: account.accountId },
      run: async () => started.push(...(await startDaily(services, account, now))),
    })),
  );
  return started;
}

/** The run of one account; none when it is refused. */
async function startDaily(services: DailyServices, account: DailyFacts, now: Instant): Promise<readonly Uuid[]> {
  const { accountId } = account;
  const kind = account.comparedUntil === null && account.historyDays > 0 ? 'history' : 'daily';
  const run = { accountId, kind, since: sinceOf(account, now), until: now, actor: 'system' } as const;
  const outcome = await runTx(services.database.db, (tx) => startRun(tx, services, run));
  if (outcome.ok) return [outcome.value];
  services.log.warn({ account: accountId, message: outcome.error.message }, 'no daily reconciliation');
  return [];
}

/** One that is under way is waited for. */
const isDue = ({ lastStartedAt, connectedAt, isUnderWay }: DailyFacts, dueAt: Instant): boolean =>
  !isUnderWay && isBefore(lastStartedAt ?? connectedAt, dueAt);

/** With overlap behind what was compared before; the first time as far back as was wanted. */
function sinceOf({ comparedUntil, historyDays, connectedAt }: DailyFacts, now: Instant): Instant {
  const wanted =
    comparedUntil === null
      ? historyDays > 0
        ? addMs(now, -historyDays * DAY_MS)
        : addMs(connectedAt, -OVERLAP_MS)
      : addMs(comparedUntil, -OVERLAP_MS);
  const earliest = addMs(now, -RANGE_MS_MAX);
  return isBefore(wanted, earliest) ? earliest : wanted;
}
