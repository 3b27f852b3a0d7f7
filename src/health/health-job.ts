import { listAccountRows } from '../gateways/account-store.ts';
import type { Uuid } from '../platform/ids.ts';
import type { JobQueue } from '../platform/jobs.ts';
import type { Log } from '../platform/log.ts';
import { runAll } from '../platform/run-all.ts';
import { lookDaily, type ManageDeps, retireOverdue } from '../webhooks/manage-webhooks.ts';
import { listChecks, listSettings } from './check-store.ts';
import { isDue } from './decide-check.ts';
import { settleChecks } from './settle-checks.ts';
import { LOOK_QUEUE, startCheck } from './start-check.ts';
import { type WatchDeps, watchAccount } from './watch-events.ts';

export type HealthServices = WatchDeps & ManageDeps & { readonly log: Log };

type HandledQueue = JobQueue & Required<Pick<JobQueue, 'handle'>>;

/** Seconds into the minute: an outage is to be suspected soon after it can be. */
const LOOKS_BETWEEN = [20, 40];

/** `services` are there once everything has been started; a job that was waiting may be handed over before. */
export const healthQueues = (services: Promise<HealthServices>): readonly HandledQueue[] => [
  {
    name: 'health',
    perKey: false,
    retryLimit: 0,
    cron: '* * * * *',
    batchSize: 1,
    handle: async ({ signal }) => runMinute(await services, signal),
  },
  {
    name: LOOK_QUEUE,
    perKey: false,
    retryLimit: 0,
    batchSize: 1,
    handle: async ({ signal }) => lookAfterHealth(await services, signal),
  },
];

async function runMinute(services: HealthServices, signal: AbortSignal): Promise<void> {
  const { jobs, db } = services;
  const looks = LOOKS_BETWEEN.map((afterSeconds) => ({ data: {}, afterSeconds }));
  await runAll({ log: services.log, signal }, 'the minute of the events', [
    { about: { step: 'the looks within the minute' }, run: () => jobs.enqueue(db, LOOK_QUEUE, looks) },
    { about: { step: 'whether events come in' }, run: () => lookAfterHealth(services, signal) },
    { about: { step: 'keys whose time is over' }, run: () => retireOverdue(services) },
    { about: { step: 'registrations of the day' }, run: () => lookDaily(services, signal) },
  ]);
}

/** Whether events come in. An account that fails costs the others nothing. */
export async function lookAfterHealth(services: HealthServices, signal?: AbortSignal): Promise<void> {
  await runAll({ log: services.log, signal }, 'whether events come in', [
    { about: { step: 'checks that have ended' }, run: () => settleChecks(services) },
    { about: { step: 'checks that are due' }, run: () => startDue(services) },
    { about: { step: 'the watch' }, run: () => watchAll(services, signal) },
  ]);
}

async function startDue(services: HealthServices): Promise<void> {
  const settings = await listSettings(services.db);
  await runAll(
    services,
    'beginning health checks',
    settings.map(({ accountId, ...rest }) => ({
      about: { account: accountId },
      run: () => startIfDue(services, accountId, rest),
    })),
  );
}

async function startIfDue(
  services: HealthServices,
  accountId: Uuid,
  settings: Parameters<typeof isDue>[0],
): Promise<void> {
  const [last] = await listChecks(services.db, { accountId, after: undefined, limit: 1 });
  if (!isDue(settings, last, services.clock.now())) return;
  const started = await startCheck(services, { accountId, cause: 'schedule' });
  if (!started.ok)
    services.log.warn({ account: accountId, reason: started.error.message }, 'a health check cannot begin');
}

async function watchAll(services: HealthServices, signal: AbortSignal | undefined): Promise<void> {
  const accounts = await listAccountRows(services.db);
  await runAll(
    { log: services.log, signal },
    'watching the events',
    accounts.map((account) => ({ about: { account: account.id }, run: () => watchAccount(services, account) })),
  );
}
