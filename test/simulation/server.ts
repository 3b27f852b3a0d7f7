import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/platform/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { migrateUp, readMigrations } from '../../src/platform/migrate.ts';
import { instant } from '../../src/platform/time.ts';

/** A PostgreSQL that forgets quickly: nothing of a simulation outlives its process. */
export async function withSimulationDatabase(work: (connectionString: string) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'textwright-simulation-'));
  await chmod(dataDir, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir,
    settings: {
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
      autovacuum: 'off',
      deadlock_timeout: '5ms',
      max_connections: '100',
    },
  });
  try {
    const database = openDatabase({
      connectionString: server.connectionString,
      applicationName: 'simulation',
      maxConnections: 1,
    });
    const migrations = await readMigrations(join(import.meta.dirname, '../../migrations'));
    await migrateUp(database.db, { migrations, now: instant('2026-01-01T00:00:00Z') });
    await database.close();
    await work(server.connectionString);
  } finally {
    await server.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}
