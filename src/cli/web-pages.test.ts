import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { missingPages } from './web-pages.ts';

const root = await mkdtemp(join(tmpdir(), 'textwright-pages-'));
afterAll(() => rm(root, { recursive: true }));

it('says what is missing and what to run, in a package and in a checkout, until the pages are there', async () => {
  expect(missingPages(root)).toContain(`install the package again (${root})`);
  await mkdir(join(root, 'scripts'));
  await writeFile(join(root, 'scripts/build.ts'), '');
  expect(missingPages(root)).toContain(`run \`npm ci && npm run build\` in ${root}`);
  await mkdir(join(root, 'dist/web'), { recursive: true });
  await writeFile(join(root, 'dist/web/index.html'), '');
  expect(missingPages(root)).toBeUndefined();
});
