import type * as contract from '../../../src/http/contract/opt-out-reviews.ts';
import type { OptOutReview } from '../../../src/http/contract/opt-out-reviews.ts';
import { post } from './client.ts';
import type { BodyOf } from './contract.ts';
import { pages } from './pages.ts';

export type { OptOutReview };
export type ReviewDecision = BodyOf<typeof contract.decideOptOutReview>['decision'];

export const reviewKeys = { all: ['opt-out-reviews'] } as const;

const PAGE_ROWS = 50;

/** What waits, the most urgent first; or what was decided, the newest first. */
export const reviewsQuery = (view: 'open' | 'decided') =>
  pages<OptOutReview>({
    queryKey: [...reviewKeys.all, view],
    path: '/v1/opt-out-reviews',
    filters: { view },
    limit: PAGE_ROWS,
  });

export const decideReview = (id: string, decision: ReviewDecision, key: string) =>
  post<OptOutReview>(`/v1/opt-out-reviews/${id}/decide`, { decision }, key);
