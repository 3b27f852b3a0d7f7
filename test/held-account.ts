import type { Database } from '../src/platform/database.ts';
import type { Uuid } from '../src/platform/ids.ts';
import { secretsWithKey } from '../src/platform/secrets.ts';
import type { Lease } from '../src/sending/lease-store.ts';
import { takeLease } from './claimed.ts';
import { type ContactFixture, insertAccount, insertContacts } from './fixtures.ts';
import { testDatabase } from './test-database.ts';
import { testWorld } from './world.ts';

export interface HeldAccount {
  readonly database: Database;
  readonly world: ReturnType<typeof testWorld>;
  readonly lease: Lease;
  readonly laneIds: readonly Uuid[];
  readonly contactIds: readonly Uuid[];
}

/** A worker holds an account with `lanes` numbers (+1 617 555 0001 and on); ten in the morning. For tests that play the engine step by step. */
export async function heldAccount(
  options: { readonly lanes?: number; readonly dailyCap?: number; readonly people?: readonly ContactFixture[] } = {},
): Promise<HeldAccount> {
  const database = await testDatabase();
  const { db } = database;
  const world = testWorld();
  const secrets = secretsWithKey(new Uint8Array(32).fill(7), world.random);
  const lanes = Array.from({ length: options.lanes ?? 1 }, (_, index) => ({
    gatewayRef: `PN${index + 1}`,
    phone: `+1617555000${index + 1}`,
    dailyCap: options.dailyCap ?? 1_000,
  }));
  const account = await insertAccount(db, { ...world, secrets }, { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', lanes });
  const contactIds = await insertContacts(db, world, options.people ?? []);
  const lease = await takeLease(db, world, account.id);
  return { database, world, lease, laneIds: account.laneIds, contactIds };
}
