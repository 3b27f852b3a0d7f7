import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertContacts, launchTestCampaign } from '../../test/fixtures.ts';
import { audited, type InboundWorld, inboundWorld, OUR_NUMBER, PERSON } from '../../test/inbound-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { lockNumber } from '../compliance/lock-number.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { type Database, runTx, type Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { InboundText } from './inbound.ts';
import { listConversations, listThread } from './list-conversations.ts';
import { recordAnswers, recordInbound } from './record-inbound.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

describe('the inbox', () => {
  const QUESTION = 'Shall we come by on Friday?';
  /** The views in which the person is, and the texts that nobody has read. */
  const inbox = async () => {
    const views = ['waiting', 'open', 'done'] as const;
    const pages = await Promise.all(
      views.map((view) =>
        listConversations(database.db, { view, search: undefined, contactId: undefined, cursor: undefined, limit: 5 }),
      ),
    );
    const found = pages.map((page) => (page.ok ? page.value.data[0] : undefined));
    return {
      in: views.filter((_view, index) => found[index] !== undefined),
      unread: found[1]?.unread ?? found[2]?.unread,
    };
  };

  it.each<[string, readonly string[], Awaited<ReturnType<typeof inbox>>]>([
    ['a question waits and is unread', ['How much is it?'], { in: ['waiting', 'open'], unread: 1 }],
    ['a lone question mark waits', ['??'], { in: ['waiting', 'open'], unread: 1 }],
    ['a picture without words waits', [''], { in: ['waiting', 'open'], unread: 1 }],
    ['a reaction is to be read, and waits for nothing', ['👍'], { in: ['open'], unread: 1 }],
    ['also when it quotes a question', [`Liked “${QUESTION}”`], { in: ['open'], unread: 1 }],
    ['an opt-out needs no person', ['STOP'], { in: ['done'], unread: 0 }],
    ['nor does one in words', ['Please stop texting me'], { in: ['done'], unread: 0 }],
    ['nor does START', ['STOP', 'START'], { in: ['done'], unread: 0 }],
    ['a wish for texts in other words is to be read', ['STOP', 'Add me back'], { in: ['open'], unread: 1 }],
    ['a question before an opt-out is read, and waits no longer', ['How much?', 'STOP'], { in: ['open'], unread: 1 }],
    ['nor does one after it', ['STOP', 'How much?'], { in: ['open'], unread: 1 }],
    ['START brings it back', ['How much?', 'STOP', 'START'], { in: ['waiting', 'open'], unread: 1 }],
  ])('%s', async (_case, texts, expected) => {
    const { hear, clock } = await inboundWorld(database.db);
    for (const text of texts) {
      await hear(text, text === '' ? { media: [{ url: 'https://example.com/crack.jpg', type: 'image/jpeg' }] } : {});
      await clock.advance(60_000);
    }
    expect(await inbox()).toEqual(expected);
  });
});

/** A campaign whose texts to all contacts have just gone out. */
async function sendNow(world: InboundWorld, name: string): Promise<Uuid> {
  const { laneIds } = world.account;
  const campaignId = await launchTestCampaign(database.db, world, { laneIds, name });
  const now = world.clock.now();
  await sql`update enrollment set state = 'sent', sent_at = ${now}, lane_id = ${laneIds[0]} where campaign_id = ${campaignId}`.execute(
    database.db,
  );
  const { rows } = await sql<{ id: Uuid }>`select id from enrollment where campaign_id = ${campaignId}`.execute(
    database.db,
  );
  for (const { id } of rows)
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, enrollment_id, phone, body, encoding, parts, state,
        gateway_message_id, lease_epoch, not_before, created_at, attempted_at, sent_at)
      select ${world.newUuid()}, ${world.account.id}, ${laneIds[0]}, 'outbound', 'campaign', id, phone, 'Shall we come by?', 'GSM-7', 1, 'sent',
        ${`${name} ${id}`}, 1, ${now}, ${now}, ${now}, ${now} from enrollment where id = ${id}`.execute(database.db);
  return campaignId;
}

describe('the note of an opt-out', () => {
  const notes = async () =>
    (
      await sql<Record<string, unknown>>`
        select o.how, extract(epoch from o.in_force_at - o.heard_at)::int as seconds, c.name, o.place, e.opted_out_at is not null as marked,
          (select coalesce(sum(opted_out), 0) from campaign_totals) = (select count(campaign_id) from opt_out) as counted
        from opt_out o left join campaign c on c.id = o.campaign_id left join enrollment e on e.id = o.enrollment_id
        order by o.in_force_at, o.suppression_id`.execute(database.db)
    ).rows;
  const AGAINST = { name: 'Second', place: 'MA', marked: true, counted: true };
  const AGAINST_NONE = { name: null, place: null, marked: false, counted: true };
  const MANY = { to: [OUR_NUMBER, '+16175550124', '+16175550125'] };
  const twoSent = async () => {
    const world = await inboundWorld(database.db);
    await sendNow(world, 'First');
    await world.clock.advance(3_600_000);
    await sendNow(world, 'Second');
    await world.clock.advance(60_000);
    return world;
  };

  it.each<[string, string, Partial<InboundText>, object]>([
    ['a keyword', 'STOP', {}, { how: 'keyword', seconds: 0, ...AGAINST }],
    ['other words', 'please stop texting me', {}, { how: 'free_text', seconds: 0, ...AGAINST }],
    ['a group, in which it answers nobody', 'STOP', MANY, { how: 'keyword', seconds: 0, ...AGAINST_NONE }],
  ])('tells %s, and the campaign text that it counts against', async (_case, text, said, expected) => {
    const { hear } = await twoSent();
    await hear(text, said);
    expect(await notes()).toEqual([expected]);
  });

  it('tells how long it took from when it reached us', async () => {
    const world = await twoSent();
    const heardAt = world.clock.now();
    await world.clock.advance(90_000);
    await runTx(database.db, (tx) =>
      recordInbound(
        tx,
        world,
        { id: world.account.id, kind: 'quo', environment: 'sandbox' },
        world.textOf('STOP', { at: heardAt }),
        {
          reconciled: false,
          heardAt,
        },
      ),
    );
    expect(await notes()).toEqual([{ how: 'keyword', seconds: 90, ...AGAINST }]);
    expect((await audited(database.db)).at(-1)).toMatchObject({ heardAt: heardAt.toString(), latencyMs: 90_000 });
  });

  it('is one for a person who says it again, and another one after START, against no text twice', async () => {
    const { hear, clock } = await twoSent();
    for (const text of ['STOP', 'STOP', 'START', 'STOP']) {
      await hear(text);
      await clock.advance(60_000);
    }
    expect(await notes()).toEqual([
      { how: 'keyword', seconds: 0, ...AGAINST },
      { how: 'keyword', seconds: 0, ...AGAINST_NONE },
    ]);
  });

  it('counts what is told by others against the text before it as well', async () => {
    const world = await twoSent();
    await runTx(database.db, (tx) =>
      suppressNumber(tx, world, { phone: PERSON, reason: 'opt_out', channel: 'link', evidence: {}, actor: 'contact' }),
    );
    await runTx(database.db, (tx) =>
      suppressNumber(tx, world, {
        phone: PERSON,
        reason: 'provider_opt_out',
        channel: 'gateway',
        evidence: {},
        actor: 'system',
      }),
    );
    expect(await notes()).toEqual([{ how: 'link', seconds: 0, ...AGAINST }]);
  });
});

describe('a group text', () => {
  const OTHER = '+16175550124';
  const STRANGER = '+16175550125';
  const GROUP = { to: [OUR_NUMBER, OTHER, STRANGER, OTHER] };
  const replied = async () =>
    (
      await sql`select phone from enrollment where replied_at is not null or opted_out_at is not null`.execute(
        database.db,
      )
    ).rows;

  it('is the reply of nobody: neither of who wrote it nor of the others', async () => {
    const world = await inboundWorld(database.db);
    await insertContacts(database.db, world, [{ phone: OTHER }]);
    await sendNow(world, 'Spring');
    await world.clock.advance(60_000);
    await world.hear('Yes please', GROUP);
    expect(await replied()).toEqual([]);
    const { rows } = await sql`select phone from conversation`.execute(database.db);
    expect(rows).toEqual([{ phone: PERSON }]);
    await world.hear('Yes please');
    expect(await replied()).toEqual([{ phone: PERSON }]);
  });

  it('is none when our number is only named twice', async () => {
    const world = await inboundWorld(database.db);
    await sendNow(world, 'Spring');
    await world.clock.advance(60_000);
    await world.hear('Yes please', { to: [OUR_NUMBER, OUR_NUMBER] });
    expect(await replied()).toEqual([{ phone: PERSON }]);
  });

  it('that asks to stop is heard of who wrote it, and of nobody else', async () => {
    const world = await inboundWorld(database.db);
    await insertContacts(database.db, world, [{ phone: OTHER }]);
    await sendNow(world, 'Spring');
    await world.clock.advance(60_000);
    await world.hear('STOP', GROUP);
    const { rows } = await sql`select phone, reason from suppression`.execute(database.db);
    expect(rows).toEqual([{ phone: PERSON, reason: 'opt_out' }]);
    expect(await replied()).toEqual([]);
    const { rows: answers } =
      await sql`select phone, purpose from message where direction = 'outbound' and state = 'pending'`.execute(
        database.db,
      );
    expect(answers).toEqual([{ phone: PERSON, purpose: 'opt_out_confirmation' }]);
  });

  it('says in its conversation who else got it, until the person texts us alone', async () => {
    const world = await inboundWorld(database.db);
    const shown = async () => {
      const page = await listConversations(database.db, {
        view: 'all',
        search: undefined,
        contactId: undefined,
        cursor: undefined,
        limit: 5,
      });
      return page.ok ? page.value.data[0] : undefined;
    };
    await world.hear('Hi all', GROUP);
    const conversation = await shown();
    expect(conversation?.groupOthers).toEqual([OTHER, STRANGER]);
    await world.clock.advance(60_000);
    await world.hear('Only you');
    expect((await shown())?.groupOthers).toEqual([]);
    const thread = await listThread(database.db, { id: conversation?.id ?? '', cursor: undefined, limit: 5 });
    expect(thread.ok && thread.value.data.map((entry) => entry.kind === 'text' && entry.message.groupOthers)).toEqual([
      [],
      [OTHER, STRANGER],
    ]);
  });
});

describe('a reply', () => {
  it('that comes late belongs to the text that the person had, not to one that was sent since', async () => {
    const world = await inboundWorld(database.db);
    const first = await sendNow(world, 'First');
    await world.clock.advance(3_600_000);
    const saidAt = world.clock.now();
    await world.clock.advance(3_600_000);
    await sendNow(world, 'Second');
    await world.hear('Yes please', { at: saidAt });
    const { rows } = await sql`select campaign_id from enrollment where replied_at is not null`.execute(database.db);
    expect(rows).toEqual([{ campaignId: first }]);
  });
});

describe('answers of different people together', () => {
  const ANN = '+16175550131';
  const BEN = '+16175550132';
  const STRANGER = '+16175550133';

  /** All that a text of a person may change, without what names the person. */
  async function booksOf(phone: string): Promise<unknown> {
    const { rows } = await sql`
      select v.state, v.unread, v.waiting_since, v.needs_review, v.last_message_at, v.last_message_kind, v.last_message_preview,
        v.last_message_direction, v.contact_id is null as of_stranger, v.group_others,
        (select lane_id from contact where phone = v.phone) as lane_id,
        (select jsonb_agg(to_jsonb(e) - '{id,contact_id,phone,variant_id}'::text[] order by e.id) from enrollment e where e.phone = v.phone) as enrolled,
        (select jsonb_agg(to_jsonb(m) - '{id,phone,conversation_id,contact_id,enrollment_id,gateway_message_id,in_reply_to_enrollment_id,decision}'::text[]
          || jsonb_build_object('inThread', m.conversation_id = v.id, 'answers', m.in_reply_to_enrollment_id is not null) order by m.created_at, m.id)
          from message m where m.phone = v.phone) as messages
      from conversation v where v.phone = ${phone}`.execute(database.db);
    return rows;
  }

  it.each([
    ['an answer', 'Yes please'],
    ['a question', 'How much is it?'],
    ['a lone thumb', '👍'],
    ['half an emoji', 'Fine \ud83d'],
  ])('leave what each by itself would have left: %s', async (_, words) => {
    const world = await inboundWorld(database.db);
    await insertContacts(database.db, world, [{ phone: ANN }, { phone: BEN }]);
    await sendNow(world, 'Spring');
    await world.clock.advance(60_000);
    await world.hear('Hello', { from: ANN });
    await world.hearTogether([world.textOf('Hello', { from: BEN })]);
    await world.clock.advance(60_000);
    for (const from of [PERSON, ANN]) await world.hear(words, { from });
    expect(await world.hearTogether([BEN, STRANGER].map((from) => world.textOf(words, { from })))).toEqual(
      expect.arrayContaining([BEN, STRANGER]),
    );
    expect(await booksOf(BEN)).toEqual(await booksOf(ANN));
    expect(await booksOf(STRANGER)).toMatchObject([{ ofStranger: true, lastMessagePreview: words.toWellFormed() }]);
    const { rows } = await sql`select replied from campaign_totals`.execute(database.db);
    expect(rows).toEqual([{ replied: 3 }]);
  });

  it('leave to each by itself what asks for something, and what went to a group', async () => {
    const { hearTogether, textOf } = await inboundWorld(database.db);
    const texts = ['STOP', 'START', 'HELP', 'please stop texting me'].map((text, index) =>
      textOf(text, { from: `+1617555014${index}` }),
    );
    const group = textOf('Hi all', { from: ANN, to: [OUR_NUMBER, BEN] });
    expect(await hearTogether([...texts, group, textOf('Yes please', { from: BEN })])).toEqual([BEN]);
    expect((await sql`select 1 from conversation`.execute(database.db)).rows).toHaveLength(1);
  });

  it('read no texts but those of their people, though nearly all are to one number', async () => {
    const world = await inboundWorld(database.db);
    const { id: accountId, laneIds } = world.account;
    const now = world.clock.now();
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id, not_before,
        created_at, attempted_at, sent_at)
      select gen_random_uuid(), ${accountId}, ${laneIds[0]}, 'outbound', 'reply', ${PERSON}, 'Hi', 'GSM-7', 1, 'sent', n::text, ${now}, ${now},
        ${now}, ${now} from generate_series(1, 20000) n`.execute(database.db);
    await sql`analyze message`.execute(database.db);
    const people = Array.from({ length: 40 }, (_, index) => `+161755501${index + 40}`);
    const heard = people.map((from) => world.textOf('Yes please', { from }));
    const receiver = { id: accountId, kind: 'quo', environment: 'sandbox' } as const;
    await runTx(database.db, async (tx) => {
      expect((await recordAnswers(tx, world, receiver, heard)).size).toBe(people.length);
      const { rows } = await sql`select seq_scan from pg_stat_xact_user_tables where relname = 'message'`.execute(tx);
      expect(rows).toEqual([{ seqScan: 0 }]);
    });
  });

  it('that came before are left as they are', async () => {
    const { hearTogether, textOf } = await inboundWorld(database.db);
    const text = textOf('Yes please', { from: ANN });
    expect(await hearTogether([text])).toEqual([ANN]);
    const before = await booksOf(ANN);
    expect(await hearTogether([{ ...text, eventId: 'again' }])).toEqual([ANN]);
    expect(await booksOf(ANN)).toEqual(before);
  });

  it.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['the number', (tx) => lockNumber(tx, '+16175550139')],
    ['the number of a contact', (tx) => sql`select from contact where phone = ${ANN} for no key update`.execute(tx)],
    ['the enrollment', (tx) => sql`select from enrollment where phone = ${ANN} for update`.execute(tx)],
  ])('wait for nobody who holds %s', async (what, hold) => {
    const world = await inboundWorld(database.db);
    await insertContacts(database.db, world, [{ phone: ANN }, { phone: BEN }]);
    await sendNow(world, 'Spring');
    const held = what === 'the number' ? '+16175550139' : ANN;
    await runTx(database.db, async (tx) => {
      await hold(tx);
      const texts = [held, BEN].map((from) => world.textOf('Yes please', { from }));
      expect(await world.hearTogether(texts)).toEqual([BEN]);
    });
    expect(await world.hearTogether([world.textOf('Yes please', { from: held })])).toEqual([held]);
  });
});
