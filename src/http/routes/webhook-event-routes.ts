import { z } from '@hono/zod-openapi';
import { parsePhone } from '../../contacts/phone.ts';
import { COUNTED_MAX, readDatabaseBytes, readEventPulses } from '../../operations/metrics-store.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import { err, ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import type { EventFilter } from '../../webhooks/event-filter.ts';
import type { EventContent, ListedEvent } from '../../webhooks/event-read-store.ts';
import { readEventStats } from '../../webhooks/event-stats-store.ts';
import { exportEventsFor } from '../../webhooks/export-events.ts';
import { listEvents } from '../../webhooks/list-events.ts';
import { type EventMask, MASKED, UNMASKED } from '../../webhooks/mask-event.ts';
import { type EventDetail, showEvent } from '../../webhooks/show-event.ts';
import { listSourceHours, listSources } from '../../webhooks/source-store.ts';
import { spoolFolder, spoolIn } from '../../webhooks/spool.ts';
import { spoolDepth } from '../../webhooks/spool-depth.ts';
import { type Api, uuidOf } from '../api.ts';
import { allows, type Caller } from '../caller.ts';
import * as contract from '../contract/webhook-events.ts';
import { ndjsonResponse } from '../ndjson.ts';
import type { ProblemInput } from '../problem.ts';
import { isoText, isoTextOrNull, rawRoute } from '../route-types.ts';

type EventServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'secrets' | 'webhookEdge' | 'config'>;

export function registerWebhookEventRoutes(api: Api, services: EventServices): void {
  const { db } = services.database;
  api.handle(contract.listWebhookEvents, async ({ query: { cursor, limit, ...filter }, caller }) => {
    const mask = maskFor(caller);
    const refused = mask === MASKED ? refuseHidden(filter) : undefined;
    if (refused !== undefined) return err(refused);
    const page = await listEvents(db, { filter: storedFilter(filter), cursor, limit });
    if (!page.ok) return page;
    const { data, nextCursor, searchedTo } = page.value;
    return ok({
      data: data.map((event) => showListed(event, mask)),
      nextCursor,
      searchedTo: isoTextOrNull(searchedTo),
    });
  });
  api.handle(contract.getWebhookEvent, async ({ params, caller }) => {
    const found = await showEvent(db, services, uuidOf('event', params.id));
    return found.ok ? ok(showDetail(found.value, maskFor(caller))) : found;
  });
  api.handle(contract.webhookStats, async ({ query: { minutes } }) => {
    const until = services.clock.now();
    const { from, ...stats } = await readEventStats(db, { now: until, minutes });
    const shown = stats.minutes.map((minute) => ({ ...minute, at: isoText(minute.at) }));
    return ok({ from: isoText(from), until: isoText(until), minutes: shown, types: stats.types });
  });
  api.raw(exportRoute, async ({ query: { limit, ...filter }, request, caller: { actor } }) => {
    const { signal } = request;
    const pages = await exportEventsFor({ ...services, db }, { filter: storedFilter(filter), limit, signal, actor });
    return ok(ndjsonResponse('events.jsonl', shownPages(pages)));
  });
  registerQueue(api, services);
  registerSources(api, services);
}

function registerQueue(api: Api, { database: { db }, config }: EventServices): void {
  const readDepth = spoolDepth(spoolIn(spoolFolder(config.dataDir)));
  api.handle(contract.eventQueue, async () => {
    const pulses = new Map((await readEventPulses(db)).map((pulse) => [pulse.state, pulse]));
    const waiting = pulses.get('received');
    const { oldest, ...spooled } = await readDepth();
    return ok({
      waiting: waiting?.events ?? 0,
      retrying: pulses.get('retrying')?.events ?? 0,
      failed: pulses.get('failed')?.events ?? 0,
      countedTo: COUNTED_MAX,
      oldestWaitingAt: isoTextOrNull(waiting?.oldest ?? null),
      databaseBytes: await readDatabaseBytes(db),
      spool: { ...spooled, oldestAt: isoTextOrNull(oldest ?? null) },
    });
  });
}

function registerSources(api: Api, { database: { db }, clock }: EventServices): void {
  api.handle(contract.listWebhookSources, async ({ query: { hours } }) => {
    const span = { now: clock.now(), hours };
    const sources = await listSources(db, span);
    const byHour = await listSourceHours(db, span);
    return ok({
      data: sources.map((source) => ({
        ...source,
        accountId: source.accountId === null ? null : showId('account', source.accountId),
        lastAt: isoText(source.lastAt),
      })),
      hours: byHour.map((hour) => ({ ...hour, at: isoText(hour.at) })),
    });
  });
}

const exportRoute = rawRoute({
  method: 'get',
  path: '/v1/webhook-events/export',
  access: 'owner',
  tag: 'Webhooks',
  summary:
    'Every event that matches, with payload and headers, whole numbers and all: one JSON object on a line each, newest first',
  request: {
    query: z.object({
      ...contract.eventFilter,
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(1_000_000_000)
        .optional()
        .openapi({ description: 'At most so many; all there are when it is left out' }),
    }),
  },
  produces: 'application/x-ndjson',
});

async function* shownPages(pages: AsyncIterable<readonly (ListedEvent & EventContent)[]>) {
  for await (const page of pages) yield page.map(exported);
}

/** One event of an export: whole. */
export const exported = (event: ListedEvent & EventContent) => ({
  ...showListed(event, UNMASKED),
  headers: event.headers,
  payload: event.payload,
});

/** Numbers as they are stored: what is none that we could text is looked for as it is written. */
export function storedFilter({ accountId, phone, ...filter }: EventFilter): EventFilter {
  const parsed = phone === undefined ? undefined : parsePhone(phone);
  return {
    ...filter,
    ...(accountId === undefined ? {} : { accountId: uuidOf('account', accountId) }),
    ...(parsed === undefined ? {} : { phone: parsed.ok ? parsed.value : phone }),
  };
}

/** Whoever answers customers sees their numbers; a viewer does not need them. */
export const maskFor = (caller: Caller): EventMask => (allows('agent', caller) ? UNMASKED : MASKED);

/** Whoever may ask what is hidden finds it digit by digit. */
function refuseHidden({ phone, error }: EventFilter): ProblemInput | undefined {
  const asked = phone !== undefined ? 'phone' : error !== undefined ? 'error' : undefined;
  if (asked === undefined) return undefined;
  return {
    kind: 'forbidden',
    detail: `the filter "${asked}" needs the role agent or a higher one, as it would tell numbers that are masked for a viewer; leave it out, or ask an owner for the role`,
  };
}

const shownOrNull = <K extends 'contact' | 'message' | 'call' | 'conversation' | 'campaign' | 'replay'>(
  kind: K,
  id: Uuid | null,
) => (id === null ? null : showId(kind, id));

export const showListed = (event: ListedEvent, mask: EventMask) => ({
  id: showId('event', event.id),
  accountId: showId('account', event.accountId),
  accountName: event.accountName,
  eventId: mask.text(event.eventId, event.phone),
  type: event.type,
  phone: mask.phone(event.phone),
  name: event.name === null ? null : mask.text(event.name, event.phone),
  contactId: shownOrNull('contact', event.contactId),
  state: event.state,
  attempts: event.attempts,
  error: event.error === null ? null : mask.text(event.error, event.phone),
  source: event.source,
  receivedAt: isoText(event.receivedAt),
  appliedAt: isoTextOrNull(event.appliedAt),
});

/** One event with everything that is known of it, for the API and the command line. */
export function showDetail(event: EventDetail, mask: EventMask) {
  const text = (one: string): string => mask.text(one, event.phone);
  const textOrNull = (one: string | null): string | null => (one === null ? null : text(one));
  const { effect } = event;
  return {
    ...showListed(event, mask),
    payload: text(event.payload),
    headers: Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name, text(value)])),
    signature: event.signature,
    errorStack: textOrNull(event.errorStack),
    history: event.history.map(({ attempt, at, outcome, reason, error, stack, actorName, replayId }) => ({
      attempt,
      at: isoText(at),
      outcome,
      reason: textOrNull(reason),
      error: textOrNull(error),
      stack: textOrNull(stack),
      by: actorName,
      replayId: shownOrNull('replay', replayId),
    })),
    effect: {
      messageId: shownOrNull('message', effect.messageId),
      messageState: effect.messageState,
      callId: shownOrNull('call', effect.callId),
      conversationId: shownOrNull('conversation', effect.conversationId),
      contactId: shownOrNull('contact', effect.contactId),
      campaignId: shownOrNull('campaign', effect.campaignId),
      campaignName: effect.campaignName,
    },
    neighbours: event.neighbours.map((one) => showListed(one, mask)),
  };
}
