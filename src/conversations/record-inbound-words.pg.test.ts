import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { audited, type InboundWorld, inboundWorld, OUR_OTHER, PERSON, suppressed } from '../../test/inbound-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { listConsentEvents } from '../compliance/consent-store.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import { readConfirmationTimes } from '../compliance/report-opt-outs.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { type Database, runTx } from '../platform/database.ts';
import { addMs, DAY_MS, HOUR_MS, MINUTE_MS } from '../platform/time.ts';
import { TOLD } from './inbound.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

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

/** Our question whether it was they, handed over. */
const questionGoesOut = (world: InboundWorld) =>
  sql`
    insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id,
      lease_epoch, not_before, created_at, attempted_at, sent_at)
    select gen_random_uuid(), account_id, id, 'outbound', 'opt_in_request', ${PERSON}, 'Reply YES', 'GSM-7', 1, 'sent', 'MSGasked',
      1, ${world.clock.now()}, ${world.clock.now()}, ${world.clock.now()}, ${world.clock.now()} from lane order by id limit 1`.execute(
    database.db,
  );

describe('an opt-out', () => {
  it('counts also when it was sent to a number of the account that is no lane here', async () => {
    const { hear } = await inboundWorld(database.db);
    expect(await hear('STOP', { to: ['+16175550999'], laneRef: 'PNother' })).toBe(true);
    expect(await suppressed(database.db)).toBe(true);
  });

  it.each([
    ['a NUL', 'STOP\u0000'],
    ['half a surrogate pair', 'Please stop texting me \ud83d'],
  ])('is heard with %s in it, which PostgreSQL cannot store', async (_, text) => {
    const { hear } = await inboundWorld(database.db);
    await hear(text);
    expect(await suppressed(database.db)).toBe(true);
  });

  it('that was repeated after a START is not lifted by it, though the START comes last', async () => {
    const { hear, clock } = await inboundWorld(database.db);
    await hear('STOP');
    await clock.advance(60_000);
    const startSaidAt = clock.now();
    await clock.advance(60_000);
    await hear('STOP');
    await clock.advance(60_000);
    await hear('START', { at: startSaidAt });
    expect(await suppressed(database.db)).toBe(true);
    await hear('START');
    expect(await suppressed(database.db)).toBe(false);
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
    const { hear, clock } = await inboundWorld(database.db);
    for (const order of [texts, texts.toReversed()]) {
      for (const { text, ms } of order) await hear(text, { at: addMs(clock.now(), ms) });
      expect(await suppressed(database.db), order.map(({ text }) => text).join(' then ')).toBe(isOut);
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
    const { hear, clock } = await inboundWorld(database.db);
    const received = addMs(clock.now(), -6 * HOUR_MS);
    // The event failed, or waited on a disk, and is applied now.
    for (const word of ['STOP', 'START', 'HELP']) await hear(word, { at: received }, { ...TOLD, heardAt: received });
    expect(await suppressed(database.db)).toBe(true);
    expect(await answersWritten()).toEqual([]);
    const because = 'it was applied more than 5 minutes after it was received (rules 2025-04)';
    const told = (await audited(database.db)).filter((detail) => 'because' in detail);
    expect(told).toMatchObject([{ confirmation: 'opt_out_confirmation', because }, { because }]);
  });

  it('goes out within five minutes of the receipt, not of when the text was applied', async () => {
    const { hear, clock } = await inboundWorld(database.db);
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
    const { clock } = await inboundWorld(database.db);
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
  const { hear, clock } = await inboundWorld(database.db);
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
    const world = await inboundWorld(database.db);
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
    const { hear, clock } = await inboundWorld(database.db);
    await hear('Mercy', { keyword: 'opt_out' });
    expect(await suppressed(database.db)).toBe(true);
    await clock.advance(60_000);
    await hear('Come back', { keyword: 'opt_in' });
    expect(await suppressed(database.db)).toBe(false);
    await hear('Que es esto', { keyword: 'help' });
    expect(await answersWritten()).toEqual([]);
    expect((await audited(database.db)).at(-1)).toMatchObject({ answer: 'withheld', because: 'the gateway gave one' });
  });

  it('does not make a START of what asks us to stop', async () => {
    const { hear } = await inboundWorld(database.db);
    await hear('please stop texting me', { keyword: 'opt_in' });
    expect(await suppressed(database.db)).toBe(true);
  });

  it.each([
    ['an opt-out', 'STOP'],
    ['a review', 'STOP?'],
  ])(
    'leaves %s as it is when it is a YES that nobody asked for, which a person reads in the inbox',
    async (_, before) => {
      const { hear, clock } = await inboundWorld(database.db);
      await hear(before);
      const decisions = async () =>
        (
          await sql`
          select reason as of, lifted_at is null as stands from suppression
          union all select family, decision is null from opt_out_review`.execute(database.db)
        ).rows;
      const stood = await decisions();
      expect(stood).toMatchObject([{ stands: true }]);
      const known = (await audited(database.db)).length;
      await clock.advance(60_000);
      await hear('Yes', { keyword: 'opt_in' });
      expect(await decisions()).toEqual(stood);
      expect(await audited(database.db)).toHaveLength(known);
      const { rows } =
        await sql`select state, last_message_preview as newest from conversation where unread > 0`.execute(database.db);
      expect(rows).toEqual([{ state: 'open', newest: 'Yes' }]);
    },
  );

  it('is still ours to answer when we hear more in it', async () => {
    const { hear } = await inboundWorld(database.db);
    await hear('please stop texting me', { keyword: 'help' });
    expect(await suppressed(database.db)).toBe(true);
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
    const world = await inboundWorld(database.db);
    const { hear, clock } = world;
    await agreesByForm(world, { needsConfirmation });
    expect(await standing()).toBe(before);
    for (const word of ['STOP', 'START']) {
      await clock.advance(MINUTE_MS);
      await hear(word);
    }
    expect([await standing(), await suppressed(database.db)]).toEqual(['opted_out', false]);
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
  const entered = async (world: InboundWorld): Promise<void> => {
    await agreesByForm(world, { needsConfirmation: true });
  };
  const asked = async (world: InboundWorld) => {
    await entered(world);
    await questionGoesOut(world);
  };
  it.each(['YES', 'Start', 'sí'])('is in force with %s, which is answered', async (word) => {
    const world = await inboundWorld(database.db);
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
      const world = await inboundWorld(database.db);
      await asked(world);
      await world.clock.advance(60_000);
      await world.hear(words);
      expect({ now: await standing(), answers: await answersWritten() }).toEqual({ now: 'pending', answers: [] });
    },
  );

  it('also brings back who had opted out before, and a STOP after it wins', async () => {
    const world = await inboundWorld(database.db);
    await world.hear('STOP');
    await world.clock.advance(60_000);
    await entered(world);
    await world.clock.advance(60_000);
    await world.hear('start!');
    expect([await standing(), await suppressed(database.db)]).toEqual(['express_written', false]);
    await world.clock.advance(60_000);
    await world.hear('STOP');
    expect([await standing(), await suppressed(database.db)]).toEqual(['opted_out', true]);
  });

  it('is not confirmed by a YES to something else: before our question went out, or after an opt-out that followed it', async () => {
    const world = await inboundWorld(database.db);
    const oneByOne = async (...steps: readonly (string | typeof asked)[]): Promise<unknown> => {
      for (const step of steps) {
        if (typeof step === 'string') await world.hear(step);
        else await step(world);
        await world.clock.advance(60_000);
      }
      return [await standing(), await suppressed(database.db)];
    };
    expect(await oneByOne('STOP', entered, 'Yes')).toEqual(['pending', true]);
    expect(await oneByOne('START', asked, 'STOP', entered, 'Yes')).toEqual(['pending', true]);
  });

  it.each([
    ['nobody asked', false, 60_000],
    ['it is too late', true, 72 * 3_600_000],
  ])('has no meaning when %s', async (_case, isAsked, afterMs) => {
    const world = await inboundWorld(database.db);
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
    const { hear } = await inboundWorld(database.db);
    await sql`update gateway_account set opt_outs_confirmed_by = 'provider'`.execute(database.db);
    await hear('please stop texting me');
    expect(await suppressed(database.db)).toBe(true);
    expect(await answersWritten()).toEqual([]);
  });

  const toOther = { to: [OUR_OTHER.phone], laneRef: OUR_OTHER.gatewayRef };
  it.each([
    ['to one number of ours', PERSON, {}],
    ['to two numbers of ours', PERSON, toOther],
    ['of no contact, to one number of ours', '+16175550199', {}],
    ['of no contact, to two numbers of ours', '+16175550199', toOther],
  ])('also when two texts ask for it at the same moment, %s', async (_case, from, second) => {
    const { hear } = await inboundWorld(database.db);
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
    const { hear, clock } = await inboundWorld(database.db);
    for (const text of texts) {
      await hear(text);
      await clock.advance(60_000);
    }
    expect({ suppressed: await suppressed(database.db), answers: await answersWritten() }).toEqual(expected);
  });

  it('START of a number that cannot receive texts lifts the opt-out, and promises no texts', async () => {
    const world = await inboundWorld(database.db);
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
    const { hear, clock } = await inboundWorld(database.db);
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
    const { hear, clock } = await inboundWorld(database.db);
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
    const { hear } = await inboundWorld(database.db);
    await hear(text, { from });
    const { rows } = await sql`select 1 from suppression where phone = ${from}`.execute(database.db);
    expect(rows.length > 0).toBe(expected);
  });

  it('ends campaigns also when it was sent to a number that is no lane here', async () => {
    const { hear } = await inboundWorld(database.db);
    expect(await hear('ARRÊT', { from: '+15145550123', to: ['+16175550999'], laneRef: 'PNother' })).toBe(true);
  });
});
