import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { locateCluster, openCluster } from './embedded-postgres-cluster.ts';
import {
  type Address,
  hasOtherKeepers,
  type Keeper,
  openKeeper,
  servedFolder,
} from './embedded-postgres-connection.ts';
import {
  connectionString,
  credentialsFile,
  readCredentials,
  writeCredentials,
} from './embedded-postgres-credentials.ts';
import { explainFileError, openDataFolder } from './embedded-postgres-folder.ts';
import { withFolderLock } from './embedded-postgres-lock.ts';
import { EmbeddedPostgresError, hasCode, pollUntil } from './embedded-postgres-process.ts';
import { type Cluster, findServer, launchServer, type RunningServer, stopServer } from './embedded-postgres-server.ts';
import { userName } from './embedded-postgres-user.ts';

/**
 * A real PostgreSQL in the data folder, for who has none. What holds at every instant, whoever is killed:
 *
 * 1. At most one server runs on a data folder, and all processes that use the folder use that server. It runs in a session of its
 *    own, so that it outlives the process that started it.
 * 2. Starting, joining, leaving and stopping happen one at a time per folder (embedded-postgres-lock.ts). Who is inside and dies
 *    leaves nothing that has to be cleaned up by hand.
 * 3. Each user of the server holds a keeper connection from joining to leaving; the server is stopped only when no
 *    keeper of a living process is left. A server without keepers (all were killed) is found and used by the next start.
 * 4. A pid proves nothing: it may belong to somebody else by now. A process counts as our server only if it runs in the
 *    cluster folder, accepts our password, proves that it knows it too (SCRAM), and names that folder as its own.
 * 5. A cluster that can be seen is complete: it is made aside and moved in with one rename, its passwords stored before.
 * 6. PostgreSQL never runs as root, listens on 127.0.0.1 only, and sees nothing of the caller's environment.
 * 7. Modes and owners of folders that we did not create stay as they are.
 */
export interface EmbeddedPostgres {
  /** Of the role that owns the database `textwright`; not a superuser. */
  readonly connectionString: string;
  /** Lets go of the server; the last one out stops it. To be called after the own connections were closed. */
  close(): Promise<void>;
}

/** A server that looks ready may still refuse for a moment: one of its backends crashed, and it is starting anew. */
const JOIN_WAIT_MS_MAX = 10_000;
const JOIN_POLL_MS = 50;
const PASSING_REFUSALS = ['ECONNREFUSED', 'ECONNRESET', '57P03', '53300'] as const;
const WRONG_CREDENTIALS = ['28P01', '28000'] as const;

interface Session {
  readonly cluster: Cluster;
  readonly address: Address;
  readonly keeper: Keeper;
}

/**
 * Starts PostgreSQL in `<dataDir>/postgres`, or joins the server that runs there already; creates folder and database when
 * missing. `settings` are PostgreSQL's own and hold from the start of a server to its stop, not for one that is joined.
 * Throws `EmbeddedPostgresError` with the remedy for whatever the owner of the machine can put right.
 */
export async function startEmbeddedPostgres(options: {
  readonly dataDir: string;
  readonly log?: (message: string) => void;
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<EmbeddedPostgres> {
  const { log = () => undefined, settings = {} } = options;
  try {
    const dataDir = await openDataFolder(options.dataDir);
    const session = await withFolderLock({ folder: lockFolder(dataDir) }, () =>
      joinOrStart({ dataDir, log, settings }),
    );
    let closing: Promise<void> | undefined;
    return {
      connectionString: connectionString(session.address.credentials, session.address.port),
      close: () => {
        closing ??= leave(session);
        return closing;
      },
    };
  } catch (error) {
    throw await explainFileError(error, options.dataDir);
  }
}

const lockFolder = (dataDir: string): string => join(dataDir, 'postgres-lock');

async function joinOrStart(options: {
  readonly dataDir: string;
  readonly log: (message: string) => void;
  readonly settings: Readonly<Record<string, string>>;
}): Promise<Session> {
  const { dataDir, log, settings } = options;
  const cluster = await locateCluster(dataDir, log);
  const running = cluster.exists ? await findServer(cluster) : undefined;
  if (running !== undefined) return await joinRunning(cluster, running);

  const credentials = await openCluster(cluster, { durable: settings['fsync'] !== 'off' });
  const server = await launchServer(cluster, { preferredPort: credentials.port, settings });
  try {
    if (server.port !== credentials.port) await writeCredentials(dataDir, { ...credentials, port: server.port });
    return await enter(cluster, { server, address: { credentials, port: server.port } });
  } catch (error) {
    await stopServer(cluster);
    throw error;
  }
}

async function joinRunning(cluster: Cluster, server: RunningServer): Promise<Session> {
  const credentials = await readCredentials(cluster.dataDir);
  if (credentials === undefined) throw await notOurs(cluster, { server, reason: 'the credentials file is missing' });
  const session = await enter(cluster, { server, address: { credentials, port: server.port } });
  cluster.log(
    `using the PostgreSQL (pid ${server.pid}) that runs on 127.0.0.1:${server.port}, data in ${cluster.folder}`,
  );
  return session;
}

/** Proves that the server is ours and connects the keeper. */
async function enter(
  cluster: Cluster,
  target: { readonly server: RunningServer; readonly address: Address },
): Promise<Session> {
  const { server, address } = target;
  let refusal: unknown;
  const keeper = await pollUntil(
    async () => {
      try {
        const served = await servedFolder(address);
        if (!(await isSameFolder(served, cluster.folder)))
          throw await notOurs(cluster, {
            server,
            reason: `it serves ${served}, which may have been moved while it ran`,
          });
        return await openKeeper(address);
      } catch (error) {
        refusal = error;
        if (hasCode(error, ...PASSING_REFUSALS)) return undefined;
        if (error instanceof EmbeddedPostgresError) throw error;
        throw await notOurs(cluster, { server, reason: describeRefusal(cluster, error), cause: error });
      }
    },
    { everyMs: JOIN_POLL_MS, waitMsMax: JOIN_WAIT_MS_MAX },
  );
  if (keeper !== undefined) return { cluster, address, keeper };
  throw await notOurs(cluster, { server, reason: describeRefusal(cluster, refusal), cause: refusal });
}

async function isSameFolder(served: string, folder: string): Promise<boolean> {
  try {
    return (await realpath(served)) === folder;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES')) return false;
    throw error;
  }
}

function describeRefusal(cluster: Cluster, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (!hasCode(error, ...WRONG_CREDENTIALS)) return `it does not answer on its port (${said})`;
  return `it does not accept the passwords in ${credentialsFile(cluster.dataDir)} (${said})`;
}

async function notOurs(
  cluster: Cluster,
  problem: { readonly server: RunningServer; readonly reason: string; readonly cause?: unknown },
): Promise<EmbeddedPostgresError> {
  const { server, reason, cause } = problem;
  const who = `PostgreSQL (pid ${server.pid}, user ${cluster.user?.name ?? (await userName(process.geteuid?.() ?? 0))})`;
  return new EmbeddedPostgresError(
    `data folder ${cluster.dataDir}: ${who} runs in ${cluster.folder}, but ${reason}. ` +
      `Put back ${credentialsFile(cluster.dataDir)} as it was; or stop that server (kill -INT ${server.pid}), ` +
      'remove that file and start again: new passwords are then set and no data is lost',
    { cause },
  );
}

async function leave(session: Session): Promise<void> {
  const { cluster, address, keeper } = session;
  await keeper.close();
  await withFolderLock({ folder: lockFolder(cluster.dataDir) }, async () => {
    const server = await findServer(cluster);
    if (server === undefined) return;
    if (await hasOtherKeepers({ ...address, port: server.port }, keeper.name)) return;
    await stopServer(cluster);
    cluster.log(`stopped PostgreSQL (pid ${server.pid}) in ${cluster.folder}`);
  });
}
