import { join } from 'node:path';
import { ensureWeb } from './web-build.ts';

/**
 * Builds the web pages when their sources have changed since the last build; `npm start` and `npm run demo` call it, so that a fresh
 * checkout needs no extra step and a second start no time.
 */
await ensureWeb(join(import.meta.dirname, '..'), () => void process.stderr.write('Building the web pages (once)\n'));
