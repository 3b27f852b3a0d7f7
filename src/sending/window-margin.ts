import { WINDOW_MARGIN_MS } from '../business/sending-policy.ts';
import { type Clock, patience } from '../platform/clock.ts';

/** Under a warped clock a second of real delay is an hour: keep clear of the window's end by real time too. */
const MARGIN_REAL_MS = 1_000;

/** Clock milliseconds before the end of a window in which nothing is handed over. */
export const windowMargin = (clock: Clock, wishedMs = WINDOW_MARGIN_MS): number =>
  Math.max(wishedMs, patience(clock, MARGIN_REAL_MS));
