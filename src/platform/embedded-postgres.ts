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
 * 6. PostgreSQL never runs as root, listens on 127.0.0.1 and in its own folder only, and sees nothing of the caller's environment.
 * 7. Modes and owners of folders that we did not create stay as they are.
 */
import { join } from 'node:path';
import { type LocatedCluster, locateCluster, openCluster } from './embedded-postgres-cluster.ts';
import { hasOtherKeepers } from './embedded-postgres-connection.ts';
import { type AppRole, connectionString, readCredentials, writeCredentials } from './embedded-postgres-credentials.ts';
import { explainFileError, openDataFolder } from './embedded-postgres-folder.ts';
import { joinServer, type Session, withoutCredentials } from './embedded-postgres-join.ts';
import { withFolderLock } from './embedded-postgres-lock.ts';
import { EmbeddedPostgresError, isServerOf } from './embedded-postgres-process.ts';
import { openAppRole } from './embedded-postgres-role.ts';
import { findServer, launchServer, logFile, type RunningServer, stopServer } from './embedded-postgres-server.ts';

/** A hold on the server of one data folder. */
export interface EmbeddedPostgres {
  /** Of the role that owns the database `textwright`; not a superuser. */
  readonly connectionString: string;
  /** Of the role that the program runs as, which owns nothing and may do what the owner lets it. */
  readonly appConnectionString: string;
  /** Lets go of the server; the last one out stops it. To be called after the own connections were closed. */
  close(): Promise<void>;
}

/** Somebody else may stop the server, or kill it, between our finding and our joining it. */
const ATTEMPTS_MAX = 3;

interface StartOptions {
  readonly dataDir: string;
  readonly log: (message: string) => void;
  readonly settings: Readonly<Record<string, string>>;
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
    const { address, socketFolder, app } = session;
    const { credentials, port } = address;
    let closing: Promise<void> | undefined;
    return {
      connectionString: connectionString(credentials, port, socketFolder),
      appConnectionString: connectionString({ ...credentials, ...app }, port, socketFolder),
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

type AppSession = Session & { readonly app: AppRole };

async function joinOrStart(options: StartOptions): Promise<AppSession> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const cluster = await locateCluster(options.dataDir, options.log);
    const running = cluster.exists ? await findServer(cluster) : undefined;
    const session = running === undefined ? await start(cluster, options) : await joinRunning(cluster, running);
    if (session !== undefined) return session;
    options.log(`PostgreSQL in ${cluster.folder} ended before it could be used`);
  }
  throw new EmbeddedPostgresError(
    `data folder ${options.dataDir}: PostgreSQL ended ${ATTEMPTS_MAX} times before it could be used. ` +
      `Find out what ends it (${logFile(options)}) and start again`,
  );
}

async function start(cluster: LocatedCluster, options: StartOptions): Promise<AppSession | undefined> {
  const { dataDir, settings } = options;
  const credentials = await openCluster(cluster, { durable: settings['fsync'] !== 'off' });
  const server = await launchServer(cluster, { preferredPort: credentials.port, settings });
  try {
    if (server.port !== credentials.port) await writeCredentials(dataDir, { ...credentials, port: server.port });
    return await joinWithAppRole(cluster, { server, credentials });
  } catch (error) {
    await stopServer(cluster);
    throw error;
  }
}

async function joinRunning(cluster: LocatedCluster, server: RunningServer): Promise<AppSession | undefined> {
  const credentials = await readCredentials(cluster.dataDir);
  if (credentials === undefined) throw await withoutCredentials(cluster, server);
  const session = await joinWithAppRole(cluster, { server, credentials });
  if (session !== undefined)
    cluster.log(
      `using the PostgreSQL (pid ${server.pid}) that runs on 127.0.0.1:${server.port}, data in ${cluster.folder}`,
    );
  return session;
}

async function joinWithAppRole(
  cluster: LocatedCluster,
  target: Parameters<typeof joinServer>[1],
): Promise<AppSession | undefined> {
  const session = await joinServer(cluster, target);
  if (session === undefined) return undefined;
  try {
    return { ...session, app: await openAppRole(cluster.dataDir, session.address) };
  } catch (error) {
    await session.keeper.close();
    throw error;
  }
}

async function leave(session: Session): Promise<void> {
  const { cluster, keeper } = session;
  await keeper.close();
  await withFolderLock({ folder: lockFolder(cluster.dataDir) }, async () => {
    const server = await findServer(cluster);
    if (server === undefined || (await isUsedByOthers(session, server))) return;
    await stopServer(cluster);
    cluster.log(`stopped PostgreSQL (pid ${server.pid}) in ${cluster.folder}`);
  });
}

async function isUsedByOthers(session: Session, server: RunningServer): Promise<boolean> {
  const { cluster, address, keeper } = session;
  try {
    return await hasOtherKeepers({ ...address, port: server.port }, keeper.name);
  } catch (error) {
    // Nobody uses a server that ended while we asked.
    if (await isServerOf(server.pid, cluster.folder)) throw error;
    return false;
  }
}
