import { Skeleton } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { toneStyle } from '../patterns/tone.ts';
import type { Tone } from '../theme.ts';
import classes from './operations.module.css';

interface BarsProps {
  readonly title: ReactNode;
  /** The title for screen readers. */
  readonly name: string;
  /** What all of it comes to, beside the title. */
  readonly total: string;
  /** Oldest first: when, and what a bar stands for ("12:05 EST", "31"). */
  readonly bars: readonly {
    readonly at: string;
    readonly value: number;
    readonly when: string;
    readonly said: string;
  }[];
  readonly tone: Tone;
}

/** A short series as bars from zero; the one that is pointed at says its number. */
export function Bars({ title, name, total, bars, tone }: BarsProps) {
  const [pointed, setPointed] = useState<number>();
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const peak = bars.reduce((best, bar) => (best === undefined || bar.value > best.value ? bar : best), bars[0]);
  const told = peak === undefined || peak.value === 0 ? '' : `, most at ${peak.when}: ${peak.said}`;
  return (
    <figure style={{ ...toneStyle(tone), margin: 0 }} onPointerLeave={() => setPointed(undefined)}>
      <figcaption className={classes.chartHead}>
        <span>{title}</span>
        <b data-tabular>{total}</b>
      </figcaption>
      <div className={classes.bars} role="img" aria-label={`${name}: ${total}${told}`}>
        {bars.map(({ at, value }, index) => (
          <span
            key={at}
            className={classes.bar}
            data-pointed={index === pointed || undefined}
            onPointerEnter={() => setPointed(index)}
          >
            <span style={{ height: value === 0 ? 0 : `max(2px, ${((value / most) * 100).toFixed(1)}%)` }} />
          </span>
        ))}
        {pointed === undefined ? null : <Pointed bars={bars} index={pointed} />}
      </div>
      <div className={classes.axis} aria-hidden>
        <span>{bars[0]?.when}</span>
        <span>{bars.at(-1)?.when}</span>
      </div>
    </figure>
  );
}

/** Over the bar, and never out of the chart. */
function Pointed({ bars, index }: { readonly bars: BarsProps['bars']; readonly index: number }) {
  const bar = bars[index];
  if (bar === undefined) return null;
  const along = `${(((index + 0.5) / bars.length) * 100).toFixed(1)}%`;
  return (
    <span className={classes.pointed} style={{ left: along, transform: `translateX(-${along})` }} aria-hidden>
      {bar.when} <b>{bar.said}</b>
    </span>
  );
}

/** So many charts that are on their way. */
export const BarsSkeleton = ({ charts }: { readonly charts: number }) => (
  <LoadingSkeleton>
    <div className={classes.charts}>
      {Array.from({ length: charts }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same.
        <div key={index} className={classes.chartSkeleton}>
          <Skeleton height={12} width="40%" />
          <Skeleton height="6rem" mt="0.5rem" />
        </div>
      ))}
    </div>
  </LoadingSkeleton>
);
