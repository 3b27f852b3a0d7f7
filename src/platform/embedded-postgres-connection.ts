import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Credentials } from './embedded-postgres-credentials.ts';
import { isStillRunning, processIdentity } from './embedded-postgres-process.ts';
import { systemRandom } from './random.ts';

/** PostgreSQL cuts names at 63 bytes; ours are below. */
const KEEPER_NAME = 'textwright-keeper';
const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_EVERY_MS = 500;

export interface Address {
  readonly credentials: Credentials;
  readonly port: number;
}

/**
 * Each user of the server holds one idle connection whose application name tells its process; the last of them to leave
 * stops the server. A backend that crashes makes PostgreSQL drop every connection, so a lost keeper comes back by itself.
 */
export interface Keeper {
  readonly name: string;
  close(): Promise<void>;
}

export async function openKeeper(address: Address): Promise<Keeper> {
  const nonce = Buffer.from(systemRandom.bytes(3)).toString('hex');
  const name = `${KEEPER_NAME} ${process.pid} ${await processIdentity(process.pid)} ${nonce}`;
  const closing = new AbortController();
  let current = await connect(address, name);
  let reconnecting = Promise.resolve();
  const watch = (): void => {
    // A process ends when its work is done, whether or not it remembered to close its database.
    current.socket.unref();
    current.client.once('end', () => {
      reconnecting = reconnect();
    });
  };
  const reconnect = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        current = await connect(address, name);
        return watch();
      } catch {
        // The server is starting again or gone; who uses it sees that on the own connections.
        await sleep(RECONNECT_EVERY_MS, undefined, { ref: false, signal: closing.signal }).catch(() => undefined);
      }
    }
  };
  watch();
  return {
    name,
    close: async () => {
      closing.abort();
      await reconnecting;
      current.socket.ref();
      await current.client.end();
    },
  };
}

/** Runs `work` on a short connection of its own, as superuser. */
export async function withConnection<T>(address: Address, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { client } = await connect(address, 'textwright-check');
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The folder that the server behind this address really serves. */
export async function servedFolder(address: Address): Promise<string> {
  return await withConnection(address, async (client) => {
    const { rows } = await client.query<{ folder: string }>(`select current_setting('data_directory') as folder`);
    return rows[0]?.folder ?? '';
  });
}

/** Whether another keeper than `myName` is connected whose process is alive; a killed one may linger for a moment. */
export async function hasOtherKeepers(address: Address, myName: string): Promise<boolean> {
  const names = await withConnection(address, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select application_name as name from pg_stat_activity where starts_with(application_name, $1) and application_name <> $2',
      [KEEPER_NAME, myName],
    );
    return rows.map((row) => row.name);
  });
  const alive = await Promise.all(
    names.map((name) => {
      const [, pid = '', identity = ''] = name.split(' ');
      return isStillRunning(Number(pid), identity);
    }),
  );
  return alive.includes(true);
}

/**
 * As superuser: PostgreSQL keeps places for it when the product's connections fill all others. Every parameter is given, so that PGHOST, PGPORT, PGSSLMODE, PGOPTIONS and the
 * like have no say.
 */
async function connect(address: Address, applicationName: string): Promise<{ client: pg.Client; socket: Socket }> {
  const { credentials, port } = address;
  const socket = new Socket();
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: credentials.superuser,
    password: credentials.superuserPassword,
    // Not the product's database: an idle connection there would forbid to use it as a template, or to drop it.
    database: 'postgres',
    application_name: applicationName,
    options: '-c timezone=UTC -c idle_session_timeout=0',
    ssl: false,
    sslnegotiation: 'postgres',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    stream: () => socket,
  });
  // Without a listener a dropped connection would end the process; 'end' follows and is what we act on.
  client.on('error', () => undefined);
  await client.connect();
  return { client, socket };
}
