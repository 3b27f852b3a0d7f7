import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { type WarpClock, warpClock } from '../../src/platform/clock.ts';
import { type Database, type Db, openDatabase, runTx, type Tx } from '../../src/platform/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { type NewUuid, uuidSource } from '../../src/platform/ids.ts';
import { migrateUp, readMigrations } from '../../src/platform/migrate.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { type Secrets, secretsWithKey } from '../../src/platform/secrets.ts';
import { instant } from '../../src/platform/time.ts';
import { killChildren } from './child.ts';
import { benchFolder } from './folder.ts';

/** The embedded PostgreSQL with the product's own settings (what is committed is on the disk), and a clock that runs as fast as ours. */
export interface BenchWorld {
  readonly folder: string;
  readonly database: Database;
  readonly db: Db;
  readonly clock: WarpClock;
  readonly newUuid: NewUuid;
  readonly secrets: Secrets;
  /** One transaction without a limit of time. */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export const SECRET_KEY = new Uint8Array(32).fill(7);

export async function openBenchWorld(options: {
  readonly name: string;
  /** What the clock shows at the start: which windows are open follows from it. */
  readonly startsAt: string;
}): Promise<BenchWorld> {
  const folder = await benchFolder();
  const server = await startEmbeddedPostgres({ dataDir: folder });
  const database = openDatabase({
    connectionString: server.connectionString,
    applicationName: `bench-${options.name}`,
    maxConnections: 4,
  });
  const { db } = database;
  const clock = warpClock({ startsAt: instant(options.startsAt), factor: 1 });
  await migrateUp(db, {
    migrations: await readMigrations(join(import.meta.dirname, '../../migrations')),
    now: clock.now(),
  });
  return {
    folder,
    database,
    db,
    clock,
    newUuid: uuidSource({ clock, random: systemRandom }),
    secrets: secretsWithKey(SECRET_KEY, systemRandom),
    tx: (work) => runTx(db, work, { timeoutMs: 0 }),
    async close() {
      killChildren();
      await database.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What autovacuum would have done by itself some minutes after many rows were written. */
export async function tidy({ db }: BenchWorld, tables: readonly string[]): Promise<void> {
  for (const table of tables) await sql`vacuum (analyze) ${sql.table(table)}`.execute(db);
}
