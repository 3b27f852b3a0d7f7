import { describe, expect, it } from 'vitest';
import { dayWords, shareWords, spokenTrend, type TrendDay, trendCsv } from './trend-series.ts';

const days: readonly TrendDay[] = [
  { day: '2026-11-16', sent: 0, delivered: 0, replied: 0, optedOut: 0 },
  { day: '2026-11-17', sent: 132, delivered: 123, replied: 21, optedOut: 5 },
  { day: '2026-11-18', sent: 1132, delivered: 1126, replied: 19, optedOut: 0 },
];

describe('the trend in words', () => {
  it.each([
    ['sent', ''],
    ['delivered', '98.8% of 1,264 sent'],
    ['replied', '3.2% of 1,249 delivered'],
    ['optedOut', '0.4% of 1,249 delivered'],
  ] as const)('%s is "%s"', (figure, words) => {
    expect(shareWords(days, figure)).toBe(words);
  });

  it('is silent about a rate of nothing', () => {
    expect(shareWords(days.slice(0, 1), 'delivered')).toBe('');
  });

  it('reads out a day', () => {
    expect(days.map(dayWords)[2]).toBe('Wed 18 Nov: 1,132 sent, 1,126 delivered, 19 replied, 0 opted out');
  });

  it('reads out a row with its best day', () => {
    expect(spokenTrend(days, 'replied', 'Replied')).toBe('Replied in 3 days: 40, most on Tue 17 Nov: 21');
    expect(spokenTrend(days.slice(0, 1), 'replied', 'Replied')).toBe('Replied in 1 day: 0');
    expect(spokenTrend([], 'replied', 'Replied')).toBe('Replied in 0 days: 0');
  });

  it('is a CSV file', () => {
    expect(trendCsv(days)).toBe(
      'day,sent,delivered,replied,opted_out\r\n2026-11-16,0,0,0,0\r\n2026-11-17,132,123,21,5\r\n2026-11-18,1132,1126,19,0\r\n',
    );
  });
});
