import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { systemClock } from './clock.ts';
import { openJobs } from './jobs.ts';
import { createLog } from './log.ts';

const database = await testDatabase();

it('makes a job of a queue with cron for all processes together', async () => {
  const queue = { name: 'test-cron', perKey: false, retryLimit: 0, batchSize: 1, cron: '*/5 * * * *' };
  const open = () =>
    openJobs({
      connectionString: database.connectionString,
      log: createLog({ level: 'silent' }),
      queues: [queue],
    });
  const both = [await open(), await open()];
  const { rows } = await sql`select name, cron, timezone from pgboss.schedule`.execute(database.db);
  for (const jobs of both) await jobs.close();
  expect(rows).toEqual([{ name: 'test-cron', cron: '*/5 * * * *', timezone: 'UTC' }]);
});

describe('a queue with strict order per key', () => {
  it('goes on with the later jobs of a key after a crash in the last attempt of an earlier one', async () => {
    const ran: unknown[] = [];
    let crashes = 1;
    const jobs = await openJobs({
      connectionString: database.connectionString,
      log: createLog({ level: 'silent' }),
      queues: [
        {
          name: 'test-per-key',
          perKey: true,
          retryLimit: 0,
          batchSize: 1,
          handle: async (job) => {
            if (crashes-- > 0) throw new Error('the database went away while the failure was being kept');
            ran.push([job.data, job.lastAttempt]);
          },
        },
      ],
    });
    for (const n of [1, 2]) await jobs.enqueue(database.db, 'test-per-key', [{ data: { n }, key: 'one' }]);
    for (let tries = 0; ran.length < 2 && tries < 100; tries += 1) await systemClock.sleep(100);
    await jobs.close();
    expect(ran).toEqual([
      [{ n: 1 }, true],
      [{ n: 2 }, true],
    ]);
  }, 20_000);
});
