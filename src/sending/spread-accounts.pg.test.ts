import { type RawBuilder, sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { takeLease } from '../../test/claimed.ts';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { API_KEY, NUMBERS, type SendingWorld, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import type { Database } from '../platform/database.ts';
import { addMs, HOUR_MS } from '../platform/time.ts';
import { readTurnFacts } from './turn-store.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

describe('an evenly spread campaign of two accounts', () => {
  /** The lane of the second has more room; both accounts are at the same gateway. */
  async function twoAccounts(world: SendingWorld, people: number) {
    await insertContacts(
      database.db,
      world,
      testPhones(people).map((phone) => ({ phone })),
    );
    const [one, two] = await Promise.all(
      NUMBERS.slice(0, 2).map(({ id, phone }, index) =>
        insertAccount(database.db, world, {
          baseUrl: world.sandbox.url,
          apiKey: API_KEY,
          lanes: [{ gatewayRef: id, phone, dailyCap: 100 + 100 * index }],
        }),
      ),
    );
    if (one === undefined || two === undefined) throw new Error('two numbers are needed');
    const campaignId = await launchTestCampaign(database.db, world, { laneIds: [...one.laneIds, ...two.laneIds] });
    return { one, two, campaignId };
  }
  const spread = sql`update campaign set finish_by = '2026-11-17T18:20:00Z'`;

  it('knows of a lane elsewhere while its holder sends', async () => {
    const world = await sendingWorld(database);
    const { one, two } = await twoAccounts(world, 2);
    const later = addMs(world.clock.now(), HOUR_MS);
    const elsewhere = async () =>
      (await readTurnFacts(database.db, one.id, world.clock.now()))?.campaigns[0]?.lanesElsewhere.map(({ id }) => id);
    const change = (statement: RawBuilder<unknown>) => statement.execute(database.db);
    const [lane] = two.laneIds;

    await takeLease(database.db, world, two.id);
    await change(sql`update account_lease set asks_epoch = null, asks_since = null`);
    expect(await elsewhere()).toEqual([]);
    await spread.execute(database.db);
    expect(await elsewhere()).toEqual([lane]);

    const without: readonly [RawBuilder<unknown>, RawBuilder<unknown>][] = [
      [
        sql`update account_lease set asks_epoch = epoch, asks_since = ${later}`,
        sql`update account_lease set asks_epoch = null, asks_since = null`,
      ],
      [
        sql`update account_lease set expires_at = '2026-11-17T15:00:00Z'`,
        sql`update account_lease set expires_at = ${later}`,
      ],
      [
        sql`update gateway_account set breaker_open_since = ${later}, breaker_detail = 'away' where id = ${two.id}`,
        sql`update gateway_account set breaker_open_since = null, breaker_detail = null`,
      ],
      [
        sql`update gateway_account set breaker_held_until = ${later} where id = ${two.id}`,
        sql`update gateway_account set breaker_held_until = null`,
      ],
      [
        sql`update gateway_account set state = 'paused', state_reason = 'test' where id = ${two.id}`,
        sql`update gateway_account set state = 'active', state_reason = null`,
      ],
      [
        sql`update lane set state = 'draining', state_reason = 'test' where id = ${lane}`,
        sql`update lane set state = 'active', state_reason = null`,
      ],
      [
        sql`update campaign_lane set removed_at = ${later} where lane_id = ${lane}`,
        sql`update campaign_lane set removed_at = null`,
      ],
    ];
    for (const [away, back] of without) {
      await change(away);
      expect(await elsewhere()).toEqual([]);
      await change(back);
      expect(await elsewhere()).toEqual([lane]);
    }
    await change(sql`delete from account_lease`);
    expect(await elsewhere()).toEqual([]);
  });

  it('does not wait for an account that has more room and does not come', async () => {
    const world = await sendingWorld(database, { factor: 1_200 });
    const { two, campaignId } = await twoAccounts(world, 20);
    await spread.execute(database.db);
    // A holder that renews its lease and takes nobody.
    const hold = () =>
      sql`
        insert into account_lease (account_id, owner, epoch, expires_at) values (${two.id}, 'idle', 1, ${addMs(world.clock.now(), HOUR_MS)})
        on conflict (account_id) do update set expires_at = excluded.expires_at`.execute(database.db);
    await hold();
    world.startWorker('one');
    await world.until('completed', async () => {
      await hold();
      return world.completed(campaignId);
    });
    expect(world.sandbox.accepted()).toHaveLength(20);
    // Still evenly: not all at once when the wished end has come.
    const tenMinutes = Map.groupBy(world.sandbox.accepted(), ({ acceptedAt }) =>
      acceptedAt.toString().slice(0, '2026-11-17T15:0'.length),
    );
    expect(Math.max(...[...tenMinutes.values()].map((texts) => texts.length))).toBeLessThanOrEqual(3);
    const { rows } = await sql<{ texts: number }>`
      select count(*)::int as texts from message where account_id = ${two.id}`.execute(database.db);
    expect(rows).toEqual([{ texts: 0 }]);
  });
});
