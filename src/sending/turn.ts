import type { Uuid } from '../platform/ids.ts';

/** What a holder reads at the start of a turn: small tables only. */
export interface TurnFacts {
  readonly account: { readonly state: 'active' | 'paused'; readonly ratePerSecond: number };
  readonly sendingPaused: boolean;
  readonly businessName: string;
  readonly lanes: readonly TurnLane[];
  readonly campaigns: readonly TurnCampaign[];
}

export interface TurnLane {
  readonly id: Uuid;
  readonly gatewayRef: string;
  readonly zone: string;
  readonly dailyCap: number;
  readonly state: 'active' | 'paused' | 'off';
}

export interface TurnCampaign {
  readonly id: Uuid;
  readonly priority: number;
  readonly windowStartMinute: number;
  readonly windowEndMinute: number;
  readonly laneIds: readonly Uuid[];
  readonly offLaneIds: readonly Uuid[];
  readonly zoneGroups: readonly string[];
}
