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

/** Also between a page of the gateway's books and what is written of it: no hand-over is near, so that the simulation leaves it out. */
export type CrashPoint = (typeof CRASH_POINTS)[number] | 'after a page of the books';

/** Called when a worker has come to a point; throws to end it there. */
export type Reach = (point: CrashPoint) => void;
