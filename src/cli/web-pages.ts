import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the package or the checkout lies. */
const ROOT = join(import.meta.dirname, '../..');

/** What to tell when there are no pages to serve, with the remedy; `undefined` when there are. */
export function missingPages(root: string = ROOT): string | undefined {
  if (existsSync(join(root, 'dist/web/index.html'))) return undefined;
  const remedy = existsSync(join(root, 'scripts/build.ts'))
    ? `stop this, run \`npm ci && npm run build\` in ${root}, and start again`
    : `install the package again (${root})`;
  return `The web pages are missing: ${remedy}. Until then only the API answers`;
}
