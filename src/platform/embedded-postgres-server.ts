import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { PostgresBinaries } from './embedded-postgres-binaries.ts';
import { giveToOwnerOf } from './embedded-postgres-credentials.ts';
import {
  EmbeddedPostgresError,
  hasCode,
  isServerOf,
  type OsUser,
  pidExists,
  pollUntil,
  runCommand,
  spawnOptions,
} from './embedded-postgres-process.ts';
import { ownSettings } from './embedded-postgres-settings.ts';

/** One database cluster: where it lies, who runs it, with which programs. */
export interface Cluster {
  /** Real path of the data folder: lock, credentials and log lie here. */
  readonly dataDir: string;
  /** Real path of the cluster itself. */
  readonly folder: string;
  /** `undefined`: ourselves. */
  readonly user: OsUser | undefined;
  readonly binaries: PostgresBinaries;
  readonly log: (message: string) => void;
}

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Of its Unix socket; `undefined`: it has none. */
  readonly socketFolder: string | undefined;
}

export const SETTINGS_FILE = 'textwright.conf';
/** Crash recovery of a large write-ahead log takes minutes, and must not be taken for a hang. */
const READY_WAIT_MS_MAX = 10 * 60_000;
const STOP_WAIT_SECONDS_MAX = 60;
/** How long backends may outlive a killed postmaster before we say so. */
const ORPHAN_WAIT_MS_MAX = 10_000;
const PORT_ATTEMPTS_MAX = 5;
const POLL_MS = 10;
const LOG_BYTES_MAX = 10_000_000;
const LOG_TAIL_CHARS = 2_000;

/** What postmaster.pid says; PostgreSQL writes the file line by line while it starts. */
interface PidFile {
  readonly pid: number;
  readonly port: number | undefined;
  readonly socketFolder: string | undefined;
  readonly ready: boolean;
}

async function readPidFile(folder: string): Promise<PidFile | undefined> {
  let lines: string[];
  try {
    lines = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  // A single-user PostgreSQL writes its pid negated and never becomes ready.
  const pid = Math.abs(Number(lines[0]));
  const port = Number(lines[3]);
  return {
    pid,
    port: port > 0 ? port : undefined,
    socketFolder: lines[4] === '' ? undefined : lines[4],
    ready: pid > 0 && lines[7]?.trim() === 'ready',
  };
}

/**
 * The server that runs on this cluster, once it has finished starting; `undefined` when none does. A server that is about to stop
 * is waited for. What a dead server left behind is removed where PostgreSQL itself would take it for a running one.
 */
export async function findServer(cluster: Cluster): Promise<RunningServer | undefined> {
  const { folder, log } = cluster;
  let seen: PidFile | undefined;
  const found = await pollUntil(
    async () => {
      const pidFile = await readPidFile(folder);
      if (pidFile === undefined) return 'none';
      if (!(pidFile.pid > 0) || !(await isServerOf(pidFile.pid, folder)))
        return await forgetDeadServer(cluster, pidFile.pid);
      const { pid, port, socketFolder } = pidFile;
      if (pidFile.ready && port !== undefined) return { pid, port, socketFolder };
      if (seen === undefined)
        log(`waiting for PostgreSQL (pid ${pidFile.pid}), which is starting or stopping in ${folder}`);
      seen = pidFile;
      return undefined;
    },
    { everyMs: POLL_MS, waitMsMax: READY_WAIT_MS_MAX },
  );
  if (found !== undefined) return found === 'none' ? undefined : found;
  throw new EmbeddedPostgresError(
    `data folder ${cluster.dataDir}: PostgreSQL (pid ${seen?.pid}) has been starting or stopping in ${folder} for over ` +
      `${READY_WAIT_MS_MAX / 60_000} minutes. Look into ${logFile(cluster)}, stop that process and start again`,
  );
}

async function forgetDeadServer(cluster: Cluster, pid: number): Promise<'none'> {
  // PostgreSQL heals its pid file by itself unless the pid exists (given to a stranger, or a zombie) or the file is empty.
  if (!(pid > 0) || pidExists(pid)) {
    cluster.log(
      `removing the pid file of a dead PostgreSQL from ${cluster.folder} (its pid ${pid} is no server of this folder)`,
    );
    await rm(join(cluster.folder, 'postmaster.pid'), { force: true });
  }
  return 'none';
}

/**
 * Starts a server in a session of its own, so that it outlives this process, on 127.0.0.1 and a free port (`preferredPort`
 * when it is free), and on a Unix socket. The caller holds the folder's lock and has found no server.
 */
export async function launchServer(
  cluster: Cluster,
  options: { readonly preferredPort: number; readonly settings: Readonly<Record<string, string>> },
): Promise<RunningServer> {
  await writeSettings(cluster, { ...ownSettings(), ...options.settings });
  await removeSockets(cluster);
  let port = await freePort(options.preferredPort);
  let portAttempts = 1;
  let sockets = mayHoldSocket(cluster.folder) ? cluster.folder : '';
  const launched = await pollUntil(
    async () => {
      const outcome = await tryLaunch(cluster, { port, sockets });
      if (outcome.kind === 'ready') return outcome.server;
      if (outcome.reason === 'port-taken' && portAttempts < PORT_ATTEMPTS_MAX) {
        portAttempts += 1;
        port = await freePort(0);
        return undefined;
      }
      if (outcome.reason === 'orphans') return undefined;
      if (outcome.reason === 'no-socket' && sockets !== '') {
        cluster.log(`no socket can lie in ${cluster.folder}: PostgreSQL is reached over TCP`);
        sockets = '';
        return undefined;
      }
      throw launchFailed(cluster, outcome);
    },
    { everyMs: 10 * POLL_MS, waitMsMax: ORPHAN_WAIT_MS_MAX },
  );
  if (launched !== undefined) return launched;
  throw new EmbeddedPostgresError(
    `data folder ${cluster.dataDir}: processes of a killed PostgreSQL still hold ${cluster.folder}. ` +
      'End them (they are named "postgres: ...") and start again',
  );
}

const SOCKET = '.s.PGSQL.';
/** Its bytes, with the longest number of a port; the systems that we know take 103 and more. */
const SOCKET_PATH_BYTES_MAX = 103;

export const socketFile = (folder: string, port: number): string => join(folder, `${SOCKET}${port}`);

/**
 * A statement over the socket takes two thirds of its time over TCP. It lies in the cluster, where nobody but the user of the server
 * may enter. PostgreSQL takes a list of folders, and does not start when one is too long.
 */
const mayHoldSocket = (folder: string): boolean =>
  Buffer.byteLength(socketFile(folder, 65_535)) <= SOCKET_PATH_BYTES_MAX && !/[,"]/.test(folder);

/** Of a server that was killed: PostgreSQL would not start when the pid in the lock of a socket is somebody else's by now. */
async function removeSockets({ folder }: Cluster): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const left = entries.filter((entry) => entry.name.startsWith(SOCKET) && !entry.isDirectory());
  for (const { name } of left) await rm(join(folder, name), { force: true });
}

async function writeSettings(cluster: Cluster, settings: Readonly<Record<string, string>>): Promise<void> {
  const path = join(cluster.folder, SETTINGS_FILE);
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  await writeFile(
    path,
    `# Written at each start. To change a setting for good, use ALTER SYSTEM.\n${lines.join('\n')}\n`,
  );
  if (cluster.user !== undefined) await chown(path, cluster.user.uid, cluster.user.gid);
}

type FailureReason = 'port-taken' | 'orphans' | 'disk-full' | 'no-socket' | 'other';

interface Address {
  readonly port: number;
  /** The folder of its Unix socket; empty: none. */
  readonly sockets: string;
}

type Launch =
  | { readonly kind: 'ready'; readonly server: RunningServer }
  | {
      readonly kind: 'failed';
      readonly reason: FailureReason;
      readonly said: string;
    };

async function tryLaunch(cluster: Cluster, address: Address): Promise<Launch> {
  const { folder, binaries, log } = cluster;
  const { port } = address;
  const { child, logOffset } = await spawnServer(cluster, address);
  const ready = await pollUntil(
    async () => {
      if (child.exitCode !== null || child.signalCode !== null) return 'ended';
      const pidFile = await readPidFile(folder);
      return pidFile?.pid === child.pid && pidFile?.ready ? pidFile : undefined;
    },
    { everyMs: POLL_MS, waitMsMax: READY_WAIT_MS_MAX },
  );
  if (typeof ready === 'object') {
    const { pid, socketFolder } = ready;
    log(`started PostgreSQL ${binaries.version} (pid ${pid}) on 127.0.0.1:${port}, data in ${folder}`);
    return { kind: 'ready', server: { pid, port, socketFolder } };
  }
  if (ready === undefined) await stopServer(cluster);
  const said = await readLogFrom(cluster, logOffset);
  const end = child.signalCode ?? `exit code ${child.exitCode}`;
  return { kind: 'failed', reason: failureReason(said), said: `${said}\n(ended with ${end})` };
}

/** Its output goes to a file: a pipe to this process would break when this process ends. */
async function spawnServer(
  cluster: Cluster,
  { port, sockets }: Address,
): Promise<{ child: ChildProcess; logOffset: number }> {
  const { folder, binaries, user } = cluster;
  const { file, offset } = await openLog(cluster);
  const address = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${sockets}`];
  try {
    const child = spawn(binaries.postgres, ['-D', folder, ...address.flatMap((setting) => ['-c', setting])], {
      ...spawnOptions(user),
      detached: true,
      stdio: ['ignore', file.fd, file.fd],
    });
    child.unref();
    await once(child, 'spawn');
    return { child, logOffset: offset };
  } finally {
    await file.close();
  }
}

/** Reads PostgreSQL's own words, which the environment keeps in English. */
function failureReason(said: string): FailureReason {
  if (said.includes('pre-existing shared memory block')) return 'orphans';
  if (said.includes('No space left on device')) return 'disk-full';
  if (said.includes('could not create any TCP/IP sockets')) return 'port-taken';
  // Not every file system has sockets: shared folders of other systems, some on the network.
  if (said.includes('Unix-domain socket') || said.includes(SOCKET)) return 'no-socket';
  return 'other';
}

function launchFailed(
  cluster: Cluster,
  failure: { readonly reason: string; readonly said: string },
): EmbeddedPostgresError {
  const remedy =
    failure.reason === 'disk-full'
      ? 'The disk is full: free some space and start again'
      : `Remove the cause and start again (the whole log is ${logFile(cluster)}), or set DATABASE_URL to a PostgreSQL of your own`;
  return new EmbeddedPostgresError(
    `data folder ${cluster.dataDir}: PostgreSQL did not start in ${cluster.folder}. It said:\n${failure.said}\n${remedy}`,
  );
}

/** Stops the server of this cluster and waits until it is gone: clients are disconnected, what they committed is on disk. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const { folder, binaries, user } = cluster;
  const args = ['stop', '-D', folder, '-m', 'fast', '-w', '-t', String(STOP_WAIT_SECONDS_MAX)];
  const { code, output } = await runCommand(binaries.pgCtl, args, { user });
  const left = code === 0 ? undefined : await readPidFile(folder);
  if (left === undefined || !(await isServerOf(left.pid, folder))) return;
  throw new EmbeddedPostgresError(
    `data folder ${cluster.dataDir}: PostgreSQL (pid ${left.pid}) in ${folder} did not stop (${output}). ` +
      `Look into ${logFile(cluster)}, and end it with: kill -QUIT ${left.pid}`,
  );
}

/** A port of 127.0.0.1 that nobody listens on: `preferred` if it is free. */
export async function freePort(preferred: number): Promise<number> {
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const probe = createServer();
      probe.once('error', reject);
      probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
        const address = probe.address();
        probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
      });
    });
  try {
    return await listen(preferred);
  } catch (error) {
    if (!hasCode(error, 'EADDRINUSE', 'EACCES')) throw error;
    return await listen(0);
  }
}

export const logFile = (cluster: Pick<Cluster, 'dataDir'>): string => join(cluster.dataDir, 'postgres.log');

async function openLog(cluster: Cluster) {
  const path = logFile(cluster);
  const size = await fileSize(path);
  if (size > LOG_BYTES_MAX) await rename(path, `${path}.1`);
  const file = await open(path, 'a', 0o600);
  await giveToOwnerOf(cluster.dataDir, path);
  return { file, offset: size > LOG_BYTES_MAX ? 0 : size };
}

async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

async function readLogFrom(cluster: Cluster, offset: number): Promise<string> {
  const bytes = await readFile(logFile(cluster));
  return bytes.subarray(offset).toString('utf8').trim().slice(-LOG_TAIL_CHARS);
}
