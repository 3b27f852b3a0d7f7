import { randomBytes } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { jsonLines, runCli } from '../src/cli/cli.fixture.ts';
import { openConfiguredDatabase } from '../src/open-database.ts';
import { parseConfig } from '../src/platform/config.ts';
import { type Db, errorCode, openDatabase } from '../src/platform/database.ts';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts';
import { asSuperuser, credentialsOf, FAST, query } from '../src/platform/embedded-postgres-kit.fixture.ts';
import { createLog } from '../src/platform/log.ts';
import { type Migration, migrateUp, readMigrations, requireCurrentSchema } from '../src/platform/migrate.ts';
import { instant } from '../src/platform/time.ts';
import { NUMBER_PADS } from './number-pads.ts';
import { withDatabase } from './postgres-setup.ts';
import { OWNER, type RunningWorld, runningWorld, SECRET_KEY } from './running-world.ts';
import { testDatabase } from './test-database.ts';
import { testFolder } from './test-folder.ts';

const open = (connectionString: string) =>
  openDatabase({ connectionString, applicationName: 'roles', maxConnections: 2, settings: NUMBER_PADS });

async function refusal(db: Db, statement: string): Promise<string> {
  return sql
    .raw(statement)
    .execute(db)
    .then(() => 'done', errorCode);
}

const NOT_ALLOWED = '42501';

async function cannotChangeWhatWasRecorded(db: Db): Promise<void> {
  const { rows } = await sql<{ owner: string }>`
    select tableowner as owner from pg_tables where tablename = 'audit_entry'`.execute(db);
  for (const table of ['audit_entry', 'audit_seal', 'consent_event', 'consent_wording'])
    for (const statement of [
      `delete from ${table}`,
      `truncate ${table} cascade`,
      `alter table ${table} disable trigger user`,
      `alter table ${table} owner to current_user`,
      `drop trigger ${table}_stays on ${table}`,
      `drop table ${table} cascade`,
    ])
      expect(await refusal(db, statement), statement).toBe(NOT_ALLOWED);
  for (const statement of [
    `update audit_entry set detail = '{}'`,
    'update audit_seal set hash = digest',
    `update consent_event set purpose = 'all'`,
    'update consent_wording set wording = digest',
    'create or replace function refuse_change() returns trigger language plpgsql as $$ begin return null; end $$',
    'set session_replication_role = replica',
    `set role ${rows[0]?.owner}`,
    `set session authorization ${rows[0]?.owner}`,
    `grant ${rows[0]?.owner} to current_user`,
    `insert into schema_migration values (9999, 'mine', 'mine', now())`,
  ])
    expect(await refusal(db, statement), statement).toBe(NOT_ALLOWED);
  expect(await refusal(db, 'select count(*) from audit_entry')).toBe('done');
}

/** A contact opts out, the log is sealed, the contact is erased. */
async function leadsALife({ client, until }: RunningWorld, role: string): Promise<void> {
  const { id } = await client.send<{ id: string }>('POST', '/v1/contacts', { phone: '+16175550123' }, 'contact');
  await client.send(
    'POST',
    `/v1/contacts/${id}/consents`,
    {
      action: 'revoke',
      purpose: 'all',
      evidence: { source: 'member', note: 'Said so on the phone' },
      happenedAt: '2026-11-17T15:00:00Z',
    },
    'consent',
  );
  const verdict = await until('the sequencer has sealed the opt-out', async () => {
    const one = await client.send<{ state: string; waiting: number; checked: number }>(
      'POST',
      '/v1/audit-chain/verify',
      {},
    );
    return one.waiting === 0 && one;
  });
  expect(verdict.state).toBe('whole');
  expect(verdict.checked).toBeGreaterThanOrEqual(3);

  const erased = await client.send<{ removed: { contacts: number } }>(
    'POST',
    '/v1/erasures',
    { phone: '+16175550123', confirmPhone: '+16175550123', reason: 'Asked by letter' },
    'erasure',
  );
  expect(erased.removed.contacts).toBe(1);
  const after = await client.send<{ state: string; erased: number; databaseRole: object }>(
    'POST',
    '/v1/audit-chain/verify',
    {},
  );
  expect(after).toMatchObject({ state: 'whole', databaseRole: { name: role, mayChange: false } });
  expect(after.erased).toBeGreaterThan(0);
}

describe('on a PostgreSQL of their own', async () => {
  const migrations = await readMigrations(join(import.meta.dirname, '../migrations'));
  const GUIDE = join(import.meta.dirname, '../docs/guides/database-roles.md');
  const role = `textwright_app_${randomBytes(4).toString('hex')}`;
  const owner = await testDatabase();
  const { rows: names } = await sql<{ name: string; user: string }>`
    select current_database() as name, current_user as user`.execute(owner.db);
  const { name = '', user = '' } = names[0] ?? {};
  const superuser = open(withDatabase(inject('superuserUrl'), name));
  afterAll(async () => {
    await sql
      .raw(`reassign owned by ${role} to current_user; drop owned by ${role}; drop role ${role}`)
      .execute(superuser.db);
    await superuser.close();
  });

  /** What the guide tells people to run, for this database. */
  async function statementsOfGuide(): Promise<string> {
    const block = /```sql\n(.*?)```/s.exec(await readFile(GUIDE, 'utf8'))?.[1] ?? '';
    return block
      .replaceAll('textwright_app', role)
      .replaceAll('database textwright ', `database ${name} `)
      .replaceAll(/\btextwright\b/g, user)
      .replace("'choose one'", "'test'");
  }

  const asRole = (): string => {
    const made = new URL(owner.connectionString);
    made.username = role;
    made.password = 'test';
    return made.toString();
  };
  const migrate = (url: string, asked = role) =>
    runCli(['migrate', '--app-role', asked], { env: { DATABASE_URL: url } });

  it('the whole program runs as the role of the guide, which cannot change what was recorded', async () => {
    expect(await migrate(owner.connectionString)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`there is no role ${role}`),
    });
    await sql.raw(await statementsOfGuide()).execute(superuser.db);
    const app = open(asRole());
    await expect(requireCurrentSchema(app.db, migrations)).rejects.toThrow(
      `run \`textwright migrate --app-role ${role}\` as the owner of the tables`,
    );
    expect(await migrate(owner.connectionString)).toMatchObject({ code: 0, err: '' });
    expect(await migrate(owner.connectionString, user)).toMatchObject({
      code: 1,
      err: expect.stringContaining('choose another role'),
    });
    expect(await migrate(asRole())).toMatchObject({ code: 1, err: expect.stringContaining('connect as the owner') });

    const next = { ...migrations[0], version: migrations.length + 1, up: 'create table later ()' } as Migration;
    const newer = { migrations: [...migrations, next], now: instant('2026-11-17T15:00:00Z') };
    await expect(migrateUp(app.db, newer)).rejects.toThrow(`role ${role} may not change it`);
    await sql.raw(next.up).execute(owner.db);
    await expect(requireCurrentSchema(app.db, migrations)).rejects.toThrow(`role ${role} may not read table later`);
    await sql`drop table later`.execute(owner.db);

    const world = await runningWorld(app);
    await leadsALife(world, role);
    await cannotChangeWhatWasRecorded(app.db);
    await world.running.close();
    await app.close();
  });
});

describe('with the embedded database', () => {
  it('the program runs as such a role by itself, and so it does in a folder of an earlier version', async () => {
    const dataDir = await testFolder();
    // As root the server runs as another user, who must be able to enter.
    await chmod(dataDir, 0o755);
    const server = await startEmbeddedPostgres({ dataDir, settings: FAST });
    const { connectionString } = server;
    const superuserUrl = asSuperuser(dataDir, connectionString);
    const env = { TEXTWRIGHT_DATA_DIR: dataDir, TEXTWRIGHT_SECRET_KEY: SECRET_KEY };
    try {
      const world = await runningWorld(undefined, { env });
      const { db } = world.running.services.database;
      await leadsALife(world, 'textwright_app');
      expect(await users(superuserUrl)).toEqual(['textwright_app']);
      await cannotChangeWhatWasRecorded(db);

      // A trap for the owner, who would look in a schema of its own name first.
      await sql
        .raw('create schema textwright; create table textwright.schema_migration (like public.schema_migration)')
        .execute(db);
      await world.client.send('POST', '/v1/contacts', { phone: '+16175550124' }, 'second');
      await world.running.close();
      expect(jsonLines(await runCli(['migrate', '--json'], { env }))).toMatchObject([{ applied: [], reverted: [] }]);
      await query(superuserUrl, 'drop schema textwright cascade');

      const queue = 'select count(*) as jobs from pgboss.queue';
      const before = await query(superuserUrl, queue);
      await asEarlierVersion({ dataDir, superuserUrl });
      // A worker does not migrate, and may be the first to come.
      const worker = await openConfiguredDatabase(parseConfig(env, dataDir), createLog({ level: 'silent' }));
      await requireCurrentSchema(worker.database.db, worker.migrations);
      await worker.close();
      const again = await runningWorld(undefined, { env, setUp: false });
      await cannotChangeWhatWasRecorded(again.running.services.database.db);
      const { email, password } = OWNER;
      await again.client.send('POST', '/v1/sign-in', { email, password });
      const { data } = await again.client.get<{ data: readonly { phone: string }[] }>('/v1/contacts');
      expect(data).toMatchObject([{ phone: '+16175550124' }]);
      await again.running.close();
      expect(await query(superuserUrl, queue)).toEqual(before);
      expect(await query(superuserUrl, FOREIGN_IN_QUEUE)).toEqual([{ count: '0' }]);
    } finally {
      await server.close();
    }
  });
});

/** Whoever is connected to the database of the program, but for the one who asks. */
async function users(superuserUrl: string): Promise<readonly unknown[]> {
  const rows = await query(
    superuserUrl,
    `select distinct usename from pg_stat_activity where datname = 'textwright' and pid <> pg_backend_pid()
      and backend_type = 'client backend'`,
  );
  return rows.map((row) => row['usename']);
}

/** One role, which owns everything, also the queue. */
async function asEarlierVersion(folder: { readonly dataDir: string; readonly superuserUrl: string }): Promise<void> {
  await query(
    folder.superuserUrl,
    'reassign owned by textwright_app to textwright; drop owned by textwright_app; drop role textwright_app',
  );
  const path = credentialsOf(folder.dataDir);
  const { app, ...earlier } = JSON.parse(await readFile(path, 'utf8'));
  expect(app).toEqual({ user: 'textwright_app', password: expect.any(String) });
  await writeFile(path, JSON.stringify(earlier));
}

const FOREIGN_IN_QUEUE = `
  select count(*) from (
    select relowner as owner, relnamespace as schema from pg_class
    union all select proowner, pronamespace from pg_proc
    union all select typowner, typnamespace from pg_type) one
  where schema = 'pgboss'::regnamespace and owner <> 'textwright_app'::regrole`;
