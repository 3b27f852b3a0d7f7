import { Fragment, type ReactNode } from 'react';
import type { Forecast } from '../api/campaigns.ts';
import { formatCount, formatWhen, type Moment } from '../patterns/format.ts';
import classes from './forecast-days.module.css';

export type Wait = Forecast['waits'][number];

/** More openings than this are told as one. */
const TIMES_SHOWN = 4;

export interface WaitLine {
  readonly reason: string;
  readonly people: number;
  readonly what: ReactNode;
  /** The times at which it goes on. */
  readonly times: readonly (readonly [key: string, shown: ReactNode])[];
}

/** Who waits for what now: one line for each reason, with the times at which it goes on below. */
export function WaitLines({ lines }: { readonly lines: readonly WaitLine[] }) {
  if (lines.length === 0) return null;
  return (
    <ul className={classes.waits} aria-label="Who waits for what">
      {lines.map(({ reason, people, what, times }) => (
        <li key={reason}>
          <b data-tabular>{formatCount(people)}</b>
          <span>
            {what}
            {times.length === 0 ? null : (
              <span className={classes.until} data-tabular>
                {times.map(([key, shown], index) => (
                  <Fragment key={key}>
                    {index === 0 ? null : ' · '}
                    {shown}
                  </Fragment>
                ))}
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Of a draft: nobody of its people can be looked at yet. */
export const plainLines = (waits: readonly Wait[], moment: Moment): readonly WaitLine[] =>
  [...Map.groupBy(waits, ({ reason }) => reason)].map(([reason, same]) => ({
    reason,
    people: peopleIn(same),
    what: same[0]?.sentence ?? '',
    times: timeParts(same, moment).map(({ words }) => [words, words]),
  }));

export interface TimePart {
  readonly words: string;
  /** The one time at which it goes on for these; null where no list has them apart. */
  readonly until: string | null;
}

export const peopleIn = (waits: readonly Wait[]): number => waits.reduce((sum, { people }) => sum + people, 0);

/** "From today 09:00 EST", or "44 from today 09:00 EST" and "57 from today 11:00 EST". */
export function timeParts(waits: readonly Wait[], moment: Moment): readonly TimePart[] {
  const timed = waits.flatMap(({ until, people }) => (until === null ? [] : [{ until, people }]));
  const [first] = timed;
  if (first !== undefined && waits.length === 1)
    return [{ words: `From ${formatWhen(first.until, moment)}`, until: first.until }];
  const shown = timed.slice(0, TIMES_SHOWN).map(({ until, people }) => ({
    words: `${formatCount(people)} from ${formatWhen(until, moment)}`,
    until,
  }));
  const later = timed.slice(TIMES_SHOWN).reduce((sum, { people }) => sum + people, 0);
  return later === 0 ? shown : [...shown, { words: `${formatCount(later)} later`, until: null }];
}
