import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { API_KEY, NUMBERS, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { changeSendingPolicy } from './change-sending-policy.ts';

const database = await testDatabase();

it('closes an hour for campaigns that run, from their next turn on', async () => {
  const world = await sendingWorld(database, { factor: 40 });
  const phones = testPhones(40);
  await insertContacts(
    database.db,
    world,
    phones.map((phone) => ({ phone })),
  );
  const { laneIds } = await insertAccount(database.db, world, {
    baseUrl: world.sandbox.url,
    apiKey: API_KEY,
    lanes: [{ gatewayRef: NUMBERS[0].id, phone: NUMBERS[0].phone, dailyCap: 1000 }],
  });
  await sql`update lane set messages_per_second = 1`.execute(database.db);
  await launchTestCampaign(database.db, world, { laneIds });
  world.startWorker('one');
  await world.until('some went out', async () => world.sandbox.accepted().length >= 5);
  // Every day but this Tuesday, from eleven on.
  const late = { startMinute: 11 * 60, endMinute: 19 * 60 };
  const businessHours = { zone: 'America/New_York', days: { 1: late, 3: late, 4: late, 5: late, 6: late, 7: late } };
  const changed = await changeSendingPolicy(
    { ...world, db: database.db },
    { change: (before) => ({ ...before, businessHours }), actor: 'user:olivia' },
  );
  expect(changed).toMatchObject({ ok: true });
  const { rows } = await sql<{ reserved: number }>`select reserved from lane_usage`.execute(database.db);
  const tookAt = (): readonly string[] =>
    world.sandbox
      .accepted()
      .map((text) => text.acceptedAt.toString())
      .sort();
  const WEDNESDAY = '2026-11-18T05:00:00Z';
  world.clock.setFactor(3_600);
  await world.until('it goes on', async () => (tookAt().at(-1) ?? '') > WEDNESDAY);
  const onTuesday = tookAt().filter((at) => at < WEDNESDAY);
  // A turn that had read the policy before it changed may still have claimed what the lane let it.
  expect(onTuesday.length).toBeLessThanOrEqual((rows[0]?.reserved ?? 0) + 2);
  expect(onTuesday.length).toBeLessThan(40);
  // Eleven in New York, or later: a busy machine may miss a day.
  expect(tookAt()[onTuesday.length] ?? '').toSatisfy((at: string) => at >= '2026-11-18T16:00');
});
