import type { ValidityEffect } from '../api/consent-settings.ts';
import { formatCount, plural } from '../patterns/format.ts';

/** "This would exclude 1,204 contacts (of 12,403 who agreed) ...": what a validity does, or would do, to those who agreed. */
export function effectWords(effect: ValidityEffect, alsoRecorded: boolean): string {
  const { express, express_written: written } = effect;
  const inForce = express.inForce + written.inForce;
  const older = express.older + written.older;
  if (inForce === 0) return 'Nobody has a consent in force so far.';
  if (older === 0) return `Nobody agreed so long ago: this excludes none of the ${formatCount(inForce)} who agreed.`;
  const who = `${plural(older, 'contact', 'contacts')} (of ${formatCount(inForce)} who agreed)`;
  return alsoRecorded
    ? `This would exclude ${who}, within minutes and for good.`
    : `This excludes nobody now: ${who} agreed longer ago and ${older === 1 ? 'keeps' : 'keep'} the end that was recorded.`;
}
