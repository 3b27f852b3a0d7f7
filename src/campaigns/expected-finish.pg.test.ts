import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { AS_IT_IS, insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { type Database, runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { getCampaign } from './campaign-store.ts';
import { readForecasts } from './expected-finish.ts';
import { readPlannedCampaigns, readWaitingPeople, sampleQuery } from './forecast-store.ts';
import { launchCampaign } from './launch-campaign.ts';
import { readLiveCampaign } from './live-campaign.ts';
import { createDraft } from './manage-drafts.ts';
import { reviewCampaign } from './review-campaign.ts';

const world = testWorld();
let database: Database;
let laneIds: readonly Uuid[];

beforeEach(async () => {
  database = await testDatabase();
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  const lanes = [1, 2].map((n) => ({ gatewayRef: `PN${n}`, phone: `+1617555000${n}`, dailyCap: 60 }));
  const account = { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes };
  ({ laneIds } = await insertAccount(database.db, { ...world, secrets }, account));
});

const people = (count: number, areaCode: string, tag: string) =>
  insertContacts(
    database.db,
    world,
    testPhones(count, areaCode).map((phone) => ({ phone, tags: [tag] })),
  );

describe('the forecast of a draft', () => {
  it('is the one that the campaign has as it is launched, beside what already runs', async () => {
    const { db } = database;
    await people(100, '617', 'first');
    await people(80, '310', 'second');
    await launchTestCampaign(db, world, { laneIds, audience: { tags: ['first'] }, priority: 1 });
    await sql`update contact set lane_id = ${laneIds[1]} where id in (select id from contact where tags @> '{second}' limit 50)`.execute(
      db,
    );
    const draft = await runTx(db, (tx) =>
      createDraft(tx, world, {
        name: 'Second',
        audience: { tags: ['second'] },
        variants: [{ label: 'A', weight: 1, body: 'Hi {first_name|there}, shall we come by?' }],
        laneIds,
        priority: 5,
        consent: null,
        createdBy: 'test',
      }),
    );
    if (!draft.ok) throw new Error(draft.error.message);
    const { id, revision, name } = draft.value;
    const { forecast } = await reviewCampaign(db, world, draft.value);
    // The first one takes a hundred of the 120 of today; people in California are asleep until eleven.
    expect(forecast.perDay[0]).toMatchObject({ day: '2026-11-17', count: 20 });
    expect(forecast.waits.map(({ reason, people: n }) => [reason, n])).toEqual([['quiet_hours', 80]]);
    const shownId = showId('campaign', id);
    const launch = { id, shownId, revision, confirmName: name, acknowledgement: AS_IT_IS, actor: 'test' };
    expect(await runTx(db, (tx) => launchCampaign(tx, world, launch))).toMatchObject({ ok: true });
    expect((await readForecasts(db, world.clock, {})).get(id)).toEqual(forecast);
  });
});

it('tells the cost so far and to come, from the parts of the texts that are out', async () => {
  const { db } = database;
  await people(10, '617', 'all');
  const id = await launchTestCampaign(db, world, { laneIds });
  await sql`
    update enrollment set state = 'sent', sent_at = ${world.clock.now()}, parts = 3, lane_id = ${laneIds[0]}
    where id in (select id from enrollment limit 4)`.execute(db);
  const campaign = await getCampaign(db, id);
  if (campaign === undefined) throw new Error('the campaign is gone');
  expect((await readLiveCampaign(db, world.clock, campaign)).cost).toEqual({ soFarCents: 12, toComeCents: 18 });
});

describe('who waits', () => {
  const waitingIn = async (id: Uuid) => {
    const now = world.clock.now();
    return (await readWaitingPeople(database.db, await readPlannedCampaigns(database.db, []), now)).get(id) ?? [];
  };

  it('is counted by hours, known number and the time until which they are put off', async () => {
    const { db } = database;
    await people(10, '617', 'all');
    await people(5, '808', 'all');
    const id = await launchTestCampaign(db, world, { laneIds });
    await sql`update enrollment set lane_id = ${laneIds[1]} where phone like '+1808%'`.execute(db);
    await sql`
      update enrollment set not_before = '2026-11-17T16:07:00Z' where id in (select id from enrollment where phone like '+1617%' limit 3)`.execute(
      db,
    );
    const shown = (await waitingIn(id)).map((row) => ({ ...row, dueAt: row.dueAt?.toString() ?? null }));
    const common = { campaignId: id };
    expect(shown).toEqual([
      { ...common, zoneGroup: 'HI|Pacific/Honolulu', laneId: laneIds[1], dueAt: null, people: 5 },
      { ...common, zoneGroup: 'MA|America/New_York', laneId: null, dueAt: '2026-11-17T16:15:00Z', people: 3 },
      { ...common, zoneGroup: 'MA|America/New_York', laneId: null, dueAt: null, people: 7 },
    ]);
  });

  it('is told from a sample where there are very many, also when those first in order are gone', async () => {
    const { db } = database;
    await sql`
      insert into contact (id, phone, tags, zone_group, source, lane_id, created_at, updated_at)
      select gen_random_uuid(), '+1508' || 2000000 + n, '{}', 'MA|America/New_York', 'import',
        case when n % 4 = 0 then ${laneIds[0]}::uuid end, '2026-01-01Z', '2026-01-01Z'
      from generate_series(1, 32000) n`.execute(db);
    const id = await launchTestCampaign(db, world, { laneIds });
    // A quarter of the new people are done, in the order in which the engine takes them.
    await sql`
      update enrollment set state = 'skipped', skip_reason = 'test'
      where id in (select id from enrollment where lane_id is null order by id limit 6000)`.execute(db);
    const waiting = await waitingIn(id);
    const of = (laneId: Uuid | null) => waiting.find((row) => row.laneId === laneId)?.people ?? 0;
    expect(waiting.reduce((sum, row) => sum + row.people, 0)).toBeCloseTo(26_000);
    // Eight of 26 thousand know the number, told from some of them.
    expect(of(laneIds[0] ?? '') / 26_000).toBeGreaterThan(0.28);
    expect(of(laneIds[0] ?? '') / 26_000).toBeLessThan(0.34);
    await sql`analyze enrollment`.execute(db);
    const { rows } = await sql<{
      'QUERY PLAN': string;
    }>`explain ${sampleQuery(await readPlannedCampaigns(db, []), world.clock.now())}`.execute(db.withoutPlugins());
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Scan using enrollment_recipients');
    expect(plan).not.toContain('Seq Scan on enrollment');
    expect(plan).not.toContain('Hash Join');
  });
});
