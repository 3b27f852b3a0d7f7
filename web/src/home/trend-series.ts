import type { Home } from '../api/operations.ts';
import { formatCount, formatDay, formatRate, plural } from '../patterns/format.ts';
import type { Tone } from '../theme.ts';

export type TrendDay = Home['trend'][number];
export type TrendFigure = Exclude<keyof TrendDay, 'day'>;

/** The rows of the trend, each with its own scale. */
export const TREND_FIGURES: readonly { readonly name: TrendFigure; readonly label: string; readonly tone: Tone }[] = [
  { name: 'sent', label: 'Sent', tone: 'teal' },
  { name: 'delivered', label: 'Delivered', tone: 'green' },
  { name: 'replied', label: 'Replied', tone: 'violet' },
  { name: 'optedOut', label: 'Opted out', tone: 'dark' },
];

/** What each figure is a rate of; the sent ones are a whole themselves. */
const WHOLE: Readonly<Record<TrendFigure, TrendFigure | undefined>> = {
  sent: undefined,
  delivered: 'sent',
  replied: 'delivered',
  optedOut: 'delivered',
};

export const totalOf = (days: readonly TrendDay[], figure: TrendFigure): number =>
  days.reduce((sum, day) => sum + day[figure], 0);

/** "96.2% of 264 sent"; nothing for a figure that is a whole, and while the whole is nothing. */
export function shareWords(days: readonly TrendDay[], figure: TrendFigure): string {
  const whole = WHOLE[figure];
  const of = whole === undefined ? 0 : totalOf(days, whole);
  return of === 0 ? '' : `${formatRate(totalOf(days, figure), of)} of ${formatCount(of)} ${whole}`;
}

/** "Wed 18 Nov: 132 sent, 126 delivered, 19 replied, 4 opted out". */
export const dayWords = (day: TrendDay): string =>
  `${formatDay(day.day)}: ${TREND_FIGURES.map(({ name, label }) => `${formatCount(day[name])} ${label.toLowerCase()}`).join(', ')}`;

/** What a screen reader hears instead of the bars of one figure. */
export function spokenTrend(days: readonly TrendDay[], figure: TrendFigure, label: string): string {
  const most = days.reduce((best, day) => (day[figure] > best[figure] ? day : best), days[0] ?? NO_DAY);
  const total = `${label} in ${plural(days.length, 'day', 'days')}: ${formatCount(totalOf(days, figure))}`;
  return most[figure] === 0 ? total : `${total}, most on ${formatDay(most.day)}: ${formatCount(most[figure])}`;
}

const NO_DAY: TrendDay = { day: '', sent: 0, delivered: 0, replied: 0, optedOut: 0 };

export const trendCsv = (days: readonly TrendDay[]): string =>
  [
    'day,sent,delivered,replied,opted_out',
    ...days.map((day) => [day.day, ...TREND_FIGURES.map(({ name }) => day[name])].join(',')),
    '',
  ].join('\r\n');
