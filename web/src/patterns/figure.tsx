import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Tone } from '../theme.ts';
import classes from './figure.module.css';
import { formatCount, formatRate } from './format.ts';
import { toneStyle } from './tone.ts';

interface FigureProps {
  readonly label: string;
  /** A text for what is no count: a size. */
  readonly count: number | string;
  /** The whole that the rate is taken of, and its word: "7.5% of 412 delivered". */
  readonly of?: { readonly count: number; readonly word: string };
  /** Line under the number when there is no rate. */
  readonly note?: ReactNode;
  /** A sparkline or a small badge. */
  readonly aside?: ReactNode;
  readonly tone?: Tone;
}

/** One number with its meaning: count first, the rate and what it is a rate of under it. */
export function Figure({ label, count, of, note, aside, tone }: FigureProps) {
  const rate =
    of === undefined || of.count <= 0 || typeof count === 'string'
      ? undefined
      : `${formatRate(count, of.count)} of ${formatCount(of.count)} ${of.word}`;
  return (
    <div className={classes.figure} style={tone === undefined ? undefined : toneStyle(tone)}>
      <Text size="sm" c="dimmed" className={classes.label}>
        {tone === undefined ? null : <span className={classes.dot} />}
        {label}
      </Text>
      <div className={classes.line}>
        <span className={classes.count}>{typeof count === 'string' ? count : formatCount(count)}</span>
        {aside}
      </div>
      <Text size="xs" c="dimmed" component="div">
        {rate ?? note ?? '\u00a0'}
      </Text>
    </div>
  );
}

/** Figures side by side on one quiet surface. */
export function Figures({ children }: { readonly children: ReactNode }) {
  return <div className={classes.figures}>{children}</div>;
}
