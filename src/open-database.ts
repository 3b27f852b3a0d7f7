import { join } from 'node:path';
import { readAppRights } from './app-rights.ts';
import { numberPads } from './compliance/number-key.ts';
import type { Config } from './platform/config.ts';
import { type Database, type Db, isDatabaseAway, newConnection, openDatabase } from './platform/database.ts';
import { startEmbeddedPostgres } from './platform/embedded-postgres.ts';
import type { Log } from './platform/log.ts';
import { type Migration, readMigrations, renewRights, type SchemaPlan } from './platform/migrate.ts';
import { systemRandom } from './platform/random.ts';
import { installationKey, secretsWithKey } from './platform/secrets.ts';

const MIGRATIONS_FOLDER = join(import.meta.dirname, '../migrations');

export interface OpenDatabaseResult {
  /** As the role that the program runs as: the embedded database has one that cannot change what was recorded. */
  readonly database: Database;
  readonly migrations: readonly Migration[];
  /** Runs `work` as the owner of the tables, on a connection that ends with it. For changes of the schema, and nothing else. */
  asOwner<T>(work: (db: Db, plan: SchemaPlan) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The configured PostgreSQL or the embedded one, its schema not yet looked at. */
export async function openConfiguredDatabase(config: Config, log: Log): Promise<OpenDatabaseResult> {
  const migrations = await readMigrations(MIGRATIONS_FOLDER);
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbeddedPostgres({ dataDir: config.dataDir, log: (message) => log.info(message) })
      : undefined;
  const { secretKey: configured, dataDir } = config;
  const key = await installationKey({ configured, dataDir, random: systemRandom });
  const settings = { 'textwright.number_pads': numberPads(secretsWithKey(key, systemRandom)) };
  const database = openDatabase({
    connectionString: embedded?.appConnectionString ?? config.databaseUrl ?? '',
    applicationName: 'textwright',
    maxConnections: config.databaseConnections,
    settings,
    onIdleError: (error) => log.warn({ error }, 'database connection lost; it will be made again'),
  });
  const owner: Owner | undefined =
    embedded === undefined
      ? undefined
      : { connectionString: embedded.connectionString, settings, plan: { migrations, rights: await readAppRights() } };
  const opened: OpenDatabaseResult = {
    database,
    migrations,
    asOwner: (work) => (owner === undefined ? work(database.db, { migrations }) : asOwner(owner, work)),
    async close() {
      await database.close();
      await embedded?.close();
    },
  };
  // Tables of an earlier version, or of a backup.
  if (owner !== undefined)
    await opened.asOwner(renewRights).catch(async (error: unknown) => {
      await opened.close();
      throw error;
    });
  return opened;
}

interface Owner {
  readonly connectionString: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly plan: SchemaPlan;
}

async function asOwner<T>({ plan, settings, connectionString }: Owner, work: (db: Db, plan: SchemaPlan) => Promise<T>) {
  const { db, close } = openDatabase({
    connectionString,
    applicationName: 'textwright-owner',
    maxConnections: 1,
    // The program's role may make schemas: one that has the name of the owner would come first.
    settings: { ...settings, search_path: 'public' },
  });
  return work(db, plan).finally(close);
}

/** Why the configured PostgreSQL cannot serve now; `undefined` when it can, or when waiting would not help. */
export async function whyAway(connectionString: string): Promise<unknown> {
  const connection = newConnection({ connectionString, applicationName: 'textwright-start' });
  // A connection that breaks fails its statement, too.
  connection.on('error', () => undefined);
  try {
    await connection.connect();
    await connection.query('select 1');
    return undefined;
  } catch (error) {
    return isDatabaseAway(error) ? error : undefined;
  } finally {
    await connection.end().catch(() => undefined);
  }
}
