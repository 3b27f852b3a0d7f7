import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { inboxFixture } from '../conversations/inbox.fixture.ts';
import type { Uuid } from '../platform/ids.ts';
import { latestReplies } from './live-store.ts';

const { db } = await testDatabase();
const fixture = await inboxFixture(db, testWorld().newUuid);
const PHONE = '+16175550301';
let campaignId: Uuid;

beforeAll(async () => {
  campaignId = await fixture.campaign('Spring');
  const contactId = await fixture.contact({ phone: PHONE });
  const at = '2026-11-17T09:00:00Z';
  const enrollmentId = await fixture.enrollment({ campaignId, contactId, phone: PHONE, at, state: 'pending' });
  const conversationId = await fixture.conversation({ phone: PHONE, at, waitingSince: '2026-11-17T10:00:00Z' });
  for (const [body, time] of [
    ['Hello', '09:30'],
    ['How much is it?', '10:00'],
    ['And when?', '10:05'],
  ] as const)
    await fixture.message({ phone: PHONE, at: `2026-11-17T${time}:00Z`, body, direction: 'inbound' });
  await sql`update enrollment set replied_at = '2026-11-17T09:30:00Z' where id = ${enrollmentId}`.execute(db);
  await sql`
    update message set conversation_id = ${conversationId}, in_reply_to_enrollment_id = ${enrollmentId}
    where phone = ${PHONE}`.execute(db);
});

const waiting = async () =>
  (await latestReplies(db, campaignId, 10)).filter((reply) => reply.waiting).map((reply) => reply.text);

it('shows the replies since nobody has answered as waiting, but none of somebody whom nobody may answer', async () => {
  expect(await waiting()).toEqual(['And when?', 'How much is it?']);
  await fixture.suppression({ phone: PHONE, at: '2026-11-17T10:06:00Z' });
  expect(await waiting()).toEqual([]);
  await sql`update suppression set lifted_at = '2026-11-17T11:00:00Z', lifted_evidence = '{}' where phone = ${PHONE}`.execute(
    db,
  );
  expect(await waiting()).toEqual(['And when?', 'How much is it?']);
});
