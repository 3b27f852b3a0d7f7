import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { API_KEY, NUMBERS, type SendingWorld, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import type { Database } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { listAccountOverviews } from './account-overview-store.ts';
import { changeLane } from './change-account.ts';

const EAST = 'America/New_York';
const HAWAII = 'Pacific/Honolulu';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

const LANES = NUMBERS.map((number) => ({ gatewayRef: number.id, phone: number.phone, dailyCap: 1000 }));

const account = (world: SendingWorld, change: Partial<Parameters<typeof insertAccount>[2]> = {}) =>
  insertAccount(database.db, world, { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes: LANES, ...change });

async function people(world: SendingWorld, count: number): Promise<readonly string[]> {
  const phones = testPhones(count);
  await insertContacts(
    database.db,
    world,
    phones.map((phone) => ({ phone })),
  );
  return phones;
}

async function change(world: SendingWorld, id: Uuid, to: Parameters<typeof changeLane>[1]['change']): Promise<void> {
  const actor = { actor: 'user:olivia', actorName: 'Olivia', reason: undefined };
  const changed = await changeLane({ ...world, db: database.db }, { id, change: to, ...actor });
  if (!changed.ok) throw new Error(changed.error.message);
}

/** Texts that the gateway took, day by day. */
const takenByDay = (world: SendingWorld): readonly number[] =>
  [...Map.groupBy(world.sandbox.accepted(), (text) => text.acceptedAt.toString().slice(0, 10)).values()].map(
    (texts) => texts.length,
  );

const reserved = async (day: string): Promise<number> => {
  const { rows } = await sql<{ reserved: number }>`select reserved from lane_usage where day = ${day}`.execute(
    database.db,
  );
  return rows[0]?.reserved ?? 0;
};

describe('a daily cap', () => {
  it('that is changed while a campaign runs is never exceeded', async () => {
    const world = await sendingWorld(database, {
      factor: 40,
      sandbox: { limits: { requestsPerSecond: Number.POSITIVE_INFINITY }, people: { replyShare: 0 } },
    });
    await people(world, 60);
    const { laneIds } = await account(world, { lanes: LANES.slice(0, 1), ratePerSecond: 400 });
    const [laneId = ''] = laneIds;
    await change(world, laneId, { messagesPerSecond: 1 });
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    world.startWorker('one');
    world.startWorker('two');
    await world.until('some went out', async () => world.sandbox.accepted().length >= 5);
    // From one text at a time to all who wait in one claim, of which the cap must take its part.
    await change(world, laneId, { dailyCap: 30, messagesPerSecond: null });
    await world.until('the cap is used up', async () => (await reserved('2026-11-17')) >= 30);
    // Below what is used: nothing more today, and so much tomorrow.
    await change(world, laneId, { dailyCap: 10 });
    world.clock.setFactor(7_200);
    await world.until('the lower cap is used up', async () => (await reserved('2026-11-18')) >= 10);
    await change(world, laneId, { dailyCap: 25 });
    await world.until('completed', () => world.completed(campaignId));
    expect(takenByDay(world)).toEqual([30, 25, 5]);
  });
});

describe('a number that moves to another zone', () => {
  // Used of the 16th, 17th and 18th where it was; what its day where it is then begins with, and which one that is.
  it.each([
    ['to the east, where the day began earlier', '2026-11-18T02:00:00Z', HAWAII, EAST, [50, 30, 0], '2026-11-17', 80],
    ['to the east, into the next day', '2026-11-18T06:00:00Z', HAWAII, EAST, [50, 30, 0], '2026-11-18', 30],
    ['to the west, back into the day before', '2026-11-18T06:00:00Z', EAST, HAWAII, [50, 30, 7], '2026-11-17', 37],
    ['to the west, where the day began later', '2026-11-17T17:00:00Z', EAST, HAWAII, [50, 30, 0], '2026-11-17', 30],
  ] as const)('gets no second cap by it: %s', async (_, startsAt, from, to, used, day, expected) => {
    const world = await sendingWorld(database, { startsAt });
    const { laneIds } = await account(world, { lanes: LANES.slice(0, 1) });
    const [laneId = ''] = laneIds;
    await change(world, laneId, { zone: from });
    await sql`
      insert into lane_usage (lane_id, day, reserved, parts)
      select ${laneId}, date '2026-11-15' + place::int, used, 2 * used from unnest(${used}::int[]) with ordinality as x (used, place)`.execute(
      database.db,
    );
    await change(world, laneId, { zone: to });
    const { rows } = await sql`select reserved, parts from lane_usage where day = ${day}`.execute(database.db);
    expect(rows).toEqual([{ reserved: expected, parts: 2 * expected }]);
  });
});

describe('a lane that drains', () => {
  it('serves only those who know it, until nobody is left', async () => {
    const world = await sendingWorld(database);
    const phones = await people(world, 12);
    const { laneIds } = await account(world);
    const [draining = '', other = ''] = laneIds;
    const known = phones.slice(0, 4);
    await sql`update contact set lane_id = ${draining} where phone = any(${known}::text[])`.execute(database.db);
    await launchTestCampaign(database.db, world, { laneIds });
    await change(world, draining, { state: 'draining' });
    const lane = async () => {
      const accounts = await listAccountOverviews(database.db, world.clock.now());
      return accounts.flatMap((row) => row.lanes).find((row) => row.id === draining);
    };
    expect(await lane()).toMatchObject({
      state: 'draining',
      stateReason: 'Set to take no new people by Olivia',
      waitingPeople: 4,
    });
    // The other one cannot serve the new people: they wait, and are not given to the draining one.
    await change(world, other, { state: 'paused' });
    world.startWorker('one');
    await world.until('nobody who knows it waits', async () => (await lane())?.waitingPeople === 0);
    await world.until('recorded', async () => world.sandbox.accepted().length === 4);
    expect(
      world.sandbox
        .accepted()
        .map((text) => text.to)
        .sort(),
    ).toEqual([...known].sort());
    await change(world, other, { state: 'active' });
    await world.until('all got theirs', async () => world.sandbox.accepted().length === 12);
    const from = Map.groupBy(world.sandbox.accepted(), (text) => text.from);
    expect(
      from
        .get(NUMBERS[0].phone)
        ?.map((text) => text.to)
        .sort(),
    ).toEqual([...known].sort());
    expect(from.get(NUMBERS[1].phone)).toHaveLength(8);
  });

  it('and is switched off at last leaves its people to the other numbers', async () => {
    const world = await sendingWorld(database);
    const phones = await people(world, 6);
    const { laneIds } = await account(world);
    const [off = ''] = laneIds;
    await sql`update contact set lane_id = ${off} where phone = any(${phones.slice(0, 3)}::text[])`.execute(
      database.db,
    );
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    await change(world, off, { state: 'off' });
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    expect(world.sandbox.accepted().map((text) => text.from)).toEqual(Array(6).fill(NUMBERS[1].phone));
  });
});
