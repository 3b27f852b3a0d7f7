import { type Clock, systemClock } from '../src/platform/clock.ts';
import { addMs } from '../src/platform/time.ts';

/** The machine's time, moved by so many milliseconds: processes that are given the same shift agree on the time of day. */
export const shiftedClock = (shiftMs: number): Clock => ({
  ...systemClock,
  now: () => addMs(systemClock.now(), shiftMs),
});
