import { describe, expect, it } from 'vitest';
import type { ComplianceStatus, OptOutRate } from '../api/compliance.ts';
import { alarmWords, complianceAnswer, latencyWords, rateName } from './compliance-words.ts';

const levels = { version: '1', textsMin: 50, warning: 0.03, flagged: 0.05, suspended: 0.1, source: 'x' };
const rate = (change: Partial<OptOutRate>): OptOutRate => ({
  ...{ key: 'x', name: 'Fall', campaignId: null, texts: 100, optOuts: 0, alarm: 'fine' },
  ...change,
});

describe('the answer of the page', () => {
  const answer = (texts: number, optOuts: number, byLane: readonly OptOutRate[]) =>
    complianceAnswer({
      days: 30,
      levels,
      optOuts: {
        total: { texts, optOuts, alarm: 'fine' },
        byLane,
        byCampaign: [rate({ alarm: 'warning', name: 'Roof' })],
      },
    } as never as ComplianceStatus);
  it.each<[string, string]>([
    [answer(0, 0, []).slice(0, 33), 'No campaign text in 30 days. Roof'],
    [
      answer(1_204, 8, [rate({ alarm: 'flagged', name: 'Office' })]),
      '8 opt-outs from 1,204 texts in 30 days, 0.7%. Office: above 5%: carriers flag the number',
    ],
  ])('%s', (said, expected) => expect(said).toBe(expected));
});

it.each<[OptOutRate['alarm'], string | undefined]>([
  ['fine', undefined],
  ['few', 'Fewer than 50 texts: too few to say'],
  ['warning', 'Above 3%: providers warn'],
  ['suspended', 'Above 10%: carriers stop the number'],
])('a rate that is %s', (alarm, words) => expect(alarmWords(alarm, levels)?.words).toBe(words));

it.each<[number | null, string]>([
  [null, 'not timed'],
  [12.4, '12\u00a0ms'],
  [1_440, '1.4\u00a0s'],
  [7_200_000, '2\u00a0h'],
])('%s milliseconds', (ms, words) => expect(latencyWords(ms)).toBe(words));

it.each([
  ['hour', '09', '09:00'],
  ['state', '', 'Place not known'],
  ['state', 'MA,RI', 'MA or RI'],
])('a row by %s', (by, key, name) => expect(rateName({ key, name: null }, by)).toBe(name));
