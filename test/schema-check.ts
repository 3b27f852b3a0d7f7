import { join } from 'node:path';
import type { Db } from '../src/platform/database.ts';
import { readMigrations, requireSchemaVersion } from '../src/platform/migrate.ts';

const MIGRATIONS = await readMigrations(join(import.meta.dirname, '../migrations'));

/** What an engine asks before it holds anything: whether `db` has the schema of this checkout. */
export const schemaCheck = (db: Db) => (): Promise<void> => requireSchemaVersion(db, MIGRATIONS);
