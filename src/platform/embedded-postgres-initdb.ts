import { appendFile, chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Credentials } from './embedded-postgres-credentials.ts';
import { EmbeddedPostgresError, type OsUser, runCommand } from './embedded-postgres-process.ts';
import { type Cluster, SETTINGS_FILE } from './embedded-postgres-server.ts';
import { systemRandom } from './random.ts';

/**
 * Makes a cluster with its role and database beside its final place, lets `beforePublish` store what must not be lost, and moves
 * it in with one rename: a cluster that can be seen is complete. The final place is absent or an empty folder.
 */
export async function createCluster(
  cluster: Cluster,
  options: {
    readonly credentials: Credentials;
    /** Off only for throw-away databases of tests. */
    readonly durable: boolean;
    readonly beforePublish: () => Promise<void>;
  },
): Promise<void> {
  const { credentials, durable } = options;
  await removeAbandonedWork(cluster.folder);
  const work = `${workPrefix(cluster.folder)}${Buffer.from(systemRandom.bytes(6)).toString('hex')}`;
  const data = join(work, 'data');
  const passwordFile = join(work, 'password');
  try {
    await mkdir(work, { mode: 0o700 });
    await writeFile(passwordFile, `${credentials.superuserPassword}\n`, { mode: 0o600 });
    for (const path of [work, passwordFile]) await giveTo(cluster.user, path);
    await runInitdb(cluster, { data, passwordFile, superuser: credentials.superuser, durable });
    await appendFile(join(data, 'postgresql.conf'), `\ninclude_if_exists = '${SETTINGS_FILE}'\n`);
    await runSingleUser(cluster, data, [
      `create role ${credentials.user} login createdb password '${credentials.password}'`,
      `create database ${credentials.database} owner ${credentials.user}`,
    ]);
    await options.beforePublish();
    await rename(data, cluster.folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** For a cluster whose credentials were lost; no server may run on it. */
export async function resetPasswords(cluster: Cluster, credentials: Credentials): Promise<void> {
  await runSingleUser(cluster, cluster.folder, [
    `alter role ${credentials.superuser} password '${credentials.superuserPassword}'`,
    `alter role ${credentials.user} password '${credentials.password}'`,
  ]);
}

/**
 * The built-in provider sorts by code point and knows the letters of all languages; its order never changes with a library of
 * the system, so that indexes survive a move to another machine.
 */
async function runInitdb(
  cluster: Cluster,
  options: {
    readonly data: string;
    readonly passwordFile: string;
    readonly superuser: string;
    readonly durable: boolean;
  },
): Promise<void> {
  const args = [
    '-D',
    options.data,
    `--username=${options.superuser}`,
    `--pwfile=${options.passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    ...(options.durable ? [] : ['--no-sync']),
  ];
  const { code, output } = await runCommand(cluster.binaries.initdb, args, { user: cluster.user });
  if (code !== 0) throw failed(cluster, { program: 'initdb', output });
}

/** Without a network and without a password: PostgreSQL itself on its own folder, one statement a line. */
async function runSingleUser(cluster: Cluster, data: string, statements: readonly string[]): Promise<void> {
  const args = ['--single', '-D', data, '-c', 'exit_on_error=on', '-c', 'log_min_error_statement=panic', 'postgres'];
  const input = statements.map((statement) => `${statement}\n`).join('');
  const { code, output } = await runCommand(cluster.binaries.postgres, args, { user: cluster.user, input });
  if (code !== 0) throw failed(cluster, { program: 'postgres --single', output });
}

function failed(cluster: Cluster, run: { readonly program: string; readonly output: string }): EmbeddedPostgresError {
  const remedy = run.output.includes('No space left on device')
    ? 'The disk is full: free some space, or choose a data folder on another disk, and start again'
    : 'Remove the cause and start again, choose another data folder, or set DATABASE_URL to a PostgreSQL of your own';
  return new EmbeddedPostgresError(
    `data folder ${cluster.dataDir}: ${run.program} failed for ${cluster.folder}. It said:\n${run.output}\n${remedy}`,
  );
}

const workPrefix = (folder: string): string => `${folder}.initialising-`;

/** Left by processes that were killed: the caller holds the lock, so nobody else is creating this cluster. */
async function removeAbandonedWork(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder)))
    if (name.startsWith(basename(workPrefix(folder))))
      // An initdb that outlived its parent may still be writing for a moment.
      await rm(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

async function giveTo(user: OsUser | undefined, path: string): Promise<void> {
  if (user !== undefined) await chown(path, user.uid, user.gid);
}
