import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../src/platform/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { migrateUp, readMigrations } from '../../src/platform/migrate.ts';
import { instant } from '../../src/platform/time.ts';
import { quickFolder } from '../quick-folder.ts';
import { type Backends, openBackends } from './backends.ts';

/**
 * A PostgreSQL that forgets quickly: nothing of a simulation outlives its process. Plans do not depend on the values of a statement
 * or on what ran before (no statistics, always the generic plan), and the server ends no statement by its own clock: so that a
 * run depends on its seed alone.
 */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
  plan_cache_mode: 'force_generic_plan',
  // Tables are empty when plans are made: plans for full ones all the same, such as a large installation has.
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  // Rings of waiting transactions are found by the simulation (backends.ts).
  deadlock_timeout: '1h',
  max_connections: '100',
  // Tables of a few pages: no plan has use for helpers, and asking whether it might takes time.
  max_parallel_workers_per_gather: '0',
  // Processes of the server that would do in the background what nobody needs.
  bgwriter_delay: '10s',
  wal_writer_delay: '10s',
  wal_init_zero: 'off',
  max_logical_replication_workers: '0',
  io_method: 'sync',
  // What nobody looks at.
  track_activities: 'off',
  track_counts: 'off',
  update_process_title: 'off',
  // A table that is emptied is looked for in all of it.
  shared_buffers: '32MB',
} as const;

/** Starts a server with the product's tables for `work`, and stops it. */
export async function withSimulationDatabase(work: (backends: Backends) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(quickFolder(), 'textwright-simulation-'));
  await chmod(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, settings: SETTINGS });
  try {
    const { connectionString } = server;
    await writeTables(connectionString);
    const backends = await openBackends(connectionString);
    try {
      await work(backends);
    } finally {
      await backends.close();
    }
  } finally {
    await server.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function writeTables(connectionString: string): Promise<void> {
  const database = openDatabase({ connectionString, applicationName: 'simulation', maxConnections: 1 });
  const migrations = await readMigrations(join(import.meta.dirname, '../../migrations'));
  await migrateUp(database.db, { migrations, now: instant('2026-01-01T00:00:00Z') });
  await database.close();
}
