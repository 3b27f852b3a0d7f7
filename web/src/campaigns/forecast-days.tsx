import { Anchor } from '@mantine/core';
import { Fragment, useState } from 'react';
import type { Forecast } from '../api/campaigns.ts';
import { formatCount, formatDay, plural } from '../patterns/format.ts';
import classes from './forecast-days.module.css';

const DAYS_SHOWN = 7;

interface ForecastDaysProps {
  readonly forecast: Pick<Forecast, 'perDay' | 'later'>;
  readonly lanes: readonly { readonly id: string; readonly name: string }[];
}

/** How many texts go out on each day, and on demand from which number, as far as it can be foreseen. */
export function ForecastDays({ forecast: { perDay, later }, lanes }: ForecastDaysProps) {
  const [byLane, setByLane] = useState(false);
  const shown = perDay.slice(0, DAYS_SHOWN);
  const most = Math.max(1, ...perDay.map((day) => day.count));
  const several = new Set(perDay.flatMap((day) => day.lanes.map((lane) => lane.laneId))).size > 1;
  const nameOf = (id: string): string => lanes.find((lane) => lane.id === id)?.name ?? 'Another number';
  return (
    <>
      <ul className={classes.days} aria-label="Texts per day">
        {shown.map(({ day, count, lanes: parts }) => (
          <li key={day}>
            <span>{formatDay(day)}</span>
            <span className={classes.track} aria-hidden>
              <span className={classes.bar} style={{ width: `${(count / most) * 100}%` }} />
            </span>
            <span className={classes.count}>{formatCount(count)}</span>
            {byLane
              ? parts.map((part) => (
                  <Fragment key={part.laneId}>
                    <span className={classes.lane}>{nameOf(part.laneId)}</span>
                    <span className={classes.laneCount}>{formatCount(part.count)}</span>
                  </Fragment>
                ))
              : null}
          </li>
        ))}
        <Rest perDay={perDay} later={later} />
      </ul>
      {several ? (
        <Anchor
          component="button"
          type="button"
          size="xs"
          className={classes.more ?? ''}
          aria-expanded={byLane}
          onClick={() => setByLane(!byLane)}
        >
          {byLane ? 'Hide the numbers' : 'Show each number'}
        </Anchor>
      ) : null}
    </>
  );
}

function Rest({ perDay, later }: Pick<Forecast, 'perDay' | 'later'>) {
  const days = perDay.length - DAYS_SHOWN + (later?.days ?? 0);
  const last = later?.lastDay ?? perDay.at(-1)?.day;
  if (days <= 0 || last === undefined) return null;
  const count = perDay.slice(DAYS_SHOWN).reduce((sum, day) => sum + day.count, later?.count ?? 0);
  return (
    <li>
      <span className={classes.rest}>
        and {formatCount(count)} on {plural(days, 'more day', 'more days')}, the last on {formatDay(last)}
      </span>
    </li>
  );
}
