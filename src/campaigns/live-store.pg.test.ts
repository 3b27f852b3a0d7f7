import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { inboxFixture } from '../conversations/inbox.fixture.ts';
import type { Uuid } from '../platform/ids.ts';
import { instant } from '../platform/time.ts';
import { latestReplies, sentSince } from './live-store.ts';

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

const TEXTED = { since: instant('2026-11-17T11:50:00Z'), now: instant('2026-11-17T12:00:00Z') };

/** One text every `everyMs` until noon. */
const textEvery = async (
  campaignId: Uuid,
  texts: { readonly count: number; readonly everyMs: number },
): Promise<void> => {
  await sql`
    with person as (
      insert into contact (id, phone, zone_group, source, created_at, updated_at)
      select gen_random_uuid(), '+1603' || (2000000 + n), 'NH|America/New_York', 'test', now(), now() from generate_series(1, ${texts.count}::integer) n
      on conflict (phone) do update set updated_at = now() returning id, phone
    )
    insert into enrollment (id, campaign_id, contact_id, phone, zone_group, state, lane_id, not_before, created_at, sent_at)
    select gen_random_uuid(), ${campaignId}, id, phone, 'NH|America/New_York', 'sent', (select id from lane limit 1), now(), now(),
      ${TEXTED.now}::timestamptz - make_interval(secs => ${texts.everyMs}::double precision / 1000 * row_number() over ())
    from person`.execute(db);
};

it('counts the texts of the last minutes, and of a fast campaign tells from the newest how many they are', async () => {
  const slow = await fixture.campaign('Slow');
  await textEvery(slow, { count: 100, everyMs: 10_000 });
  expect(await sentSince(db, slow, TEXTED)).toBe(59);
  const fast = await fixture.campaign('Fast');
  await textEvery(fast, { count: 6_000, everyMs: 5 });
  expect(await sentSince(db, fast, TEXTED)).toBe(120_000);
});
