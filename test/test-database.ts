import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { inject } from 'vitest';
import { type Database, type Db, openDatabase } from '../src/platform/database.ts';
import { NUMBER_PADS } from './number-pads.ts';
import { dropDatabase, TEMPLATE_DATABASE, withDatabase } from './postgres-setup.ts';
import { whenOver } from './when-over.ts';

/**
 * A fresh, migrated database, dropped after the test file, or after the test when a test or its `beforeEach` asks for it: the pools of
 * all tests of a file together would use up the server's connections.
 */
export async function testDatabase(options: { readonly maxConnections?: number } = {}): Promise<Database> {
  const serverUrl = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, (server) =>
    // As files: the same through the log takes twice as long.
    sql.raw(`create database ${name} template ${TEMPLATE_DATABASE} strategy file_copy`).execute(server),
  );
  const database = openDatabase({
    connectionString: withDatabase(serverUrl, name),
    applicationName: 'test',
    maxConnections: options.maxConnections ?? 10,
    settings: NUMBER_PADS,
  });
  whenOver(async () => {
    await database.close();
    await onServer(serverUrl, (server) => dropDatabase(server, name));
  });
  return database;
}

async function onServer(serverUrl: string, run: (server: Db) => Promise<unknown>): Promise<void> {
  const { db, close } = openDatabase({ connectionString: serverUrl, applicationName: 'test', maxConnections: 1 });
  await run(db).finally(close);
}
