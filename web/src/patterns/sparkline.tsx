import type { Tone } from '../theme.ts';
import classes from './sparkline.module.css';
import { toneStyle } from './tone.ts';

interface SparklineProps {
  readonly values: readonly number[];
  /** What it shows, in words: "Replies per hour, 3 in the last one". */
  readonly label: string;
  readonly tone?: Tone;
  readonly width?: number;
  readonly height?: number;
}

/** The shape of a short series: zero-based bars, so that nothing looks bigger than it is. */
export function Sparkline({ values, label, tone = 'teal', width = 88, height = 24 }: SparklineProps) {
  const most = Math.max(1, ...values);
  const step = width / Math.max(1, values.length);
  const gap = step > 4 ? 1.5 : step > 2 ? 0.75 : 0;
  const bars = values
    .map((value, index) => {
      const tall = value === 0 ? 0 : Math.max(1.5, (value / most) * (height - 2));
      return `M${index * step} ${height - 1}v${-tall}h${Math.max(0.5, step - gap)}v${tall}z`;
    })
    .join('');
  return (
    <svg
      className={classes.sparkline}
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      style={toneStyle(tone)}
    >
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} />
      <path d={bars} />
    </svg>
  );
}
