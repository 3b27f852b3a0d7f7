import { drawsFor } from './draws.ts';
import type { Change, WebhookEntry } from './journal.ts';
import { isObject, strings, wrong } from './send-route.ts';
import { type ApiAnswer, type InputError, invalidInput, notFound, webhookJson } from './wire.ts';
import type { World } from './world.ts';

/** `/v1/webhooks`: there is no update in this generation, only create, read and delete. */

/** One resource for each family of events, each with a key of its own. */
const EVENTS_OF: Readonly<Record<string, readonly string[]>> = {
  messages: ['message.received', 'message.delivered'],
  calls: ['call.ringing', 'call.completed', 'call.recording.completed'],
  'call-summaries': ['call.summary.completed'],
  'call-transcripts': ['call.transcript.completed'],
};
export const isWebhookFamily = (name: string | undefined): name is string => Object.hasOwn(EVENTS_OF, name ?? '');
const RESOURCE_IDS_MAX = 10;
const KEY_BYTES = 32;

export function createWebhook(request: {
  readonly world: World;
  readonly account: number;
  readonly family: string;
  readonly body: unknown;
  readonly seed: number;
  readonly nowMs: number;
  readonly record: (change: Change) => void;
}): ApiAnswer {
  const parsed = parseWebhookBody(request.body, EVENTS_OF[request.family] ?? []);
  if ('errors' in parsed) return invalidInput('03', parsed.errors);
  const id = `WH${request.world.startedAtMs.toString(36)}x${request.world.webhooksCreated}`;
  const key = Buffer.from(drawsFor(request.seed, 'webhook key', id).bytes(KEY_BYTES)).toString('base64');
  const webhook: WebhookEntry = { kind: 'webhook', id, account: request.account, key, atMs: request.nowMs, ...parsed };
  request.record([webhook]);
  return { status: 201, body: { data: webhookJson(webhook) } };
}

export const listWebhooks = (world: World, account: number): ApiAnswer => ({
  status: 200,
  body: {
    data: [...world.webhooks.values()]
      .filter((webhook) => webhook.account === account && webhook.newest === undefined)
      .map(webhookJson),
  },
});

export function readWebhook(request: {
  readonly world: World;
  readonly account: number;
  readonly id: string;
}): ApiAnswer {
  const webhook = ownWebhook(request);
  return webhook === undefined ? notFound('03') : { status: 200, body: { data: webhookJson(webhook) } };
}

export function removeWebhook(request: {
  readonly world: World;
  readonly account: number;
  readonly id: string;
  readonly nowMs: number;
  readonly record: (change: Change) => void;
}): ApiAnswer {
  if (ownWebhook(request) === undefined) return notFound('03');
  request.record([{ kind: 'webhook_removed', webhookId: request.id, atMs: request.nowMs }]);
  return { status: 204 };
}

function ownWebhook(request: {
  readonly world: World;
  readonly account: number;
  readonly id: string;
}): WebhookEntry | undefined {
  const webhook = request.world.webhooks.get(request.id);
  return webhook?.account === request.account && webhook.newest === undefined ? webhook : undefined;
}

type WebhookBody = Pick<WebhookEntry, 'url' | 'events' | 'resourceIds' | 'label' | 'enabled'>;

function parseWebhookBody(
  body: unknown,
  known: readonly string[],
): WebhookBody | { readonly errors: readonly InputError[] } {
  if (!isObject(body)) return { errors: [wrong('', 'Expected object', body, 'object')] };
  const { url, label, status } = body;
  const events = strings(body['events']);
  const resourceIds = strings(body['resourceIds'] ?? []);
  const errors = [
    // The sandbox speaks plain HTTP to its own machine; the real provider wants HTTPS.
    ...(typeof url === 'string' && URL.canParse(url) && new URL(url).protocol === 'http:'
      ? []
      : [wrong('/url', 'Expected an http URL', url, 'string')]),
    ...(events !== undefined && events.length > 0 && events.every((event) => known.includes(event))
      ? []
      : [wrong('/events', `Expected ${known.join(' or ')}`, body['events'], 'array')]),
    ...(resourceIds !== undefined && resourceIds.length <= RESOURCE_IDS_MAX
      ? []
      : [wrong('/resourceIds', `Expected at most ${RESOURCE_IDS_MAX} strings`, body['resourceIds'], 'array')]),
    ...(status === undefined || status === 'enabled' || status === 'disabled'
      ? []
      : [wrong('/status', "Expected 'enabled' or 'disabled'", status, 'string')]),
  ];
  if (errors.length > 0 || typeof url !== 'string' || events === undefined || resourceIds === undefined)
    return { errors };
  return {
    url,
    events,
    resourceIds,
    label: typeof label === 'string' ? label : null,
    enabled: status !== 'disabled',
  };
}
