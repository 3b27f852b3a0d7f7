import { formatCount } from '../patterns/format.ts';
import classes from './cap-bar.module.css';

interface CapBarProps {
  readonly used: number;
  readonly cap: number;
  /** Whose cap it is, for screen readers. */
  readonly name: string;
}

/** How much of a number's daily cap is used, and what is left of it today. */
export function CapBar({ used, cap, name }: CapBarProps) {
  const left = Math.max(0, cap - used);
  return (
    <div className={classes.cap} data-tabular>
      <span className={classes.words}>
        <b>{formatCount(left)}</b> of {formatCount(cap)} left today
      </span>
      <span
        className={classes.track}
        role="img"
        aria-label={`${name}: ${formatCount(used)} of ${formatCount(cap)} used`}
      >
        <span
          className={classes.used}
          data-full={left === 0 || undefined}
          style={{ width: `${cap === 0 ? 100 : Math.min(100, (used / cap) * 100)}%` }}
        />
      </span>
    </div>
  );
}
