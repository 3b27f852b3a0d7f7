import { type RawBuilder, sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount, insertContacts } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { getConversation, listConversations, listThread } from '../conversations/list-conversations.ts';
import { recordInbound } from '../conversations/record-inbound.ts';
import { sendReply } from '../conversations/send-reply.ts';
import { updateConversation } from '../conversations/update-conversation.ts';
import { type Database, runTx } from '../platform/database.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, instant, MINUTE_MS } from '../platform/time.ts';
import type { CallEvent } from './call.ts';
import { type CallFilters, callsQuery } from './call-read-store.ts';
import { getCall, listCalls } from './list-calls.ts';
import { recordCall } from './record-call.ts';

const PERSON = '+16175550123';
const OURS = '+16175550001';
const START = instant('2026-11-17T15:00:00Z');
const by = { actor: 'user:1', name: 'Ann' };

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

async function callWorld() {
  const world = testWorld();
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  const { db } = database;
  const [contactId] = await insertContacts(db, world, [{ phone: PERSON, firstName: 'Maria' }]);
  const account = await insertAccount(
    db,
    { ...world, secrets },
    {
      baseUrl: 'http://127.0.0.1:1',
      apiKey: 'key',
      lanes: [{ gatewayRef: 'PN1', phone: OURS }],
    },
  );
  const hear = (event: CallEvent) => runTx(db, (tx) => recordCall(tx, world, { accountId: account.id }, event));
  const hearText = (text: string, at = world.clock.now()) =>
    runTx(db, (tx) =>
      recordInbound(
        tx,
        world,
        { id: account.id, kind: 'quo', environment: 'sandbox' },
        {
          type: 'message_received',
          eventId: text,
          gatewayMessageId: text,
          from: PERSON,
          to: [OURS],
          laneRef: 'PN1',
          text,
          media: [],
          at,
        },
      ),
    );
  return { ...world, db, contactId, account, hear, hearText };
}

const later = (seconds: number) => addMs(START, seconds * 1000);
const facts = (said: Partial<CallEvent['call']> = {}): CallEvent['call'] => ({
  gatewayCallId: 'AC1',
  laneRef: 'PN1',
  direction: 'inbound',
  participants: [PERSON, OURS],
  startedAt: START,
  answeredAt: undefined,
  endedAt: undefined,
  durationSeconds: undefined,
  forwardedTo: undefined,
  status: undefined,
  ...said,
});
/** As the gateway tells of what it makes of a call afterwards: with its id alone. */
const idOnly = facts({ laneRef: undefined, direction: undefined, participants: [], startedAt: undefined });
type Progress = Extract<CallEvent, { readonly type: 'call_progress' }>;
const progress = (step: Progress['step'], said: Partial<CallEvent['call']> = {}): CallEvent => ({
  type: 'call_progress',
  eventId: step,
  at: START,
  step,
  call: facts(said),
  voicemail: undefined,
  recordings: [],
});
const RINGING = progress('ringing');
const MISSED = progress('missed', { endedAt: later(30), status: 'no-answer' });
const VOICEMAIL: CallEvent = {
  type: 'call_voicemail',
  eventId: 'voicemail',
  at: later(60),
  call: idOnly,
  voicemail: { url: 'https://media.test/v', durationSeconds: 23, transcript: 'Water in the basement' },
};
const ANSWERED = progress('completed', { answeredAt: later(5), endedAt: later(245), durationSeconds: 240 });
const RECORDING: CallEvent = {
  type: 'call_recording',
  eventId: 'recording',
  at: later(250),
  call: idOnly,
  recordings: [
    { ref: 'R1', url: 'https://media.test/r', mediaType: 'audio/mpeg', durationSeconds: 240, startedAt: later(5) },
  ],
};
const SUMMARY: CallEvent = {
  type: 'call_summary',
  eventId: 'summary',
  at: later(260),
  call: idOnly,
  status: 'completed',
  summary: ['Water in the basement.'],
  nextSteps: ['Come by on Friday'],
};
const LINES = [
  { speaker: PERSON, text: 'Hello?', startSeconds: 0.5, endSeconds: 1.25 },
  { speaker: OURS, text: 'Solid Foundations', startSeconds: 1.5, endSeconds: 3 },
];
const TRANSCRIPT: CallEvent = {
  type: 'call_transcript',
  eventId: 'transcript',
  at: later(270),
  call: idOnly,
  status: 'completed',
  lines: LINES,
};

const permutations = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));

/** Everything that is stored of calls, and how their conversation looks; without ids. */
async function stored() {
  const { db } = database;
  const { rows: calls } = await sql`
    select c.*, c.asked_at is not null as asked from call c order by c.gateway_call_id`.execute(db);
  const parts = await Promise.all(
    ['call_recording', 'call_summary', 'call_transcript'].map((table) =>
      sql`select * from ${sql.table(table)}`.execute(db),
    ),
  );
  const conversation = await sql`
    select state, unread, waiting_since, last_message_at, last_message_preview, last_message_direction, last_message_kind from conversation`.execute(
    db,
  );
  const plain = (rows: readonly unknown[]): unknown =>
    JSON.parse(
      JSON.stringify(rows, (key, value) =>
        /^(id|callId|conversationId|askedAt|createdAt|accountId|laneId|contactId)$/.test(key) ? undefined : value,
      ),
    );
  return { calls: plain(calls), parts: plain(parts.map(({ rows }) => rows)), conversation: plain(conversation.rows) };
}
const forgetAll = () =>
  sql`delete from call_recording`
    .execute(database.db)
    .then(() => sql`truncate call, conversation cascade`.execute(database.db));

const conversationOf = async () => {
  const page = await listConversations(database.db, {
    view: 'all',
    search: undefined,
    contactId: undefined,
    cursor: undefined,
    limit: 5,
  });
  if (!page.ok) throw new Error(page.error.message);
  return page.value.data[0];
};
const inView = async (view: 'waiting' | 'missed') => {
  const page = await listConversations(database.db, {
    view,
    search: undefined,
    contactId: undefined,
    cursor: undefined,
    limit: 5,
  });
  return page.ok && page.value.data.length === 1;
};
const calls = async (filters: CallFilters = {}) => {
  const page = await listCalls(database.db, { filters, cursor: undefined, limit: 50 });
  if (!page.ok) throw new Error(page.error.message);
  return page.value.data;
};

describe('the events of a call, in any order and each of them twice, leave the same rows', () => {
  it.each<[string, readonly CallEvent[]]>([
    ['a missed call with voicemail', [RINGING, MISSED, VOICEMAIL]],
    ['a call that was taken, with all that is made of it', [ANSWERED, RECORDING, SUMMARY, TRANSCRIPT]],
  ])('%s', async (_case, events) => {
    const { hear } = await callWorld();
    for (const event of events) await hear(event);
    const expected = await stored();
    for (const order of permutations(events)) {
      await forgetAll();
      for (const event of [...order, ...order.toReversed()]) await hear(event);
      expect(await stored(), order.map((event) => event.eventId).join(', ')).toEqual(expected);
    }
  });

  it('also when all of them are applied at the same time', async () => {
    const { hear } = await callWorld();
    const events = [RINGING, MISSED, VOICEMAIL, SUMMARY];
    for (const event of events) await hear(event);
    const expected = await stored();
    for (let n = 0; n < 10; n += 1) {
      await forgetAll();
      await Promise.all([...events, ...events].map(hear));
      expect(await stored()).toEqual(expected);
    }
  });
});

describe('the inbox', () => {
  it.each<[string, readonly CallEvent[], object]>([
    [
      'a missed call waits and is unread',
      [RINGING, MISSED],
      {
        state: 'open',
        unread: 1,
        waitingSince: START,
        lastMessagePreview: 'Missed call',
        lastMessageDirection: 'inbound',
      },
    ],
    [
      'a voicemail tells its length, and is the same call',
      [MISSED, VOICEMAIL],
      { state: 'open', unread: 1, waitingSince: START, lastMessagePreview: 'Voicemail 0:23' },
    ],
    [
      'a call that was taken waits for nothing',
      [RINGING, ANSWERED],
      {
        state: 'done',
        unread: 0,
        waitingSince: null,
        lastMessagePreview: 'Call 4 min',
        lastMessageDirection: 'outbound',
        lastMessageKind: 'call',
      },
    ],
    [
      'nor does one that rings',
      [RINGING],
      { state: 'done', unread: 0, waitingSince: null, lastMessagePreview: 'Incoming call' },
    ],
    [
      'nor one of ours that nobody took',
      [progress('completed', { direction: 'outbound' })],
      { state: 'done', waitingSince: null, lastMessagePreview: 'Call, no answer' },
    ],
  ])('%s', async (_case, events, expected) => {
    const { hear } = await callWorld();
    for (const event of events) await hear(event);
    expect(await conversationOf()).toMatchObject({ name: 'Maria', ...expected });
  });

  it('shows who was missed among those who wait, until somebody replies', async () => {
    const world = await callWorld();
    await world.hear(MISSED);
    expect([await inView('waiting'), await inView('missed')]).toEqual([true, true]);
    const conversation = await conversationOf();
    await runTx(world.db, (tx) =>
      sendReply(tx, world, { conversationId: conversation?.id ?? '', text: 'Sorry, we call you back', by }),
    );
    expect([await inView('waiting'), await inView('missed')]).toEqual([false, false]);
    await world.hearText('Fine', addMs(START, MINUTE_MS));
    expect([await inView('waiting'), await inView('missed')]).toEqual([true, false]);
  });

  it('keeps the wait of a text when a call was taken afterwards, and its own of a call that was missed before', async () => {
    const world = await callWorld();
    await world.hearText('Are you there?', addMs(START, -MINUTE_MS));
    await world.hear(ANSWERED);
    const conversation = await conversationOf();
    expect(conversation).toMatchObject({ state: 'open', unread: 1, lastMessagePreview: 'Call 4 min' });
    expect(conversation?.waitingSince).toEqual(addMs(START, -MINUTE_MS));
  });

  it('opened again, a person waits who was missed last, and nobody with whom somebody talked last', async () => {
    const world = await callWorld();
    const mark = (state: 'open' | 'done') =>
      runTx(world.db, async (tx) => {
        const id = (await conversationOf())?.id ?? '';
        await updateConversation(tx, world, { id, change: { state }, by });
      });
    await world.hear(MISSED);
    await mark('done');
    await mark('open');
    expect((await conversationOf())?.waitingSince).toEqual(START);
    await mark('done');
    await world.hear(progress('completed', { gatewayCallId: 'AC2', startedAt: later(600), answeredAt: later(605) }));
    await mark('open');
    expect((await conversationOf())?.waitingSince).toBeNull();
  });

  it('a call that is heard of late does not become the newest', async () => {
    const world = await callWorld();
    await world.hearText('Hello?', later(900));
    await world.hear(MISSED);
    expect(await conversationOf()).toMatchObject({ lastMessagePreview: 'Hello?', lastMessageKind: 'text', unread: 2 });
  });

  it('a call changes nothing about an opt-out, and nobody waits who must not be texted', async () => {
    const world = await callWorld();
    await world.hearText('STOP', addMs(START, -MINUTE_MS));
    const suppressions = () => sql`select * from suppression`.execute(world.db).then(({ rows }) => rows);
    const before = await suppressions();
    await world.hear(MISSED);
    expect(await suppressions()).toEqual(before);
    expect(await conversationOf()).toMatchObject({ optedOut: true, waitingSince: null, unread: 1 });
  });

  it('a call of a withheld number, or to a number that is not ours any more, is kept without a conversation', async () => {
    const { hear } = await callWorld();
    await hear(progress('missed', { gatewayCallId: 'AC2', participants: ['Anonymous', OURS] }));
    await hear(progress('missed', { gatewayCallId: 'AC3', laneRef: 'PNgone', participants: [PERSON, '+16175550999'] }));
    expect(await conversationOf()).toBeUndefined();
    const kept = (await calls()).map(({ phone, name, laneName, state }) => [phone, name, laneName, state]);
    expect(kept.toSorted()).toEqual([
      ['+16175550123', 'Maria', null, 'missed'],
      [null, null, 'PN1', 'missed'],
    ]);
  });
});

describe('the thread', () => {
  it('has calls among the texts, page by page', async () => {
    const world = await callWorld();
    await world.hearText('first', addMs(START, -MINUTE_MS));
    await world.hear(ANSWERED);
    await world.hear(SUMMARY);
    await world.hearText('last', addMs(START, MINUTE_MS));
    await world.hear(progress('missed', { gatewayCallId: 'AC2', startedAt: later(300) }));
    const id = (await conversationOf())?.id ?? '';
    const shown: string[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await listThread(world.db, { id, cursor, limit: 1 });
      if (!page.ok) throw new Error(page.error.message);
      shown.push(...page.value.data.map((entry) => (entry.kind === 'text' ? entry.message.body : entry.call.state)));
      cursor = page.value.nextCursor ?? undefined;
      more = page.value.nextCursor !== null;
    }
    expect(shown).toEqual(['missed', 'last', 'completed', 'first']);
  });
});

describe('one call', () => {
  it('has its recording, summary, next steps and transcript', async () => {
    const { hear, contactId } = await callWorld();
    for (const event of [ANSWERED, RECORDING, SUMMARY, TRANSCRIPT]) await hear(event);
    const [listed] = await calls();
    const conversation = await conversationOf();
    expect(listed).toMatchObject({
      name: 'Maria',
      contactId,
      conversationId: conversation?.id,
      talkedSeconds: 240,
      recordings: [{ url: 'https://media.test/r', mediaType: 'audio/mpeg', durationSeconds: 240 }],
      summary: { status: 'completed', summary: ['Water in the basement.'], nextSteps: ['Come by on Friday'] },
      transcript: { status: 'completed', lineCount: 2 },
    });
    expect(await getCall(database.db, listed?.id ?? '')).toMatchObject({ value: { lines: LINES } });
    expect(await getConversation(database.db, conversation?.id ?? '')).toMatchObject({ ok: true });
  });
});

describe('the list of calls', () => {
  it.each<[string, CallFilters, readonly string[]]>([
    ['all', {}, ['2', '1', '0']],
    ['missed', { missed: true }, ['2', '0']],
    ['not missed', { missed: false }, ['1']],
    ['of a number', { phone: PERSON }, ['1', '0']],
    ['from a moment on', { from: later(100).toString() }, ['2', '1']],
    ['until a moment, without it', { until: later(200).toString() }, ['1', '0']],
  ])('%s', async (_case, filters, expected) => {
    const { hear } = await callWorld();
    const at = (n: number) => ({ gatewayCallId: `AC${n}`, startedAt: later(n * 100) });
    await hear(progress('missed', at(0)));
    await hear(progress('completed', { ...at(1), answeredAt: later(101) }));
    await hear(progress('missed', { ...at(2), participants: ['+16175550124', OURS] }));
    const found = (await calls(filters)).map((call) =>
      String((call.at.epochMilliseconds - START.epochMilliseconds) / 100_000),
    );
    expect(found).toEqual(expected);
  });

  it('of a contact, by the number', async () => {
    const { hear, contactId } = await callWorld();
    await hear(MISSED);
    expect(await calls({ contactId })).toHaveLength(1);
    expect(await calls({ contactId: '00000000-0000-7000-8000-000000000000' })).toEqual([]);
  });

  it('uses the index of each question with 20,000 calls', async () => {
    const { db, account, newUuid } = await callWorld();
    await sql`
      insert into call (id, account_id, gateway_call_id, lane_id, direction, phone, state, heard, heard_at, created_at)
      select gen_random_uuid(), ${account.id}, n::text, ${account.laneIds[0]}, 'inbound', '+1212' || lpad((2000000 + n % 5000)::text, 7, '0'),
        case when n % 50 = 0 then 'missed' else 'completed' end, '{completed}', timestamptz '2026-01-01Z' + n * interval '1 minute',
        timestamptz '2026-01-01Z' from generate_series(1, 20000) n`.execute(db);
    await sql`analyze`.execute(db);
    const explain = async (query: RawBuilder<unknown>): Promise<string> => {
      const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${query}`.execute(db.withoutPlugins());
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    const page = { after: { at: '2026-01-10T00:00:00Z', id: newUuid() }, limit: 51 };
    const laneId = account.laneIds[0];
    for (const [filters, index] of [
      [{}, 'call_newest'],
      [{ missed: true }, 'call_missed'],
      [{ phone: '+12122000017' }, 'call_phone'],
      [{ phone: '+12122000017', laneId }, 'call_phone'],
      [{ from: '2026-01-05T00:00:00Z', until: '2026-01-06T00:00:00Z' }, 'call_newest'],
    ] as const) {
      const plan = await explain(callsQuery(filters, page));
      expect(plan).toContain(index);
      expect(plan).not.toContain('Seq Scan on call ');
    }
  });
});
