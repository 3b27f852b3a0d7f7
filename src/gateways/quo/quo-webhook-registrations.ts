import { z } from 'zod';
import { ok } from '../../platform/result.ts';
import type { Answered } from '../exchange-answer.ts';
import type { Answer, GatewayProblem, GatewayWebhooks } from '../gateway.ts';
import type { Exchange } from '../http-exchange.ts';
import {
  WEBHOOK_TOPICS,
  type WebhookKey,
  type WebhookPart,
  type WebhookRegistration,
  type WebhookTopic,
} from '../webhook-registration.ts';
import { changedWebhook, type RestWebhook, webhookAnswer, webhookList } from './quo-schemas.ts';
import { failedAnswer, NEWEST_VERSION, read, readExchange, type Wire } from './quo-wire.ts';

/**
 * Webhooks made by API. The first generation has one resource for each family of events, each with a key of its own, and can change
 * none of them; the newest has one for all. What people make in the app of the provider is not listed.
 */
type EventsByTopic = Readonly<Partial<Record<WebhookTopic, readonly string[]>>>;

const FAMILIES: Readonly<Record<string, EventsByTopic>> = {
  messages: { texts: ['message.received'], receipts: ['message.delivered'] },
  calls: { calls: ['call.ringing', 'call.completed'], recordings: ['call.recording.completed'] },
  'call-summaries': { summaries: ['call.summary.completed'] },
  'call-transcripts': { transcripts: ['call.transcript.completed'] },
};

/** The events of the newest generation in one registration. */
const ALL = 'all';
const ALL_EVENTS: EventsByTopic = {
  texts: ['message.received'],
  receipts: ['message.delivered'],
  failures: ['message.failed', 'message.undelivered'],
  calls: ['call.ringing', 'call.answered', 'call.completed', 'call.missed', 'call.forwarded'],
  recordings: ['call.recording.completed'],
  voicemails: ['call.voicemail.completed'],
  summaries: ['call.summary.completed'],
  transcripts: ['call.transcript.completed'],
  contacts: ['contact.updated', 'contact.deleted'],
};

const TOPICS = new Map(Object.entries({ ...FAMILIES, [ALL]: ALL_EVENTS }).map(([part, by]) => [part, topicsIn(by)]));
const LABEL = 'Textwright';
const EVERY_NUMBER = '*';
const PAGE_SIZE = 50;
/** A workspace has fifty at most. */
const PAGES_MAX = 4;

/** Business and Scale plans have them. */
const OPTIONAL: ReadonlySet<string> = new Set(['call-summaries', 'call-transcripts']);

const partOf = (part: string): WebhookPart => ({
  part,
  topics: TOPICS.get(part) ?? [],
  ...(OPTIONAL.has(part) ? { optional: true } : {}),
});

export function quoWebhooks(impatient: Wire): GatewayWebhooks {
  const wire = patient(impatient);
  return {
    parts: { proven: Object.keys(FAMILIES).map(partOf), newest: [partOf(ALL)] },
    list: () => list(wire),
    create: (wanted) => create(wire, wanted),
    update: (registration, url) => update(wire, registration, url),
    rotate: (registration, url) => rotate(wire, registration, url),
    remove: (registration) => remove(wire, registration),
  };
}

const TRIES = 4;
const TOO_MANY_REQUESTS = 429;

/** A dozen requests in a row, beside those of the engine, are more than a second's share: each waits for its turn. */
const patient = (wire: Wire): Wire => ({
  ...wire,
  async call(request) {
    const { clock } = wire.options;
    let exchange = await wire.call(request);
    for (let again = 1; again < TRIES && wasThrottled(exchange); again += 1) {
      await clock.sleep(failedAnswer(wire, exchange).retryAfterMs);
      exchange = await wire.call(request);
    }
    return exchange;
  },
});

const wasThrottled = (exchange: Exchange): exchange is Answered =>
  exchange.kind === 'answered' && exchange.status === TOO_MANY_REQUESTS;

async function list(wire: Wire): Promise<Answer<readonly WebhookRegistration[]>> {
  const first = await read(wire, { path: '/v1/webhooks', schema: webhookList });
  if (!first.ok) return first;
  const newest = await listNewest(wire);
  // A key that may not ask for the newest generation has none of it.
  if (!newest.ok && !isNotGiven(newest.error)) return newest;
  const ofNewest = newest.ok ? newest.value : [];
  const known = new Set(ofNewest.map(({ ref }) => ref));
  const families = first.value.data.filter(({ id, deletedAt }) => !known.has(id) && (deletedAt ?? '') === '');
  return ok([...families.map(shownFamily), ...ofNewest]);
}

const isNotGiven = ({ kind }: GatewayProblem): boolean => kind === 'refused' || kind === 'unauthorized';

async function listNewest(wire: Wire): Promise<Answer<readonly WebhookRegistration[]>> {
  const found: WebhookRegistration[] = [];
  const parameters = new URLSearchParams({ limit: String(PAGE_SIZE) });
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const path = `/webhooks?${parameters}`;
    const answer = await read(wire, { path, schema: webhookList, apiVersion: NEWEST_VERSION });
    if (!answer.ok) return answer;
    found.push(...answer.value.data.map((webhook) => shown(webhook, { part: ALL, by: ALL_EVENTS })));
    const cursor = answer.value.nextCursor ?? '';
    if (cursor === '') break;
    parameters.set('after', cursor);
  }
  return ok(found);
}

function shownFamily(webhook: RestWebhook): WebhookRegistration {
  const has = (by: EventsByTopic): boolean => eventsIn(by).some((event) => webhook.events.includes(event));
  const [part, by] = Object.entries(FAMILIES).find(([, family]) => has(family)) ?? ['messages', {}];
  return shown(webhook, { part, by });
}

function shown(
  { id, url, status, events, resourceIds, key }: RestWebhook,
  { part, by }: { readonly part: string; readonly by: EventsByTopic },
): WebhookRegistration {
  const topics = topicsIn(by);
  return {
    ...partOf(part),
    ref: id,
    name: id,
    url,
    enabled: status !== 'disabled',
    lacks: topics.filter((topic) => by[topic]?.some((event) => !events.includes(event)) === true),
    narrowed: (resourceIds ?? []).length > 0 && resourceIds?.includes(EVERY_NUMBER) === false,
    secret: key ?? undefined,
  };
}

async function create(
  wire: Wire,
  { part, url }: { readonly part: string; readonly url: string },
): Promise<Answer<WebhookKey>> {
  const by = part === ALL ? ALL_EVENTS : FAMILIES[part];
  if (by === undefined) throw new Error(`Quo registers no webhook for "${part}"`);
  const json = { url, events: eventsIn(by), resourceIds: [EVERY_NUMBER], label: LABEL };
  const request = part === ALL ? newest('/webhooks') : { path: `/v1/webhooks/${part}` };
  const exchange = await wire.call({ method: 'POST', ...request, json });
  const answer = readExchange(wire, { exchange, schema: webhookAnswer });
  return answer.ok ? ok({ ref: answer.value.data.id, part, secret: answer.value.data.key }) : answer;
}

async function update(wire: Wire, { part, ref }: WebhookRegistration, url: string): Promise<Answer<WebhookKey>> {
  if (part !== ALL) return create(wire, { part, url });
  const json = { url, events: eventsIn(ALL_EVENTS), resourceIds: [EVERY_NUMBER], status: 'enabled' };
  const exchange = await wire.call({ method: 'PATCH', ...newest(pathOf(ref)), json });
  const answer = readExchange(wire, { exchange, schema: changedWebhook });
  return answer.ok ? ok({ ref, part, secret: undefined }) : answer;
}

async function rotate(wire: Wire, { part, ref }: WebhookRegistration, url: string): Promise<Answer<WebhookKey>> {
  if (part !== ALL) return create(wire, { part, url });
  const exchange = await wire.call({ method: 'POST', ...newest(`${pathOf(ref)}/rotate`) });
  const answer = readExchange(wire, { exchange, schema: rotatedKey });
  return answer.ok ? ok({ ref, part, secret: answer.value.data.key }) : answer;
}

const rotatedKey = z.object({ data: z.object({ key: z.string().min(1) }) });

async function remove(
  wire: Wire,
  { ref, part }: Pick<WebhookRegistration, 'ref' | 'part'>,
): Promise<Answer<undefined>> {
  const request = part === ALL ? newest(pathOf(ref)) : { path: `/v1${pathOf(ref)}` };
  const exchange = await wire.call({ method: 'DELETE', ...request });
  if (exchange.kind === 'answered' && exchange.status === 404) return ok(undefined);
  const answer = readExchange(wire, { exchange, schema: z.unknown() });
  return answer.ok ? ok(undefined) : answer;
}

const pathOf = (ref: string): string => `/webhooks/${encodeURIComponent(ref)}`;
const newest = (path: string) => ({ path, apiVersion: NEWEST_VERSION });

function topicsIn(by: EventsByTopic): readonly WebhookTopic[] {
  return WEBHOOK_TOPICS.filter((topic) => by[topic] !== undefined);
}

const eventsIn = (by: EventsByTopic): readonly string[] => Object.values(by).flat();
