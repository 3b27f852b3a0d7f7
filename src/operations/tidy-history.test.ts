import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DAY_MS } from '../platform/time.ts';
import { RANGE_MS_MAX } from '../reconciliation/run.ts';
import { SPOOLED_WITHIN_MS } from '../webhooks/find-events.ts';
import { KEPT } from './tidy-history.ts';

const daysOf = (word: string): number => KEPT.find(({ what }) => what.includes(word))?.days ?? 0;

it('the guide says of everything how long it is kept', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/what-is-kept.md'), 'utf8');
  const rows = [...guide.matchAll(/^\| (.+?) \| (\d+) \|$/gm)].map(([, what, days]) => ({ what, days: Number(days) }));
  expect(rows).toEqual(KEPT.map(({ what, days }) => ({ what, days })));
});

it('what could be told again is known for longer than it can be', () => {
  expect(daysOf('Events that were applied') * DAY_MS).toBeGreaterThan(RANGE_MS_MAX);
  expect(daysOf('proxy') * DAY_MS).toBeGreaterThanOrEqual(2 * SPOOLED_WITHIN_MS);
});
