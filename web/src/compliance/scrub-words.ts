import type { ScrubBatch, Scrubbing } from '../api/scrubbing.ts';
import { formatCount, plural } from '../patterns/format.ts';

export const SERVICES: Readonly<Record<NonNullable<Scrubbing['service']>, string>> = {
  blacklist_alliance: 'Blacklist Alliance',
  dncscrub: 'DNCScrub',
};

/** "DNCScrub: 412 of 10,000 numbers asked this month." */
export const statusWords = ({ service, askedThisMonth, monthlyQuota }: Scrubbing): string =>
  service === null
    ? 'No service is asked. With one, each number is looked up on the lists of the nation, of states and of people who go to court.'
    : `${SERVICES[service]}: ${formatCount(askedThisMonth)} of ${plural(monthlyQuota, 'number', 'numbers')} asked this month.`;

const STATES: Readonly<Record<ScrubBatch['state'], string>> = {
  open: 'Under way',
  completed: 'Done',
  cancelled: 'Cancelled',
};

/** "Done: 412 of 412 answered. 7 are on a list, 404 are not, 1 is not known." */
export function batchWords({ state, total, listed, clean, unknown, wait }: ScrubBatch): string {
  const what = state === 'open' && wait !== null ? 'Waiting' : STATES[state];
  return `${what}: ${formatCount(listed + clean + unknown)} of ${formatCount(total)}. ${formatCount(listed)} on a list, ${formatCount(clean)} on none, ${formatCount(unknown)} not known.`;
}
