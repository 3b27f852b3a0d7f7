import { describe, expect, it } from 'vitest';
import type { Reconciliation } from '../api/reconciliations.ts';
import { answerOf, foundWords, progressWords } from './run-words.ts';

const run = (changed: Partial<Reconciliation>): Reconciliation => ({
  id: 'rec_1',
  accountId: 'acc_1',
  accountName: 'Office',
  kind: 'daily',
  state: 'completed',
  since: '2026-11-14T07:00:00Z',
  until: '2026-11-17T06:58:00Z',
  phase: 'unlisted',
  progress: 1,
  remainingSeconds: null,
  requests: 12,
  seenTexts: 400,
  seenCalls: 12,
  comparedNumbers: 90,
  optOutDifferences: 0,
  missingHere: 0,
  staleHere: 0,
  missingThere: 0,
  differs: 0,
  unreadable: 0,
  retryAt: null,
  error: null,
  createdBy: 'system',
  createdAt: '2026-11-17T07:00:00Z',
  startedAt: '2026-11-17T07:00:00Z',
  finishedAt: '2026-11-17T07:02:00Z',
  ...changed,
});

describe('a run in words', () => {
  it.each<[string, Partial<Reconciliation>, string]>([
    ['that found nothing', {}, 'Nothing was missing here; the books are equal now.'],
    ['that repaired', { missingHere: 2, staleHere: 3 }, '5 found and stored; the books are equal now.'],
    ['that leaves a question', { missingThere: 1 }, 'Nothing was missing here; 1 thing needs a look.'],
    ['that leaves several', { missingHere: 1, differs: 2 }, '1 found and stored; 2 things need a look.'],
    [
      'that failed',
      { state: 'failed' },
      'It ended before everything was compared; what was found until then is stored.',
    ],
  ])('%s', (_case, changed, words) => expect(answerOf(run(changed))).toBe(words));

  it.each<[Partial<Reconciliation>, string]>([
    [{ state: 'waiting' }, 'Begins as soon as the account has a request to spare'],
    [{ state: 'running', phase: 'texts', progress: 0.014 }, 'Reading texts, 1%'],
    [
      { state: 'running', phase: 'calls', progress: 0.629, remainingSeconds: 40 },
      'Reading calls, 62%, less than a minute left',
    ],
    [
      { state: 'running', phase: 'texts', progress: 0.2, remainingSeconds: 300 },
      'Reading texts, 20%, about 5\u00a0min left',
    ],
  ])('%o', (changed, words) => expect(progressWords(run(changed))).toBe(words));

  it('names only what there was', () => {
    expect(foundWords(run({}))).toBe('Nothing was missing');
    expect(foundWords(run({ missingHere: 1_200, differs: 1 }))).toBe('1,200 missing here · 1 contradiction');
  });
});
