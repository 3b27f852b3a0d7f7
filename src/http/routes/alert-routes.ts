import type { Delivery } from '../../alerts/alert.ts';
import { changeAlertSettings, showAlertSettings } from '../../alerts/change-alert-settings.ts';
import { type AlertWithNotices, acknowledgeAlert, listAlerts } from '../../alerts/manage-alerts.ts';
import { auditTest, sendTestAlert, type TestOutcome } from '../../alerts/test-alert.ts';
import { showId } from '../../platform/ids.ts';
import type { Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/alerts.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';

export function registerAlertRoutes(api: Api, services: Services): void {
  const { db } = services.database;
  const deps = { ...services, db };

  api.handle(contract.listAlerts, async ({ query }) => {
    const { state, limit, cursor } = query;
    const page = await listAlerts(db, { state, limit, cursor });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showAlert) }) : page;
  });
  api.handle(contract.acknowledgeAlert, async ({ params, caller }) => {
    const by = { actor: caller.actor, actorName: caller.name };
    const acknowledged = await acknowledgeAlert(deps, { id: uuidOf('alert', params.id), ...by });
    return acknowledged.ok ? ok(showAlert(acknowledged.value)) : acknowledged;
  });
  api.handle(contract.getAlertSettings, async () => ok(await showAlertSettings(db, services.config)));
  api.handle(contract.putAlertSettings, async ({ body: { pagerDutyKey, ...settings }, caller }) => {
    const next = { ...settings, ...(pagerDutyKey === undefined ? {} : { pagerDutyKey }) };
    const changed = await changeAlertSettings(deps, { change: () => next, actor: caller.actor });
    return changed.ok ? ok(await showAlertSettings(db, services.config)) : changed;
  });
  api.effect(contract.testAlert, {
    prepare: async ({ caller }): Promise<Outcome<readonly TestOutcome[]>> => ok(await sendTestAlert(deps, caller)),
    effect: async (tx, { caller }, outcomes) => {
      await auditTest(tx, deps, { actor: caller.actor, outcomes });
      return ok({ data: outcomes });
    },
  });
}

export const showAlert = ({ id, deliveries, ...alert }: AlertWithNotices) => ({
  ...alert,
  id: showId('alert', id),
  openedAt: isoText(alert.openedAt),
  lastSeenAt: isoText(alert.lastSeenAt),
  resolvedAt: isoTextOrNull(alert.resolvedAt),
  acknowledgedAt: isoTextOrNull(alert.acknowledgedAt),
  notices: deliveries.map(showNotice),
});

const showNotice = ({ channel, event, state, attempts, nextAt, error, sentAt }: Delivery) => ({
  channel,
  event,
  state,
  attempts,
  nextAt: isoText(nextAt),
  error,
  sentAt: isoTextOrNull(sentAt),
});
