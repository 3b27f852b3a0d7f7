import { type RawBuilder, sql } from 'kysely';
import { afterAll, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { openDatabase } from './database.ts';
import { addMs, instant } from './time.ts';

const { connectionString } = await testDatabase();
const database = openDatabase({ connectionString, applicationName: 'one', maxConnections: 1 });
afterAll(() => database.close());

const run = async <T>(query: RawBuilder<T>): Promise<readonly T[]> => (await query.execute(database.db)).rows;
const prepared = (like: string): Promise<readonly { statement: string }[]> =>
  run(sql<{ statement: string }>`select statement from pg_prepared_statements where statement like ${like}`);

it('prepares what runs often, which answers as before, also with instants and lists', async () => {
  const start = instant('2026-11-17T15:00:00Z');
  for (let count = 0; count < 120; count += 1) {
    const at = addMs(start, count);
    expect(
      await run(
        sql`select ${at}::timestamptz as often, ${['a', `b${count}`]}::text[] as list, ${null}::text as nothing`,
      ),
    ).toEqual([{ often: at, list: ['a', `b${count}`], nothing: null }]);
  }
  expect(await prepared('% as often%')).toHaveLength(1);
});

it('prepares nothing that runs now and then, and no statement without values', async () => {
  for (let count = 0; count < 50; count += 1) await run(sql`select ${count}::int as seldom`);
  for (let count = 0; count < 150; count += 1) await run(sql`select 1 as plain`);
  expect(await prepared('% as seldom%')).toEqual([]);
  expect(await prepared('% as plain%')).toEqual([]);
});

it('runs several statements at once as often as it likes, also for who asks with a callback', async () => {
  const client = await database.pool.connect();
  const answers = new Set<string>();
  try {
    for (let count = 0; count < 150; count += 1)
      await new Promise<void>((resolve) =>
        client.query('select 1; select 2', (error) => {
          answers.add(error === null || error === undefined ? 'answered' : error.message);
          resolve();
        }),
      );
  } finally {
    client.release();
  }
  expect([...answers]).toEqual(['answered']);
});

it('goes on preparing after an error of a prepared statement, and on a new connection', async () => {
  const divide = (by: number) => run(sql<{ ten: number }>`select 10 / ${by}::int as ten`);
  for (let count = 0; count < 100; count += 1) await divide(2);
  await expect(divide(0)).rejects.toThrow('division by zero');
  expect(await divide(5)).toEqual([{ ten: 2 }]);
  await run(sql`select pg_terminate_backend(pg_backend_pid())`).catch(() => undefined);
  await expect.poll(() => divide(1).catch(() => 'not yet')).toEqual([{ ten: 10 }]);
  expect(await prepared('% as ten%')).toHaveLength(1);
});
