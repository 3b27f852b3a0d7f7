import { type RawBuilder, sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, instant, MINUTE_MS } from '../platform/time.ts';
import { readBreaker, saveBreaker } from '../sending/breaker-store.ts';
import { getCampaign } from './campaign-store.ts';
import { readWaitingFacts } from './read-waiting.ts';
import { waitingFor } from './waiting.ts';
import { queuesQuery } from './waiting-store.ts';

/** Nine people in Boston, five in Hawaii, who sleep; numbers `PN1` and `PN2`, and a worker that has sent nothing for an hour. */
describe('what a campaign waits for, from its rows', () => {
  let world: ReturnType<typeof testWorld>;
  let database: Database;
  let campaignId: Uuid;
  let accountId: Uuid;
  let a: Uuid;
  let b: Uuid;

  beforeEach(async () => {
    world = testWorld();
    database = await testDatabase();
    const { db } = database;
    const secrets = secretsWithKey(world.random.bytes(32), world.random);
    const lanes = [1, 2].map((n) => ({ gatewayRef: `PN${n}`, phone: `+1617555000${n}`, dailyCap: 60 }));
    const { id, laneIds } = await insertAccount(
      db,
      { ...world, secrets },
      { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes },
    );
    accountId = id;
    [a = '', b = ''] = laneIds;
    const phones = [...testPhones(9), ...testPhones(5, '808')];
    await insertContacts(
      db,
      world,
      phones.map((phone) => ({ phone })),
    );
    campaignId = await launchTestCampaign(db, world, { laneIds });
    await world.clock.advance(60 * MINUTE_MS);
    await sql`insert into account_lease (account_id, owner, epoch, expires_at)
      values (${id}, 'w1', 1, ${addMs(world.clock.now(), MINUTE_MS)})`.execute(db);
  });

  const run = (...statements: readonly RawBuilder<unknown>[]) =>
    Promise.all(statements.map((statement) => statement.execute(database.db)));
  const answer = async () => {
    const campaign = await getCampaign(database.db, campaignId);
    if (campaign === undefined) throw new Error('the campaign is gone');
    return waitingFor(await readWaitingFacts(database.db, world.clock, campaign));
  };
  const said = async () => {
    const at = await answer();
    return at === null ? null : `${at.code}: ${at.sentence}`;
  };
  const inBoston = sql`phone like '+1617%'`;
  const know = (lane: Uuid) => sql`update enrollment set lane_id = ${lane}`;
  const used = (lane: Uuid, texts: number, parts: number) =>
    sql`insert into lane_usage (lane_id, day, reserved, parts) values (${lane}, '2026-11-17', ${texts}, ${parts})`;
  const putOff = (until: string) => sql`update enrollment set not_before = ${until} where ${inBoston}`;

  it('is the worker, when nothing stands in the way', async () => {
    expect(await said()).toContain('stalled: Nothing stands in the way, but worker w1');
  });

  /** The newest text went out two and a half minutes ago. */
  const sentLately = () => sql`
    update enrollment set state = 'sent', sent_at = ${addMs(world.clock.now(), -150_000)}, parts = 1, lane_id = ${a}
    where phone = ${testPhones(1)[0]}`;

  it('is nothing while its lanes take parts more slowly than that', async () => {
    await run(sentLately());
    expect((await answer())?.code).toBe('stalled');
    await run(sql`update lane set parts_per_second = 0.01, updated_at = created_at`);
    expect(await said()).toBeNull();
  });

  it('is nothing while others share its slow account with it', async () => {
    await run(sentLately(), sql`update gateway_account set rate_per_second = 0.1, updated_at = created_at`);
    expect((await answer())?.code).toBe('stalled');
    for (let others = 0; others < 3; others += 1) await launchTestCampaign(database.db, world, { laneIds: [a] });
    await run(sql`update campaign set updated_at = created_at`);
    expect(await said()).toBeNull();
  });

  it('is the cap of the number that everybody knows, though another has room', async () => {
    await run(know(a), used(a, 60, 60));
    // In Hawaii it is still evening when the day of the number begins.
    const sentence =
      'The daily cap of PN1 (60) is used up, and the 14 people whom it holds up know no other number: goes on at Wed 00:00 EST. A higher cap lets them go sooner, and so does switching the number off, which moves them to another';
    expect(await said()).toBe(`daily_cap: ${sentence}`);
  });

  it.each<[string, () => RawBuilder<unknown>]>([
    ['some are new', () => sql`update enrollment set lane_id = null where phone = ${testPhones(1)[0]}`],
    ['the number is switched off', () => sql`update lane set state = 'off', state_reason = 'Test' where id = ${a}`],
    [
      'the number is taken out of the campaign',
      () => sql`update campaign_lane set removed_at = ${world.clock.now()} where lane_id = ${a}`,
    ],
  ])('is not the cap of a number when %s', async (_when, change) => {
    await run(know(a), used(a, 60, 60));
    await run(change());
    expect((await answer())?.code).not.toBe('daily_cap');
  });

  it('is the day’s message parts', async () => {
    await run(sql`update lane set parts_per_day = 20`, know(a), used(a, 10, 20));
    expect(await said()).toContain('daily_parts: The limit of message parts a day of PN1 (20) is used up, and the 14');
  });

  it('is the window of others, when those of the open one are put off for longer', async () => {
    await run(putOff('2026-11-17T20:00:00Z'));
    expect(await said()).toBe(
      'hours: Quiet hours: goes on at Tue 14:00 EST with the first 5 people; everyone else waits longer',
    );
    await run(putOff('2026-11-17T18:00:00Z'));
    expect(await said()).toBe(
      'put_off: Whoever could be texted first had 3 campaign texts in 24 hours, or was put off by the gateway: goes on at Tue 13:00 EST',
    );
  });

  it('is a number for new people, when all that are left drain', async () => {
    await run(
      sql`update lane set state = 'draining', state_reason = 'Set by Max' where id = ${a}`,
      sql`update lane set state = 'off', state_reason = 'Test' where id = ${b}`,
    );
    expect(await said()).toContain('draining: Nobody texts the 14 new people who wait: PN1 is draining (Set by Max).');
    await run(know(b));
    expect((await answer())?.code).not.toBe('draining');
  });

  it('is a number for new people, also when one drains on after its pause', async () => {
    await run(
      sql`update lane set state = 'paused', state_reason = 'Carrier cap', drains_after_pause = true,
        paused_until = '2026-11-18T05:00:00Z'`,
    );
    expect((await answer())?.code).toBe('draining');
    await run(sql`update lane set drains_after_pause = false`);
    expect((await answer())?.code).toBe('numbers_paused');
  });

  it('is the time that the gateway asked for, until it is over', async () => {
    const until = '2026-11-17T20:00:00Z';
    const left = { open: undefined, heldUntil: instant(until) };
    await runTx(database.db, (tx) => saveBreaker(tx, accountId, left));
    expect(await readBreaker(database.db, accountId)).toEqual(left);
    expect(await said()).toBe(
      'throttled: The gateway of account Test asked for time until Tue 15:00 EST: goes on at Tue 15:00 EST',
    );
    await world.clock.set(instant('2026-11-17T20:00:30Z'));
    await run(sql`update account_lease set expires_at = '2026-11-17T20:01:00Z'`);
    expect(await answer()).toBeNull();
  });

  it('begins anew with a change of a number, its account, or the switch for everything', async () => {
    const now = world.clock.now();
    expect((await answer())?.code).toBe('stalled');
    await run(sql`update gateway_account set updated_at = ${now}`);
    expect(await answer()).toBeNull();
    await run(sql`update gateway_account set updated_at = created_at`, sql`update lane set updated_at = ${now}`);
    expect(await answer()).toBeNull();
    await run(
      sql`update lane set updated_at = created_at`,
      sql`insert into setting (key, value, updated_at) values ('sending', '{"state": "running"}', ${now})`,
    );
    expect(await answer()).toBeNull();
  });
});

it('takes one step of an index for each group of hours and number', async () => {
  const world = testWorld();
  const { db } = await testDatabase();
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  const lanes = [1, 2, 3].map((n) => ({ gatewayRef: `PN${n}`, phone: `+1617555000${n}` }));
  const { laneIds } = await insertAccount(
    db,
    { ...world, secrets },
    { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes },
  );
  await sql`
    insert into contact (id, phone, zone_group, source, lane_id, created_at, updated_at)
    select gen_random_uuid(), '+1617' || 2000000 + n, (array['MA|America/New_York', 'CA|America/Los_Angeles', 'HI|Pacific/Honolulu'])[1 + n % 3],
      'test', case when n % 4 = 0 then ${laneIds[0]}::uuid end, ${world.clock.now()}, ${world.clock.now()}
    from generate_series(1, 20000) n`.execute(db);
  const campaignId = await launchTestCampaign(db, world, { laneIds });
  await sql`vacuum analyze enrollment, campaign_zone_group, campaign_lane`.execute(db);
  const { rows } = await sql<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>`
    explain (analyze, format json) ${queuesQuery(campaignId)}`.execute(db.withoutPlugins());
  const nodes = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
  const ofPeople = rows
    .flatMap((row) => nodes(row['QUERY PLAN'][0].Plan))
    .filter((node) => node['Relation Name'] === 'enrollment');
  expect(ofPeople).toMatchObject([{ 'Index Name': 'enrollment_claim', 'Actual Loops': 3 * 4 }]);
  expect(ofPeople[0]?.['Actual Rows']).toBeLessThanOrEqual(1);
});

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly PlanNode[];
}
