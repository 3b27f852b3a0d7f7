import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount, insertContacts, launchTestCampaign } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { listConsentEvents } from '../compliance/consent-store.ts';
import { lockNumber } from '../compliance/lock-number.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import { readConfirmationTimes } from '../compliance/report-opt-outs.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { manualClock } from '../platform/clock.ts';
import { type Database, runTx, type Tx } from '../platform/database.ts';
import { type Uuid, uuidSource } from '../platform/ids.ts';
import { seededRandom } from '../platform/random.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, DAY_MS, HOUR_MS, instant, MINUTE_MS } from '../platform/time.ts';
import { type InboundText, TOLD, type ToldNow } from './inbound.ts';
import { listConversations, listThread } from './list-conversations.ts';
import { recordAnswers, recordInbound } from './record-inbound.ts';

const PERSON = '+16175550123';
const OUR_NUMBER = '+16175550001';
const OUR_OTHER = { gatewayRef: 'PNtest02', phone: '+16175550009' };

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
    lanes: [{ gatewayRef: 'PNtest01', phone: OUR_NUMBER }, OUR_OTHER],
  });
  let texts = 0;
  const receiver = { id: account.id, kind: 'quo', environment: 'sandbox' } as const;
  const textOf = (text: string, said: Partial<InboundText> = {}): InboundText => {
    texts += 1;
    return {
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
  };
  const hear = (text: string, said: Partial<InboundText> = {}, known?: ToldNow): Promise<boolean> =>
    runTx(database.db, (tx) => recordInbound(tx, world, receiver, textOf(text, said), known));
  /** Whose texts were recorded. */
  const hearTogether = async (heard: readonly InboundText[]): Promise<readonly string[]> => {
    const recorded = await runTx(database.db, (tx) => recordAnswers(tx, world, receiver, heard));
    return [...recorded].map(({ from }) => from);
  };
  return { ...world, account, hear, hearTogether, textOf };
}

const audited = async (): Promise<readonly object[]> =>
  (await sql<{ detail: object }>`select detail from audit_entry order by at, id`.execute(database.db)).rows.map(
    ({ detail }) => detail,
  );

const suppressed = async (): Promise<boolean> =>
  (await sql`select 1 from suppression where phone = ${PERSON} and lifted_at is null`.execute(database.db)).rows
    .length > 0;

type InboundWorld = Awaited<ReturnType<typeof inboundWorld>>;

const agreesByForm = (world: InboundWorld, { needsConfirmation }: { readonly needsConfirmation: boolean }) =>
  runTx(database.db, (tx) =>
    recordConsent(tx, world, {
      action: 'grant',
      phone: PERSON,
      purpose: 'marketing',
      kind: 'express_written',
      evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' },
      wording: { text: 'I agree.', version: 'v2', language: 'en' },
      needsConfirmation,
      validUntil: null,
      occurredAt: world.clock.now(),
      by: { actor: 'system', name: 'Form' },
    }),
  );

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

describe('a STOP and a START of the same moment', () => {
  // In whichever order they come: nobody knows which one was said first.
  const said = (start: number, stop: number) => [
    { text: 'START', ms: start },
    { text: 'STOP', ms: stop },
  ];
  it.each([
    ['the STOP a little before', said(900, 100), true],
    ['the STOP after it, listed by whole seconds', said(30_100, 30_000), true],
    ['the STOP before a START that is dated by when it came', said(5_000, 2_000), true],
    ['the START ten seconds later', said(10_000, 0), false],
  ])('are an opt-out, but not when they are apart: %s', async (_, texts, isOut) => {
    const { hear, clock } = await inboundWorld();
    for (const order of [texts, texts.toReversed()]) {
      for (const { text, ms } of order) await hear(text, { at: addMs(clock.now(), ms) });
      expect(await suppressed(), order.map(({ text }) => text).join(' then ')).toBe(isOut);
      await clock.advance(MINUTE_MS);
      await hear('START');
      await clock.advance(MINUTE_MS);
    }
  });
});

const answersWritten = async (): Promise<readonly string[]> => {
  const { rows } = await sql<{ purpose: string }>`
    select purpose from message where direction = 'outbound' and state = 'pending' order by created_at, id`.execute(
    database.db,
  );
  return rows.map((row) => row.purpose);
};

describe('an answer of ours', () => {
  it('is not written when the text was received more than five minutes before, and it is kept why', async () => {
    const { hear, clock } = await inboundWorld();
    const received = addMs(clock.now(), -6 * HOUR_MS);
    // The event failed, or waited on a disk, and is applied now.
    for (const word of ['STOP', 'START', 'HELP']) await hear(word, { at: received }, { ...TOLD, heardAt: received });
    expect(await suppressed()).toBe(true);
    expect(await answersWritten()).toEqual([]);
    const because = 'it was applied more than 5 minutes after it was received (rules 2025-04)';
    const told = (await audited()).filter((detail) => 'because' in detail);
    expect(told).toMatchObject([{ confirmation: 'opt_out_confirmation', because }, { because }]);
  });

  it('goes out within five minutes of the receipt, not of when the text was applied', async () => {
    const { hear, clock } = await inboundWorld();
    const received = addMs(clock.now(), -4 * MINUTE_MS);
    await hear('STOP', { at: received }, { ...TOLD, heardAt: addMs(received, 1_000) });
    const { rows } = await sql`select purpose, not_after from message where direction = 'outbound'`.execute(
      database.db,
    );
    expect(rows).toEqual([{ purpose: 'opt_out_confirmation', notAfter: addMs(received, 5 * MINUTE_MS) }]);
    const sentAt = addMs(clock.now(), 1_000);
    await sql`
      update message set state = 'sent', sent_at = ${sentAt}, attempted_at = ${sentAt}, lease_epoch = 1, gateway_message_id = 'MSGout'
      where direction = 'outbound'`.execute(database.db);
    expect(await readConfirmationTimes(database.db, received)).toMatchObject({ sent: 1, p50Ms: 4 * MINUTE_MS });
  });

  it('is counted far back, and timed by the newest ones', async () => {
    const { clock } = await inboundWorld();
    const now = clock.now();
    // The 50 oldest ones took a minute each, the others as many seconds as there are.
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id,
        lease_epoch, not_before, created_at, attempted_at, sent_at)
      select gen_random_uuid(), l.account_id, l.id, 'outbound', 'opt_out_confirmation', ${PERSON}, 'x', 'GSM-7', 1, 'sent',
        'MSG' || n, 1, created_at, created_at, created_at, created_at + case when n > 2000 then interval '1 minute' else interval '2 seconds' end
      from generate_series(1, 2050) n, lateral (select ${now}::timestamptz - n * interval '1 minute' as created_at) made,
        (select id, account_id from lane order by id limit 1) l`.execute(database.db);
    const since = addMs(now, -3 * DAY_MS);
    expect(await readConfirmationTimes(database.db, since)).toEqual({
      sent: 2_050,
      notSent: 0,
      p50Ms: 2_000,
      p99Ms: 2_000,
      p99HeardMs: 2_000,
    });
  });
});

it('STOP, START and STOP again leave one confirmation, however close they are', async () => {
  const { hear, clock } = await inboundWorld();
  for (const word of ['STOP', 'START', 'STOP']) {
    await hear(word);
    await clock.advance(1_000);
  }
  expect(await answersWritten()).toEqual(['opt_out_confirmation']);
  await clock.advance(MINUTE_MS);
  await hear('START');
  expect(await answersWritten()).toEqual(['opt_in_confirmation']);
  await clock.advance(MINUTE_MS);
  await hear('STOP');
  expect(await answersWritten()).toEqual(['opt_out_confirmation']);
});

describe('the answer to START', () => {
  const agrees = (world: InboundWorld) => agreesByForm(world, { needsConfirmation: false });
  const answered = async () =>
    (
      await sql<{ body: string }>`
        select body from message where purpose = 'opt_in_confirmation' order by created_at desc, id desc limit 1`.execute(
        database.db,
      )
    ).rows[0]?.body;

  it('promises offers to those alone to whom campaigns may send them', async () => {
    const world = await inboundWorld();
    const { hear, clock } = world;
    await agrees(world);
    for (const word of ['STOP', 'START']) {
      await clock.advance(MINUTE_MS);
      await hear(word);
    }
    expect(await answered()).toMatch(/can text you again.*Offers come only if you sign up/);
    await clock.advance(MINUTE_MS);
    await hear('STOP');
    await clock.advance(MINUTE_MS);
    await agrees(world);
    await clock.advance(MINUTE_MS);
    await hear('START');
    expect(await answered()).toMatch(/You are signed up for offers/);
  });
});

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

  it.each([
    ['an opt-out', 'STOP'],
    ['a review', 'STOP?'],
  ])(
    'leaves %s as it is when it is a YES that nobody asked for, which a person reads in the inbox',
    async (_, before) => {
      const { hear, clock } = await inboundWorld();
      await hear(before);
      const decisions = async () =>
        (
          await sql`
          select reason as of, lifted_at is null as stands from suppression
          union all select family, decision is null from opt_out_review`.execute(database.db)
        ).rows;
      const stood = await decisions();
      expect(stood).toMatchObject([{ stands: true }]);
      const known = (await audited()).length;
      await clock.advance(60_000);
      await hear('Yes', { keyword: 'opt_in' });
      expect(await decisions()).toEqual(stood);
      expect(await audited()).toHaveLength(known);
      const { rows } =
        await sql`select state, last_message_preview as newest from conversation where unread > 0`.execute(database.db);
      expect(rows).toEqual([{ state: 'open', newest: 'Yes' }]);
    },
  );

  it('is still ours to answer when we hear more in it', async () => {
    const { hear } = await inboundWorld();
    await hear('please stop texting me', { keyword: 'help' });
    expect(await suppressed()).toBe(true);
    expect(await answersWritten()).toEqual(['opt_out_confirmation']);
  });
});

const standing = async (): Promise<string | undefined> => {
  const { rows } = await sql<{ state: string; kind: string | null }>`
    select state, kind from consent where phone = ${PERSON} and purpose = 'marketing'`.execute(database.db);
  return rows[0]?.kind ?? rows[0]?.state;
};

it.each([
  ['was in force', false, 'express_written'],
  ['still waited', true, 'pending'],
])(
  'a consent that STOP took back is not given anew by START, whether it %s: only a new opt-in of theirs is one',
  async (_case, needsConfirmation, before) => {
    const world = await inboundWorld();
    const { hear, clock } = world;
    await agreesByForm(world, { needsConfirmation });
    expect(await standing()).toBe(before);
    for (const word of ['STOP', 'START']) {
      await clock.advance(MINUTE_MS);
      await hear(word);
    }
    expect([await standing(), await suppressed()]).toEqual(['opted_out', false]);
    const events = await listConsentEvents(database.db, { phone: PERSON, after: undefined, limit: 9 });
    expect(events.map(({ action, source }) => [action, source])).toEqual([
      ['revoke', 'opt_out'],
      ['grant', 'web_form'],
    ]);
    const { rows } = await sql<{ action: string }>`
    select action from audit_entry where phone = ${PERSON} order by at, id`.execute(database.db);
    expect(rows.map(({ action }) => action)).toEqual(['consent.granted', 'number.suppressed', 'number.opted_in']);
    await clock.advance(MINUTE_MS);
    await agreesByForm(world, { needsConfirmation });
    expect(await standing()).toBe(before);
    if (needsConfirmation) await hear('START');
    expect(await standing()).toBe('express_written');
  },
);

describe('an opt-in that waits for the person’s word', () => {
  const asked = (world: InboundWorld) => agreesByForm(world, { needsConfirmation: true });
  it.each(['YES', 'Start', 'sí'])('is in force with %s, which is answered', async (word) => {
    const world = await inboundWorld();
    await asked(world);
    expect(await standing()).toBe('pending');
    await world.clock.advance(60_000);
    await world.hear(word);
    expect({ now: await standing(), answers: await answersWritten() }).toEqual({
      now: 'express_written',
      answers: ['opt_in_confirmation'],
    });
    const [event] = await listConsentEvents(database.db, { phone: PERSON, after: undefined, limit: 1 });
    expect(event).toMatchObject({ action: 'confirm', source: 'keyword', evidence: { text: word } });
  });

  it.each(['sign me up again please', 'You can text me now'])(
    'waits on after %s, which is no keyword',
    async (words) => {
      const world = await inboundWorld();
      await asked(world);
      await world.clock.advance(60_000);
      await world.hear(words);
      expect({ now: await standing(), answers: await answersWritten() }).toEqual({ now: 'pending', answers: [] });
    },
  );

  it('also brings back who had opted out before, and a STOP after it wins', async () => {
    const world = await inboundWorld();
    await world.hear('STOP');
    await world.clock.advance(60_000);
    await asked(world);
    await world.clock.advance(60_000);
    await world.hear('yes!');
    expect([await standing(), await suppressed()]).toEqual(['express_written', false]);
    await world.clock.advance(60_000);
    await world.hear('STOP');
    expect([await standing(), await suppressed()]).toEqual(['opted_out', true]);
  });

  it.each([
    ['nobody asked', false, 60_000],
    ['it is too late', true, 72 * 3_600_000],
  ])('has no meaning when %s', async (_case, isAsked, afterMs) => {
    const world = await inboundWorld();
    if (isAsked) await asked(world);
    await world.clock.advance(afterMs);
    const together = await world.hearTogether([world.textOf('YES')]);
    expect(together).toEqual([PERSON]);
    expect(await standing()).toBe(isAsked ? 'pending' : undefined);
    expect(await answersWritten()).toEqual([]);
  });
});

describe('one opt-out is confirmed once, and START ends it with the confirmation that still waits', () => {
  const OUT = 'opt_out_confirmation';

  it('is not confirmed by us where the provider alone does that', async () => {
    const { hear } = await inboundWorld();
    await sql`update gateway_account set opt_outs_confirmed_by = 'provider'`.execute(database.db);
    await hear('please stop texting me');
    expect(await suppressed()).toBe(true);
    expect(await answersWritten()).toEqual([]);
  });

  const toOther = { to: [OUR_OTHER.phone], laneRef: OUR_OTHER.gatewayRef };
  it.each([
    ['to one number of ours', PERSON, {}],
    ['to two numbers of ours', PERSON, toOther],
    ['of no contact, to one number of ours', '+16175550199', {}],
    ['of no contact, to two numbers of ours', '+16175550199', toOther],
  ])('also when two texts ask for it at the same moment, %s', async (_case, from, second) => {
    const { hear } = await inboundWorld();
    await Promise.all([hear('STOP', { from }), hear('STOP', { from, ...second })]);
    const { rows } = await sql`select phone, reason from suppression where lifted_at is null`.execute(database.db);
    expect(rows).toEqual([{ phone: from, reason: 'opt_out' }]);
    expect(await answersWritten()).toEqual([OUT]);
    const events = await listConsentEvents(database.db, { phone: from, after: undefined, limit: 5 });
    expect(events.map(({ action }) => action)).toContain('revoke');
    const said = await sql`select 1 from message where direction = 'inbound' and phone = ${from}`.execute(database.db);
    expect(said.rows).toHaveLength(2);
  });

  const IN = 'opt_in_confirmation';
  it.each<[string, readonly string[], { readonly suppressed: boolean; readonly answers: readonly string[] }]>([
    ['STOP twice', ['STOP', 'STOP'], { suppressed: true, answers: [OUT] }],
    ['a second reason', ['STOP', 'Wrong number'], { suppressed: true, answers: [OUT] }],
    ['the other way round', ['Wrong number', 'STOP'], { suppressed: true, answers: [OUT] }],
    ['both, then UNSTOP', ['STOP', 'Wrong number', 'UNSTOP'], { suppressed: false, answers: [IN] }],
    ['wrong number, then START', ['Wrong number', 'START'], { suppressed: false, answers: [IN] }],
    ['a new opt-out after START', ['STOP', 'START', 'Wrong number'], { suppressed: true, answers: [OUT] }],
    ['START of someone who never opted out', ['START'], { suppressed: false, answers: [] }],
    ['an order', ['STOP', 'You can send the invoice now'], { suppressed: true, answers: [OUT] }],
    ['a complaint', ['STOP', 'why did you add me back'], { suppressed: true, answers: [OUT] }],
    ['a wish in other words', ['STOP', 'Please put me back on your list'], { suppressed: true, answers: [OUT] }],
    ['the same in Spanish', ['ALTO', 'quiero recibir mensajes otra vez'], { suppressed: true, answers: [OUT] }],
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
    ['a wish for texts in other words is to be read', ['STOP', 'Add me back'], { in: ['open'], unread: 1 }],
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
    const world = await inboundWorld();
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
    expect((await audited()).at(-1)).toMatchObject({ heardAt: heardAt.toString(), latencyMs: 90_000 });
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
    const world = await inboundWorld();
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
    const { hearTogether, textOf } = await inboundWorld();
    const texts = ['STOP', 'START', 'HELP', 'please stop texting me'].map((text, index) =>
      textOf(text, { from: `+1617555014${index}` }),
    );
    const group = textOf('Hi all', { from: ANN, to: [OUR_NUMBER, BEN] });
    expect(await hearTogether([...texts, group, textOf('Yes please', { from: BEN })])).toEqual([BEN]);
    expect((await sql`select 1 from conversation`.execute(database.db)).rows).toHaveLength(1);
  });

  it('read no texts but those of their people, though nearly all are to one number', async () => {
    const world = await inboundWorld();
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
    const { hearTogether, textOf } = await inboundWorld();
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
    const world = await inboundWorld();
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
