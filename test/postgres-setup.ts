import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { TestProject } from 'vitest/node';
import { type Db, errorCode, openDatabase } from '../src/platform/database.ts';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts';
import { readCredentials } from '../src/platform/embedded-postgres-credentials.ts';
import { migrateUp, readMigrations } from '../src/platform/migrate.ts';
import { instant } from '../src/platform/time.ts';
import { quickFolder } from './quick-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    /** Of somebody who may make roles. */
    superuserUrl: string;
  }
}

export const TEMPLATE_DATABASE = 'textwright_template';

/**
 * One real PostgreSQL for the whole run: our embedded one in a folder that goes with the run, or the server that
 * TEST_DATABASE_URL names. Every test file gets a clone of one migrated template (test/test-database.ts).
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined) {
    await makeTemplate(given);
    project.provide('postgresUrl', given);
    project.provide('superuserUrl', given);
    return async () => {};
  }
  const dataDir = await mkdtemp(join(quickFolder(), 'textwright-test-'));
  // As root the server runs as another user, who must be able to enter; otherwise its cluster would lie elsewhere and stay.
  await chmod(dataDir, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir,
    settings: { fsync: 'off', full_page_writes: 'off', max_connections: '200', shared_buffers: '128MB' },
  });
  const stop = async (): Promise<void> => {
    await server.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await makeTemplate(server.connectionString);
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide('postgresUrl', server.connectionString);
  project.provide('superuserUrl', await superuserUrl(server.connectionString, dataDir));
  return stop;
}

async function superuserUrl(connectionString: string, dataDir: string): Promise<string> {
  const credentials = await readCredentials(dataDir);
  const url = new URL(connectionString);
  url.username = credentials?.superuser ?? '';
  url.password = credentials?.superuserPassword ?? '';
  return url.toString();
}

async function makeTemplate(serverUrl: string): Promise<void> {
  const server = openDatabase({ connectionString: serverUrl, applicationName: 'test-setup', maxConnections: 1 });
  await dropDatabase(server.db, TEMPLATE_DATABASE);
  await sql.raw(`create database ${TEMPLATE_DATABASE}`).execute(server.db);
  await server.close();
  const template = openDatabase({
    connectionString: withDatabase(serverUrl, TEMPLATE_DATABASE),
    applicationName: 'test-setup',
    maxConnections: 1,
  });
  const migrations = await readMigrations(join(import.meta.dirname, '../migrations'));
  await migrateUp(template.db, { migrations, now: instant('2026-01-01T00:00:00Z') });
  await template.close();
}

/**
 * Ends our own sessions in it first: `with (force)` refuses while a worker of autovacuum is in it, who is the server's own and leaves
 * by himself for a plain drop. Whoever is still at work connects again.
 */
export async function dropDatabase(server: Db, name: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await sql`
      select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = ${name} and usename = current_user`.execute(
      server,
    );
    try {
      await sql.raw(`drop database if exists ${name}`).execute(server);
      return;
    } catch (error) {
      if (tries === DROP_TRIES_MAX || errorCode(error) !== IN_USE) throw error;
    }
  }
}

const DROP_TRIES_MAX = 5;
const IN_USE = '55006';

export function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}
