import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { build } from 'vite';

/** What the pages in dist/web were built from, kept beside them. */
interface Stamp {
  /** Sources outside of web/ that the pages are made of; the bundler knows them. */
  readonly modules: readonly string[];
  readonly sha256: string;
}

/** Builds the pages of the checkout `root` into dist/web, unless they are those of its sources; says whether it built them. */
export async function ensureWeb(root: string, announce: () => void = () => undefined): Promise<boolean> {
  const stampPath = join(root, 'dist/web/.sources.json');
  const stamp = await readStamp(stampPath);
  if (stamp !== undefined && stamp.sha256 === (await hashOf(root, stamp.modules))) return false;
  announce();
  const modules = await buildWeb(root);
  await mkdir(join(root, 'dist/web'), { recursive: true });
  await writeFile(stampPath, JSON.stringify({ modules, sha256: await hashOf(root, modules) }));
  return true;
}

/** A stamp that cannot be read is none. */
async function readStamp(path: string): Promise<Stamp | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Returns the sources outside of web/ and of packages that the bundler has read, sorted. Not those of the finished pages: a constant
 * whose value was put in place of its name leaves no trace of its module there.
 */
async function buildWeb(root: string): Promise<readonly string[]> {
  const read = new Set<string>();
  await build({
    root: join(root, 'web'),
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    plugins: [
      {
        name: 'sources-read',
        buildEnd() {
          for (const id of this.getModuleIds()) read.add(relative(root, id.replace(/\?.*$/, '')).split(sep).join('/'));
        },
      },
    ],
  });
  return [...read].filter((path) => !OTHERS.test(path)).sort();
}

/** What the bundler makes up itself, what lies elsewhere, what is hashed anyway, and what the lock file stands for. */
const OTHERS = /\0|^\.\.|^web\/|^node_modules\//;

/**
 * Everything in web/ (a new file may be meant for the pages), the other sources that the last build used, and what says how to
 * build. A module that comes into the pages anew does so by a change of one that is known.
 */
async function hashOf(root: string, modules: readonly string[]): Promise<string> {
  const entries = await readdir(join(root, 'web'), { recursive: true, withFileTypes: true });
  const pages = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const hash = createHash('sha256');
  for (const path of [...pages, ...modules, 'vite.config.ts', 'package-lock.json'].sort())
    hash.update(`${path}\0`).update(await readFile(join(root, path)).catch(() => 'gone'));
  return hash.digest('hex');
}
