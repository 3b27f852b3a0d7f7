import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, realpath, rename, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findBinaries, type PostgresBinaries } from './embedded-postgres-binaries.ts';
import {
  type Credentials,
  credentialsFile,
  newCredentials,
  readCredentials,
  writeCredentials,
} from './embedded-postgres-credentials.ts';
import { createCluster, resetPasswords } from './embedded-postgres-initdb.ts';
import { EmbeddedPostgresError, hasCode, type OsUser } from './embedded-postgres-process.ts';
import { type Cluster, findServer, freePort, stopServer } from './embedded-postgres-server.ts';
import {
  canEnter,
  chooseServerUser,
  isRoot,
  makeOpenFolder,
  SYSTEM_FOLDER,
  userName,
} from './embedded-postgres-user.ts';

/** Where the cluster of a data folder lies, and whether it has been created. */
export interface LocatedCluster extends Cluster {
  readonly exists: boolean;
}

/** Finds the place of the cluster, who runs it and the programs for it; refuses what we could not run. Creates nothing in it. */
export async function locateCluster(dataDir: string, log: (message: string) => void): Promise<LocatedCluster> {
  const present = await findFolder(join(dataDir, 'postgres'));
  if (present !== undefined) await refuseForeignOwner(dataDir, present);
  const exists = present !== undefined && (await isCluster(present));
  const user = await chooseServerUser({ dataDir, cluster: exists ? present : undefined, log });
  const folder = present ?? (await newFolder(dataDir, user));
  if (present !== undefined && user !== undefined) await refuseClosedPath(present, { user, exists });
  const binaries = await findBinaries(user, log);
  if (exists) await checkVersion(folder, binaries);
  return { dataDir, folder, user, binaries, log, exists };
}

/** The real folder behind `<dataDir>/postgres`; `undefined` when there is none. */
async function findFolder(path: string): Promise<string | undefined> {
  if (!(await isThere(path))) return undefined;
  try {
    return await realpath(path);
  } catch (cause) {
    if (!hasCode(cause, 'ENOENT')) throw cause;
    throw new EmbeddedPostgresError(
      `${path} is a link to a database folder that is gone. Bring that folder back, or remove the link to begin with an empty database`,
      { cause },
    );
  }
}

/** True for a cluster, false for an empty folder; anything else is not ours to touch. */
async function isCluster(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  if (names.includes('PG_VERSION')) return true;
  if (names.length === 0) return false;
  throw new EmbeddedPostgresError(
    `database folder ${folder} holds files but no PostgreSQL database (PG_VERSION is missing). ` +
      'Move it away to begin with an empty database, or choose another data folder',
  );
}

async function refuseForeignOwner(dataDir: string, folder: string): Promise<void> {
  const { uid } = await stat(folder);
  const me = process.geteuid?.();
  if (me === undefined || isRoot() || uid === me) return;
  const owner = await userName(uid);
  throw new EmbeddedPostgresError(
    `data folder ${dataDir}: its database ${folder} belongs to user ${owner}, and you are ${await userName(me)}. ` +
      `Start as ${owner} (or root), or choose another data folder`,
  );
}

async function refuseClosedPath(folder: string, options: { user: OsUser; exists: boolean }): Promise<void> {
  const { user, exists } = options;
  if (await canEnter(user, exists ? folder : dirname(folder))) return;
  throw new EmbeddedPostgresError(
    `database folder ${folder}: PostgreSQL runs as user ${user.name}, who may not enter a folder above it. ` +
      `Let ${user.name} through (chmod o+x on that folder), or choose another data folder`,
  );
}

async function checkVersion(folder: string, binaries: PostgresBinaries): Promise<void> {
  const found = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (found === String(binaries.majorVersion)) return;
  throw new EmbeddedPostgresError(
    `database folder ${folder} was made by PostgreSQL ${found}, and this installation brings PostgreSQL ${binaries.majorVersion} ` +
      `(${binaries.version}). Install the release that brought PostgreSQL ${found}; to move on, export there with pg_dump ` +
      `and import into a new data folder here`,
  );
}

async function newFolder(dataDir: string, user: OsUser | undefined): Promise<string> {
  if (user === undefined || (await canEnter(user, dataDir))) return join(dataDir, 'postgres');
  const parent = join(SYSTEM_FOLDER, 'clusters');
  await makeOpenFolder(parent);
  return join(parent, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
}

/**
 * Creates the cluster when there is none, and gives its credentials. When those of an existing cluster are lost, new passwords
 * are set. The caller holds the lock and has found no server on the cluster.
 */
export async function openCluster(
  cluster: LocatedCluster,
  options: { readonly durable: boolean },
): Promise<Credentials> {
  const { dataDir, folder, user, log, exists } = cluster;
  const known = exists ? await readCredentials(dataDir) : undefined;
  if (known !== undefined) return known;
  const credentials = newCredentials(await freePort(0));
  const store = (): Promise<void> => writeCredentials(dataDir, credentials);
  if (exists) {
    log(`${credentialsFile(dataDir)} is missing: setting new passwords for the database in ${folder}`);
    await resetPasswords(cluster, credentials);
    await store();
    return credentials;
  }
  log(`creating the database in ${folder}${user === undefined ? '' : `, run by user ${user.name}`}`);
  await setForgottenAside(cluster);
  await createCluster(cluster, { credentials, durable: options.durable, beforePublish: store });
  await linkFromDataFolder(cluster);
  return credentials;
}

/** The cluster of a data folder that was deleted, and with it the link, is nobody's to use and not ours to delete. */
async function setForgottenAside(cluster: LocatedCluster): Promise<void> {
  const { dataDir, folder, log } = cluster;
  if (dirname(folder) === dataDir || !(await isThere(join(folder, 'PG_VERSION')))) return;
  if ((await findServer(cluster)) !== undefined) await stopServer(cluster);
  const aside = `${folder}-of-deleted-data-folder-${Date.now()}`;
  await rename(folder, aside);
  log(`kept the database of an earlier data folder ${dataDir}, which was deleted, as ${aside}`);
}

async function linkFromDataFolder(cluster: LocatedCluster): Promise<void> {
  const { dataDir, folder, user, log } = cluster;
  const link = join(dataDir, 'postgres');
  if (await isThere(link)) return;
  await symlink(folder, link);
  log(`the database lies in ${folder}, with a link from ${link}, because user ${user?.name} cannot enter ${dataDir}`);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
