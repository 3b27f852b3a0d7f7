import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { DemoClient } from '../src/demo/demo-client.ts';
import type { Campaign } from '../src/http/contract/campaigns.ts';
import type { Account } from '../src/http/contract/operations.ts';
import type { Page } from '../src/platform/cursor.ts';
import { expectBalancedBooks } from './books.ts';
import { AS_IT_IS, everybodyAgrees, insertContacts, launchTestCampaign, testPhones } from './fixtures.ts';
import { holders, type ProcessWorld, processWorld } from './process-world.ts';
import type { ProductProcess } from './processes.ts';
import { testDatabase } from './test-database.ts';

/** The scenes in which other open-source systems texted people twice or not at all. */
const SCENE_MS_MAX = 600_000;

async function launch(world: ProcessWorld, people: number): Promise<void> {
  const { db } = world.database;
  const laneIds = await world.connectAccounts();
  await insertContacts(
    db,
    world,
    testPhones(people).map((phone) => ({ phone })),
  );
  await launchTestCampaign(db, world, { laneIds });
}

const completed = async ({ database }: ProcessWorld): Promise<boolean> => {
  const { rows } = await sql`select 1 from campaign where state in ('running', 'paused')`.execute(database.db);
  return rows.length === 0;
};

describe('none twice, none missing, none unrecorded, campaign completed:', () => {
  it(
    '10,000 recipients plain',
    async () => {
      const world = await processWorld(await testDatabase(), { accounts: 2, ratePerSecond: 1_000 });
      await launch(world, 10_000);
      const workers = await Promise.all([world.processes.startWorker(), world.processes.startWorker()]);
      await world.until('completed', () => completed(world));
      await Promise.all(workers.map((worker) => worker.drain()));
      await expectBalancedBooks(world.database.db, world.sandbox, { sent: 10_000 });
    },
    SCENE_MS_MAX,
  );

  it(
    '5,000 recipients at 50 ms with three SIGKILLs',
    async () => {
      const world = await processWorld(await testDatabase(), {
        accounts: 2,
        ratePerSecond: 200,
        sandbox: { faults: { slowAnswerShare: 1, slowAnswerMs: 50 } },
      });
      await launch(world, 5_000);
      let workers = await Promise.all([world.processes.startWorker(), world.processes.startWorker()]);
      for (const reached of [500, 1_500, 2_500]) {
        await world.until(`${reached} under way`, () => world.sandbox.accepted().length >= reached);
        const [victim, ...others] = workers;
        await victim?.kill();
        workers = [...others, await world.processes.startWorker()];
      }
      await world.until('completed', () => completed(world));
      await expectBalancedBooks(world.database.db, world.sandbox, { sent: 5_000 });
      expect(await settledTexts(world)).toBeGreaterThan(0);
    },
    SCENE_MS_MAX,
  );

  it(
    'planning, launching and editing at full speed while workers lag',
    async () => {
      const world = await processWorld(await testDatabase({ maxConnections: 20 }), {
        accounts: 2,
        ratePerSecond: 1_000,
      });
      const client = await world.openOffice();
      const office = await openOffice(world, client);
      const workers = await Promise.all([world.processes.startWorker(), world.processes.startWorker()]);
      const over = new AbortController();
      const lagging = lag(world, workers, over.signal);
      await Promise.all(Array.from({ length: CAMPAIGNS }, (_, index) => office.runCampaign(index)));
      over.abort();
      expect(await lagging).toBeGreaterThan(1);
      await expectBalancedBooks(world.database.db, world.sandbox, { sent: 10_000 });
    },
    SCENE_MS_MAX,
  );
});

/** Texts that were under way when their worker was killed. */
async function settledTexts({ database }: ProcessWorld): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from message_attempt where outcome in ('settled_sent', 'settled_absent')`.execute(database.db);
  return rows[0]?.n ?? 0;
}

const CAMPAIGNS = 5;
const PEOPLE_PER_CAMPAIGN = 2_000;

/** Everybody has the tag of one campaign, so that each person is to get exactly one text. */
async function openOffice({ database, ...world }: ProcessWorld, client: DemoClient) {
  const phones = testPhones(CAMPAIGNS * PEOPLE_PER_CAMPAIGN);
  await insertContacts(
    database.db,
    world,
    phones.map((phone, index) => ({ phone, tags: [`group-${index % CAMPAIGNS}`] })),
  );
  await everybodyAgrees(database.db);
  const { data: accounts } = await client.get<Page<Account>>('/v1/accounts');
  const laneIds = accounts.flatMap((account) => account.lanes.map((lane) => lane.id));
  const send = <T>(method: 'POST' | 'PATCH', path: string, body: unknown, key?: string): Promise<T> =>
    client.send<T>(method, path, body, key);

  let plans = 0;
  const plan = async (index: number): Promise<Campaign> => {
    plans += 1;
    const made = await send<Campaign>('POST', '/v1/campaigns', { name: `Plan ${plans}` }, `plan-${plans}`);
    const edits = [
      { audience: { tags: [`group-${(index + 1) % CAMPAIGNS}`] } },
      { variants: [{ label: 'A', body: 'Shall we come by? Reply STOP to opt out.' }], laneIds },
      { audience: { tags: [`group-${index}`] }, name: `Campaign ${index}`, priority: 1 + (index % 3) },
    ];
    let draft = made;
    for (const edit of edits)
      draft = await send<Campaign>('PATCH', `/v1/campaigns/${draft.id}`, { revision: draft.revision, ...edit });
    return draft;
  };

  /** From the first draft to the last text, with a hand on the switch all the time. */
  const runCampaign = async (index: number): Promise<void> => {
    const draft = await plan(index);
    const path = `/v1/campaigns/${draft.id}`;
    await client.get(`${path}/review`);
    const launch = { revision: draft.revision, confirmName: draft.name, acknowledgement: AS_IT_IS.reason };
    const launches = await Promise.allSettled(
      ['first', 'second', 'first'].map((key) => send('POST', `${path}/launch`, launch, `${key}-${index}`)),
    );
    expect(launches.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    for (;;) {
      const { state } = await client.get<Campaign>(path);
      if (state === 'completed') return;
      // It may complete between the look and the switch.
      await send('POST', `${path}/${state === 'running' ? 'pause' : 'resume'}`, {}).catch(expectConflict);
      await plan(index);
    }
  };
  return { runCampaign };
}

const expectConflict = (error: unknown): void => expect(error).toMatchObject({ status: 409 });

const TEXTS_BETWEEN_LAGS = 2_500;

/**
 * Whenever some texts have gone out, stops a worker that holds an account until another one holds it, and wakes it again. Returns
 * how often.
 */
async function lag(world: ProcessWorld, workers: readonly ProductProcess[], over: AbortSignal): Promise<number> {
  const { sandbox, until } = world;
  for (let times = 0; ; times += 1) {
    const goal = sandbox.accepted().length + TEXTS_BETWEEN_LAGS;
    await until('more texts', () => over.aborted || sandbox.accepted().length >= goal);
    const holding = await holders(world);
    const victim = workers.find((worker) => holding.has(worker.pid));
    if (over.aborted) return times;
    victim?.freeze();
    await until('taken over', async () => over.aborted || !(await holders(world)).has(victim?.pid ?? 0));
    victim?.thaw();
  }
}
