import { CHECK_WITHIN_MS, type HealthCheck } from '../../health/health-check.ts';
import { changeHealthSettings } from '../../health/health-settings.ts';
import { type HealthReport, listHealthChecks, showHealth } from '../../health/show-health.ts';
import { beginCheck } from '../../health/start-check.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import type { Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import { SECOND_MS } from '../../platform/time.ts';
import type { Services } from '../../services.ts';
import {
  inspectWebhooks,
  repairWebhooks,
  retireKeys,
  rotateKeys,
  showWebhooks,
  type WebhookReport,
} from '../../webhooks/manage-webhooks.ts';
import { type EventMask, UNMASKED } from '../../webhooks/mask-event.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/health.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';
import { maskFor } from './webhook-event-routes.ts';

export function registerHealthRoutes(api: Api, services: Services): void {
  const { db } = services.database;
  const deps = { ...services, db };
  const shown = async (id: Uuid, mask: EventMask) => {
    const report = await showHealth(deps, id);
    return report.ok ? ok(showReport(report.value, mask)) : report;
  };

  api.handle(contract.getHealth, ({ params, caller }) => shown(uuidOf('account', params.id), maskFor(caller)));
  api.handle(contract.putHealthSettings, async ({ params, body, caller }) => {
    const accountId = uuidOf('account', params.id);
    const settings = {
      ...body,
      fromLaneId: uuidOf('lane', body.fromLaneId),
      toLaneId: uuidOf('lane', body.toLaneId),
    };
    const changed = await changeHealthSettings(deps, { accountId, settings, actor: caller.actor });
    return changed.ok ? shown(accountId, UNMASKED) : changed;
  });
  api.effect(contract.startHealthCheck, {
    effect: async (tx, { params, caller }) => {
      const accountId = uuidOf('account', params.id);
      const begun = await beginCheck(tx, deps, { accountId, cause: caller.name });
      if (!begun.ok) return begun;
      const report = await showHealth({ ...deps, db: tx }, accountId);
      return report.ok ? ok(showReport(report.value, UNMASKED)) : report;
    },
  });
  api.handle(contract.listHealthChecks, async ({ params, query: { limit, cursor }, caller }) => {
    const page = await listHealthChecks(db, { accountId: uuidOf('account', params.id), limit, cursor });
    return page.ok
      ? ok({ ...page.value, data: page.value.data.map((check) => showCheck(check, maskFor(caller))) })
      : page;
  });

  const webhooks = async (report: Promise<Outcome<WebhookReport>>, mask: EventMask = UNMASKED) => {
    const outcome = await report;
    return outcome.ok ? ok(showWebhookReport(outcome.value, mask)) : outcome;
  };
  api.handle(contract.getWebhooks, ({ params, caller }) =>
    webhooks(showWebhooks(deps, uuidOf('account', params.id)), maskFor(caller)),
  );
  api.handle(contract.checkWebhooks, ({ params }) => webhooks(inspectWebhooks(deps, uuidOf('account', params.id))));
  api.handle(contract.repairWebhooks, ({ params, body, caller: { actor } }) =>
    webhooks(repairWebhooks(deps, { id: uuidOf('account', params.id), actor, ...body })),
  );
  api.handle(contract.rotateKeys, ({ params, caller: { actor } }) =>
    webhooks(rotateKeys(deps, { id: uuidOf('account', params.id), actor })),
  );
  api.handle(contract.retireKeys, ({ params, caller: { actor } }) =>
    webhooks(retireKeys(deps, { id: uuidOf('account', params.id), actor })),
  );
}

export const showReport = ({ settings, last, recent, uptime, suspicion, watch }: HealthReport, mask: EventMask) => ({
  settings:
    settings === undefined
      ? null
      : {
          ...settings,
          fromLaneId: showId('lane', settings.fromLaneId),
          toLaneId: showId('lane', settings.toLaneId),
        },
  last: last === undefined ? null : showCheck(last, mask),
  recent: recent.map((check) => showCheck(check, mask)),
  uptime,
  suspicion:
    suspicion === undefined
      ? null
      : { ...suspicion, detail: mask.text(suspicion.detail, null), since: isoText(suspicion.since) },
  watch: {
    silence: {
      ...watch.silence,
      hours: watch.silence.hours.map(({ from, minutes }) => ({ from: isoText(from), minutes })),
    },
    receipts: { texts: watch.receipts.texts, lagSeconds: Math.round(watch.receipts.lagMs / SECOND_MS) },
    checkSeconds: CHECK_WITHIN_MS / SECOND_MS,
  },
});

export const showCheck = (check: HealthCheck, mask: EventMask) => ({
  id: showId('healthCheck', check.id),
  fromLaneId: showId('lane', check.fromLaneId),
  toLaneId: showId('lane', check.toLaneId),
  cause: check.cause,
  startedAt: isoText(check.startedAt),
  dueAt: isoText(check.dueAt),
  sentAt: isoTextOrNull(check.sentAt),
  webhookAt: isoTextOrNull(check.webhookAt),
  appliedAt: isoTextOrNull(check.appliedAt),
  outcome: check.outcome,
  detail: check.detail === null ? null : mask.text(check.detail, null),
  finishedAt: isoTextOrNull(check.finishedAt),
});

export const showWebhookReport = (
  { url, look, inDoubtSince, partsRefused, generation, fallback, keys, rotates }: WebhookReport,
  mask: EventMask,
) => ({
  url,
  lookedAt: isoTextOrNull(look?.lookedAt ?? null),
  problem: look?.problem === undefined || look.problem === null ? null : mask.text(look.problem, null),
  findings: look?.findings ?? [],
  inDoubtSince: isoTextOrNull(inDoubtSince),
  partsRefused,
  generation,
  fallback: fallback === null ? null : mask.text(fallback, null),
  rotates,
  keys: keys.map((key) => ({
    ...key,
    since: isoText(key.since),
    retireAt: isoTextOrNull(key.retireAt),
    lastSeenAt: isoTextOrNull(key.lastSeenAt),
  })),
});
