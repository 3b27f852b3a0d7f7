import type { LaneRow } from './account.ts';
import type { GatewayNumber } from './gateway.ts';

/** Why a lane that a person did not switch off is off. Kept with the lane, and recognised by `decideLanes`. */
export const NOT_REGISTERED =
  'The gateway says that this number may not text US numbers yet: finish its 10DLC registration there, then refresh';
export const NUMBER_GONE = 'This number is not in the gateway account any more';

export interface LaneChanges {
  readonly added: readonly GatewayNumber[];
  readonly off: readonly { readonly lane: LaneRow; readonly reason: string }[];
  /** Off for one of the reasons above, which no longer holds. */
  readonly back: readonly LaneRow[];
}

/** What the numbers of the account, read again, change about its lanes. What a person decided stays. */
export function decideLanes(lanes: readonly LaneRow[], numbers: readonly GatewayNumber[]): LaneChanges {
  const byRef = new Map(numbers.map((number) => [number.laneRef, number]));
  const known = new Set(lanes.map((lane) => lane.gatewayRef));
  const reasonOff = (lane: LaneRow): string | undefined => {
    const number = byRef.get(lane.gatewayRef);
    if (number === undefined) return NUMBER_GONE;
    return number.mayTextUs ? undefined : NOT_REGISTERED;
  };
  return {
    added: numbers.filter((number) => !known.has(number.laneRef)),
    off: lanes.flatMap((lane) => {
      const reason = reasonOff(lane);
      return reason === undefined || lane.state === 'off' ? [] : [{ lane, reason }];
    }),
    back: lanes.filter(
      (lane) =>
        lane.state === 'off' &&
        (lane.stateReason === NUMBER_GONE || lane.stateReason === NOT_REGISTERED) &&
        reasonOff(lane) === undefined,
    ),
  };
}
