import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { firstUuidAt } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, DAY_MS, MINUTE_MS } from '../platform/time.ts';
import { receiptLimits } from './decide-suspicion.ts';
import { usualReceipts } from './rhythm-store.ts';

const world = testWorld();
const { db } = await testDatabase();
const secrets = secretsWithKey(new Uint8Array(32).fill(7), world.random);
const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001' }];
const account = await insertAccount(db, { ...world, secrets }, { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes });

it('the usual time of a receipt is one that can be subtracted from an instant, whatever the texts took', async () => {
  const now = world.clock.now();
  for (let text = 0; text < 25; text += 1) {
    const at = addMs(now, -DAY_MS + text * MINUTE_MS);
    const id = firstUuidAt(at.epochMilliseconds).slice(0, 13) + world.newUuid().slice(13);
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id, not_before,
        created_at, sent_at, delivered_at)
      values (${id}, ${account.id}, ${account.laneIds[0]}, 'outbound', 'reply', '+16175550199', 'Hello', 'GSM-7', 1, 'delivered',
        ${`AC${text}`}, ${at}, ${at}, ${at}, ${at}::timestamptz + make_interval(secs => 40.1237 + ${text}::float8 / 7))`.execute(
      db,
    );
  }
  const usual = await usualReceipts(db, {
    accountId: account.id,
    fromId: firstUuidAt(addMs(now, -7 * DAY_MS).epochMilliseconds),
    untilId: firstUuidAt(now.epochMilliseconds),
  });
  expect(usual).toMatchObject({ texts: 25, confirmed: 25, lagMs: 43_209 });
  expect(addMs(now, -receiptLimits(usual).lagMs).epochMilliseconds).toBe(now.epochMilliseconds - 43_209);
});
