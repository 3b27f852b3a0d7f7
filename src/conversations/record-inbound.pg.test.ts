import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount, insertContacts, launchTestCampaign } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { manualClock } from '../platform/clock.ts';
import { type Database, runTx } from '../platform/database.ts';
import { type Uuid, uuidSource } from '../platform/ids.ts';
import { seededRandom } from '../platform/random.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { instant } from '../platform/time.ts';
import type { InboundText } from './inbound.ts';
import { listConversations, listThread } from './list-conversations.ts';
import { recordInbound } from './record-inbound.ts';

const PERSON = '+16175550123';
const OUR_NUMBER = '+16175550001';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

async function inboundWorld() {
  const clock = manualClock(instant('2026-11-17T15:00:00Z'));
  const random = seededRandom(1);
  const world = { clock, newUuid: uuidSource({ clock, random }), secrets: secretsWithKey(random.bytes(32), random) };
  await insertContacts(database.db, world, [{ phone: PERSON }]);
  const account = await insertAccount(database.db, world, {
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'test-key',
    lanes: [{ gatewayRef: 'PNtest01', phone: OUR_NUMBER }],
  });
  let texts = 0;
  const hear = (text: string, said: Partial<InboundText> = {}): Promise<boolean> => {
    texts += 1;
    const heard: InboundText = {
      type: 'message_received',
      eventId: `EV${texts}`,
      gatewayMessageId: `MSG${texts}`,
      from: PERSON,
      to: [OUR_NUMBER],
      laneRef: 'PNtest01',
      text,
      media: [],
      at: clock.now(),
      ...said,
    };
    return runTx(database.db, (tx) =>
      recordInbound(tx, world, { id: account.id, kind: 'quo', environment: 'sandbox' }, heard),
    );
  };
  return { ...world, account, hear };
}

const audited = async (): Promise<readonly object[]> =>
  (await sql<{ detail: object }>`select detail from audit_entry order by at, id`.execute(database.db)).rows.map(
    ({ detail }) => detail,
  );

const suppressed = async (): Promise<boolean> =>
  (await sql`select 1 from suppression where phone = ${PERSON} and lifted_at is null`.execute(database.db)).rows
    .length > 0;

describe('an opt-out', () => {
  it('counts also when it was sent to a number of the account that is no lane here', async () => {
    const { hear } = await inboundWorld();
    expect(await hear('STOP', { to: ['+16175550999'], laneRef: 'PNother' })).toBe(true);
    expect(await suppressed()).toBe(true);
  });

  it.each([
    ['a NUL', 'STOP\u0000'],
    ['half a surrogate pair', 'Please stop texting me \ud83d'],
  ])('is heard with %s in it, which PostgreSQL cannot store', async (_, text) => {
    const { hear } = await inboundWorld();
    await hear(text);
    expect(await suppressed()).toBe(true);
  });

  it('that was repeated after a START is not lifted by it, though the START comes last', async () => {
    const { hear, clock } = await inboundWorld();
    await hear('STOP');
    await clock.advance(60_000);
    const startSaidAt = clock.now();
    await clock.advance(60_000);
    await hear('STOP');
    await clock.advance(60_000);
    await hear('START', { at: startSaidAt });
    expect(await suppressed()).toBe(true);
    await hear('START');
    expect(await suppressed()).toBe(false);
  });
});

const answersWritten = async (): Promise<readonly string[]> => {
  const { rows } = await sql<{ purpose: string }>`
    select purpose from message where direction = 'outbound' and state = 'pending' order by created_at, id`.execute(
    database.db,
  );
  return rows.map((row) => row.purpose);
};

describe('a word that the gateway has taken for one of its keywords', () => {
  it('opts out and in again, and is answered there', async () => {
    const { hear, clock } = await inboundWorld();
    await hear('Mercy', { keyword: 'opt_out' });
    expect(await suppressed()).toBe(true);
    await clock.advance(60_000);
    await hear('Come back', { keyword: 'opt_in' });
    expect(await suppressed()).toBe(false);
    await hear('Que es esto', { keyword: 'help' });
    expect(await answersWritten()).toEqual([]);
    expect((await audited()).at(-1)).toMatchObject({ answer: 'withheld', because: 'the gateway gave one' });
  });

  it('does not make a START of what asks us to stop', async () => {
    const { hear } = await inboundWorld();
    await hear('please stop texting me', { keyword: 'opt_in' });
    expect(await suppressed()).toBe(true);
  });

  it('is still ours to answer when we hear more in it', async () => {
    const { hear } = await inboundWorld();
    await hear('please stop texting me', { keyword: 'help' });
    expect(await suppressed()).toBe(true);
    expect(await answersWritten()).toEqual(['opt_out_confirmation']);
  });
});

describe('one opt-out is confirmed once, and START ends it', () => {
  const OUT = 'opt_out_confirmation';
  const IN = 'opt_in_confirmation';
  it.each<[string, readonly string[], { readonly suppressed: boolean; readonly answers: readonly string[] }]>([
    ['STOP twice', ['STOP', 'STOP'], { suppressed: true, answers: [OUT] }],
    ['a second reason', ['STOP', 'Wrong number'], { suppressed: true, answers: [OUT] }],
    ['the other way round', ['Wrong number', 'STOP'], { suppressed: true, answers: [OUT] }],
    ['both, then UNSTOP', ['STOP', 'Wrong number', 'UNSTOP'], { suppressed: false, answers: [OUT, IN] }],
    ['wrong number, then START', ['Wrong number', 'START'], { suppressed: false, answers: [OUT, IN] }],
    ['a new opt-out after START', ['STOP', 'START', 'Wrong number'], { suppressed: true, answers: [OUT, OUT] }],
    ['START of someone who never opted out', ['START'], { suppressed: false, answers: [] }],
  ])('%s', async (_case, texts, expected) => {
    const { hear, clock } = await inboundWorld();
    for (const text of texts) {
      await hear(text);
      await clock.advance(60_000);
    }
    expect({ suppressed: await suppressed(), answers: await answersWritten() }).toEqual(expected);
  });

  it('START of a number that cannot receive texts lifts the opt-out, and promises no texts', async () => {
    const world = await inboundWorld();
    await world.hear('STOP');
    await runTx(database.db, (tx) =>
      suppressNumber(tx, world, {
        phone: PERSON,
        reason: 'invalid_number',
        channel: 'gateway',
        evidence: {},
        actor: 'system',
      }),
    );
    await world.clock.advance(60_000);
    await world.hear('START');
    const { rows } = await sql`select reason from suppression where lifted_at is null`.execute(database.db);
    expect(rows).toEqual([{ reason: 'invalid_number' }]);
    expect(await answersWritten()).toEqual([OUT]);
  });

  it('START lifts what was said before it only: a "wrong number" of the same instant stays, and nothing is promised', async () => {
    const { hear, clock } = await inboundWorld();
    await hear('STOP');
    await clock.advance(60_000);
    await hear('Wrong number');
    await hear('START');
    const { rows } = await sql`select reason from suppression where lifted_at is null`.execute(database.db);
    expect(rows).toEqual([{ reason: 'wrong_number' }]);
    expect(await answersWritten()).toEqual([OUT]);
  });
});

describe('the audit', () => {
  it.each<[string, readonly string[], readonly (readonly [action: string, answer: string | null])[]]>([
    [
      'HELP, and again within the hour',
      ['HELP', 'HELP'],
      [
        ['help.answered', 'given'],
        ['help.answered', 'withheld'],
      ],
    ],
    [
      'STOP, and again',
      ['STOP', 'STOP'],
      [
        ['number.suppressed', null],
        ['number.suppressed_again', null],
      ],
    ],
    [
      'STOP and START',
      ['STOP', 'START'],
      [
        ['number.suppressed', null],
        ['number.opted_in', null],
      ],
    ],
    ['START for nothing', ['START'], [['number.opt_in_without_effect', null]]],
  ])('has an entry for each of %s', async (_case, texts, expected) => {
    const { hear, clock } = await inboundWorld();
    for (const text of texts) {
      await hear(text);
      await clock.advance(60_000);
    }
    const { rows } = await sql<{ action: string; answer: string | null; said: string }>`
      select action, detail ->> 'answer' as answer, detail -> 'evidence' ->> 'text' as said from audit_entry
      where phone = ${PERSON} order by at, id`.execute(database.db);
    expect(rows.map((row) => [row.action, row.answer])).toEqual(expected);
    expect(rows.map((row) => row.said)).toEqual(texts);
  });
});

describe('a word of Canada', () => {
  it.each([
    ['ARRÊT', '+15145550123', true],
    ['arret', '+14165550123', true],
    ['TD', '+16045550123', true],
    ['ARRÊT', PERSON, false],
    ['ARRÊT', '+18765550123', false],
  ])('%s from %s is an opt-out: %s', async (text, from, expected) => {
    const { hear } = await inboundWorld();
    await hear(text, { from });
    const { rows } = await sql`select 1 from suppression where phone = ${from}`.execute(database.db);
    expect(rows.length > 0).toBe(expected);
  });

  it('ends campaigns also when it was sent to a number that is no lane here', async () => {
    const { hear } = await inboundWorld();
    expect(await hear('ARRÊT', { from: '+15145550123', to: ['+16175550999'], laneRef: 'PNother' })).toBe(true);
  });
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
    ['a question before an opt-out is read, and waits no longer', ['How much?', 'STOP'], { in: ['open'], unread: 1 }],
    ['nor does one after it', ['STOP', 'How much?'], { in: ['open'], unread: 1 }],
    ['START brings it back', ['How much?', 'STOP', 'START'], { in: ['waiting', 'open'], unread: 1 }],
  ])('%s', async (_case, texts, expected) => {
    const { hear, clock } = await inboundWorld();
    for (const text of texts) {
      await hear(text, text === '' ? { media: [{ url: 'https://example.com/crack.jpg', type: 'image/jpeg' }] } : {});
      await clock.advance(60_000);
    }
    expect(await inbox()).toEqual(expected);
  });
});

/** A campaign whose texts to all contacts have just gone out. */
async function sendNow(world: Awaited<ReturnType<typeof inboundWorld>>, name: string): Promise<Uuid> {
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
    const world = await inboundWorld();
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
    const world = await inboundWorld();
    await sendNow(world, 'Spring');
    await world.clock.advance(60_000);
    await world.hear('Yes please', { to: [OUR_NUMBER, OUR_NUMBER] });
    expect(await replied()).toEqual([{ phone: PERSON }]);
  });

  it('that asks to stop is heard of who wrote it, and of nobody else', async () => {
    const world = await inboundWorld();
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
    const world = await inboundWorld();
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
    const world = await inboundWorld();
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
