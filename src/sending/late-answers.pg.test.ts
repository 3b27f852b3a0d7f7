import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { API_KEY, NUMBERS, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { addMs, MINUTE_MS } from '../platform/time.ts';

it.each([
  ['number is switched off', `update lane set state = 'off', state_reason = 'Moved out'`],
  ['account is paused', `update gateway_account set state = 'paused', state_reason = 'No credit'`],
])('a confirmation that is too late ends, and a reply waits for a person, while the %s', async (_what, change) => {
  const database = await testDatabase();
  const world = await sendingWorld(database);
  const [number] = NUMBERS;
  const lanes = [{ gatewayRef: number.id, phone: number.phone }];
  const { id, laneIds } = await insertAccount(database.db, world, {
    baseUrl: world.sandbox.url,
    apiKey: API_KEY,
    lanes,
  });
  await sql.raw(change).execute(database.db);
  const now = world.clock.now();
  for (const purpose of ['opt_out_confirmation', 'reply'])
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, not_after, created_at)
      values (${world.newUuid()}, ${id}, ${laneIds[0]}, 'outbound', ${purpose}, '+16175550100', 'Bye', 'GSM-7', 1, 'pending', ${now},
        ${purpose === 'reply' ? null : addMs(now, 5 * MINUTE_MS)}, ${now})`.execute(database.db);
  const texts = async () =>
    (
      await sql<{ told: string }>`
      select purpose || ': ' || state || coalesce(' ' || failure_code, '') as told from message order by purpose`.execute(
        database.db,
      )
    ).rows.map(({ told }) => told);
  world.startWorker('one');
  await world.until('the confirmation has ended', async () => (await texts())[0] !== 'opt_out_confirmation: pending');
  expect(await texts()).toEqual(['opt_out_confirmation: cancelled too_late', 'reply: pending']);
  expect(world.sandbox.accepted()).toEqual([]);
});
