import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { expectEqualBooks } from '../../test/equal-books.ts';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { answering } from '../../test/local-gateway.ts';
import { API_KEY, NUMBERS, type SendingWorld, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { createDraft } from '../campaigns/manage-drafts.ts';
import type { RecordedEvent } from '../gateways/gateway.ts';
import { quoGateway } from '../gateways/quo/quo-gateway.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { seededRandom } from '../platform/random.ts';
import { addMs, DAY_MS, HOUR_MS, type Instant, MINUTE_MS, msBetween } from '../platform/time.ts';
import { applyWaiting } from '../webhooks/apply-event.ts';
import { describeEvent } from '../webhooks/describe-event.ts';
import { insertEvents, type NewEvent } from '../webhooks/event-store.ts';
import type { Run, RunKind } from './run.ts';
import { getRun, listDiffRows } from './run-store.ts';
import { cancelRun, startRun } from './start-run.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

const LANES = NUMBERS.map((number) => ({ gatewayRef: number.id, phone: number.phone, dailyCap: 1_000 }));
const [OURS] = NUMBERS;
const PEOPLE = testPhones(70, '508');

interface ReconcilingWorld extends SendingWorld {
  readonly account: { readonly id: Uuid; readonly laneIds: readonly Uuid[] };
  start(range?: { readonly since?: Instant; readonly until?: Instant; readonly kind?: RunKind }): Promise<Uuid>;
  run(id: Uuid): Promise<Run>;
  ended(id: Uuid): Promise<Run>;
  diff(id: Uuid): Promise<readonly object[]>;
  apply(): Promise<void>;
}

async function reconcilingWorld(options: Parameters<typeof sendingWorld>[1] = {}): Promise<ReconcilingWorld> {
  const world = await sendingWorld(database, { factor: 600, ...options });
  const account = await insertAccount(database.db, world, {
    baseUrl: world.sandbox.url,
    apiKey: API_KEY,
    lanes: LANES,
  });
  const run = async (id: Uuid): Promise<Run> => {
    const found = await getRun(database.db, id);
    if (found === undefined) throw new Error(`run ${id} vanished`);
    return found;
  };
  return {
    ...world,
    account,
    run,
    async start({ since, until, kind = 'manual' } = {}) {
      const now = world.clock.now();
      const asked = {
        accountId: account.id,
        kind,
        since: since ?? addMs(now, -DAY_MS),
        until: until ?? now,
        actor: 'test',
      };
      const started = await runTx(database.db, (tx) => startRun(tx, world, asked));
      if (!started.ok) throw new Error(started.error.message);
      return started.value;
    },
    async ended(id) {
      await world.until('the run is over', async () => (await run(id)).finishedAt !== null);
      return run(id);
    },
    async diff(id) {
      const rows = await listDiffRows(database.db, { runId: id, settled: undefined, after: 0, limit: 1_000 });
      return rows.map(({ kind, what, phone, here, there }) => ({ kind, what, phone, here, there }));
    },
    apply: () =>
      applyWaiting({
        ...world,
        database,
        webhookEdge: () => quoWebhookEdge,
        jobs: {
          enqueue: async () => {
            throw new Error('an event failed');
          },
          close: async () => {},
        },
      }),
  };
}

/** No webhook is registered here: everything that happens is found, or it is not. */
async function happenings(world: ReconcilingWorld, phones: readonly string[]): Promise<void> {
  for (const [nth, phone] of phones.entries()) {
    await world.sandbox.personTexts({ from: phone, to: OURS.phone, text: `Question ${nth}?` });
    if (nth % 4 === 0) world.sandbox.personCalls({ from: phone, to: OURS.phone });
    if (nth % 5 === 0) world.sandbox.staffTexts({ from: OURS.phone, to: phone, text: `By hand, ${nth}` });
  }
  await world.sandbox.idle();
  await world.clock.sleep(3 * MINUTE_MS);
}

describe('a run', () => {
  it('goes on where it was, whenever its process dies between a page and its record, and counts no page twice', async () => {
    const world = await reconcilingWorld();
    await happenings(world, PEOPLE);
    const id = await world.start();
    // Dies at the second and the fourth page that it reads, and then is left for good in the middle.
    for (const dyingAt of [2, 4, Number.POSITIVE_INFINITY]) {
      let pages = 0;
      const died = Promise.withResolvers<void>();
      const engine = world.startWorker(`dying at ${dyingAt}`, {
        idleMs: 50,
        reach: (point) => {
          if (point !== 'after a page of the books') return;
          pages += 1;
          if (pages < dyingAt) return;
          died.resolve();
          throw new Error('killed');
        },
      });
      await Promise.race([died.promise, world.ended(id)]);
      await engine.drain();
    }
    const run = await world.run(id);
    await world.apply();
    await expectEqualBooks(database.db, world.sandbox);
    const texts = world.sandbox.texts();
    const calls = world.sandbox.endedCalls();
    expect(run).toMatchObject({
      state: 'completed',
      progress: 1,
      seenTexts: texts.length,
      seenCalls: calls.length,
      missingHere: texts.length + calls.length,
      missingThere: 0,
      differs: 0,
    });
    expect(await sql`select 1 from reconciliation_seen`.execute(database.db)).toMatchObject({ rows: [] });
  });

  it('is refused while another one of the account is open, and may begin when that is cancelled', async () => {
    const world = await reconcilingWorld();
    const first = await world.start();
    await expect(world.start()).rejects.toThrow('being reconciled already');
    const cancel = () => runTx(database.db, (tx) => cancelRun(tx, world, { id: first, actor: 'test' }));
    expect(await cancel()).toMatchObject({ ok: true });
    expect(await cancel()).toMatchObject({ ok: false, error: { kind: 'conflict', state: 'cancelled' } });
    const second = await world.start();
    world.startWorker('worker');
    expect(await world.ended(second)).toMatchObject({ state: 'completed' });
    expect(await world.run(first)).toMatchObject({ state: 'cancelled', requests: 0 });
  });

  it.each([
    ['is empty', 0, 0, 'must begin before it ends'],
    ['has only just begun', -1, 0, 'more than two minutes ago'],
    ['begins more than a year ago', -400 * 24 * 60, 0, '360 days ago at the earliest'],
  ])('is refused when its range %s', async (_case, since, until, message) => {
    const world = await reconcilingWorld();
    const now = world.clock.now();
    const range = { since: addMs(now, since * MINUTE_MS), until: addMs(now, until * MINUTE_MS) };
    await expect(world.start(range)).rejects.toThrow(message);
  });

  it('waits while the gateway does not answer, and goes on when it does', async () => {
    const world = await reconcilingWorld();
    await happenings(world, PEOPLE.slice(0, 3));
    world.startWorker('worker', { guardAgainMs: DAY_MS });
    await world.ended(await world.start());
    world.sandbox.setFaults({ loseRequestShare: 1 });
    const id = await world.start();
    await world.until('it has failed', async () => (await world.run(id)).failures > 0);
    expect(await world.run(id)).toMatchObject({ state: 'running', error: expect.any(String) });
    world.sandbox.setFaults({});
    expect(await world.ended(id)).toMatchObject({ state: 'completed', failures: 0, error: null });
  });

  it('ends with the reason when the gateway refuses the key', async () => {
    const world = await reconcilingWorld();
    await sql`update gateway_account set api_key_sealed = ${world.secrets.seal('wrong')}`.execute(database.db);
    const id = await world.start();
    world.startWorker('worker');
    expect(await world.ended(id)).toMatchObject({ state: 'failed', error: expect.stringContaining('401') });
  });
});

describe('whatever was told and whatever was lost', () => {
  it.each([0, 1, 2, 3])('the books are equal in the end (%i)', async (seed) => {
    const world = await reconcilingWorld({ seed: seed + 1 });
    await happenings(world, PEOPLE.slice(0, 12));
    const random = seededRandom(seed);
    const told = await allEvents(world);
    const share = seed / 4;
    const heard = told.filter(() => random.next() < share).map((event) => ({ event, place: random.next() }));
    for (const [nth, { event }] of heard.toSorted((a, b) => a.place - b.place).entries())
      await insertEvents(database.db, [webhookOf(world, event, `EV${nth}`)]);
    await world.apply();
    const id = await world.start();
    world.startWorker('worker');
    expect(await world.ended(id)).toMatchObject({ state: 'completed', differs: 0, missingThere: 0 });
    await world.apply();
    await expectEqualBooks(database.db, world.sandbox);
  });
});

describe('calls whose events did not say with whom', () => {
  it('are shown in their conversations after a run, which then finds no more of them', async () => {
    const world = await reconcilingWorld();
    await happenings(world, PEOPLE.slice(0, 5));
    const calls = (await allEvents(world)).filter(({ event }) => event.type === 'call_progress');
    expect(calls).toHaveLength(2);
    for (const [nth, call] of calls.entries())
      await insertEvents(database.db, [webhookOf(world, withNobody(call), `EV${nth}`)]);
    await world.apply();
    world.startWorker('worker');
    const id = await world.start();
    await world.ended(id);
    await world.apply();
    await expectEqualBooks(database.db, world.sandbox);
    expect(await world.diff(id)).toContainEqual(
      expect.objectContaining({ kind: 'stale_here', what: 'caller', phone: PEOPLE[0] }),
    );
    expect(await world.ended(await world.start())).toMatchObject({ staleHere: 0, missingHere: 0 });
  });
});

/** As some deliveries of ended calls are. */
function withNobody({ event, payload }: RecordedEvent): RecordedEvent {
  const told = JSON.parse(payload);
  return { event, payload: JSON.stringify({ ...told, data: { object: { ...told.data.object, participants: [] } } }) };
}

describe('what a run before has found already', () => {
  it.each([
    ['found', `source = 'reconciliation'`],
    // The posts of some gateways have the ids of what they list.
    ['posted', `source = 'webhook'`],
    ['posted, and rests as failed', `source = 'webhook', state = 'failed', applied_at = null, error = 'test'`],
  ])('is applied again when it was %s and has not come to be', async (_, before) => {
    const world = await reconcilingWorld();
    await happenings(world, PEOPLE.slice(0, 6));
    world.startWorker('worker');
    await world.ended(await world.start());
    await world.apply();
    await expectEqualBooks(database.db, world.sandbox);
    const { rows } = await sql`
      delete from message where direction = 'inbound' and id in (select id from message where direction = 'inbound' order by id limit 2)
      returning id`.execute(database.db);
    expect(rows).toHaveLength(2);
    await sql`update gateway_event set ${sql.raw(before)} where type = 'message.received'`.execute(database.db);
    expect(await world.ended(await world.start())).toMatchObject({ state: 'completed', missingHere: 2 });
    await world.apply();
    await expectEqualBooks(database.db, world.sandbox);
  });
});

/** Everything that the gateway could tell, the oldest page last. */
async function allEvents(world: ReconcilingWorld): Promise<readonly RecordedEvent[]> {
  const { records } = quoGateway({ ...world, baseUrl: world.sandbox.url, apiKey: API_KEY, requestTimeoutMs: 1_000 });
  if (records === undefined) throw new Error('nothing can be listed');
  const range = { since: addMs(world.clock.now(), -DAY_MS), until: world.clock.now() };
  const texts = await records.listMessages(range);
  const calls = await records.listCalls(range);
  if (!texts.ok || !calls.ok) throw new Error('nothing is listed');
  return [
    ...texts.value.entries.flatMap(({ began, ended }) => [began, ended]),
    ...calls.value.entries.map(({ ended }) => ended),
  ].flatMap((event) => event ?? []);
}

/** The same as a webhook, which has an id of its own. */
const webhookOf = (world: ReconcilingWorld, { event, payload }: RecordedEvent, eventId: string): NewEvent => ({
  id: world.newUuid(),
  accountId: world.account.id,
  eventId,
  ...describeEvent(event, new Set(NUMBERS.map(({ phone }) => phone))),
  payload: payload.replace(event.eventId, eventId),
  headers: {},
  receivedAt: world.clock.now(),
  source: 'webhook',
  signedBy: null,
  unreadable: null,
});

describe('a text that is in no listing but in its conversation', () => {
  it('is found there', async () => {
    const now = '2026-11-17T14:00:00.000Z';
    const text = {
      id: 'AChidden',
      from: PEOPLE[0],
      to: [OURS.phone],
      text: 'Hello?',
      direction: 'incoming',
      status: 'received',
      phoneNumberId: OURS.id,
      createdAt: now,
      updatedAt: now,
    };
    const conversation = {
      phoneNumberId: OURS.id,
      participants: [PEOPLE[0]],
      lastActivityAt: now,
      lastActivityId: text.id,
    };
    const pages: readonly (readonly [path: string, data: readonly object[]])[] = [
      ['/v1/conversations', [conversation]],
      ['/v1/messages', [text]],
    ];
    const baseUrl = await answering((path) => ({
      status: 200,
      body: {
        data: pages.find(([begins]) => path.startsWith(begins))?.[1] ?? [],
        nextCursor: null,
        nextPageToken: null,
      },
    }));
    const world = await reconcilingWorld();
    await sql`update gateway_account set base_url = ${baseUrl}`.execute(database.db);
    const id = await world.start();
    world.startWorker('worker');
    expect(await world.ended(id)).toMatchObject({ state: 'completed', error: null, seenTexts: 0, missingHere: 1 });
    await world.apply();
    const { rows } = await sql`select phone, body from message`.execute(database.db);
    expect(rows).toEqual([{ phone: PEOPLE[0], body: 'Hello?' }]);
  });
});

describe('a text whose event did not tell of its pictures', () => {
  it('has them after a run, and no later run finds it again', async () => {
    const createdAt = '2026-11-17T14:00:00.000Z';
    const ends = { id: 'ACpicture', from: PEOPLE[0], to: [OURS.phone], direction: 'incoming', status: 'received' };
    const text = { ...ends, text: 'The crack', phoneNumberId: OURS.id, createdAt, updatedAt: createdAt };
    const media = [{ url: 'https://media.example.test/crack.jpg', type: 'image/jpeg' }];
    const baseUrl = await answering((path) => ({
      status: 200,
      body: { data: path.startsWith('/messages') ? [{ ...text, media }] : [], nextCursor: null, nextPageToken: null },
    }));
    const world = await reconcilingWorld();
    await sql`update gateway_account set base_url = ${baseUrl}`.execute(database.db);
    const told = { id: 'EVpicture', apiVersion: 'v4', createdAt, type: 'message.received', data: { object: text } };
    const payload = JSON.stringify(told);
    const event = quoWebhookEdge.parse(Buffer.from(payload), world.clock.now());
    if (!event.ok) throw new Error(event.error.message);
    await insertEvents(database.db, [webhookOf(world, { event: event.value, payload }, 'EVpicture')]);
    await world.apply();
    world.startWorker('worker');
    expect(await world.ended(await world.start())).toMatchObject({ state: 'completed', staleHere: 1, missingHere: 0 });
    await world.apply();
    const { rows } = await sql`select body, media from message`.execute(database.db);
    expect(rows).toEqual([{ body: 'The crack', media }]);
    expect(await world.ended(await world.start())).toMatchObject({ staleHere: 0, missingHere: 0 });
  });
});

describe('an entry of the gateway’s books that nobody can read', () => {
  it('is named, left out, and holds up nothing else of its page', async () => {
    const createdAt = '2026-11-17T14:00:00.000Z';
    const [one = '', other = ''] = PEOPLE;
    const text = {
      id: 'ACone',
      from: one,
      to: [OURS.phone],
      direction: 'incoming',
      status: 'received',
      text: 'Hello?',
    };
    const call = { id: 'CAone', participants: [OURS.phone, other], direction: 'incoming', phoneNumberId: OURS.id };
    const ended = { ...call, createdAt, answeredAt: null, completedAt: createdAt, status: 'completed' };
    const conversation = { phoneNumberId: OURS.id, participants: [one], updatedAt: createdAt };
    const pages: readonly (readonly [string, readonly unknown[]])[] = [
      ['/messages?', [{ ...text, id: 'ACbroken', createdAt: 'soon' }, { ...text, createdAt }, null]],
      ['/calls?', [{ ...ended, id: 'CAbroken', participants: 7 }, ended]],
      ['/v1/conversations?', [{ ...conversation, id: 'CNbroken', participants: null }, conversation]],
    ];
    const baseUrl = await answering((path) => ({
      status: 200,
      // The check who sends asks for one number, and stops at what it cannot read.
      body: {
        data: path.startsWith('/messages?phoneNumberId')
          ? []
          : (pages.find(([begins]) => path.startsWith(begins))?.[1] ?? []),
      },
    }));
    const world = await reconcilingWorld();
    await sql`update gateway_account set base_url = ${baseUrl}`.execute(database.db);
    const id = await world.start();
    world.startWorker('worker');
    expect(await world.ended(id)).toMatchObject({ state: 'completed', error: null, missingHere: 2, unreadable: 5 });
    const rows = await listDiffRows(database.db, { runId: id, settled: false, after: 0, limit: 10 });
    expect(rows.map(({ kind, what, gatewayId, at, there }) => ({ kind, what, gatewayId, at: `${at}`, there }))).toEqual(
      [
        {
          what: 'text',
          gatewayId: 'ACbroken',
          there: expect.stringContaining('createdAt: expected'),
          at: expect.anything(),
        },
        { what: 'text', gatewayId: expect.stringMatching(/^sha256:/), there: expect.anything(), at: expect.anything() },
        {
          what: 'call',
          gatewayId: 'CAbroken',
          there: expect.stringContaining('participants'),
          at: '2026-11-17T14:00:00Z',
        },
        // Its answer is the same list as of everything else.
        { what: 'voicemail', gatewayId: 'CAone', there: expect.stringContaining('data'), at: expect.anything() },
        { what: 'conversation', gatewayId: 'CNbroken', there: expect.anything(), at: expect.anything() },
      ].map((row) => ({ kind: 'unreadable', ...row })),
    );
  });
});

describe('a conversation or a text that the gateway refuses to show', () => {
  it('is said, and keeps the run from nothing else', async () => {
    const createdAt = '2026-11-17T14:00:00.000Z';
    const [refused = '', shown = ''] = PEOPLE;
    const text = {
      id: 'ACone',
      from: shown,
      to: [OURS.phone],
      direction: 'incoming',
      status: 'received',
      text: 'Hello?',
    };
    const conversations = [refused, shown].map((phone, nth) => {
      const activity = { lastActivityId: `AClast${nth}`, updatedAt: createdAt };
      return { id: `CN${nth}`, phoneNumberId: OURS.id, participants: [phone], ...activity };
    });
    const no = { status: 400, body: { message: 'no such participant' } };
    const baseUrl = await answering((path) => {
      const data = (entries: readonly unknown[]) => ({ status: 200, body: { data: entries } });
      if (path.startsWith('/v1/conversations?')) return data(conversations);
      if (path.includes('ACodd') || path.includes(encodeURIComponent(refused))) return no;
      return data(path.includes(encodeURIComponent(shown)) ? [{ ...text, createdAt }] : []);
    });
    const world = await reconcilingWorld();
    await sql`update gateway_account set base_url = ${baseUrl}`.execute(database.db);
    const sentAt = addMs(world.clock.now(), -HOUR_MS);
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id, not_before,
        created_at, attempted_at, sent_at)
      values (${world.newUuid()}, ${world.account.id}, ${world.account.laneIds[0]}, 'outbound', 'reply', ${shown}, 'Hi', 'GSM-7', 1, 'sent',
        'ACodd', ${sentAt}, ${sentAt}, ${sentAt}, ${sentAt})`.execute(database.db);
    await world.clock.sleep(3 * MINUTE_MS);
    const id = await world.start();
    world.startWorker('worker');
    expect(await world.ended(id)).toMatchObject({
      state: 'completed',
      missingHere: 1,
      missingThere: 0,
      error: expect.stringContaining('A text cannot be asked for: '),
    });
  });
});

describe('the opposite', () => {
  it('reports a text that we believe sent and of which the gateway has no record, and changes nothing', async () => {
    const world = await reconcilingWorld();
    await insertContacts(
      database.db,
      world,
      PEOPLE.slice(0, 5).map((phone) => ({ phone })),
    );
    const campaignId = await launchTestCampaign(database.db, world, { laneIds: world.account.laneIds });
    world.startWorker('worker');
    await world.until('completed', () => world.completed(campaignId));
    await world.sandbox.idle();
    await sql`update message set gateway_message_id = 'ACneverWas' where phone = ${PEOPLE[3]}`.execute(database.db);
    await world.clock.sleep(15 * MINUTE_MS);
    const run = await world.ended(await world.start());
    expect(run).toMatchObject({ missingThere: 1, seenTexts: 5 });
    expect(await world.diff(run.id)).toContainEqual({
      kind: 'missing_there',
      what: 'text',
      phone: PEOPLE[3],
      here: 'sent',
      there: null,
    });
    const { rows } = await sql`select state from message where phone = ${PEOPLE[3]} and purpose = 'campaign'`.execute(
      database.db,
    );
    expect(rows).toEqual([{ state: 'sent' }]);
  });
});

describe('texts in the words of our campaigns that somebody else has sent', () => {
  it('are left to the check who sends', async () => {
    const world = await reconcilingWorld();
    await runTx(database.db, (tx) =>
      createDraft(tx, world, {
        name: 'Draft',
        audience: { all: true },
        variants: [{ label: 'A', weight: 1, body: 'Hi {first_name|there}, shall we come by? Reply STOP to opt out.' }],
        laneIds: world.account.laneIds,
        priority: 5,
        consent: null,
        createdBy: 'test',
      }),
    );
    const [one = '', other = ''] = PEOPLE;
    // The check itself is over before.
    world.startWorker('worker', { guardAgainMs: DAY_MS });
    await world.ended(await world.start());
    world.sandbox.staffTexts({ from: OURS.phone, to: one, text: 'Hi Sam, shall we come by? Reply STOP to opt out.' });
    world.sandbox.staffTexts({ from: OURS.phone, to: other, text: 'The plumber comes at noon.' });
    await world.clock.sleep(3 * MINUTE_MS);
    const run = await world.ended(await world.start());
    await world.apply();
    expect(await world.diff(run.id)).toEqual([
      { kind: 'missing_here', what: 'sent', phone: other, here: null, there: expect.anything() },
      { kind: 'differs', what: 'own_words', phone: one, here: null, there: expect.anything() },
    ]);
    const { rows } = await sql`select phone from message`.execute(database.db);
    expect(rows).toEqual([{ phone: other }]);
  });
});

describe('the history of a new account', () => {
  it('comes in as done, with its opt-outs, without an answer and without a campaign', async () => {
    const world = await reconcilingWorld({
      sandbox: { people: { replyShare: 0, landlineShare: 0, unreachableShare: 0, callTakenShare: 0 } },
    });
    const [stopped = '', asked = '', fresh = '', caller = ''] = PEOPLE;
    await world.sandbox.personTexts({ from: stopped, to: OURS.phone, text: 'STOP' });
    const saidAt = world.sandbox.texts()[0]?.at;
    await world.sandbox.personTexts({ from: asked, to: OURS.phone, text: 'How much is it?' });
    await world.sandbox.personTexts({ from: asked, to: OURS.phone, text: 'HELP' });
    world.sandbox.personCalls({ from: caller, to: OURS.phone });
    await world.sandbox.idle();
    world.clock.setFactor(50_000);
    await world.clock.sleep(30 * HOUR_MS);
    world.clock.setFactor(600);
    await world.sandbox.personTexts({ from: fresh, to: OURS.phone, text: 'Are you there?' });
    await world.clock.sleep(3 * MINUTE_MS);
    await sql`update gateway_account set created_at = ${world.clock.now()}`.execute(database.db);
    const now = world.clock.now();
    const id = await world.start({ kind: 'history', since: addMs(now, -90 * DAY_MS) });
    world.startWorker('worker');
    expect(await world.ended(id)).toMatchObject({ state: 'completed', missingHere: 5, seenTexts: 4, seenCalls: 1 });
    await world.apply();
    await expectEqualBooks(database.db, world.sandbox);
    const { rows: conversations } = await sql`
      select phone, state, unread, waiting_since is not null as waits from conversation order by phone`.execute(
      database.db,
    );
    expect(conversations).toEqual([
      { phone: stopped, state: 'done', unread: 0, waits: false },
      { phone: asked, state: 'done', unread: 0, waits: false },
      { phone: fresh, state: 'open', unread: 1, waits: true },
      { phone: caller, state: 'done', unread: 0, waits: false },
    ]);
    const { rows: suppressed } = await sql<{ phone: string; saidAt: string }>`
      select phone, reason, evidence ->> 'saidAt' as said_at from suppression`.execute(database.db);
    expect(suppressed).toEqual([{ phone: stopped, reason: 'opt_out', saidAt: saidAt?.toString() }]);
    expect((await sql`select 1 from message where direction = 'outbound'`.execute(database.db)).rows).toEqual([]);
  });
});

describe('the rate of the account', () => {
  it('is kept by texts and pages together, and texts come first', async () => {
    const world = await reconcilingWorld();
    await happenings(world, PEOPLE);
    await insertContacts(
      database.db,
      world,
      testPhones(40).map((phone) => ({ phone })),
    );
    const campaignId = await launchTestCampaign(database.db, world, { laneIds: world.account.laneIds });
    const id = await world.start();
    // Slow enough for a page to be read many times in the time of one token.
    world.clock.setFactor(3);
    const [begunAt, before] = [world.clock.now(), world.sandbox.requests()];
    world.startWorker('worker');
    await world.until('completed', () => world.completed(campaignId));
    expect((await world.run(id)).finishedAt).toBeNull();
    const { finishedAt, requests } = await world.ended(id);
    expect(requests).toBeGreaterThan(30);
    const seconds = msBetween(begunAt, finishedAt ?? begunAt) / 1_000;
    const [rate, burst] = [8, 2];
    expect(world.sandbox.requests() - before).toBeLessThanOrEqual(rate * seconds + burst);
    const { rows } = await sql`select outcome, count(*) as n from message_attempt group by 1`.execute(database.db);
    // A machine that is busy may begin some too late, which are then begun anew.
    expect(rows).toContainEqual({ outcome: 'accepted', n: 40 });
    expect(rows).not.toContainEqual(expect.objectContaining({ outcome: 'throttled' }));
  });
});
