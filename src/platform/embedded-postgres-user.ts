import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedPostgresError, hasCode, type OsUser, runCommand } from './embedded-postgres-process.ts';

/** What we keep outside of the data folder, when root's folders are closed to the account that PostgreSQL runs as. */
export const SYSTEM_FOLDER = '/var/lib/textwright';
const SYSTEM_USER = 'postgres';

export const isRoot = (): boolean => process.geteuid?.() === 0;

/**
 * The account to run PostgreSQL as: `undefined` (ourselves) for an ordinary user. PostgreSQL refuses to run as root, so root uses
 * the owner of the cluster; for a new one the owner of the data folder, so that one start with sudo leaves
 * nothing that its owner cannot use; and where that is root too, the system user `postgres`, created when missing.
 */
export async function chooseServerUser(options: {
  readonly dataDir: string;
  /** Existing cluster folder, if there is one. */
  readonly cluster: string | undefined;
  readonly log: (message: string) => void;
}): Promise<OsUser | undefined> {
  const { dataDir, cluster, log } = options;
  if (!isRoot()) return undefined;
  if (cluster !== undefined) return await ownerOfCluster(cluster);
  const { uid } = await stat(dataDir);
  const owner = uid === 0 ? undefined : await findUser(String(uid));
  return owner ?? (await ensureSystemUser(SYSTEM_USER, log));
}

async function ownerOfCluster(cluster: string): Promise<OsUser> {
  const { uid, gid } = await stat(cluster);
  if (uid === 0)
    throw new EmbeddedPostgresError(
      `database folder ${cluster} belongs to root, and PostgreSQL does not run as root. ` +
        `Give it to an ordinary user (chown -R ${SYSTEM_USER} '${cluster}') and start again`,
    );
  return { name: await userName(uid), uid, gid };
}

/** The account's name, or `uid N` when the system does not know it. */
export async function userName(uid: number): Promise<string> {
  return (await idOf(['-un', String(uid)])) ?? `uid ${uid}`;
}

async function findUser(nameOrUid: string): Promise<OsUser | undefined> {
  const [name, uid, gid] = await Promise.all([
    idOf(['-un', nameOrUid]),
    idOf(['-u', nameOrUid]),
    idOf(['-g', nameOrUid]),
  ]);
  if (name === undefined || uid === undefined || gid === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}

async function idOf(args: readonly string[]): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  const { code, output } = await runCommand('id', args);
  return code === 0 ? output : undefined;
}

/** Finds the system user, or creates it (root only). Throws with the commands' own words when that is impossible. */
export async function ensureSystemUser(name: string, log: (message: string) => void): Promise<OsUser> {
  const existing = await findUser(name);
  if (existing !== undefined) return existing;
  const attempts: readonly (readonly [string, ...string[]])[] = [
    ['useradd', '--system', '--no-create-home', '--home-dir', SYSTEM_FOLDER, '--shell', '/usr/sbin/nologin', name],
    // A group of that name exists already.
    [
      'useradd',
      '--system',
      '--no-create-home',
      '--home-dir',
      SYSTEM_FOLDER,
      '--shell',
      '/usr/sbin/nologin',
      '--gid',
      name,
      name,
    ],
    // BusyBox.
    ['adduser', '-S', '-D', '-H', '-h', SYSTEM_FOLDER, '-s', '/sbin/nologin', name],
  ];
  const failures: string[] = [];
  for (const [command, ...args] of attempts) {
    const failure = await tryCommand(command, args);
    const user = await findUser(name);
    if (user !== undefined) {
      log(`created the system user ${name}, because PostgreSQL does not run as root`);
      return user;
    }
    failures.push(`${command}: ${failure}`);
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and the system user "${name}" could not be created (${failures.join('; ')}). ` +
      `Create it (useradd --system ${name}), or start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own`,
  );
}

async function tryCommand(command: string, args: readonly string[]): Promise<string> {
  try {
    const { code, output } = await runCommand(command, args);
    return output === '' ? `exit code ${code}` : output;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'not installed';
    throw error;
  }
}

/**
 * Whether the account may enter these folders and run these programs. Really tried as that account: mode bits alone do not
 * know of access lists and mounts.
 */
export async function canEnter(user: OsUser, ...paths: readonly string[]): Promise<boolean> {
  const script = 'for path; do test -x "$path" || exit 1; done';
  try {
    return (await runCommand('/bin/sh', ['-c', script, 'sh', ...paths], { user })).code === 0;
  } catch (cause) {
    if (!hasCode(cause, 'EPERM', 'EINVAL')) throw cause;
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root, and this process may not become user ${user.name} (${cause.code}). ` +
        'Start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own',
      { cause },
    );
  }
}

/** Creates the missing part of a path so that everybody may enter it, whatever the umask; leaves existing folders alone. */
export async function makeOpenFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    if (!hasCode(error, 'ENOENT')) throw error;
    await makeOpenFolder(dirname(folder));
    return await makeOpenFolder(folder);
  }
  await chmod(folder, 0o755);
}
