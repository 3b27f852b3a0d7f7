import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CompiledQuery, sql } from 'kysely';
import { type Db, errorCode, runTx, type Tx } from './database.ts';
import type { Instant } from './time.ts';

/**
 * Plain SQL migrations: `NNNN_name.up.sql` with `NNNN_name.down.sql`, each applied in one transaction and recorded with the hash
 * of its text. Processes that start together are serialised by an advisory lock.
 */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: string;
  readonly down: string;
  readonly sha256: string;
}

/** What a change of the schema follows. */
export interface SchemaPlan {
  readonly migrations: readonly Migration[];
  /** SQL that gives another role its rights in the schema as it then is; absent where the owner of the tables is the only one. */
  readonly rights?: string | undefined;
}

const FILE_NAME = /^(\d{4})_([a-z0-9_]+)\.up\.sql$/;
/** Any fixed number: it names the lock under which migrations run. */
const MIGRATION_LOCK = 7_402_113;

export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.up.sql')).sort();
  const migrations = await Promise.all(names.map((name) => readMigration(folder, name)));
  migrations.forEach((migration, index) => {
    if (migration.version !== index + 1)
      throw new Error(
        `migrations in ${folder}: expected number ${index + 1}, got ${migration.version} (${migration.name}); number them without gaps`,
      );
  });
  return migrations;
}

async function readMigration(folder: string, fileName: string): Promise<Migration> {
  const match = FILE_NAME.exec(fileName);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new Error(`migration ${fileName}: expected a name like 0007_add_calls.up.sql`);
  const up = await readFile(join(folder, fileName), 'utf8');
  const down = await readFile(join(folder, fileName.replace('.up.sql', '.down.sql')), 'utf8');
  return { version: Number(match[1]), name: match[2], up, down, sha256: createHash('sha256').update(up).digest('hex') };
}

/** The schema of the database is not the one that this program was written for; the message says what to do. */
export class OtherSchema extends Error {
  override readonly name = 'OtherSchema';
}

/** Brings the schema to the newest version. Refuses a database that is newer than this code, or whose history differs. */
export async function migrateUp(
  db: Db,
  options: SchemaPlan & { readonly now: Instant },
): Promise<readonly Migration[]> {
  return withLock(db, async (tx) => {
    const applied = await appliedMigrations(tx);
    checkHistory(applied, options.migrations);
    const missing = options.migrations.slice(applied.length);
    if (missing.length > 0) await requireOwner(tx, { at: applied.length, needs: options.migrations.length });
    for (const migration of missing) {
      // Recorded first, which takes the engines' leases (schema_ends_leases): as they do, before it locks a table that they write.
      await sql`insert into schema_migration (version, name, sha256, applied_at)
        values (${migration.version}, ${migration.name}, ${migration.sha256}, ${options.now})`.execute(tx);
      await tx.executeQuery(CompiledQuery.raw(migration.up));
    }
    await giveRights(tx, options.rights);
    return missing;
  });
}

/** Takes the schema back to `toVersion` (0: empty). Loses the data of what is dropped. */
export async function migrateDown(
  db: Db,
  options: SchemaPlan & { readonly toVersion: number },
): Promise<readonly Migration[]> {
  return withLock(db, async (tx) => {
    const applied = await appliedMigrations(tx);
    checkHistory(applied, options.migrations);
    const leaving = options.migrations.slice(options.toVersion, applied.length).reverse();
    for (const migration of leaving) {
      await sql`delete from schema_migration where version = ${migration.version}`.execute(tx);
      await tx.executeQuery(CompiledQuery.raw(migration.down));
    }
    await giveRights(tx, options.rights);
    return leaving;
  });
}

/** In the schema as it is. */
export const renewRights = (db: Db, { rights }: SchemaPlan): Promise<void> =>
  withLock(db, (tx) => giveRights(tx, rights));

async function giveRights(tx: Tx, rights: string | undefined): Promise<void> {
  if (rights !== undefined) await tx.executeQuery(CompiledQuery.raw(rights));
}

/** Throws `OtherSchema` unless the schema is exactly the one of this code, and this role may read all of it. */
export async function requireCurrentSchema(db: Db, migrations: readonly Migration[]): Promise<void> {
  await runTx(db, requireRights);
  await requireSchemaVersion(db, migrations);
}

/** The same without the rights, for whoever asks again and again: one short statement. */
export async function requireSchemaVersion(db: Db, migrations: readonly Migration[]): Promise<void> {
  const applied = await readApplied(db).catch((error: unknown) => {
    if (errorCode(error) === UNDEFINED_TABLE) return [];
    throw error;
  });
  checkHistory(applied, migrations);
  if (applied.length < migrations.length)
    throw new OtherSchema(
      `database schema is at version ${applied.length}, this program needs ${migrations.length}: run \`textwright migrate\` first`,
    );
}

/** Of PostgreSQL: nothing was ever applied to this database. */
const UNDEFINED_TABLE = '42P01';

interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
}

function checkHistory(applied: readonly AppliedMigration[], known: readonly Migration[]): void {
  if (applied.length > known.length)
    throw new OtherSchema(
      `database schema is at version ${applied.length}, newer than the ${known.length} that this program knows: start the newer program, or restore a backup made before its migration`,
    );
  for (const [index, row] of applied.entries()) {
    const migration = known[index];
    if (migration === undefined || row.version !== migration.version || row.sha256 !== migration.sha256)
      throw new OtherSchema(
        `migration ${row.version} (${row.name}) was applied with another text than this program has: use the program version that made this database`,
      );
  }
}

async function appliedMigrations(tx: Tx): Promise<readonly AppliedMigration[]> {
  // A role that may not make tables may still ask (docs/guides/database-roles.md).
  const { rows: tables } = await sql`select where to_regclass('schema_migration') is not null`.execute(tx);
  if (tables.length > 0) await requireRights(tx);
  else
    await sql`create table schema_migration (
      version integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null)`.execute(
      tx,
    );
  return readApplied(tx);
}

/** In one row, for engines ask before each look for accounts. */
async function readApplied(db: Db | Tx): Promise<readonly AppliedMigration[]> {
  const { rows } = await sql<{ applied: string | null }>`
    select json_agg(json_build_object('version', version, 'name', name, 'sha256', sha256) order by version)::text as applied
    from schema_migration`.execute(db);
  return JSON.parse(rows[0]?.applied ?? '[]');
}

/** Tables may have come since the program's role was given its rights. */
async function requireRights(tx: Tx): Promise<void> {
  const { rows } = await sql<{ role: string; name: string }>`
    select current_user as role, c.relname as name
    from pg_class m join pg_class c on c.relnamespace = m.relnamespace and c.relowner = m.relowner and c.relkind in ('r', 'p')
    where m.oid = to_regclass('schema_migration') and not has_table_privilege(c.oid, 'select') order by c.relname limit 1`.execute(
    tx,
  );
  const [closed] = rows;
  if (closed !== undefined)
    throw new OtherSchema(`role ${closed.role} may not read table ${closed.name}: ${asOwnerFor(closed.role)}`);
}

async function requireOwner(tx: Tx, { at, needs }: { readonly at: number; readonly needs: number }): Promise<void> {
  const { rows } = await sql<{ role: string; may: boolean }>`
    select current_user as role, has_table_privilege('schema_migration', 'insert') as may`.execute(tx);
  const [{ role, may } = { role: '', may: true }] = rows;
  if (!may)
    throw new OtherSchema(
      `database schema is at version ${at}, this program needs ${needs}, and role ${role} may not change it: ${asOwnerFor(role)}`,
    );
}

const asOwnerFor = (role: string): string => `run \`textwright migrate --app-role ${role}\` as the owner of the tables`;

function withLock<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return runTx(
    db,
    async (tx) => {
      await sql`select set_config('lock_timeout', '0', true)`.execute(tx);
      await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(tx);
      return work(tx);
    },
    { timeoutMs: 0 },
  );
}
