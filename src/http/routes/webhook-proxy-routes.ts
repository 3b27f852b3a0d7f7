import { showId } from '../../platform/ids.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { addProxyTarget, changeProxyTarget, forwardAgain, removeProxyTarget } from '../../webhooks/change-proxy.ts';
import type { ProxyDelivery, ProxyTarget } from '../../webhooks/proxy-target.ts';
import { listProxyTargets } from '../../webhooks/proxy-target-store.ts';
import { listProxyLog } from '../../webhooks/read-proxy.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/webhook-proxy.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';

export function registerWebhookProxyRoutes(
  api: Api,
  services: Pick<Services, 'database' | 'clock' | 'newUuid' | 'random' | 'secrets'>,
): void {
  const { db } = services.database;
  const deps = { ...services, db };

  api.handle(contract.listProxyTargets, async ({ query: { accountId } }) => {
    const targets = await listProxyTargets(db, accountId === undefined ? undefined : uuidOf('account', accountId));
    return ok({ data: targets.map(showProxyTarget) });
  });
  api.handle(contract.addProxyTarget, async ({ params, body, caller: { actor } }) => {
    const { url, allowedCidrs = [], eventTypes = [] } = body;
    const accountId = uuidOf('account', params.id);
    const added = await addProxyTarget(deps, { accountId, url, allowedCidrs, eventTypes, actor });
    return added.ok ? ok({ target: showProxyTarget(added.value.target), token: added.value.token }) : added;
  });
  api.handle(contract.updateProxyTarget, async ({ params, body, caller: { actor, name: actorName } }) => {
    const change = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    const changed = await changeProxyTarget(deps, { id: uuidOf('proxyTarget', params.id), change, actor, actorName });
    return changed.ok ? ok(showProxyTarget(changed.value)) : changed;
  });
  api.handle(contract.removeProxyTarget, async ({ params, caller: { actor } }) => {
    const removed = await removeProxyTarget(deps, { id: uuidOf('proxyTarget', params.id), actor });
    return removed.ok ? ok({ ok: true }) : removed;
  });
  api.handle(contract.listProxyDeliveries, async ({ params, query }) => {
    const { state, cursor, limit } = query;
    const page = await listProxyLog(db, { targetId: uuidOf('proxyTarget', params.id), state, cursor, limit });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showProxyDelivery) }) : page;
  });
  api.effect(contract.forwardAgain, {
    effect: async (tx, { params, body, caller: { actor } }) => {
      const [id, eventId] = [uuidOf('proxyTarget', params.id), uuidOf('event', body.eventId)];
      const queued = await forwardAgain(tx, deps, { id, eventId, actor });
      return queued.ok ? ok({ ok: true }) : queued;
    },
  });
}

export const showProxyTarget = ({ failedTotal: _, ...target }: ProxyTarget) => ({
  ...target,
  id: showId('proxyTarget', target.id),
  accountId: showId('account', target.accountId),
  failingSince: isoTextOrNull(target.failingSince),
  lastDeliveredAt: isoTextOrNull(target.lastDeliveredAt),
  createdAt: isoText(target.createdAt),
});

export const showProxyDelivery = (delivery: ProxyDelivery) => ({
  ...delivery,
  eventId: showId('event', delivery.eventId),
  receivedAt: isoText(delivery.receivedAt),
  nextAt: isoTextOrNull(delivery.nextAt),
  finishedAt: isoTextOrNull(delivery.finishedAt),
});
