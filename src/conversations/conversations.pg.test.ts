import { type RawBuilder, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { searchPatterns } from '../contacts/contact-search.ts';
import { runTx } from '../platform/database.ts';
import type { Conversation, InboxView } from './conversation.ts';
import { countsQuery, farSearchQuery, inboxCounts, messagesQuery, viewQuery } from './conversation-store.ts';
import { type ConversationFields, inboxFixture } from './inbox.fixture.ts';
import { getConversation, listConversations, listThread } from './list-conversations.ts';
import { optOutConversation } from './opt-out-person.ts';
import { sendReply } from './send-reply.ts';
import { updateConversation } from './update-conversation.ts';

const { db } = await testDatabase();
const world = testWorld();
const fixture = await inboxFixture(db, world.newUuid);
const by = { actor: 'user:1', name: 'Ann' };

const list = async (
  view: InboxView,
  options: { search?: string; contactId?: string; cursor?: string; limit?: number } = {},
) => {
  const page = await listConversations(db, {
    view,
    search: options.search,
    contactId: options.contactId,
    cursor: options.cursor,
    limit: options.limit ?? 50,
  });
  if (!page.ok) throw new Error(page.error.message);
  return page.value;
};
const lastDigits = (conversations: readonly Conversation[]): readonly string[] =>
  conversations.map((conversation) => conversation.phone.slice(-4));
const reply = (conversationId: string, text = 'Tomorrow at 9') =>
  runTx(db, (tx) => sendReply(tx, world, { conversationId, text, by }));

describe('the inbox', () => {
  beforeAll(async () => {
    const thread = (last: string, fields: Omit<ConversationFields, 'phone'>) =>
      fixture.conversation({ phone: `+1617555${last}`, ...fields });
    await fixture.contact({ phone: '+16175550201', firstName: 'Maria', lastName: 'Lopez' });
    await thread('0201', { at: '2026-11-17T10:00:00Z', waitingSince: '2026-11-17T09:00:00Z', unread: 2 });
    await thread('0202', {
      at: '2026-11-17T12:00:00Z',
      waitingSince: '2026-11-17T08:00:00Z',
      unread: 1,
      needsReview: true,
    });
    await thread('0203', { at: '2026-11-17T11:00:00Z' });
    await thread('0204', { at: '2026-11-17T13:00:00Z', state: 'done' });
    await thread('0205', { at: '2026-11-17T09:30:00Z', state: 'done', needsReview: true });
    await fixture.suppression({ phone: '+16175550203', at: '2026-11-17T11:00:00Z', reason: 'wrong_number' });
  });

  it.each<[string, InboxView, readonly string[]]>([
    ['waiting begins with the person who has waited longest', 'waiting', ['0202', '0201']],
    ['open is what is not done, newest first', 'open', ['0202', '0203', '0201']],
    ['review is what a person has to decide on', 'review', ['0202', '0205']],
    ['done', 'done', ['0204', '0205']],
    ['all', 'all', ['0204', '0202', '0203', '0201', '0205']],
  ])('%s', async (_case, view, expected) => {
    expect(lastDigits((await list(view)).data)).toEqual(expected);
    const pieces: Conversation[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await list(view, { limit: 1, ...(cursor === undefined ? {} : { cursor }) });
      pieces.push(...page.data);
      cursor = page.nextCursor ?? undefined;
      more = page.nextCursor !== null;
    }
    expect(lastDigits(pieces)).toEqual(expected);
  });

  it.each<[string, string, InboxView, readonly string[]]>([
    ['a name', 'lopez', 'all', ['0201']],
    ['a name in another view', 'lopez', 'done', []],
    ['a piece of a stranger’s number', '555-0204', 'all', ['0204']],
    ['several', '(617) 555-02', 'open', ['0202', '0203', '0201']],
    ['marks', '%', 'all', []],
  ])('finds by %s', async (_case, search, view, expected) => {
    expect(lastDigits((await list(view, { search })).data)).toEqual(expected);
  });

  it('shows the contact that has the number now, and whether a reply is possible', async () => {
    const [maria] = (await list('all', { search: 'maria' })).data;
    expect(maria).toMatchObject({ name: 'Maria Lopez', optedOut: false, laneName: 'Main line' });
    expect(lastDigits((await list('all', { contactId: maria?.contactId ?? '' })).data)).toEqual(['0201']);
    const [stranger] = (await list('open', { search: '0203' })).data;
    expect(stranger).toMatchObject({ contactId: null, name: '+16175550203', optedOut: true });
  });

  it('counts what waits, is unread and needs review', async () => {
    expect(await inboxCounts(db)).toEqual({ waiting: 2, missed: 0, held: 0, unread: 2, review: 2 });
  });

  it('has nobody waiting or in review whom nobody may answer, until the suppression is lifted', async () => {
    const phone = '+16175550206';
    const waitingSince = '2026-11-17T07:00:00Z';
    const id = await fixture.conversation({ phone, at: waitingSince, waitingSince, unread: 1, needsReview: true });
    const shown = async () => {
      const conversation = await getConversation(db, id);
      if (!conversation.ok) throw new Error(conversation.error.message);
      const { waitingSince: since, needsReview, unread } = conversation.value;
      const views = ['waiting', 'review', 'open'] as const;
      const lists = await Promise.all(views.map((view) => list(view)));
      return {
        views: views.filter((_view, index) => lists[index]?.data.some((one) => one.id === id)),
        since: since?.toString() ?? null,
        needsReview,
        unread,
        counts: await inboxCounts(db),
      };
    };
    const waits = {
      views: ['waiting', 'review', 'open'],
      since: waitingSince,
      needsReview: true,
      unread: 1,
      counts: { waiting: 3, missed: 0, held: 0, unread: 3, review: 3 },
    };
    expect(await shown()).toEqual(waits);
    await fixture.suppression({ phone, at: '2026-11-17T08:00:00Z' });
    expect(await shown()).toEqual({
      views: ['open'],
      since: null,
      needsReview: false,
      unread: 1,
      counts: { waiting: 2, missed: 0, held: 0, unread: 3, review: 2 },
    });
    await sql`update suppression set lifted_at = ${'2026-11-17T09:00:00Z'}, lifted_evidence = '{}' where phone = ${phone}`.execute(
      db,
    );
    expect(await shown()).toEqual(waits);
  });

  it('refuses the cursor of another view', async () => {
    const { nextCursor } = await list('open', { limit: 1 });
    const page = await listConversations(db, {
      view: 'done',
      search: undefined,
      contactId: undefined,
      cursor: nextCursor ?? '',
      limit: 5,
    });
    expect(page).toMatchObject({ ok: false, error: { kind: 'invalid' } });
  });
});

describe('texts of a thread', () => {
  it('are those between the lane and the number, also from before the thread, with the reason of what went wrong', async () => {
    const phone = '+16175550211';
    const contactId = await fixture.contact({ phone });
    const campaignId = await fixture.campaign('Spring');
    const enrollmentId = await fixture.enrollment({
      campaignId,
      contactId,
      phone,
      at: '2026-11-16T10:00:00Z',
      state: 'pending',
    });
    await fixture.message({ phone, at: '2026-11-16T10:00:00Z', body: 'Hi', purpose: 'campaign', enrollmentId });
    await fixture.message({
      phone,
      at: '2026-11-16T10:01:00Z',
      body: 'Yes',
      direction: 'inbound',
      understoodAs: 'none',
    });
    await fixture.message({ phone, at: '2026-11-16T10:02:00Z', body: 'Fine', createdBy: 'Ann' });
    await fixture.message({ phone: '+16175550212', at: '2026-11-16T10:02:00Z', body: 'of someone else' });
    const id = await fixture.conversation({ phone, at: '2026-11-16T10:02:00Z' });
    const messages = await listThread(db, { id, cursor: undefined, limit: 10 });
    if (!messages.ok) throw new Error(messages.error.message);
    const texts = messages.value.data.flatMap((entry) => (entry.kind === 'text' ? [entry.message] : []));
    expect(texts.map((message) => [message.body, message.campaignName, message.understoodAs])).toEqual([
      ['Fine', null, null],
      ['Yes', null, 'none'],
      ['Hi', 'Spring', null],
    ]);
    const first = await listThread(db, { id, cursor: undefined, limit: 2 });
    const rest = await listThread(db, { id, cursor: first.ok ? (first.value.nextCursor ?? '') : '', limit: 2 });
    expect(rest).toMatchObject({ value: { data: [{ message: { body: 'Hi' } }], nextCursor: null } });
  });
});

describe('a reply', () => {
  it('waits for the engine with its parts, and the person waits no longer', async () => {
    const phone = '+16175550221';
    const contactId = await fixture.contact({ phone, firstName: 'Omar' });
    const id = await fixture.conversation({
      phone,
      at: '2026-11-17T14:00:00Z',
      waitingSince: '2026-11-17T14:00:00Z',
      unread: 3,
      state: 'done',
    });
    const sent = await reply(id, `${'x'.repeat(160)}\n€`);
    expect(sent).toMatchObject({
      value: { state: 'pending', purpose: 'reply', createdBy: 'Ann', createdAt: world.clock.now() },
    });
    const { rows } = await sql`
      select m.parts, m.encoding, m.not_before, m.contact_id, m.conversation_id, a.name as account
      from message m join gateway_account a on a.id = m.account_id where m.phone = ${phone}`.execute(db);
    expect(rows).toEqual([
      { parts: 2, encoding: 'GSM-7', notBefore: world.clock.now(), contactId, conversationId: id, account: 'Main' },
    ]);
    expect(await getConversation(db, id)).toMatchObject({
      value: {
        state: 'open',
        unread: 0,
        waitingSince: null,
        lastMessageDirection: 'outbound',
        lastMessageAt: world.clock.now(),
        lastMessagePreview: 'x'.repeat(160),
      },
    });
  });

  it.each([
    ['opt_out', 'Asked not to be texted, since 16 November 2026. Only the person can change this, by texting START'],
    ['wrong_number', 'The number belongs to someone else, since 16 November 2026. Ask for another number'],
    ['invalid_number', 'The number cannot receive texts, since 16 November 2026. Ask for another number'],
  ])('is refused while the number is suppressed (%s), and writes nothing', async (reason, sentence) => {
    const phone = `+1617555${{ opt_out: '0231', wrong_number: '0232' }[reason] ?? '0233'}`;
    await fixture.contact({ phone, firstName: 'Maria' });
    const id = await fixture.conversation({ phone, at: '2026-11-17T14:00:00Z', waitingSince: '2026-11-17T14:00:00Z' });
    // Midnight in Greenwich is the evening before in New York, where the lane is.
    await fixture.suppression({ phone, reason, at: '2026-11-17T01:00:00Z' });
    expect(await reply(id)).toEqual({
      ok: false,
      error: {
        kind: 'conflict',
        message: `no reply can be sent to Maria (${phone}). ${sentence}`,
        state: reason,
        allowed: [],
      },
    });
    const { rows } = await sql`select 1 from message where phone = ${phone}`.execute(db);
    expect(rows).toEqual([]);
  });

  it('is possible again when the suppression was lifted', async () => {
    const phone = '+16175550234';
    const id = await fixture.conversation({ phone, at: '2026-11-17T14:00:00Z' });
    await fixture.suppression({
      phone,
      at: '2026-11-16T01:00:00Z',
      lifted: { at: '2026-11-17T01:00:00Z', evidence: {} },
    });
    expect(await reply(id)).toMatchObject({ ok: true });
  });

  it('is refused on a lane that is off, and taken on one that is paused', async () => {
    const off = await fixture.lane({ name: 'Old line', phone: '+16175550101', state: 'off' });
    const paused = await fixture.lane({ name: 'Second line', phone: '+16175550102', state: 'paused' });
    const at = '2026-11-17T14:00:00Z';
    const refused = await reply(await fixture.conversation({ phone: '+16175550241', at, laneId: off }));
    expect(refused.ok ? '' : refused.error.message).toBe(
      'lane Old line (+16175550101) is switched off (set by a test). Switch it on in Settings, then reply: a reply must come from the number that the person wrote to',
    );
    expect(await reply(await fixture.conversation({ phone: '+16175550241', at, laneId: paused }))).toMatchObject({
      ok: true,
    });
  });

  it('and an opt-out of the same moment: one is wholly first, and no reply survives the opt-out', async () => {
    for (let n = 0; n < 10; n += 1) {
      const phone = `+161755503${String(n).padStart(2, '0')}`;
      await fixture.contact({ phone });
      const id = await fixture.conversation({ phone, at: '2026-11-17T14:00:00Z' });
      await Promise.all([
        reply(id),
        runTx(db, (tx) =>
          suppressNumber(tx, world, { phone, reason: 'opt_out', channel: 'sms', evidence: {}, actor: 'contact' }),
        ),
      ]);
      const { rows } = await sql`select state from message where phone = ${phone} and state <> 'cancelled'`.execute(db);
      expect(rows).toEqual([]);
    }
  });

  it('is refused for a conversation that does not exist', async () => {
    expect(await reply(world.newUuid())).toMatchObject({ ok: false, error: { kind: 'not_found' } });
  });
});

describe('marking', () => {
  const mark = (id: string, change: Parameters<typeof updateConversation>[2]['change']) =>
    runTx(db, (tx) => updateConversation(tx, world, { id, change, by }));

  it('done takes a thread out of everything that waits; open brings it back', async () => {
    const waitingSince = '2026-11-17T14:00:00Z';
    const id = await fixture.conversation({ phone: '+16175550251', at: waitingSince, waitingSince, unread: 4 });
    expect(await mark(id, { state: 'done' })).toMatchObject({
      value: { state: 'done', unread: 0, waitingSince: null },
    });
    const open = await mark(id, { state: 'open' });
    expect(open).toMatchObject({ value: { state: 'open', unread: 0 } });
    expect(open.ok && open.value.waitingSince?.toString()).toBe(waitingSince);
  });

  it('open again, a person waits since the first text that had no reply', async () => {
    const phone = '+16175550256';
    const texts = { phone, direction: 'inbound', purpose: 'inbound', state: 'received', body: 'hello' } as const;
    await fixture.message({ ...texts, at: '2026-11-01T09:00:00Z' });
    await fixture.message({ ...texts, at: '2026-11-16T09:00:00Z' });
    await fixture.message({ phone, at: '2026-11-16T10:00:00Z', body: 'yes', purpose: 'reply', createdBy: 'Ann' });
    await fixture.message({ ...texts, at: '2026-11-16T11:00:00Z' });
    await fixture.message({ ...texts, at: '2026-11-17T14:00:00Z' });
    const id = await fixture.conversation({ phone, at: '2026-11-17T14:00:00Z', state: 'done' });
    const open = await mark(id, { state: 'open' });
    expect(open.ok && open.value.waitingSince?.toString()).toBe('2026-11-16T11:00:00Z');
  });

  it('open again, nobody waits who had an answer or must not get one', async () => {
    const at = '2026-11-17T14:00:00Z';
    const stopped = await fixture.conversation({ phone: '+16175550254', at, state: 'done' });
    await fixture.suppression({ phone: '+16175550254', at, reason: 'opt_out' });
    expect(await mark(stopped, { state: 'open' })).toMatchObject({ value: { state: 'open', waitingSince: null } });
    const answered = await fixture.conversation({ phone: '+16175550255', at, waitingSince: at });
    await reply(answered, 'On our way');
    await mark(answered, { state: 'done' });
    expect(await mark(answered, { state: 'open' })).toMatchObject({ value: { state: 'open', waitingSince: null } });
  });

  it('read leaves the person waiting', async () => {
    const waitingSince = '2026-11-17T14:00:00Z';
    const id = await fixture.conversation({ phone: '+16175550252', at: waitingSince, waitingSince, unread: 4 });
    const read = await mark(id, { read: true });
    expect(read).toMatchObject({ value: { unread: 0, state: 'open' } });
    expect(read.ok && read.value.waitingSince?.toString()).toBe(waitingSince);
  });

  it('opted out by staff ends the question whether the reply was an opt-out, and every reply that waits', async () => {
    const phone = '+16175550290';
    const id = await fixture.conversation({ phone, at: '2026-11-17T14:00:00Z', needsReview: true });
    const waits = await reply(id);
    expect(waits.ok).toBe(true);
    const asked = { id, note: 'On the phone', by };
    const done = await runTx(db, (tx) => optOutConversation(tx, world, asked));
    expect(done).toMatchObject({ ok: true, value: { id, contactId: null, optedOut: true, needsReview: false } });
    const { rows } = await sql`
      select reason, channel, evidence ->> 'note' as note, evidence ->> 'by' as by from suppression where phone = ${phone}`.execute(
      db,
    );
    expect(rows).toEqual([{ reason: 'opt_out', channel: 'staff', note: 'On the phone', by: 'Ann' }]);
    expect(await reply(id)).toMatchObject({ ok: false });
    expect(await runTx(db, (tx) => optOutConversation(tx, world, { ...asked, id: world.newUuid() }))).toMatchObject({
      ok: false,
      error: { kind: 'not_found' },
    });
  });

  it('reviewed is kept in the audit log, once', async () => {
    const phone = '+16175550253';
    const id = await fixture.conversation({ phone, at: '2026-11-17T14:00:00Z', needsReview: true });
    expect(await mark(id, { reviewed: true })).toMatchObject({ value: { needsReview: false } });
    await mark(id, { reviewed: true });
    const { rows } = await sql`select actor, action from audit_entry where phone = ${phone}`.execute(db);
    expect(rows).toEqual([{ actor: 'user:1', action: 'conversation.reviewed' }]);
  });

  it('is refused for a conversation that does not exist', async () => {
    expect(await mark(world.newUuid(), { read: true })).toMatchObject({ ok: false, error: { kind: 'not_found' } });
  });
});

describe('plans with 20,000 conversations and 60,000 texts', () => {
  beforeAll(async () => {
    await sql`
      insert into contact (id, phone, first_name, zone_group, source, created_at, updated_at)
      select gen_random_uuid(), '+1212' || lpad((2000000 + n)::text, 7, '0'), 'Name' || md5(n::text), 'NY|America/New_York', 'import',
        timestamptz '2026-01-01Z', timestamptz '2026-01-01Z' from generate_series(1, 20000) n`.execute(db);
    await sql`
      insert into conversation (id, contact_id, lane_id, phone, state, unread, waiting_since, needs_review, last_message_at,
        last_message_preview, last_message_direction, created_at)
      select gen_random_uuid(), (select id from contact where phone = '+1212' || lpad((2000000 + n)::text, 7, '0')), ${fixture.laneId}, '+1212' || lpad((2000000 + n)::text, 7, '0'), case when n % 3 = 0 then 'open' else 'done' end,
        case when n % 200 = 0 then 1 else 0 end, case when n % 100 = 0 then timestamptz '2026-01-01Z' + n * interval '1 minute' end,
        n % 500 = 0, timestamptz '2026-01-01Z' + n * interval '1 minute', 'hello', 'inbound', timestamptz '2026-01-01Z'
      from generate_series(1, 20000) n`.execute(db);
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, created_at)
      select gen_random_uuid(), l.account_id, l.id, 'inbound', 'inbound', '+1212' || lpad((2000000 + n % 20000)::text, 7, '0'), 'hello', 'GSM-7',
        1, 'received', timestamptz '2026-01-01Z', timestamptz '2026-01-01Z' + n * interval '1 second'
      from generate_series(1, 60000) n, lane l where l.id = ${fixture.laneId}`.execute(db);
    await sql`vacuum analyze`.execute(db);
  });

  const explain = async (query: RawBuilder<unknown>): Promise<string> => {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${query}`.execute(db.withoutPlugins());
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  const page = { after: { at: '2026-01-10T00:00:00Z', id: '00000000-0000-7000-8000-000000000000' }, limit: 51 };

  it.each([
    ['waiting', viewQuery('waiting', page), ['conversation_waiting']],
    ['open', viewQuery('open', page), ['conversation_newest']],
    ['review', viewQuery('review', page), ['conversation_review']],
    ['done', viewQuery('done', page), ['conversation_newest']],
    ['all', viewQuery('all', page), ['conversation_newest']],
    ['the counts', countsQuery(), ['conversation_waiting', 'conversation_unread', 'conversation_review']],
    [
      'a search',
      farSearchQuery('all', searchPatterns('name4e73'), page),
      ['contact_search', 'conversation_phone', 'conversation_contact'],
    ],
    [
      'the texts of a thread',
      messagesQuery({ laneId: fixture.laneId, phone: '+12122000017' }, page),
      ['message_phone', 'AND (created_at <= '],
    ],
  ])('%s: the index is used and no table read through', async (_case, query, indexes) => {
    const plan = await explain(query);
    for (const index of indexes) expect(plan).toContain(index);
    for (const table of ['conversation', 'contact', 'message']) expect(plan).not.toContain(`Seq Scan on ${table} `);
  });
});
