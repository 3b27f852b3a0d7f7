import { expect, it } from 'vitest';
import { ApiProblem, problemSentence } from './problem.ts';

const said = (detail: string): string =>
  problemSentence(new ApiProblem({ type: 'invalid', title: 'Invalid', status: 422, detail, instance: 'req_1' }));

it.each([
  ['name: must not be empty', 'Name: must not be empty.'],
  ['half.txt: 1 of 2 lines cannot be read', 'half.txt: 1 of 2 lines cannot be read.'],
  ['fair leads.csv: it has no rows', 'fair leads.csv: it has no rows.'],
  ['the lane is paused. Resume it', 'The lane is paused. Resume it.'],
])('%s', (detail, sentence) => expect(said(detail)).toBe(sentence));
