import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { migrateDown, migrateUp, readMigrations } from '../src/platform/migrate.ts';
import { instant } from '../src/platform/time.ts';
import { testDatabase } from './test-database.ts';

it('opt-outs of before consents were recorded are revocations, at the instant at which they were said', async () => {
  const { db } = await testDatabase();
  const migrations = await readMigrations(join(import.meta.dirname, '../migrations'));
  await migrateDown(db, { migrations, toVersion: 17 });
  await sql`
    insert into suppression (id, phone, reason, channel, evidence, created_at, lifted_at, lifted_evidence) values
      (gen_random_uuid(), '+16175550101', 'opt_out', 'sms', '{"saidAt": "2026-05-01T10:00:00Z", "text": "STOP"}', '2026-05-01T10:00:09Z',
        '2026-05-02T10:00:00Z', '{}'),
      (gen_random_uuid(), '+16175550101', 'opt_out', 'staff', '{}', '2026-05-03T10:00:00Z', null, null),
      (gen_random_uuid(), '+16175550102', 'wrong_number', 'sms', '{"saidAgainAt": "2026-05-05T10:00:00Z"}', '2026-05-04T10:00:00Z', null, null),
      (gen_random_uuid(), '+16175550103', 'invalid_number', 'gateway', '{}', '2026-05-04T10:00:00Z', null, null)`.execute(
    db,
  );
  await migrateUp(db, { migrations, now: instant('2026-11-17T15:00:00Z') });
  const { rows } = await sql`
    select phone, occurred_at, action, purpose, evidence #>> '{said,text}' as said from consent_event order by occurred_at`.execute(
    db,
  );
  const revoked = { action: 'revoke', purpose: 'all' };
  expect(rows).toEqual([
    { ...revoked, phone: '+16175550101', occurredAt: instant('2026-05-01T10:00:00Z'), said: 'STOP' },
    { ...revoked, phone: '+16175550101', occurredAt: instant('2026-05-03T10:00:00Z'), said: null },
    { ...revoked, phone: '+16175550102', occurredAt: instant('2026-05-05T10:00:00Z'), said: null },
  ]);
  const held = await sql`select phone, state, since from consent where purpose = 'marketing' order by phone`.execute(
    db,
  );
  expect(held.rows).toEqual([
    { phone: '+16175550101', state: 'opted_out', since: instant('2026-05-03T10:00:00Z') },
    { phone: '+16175550102', state: 'opted_out', since: instant('2026-05-05T10:00:00Z') },
  ]);
});
