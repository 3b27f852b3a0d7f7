import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';

/**
 * Builds the web pages into dist/web when their sources have changed since the last build; `npm start` and `npm run demo` call it, so
 * that a fresh checkout needs no extra step and a second start no time.
 */
const root = join(import.meta.dirname, '..');
const stampPath = join(root, 'dist/web/.sources.sha256');

async function sourcesHash(): Promise<string> {
  const folders = ['web', 'src/http/contract'];
  const files = (
    await Promise.all(
      folders.map(async (folder) =>
        (
          await readdir(join(root, folder), { recursive: true, withFileTypes: true })
        )
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name)),
      ),
    )
  ).flat();
  const hash = createHash('sha256');
  for (const path of [...files, join(root, 'vite.config.ts'), join(root, 'package-lock.json')].sort())
    hash.update(path.slice(root.length)).update(await readFile(path));
  return hash.digest('hex');
}

const wanted = await sourcesHash();
const built = await readFile(stampPath, 'utf8').catch(() => '');
if (built !== wanted) {
  process.stderr.write('Building the web pages (once)\n');
  await build({ root: join(root, 'web'), configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  await mkdir(join(root, 'dist/web'), { recursive: true });
  await writeFile(stampPath, wanted);
}
