import type { SendingPolicy } from '../business/sending-policy.ts';
import type { ConsentPolicy } from '../compliance/consent-policy.ts';
import type { OptOutWording } from '../compliance/opt-out-wording.ts';
import type { GatewayKind } from '../gateways/gateway.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { PaceLimits, PaceUsed } from './decide-pace.ts';

/** What a holder reads at the start of a turn: small tables only. */
export interface TurnFacts {
  readonly account: {
    readonly state: 'active' | 'paused';
    readonly kind: GatewayKind;
    readonly environment: 'live' | 'sandbox';
    readonly ratePerSecond: number;
  };
  readonly sendingPaused: boolean;
  readonly businessName: string;
  readonly businessZone: string;
  /** What opt-out links begin with; null while people reach us under no address. */
  readonly linkBase: string | null;
  readonly policy: SendingPolicy;
  /** Null while an owner has never said what is to be added to first texts. */
  readonly optOutWording: OptOutWording | null;
  /** Confirmations or replies are due. */
  readonly answersWait: boolean;
  /** Confirmations are too late: they end, also while the number is switched off or the account paused. */
  readonly answersLate: boolean;
  /** The gateway may be asked about unknown outcomes. */
  readonly unknownDue: boolean;
  /** A step of the reconciliation of this account is due. */
  readonly reconciles: boolean;
  /** A text or a call is to be asked about, because its event says too little. */
  readonly looksUp: boolean;
  /** When the next answer or question is due that is not due yet. */
  readonly nextDueAt: Instant | null;
  readonly lanes: readonly TurnLane[];
  readonly campaigns: readonly TurnCampaign[];
}

/** What is left of a number's day. */
export interface LaneDay {
  readonly id: Uuid;
  readonly zone: string;
  readonly dailyCap: number;
  readonly partsPerDay: number | null;
  /** Texts and parts reserved on the newest business days, by day. */
  readonly reserved: Readonly<Record<string, number>>;
  readonly partsReserved: Readonly<Record<string, number>>;
}

export interface TurnLane extends LaneDay {
  readonly gatewayRef: string;
  readonly state: 'active' | 'draining' | 'paused' | 'off';
  readonly messagesPerSecond: number | null;
  readonly partsPerSecond: number | null;
  /** Its pause is over. */
  readonly resumes: boolean;
}

export interface TurnCampaign {
  readonly id: Uuid;
  readonly priority: number;
  readonly windowStartMinute: number;
  readonly windowEndMinute: number;
  /** Lanes of this account that may send. */
  readonly laneIds: readonly Uuid[];
  /** Switched off, or taken out of the campaign: the others serve the people who know them. */
  readonly offLaneIds: readonly Uuid[];
  readonly removedLaneIds: readonly Uuid[];
  /** Of a campaign that is spread evenly: lanes of other accounts whose holders send just now. */
  readonly lanesElsewhere: readonly LaneDay[];
  readonly zoneGroups: readonly string[];
  readonly pace: PaceLimits;
  /** Null before its first text. It grows only: what leaves no room by these counts leaves none by those of the claim. */
  readonly paceUsed: PaceUsed | null;
  /** People who still wait, from the totals. */
  readonly waiting: number;
  /** The instant after which its texts are pointless has passed, and something is to be done about it. */
  readonly pointless: boolean;
  /** Nothing is handed over after this instant; null when its texts never become pointless, or go out all the same. */
  readonly textsUntil: Instant | null;
  /** Everybody has an end; the campaign has only to be closed. */
  readonly finished: boolean;
  /** Days without a campaign text that the audience asks for; `null` when it does not. */
  readonly notTextedForDays: number | null;
  readonly consent: ConsentPolicy | null;
}
