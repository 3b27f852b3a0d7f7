import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { API_KEY, type SendingWorld, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import type { Gateway } from '../gateways/gateway.ts';
import { quoGateway } from '../gateways/quo/quo-gateway.ts';
import type { Database } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { DEFAULT_ENGINE_OPTIONS, type Engine, startEngine } from './engine.ts';

const NUMBERS = 300;
const CAMPAIGNS = 8;

let database: Database;
let world: SendingWorld;
let accountId: Uuid;
let laneIds: readonly Uuid[];
let engine: Engine;
let sentAt: number[];
let asked: number;

/** Campaigns from hundreds of numbers, whose people know a paused one: thousands of claims in a turn find nobody. Real time. */
beforeEach(async () => {
  database = await testDatabase();
  world = await sendingWorld(database, { factor: 1 });
  const lanes = Array.from({ length: NUMBERS }, (_, index) => ({
    gatewayRef: `PN${index}`,
    phone: `+1617555${1000 + index}`,
  }));
  const account = await insertAccount(database.db, world, {
    baseUrl: world.sandbox.url,
    apiKey: API_KEY,
    lanes,
    ratePerSecond: 1_000,
  });
  accountId = account.id;
  laneIds = account.laneIds;
  await insertContacts(
    database.db,
    world,
    testPhones(10).map((phone) => ({ phone })),
  );
  for (let count = 0; count < CAMPAIGNS; count += 1)
    await launchTestCampaign(database.db, world, { laneIds, priority: 1 });
  await sql`update enrollment set lane_id = ${laneIds[0]}`.execute(database.db);
  await sql`update lane set state = 'paused', state_reason = 'test' where id = ${laneIds[0]}`.execute(database.db);
  sentAt = [];
  asked = 0;
});

function work(): void {
  const gateway: Gateway = {
    ...quoGateway({ ...world, baseUrl: world.sandbox.url, apiKey: API_KEY, requestTimeoutMs: 1_000 }),
    listNewest: async () => {
      asked += 1;
      return { ok: true, value: { messages: [], olderThan: undefined } };
    },
    send: async () => {
      sentAt.push(performance.now());
      return { kind: 'accepted', gatewayMessageId: `AC${sentAt.length}`, status: 'queued' };
    },
  };
  engine = startEngine({ ...world, openGateway: () => gateway }, { ...DEFAULT_ENGINE_OPTIONS, owner: 'one' });
}

const turnBegan = () => world.until('a turn of claims has begun', async () => asked === NUMBERS);
const wake = () => sql`select pg_notify('textwright_live', 'engine')`.execute(database.db);

describe('while a turn makes thousands of claims', () => {
  it('a reply goes out within a second', async () => {
    work();
    await turnBegan();
    const tookMs: number[] = [];
    for (const phone of testPhones(4)) {
      const before = sentAt.length;
      const began = performance.now();
      await sql`
        insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, attempts, lease_epoch,
          not_before, created_at)
        values (${world.newUuid()}, ${accountId}, ${laneIds[1]}, 'outbound', 'reply', ${phone}, 'Yes', 'GSM-7', 1, 'pending', 0, 0,
          ${world.clock.now()}, ${world.clock.now()})`.execute(database.db);
      await wake();
      await world.until('sent', async () => sentAt.length > before);
      tookMs.push((sentAt.at(-1) ?? 0) - began);
      await world.clock.sleep(300);
    }
    await engine.drain();
    expect(Math.max(...tookMs)).toBeLessThan(1_000);
  });

  it('a pause of everything holds before its end', async () => {
    const later = await launchTestCampaign(database.db, world, { laneIds, priority: 2 });
    work();
    await turnBegan();
    await world.clock.sleep(200);
    expect(sentAt).toEqual([]);
    await sql`
      insert into setting (key, value, updated_at)
      values ('sending', ${JSON.stringify({ state: 'paused', reason: 'test' })}, ${world.clock.now()})
      on conflict (key) do update set value = excluded.value`.execute(database.db);
    await wake();
    await world.clock.sleep(5_000);
    await engine.drain();
    const { rows } =
      await sql`select state, count(*) as n from enrollment where campaign_id = ${later} group by 1`.execute(
        database.db,
      );
    expect(rows).toEqual([{ state: 'pending', n: 10 }]);
  });
});
