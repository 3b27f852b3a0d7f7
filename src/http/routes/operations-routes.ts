import { countOpen } from '../../alerts/alert-store.ts';
import { getBusiness } from '../../business/business-store.ts';
import { changeBusiness, pauseSending, resumeSending } from '../../business/change-business.ts';
import { REVIEW_TOPIC } from '../../conversations/open-review.ts';
import { readHome } from '../../operations/read-home.ts';
import { readStatus } from '../../operations/read-status.ts';
import { type IdKind, showId } from '../../platform/ids.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { EVENTS_TOPIC } from '../../webhooks/event-store.ts';
import { PROXY_LOG_TOPIC, PROXY_TOPIC } from '../../webhooks/proxy-target.ts';
import type { Api } from '../api.ts';
import * as contract from '../contract/operations.ts';
import { isoText, rawRoute } from '../route-types.ts';
import { showCampaigns } from './campaign-routes.ts';
import { showConversation } from './inbox-routes.ts';

export function registerOperationsRoutes(api: Api, services: Services, options: { readonly version: string }): void {
  const { clock, newUuid, database } = services;
  const deps = { db: database.db, clock, newUuid };
  const shownStatus = async () => {
    const status = await readStatus(database.db, clock);
    const { environment, sending, inbox, attention } = status;
    return {
      environment,
      clock: { now: isoText(status.now), factor: clock.factor, zone: status.business.zone },
      sending: { state: sending.state, reason: sending.state === 'paused' ? sending.reason : null },
      unread: inbox.unread,
      attention,
      openAlerts: (await countOpen(database.db)).reduce((sum, { alerts }) => sum + alerts, 0),
      version: options.version,
    };
  };

  api.handle(contract.getBusiness, async () => ok(await getBusiness(database.db)));
  api.handle(contract.putBusiness, ({ body, caller }) => changeBusiness(deps, { business: body, actor: caller.actor }));
  api.handle(contract.getStatus, async () => ok(await shownStatus()));
  api.handle(contract.pauseSending, async ({ body, caller }) => {
    await pauseSending(deps, { reason: body.reason ?? `Paused by ${caller.name}`, actor: caller.actor });
    return ok(await shownStatus());
  });
  api.handle(contract.resumeSending, async ({ caller }) => {
    await resumeSending(deps, { actor: caller.actor });
    return ok(await shownStatus());
  });
  api.handle(contract.getHome, async () => {
    const home = await readHome(database.db, clock);
    return ok({
      checklist: home.checklist,
      today: home.today,
      waiting: home.waiting.map(showConversation),
      waitingCount: home.waitingCount,
      campaigns: await showCampaigns(database.db, clock, home.campaigns),
      trend: home.trend,
      attention: home.attention,
      contacts: home.extent.contacts,
    });
  });
  api.stream(events, async () =>
    ok({
      topics: TOPICS,
      events: async (changed) => [...changed].map((topic) => ({ event: 'changed', data: { topic: showTopic(topic) } })),
    }),
  );
}

const events = rawRoute({
  method: 'get',
  path: '/v1/events',
  access: 'viewer',
  summary:
    'What changes, as server-sent events: `changed` with a topic ("inbox", "contacts", "status", "alerts", "opt-out-reviews", "events", "campaign:<id>", "import:<id>", "replay:<id>", "proxy", "proxy_log", "number_validation"), at most twice a second each. Read again what you show of it',
  tag: 'Operations',
  produces: 'text/event-stream',
});

const TOPICS = [
  'inbox',
  'campaign',
  'contacts',
  'import',
  'status',
  'alerts',
  REVIEW_TOPIC,
  EVENTS_TOPIC,
  'replay',
  PROXY_TOPIC,
  PROXY_LOG_TOPIC,
  'number_validation',
];
const KIND_OF_TOPIC: Readonly<Record<string, IdKind>> = {
  campaign: 'campaign',
  import: 'import',
  inbox: 'conversation',
  replay: 'replay',
  number_validation: 'validation',
};

/** Topics inside carry bare UUIDs, outside shown ids. */
export function showTopic(topic: string): string {
  const [name = '', uuid] = topic.split(':');
  const kind = KIND_OF_TOPIC[name];
  return uuid === undefined || kind === undefined ? topic : `${name}:${showId(kind, uuid)}`;
}
