import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { type SessionLock, trySessionLock } from './session-lock.ts';

const { connectionString, db } = await testDatabase();
const tryLock = (name: string) => trySessionLock({ connectionString, name });

function held(lock: SessionLock | undefined): SessionLock {
  if (lock === undefined) throw new Error('expected to get the lock');
  return lock;
}

it('is had by one at a time, under its name, until it is released', async () => {
  const first = held(await tryLock('one'));
  expect(await tryLock('one')).toBeUndefined();
  await held(await tryLock('another')).release();
  await first.release();
  await held(await tryLock('one')).release();
});

it('is free, and says so, once its connection is gone', async () => {
  const first = held(await tryLock('one'));
  const told = new Promise((resolve) => first.lost.addEventListener('abort', resolve));
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'textwright-one'
    and datname = current_database()`.execute(db);
  await told;
  await held(await tryLock('one')).release();
  await first.release();
});
