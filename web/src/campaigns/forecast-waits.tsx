import type { Forecast } from '../api/campaigns.ts';
import { formatCount, formatWhen, type Moment } from '../patterns/format.ts';
import classes from './forecast-days.module.css';

type Wait = Forecast['waits'][number];

/** More openings than this are told as one. */
const TIMES_SHOWN = 4;

/** Who waits for what now: one line for each reason, with the times at which it goes on below. */
export function ForecastWaits({ waits, moment }: { readonly waits: readonly Wait[]; readonly moment: Moment }) {
  if (waits.length === 0) return null;
  return (
    <ul className={classes.waits} aria-label="Who waits for what">
      {[...Map.groupBy(waits, ({ reason }) => reason)].map(([reason, same]) => (
        <li key={reason}>
          <b data-tabular>{formatCount(peopleIn(same))}</b>
          <span>
            {same[0]?.sentence}
            {same.some(({ until }) => until !== null) ? (
              <span className={classes.until} data-tabular>
                {timesOf(same, moment)}
              </span>
            ) : null}
          </span>
        </li>
      ))}
    </ul>
  );
}

const peopleIn = (waits: readonly Wait[]): number => waits.reduce((sum, { people }) => sum + people, 0);

/** "From today 09:00 EST", or "44 from today 09:00 EST · 57 from today 11:00 EST". */
export function timesOf(waits: readonly Wait[], moment: Moment): string {
  const timed = waits.filter(({ until }) => until !== null);
  const when = ({ until }: Wait): string => (until === null ? '' : formatWhen(until, moment));
  const [first] = timed;
  if (first !== undefined && waits.length === 1) return `From ${when(first)}`;
  const shown = timed.slice(0, TIMES_SHOWN).map((wait) => `${formatCount(wait.people)} from ${when(wait)}`);
  const later = peopleIn(timed.slice(TIMES_SHOWN));
  return [...shown, ...(later === 0 ? [] : [`${formatCount(later)} later`])].join(' · ');
}
