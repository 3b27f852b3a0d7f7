import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import type { Database } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { getCampaign } from './campaign-store.ts';

const world = testWorld();
let database: Database;
let campaignId: Uuid;
let laneId: Uuid | undefined;

beforeAll(async () => {
  database = await testDatabase();
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  const account = {
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'key',
    lanes: [{ gatewayRef: 'PN1', phone: '+16175550001' }],
  };
  const { laneIds } = await insertAccount(database.db, { ...world, secrets }, account);
  [laneId] = laneIds;
  const phones = [...testPhones(30, '617'), ...testPhones(30, '213')];
  await insertContacts(
    database.db,
    world,
    phones.map((phone) => ({ phone })),
  );
  campaignId = await launchTestCampaign(database.db, world, { laneIds });
});

/** Changes the enrollments whose number is below `phone`. */
const change = (set: string, phone: string) =>
  sql`update enrollment set ${sql.raw(set)} where phone < ${phone}`.execute(database.db);
const sent = (at: string) => `state = 'sent', lane_id = '${laneId}', sent_at = '${at}'`;

describe('the totals of a campaign', () => {
  it('count as accepted what the gateway took, whatever became of it', async () => {
    const totals = async () => (await getCampaign(database.db, campaignId))?.totals;
    expect(await totals()).toMatchObject({ pending: 60, accepted: 0 });
    await change(`state = 'handing_over'`, '+16175550015');
    expect(await totals()).toMatchObject({ accepted: 0 });
    await change(sent('2026-11-17T15:00:00Z'), '+16175550015');
    const taken = (await totals())?.accepted;
    expect(taken).toBe(45);
    await change(`state = 'delivered', delivered_at = sent_at`, '+16175550005');
    await change(`state = 'failed', delivered_at = null, failed_at = sent_at, failure_code = 'x'`, '+12135550010');
    expect(await totals()).toMatchObject({ accepted: 45, failed: 10, delivered: 25, sent: 10 });
    // Refused by the gateway: failed as well, but never taken.
    await sql`update enrollment set state = 'failed', failed_at = ${world.clock.now()}, failure_code = 'landline'
      where state = 'pending' and phone < '+16175550020'`.execute(database.db);
    expect(await totals()).toMatchObject({ accepted: 45, failed: 15 });
  });

  it('know without counting people how many wait in each zone group, also when somebody moves', async () => {
    const differing = async () =>
      (
        await sql`
          select coalesce(k.zone_group, r.zone_group) from (select zone_group, pending from campaign_zone_group where pending <> 0) k
          full join (select zone_group, count(*) as pending from enrollment where state = 'pending' group by 1) r using (zone_group)
          where k.pending is distinct from r.pending`.execute(database.db)
      ).rows;
    expect(await differing()).toEqual([]);
    await sql`update contact set zone_group = 'HI|Pacific/Honolulu' where phone = '+16175550029'`.execute(database.db);
    expect(await differing()).toEqual([]);
    await change(`state = 'skipped', skip_reason = 'cancelled', failed_at = null, failure_code = null`, '+16175550025');
    expect(await differing()).toEqual([]);
    await change(`state = 'pending', skip_reason = null`, '+16175550002');
    expect(await differing()).toEqual([]);
    const { rows } = await sql`select sum(pending)::int as n from campaign_zone_group`.execute(database.db);
    expect(rows).toEqual([{ n: 37 }]);
  });
});
