import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findChromium } from '../test/chromium.ts';

/** All tests. Without a Chromium those in a browser cannot run: that is said first and last, so that nobody overlooks it. */
const root = join(import.meta.dirname, '..');
const warning =
  'NO CHROMIUM FOUND: the browser tests do not run. Install one (Debian: apt-get install chromium) or set CHROMIUM=/path/to/it.\n';
const chromium = findChromium();
if (chromium === undefined) process.stderr.write(warning);
const web = spawnSync('node', ['scripts/ensure-web.ts'], { cwd: root, stdio: 'inherit' });
if (web.status !== 0) process.exit(web.status ?? 1);
const tests = spawnSync('vitest', ['run', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
if (chromium === undefined) process.stderr.write(warning);
process.exit(tests.status ?? 1);
