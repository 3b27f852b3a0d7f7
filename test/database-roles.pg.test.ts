import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, inject, it } from 'vitest';
import { type Db, errorCode, openDatabase } from '../src/platform/database.ts';
import { NUMBER_PADS } from './number-pads.ts';
import { withDatabase } from './postgres-setup.ts';
import { runningWorld } from './running-world.ts';
import { testDatabase } from './test-database.ts';

const GUIDE = join(import.meta.dirname, '../docs/guides/database-roles.md');
const role = `textwright_app_${randomBytes(4).toString('hex')}`;

const owner = await testDatabase();
const { rows: names } = await sql<{ name: string }>`select current_database() as name`.execute(owner.db);
const name = names[0]?.name ?? '';
const asRole = (url: string): string => {
  const made = new URL(withDatabase(url, name));
  made.username = role;
  made.password = 'test';
  return made.toString();
};
const open = (connectionString: string) =>
  openDatabase({ connectionString, applicationName: 'roles', maxConnections: 2, settings: NUMBER_PADS });

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
    .replace('database textwright ', `database ${name} `)
    .replace("'choose one'", "'test'");
}

async function refusal(db: Db, statement: string): Promise<string> {
  return sql
    .raw(statement)
    .execute(db)
    .then(() => 'done', errorCode);
}

await sql.raw(await statementsOfGuide()).execute(superuser.db);
const app = open(asRole(inject('superuserUrl')));
afterAll(app.close);
const { client, until } = await runningWorld(app);

it('the whole program runs as the role of the guide, which cannot change what was recorded', async () => {
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
  const after = await client.send<{ state: string; erased: number }>('POST', '/v1/audit-chain/verify', {});
  expect(after.state).toBe('whole');
  expect(after.erased).toBeGreaterThan(0);

  const NOT_ALLOWED = '42501';
  for (const table of ['audit_entry', 'audit_seal', 'consent_event', 'consent_wording'])
    for (const statement of [
      `delete from ${table}`,
      `truncate ${table} cascade`,
      `alter table ${table} disable trigger user`,
      `drop trigger ${table}_stays on ${table}`,
      `drop table ${table} cascade`,
    ])
      expect(await refusal(app.db, statement), statement).toBe(NOT_ALLOWED);
  expect(await refusal(app.db, `update audit_entry set detail = '{}'`)).toBe(NOT_ALLOWED);
  expect(await refusal(app.db, `update audit_seal set hash = digest`)).toBe(NOT_ALLOWED);
  expect(await refusal(app.db, `update consent_event set purpose = 'all'`)).toBe(NOT_ALLOWED);
  expect(
    await refusal(
      app.db,
      'create or replace function refuse_change() returns trigger language plpgsql as $$ begin return null; end $$',
    ),
  ).toBe(NOT_ALLOWED);
  expect(await refusal(app.db, `set session_replication_role = replica`)).toBe(NOT_ALLOWED);
  expect(await refusal(app.db, 'select count(*) from audit_entry')).toBe('done');
});
