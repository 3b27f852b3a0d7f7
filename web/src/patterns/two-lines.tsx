import type { ReactNode } from 'react';
import classes from './two-lines.module.css';

interface TwoLinesProps {
  readonly first: ReactNode;
  readonly second: ReactNode;
  /** At the right of the first line: a time or a state. */
  readonly aside?: ReactNode;
}

/** A row of a list on a phone, or of a narrow list: two lines of fixed height, cut off where they are too long. */
export function TwoLines({ first, second, aside }: TwoLinesProps) {
  return (
    <div className={classes.lines}>
      <div className={classes.first}>{first}</div>
      {aside === undefined ? null : <div className={classes.aside}>{aside}</div>}
      <div className={classes.second}>{second}</div>
    </div>
  );
}
