import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

export interface AccountRow {
  readonly id: Uuid;
  readonly kind: 'quo';
  readonly name: string;
  readonly baseUrl: string;
  readonly environment: 'live' | 'sandbox';
  readonly apiKeySealed: string;
  readonly webhookRef: string | null;
  /** Newest first; two while a secret is being rotated. */
  readonly webhookSecretsSealed: readonly string[];
  readonly ratePerSecond: number;
  readonly state: 'active' | 'paused';
  readonly stateReason: string | null;
  readonly createdAt: Instant;
}

export interface LaneRow {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly gatewayRef: string;
  readonly phone: string;
  readonly name: string;
  readonly zone: string;
  readonly dailyCap: number;
  readonly state: 'active' | 'paused' | 'off';
  readonly stateReason: string | null;
  /** A pause that ends by itself (the carrier's daily cap). */
  readonly pausedUntil: Instant | null;
}
