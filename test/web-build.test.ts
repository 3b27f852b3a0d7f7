import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureWeb } from '../scripts/web-build.ts';

const root = await mkdtemp(join(tmpdir(), 'textwright-web-'));
afterAll(() => rm(root, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

describe('the pages of a checkout', () => {
  beforeAll(async () => {
    await write('package.json', '{ "type": "module" }');
    await write('vite.config.ts', `export default { build: { outDir: '../dist/web', emptyOutDir: true } };`);
    await write('web/index.html', '<script type="module" src="/src/main.ts"></script>');
    await write('web/src/main.ts', `import { rule } from '../../src/rule.ts';\nconsole.log(rule);`);
    await write('src/rule.ts', `import type { Shape } from './shape.ts';\nexport const rule: Shape = 'one';`);
    await write('src/shape.ts', 'export type Shape = string;');
    await write('src/deeper.ts', `export const rule = 'two';`);
    await write('src/server.ts', 'export const port = 1;');
    await ensureWeb(root);
  });

  it.each([
    ['nothing', undefined, false],
    ['a source of the server', ['src/server.ts', 'export const port = 2;'], false],
    ['a source of the server that the pages run', ['src/rule.ts', `export { rule } from './deeper.ts';`], true],
    ['what that one has come to use', ['src/deeper.ts', `export const rule = 'three';`], true],
    ['a page', ['web/src/main.ts', `import { rule } from '../../src/rule.ts';\nconsole.log(rule, 2);`], true],
    ['a file beside the pages', ['web/public/robots.txt', 'User-agent: *'], true],
    [
      'how they are built',
      ['vite.config.ts', `export default { build: { outDir: '../dist/web', emptyOutDir: true, minify: false } };`],
      true,
    ],
  ] as const)('after a change of %s', async (_what, change, builds) => {
    if (change !== undefined) await write(change[0], change[1]);
    expect(await ensureWeb(root)).toBe(builds);
    expect(await ensureWeb(root)).toBe(false);
  });
});
