import type { Review } from '../api/campaigns.ts';
import { formatCount, formatDay, plural } from '../patterns/format.ts';
import classes from './builder.module.css';

const DAYS_SHOWN = 7;

/** How many texts go out on each day, as far as it can be foreseen. */
export function ForecastDays({ perDay }: { readonly perDay: Review['forecast']['perDay'] }) {
  const shown = perDay.slice(0, DAYS_SHOWN);
  const rest = perDay.slice(DAYS_SHOWN);
  const most = Math.max(1, ...perDay.map((day) => day.count));
  const last = rest.at(-1);
  return (
    <ul className={classes.days} aria-label="Texts per day">
      {shown.map(({ day, count }) => (
        <li key={day}>
          <span>{formatDay(day)}</span>
          <span className={classes.track} aria-hidden>
            <span className={classes.bar} style={{ width: `${(count / most) * 100}%`, opacity: count === 0 ? 0 : 1 }} />
          </span>
          <span className={classes.count}>{formatCount(count)}</span>
        </li>
      ))}
      {last === undefined ? null : (
        <li>
          <span className={classes.rest}>
            and {plural(rest.length, 'more day', 'more days')}, the last with {formatCount(last.count)} on{' '}
            {formatDay(last.day)}
          </span>
        </li>
      )}
    </ul>
  );
}
