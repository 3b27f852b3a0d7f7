import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { migrateDown, migrateUp, readMigrations } from '../src/platform/migrate.ts';
import { instant } from '../src/platform/time.ts';
import { testDatabase } from './test-database.ts';

const NOW = instant('2026-01-01T00:00:00Z');

/** Everything that a migration makes, as text: columns, constraints, indexes, triggers, functions, extensions. */
const CATALOG = sql.raw(`
  select 'column' as kind, table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') as what
    from information_schema.columns where table_schema = 'public'
  union all select 'constraint', conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
    where connamespace = 'public'::regnamespace
  union all select 'index', indexdef from pg_indexes where schemaname = 'public'
  union all select 'trigger', pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
  union all select 'function', proname from pg_proc where pronamespace = 'public'::regnamespace
  union all select 'extension', extname from pg_extension
  order by 1, 2`);

describe('every migration', () => {
  it('has a way down that leaves what was there before, and a way up again', async () => {
    const { db } = await testDatabase();
    const migrations = await readMigrations(join(import.meta.dirname, '../migrations'));
    const catalog = async () => (await CATALOG.execute(db)).rows;
    await migrateDown(db, { migrations, toVersion: 0 });
    const schemas = [await catalog()];
    for (let version = 1; version <= migrations.length; version += 1) {
      await migrateUp(db, { migrations: migrations.slice(0, version), now: NOW });
      schemas.push(await catalog());
    }
    for (let version = migrations.length - 1; version >= 0; version -= 1) {
      await migrateDown(db, { migrations, toVersion: version });
      expect(await catalog(), `after the way down to version ${version}`).toEqual(schemas[version]);
    }
    await migrateUp(db, { migrations, now: NOW });
    expect(await catalog()).toEqual(schemas.at(-1));
  });
});
