import { describe, expect, it } from 'vitest';
import type { ComplianceStatus, OptOutRate } from '../api/compliance.ts';
import { alarmWords, complianceAnswer, latencyWords, rateName } from './compliance-words.ts';

const levels = { version: '1', textsMin: 50, warning: 0.03, flagged: 0.05, suspended: 0.1, source: 'x' };
const rate = (change: Partial<OptOutRate>): OptOutRate => ({
  ...{ key: 'x', name: 'Fall', campaignId: null, texts: 100, optOuts: 0, alarm: 'fine' },
  ...change,
});

describe('the answer of the page', () => {
  type Sides = Partial<ComplianceStatus['optOuts']>;
  const answer = (texts: number, optOuts: number, sides: Sides = {}) =>
    complianceAnswer({
      days: 30,
      levels,
      optOuts: {
        total: { texts, optOuts, alarm: texts < levels.textsMin ? 'few' : 'fine' },
        ...{ byLane: [], byCampaign: [], byVariant: [], byDay: [], ...sides },
      },
    } as never as ComplianceStatus);
  const roof = { byCampaign: [rate({ alarm: 'warning', name: 'Roof' })] };
  it.each<[string, string]>([
    [answer(0, 0), 'No campaign text in 30 days'],
    [answer(49, 5), '5 opt-outs from 49 texts in 30 days, 10.2%: too few texts to say'],
    [answer(50, 1), '1 opt-out from 50 texts in 30 days, 2%: below every level of the carriers'],
    [
      answer(1_204, 8, { ...roof, byLane: [rate({ alarm: 'flagged', name: 'Office' })] }),
      '8 opt-outs from 1,204 texts in 30 days, 0.7%. Office has 5% or more: carriers flag the number',
    ],
    [
      answer(1_204, 8, { ...roof, byVariant: [rate({ alarm: 'suspended', name: 'Roof, B' })] }),
      '8 opt-outs from 1,204 texts in 30 days, 0.7%. Roof, B has 10% or more: carriers stop the number',
    ],
    [
      answer(1_204, 8, { byDay: [rate({ alarm: 'warning', name: null, key: '2026-11-17' })] }),
      '8 opt-outs from 1,204 texts in 30 days, 0.7%. Tue 17 Nov has 3% or more: providers warn',
    ],
  ])('%s', (said, expected) => expect(said).toBe(expected));
});

it.each<[OptOutRate['alarm'], string | undefined]>([
  ['fine', undefined],
  ['few', 'Fewer than 50 texts: too few to say'],
  ['warning', '3% or more: providers warn'],
  ['suspended', '10% or more: carriers stop the number'],
])('a rate that is %s', (alarm, words) => expect(alarmWords(alarm, levels)?.words).toBe(words));

it.each<[number | null, string]>([
  [null, 'not timed'],
  [12.4, '12\u00a0ms'],
  [1_440, '1.4\u00a0s'],
  [7_200_000, '2\u00a0h'],
])('%s milliseconds', (ms, words) => expect(latencyWords(ms)).toBe(words));

it.each([
  ['hour', '09', '09:00'],
  ['day', '2026-11-05', 'Thu 5 Nov'],
  ['state', '', 'Place not known'],
  ['state', 'MA,RI', 'MA or RI'],
])('a row by %s', (by, key, name) => expect(rateName({ key, name: null }, by)).toBe(name));
