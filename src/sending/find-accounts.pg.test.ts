import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { API_KEY, type SendingWorld, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { manualClock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { msBetween, SECOND_MS } from '../platform/time.ts';
import { DEFAULT_ENGINE_OPTIONS } from './engine.ts';
import { createFinder } from './find-accounts.ts';
import type { Lease } from './lease-store.ts';

let database: Database;
let world: SendingWorld;

/** Four accounts. */
beforeEach(async () => {
  database = await testDatabase();
  world = await sendingWorld(database);
  for (const digit of [1, 2, 3, 4])
    await insertAccount(database.db, world, {
      baseUrl: world.sandbox.url,
      apiKey: API_KEY,
      lanes: [{ gatewayRef: `PNtest0${digit}`, phone: `+1617555000${digit}` }],
    });
});

async function holders(): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<{ owner: string; count: number }>`
    select owner, count(*) as count from account_lease where owner is not null group by owner`.execute(database.db);
  return Object.fromEntries(rows.map(({ owner, count }) => [owner, count]));
}
async function epochs(): Promise<number> {
  const { rows } = await sql<{ sum: number }>`select sum(epoch) as sum from account_lease`.execute(database.db);
  return rows[0]?.sum ?? 0;
}
const held = (expected: Readonly<Record<string, number>>) =>
  world.until(`accounts are held by ${JSON.stringify(expected)}`, async () => {
    const now = await holders();
    return JSON.stringify(Object.entries(now).sort()) === JSON.stringify(Object.entries(expected).sort());
  });
const realSeconds = (seconds: number) => world.clock.sleep(seconds * SECOND_MS * world.clock.factor);

describe('worker processes', () => {
  it('share the accounts with one that joins later, and then let them be', async () => {
    world.startWorker('first');
    await held({ first: 4 });
    world.startWorker('second');
    await held({ first: 2, second: 2 });
    const moved = await epochs();
    expect(moved).toBe(6);
    // Several looks of each.
    await realSeconds(4);
    expect(await epochs()).toBe(moved);
  });

  it('take at once what one that drains held, which none of them had a share in', async () => {
    world.startWorker('first');
    const second = world.startWorker('second');
    await held({ first: 2, second: 2 });
    await second.drain();
    await held({ first: 4 });
    expect((await sql`select owner from engine_worker`.execute(database.db)).rows).toEqual([{ owner: 'first' }]);
  });

  it('take back what they gave for one that never came, and do not try again for a minute', async () => {
    world.startWorker('first');
    await held({ first: 4 });
    const alive = world.clock.now().add({ milliseconds: 2 * SECOND_MS * world.clock.factor });
    await sql`insert into engine_worker (owner, seen_at) values ('dead', ${alive})`.execute(database.db);
    await world.until('two accounts were given back', async () => Object.values(await holders())[0] === 2);
    await held({ first: 4 });
    await sql`update engine_worker set seen_at = ${alive.add({ milliseconds: 3 * SECOND_MS * world.clock.factor })} where owner = 'dead'`.execute(
      database.db,
    );
    await realSeconds(2);
    expect(await holders()).toEqual({ first: 4 });
  });
});

it('nothing is given back for a worker whose leases ran out, though it told of itself just before', async () => {
  const clock = manualClock(world.clock.now());
  const options = { leaseMs: 12_000, lookMs: 10_000 };
  const killed: Lease[] = [];
  await createFinder({ ...world, clock }, { owner: 'killed', ...options }).look(new Set(), (lease) =>
    killed.push(lease),
  );
  expect(killed).toHaveLength(4);
  await clock.advance(12_000);
  const finder = createFinder({ ...world, clock }, { owner: 'alive', ...options });
  const held = new Set<Uuid>();
  const look = () => finder.look(held, ({ accountId }) => held.add(accountId));
  await look();
  await clock.advance(1_000);
  await look();
  expect(held.size).toBe(4);
  await clock.advance(1_000);
  expect((await look()).giveBack).toEqual([]);
});

it('what a killed worker held is taken within 15 s also by one that has its share', async () => {
  const clock = manualClock(world.clock.now());
  const { leaseMs, lookMs } = DEFAULT_ENGINE_OPTIONS;
  const worker = (owner: string) => {
    const held = new Set<Uuid>();
    const finder = createFinder({ ...world, clock }, { owner, leaseMs, lookMs });
    return { held, look: () => finder.look(held, ({ accountId }) => held.add(accountId)) };
  };
  const [alive, killed] = [worker('alive'), worker('killed')];
  await killed.look();
  await sql`update account_lease set owner = null, expires_at = null where account_id in (select id from gateway_account order by id limit 2)`.execute(
    database.db,
  );
  const crashed = clock.now();
  let { lookAt } = await alive.look();
  expect(alive.held.size).toBe(2);
  while (alive.held.size < 4) {
    await clock.set(lookAt);
    ({ lookAt } = await alive.look());
  }
  expect(msBetween(crashed, clock.now())).toBeLessThanOrEqual(15 * SECOND_MS);
});

it('an account that another one took is left to it for as long as a lease, though its clock says that this one is over', async () => {
  const clock = manualClock(world.clock.now());
  const finder = createFinder({ ...world, clock }, { owner: 'late', leaseMs: 12_000, lookMs: 10_000 });
  const taken: Lease[] = [];
  const look = () => finder.look(new Set(), (lease) => taken.push(lease));
  await look();
  expect(taken).toHaveLength(4);
  // By a clock that is an hour behind.
  await sql`update account_lease set owner = 'early', epoch = epoch + 1, expires_at = expires_at - interval '1 hour'`.execute(
    database.db,
  );
  for (const { accountId } of taken) finder.lost(accountId);
  await clock.advance(11_000);
  await look();
  expect(taken).toHaveLength(4);
  await clock.advance(1_000);
  await look();
  expect(taken).toHaveLength(8);
});
