import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { openWay } from '../../test/way-to-database.ts';
import { systemClock } from './clock.ts';
import { openDatabase, runTx } from './database.ts';
import { notifyLive, openLive } from './live.ts';
import { createLog } from './log.ts';

const database = await testDatabase();
const log = createLog({ level: 'silent' });

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 400) throw new Error('still not true after 8 s');
    await systemClock.sleep(20);
  }
}

describe('an outage of PostgreSQL', () => {
  it('fails the transaction that is under way and nothing else: the process lives and the next one works', async () => {
    const way = await openWay(database);
    const through = openDatabase({
      connectionString: way.connectionString,
      applicationName: 'test',
      maxConnections: 2,
    });
    const cutInside = runTx(through.db, async (tx) => {
      await sql`select 1`.execute(tx);
      way.cut();
      await until(() => way.open() === 0);
      await sql`select 1`.execute(tx);
    });
    await expect(cutInside).rejects.toThrow(/connection/i);
    way.mend();
    expect((await sql`select 1 as one`.execute(through.db)).rows).toEqual([{ one: 1 }]);
    await through.close();
  });

  it('leaves one live connection, which tells every listener to look again', async () => {
    const way = await openWay(database);
    const live = await openLive({ connectionString: way.connectionString, log });
    const told: string[] = [];
    live.subscribe('engine', (topic) => told.push(topic));
    way.cut();
    await until(() => way.asked() >= 5);
    way.mend();
    await until(() => told.length > 0);
    await notifyLive(database.db, ['engine']);
    await until(() => told.length > 1);
    expect(told).toEqual(['engine', 'engine']);
    expect(way.open()).toBe(1);
    await live.close();
  });
});
