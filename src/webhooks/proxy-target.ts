import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** Where the development proxy forwards the events of one account. */
export interface ProxyTarget {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly accountName: string;
  readonly url: string;
  /** Networks in the spelling of `parseNetwork`. */
  readonly allowedCidrs: readonly string[];
  /** Empty: events of every type. */
  readonly eventTypes: readonly string[];
  /** `failed`: off because nothing got through for long. */
  readonly state: 'active' | 'off' | 'failed';
  readonly stateReason: string | null;
  readonly failingSince: Instant | null;
  readonly lastDeliveredAt: Instant | null;
  readonly deliveredTotal: number;
  readonly failedTotal: number;
  /** In the log; both counted up to `PROXY_COUNT_MAX`. */
  readonly waiting: number;
  readonly failed: number;
  readonly createdAt: Instant;
}

export const PROXY_COUNT_MAX = 1_000;

/** One event for one target. */
export interface ProxyDelivery {
  readonly eventId: Uuid;
  readonly eventType: string;
  readonly receivedAt: Instant;
  readonly state: 'waiting' | 'delivered' | 'failed';
  readonly attempts: number;
  /** While it waits. */
  readonly nextAt: Instant | null;
  /** What the last attempt was answered with; `null` when it was not. */
  readonly lastStatus: number | null;
  readonly error: string | null;
  readonly ms: number | null;
  readonly finishedAt: Instant | null;
}

/** Told when targets change or something is to be forwarded again; the second when something was forwarded. */
export const PROXY_TOPIC = 'proxy';
export const PROXY_LOG_TOPIC = 'proxy_log';

export const PROXY_TARGETS_MAX = 5;
export const PROXY_NETWORKS_MAX = 10;
export const PROXY_TYPES_MAX = 50;
export const PROXY_URL_LENGTH_MAX = 500;
