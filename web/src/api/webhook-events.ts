import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/webhook-events.ts';
import type {
  EventQueue,
  EventReplay,
  ReplayPreview,
  WebhookEvent,
  WebhookEventDetail,
  WebhookSource,
  WebhookStats,
} from '../../../src/http/contract/webhook-events.ts';
import { address, get, post } from './client.ts';
import type { AnswerOf, BodyOf, FiltersOf } from './contract.ts';
import { pages } from './pages.ts';

export type { EventQueue, EventReplay, ReplayPreview, WebhookEvent, WebhookEventDetail, WebhookSource, WebhookStats };
export type EventFilters = FiltersOf<typeof contract.listWebhookEvents>;
export type EventPage = AnswerOf<typeof contract.listWebhookEvents>;
export type ReplaySelection = BodyOf<typeof contract.previewReplay>;
export type ReplayOrder = BodyOf<typeof contract.startReplay>;
export type SourcesAnswer = AnswerOf<typeof contract.listWebhookSources>;

export const eventKeys = {
  all: ['webhook-events'],
  list: (filters: EventFilters) => ['webhook-events', 'list', filters],
  one: (id: string) => ['webhook-events', 'one', id],
  stats: ['webhook-events', 'stats'],
  queue: ['webhook-events', 'queue'],
  replays: ['event-replays'],
  preview: (selection: ReplaySelection) => ['event-replays', 'preview', selection],
  sources: ['webhook-sources'],
} as const;

export const webhookEventsQuery = (filters: EventFilters) =>
  pages<WebhookEvent>({ queryKey: eventKeys.list(filters), path: '/v1/webhook-events', filters });
export const webhookEventQuery = (id: string) =>
  queryOptions({
    queryKey: eventKeys.one(id),
    queryFn: ({ signal }) => get<WebhookEventDetail>(`/v1/webhook-events/${id}`, undefined, signal),
  });
export const webhookStatsQuery = queryOptions({
  queryKey: eventKeys.stats,
  queryFn: ({ signal }) => get<WebhookStats>('/v1/webhook-events/stats', { minutes: 60 }, signal),
});
export const eventQueueQuery = queryOptions({
  queryKey: eventKeys.queue,
  queryFn: ({ signal }) => get<EventQueue>('/v1/webhook-events/queue', undefined, signal),
});
export const sourcesQuery = (hours: number) =>
  queryOptions({
    queryKey: [...eventKeys.sources, hours],
    queryFn: ({ signal }) => get<SourcesAnswer>('/v1/webhook-sources', { hours }, signal),
  });
/** Address of the matching events as a file, for a download link. */
export const eventsFile = (filters: EventFilters): string => address('/v1/webhook-events/export', filters);

export const replaysQuery = pages<EventReplay>({ queryKey: eventKeys.replays, path: '/v1/event-replays', limit: 50 });
export const replayPreviewQuery = (selection: ReplaySelection) =>
  queryOptions({
    queryKey: eventKeys.preview(selection),
    queryFn: () => post<ReplayPreview>('/v1/event-replays/preview', selection),
    // A dry run is about now.
    staleTime: 0,
    gcTime: 0,
  });
export const startReplay = (order: ReplayOrder, key: string) => post<EventReplay>('/v1/event-replays', order, key);

export const cancelReplay = (id: string) => post<EventReplay>(`/v1/event-replays/${id}/cancel`);
