import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { GatewayKind } from './gateway.ts';
import type { WebhookGeneration } from './webhook-registration.ts';

/**
 * Who confirms an opt-out that comes by this account: the provider for the words that it answers itself and we for all others; always we,
 * where the provider was told not to; or the provider alone.
 */
export const OPT_OUT_CONFIRMERS = ['by_word', 'textwright', 'provider'] as const;
export type OptOutConfirmer = (typeof OPT_OUT_CONFIRMERS)[number];

export interface AccountRow {
  readonly id: Uuid;
  readonly kind: GatewayKind;
  readonly name: string;
  readonly baseUrl: string;
  readonly environment: 'live' | 'sandbox';
  /** For Twilio `AccountSid:AuthToken`, as HTTP Basic writes the two. */
  readonly apiKeySealed: string;
  /** What the gateway calls the first of our registrations for events: an id, or the address itself. */
  readonly webhookRef: string | null;
  /** Newest first: one for each registration, and those of before that may still come in (decide-webhook-keys.ts). */
  readonly webhookSecretsSealed: readonly string[];
  /** While registrations are being changed, events may be signed with a key that is not known yet. */
  readonly webhookChangeUntil: Instant | null;
  /** Kinds of events that the gateway does not give to this account. */
  readonly webhookPartsRefused: readonly string[];
  /** Of which generation what is missing is registered. */
  readonly webhookGeneration: WebhookGeneration;
  /** Why the newest generation is not used, in the gateway's words. */
  readonly webhookFallback: string | null;
  readonly ratePerSecond: number;
  readonly optOutsConfirmedBy: OptOutConfirmer;
  readonly state: 'active' | 'paused';
  readonly stateReason: string | null;
  readonly createdAt: Instant;
}

/**
 * `draining` serves the people who know the number and takes no new ones; `paused` keeps its people waiting; `off` sends nothing,
 * and its people move to the other lanes of their campaigns.
 */
export type LaneState = 'active' | 'draining' | 'paused' | 'off';

export interface LaneRow {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly gatewayRef: string;
  readonly phone: string;
  readonly name: string;
  readonly zone: string;
  readonly dailyCap: number;
  /** `null`: as fast as the account. */
  readonly messagesPerSecond: number | null;
  /** Where the carrier counts message parts; `null` where it does not. */
  readonly partsPerSecond: number | null;
  readonly partsPerDay: number | null;
  readonly state: LaneState;
  readonly stateReason: string | null;
  /** A pause that ends by itself (the carrier's daily cap). */
  readonly pausedUntil: Instant | null;
}
