import type { SendingPolicy } from '../business/sending-policy.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { PaceLimits, PaceUsed } from '../sending/decide-pace.ts';
import type { CampaignState } from './campaign.ts';

/** Everything that decides when campaigns hand over: read for all running ones at once, for they share numbers and accounts. */
export interface ForecastFacts {
  readonly now: Instant;
  readonly businessZone: string;
  readonly policy: SendingPolicy;
  /** Nothing is handed over in the last milliseconds of a window. */
  readonly marginMs: number;
  readonly sendingPaused: boolean;
  readonly accounts: readonly ForecastAccount[];
  readonly lanes: readonly ForecastLane[];
  readonly campaigns: readonly ForecastCampaign[];
}

export interface ForecastAccount {
  readonly id: Uuid;
  readonly state: 'active' | 'paused';
  readonly ratePerSecond: number;
}

export interface ForecastLane {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly zone: string;
  readonly state: 'active' | 'draining' | 'paused' | 'off';
  /** A pause that ends by itself. */
  readonly pausedUntil: Instant | null;
  /** Takes no new people, now or after its pause. */
  readonly drains: boolean;
  readonly dailyCap: number;
  readonly partsPerDay: number | null;
  readonly messagesPerSecond: number | null;
  readonly partsPerSecond: number | null;
  /** Of the lane's day of `now`. */
  readonly usedTexts: number;
  readonly usedParts: number;
}

export interface ForecastCampaign {
  readonly id: Uuid;
  /** A draft is asked about as if it were running. */
  readonly state: CampaignState;
  readonly priority: number;
  readonly windowStartMinute: number;
  readonly windowEndMinute: number;
  readonly laneIds: readonly Uuid[];
  readonly pace: PaceLimits;
  readonly paceUsed: PaceUsed | null;
  /** After it whoever waits is not texted any more. */
  readonly stopsAt: Instant | null;
  readonly partsPerText: number;
  readonly waiting: readonly WaitingPeople[];
}

/** People who wait for the same. */
export interface WaitingPeople {
  readonly zoneGroup: string;
  /** The number that they know, among those of the campaign. */
  readonly laneId: Uuid | null;
  /** Put off until then: the frequency cap, or a gateway that asked for time. */
  readonly dueAt: Instant | null;
  readonly people: number;
}

export const NO_FINISH_REASONS = [
  'campaign_paused',
  'sending_paused',
  'no_lane',
  'lane_paused',
  'account_paused',
  'never_opens',
  'stops_before',
  'over_a_year',
] as const;
export type NoFinishReason = (typeof NO_FINISH_REASONS)[number];

/** `turn`: nothing but the rate, today. */
export const WAIT_REASONS = [
  'turn',
  'quiet_hours',
  'cap',
  'pace',
  'put_off',
  'lane_paused',
  'never_opens',
  'stopped',
] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

/** How many people wait for what at the moment of the forecast. */
export interface Wait {
  readonly reason: WaitReason;
  /** When it goes on for them; null when that cannot be said, or is now. */
  readonly until: Instant | null;
  readonly people: number;
}

export interface ForecastDay {
  /** Day of the business, `YYYY-MM-DD`. */
  readonly day: string;
  readonly count: number;
  readonly lanes: readonly { readonly laneId: Uuid; readonly count: number }[];
}

export interface CampaignForecast {
  /** When the last text is handed over. */
  readonly finishAt: Instant | null;
  /** Why it cannot be said; null together with a finish. */
  readonly noFinish: NoFinishReason | null;
  /** From the first day with a text to the last. */
  readonly perDay: readonly ForecastDay[];
  readonly waits: readonly Wait[];
}
