import { secretsWithKey } from '../src/platform/secrets.ts';
import { insertAccount } from './fixtures.ts';
import { testDatabase } from './test-database.ts';
import { testWorld } from './world.ts';

export const LANE = '+16175550001';

/** A database with one account that has one number; nothing listens at its gateway. */
export async function oneLineWorld() {
  const database = await testDatabase();
  const world = testWorld();
  const account = await insertAccount(
    database.db,
    { ...world, secrets: secretsWithKey(world.random.bytes(32), world.random) },
    { baseUrl: 'http://x', apiKey: 'k', lanes: [{ gatewayRef: 'PN1', phone: LANE }] },
  );
  const [laneId = ''] = account.laneIds;
  return { database, db: database.db, world, account, laneId };
}
