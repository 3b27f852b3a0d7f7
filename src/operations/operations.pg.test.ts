import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import type { Database, Db } from '../platform/database.ts';
import { instant } from '../platform/time.ts';
import { countDays } from './operations-store.ts';
import { readHome } from './read-home.ts';
import { readStatus } from './read-status.ts';

const CAMPAIGN = '00000000-0000-7000-8000-000000000001';
const LANE = '00000000-0000-7000-8000-000000000002';
const ACCOUNT = '00000000-0000-7000-8000-000000000003';
const AT = '2026-11-01T00:00:00Z';

async function seedCampaign(db: Db, people: number): Promise<void> {
  await sql`insert into gateway_account (id, kind, name, base_url, environment, api_key_sealed, webhook_ref, state, created_at, updated_at)
    values (${ACCOUNT}, 'quo', 'Main', 'http://127.0.0.1', 'sandbox', 'x', 'WH', 'active', ${AT}, ${AT})`.execute(db);
  await sql`insert into lane (id, account_id, gateway_ref, phone, name, zone, state, created_at, updated_at)
    values (${LANE}, ${ACCOUNT}, 'PN1', '+16175550100', 'Office', 'America/New_York', 'active', ${AT}, ${AT})`.execute(
    db,
  );
  await sql`insert into contact (id, phone, zone_group, source, created_at, updated_at)
    select gen_random_uuid(), '+1617555' || lpad(n::text, 4, '0'), 'z', 'test', ${AT}, ${AT}
    from generate_series(1, ${people}::int) n`.execute(db);
  await sql`insert into campaign (id, name, state, audience, created_by, created_at, updated_at, launched_at)
    values (${CAMPAIGN}, 'Spring', 'running', '{}', 'test', ${AT}, ${AT}, ${AT})`.execute(db);
  await sql`insert into enrollment (id, campaign_id, contact_id, phone, zone_group, state, not_before, created_at)
    select gen_random_uuid(), ${CAMPAIGN}, id, phone, 'z', 'pending', ${AT}, ${AT} from contact`.execute(db);
}

describe('counts per hour', () => {
  let database: Database;
  beforeAll(async () => {
    database = await testDatabase();
    await seedCampaign(database.db, 500);
  });
  const update = (set: string, where: string) =>
    sql.raw(`update enrollment e set ${set} where ${where}`).execute(database.db);
  const kept = async () =>
    (
      await sql`select campaign_id, hour::text, sent, delivered, failed, replied, opted_out from campaign_hour
      where (sent, delivered, failed, replied, opted_out) <> (0, 0, 0, 0, 0) order by 1, 2`.execute(database.db)
    ).rows;
  const recounted = async () =>
    (
      await sql`select campaign_id, date_trunc('hour', at, 'UTC')::text as hour, count(*) filter (where kind = 1)::int as sent,
        count(*) filter (where kind = 2)::int as delivered, count(*) filter (where kind = 3)::int as failed,
        count(*) filter (where kind = 4)::int as replied, count(*) filter (where kind = 5)::int as opted_out
      from enrollment, lateral (values (1, sent_at), (2, delivered_at), (3, failed_at), (4, replied_at), (5, opted_out_at)) v (kind, at)
      where at is not null group by 1, 2 order by 1, 2`.execute(database.db)
    ).rows;
  const spread = `timestamptz '2026-11-17T00:00:00Z' + (('x' || left(md5(phone), 6))::bit(24)::int % 100000) * interval '1 second'`;

  it('equal a recount, through every change of an enrollment', async () => {
    const steps: readonly (readonly [string, string])[] = [
      [`state = 'handing_over'`, `state = 'pending'`],
      [`state = 'sent', lane_id = '${LANE}', sent_at = ${spread}`, `phone < '+16175550400'`],
      [`state = 'failed', failure_code = 'x', failed_at = ${spread}`, `state = 'handing_over'`],
      [`state = 'delivered', delivered_at = sent_at + interval '50 minutes'`, `phone < '+16175550300'`],
      [`replied_at = delivered_at + interval '3 hours'`, `phone < '+16175550100'`],
      [`opted_out_at = replied_at`, `phone < '+16175550020'`],
      // The gateway told another time later, and one failure was none.
      [`sent_at = sent_at - interval '2 hours'`, `phone < '+16175550050'`],
      [
        `state = 'sent', lane_id = '${LANE}', sent_at = failed_at, failed_at = null, failure_code = null`,
        `phone = '+16175550450'`,
      ],
    ];
    for (const [set, where] of steps) {
      await update(set, where);
      expect(await kept(), `after: ${set}`).toEqual(await recounted());
    }
    expect((await kept()).length).toBeGreaterThan(20);
  });

  it('are written only by changes that count', async () => {
    const rows = async () =>
      (await sql`select xmin::text, hour from campaign_hour order by hour`.execute(database.db)).rows;
    const before = await rows();
    await update(`parts = 2`, `true`);
    expect(await rows()).toEqual(before);
  });

  it('also see rows that come with their instants, as from a backup', async () => {
    await sql`insert into contact (id, phone, zone_group, source, created_at, updated_at)
      values (gen_random_uuid(), '+16175559999', 'z', 'test', ${AT}, ${AT})`.execute(database.db);
    await sql`insert into enrollment (id, campaign_id, contact_id, phone, zone_group, state, lane_id, not_before, created_at, sent_at)
      select gen_random_uuid(), ${CAMPAIGN}, id, phone, 'z', 'sent', ${LANE}, ${AT}, ${AT}, ${AT} from contact
      where phone = '+16175559999'`.execute(database.db);
    expect(await kept()).toEqual(await recounted());
  });
});

describe('the dashboard', () => {
  let database: Database;
  // Tuesday the 17th, 23:30 in New York; in UTC it is Wednesday already.
  const { clock } = testWorld({ startsAt: '2026-11-18T04:30:00Z' });
  beforeAll(async () => {
    database = await testDatabase();
  });

  it('of an empty system lists what to do first', async () => {
    const home = await readHome(database.db, clock);
    expect(home).toMatchObject({
      checklist: { lane: false, contacts: false, campaign: false },
      today: { day: '2026-11-17', sent: 0, cap: 0 },
      campaigns: [],
      extent: { contacts: 0 },
      attention: [],
      waiting: [],
    });
    expect(home.trend).toHaveLength(30);
    expect((await readStatus(database.db, clock)).environment).toBe('none');
  });

  it('counts by the days of the business', async () => {
    await seedCampaign(database.db, 6);
    const sent = (phone: string, at: string) =>
      sql`update enrollment set state = 'sent', lane_id = ${LANE}, sent_at = ${at}::timestamptz where phone = ${phone}`.execute(
        database.db,
      );
    await sent('+16175550001', '2026-11-18T04:10:00Z');
    await sent('+16175550002', '2026-11-17T05:00:00Z');
    await sent('+16175550003', '2026-11-17T04:59:00Z');
    await sent('+16175550004', '2026-10-19T04:00:00Z');
    await sent('+16175550005', '2026-10-19T03:59:00Z');
    const { trend, today, checklist, campaigns } = await readHome(database.db, clock);
    expect(today).toMatchObject({ day: '2026-11-17', sent: 2, cap: 125 });
    expect(trend.filter((day) => day.sent > 0).map((day) => [day.day, day.sent])).toEqual([
      ['2026-10-19', 1],
      ['2026-11-16', 1],
      ['2026-11-17', 2],
    ]);
    expect(checklist).toEqual({ lane: true, contacts: true, campaign: true });
    expect(campaigns.map((campaign) => campaign.name)).toEqual(['Spring']);
  });

  it('says what needs a person', async () => {
    await sql`insert into gateway_event (id, account_id, event_id, type, payload, headers, received_at, state, error)
      values (gen_random_uuid(), ${ACCOUNT}, 'e', 't', '', '{}', ${AT}, 'failed', 'no')`.execute(database.db);
    const message = (id: string, attemptedAt: string) =>
      sql`insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, lease_epoch,
          not_before, created_at, attempted_at)
        values (${`00000000-0000-7000-8000-00000000000${id}`}, ${ACCOUNT}, ${LANE}, 'outbound', 'reply', '+16175550001', 'x', 'GSM-7',
          1, 'unknown', 1, ${AT}, ${AT}, ${attemptedAt})`.execute(database.db);
    await message('4', '2026-11-18T04:19:00Z');
    await message('5', '2026-11-18T04:21:00Z');
    await sql`update campaign set state = 'paused', state_reason = 'By Max'`.execute(database.db);
    const { attention, environment, inbox } = await readStatus(database.db, clock);
    expect(attention.map((item) => item.kind)).toEqual(['campaign_paused', 'unknown_outcome', 'failed_events']);
    expect([environment, inbox.unread]).toEqual(['sandbox', 0]);
  });

  it('says which campaign waits for a person because every number of it is off', async () => {
    const kinds = async () => (await readStatus(database.db, clock)).attention.map((item) => item.kind);
    await sql`update campaign set state = 'running', state_reason = null`.execute(database.db);
    expect(await kinds()).not.toContain('campaign_without_number');
    await sql`insert into campaign_lane (campaign_id, lane_id) values (${CAMPAIGN}, ${LANE})`.execute(database.db);
    expect(await kinds()).not.toContain('campaign_without_number');
    await sql`update lane set state = 'off', state_reason = 'test'`.execute(database.db);
    const [first] = (await readStatus(database.db, clock)).attention;
    expect(first).toMatchObject({
      kind: 'campaign_without_number',
      sentence: expect.stringContaining('switch +16175550100 (Office) on'),
      link: '/campaigns/cmp_00000000000070008000000000000001',
    });
    await sql`update enrollment set state = 'skipped', skip_reason = 'test' where state = 'pending'`.execute(
      database.db,
    );
    expect(await kinds()).not.toContain('campaign_without_number');
    await sql`update lane set state = 'active', state_reason = null`.execute(database.db);
  });

  it('reads a month of hours by their index, whatever came before', async () => {
    await sql`insert into campaign_hour (campaign_id, hour, sent) select ${CAMPAIGN}, timestamptz '2015-01-01' + n * interval '1 hour', 1
      from generate_series(1, 100000) n on conflict do nothing`.execute(database.db);
    await sql`analyze campaign_hour`.execute(database.db);
    const { rows } = await sql<Record<string, string>>`explain select sum(sent) from campaign_hour
      where hour >= ${instant('2026-10-19T04:00:00Z')}`.execute(database.db);
    expect(JSON.stringify(rows)).toContain('campaign_hour_hour');
    const days = await countDays(database.db, { zone: 'America/New_York', from: instant('2026-11-17T05:00:00Z') });
    expect([...days.keys()]).toEqual(['2026-11-17']);
  });
});
