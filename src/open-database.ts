import { join } from 'node:path';
import { numberPads } from './compliance/number-key.ts';
import type { Config } from './platform/config.ts';
import { type Database, isDatabaseAway, newConnection, openDatabase } from './platform/database.ts';
import { startEmbeddedPostgres } from './platform/embedded-postgres.ts';
import type { Log } from './platform/log.ts';
import { type Migration, readMigrations } from './platform/migrate.ts';
import { systemRandom } from './platform/random.ts';
import { installationKey, secretsWithKey } from './platform/secrets.ts';

const MIGRATIONS_FOLDER = join(import.meta.dirname, '../migrations');

export interface OpenDatabaseResult {
  readonly database: Database;
  readonly migrations: readonly Migration[];
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
  const database = openDatabase({
    connectionString: embedded?.connectionString ?? config.databaseUrl ?? '',
    applicationName: 'textwright',
    maxConnections: config.databaseConnections,
    settings: { 'textwright.number_pads': numberPads(secretsWithKey(key, systemRandom)) },
    onIdleError: (error) => log.warn({ error }, 'database connection lost; it will be made again'),
  });
  return {
    database,
    migrations,
    async close() {
      await database.close();
      await embedded?.close();
    },
  };
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
