import { formatCount, formatRate } from './format.ts';
import classes from './progress-by-state.module.css';
import { STATES, type StateName } from './states.ts';
import { toneStyle } from './tone.ts';

interface ProgressByStateProps {
  /** In the order of the bar; states with nobody are left out. */
  readonly parts: readonly { readonly state: StateName; readonly count: number }[];
  readonly total: number;
  /** What is counted, for screen readers: "1,000 recipients". */
  readonly label: string;
  /** A thin bar without its legend, for rows of a list. */
  readonly thin?: boolean;
}

/** A bar split by state, with every part named beside its colour. */
export function ProgressByState({ parts, total, label, thin = false }: ProgressByStateProps) {
  const shown = parts.filter((part) => part.count > 0);
  const spoken = shown.map((part) => `${formatCount(part.count)} ${STATES[part.state].word.toLowerCase()}`).join(', ');
  return (
    <div className={classes.progress} data-thin={thin || undefined}>
      <div className={classes.bar} role="img" aria-label={`${label}: ${spoken === '' ? 'nobody yet' : spoken}`}>
        {shown.map((part) => (
          <span
            key={part.state}
            className={classes.part}
            data-state={part.state}
            style={{ ...toneStyle(STATES[part.state].tone), flexGrow: total > 0 ? part.count / total : 0 }}
          />
        ))}
      </div>
      {thin ? null : (
        <ul className={classes.legend} aria-hidden>
          {shown.map((part) => (
            <li key={part.state} style={toneStyle(STATES[part.state].tone)}>
              <span className={classes.dot} data-state={part.state} />
              {STATES[part.state].word} <b>{formatCount(part.count)}</b> <span>{formatRate(part.count, total)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
