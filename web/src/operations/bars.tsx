import { useState } from 'react';
import { toneStyle } from '../patterns/tone.ts';
import type { Tone } from '../theme.ts';
import classes from './operations.module.css';

interface BarsProps {
  readonly title: string;
  /** What all of it comes to, beside the title. */
  readonly total: string;
  /** Oldest first; `label` is the whole truth about one bar. */
  readonly bars: readonly { readonly at: string; readonly value: number; readonly label: string }[];
  readonly tone: Tone;
}

/** A short series as bars from zero, with the number of the one that is pointed at. */
export function Bars({ title, total, bars, tone }: BarsProps) {
  const [pointed, setPointed] = useState<number>();
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const peak = bars.reduce((best, bar) => (best === undefined || bar.value > best.value ? bar : best), bars[0]);
  const first = bars[0];
  return (
    <figure style={{ ...toneStyle(tone), margin: 0 }} onPointerLeave={() => setPointed(undefined)}>
      <figcaption className={classes.chartHead}>
        <span>{title}</span>
        <b data-tabular>{total}</b>
      </figcaption>
      <div
        className={classes.bars}
        role="img"
        aria-label={`${title}: ${total}${peak === undefined || peak.value === 0 ? '' : `, most at ${peak.label}`}`}
      >
        {bars.map(({ at, value }, index) => (
          <span key={at} className={classes.bar} onPointerEnter={() => setPointed(index)}>
            <span style={{ height: value === 0 ? 0 : `max(2px, ${((value / most) * 100).toFixed(1)}%)` }} />
          </span>
        ))}
      </div>
      <div className={classes.axis} aria-hidden>
        <span>{pointed === undefined ? first?.label.split(': ')[0] : ''}</span>
        <span>{bars[pointed ?? bars.length - 1]?.label ?? ''}</span>
      </div>
    </figure>
  );
}
