/**
 * Opens and ends alerts, in the transaction of what they tell of. Nothing leaves the house here: each opening and each recovery puts
 * one notice per channel into the outbox (deliver-alerts.ts), so that a mail server that is away holds up nobody.
 *
 * - One open alert per kind and subject; raising it again counts up and tells nobody, unless it has got worse and nobody was told.
 * - What comes back within SAME_CASE_MS is the same case. Its opening is told at the earliest SAME_CASE_MS after its last notice, and
 *   only if it is still open then: each channel hears of a case that comes and goes at most one opening and one recovery in that time.
 * - A recovery is told where its opening was.
 */
import { getBusiness } from '../business/business-store.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { Jobs } from '../platform/jobs.ts';
import { notifyLive } from '../platform/live.ts';
import { addMs, type Instant, isBefore } from '../platform/time.ts';
import {
  ALERT_KINDS,
  type Alert,
  type AlertKey,
  type Channel,
  HEADLINE_MAX,
  type NewAlert,
  type NoticeEvent,
  SUMMARY_MAX,
} from './alert.ts';
import type { AlertSettings } from './alert-settings.ts';
import { getAlertSettings } from './alert-settings-store.ts';
import { type AlertRow, endAlert, findCase, insertAlert, lockAlert, raiseAgain } from './alert-store.ts';
import { isGraver, isTold, notBeforeAfter, noticeAt, SAME_CASE_MS } from './decide-notice.ts';
import { cancelHeldBack, channelsTold, insertDelivery, lastNotices } from './delivery-store.ts';

export interface AlertDeps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly jobs: Pick<Jobs, 'enqueue'>;
  readonly config: Pick<Config, 'smtpUrl'>;
}

/** The job queue that sends the notices of a channel. */
export const DELIVERY_QUEUES: Readonly<Record<Channel, string>> = {
  mail: 'alert-mail',
  pagerduty: 'alert-pagerduty',
};

export async function raiseAlert(tx: Tx, deps: AlertDeps, input: NewAlert): Promise<void> {
  await lockAlert(tx, input);
  const now = deps.clock.now();
  const found = await findCase(tx, input, addMs(now, -patience(deps.clock, SAME_CASE_MS)));
  const alert = rowOf(input, found?.id ?? deps.newUuid());
  if (found === undefined) await insertAlert(tx, alert, now);
  else await raiseAgain(tx, alert, now);
  if (found === undefined || found.resolvedAt !== null)
    await tellOpening(tx, deps, { alert, opening: (found?.openings ?? 0) + 1, now });
  else if (isGraver(alert.severity, found.severity))
    await tellOpening(tx, deps, { alert, opening: found.openings, now });
  await notifyLive(tx, ['alerts', 'status']);
}

/** Does nothing when none is open. */
export async function resolveAlert(tx: Tx, deps: AlertDeps, key: AlertKey): Promise<void> {
  await lockAlert(tx, key);
  const now = deps.clock.now();
  const alert = await findCase(tx, key, now);
  if (alert === undefined || alert.resolvedAt !== null) return;
  await endAlert(tx, alert.id, now);
  const notice = { alertId: alert.id, opening: alert.openings, now };
  await cancelHeldBack(tx, notice);
  const settings = await getAlertSettings(tx);
  const { zone } = await getBusiness(tx);
  for (const channel of await channelsTold(tx, alert.id, alert.openings)) {
    const nextAt = noticeAt(now, { channel, severity: alert.severity, notBefore: undefined, ...settings, zone });
    await enqueue(tx, deps, { ...notice, channel, event: 'resolve', nextAt });
  }
  await notifyLive(tx, ['alerts', 'status']);
}

const rowOf = (input: NewAlert, id: Uuid): AlertRow => ({
  ...input,
  id,
  severity: input.severity ?? ALERT_KINDS[input.kind].severity,
  headline: input.headline.slice(0, HEADLINE_MAX),
  summary: input.summary.slice(0, SUMMARY_MAX),
  detail: input.detail ?? {},
});

async function tellOpening(
  tx: Tx,
  deps: AlertDeps,
  { alert, opening, now }: { readonly alert: AlertRow; readonly opening: number; readonly now: Instant },
): Promise<void> {
  const settings = await getAlertSettings(tx);
  if (!isTold(alert.severity, settings)) return;
  const { zone } = await getBusiness(tx);
  const last = await lastNotices(tx, alert.id);
  for (const channel of channelsOf(deps, settings)) {
    const notBefore = notBeforeAfter(last.get(channel), patience(deps.clock, SAME_CASE_MS));
    const nextAt = noticeAt(now, { channel, severity: alert.severity, notBefore, ...settings, zone });
    await enqueue(tx, deps, { alertId: alert.id, opening, now, channel, event: 'trigger', nextAt });
  }
}

/** The ways out that are set up. */
const channelsOf = (deps: AlertDeps, settings: AlertSettings): readonly Channel[] => [
  ...(deps.config.smtpUrl === undefined ? [] : (['mail'] as const)),
  ...(settings.pagerDutyKeySealed === null ? [] : (['pagerduty'] as const)),
];

async function enqueue(
  tx: Tx,
  { jobs }: AlertDeps,
  notice: {
    readonly alertId: Alert['id'];
    readonly opening: number;
    readonly channel: Channel;
    readonly event: NoticeEvent;
    readonly nextAt: Instant;
    readonly now: Instant;
  },
): Promise<void> {
  const isNew = await insertDelivery(tx, notice);
  // What is due later is found by the minute's look (watch-alerts.ts).
  if (isNew && !isBefore(notice.now, notice.nextAt))
    await jobs.enqueue(tx, DELIVERY_QUEUES[notice.channel], [{ data: {} }]);
}
