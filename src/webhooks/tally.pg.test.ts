import { beforeEach, describe, expect, it } from 'vitest';
import { storedEvents } from '../../test/stored-events.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import type { Database } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { instant } from '../platform/time.ts';
import { listSourceHours, listSources, storeSourceCounts } from './source-store.ts';
import { createTally, startTally } from './tally.ts';

const STRANGER = '203.0.113.9';
const PROVIDER = '198.51.100.1';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

const logged: string[] = [];
const log = createLog({ level: 'warn', destination: { write: (line: string) => void logged.push(line) } });

describe('webhooks are counted by where they come from', () => {
  it('and stored every few seconds, the last ones when the counting ends', async () => {
    const world = testWorld();
    const { accountId } = await storedEvents(database.db, world);
    const tally = createTally(world.clock);
    const running = startTally({ ...world, database, log }, tally);
    const all = () => listSources(database.db, { now: world.clock.now(), hours: 24 });
    for (const outcome of ['accepted', 'accepted', 'repeated', 'signature_wrong'])
      tally.count({ accountId, source: PROVIDER, outcome });
    tally.count({ accountId: null, source: STRANGER, outcome: 'unknown_account' });
    expect(await all()).toEqual([]);
    await world.clock.advance(3_600_000);
    tally.count({ accountId, source: PROVIDER, outcome: 'accepted' });
    await running.close();
    expect(await all()).toMatchObject([
      {
        accountId,
        accountName: 'Test',
        source: PROVIDER,
        accepted: 3,
        repeated: 1,
        refused: { signature_wrong: 1 },
        lastAt: world.clock.now(),
      },
      {
        accountId: null,
        accountName: null,
        source: STRANGER,
        accepted: 0,
        repeated: 0,
        refused: { unknown_account: 1 },
      },
    ]);
    const hours = await listSourceHours(database.db, { now: world.clock.now(), hours: 24 });
    expect(hours.reduce((sum, { accepted, refused }) => sum + accepted + refused, 0)).toBe(5);
  });

  it('by hour, several processes into the same rows', async () => {
    const counts = [{ accountId: null, source: STRANGER, outcome: 'too_many', count: 5 }];
    const at = instant('2026-11-17T15:20:00Z');
    await Promise.all([1, 2, 3].map(() => storeSourceCounts(database.db, counts, at)));
    await storeSourceCounts(database.db, counts, instant('2026-11-17T16:00:00Z'));
    const now = instant('2026-11-17T16:10:00Z');
    const hours = await listSourceHours(database.db, { now, hours: 10_000 });
    expect(hours.map((hour) => ({ ...hour, at: hour.at.toString() }))).toEqual([
      { at: '2026-11-17T15:00:00Z', accepted: 0, repeated: 0, refused: 15 },
      { at: '2026-11-17T16:00:00Z', accepted: 0, repeated: 0, refused: 5 },
    ]);
    expect(await listSources(database.db, { now, hours: 1 })).toMatchObject([{ refused: { too_many: 5 } }]);
  });

  it('and what cannot be stored is kept until it can', async () => {
    const world = testWorld();
    const tally = createTally(world.clock);
    const away = { ...database, db: database.db.withSchema('nowhere') };
    await database.db.schema.alterTable('webhook_source').renameTo('gone').execute();
    const running = startTally({ ...world, database: away, log }, tally);
    tally.count({ accountId: null, source: STRANGER, outcome: 'too_many' });
    await running.close();
    expect(logged.some((line) => line.includes('could not be stored yet'))).toBe(true);
    expect(tally.take()).toEqual([{ accountId: null, source: STRANGER, outcome: 'too_many', count: 1 }]);
  });
});

describe('a flood', () => {
  it('from everywhere takes as much room as some hundred addresses, and hides no one who signs', () => {
    const tally = createTally(testWorld().clock);
    for (let n = 0; n < 50_000; n += 1)
      tally.count({ accountId: null, source: `2001:db8::${n.toString(16)}`, outcome: 'unknown_account' });
    tally.count({ accountId: null, source: PROVIDER, outcome: 'accepted' });
    const counts = tally.take();
    expect(counts.length).toBe(202);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(50_001);
    expect(counts.find(({ source }) => source === 'others')?.count).toBe(49_800);
    expect(counts.find(({ source }) => source === PROVIDER)?.count).toBe(1);
  });

  it('that names another account each time is counted, and bounded', () => {
    const { clock, newUuid } = testWorld();
    const tally = createTally(clock);
    for (let n = 0; n < 20_000; n += 1) tally.count({ accountId: newUuid(), source: STRANGER, outcome: 'too_many' });
    const counts = tally.take();
    expect(counts.length).toBe(5_001);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(20_000);
  });
});
