import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/scrubbing.ts';
import type { ScrubBatch, Scrubbing } from '../../../src/http/contract/scrubbing.ts';
import { get, post, put } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';

export type { ScrubBatch, Scrubbing };
export type ScrubbingInput = BodyOf<typeof contract.putScrubbing>;

export const scrubKeys = {
  all: ['scrubbing'],
  settings: ['scrubbing', 'settings'],
  newest: ['scrubbing', 'newest'],
} as const;

export const scrubbingQuery = queryOptions({
  queryKey: scrubKeys.settings,
  queryFn: ({ signal }) => get<Scrubbing>('/v1/scrubbing', undefined, signal),
});

const NEWEST = 5;
/** Nothing tells how far a batch is. */
const OPEN_EVERY_MS = 3_000;
export const scrubBatchesQuery = queryOptions({
  queryKey: scrubKeys.newest,
  queryFn: ({ signal }) =>
    get<AnswerOf<typeof contract.listScrubBatches>>('/v1/scrubbing/batches', { limit: NEWEST }, signal),
  refetchInterval: ({ state }) => (state.data?.data.some((one) => one.state === 'open') ? OPEN_EVERY_MS : false),
});

export const putScrubbing = (body: ScrubbingInput) => put<Scrubbing>('/v1/scrubbing', body);
export const startScrubbing = (body: BodyOf<typeof contract.startScrubbing>, key: string) =>
  post<ScrubBatch>('/v1/scrubbing/batches', body, key);
export const cancelScrubbing = (id: string) => post<ScrubBatch>(`/v1/scrubbing/batches/${id}/cancel`);
