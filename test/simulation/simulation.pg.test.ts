import { describe, expect, it } from 'vitest';
import { runSeed } from './run-seed.ts';
import { withSimulationDatabase } from './server.ts';

const MINUTES = 180_000;

describe('the simulation', () => {
  it('holds every promise, and is the same run to the byte for the same seed', { timeout: MINUTES }, async () => {
    await withSimulationDatabase(async (backends) => {
      const run = (seed: number) => runSeed({ seed, backends, keepTrace: true, enrollments: 90 });
      const first = await run(3);
      const other = await run(5);
      // On connections that have seen another run, and on new ones.
      const again = await run(3);
      expect([...first.violations, ...other.violations]).toEqual([]);
      expect(again.trace.join('\n')).toBe(first.trace.join('\n'));
      expect(again.hash).toBe(first.hash);
      expect(other.hash).not.toBe(first.hash);
      expect(first.figures.accepted).toBeGreaterThan(50);
    });
  });
});
