import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { quickFolder } from './test/quick-folder.ts';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/src/**/*.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two more than by default on two cores: most tests wait for a database or a clock.
    maxWorkers: 3,
    globalSetup: ['test/postgres-setup.ts'],
    // Databases and folders of tests; chosen before any test has taken room.
    env: {
      TMPDIR: quickFolder(),
      // Hundreds of processes are started from the same sources.
      NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node'),
    },
  },
});
