import { type ManualClock, manualClock } from '../src/platform/clock.ts';
import { type NewUuid, uuidSource } from '../src/platform/ids.ts';
import { type Random, seededRandom } from '../src/platform/random.ts';
import { instant } from '../src/platform/time.ts';

/** Time, chance and ids of one test: a Tuesday at 10:00 in New York, standing still until the test moves it. */
export function testWorld(options: { readonly startsAt?: string; readonly seed?: number } = {}): {
  readonly clock: ManualClock;
  readonly random: Random;
  readonly newUuid: NewUuid;
} {
  const clock = manualClock(instant(options.startsAt ?? '2026-11-17T15:00:00Z'));
  const random = seededRandom(options.seed ?? 1);
  return { clock, random, newUuid: uuidSource({ clock, random }) };
}
