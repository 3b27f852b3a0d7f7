import { expect, it } from 'vitest';
import { effectWords } from './validity-words.ts';

const effect = (older: number, inForce = 12_403) => ({
  express: { inForce: 0, older: 0 },
  express_written: { inForce, older },
});

it.each([
  [effect(0, 0), true, 'Nobody has a consent in force so far.'],
  [effect(0), true, 'Nobody agreed so long ago: this excludes none of the 12,403 who agreed.'],
  [effect(1_204), true, 'This would exclude 1,204 contacts (of 12,403 who agreed), within minutes and for good.'],
  [
    effect(1_204),
    false,
    'This excludes nobody now: 1,204 contacts (of 12,403 who agreed) agreed longer ago and keep the end that was recorded.',
  ],
])('%j reads so', (counts, alsoRecorded, words) => {
  expect(effectWords(counts, alsoRecorded)).toBe(words);
});
