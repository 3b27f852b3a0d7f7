import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrollmentStates, insertAccount, launchTestCampaign } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { type Database, runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { type Jobs, openJobs } from '../platform/jobs.ts';
import { type Live, openLive } from '../platform/live.ts';
import { createLog } from '../platform/log.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { getCampaign } from './campaign-store.ts';
import { cancelCampaign } from './control-campaign.ts';
import { TAKE_OFF_BATCH, takeOffJob, takeOffQueue } from './take-off-job.ts';

/** Three batches and one person. */
const PEOPLE = 3 * TAKE_OFF_BATCH + 1;
const world = testWorld();
const log = createLog({ level: 'silent' });
let database: Database;
let live: Live;
let campaignId: Uuid;
const open = (queue: Parameters<typeof openJobs>[0]['queues'][number]): Promise<Jobs> =>
  openJobs({ connectionString: database.connectionString, queues: [queue], log });

beforeAll(async () => {
  database = await testDatabase();
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  live = await openLive({ connectionString: database.connectionString, log });
  const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001' }];
  const { laneIds } = await insertAccount(
    database.db,
    { ...world, secrets },
    { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes },
  );
  await sql`
    insert into contact (id, phone, zone_group, source, created_at, updated_at)
    select gen_random_uuid(), '+1617' || 2000000 + n, 'MA|America/New_York', 'test', ${world.clock.now()}, ${world.clock.now()}
    from generate_series(1, ${PEOPLE}::int) n`.execute(database.db);
  campaignId = await launchTestCampaign(database.db, world, { laneIds });
});
afterAll(() => live.close());

const campaign = () => getCampaign(database.db, campaignId);

describe('cancelling a campaign of many people', () => {
  it('ends it at once and leaves most of the people to a job that was put in with it', async () => {
    const jobs = await open(takeOffQueue);
    const shownId = showId('campaign', campaignId);
    const order = { id: campaignId, shownId, reason: undefined, actor: 'test' };
    const cancelled = await runTx(database.db, (tx) => cancelCampaign(tx, { ...world, jobs }, order));
    await jobs.close();
    expect(cancelled).toMatchObject({
      ok: true,
      value: { state: 'cancelled', totals: { pending: PEOPLE - TAKE_OFF_BATCH, skipped: TAKE_OFF_BATCH } },
    });
    const { rows } = await sql<{ detail: unknown }>`
      select detail from audit_entry where action = 'campaign.cancelled'`.execute(database.db);
    expect(rows).toMatchObject([{ detail: { skipped: PEOPLE } }]);
  });

  it('keeps the batches of a try that was interrupted, and the next try takes the others off', async () => {
    const stopping = new AbortController();
    const second = await holdSecondBatch();
    const stop = live.subscribe(`campaign:${campaignId}`, () => {
      stopping.abort();
      second.release();
    });
    const job = { id: 'test', data: { campaignId }, lastAttempt: false };
    await expect(takeOffJob({ database }).handle({ ...job, signal: stopping.signal })).rejects.toThrow();
    stop();
    await second.released;
    // It is told to stop before or while it works on the second batch.
    expect([1, TAKE_OFF_BATCH + 1]).toContain((await campaign())?.totals.pending);

    const done = Promise.withResolvers<void>();
    live.subscribe(`campaign:${campaignId}`, () => {
      void campaign().then((read) => (read?.totals.pending === 0 ? done.resolve() : undefined), done.reject);
    });
    const worker = await open(takeOffJob({ database }));
    await done.promise;
    await worker.close();
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ skipped: PEOPLE });
    expect((await campaign())?.totals).toMatchObject({ pending: 0, skipped: PEOPLE });
  });
});

/** Keeps the second batch of those who wait now from being taken off before `release`. */
async function holdSecondBatch(): Promise<{ readonly release: () => void; readonly released: Promise<void> }> {
  const held = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const released = runTx(database.db, async (tx) => {
    await sql`
      select 1 from enrollment where id = (
        select id from enrollment where campaign_id = ${campaignId} and state = 'pending' order by id offset ${TAKE_OFF_BATCH} limit 1)
      for update`.execute(tx);
    held.resolve();
    await over.promise;
  });
  await held.promise;
  return { release: () => over.resolve(), released };
}
