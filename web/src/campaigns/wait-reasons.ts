import type { Forecast } from '../api/campaigns.ts';

export type WaitReason = Forecast['waits'][number]['reason'];

/** A file of its own, since the route's address knows them: whatever stands beside them is in everybody's first load. */
export const WAIT_REASONS = [
  'turn',
  'quiet_hours',
  'cap',
  'pace',
  'put_off',
  'lane_paused',
  'never_opens',
  'stopped',
] as const satisfies readonly WaitReason[];

/** These are the same people: nothing but rates and limits holds them back, and who of them comes first is decided from turn to turn. */
const IN_TURN: readonly WaitReason[] = ['turn', 'cap', 'pace'];

export const waitsOf = (reason: WaitReason): WaitReason => (IN_TURN.includes(reason) ? 'turn' : reason);

/** For all of them together; the forecast tells apart who comes today. */
export const WAITS_IN_TURN = 'Their turn';
