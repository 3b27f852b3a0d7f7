/**
 * Places in the engine at which a crash is hardest. Nothing happens there, but the simulation and the crash tests stop a worker at
 * each of them.
 */
export const CRASH_POINTS = [
  'inside the claim',
  'after the claim',
  'after the gateway took it',
  'inside the record',
  'after the record',
  'after settling was asked',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Called when a worker has come to a point; throws to end it there. */
export type Reach = (point: CrashPoint) => void;
