import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import type { Clock } from '../platform/clock.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, HOUR_MS } from '../platform/time.ts';
import { openEndpoints } from './endpoints.ts';

it('reads the accounts again when the clock was set back: an account that was connected since must not be unknown', async () => {
  const { db } = await testDatabase();
  const world = testWorld();
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  let shiftMs = 0;
  const clock: Clock = { ...world.clock, now: () => addMs(world.clock.now(), shiftMs) };
  const endpoints = openEndpoints({ db, clock, secrets });
  const connect = (digit: number) =>
    insertAccount(
      db,
      { ...world, secrets },
      {
        baseUrl: 'http://127.0.0.1:1',
        apiKey: 'key',
        lanes: [{ gatewayRef: `PN${digit}`, phone: `+1617555010${digit}` }],
      },
    );
  const first = await connect(1);
  expect(await endpoints.get(first.id)).toBeDefined();
  const second = await connect(2);
  shiftMs = -HOUR_MS;
  expect(await endpoints.refreshed(second.id)).toBeDefined();
});

it('looks for the only account anew for whoever asks for it, and prefers a live one', async () => {
  const { db } = await testDatabase();
  const world = testWorld();
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  const endpoints = openEndpoints({ db, clock: world.clock, secrets });
  const connect = async (environment: 'live' | 'sandbox', digit: number) => {
    const lanes = [{ gatewayRef: `PN${digit}`, phone: `+1617555010${digit}` }];
    const account = await insertAccount(
      db,
      { ...world, secrets },
      { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', lanes },
    );
    await sql`update gateway_account set environment = ${environment} where id = ${account.id}`.execute(db);
    return account;
  };
  const only = async () => (await endpoints.get({ onlyOf: 'quo' }))?.account.id;
  const onlyRefreshed = async () => (await endpoints.refreshed({ onlyOf: 'quo' }))?.account.id;
  expect(await only()).toBeUndefined();
  const sandbox = await connect('sandbox', 1);
  expect(await only()).toBeUndefined();
  expect(await onlyRefreshed()).toBe(sandbox.id);
  const live = await connect('live', 2);
  expect(await only()).toBe(sandbox.id);
  expect(await onlyRefreshed()).toBe(live.id);
});
