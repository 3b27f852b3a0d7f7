import { queryOptions } from '@tanstack/react-query';
import type {
  DiscardPreview,
  discardEvents as discardEventsRoute,
  EventsDiscarded,
} from '../../../src/http/contract/event-discards.ts';
import { post } from './client.ts';
import type { BodyOf } from './contract.ts';
import type { ReplaySelection } from './webhook-events.ts';

export type { DiscardPreview };
export type DiscardOrder = BodyOf<typeof discardEventsRoute>;
export const discardPreviewQuery = (selection: ReplaySelection) =>
  queryOptions({
    queryKey: ['event-discards', 'preview', selection],
    queryFn: () => post<DiscardPreview>('/v1/event-discards/preview', selection),
    staleTime: 0,
    gcTime: 0,
  });
export const discardEvents = (order: DiscardOrder, key: string) =>
  post<EventsDiscarded>('/v1/event-discards', order, key);
