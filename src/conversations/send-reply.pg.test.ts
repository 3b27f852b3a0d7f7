import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { runTx } from '../platform/database.ts';
import { inboxFixture } from './inbox.fixture.ts';
import { sendReply } from './send-reply.ts';

const { db } = await testDatabase();
const world = testWorld();
const fixture = await inboxFixture(db, world.newUuid);

it('a reply to a number that is no contact waits for the opt-out that is just being written, and is refused', async () => {
  const phone = '+16175550199';
  const conversationId = await fixture.conversation({ phone, at: '2026-11-17T10:00:00Z' });
  let commit = (): void => undefined;
  let written = (): void => undefined;
  const mayCommit = new Promise<void>((resolve) => {
    commit = resolve;
  });
  const isWritten = new Promise<void>((resolve) => {
    written = resolve;
  });
  const stop = runTx(db, async (tx) => {
    await suppressNumber(tx, world, { phone, reason: 'opt_out', channel: 'sms', evidence: {}, actor: 'contact' });
    written();
    await mayCommit;
  });
  await isWritten;
  const reply = runTx(db, (tx) => sendReply(tx, world, { conversationId, text: 'Tomorrow at 9', by: { name: 'Ann' } }));
  // The reply has come as far as it can: it waits for the lock, or (the mistake) it is written already.
  await expect
    .poll(
      async () =>
        (
          await sql<{ n: number }>`select count(*) as n from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`.execute(db)
        ).rows[0]?.n,
    )
    .toBe(1);
  commit();
  await stop;
  expect(await reply).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('Asked not to be texted') },
  });
});
