import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, inject } from 'vitest';
import { type Database, openDatabase } from '../src/platform/database.ts';
import { dropDatabase, TEMPLATE_DATABASE, withDatabase } from './postgres-setup.ts';

/** A fresh, migrated database for one test file, dropped after it. Call at the top level of the file or in `beforeAll`. */
export async function testDatabase(options: { readonly maxConnections?: number } = {}): Promise<Database> {
  const serverUrl = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const server = openDatabase({ connectionString: serverUrl, applicationName: 'test', maxConnections: 1 });
  await sql.raw(`create database ${name} template ${TEMPLATE_DATABASE}`).execute(server.db);
  const database = openDatabase({
    connectionString: withDatabase(serverUrl, name),
    applicationName: 'test',
    maxConnections: options.maxConnections ?? 10,
  });
  afterAll(async () => {
    await database.close();
    await dropDatabase(server.db, name);
    await server.close();
  });
  return database;
}
