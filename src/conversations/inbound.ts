import type { AccountRow } from '../gateways/account.ts';
import type { GatewayEvent } from '../gateways/gateway.ts';
import { addMs, DAY_MS, type Instant, isBefore } from '../platform/time.ts';

export type InboundText = Extract<GatewayEvent, { readonly type: 'message_received' }>;
export type InboundAccount = Pick<AccountRow, 'id' | 'kind' | 'environment'>;

export type SentText = Extract<GatewayEvent, { readonly type: 'message_sent' }>;

/** How we came to know of something. */
export interface Knowledge {
  /** Found in the gateway's books, and not told of when it happened. */
  readonly reconciled: boolean;
  /** What is older than the account is its history. */
  readonly connectedAt: Instant;
  /** When it reached us; absent when that is now. */
  readonly heardAt?: Instant;
}

/** What was told as it came in. */
export interface ToldNow extends Pick<Knowledge, 'heardAt'> {
  readonly reconciled: false;
}
export const TOLD: ToldNow = { reconciled: false };

/** History that nobody needs to look at any more comes in as done. */
const FRESH_MS = DAY_MS;

export const isHistory = (at: Instant, known: Knowledge | ToldNow): boolean =>
  known.reconciled && isBefore(at, known.connectedAt);

export const isOldHistory = (at: Instant, known: Knowledge | ToldNow, now: Instant): boolean =>
  isHistory(at, known) && isBefore(at, addMs(now, -FRESH_MS));

/** How the business names itself in automatic answers. */
export interface BusinessIdentity {
  readonly name: string;
  readonly phone: string | null;
  readonly email: string | null;
}
