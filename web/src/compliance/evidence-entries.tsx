import type { EvidenceEntry } from '../api/evidence.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { toneStyle } from '../patterns/tone.ts';
import type { Tone } from '../theme.ts';
import classes from './evidence.module.css';

const TONES: Readonly<Record<string, Tone>> = {
  consent: 'green',
  text_out: 'teal',
  text_in: 'violet',
  opt_out: 'dark',
  opt_in: 'green',
  review: 'amber',
  erasure: 'red',
};

/** What happened, in order; what shows it is folded behind each. */
export const EvidenceEntries = ({ entries }: { readonly entries: readonly EvidenceEntry[] }) => (
  <ol className={classes.entries}>
    {entries.map((entry, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a record never changes its place once it is read.
      <li key={index} className={classes.entry} style={toneStyle(TONES[entry.kind] ?? 'grey')}>
        <p className={classes.when}>
          <TimeText at={entry.at} look="when" />
        </p>
        <div className={classes.told}>
          <p className={classes.title}>
            <bdi>{entry.title}</bdi>
          </p>
          {entry.text === null ? null : (
            <p className={classes.text} dir="auto">
              {entry.text}
            </p>
          )}
          {entry.lines.length === 0 ? null : (
            <details className={classes.shows}>
              <summary>What shows it</summary>
              <ul>
                {entry.lines.map((line) => (
                  <li key={line}>
                    <bdi>{line}</bdi>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </div>
      </li>
    ))}
  </ol>
);
