import { drawsFor } from './draws.ts';
import type { Change, WebhookEntry } from './journal.ts';
import { isObject, strings } from './send-route.ts';
import { type ApiAnswer, iso, newestInvalid, newestNotFound, type PathError } from './wire.ts';
import type { World } from './world.ts';

/**
 * `/webhooks` of generation 2026-03-30: one webhook for all families of events, which can be changed and given another key. The key is
 * told only when it is made.
 */
const EVENTS: readonly string[] = [
  ...['message.received', 'message.delivered', 'message.failed', 'message.undelivered'],
  ...['call.ringing', 'call.answered', 'call.completed', 'call.missed', 'call.forwarded', 'call.menu.selected'],
  ...['call.recording.completed', 'call.transcript.completed', 'call.summary.completed', 'call.voicemail.completed'],
  ...['contact.updated', 'contact.deleted'],
];
const WEBHOOKS_MAX = 50;
const KEY_BYTES = 32;

export interface NewestWebhookRequest {
  readonly world: World;
  readonly account: number;
  readonly seed: number;
  readonly nowMs: number;
  readonly record: (change: Change) => void;
}

export const newestOf = (world: World, account: number): readonly WebhookEntry[] =>
  [...world.webhooks.values()].filter((webhook) => webhook.account === account && webhook.newest === true);

export const listNewestWebhooks = ({ world, account }: NewestWebhookRequest): ApiAnswer => ({
  status: 200,
  body: { data: newestOf(world, account).map((webhook) => shown(webhook)), nextCursor: null },
});

export function createNewestWebhook(request: NewestWebhookRequest, body: unknown): ApiAnswer {
  const { world, account, nowMs: atMs } = request;
  const parsed = parse(body, { url: '', events: [], resourceIds: [], label: null, enabled: true });
  if ('errors' in parsed) return newestInvalid(parsed.errors);
  if (newestOf(world, account).length >= WEBHOOKS_MAX)
    return newestInvalid([
      { path: '', message: `Expected at most ${WEBHOOKS_MAX} webhooks`, schema: { type: 'object' } },
    ]);
  const id = `${world.startedAtMs}${String(world.webhooksCreated).padStart(4, '0')}`;
  const webhook: WebhookEntry = {
    kind: 'webhook',
    id,
    account,
    newest: true,
    key: newKey(request, id),
    atMs,
    ...parsed,
  };
  request.record([webhook]);
  return { status: 201, body: { data: { ...shown(webhook), key: webhook.key } } };
}

/** `GET`, `PATCH` and `DELETE` of one, and `POST` to `rotate` and `events/test`. */
export function oneNewestWebhook(
  request: NewestWebhookRequest,
  asked: { readonly method: string; readonly id: string; readonly rest: string; readonly body: unknown },
): ApiAnswer {
  const { world, account, record, nowMs: atMs } = request;
  const webhook = newestOf(world, account).find(({ id }) => id === asked.id);
  if (webhook === undefined) return newestNotFound;
  switch (`${asked.method} ${asked.rest}`) {
    case 'GET ':
      return { status: 200, body: { data: shown(webhook) } };
    case 'PATCH ': {
      const parsed = parse(asked.body, webhook);
      if ('errors' in parsed) return newestInvalid(parsed.errors);
      const changed: WebhookEntry = { ...webhook, ...parsed };
      record([changed]);
      return { status: 200, body: { data: shown(changed) } };
    }
    case 'DELETE ':
      record([{ kind: 'webhook_removed', webhookId: webhook.id, atMs }]);
      return { status: 204 };
    case 'POST rotate': {
      const key = newKey(request, webhook.id);
      record([{ ...webhook, key }]);
      return { status: 200, body: { data: { ...shown(webhook), key } } };
    }
    default:
      return newestNotFound;
  }
}

const newKey = ({ seed, world }: NewestWebhookRequest, id: string): string =>
  `whsec_${Buffer.from(drawsFor(seed, 'webhook key', id, world.webhooksCreated).bytes(KEY_BYTES)).toString('base64')}`;

const shown = (webhook: WebhookEntry) => ({
  id: webhook.id,
  label: webhook.label,
  status: webhook.enabled ? 'enabled' : 'disabled',
  url: webhook.url,
  events: webhook.events,
  resourceIds: webhook.resourceIds.length === 0 ? null : webhook.resourceIds,
  createdAt: iso(webhook.atMs),
  updatedAt: iso(webhook.atMs),
});

type Changeable = Pick<WebhookEntry, 'url' | 'events' | 'resourceIds' | 'label' | 'enabled'>;

/** Fields that are left out stay as they were; `null`, none and `*` all mean every number. */
function parse(body: unknown, before: Changeable): Changeable | { readonly errors: readonly PathError[] } {
  if (!isObject(body)) return { errors: [{ path: '', message: 'Expected object', schema: { type: 'object' } }] };
  const { url = before.url, label = before.label, status = before.enabled ? 'enabled' : 'disabled' } = body;
  const events = strings(body['events'] ?? before.events);
  const named = body['resourceIds'] === undefined ? before.resourceIds : (body['resourceIds'] ?? []);
  const resourceIds = strings(named)?.filter((id) => id !== '*');
  const error = (path: string, message: string): PathError => ({ path, message, schema: { type: 'string' } });
  const errors = [
    // The sandbox speaks plain HTTP to its own machine; the real provider wants HTTPS.
    ...(typeof url === 'string' && URL.canParse(url) && new URL(url).protocol === 'http:'
      ? []
      : [error('url', 'Expected URL')]),
    ...(events !== undefined && events.length > 0 && events.every((event) => EVENTS.includes(event))
      ? []
      : [error('events', 'Expected known events')]),
    ...(resourceIds === undefined ? [error('resourceIds', 'Expected array of strings')] : []),
    ...(status === 'enabled' || status === 'disabled' ? [] : [error('status', "Expected 'enabled' or 'disabled'")]),
  ];
  if (errors.length > 0 || typeof url !== 'string' || events === undefined || resourceIds === undefined)
    return { errors };
  return { url, events, resourceIds, label: typeof label === 'string' ? label : null, enabled: status === 'enabled' };
}
