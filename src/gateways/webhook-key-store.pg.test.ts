import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { storedEvents } from '../../test/stored-events.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { listSeen, seenQuery } from './webhook-key-store.ts';

const { db } = await testDatabase();
const events = await storedEvents(db, testWorld());

it('when a key last signed is one walk over the newest events of the account, however many there are', async () => {
  await events.fill(20_000, '2026-01-01T00:00:00Z');
  const seenAt = '2026-11-17T10:00:00Z';
  const id = await events.put({ at: seenAt });
  await sql`update gateway_event set signed_by = 'k1' where id = ${id}`.execute(db);
  expect([...(await listSeen(db, events.accountId))].map(([signer, at]) => [signer, at.toString()])).toEqual([
    ['k1', seenAt],
  ]);
  const { rows } = await sql<object>`explain ${seenQuery(events.accountId)}`.execute(db);
  const plan = JSON.stringify(rows);
  expect(plan).toMatch(/Index Scan Backward using gateway_event_(?:account|pkey)/);
  expect(plan).not.toMatch(/Sort Key: [^"]*received_at|Seq Scan/);
});
