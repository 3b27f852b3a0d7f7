import type { SendingPolicy } from '../business/sending-policy.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { PaceLimits } from './decide-pace.ts';

/** What a holder reads at the start of a turn: small tables only. */
export interface TurnFacts {
  readonly account: {
    readonly state: 'active' | 'paused';
    readonly environment: 'live' | 'sandbox';
    readonly ratePerSecond: number;
  };
  readonly sendingPaused: boolean;
  readonly businessName: string;
  readonly businessZone: string;
  readonly policy: SendingPolicy;
  /** Confirmations or replies are due. */
  readonly answersWait: boolean;
  /** The gateway may be asked about unknown outcomes. */
  readonly unknownDue: boolean;
  /** When the next answer or question is due that is not due yet. */
  readonly nextDueAt: Instant | null;
  readonly lanes: readonly TurnLane[];
  readonly campaigns: readonly TurnCampaign[];
}

export interface TurnLane {
  readonly id: Uuid;
  readonly gatewayRef: string;
  readonly zone: string;
  readonly dailyCap: number;
  readonly state: 'active' | 'draining' | 'paused' | 'off';
  readonly messagesPerSecond: number | null;
  readonly partsPerSecond: number | null;
  /** Its pause is over. */
  readonly resumes: boolean;
  /** Reserved on the newest business days, by day. */
  readonly reserved: Readonly<Record<string, number>>;
}

export interface TurnCampaign {
  readonly id: Uuid;
  readonly priority: number;
  readonly windowStartMinute: number;
  readonly windowEndMinute: number;
  /** Lanes of this account that may send. */
  readonly laneIds: readonly Uuid[];
  readonly offLaneIds: readonly Uuid[];
  readonly zoneGroups: readonly string[];
  readonly pace: PaceLimits;
  /** People who still wait, from the totals. */
  readonly waiting: number;
  /** The instant after which its texts are pointless has passed, and whoever waits is not simply to be texted. */
  readonly pointless: boolean;
  /** Everybody has an end; the campaign has only to be closed. */
  readonly finished: boolean;
  /** Days without a campaign text that the audience asks for; `null` when it does not. */
  readonly notTextedForDays: number | null;
}
