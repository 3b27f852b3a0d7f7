import { access, constants, realpath } from 'node:fs/promises';
import { type Address, type Keeper, openKeeper, servedFolder } from './embedded-postgres-connection.ts';
import { type Credentials, credentialsFile } from './embedded-postgres-credentials.ts';
import { EmbeddedPostgresError, hasCode, isServerOf, pollUntil } from './embedded-postgres-process.ts';
import { type Cluster, type RunningServer, socketFile } from './embedded-postgres-server.ts';
import { userName } from './embedded-postgres-user.ts';

/** What a user of the server holds from joining to leaving. */
export interface Session {
  readonly cluster: Cluster;
  readonly address: Address;
  /** `undefined`: there is none, or not for us. */
  readonly socketFolder: string | undefined;
  readonly keeper: Keeper;
}

/** A server that looks ready may still refuse for a moment: one of its backends crashed, and it is starting anew. */
const JOIN_WAIT_MS_MAX = 10_000;
const JOIN_POLL_MS = 50;
const WRONG_PASSWORD = ['28P01', '28000'] as const;

/**
 * Proves that the server is ours and connects the keeper. `undefined`: the server ended meanwhile. Throws
 * `EmbeddedPostgresError` that names the server and the remedy when it is not ours or does not answer.
 */
export async function joinServer(
  cluster: Cluster,
  target: { readonly server: RunningServer; readonly credentials: Credentials },
): Promise<Session | undefined> {
  const { server, credentials } = target;
  const address = { credentials, port: server.port };
  let cause: unknown;
  const keeper = await pollUntil(
    async () => {
      try {
        const served = await servedFolder(address);
        if (!(await isSameFolder(served, cluster.folder))) throw await servesOtherFolder(cluster, server, served);
        return await openKeeper(address);
      } catch (error) {
        cause = error;
        if (error instanceof EmbeddedPostgresError) throw error;
        if (hasCode(error, ...WRONG_PASSWORD)) throw await wrongPassword(cluster, server, error);
        return (await isServerOf(server.pid, cluster.folder)) ? undefined : 'ended';
      }
    },
    { everyMs: JOIN_POLL_MS, waitMsMax: JOIN_WAIT_MS_MAX },
  );
  if (keeper === 'ended') return undefined;
  if (keeper !== undefined) return { cluster, address, socketFolder: await usableSocket(server), keeper };
  const prefix = await describe(cluster, server);
  throw new EmbeddedPostgresError(
    `${prefix}, but it does not answer on port ${server.port} (${cause}). Stop it (kill -INT ${server.pid}) and start again`,
    { cause },
  );
}

/** The server may run as another user, whose folders are closed to us. */
async function usableSocket({ socketFolder, port }: RunningServer): Promise<string | undefined> {
  if (socketFolder === undefined) return undefined;
  try {
    await access(socketFile(socketFolder, port), constants.W_OK);
    return socketFolder;
  } catch {
    return undefined;
  }
}

async function isSameFolder(served: string, folder: string): Promise<boolean> {
  try {
    return (await realpath(served)) === folder;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return false;
    throw error;
  }
}

/** A server that nobody can prove to be ours without the lost file. */
export async function withoutCredentials(cluster: Cluster, server: RunningServer): Promise<EmbeddedPostgresError> {
  const file = credentialsFile(cluster.dataDir);
  return new EmbeddedPostgresError(
    `${await describe(cluster, server)}, but ${file} is missing. Put it back; or stop that server ` +
      `(kill -INT ${server.pid}) and start again: new passwords are then set and no data is lost`,
  );
}

async function wrongPassword(cluster: Cluster, server: RunningServer, cause: Error): Promise<EmbeddedPostgresError> {
  const file = credentialsFile(cluster.dataDir);
  return new EmbeddedPostgresError(
    `${await describe(cluster, server)}, but it does not accept the passwords in ${file} (${cause.message}). ` +
      `Put back that file as it was; or stop that server (kill -INT ${server.pid}) if it still runs, remove the file and ` +
      'start again: new passwords are then set and no data is lost',
    { cause },
  );
}

async function servesOtherFolder(
  cluster: Cluster,
  server: RunningServer,
  served: string,
): Promise<EmbeddedPostgresError> {
  return new EmbeddedPostgresError(
    `${await describe(cluster, server)}, but it serves ${served}, which may have been moved while it ran. ` +
      `Stop it (kill -INT ${server.pid}) and start again`,
  );
}

async function describe(cluster: Cluster, server: RunningServer): Promise<string> {
  const user = cluster.user?.name ?? (await userName(process.geteuid?.() ?? 0));
  return `data folder ${cluster.dataDir}: PostgreSQL (pid ${server.pid}, user ${user}) runs in ${cluster.folder}`;
}
