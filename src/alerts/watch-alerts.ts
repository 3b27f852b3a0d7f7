/**
 * Notices what stands still by itself, and that it goes on again: compares the tables with the open alerts. One place that looks cannot
 * forget a source, and no pause, however it is made, has to remember that somebody must be told.
 *
 * Each worker looks every minute, and as soon as anything of the engine or the accounts is told to have changed, which is why an
 * alert leaves within seconds. Several may look at once: they wait for each other, and the second finds nothing to do.
 */
import { getBusiness } from '../business/business-store.ts';
import { patience } from '../platform/clock.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { Live } from '../platform/live.ts';
import type { Log } from '../platform/log.ts';
import { addMs, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import { createWake } from '../platform/wake.ts';
import { WATCHED_KINDS } from './alert.ts';
import { listOpenOf, noteSeen } from './alert-store.ts';
import { alertOf, compareAlerts } from './decide-alerts.ts';
import { complianceAlertOf } from './decide-compliance-alerts.ts';
import { channelsDue } from './delivery-store.ts';
import { type AlertDeps, DELIVERY_QUEUES, raiseAlert, resolveAlert } from './raise-alert.ts';
import { listComplianceConcerns } from './watch-compliance.ts';
import { listStandstills, lockWatch } from './watch-store.ts';

/** A gateway that is silent for less than that comes back without anybody. */
const SILENT_MS = 2 * MINUTE_MS;

type WatchServices = AlertDeps & { readonly database: Database };

/** Opens and ends the alerts of all watched kinds. */
export const watchAlerts = (services: WatchServices): Promise<void> =>
  runTx(services.database.db, async (tx) => {
    await lockWatch(tx);
    const now = services.clock.now();
    const { zone } = await getBusiness(tx);
    const standstills = await listStandstills(tx, addMs(now, -patience(services.clock, SILENT_MS)));
    const concerns = await listComplianceConcerns(tx, services.clock);
    const wanted = [
      ...standstills.map((found) => alertOf(found, zone)),
      ...concerns.map((found) => complianceAlertOf(found, zone)),
    ];
    const { raise, resolve, same } = compareAlerts(wanted, await listOpenOf(tx, WATCHED_KINDS));
    for (const alert of raise) await raiseAlert(tx, services, alert);
    for (const key of resolve) await resolveAlert(tx, services, key);
    await noteSeen(
      tx,
      same.map(({ id }) => id),
      now,
    );
  });

/** Notices that were held back or failed, and whose time has come. */
export const sendDue = ({ database, clock, jobs }: WatchServices): Promise<void> =>
  runTx(database.db, async (tx) => {
    for (const channel of await channelsDue(tx, clock.now()))
      await jobs.enqueue(tx, DELIVERY_QUEUES[channel], [{ data: {} }]);
  });

/** Real milliseconds between two looks of one process, however much changes. */
const REST_MS = SECOND_MS;
const LOOK_EVERY_MS = MINUTE_MS;

/** Looks whenever something is told to have changed. `drain` waits for the look that is under way. */
export function startAlertWatch(services: WatchServices & { readonly live: Live; readonly log: Log }): {
  drain(): Promise<void>;
} {
  const { clock, live, log } = services;
  const wake = createWake(clock);
  const stopping = new AbortController();
  const stopListening = live.subscribe('status', () => wake.call());
  const look = async (): Promise<void> => {
    try {
      await watchAlerts(services);
      await sendDue(services);
    } catch (error) {
      // The database is away: the next call or the next minute looks again.
      log.warn({ error }, 'alerts could not be looked after');
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await clock.rest(REST_MS, stopping.signal);
      await wake.wait(patience(clock, LOOK_EVERY_MS), stopping.signal);
    }
  })();
  return {
    async drain() {
      stopListening();
      stopping.abort();
      await running;
    },
  };
}
