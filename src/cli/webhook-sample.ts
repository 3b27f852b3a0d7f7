import { showId } from '../platform/ids.ts';
import type { ReplayPreview } from '../webhooks/replay-events.ts';
import { table } from './words.ts';

/** What a dry run has counted, and the newest of what it found. */
export const sampleLines = (counts: ReplayPreview['counts'], sample: ReplayPreview['sample']): readonly string[] => [
  ...table(counts.map(({ type, state, count: some }) => [`  ${some.toLocaleString('en-US')}`, state, type])),
  ...(sample.length === 0 ? [] : ['', `The newest ${sample.length === 1 ? 'one' : sample.length}:`]),
  ...table(sample.map(({ id, state, type, error }) => [`  ${showId('event', id)}`, state, type, error ?? ''])),
];
