import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { systemClock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { type Job, openJobs } from '../platform/jobs.ts';
import { openLive } from '../platform/live.ts';
import { createLog } from '../platform/log.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, HOUR_MS, MINUTE_MS } from '../platform/time.ts';
import { type ApplyServices, applyWaiting, RETRY_QUEUE } from './apply-event.ts';
import { insertEvents, type NewEvent } from './event-store.ts';
import { forgottenRetries, retryQueue } from './retry-event.ts';
import { startApplier } from './start-applier.ts';

const log = createLog({ level: 'silent' });
const OURS = '+16175550001';
const ANN = '+16175550101';
const BEN = '+16175550102';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

async function applyWorld() {
  const world = testWorld();
  const queued: { readonly data: unknown; readonly afterSeconds: number | undefined }[] = [];
  const services: ApplyServices = {
    ...world,
    database,
    log,
    webhookEdge: () => quoWebhookEdge,
    jobs: {
      enqueue: async (_tx, _queue, jobs) =>
        void queued.push(...jobs.map(({ data, afterSeconds }) => ({ data, afterSeconds }))),
      close: async () => {},
    },
  };
  const account = await insertAccount(
    database.db,
    { ...world, secrets: secretsWithKey(world.random.bytes(32), world.random) },
    { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes: [{ gatewayRef: 'PNtest01', phone: OURS }] },
  );
  const laneId = account.laneIds[0];
  let made = 0;
  const stored = (event: { readonly type: string; readonly object: object }, label: Partial<NewEvent>): NewEvent => {
    made += 1;
    return {
      id: world.newUuid(),
      accountId: account.id,
      eventId: `EV${made}`,
      type: event.type,
      phone: null,
      orderKey: null,
      payload: JSON.stringify({
        id: `EV${made}`,
        type: event.type,
        createdAt: world.clock.now().toString(),
        data: { object: event.object },
      }),
      headers: {},
      receivedAt: world.clock.now(),
      source: 'webhook',
      signedBy: null,
      unreadable: null,
      ...label,
    };
  };
  const text = (from: string, words: string, at = world.clock.now()): NewEvent =>
    stored(
      {
        type: 'message.received',
        object: {
          id: `AC in ${made}`,
          from,
          to: OURS,
          direction: 'incoming',
          text: words,
          createdAt: at.toString(),
          phoneNumberId: 'PNtest01',
        },
      },
      { phone: from, orderKey: from },
    );
  const receipt = (gatewayMessageId: string, status: 'delivered' | 'undelivered' = 'delivered'): NewEvent =>
    stored(
      { type: `message.${status}`, object: { id: gatewayMessageId, from: OURS, to: ANN, direction: 'outgoing' } },
      {},
    );
  /** A text of ours that the gateway has taken. */
  const sent = async (gatewayMessageId: string): Promise<void> => {
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id, not_before,
        created_at, attempted_at, sent_at)
      values (${world.newUuid()}, ${account.id}, ${laneId}, 'outbound', 'reply', ${ANN}, 'Hi', 'GSM-7', 1, 'sent', ${gatewayMessageId},
        ${world.clock.now()}, ${world.clock.now()}, ${world.clock.now()}, ${world.clock.now()})`.execute(database.db);
  };
  return { ...world, services, account, text, receipt, sent, queued };
}

const put = (...events: readonly NewEvent[]) => insertEvents(database.db, events);

/** What these people say cannot be recorded, as if the product had a mistake there. */
async function poison(...phones: readonly string[]): Promise<() => Promise<unknown>> {
  await sql
    .raw(`
    create function poisoned() returns trigger language plpgsql as $$ begin raise exception 'nobody can record this'; end $$;
    create trigger poisoned before insert on message for each row when (new.phone in (${phones.map((phone) => `'${phone}'`)})) execute function poisoned();`)
    .execute(database.db);
  return () => sql`drop trigger poisoned on message`.execute(database.db);
}

const states = async () =>
  (
    await sql<{ state: string; attempts: number; error: string | null }>`
      select state, attempts, error from gateway_event order by id`.execute(database.db)
  ).rows.map(({ state, attempts, error }) => [state, attempts, ...(error === null ? [] : [error])]);

const said = async (phone: string) =>
  (
    await sql<{
      body: string;
    }>`select body from message where phone = ${phone} and direction = 'inbound' order by id`.execute(database.db)
  ).rows.map(({ body }) => body);

const history = async () =>
  (
    await sql<{
      attempt: number;
      outcome: string;
    }>`select attempt, outcome from gateway_event_attempt order by 1`.execute(database.db)
  ).rows.map(({ attempt, outcome }) => [attempt, outcome]);

const job = (data: unknown, lastAttempt = false): Job => ({
  id: 'job',
  data,
  lastAttempt,
  signal: new AbortController().signal,
});

describe('events are applied', () => {
  it('in the order of each number, by several processes at once, and each once', async () => {
    const { services, text } = await applyWorld();
    const people = Array.from({ length: 6 }, (_, index) => `+1617555020${index}`);
    const events = Array.from({ length: 20 }, (_, round) =>
      people.map((person) => text(person, `text ${round}`)),
    ).flat();
    await put(...events);
    await Promise.all([1, 2, 3].map(() => applyWaiting(services)));
    // What one of them found taken by another is that one's to finish, or the next look's.
    await applyWaiting(services);
    const inOrder = Array.from({ length: 20 }, (_, round) => `text ${round}`);
    for (const person of people) expect(await said(person)).toEqual(inOrder);
  });

  it('answers of different people in one transaction, and by itself what asks for more', async () => {
    const { services, text } = await applyWorld();
    const people = Array.from({ length: 5 }, (_, index) => `+1617555020${index}`);
    await put(...people.map((person) => text(person, 'Yes please')), text(ANN, 'STOP'), text(people[0] ?? '', 'HELP'));
    await applyWaiting(services);
    const { rows } = await sql<{ texts: number }>`
      select count(*) as texts from message where direction = 'inbound' group by xmin::text order by 1`.execute(
      database.db,
    );
    expect(rows.map(({ texts }) => texts)).toEqual([1, 1, people.length]);
    expect((await sql`select phone from suppression`.execute(database.db)).rows).toEqual([{ phone: ANN }]);
    expect(new Set((await states()).map(([state, attempts]) => `${state} ${attempts}`))).toEqual(
      new Set(['applied 1']),
    );
  });

  it('receipts many at once, and keeps those of unknown texts', async () => {
    const { services, receipt, sent } = await applyWorld();
    for (const id of ['AC1', 'AC2', 'AC3']) await sent(id);
    await put(receipt('AC1'), receipt('AC1', 'undelivered'), receipt('AC2', 'undelivered'), receipt('AC9'));
    await applyWaiting(services);
    const { rows } = await sql<{ id: string; state: string }>`
      select gateway_message_id as id, state from message order by 1`.execute(database.db);
    expect(rows.map(({ id, state }) => [id, state])).toEqual([
      ['AC1', 'delivered'],
      ['AC2', 'failed'],
      ['AC3', 'sent'],
    ]);
    expect((await sql`select gateway_message_id from early_receipt`.execute(database.db)).rows).toEqual([
      { gatewayMessageId: 'AC9' },
    ]);
    expect(new Set((await states()).map(([state]) => state))).toEqual(new Set(['applied']));
  });

  it('receipts end in the same state however they are cut, repeated and mixed', async () => {
    const { services, receipt, sent } = await applyWorld();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.boolean()), { minLength: 1, maxLength: 12 }),
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        async (reports, cuts) => {
          run += 1;
          const idOf = (index: number): string => `AC${run}-${index}`;
          for (const index of [0, 1, 2, 3]) await sent(idOf(index));
          for (const [at, [index, delivered]] of reports.entries()) {
            await put(receipt(idOf(index), delivered ? 'delivered' : 'undelivered'));
            if (cuts[at]) await applyWaiting(services);
          }
          await applyWaiting(services);
          const expected = [0, 1, 2, 3].map((index) => {
            const said = reports.flatMap(([of, delivered]) => (of === index ? delivered : []));
            return said.length === 0 ? 'sent' : said.includes(true) ? 'delivered' : 'failed';
          });
          const { rows } = await sql<{ state: string }>`
            select state from message where gateway_message_id like ${`AC${run}-%`} order by gateway_message_id`.execute(
            database.db,
          );
          expect(rows.map(({ state }) => state)).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('STOP and START', () => {
  const WORDS = { stop: 'STOP', wrong: 'wrong number', start: 'START' } as const;
  type Said = { readonly word: keyof typeof WORDS; readonly minute: number };

  /** What was said last counts; of the same instant, what is stricter. */
  const leftOf = (all: readonly Said[]): readonly string[] => {
    const last = (word: Said['word']) =>
      Math.max(-1, ...all.flatMap((said) => (said.word === word ? said.minute : [])));
    return [
      ...(last('stop') >= 0 && last('stop') >= last('start') ? ['opt_out'] : []),
      ...(last('wrong') >= 0 && last('wrong') >= last('start') ? ['wrong_number'] : []),
    ];
  };

  const SAID_LATE: Said[] = [
    { word: 'start', minute: 2 },
    { word: 'stop', minute: 1 },
  ];
  const SAID_AT_ONCE: Said[] = SAID_LATE.map(({ word }) => ({ word, minute: 1 }));

  it('end in what the person said last, in whatever order they come', async () => {
    const { services, text, clock } = await applyWorld();
    const began = clock.now();
    let runs = 0;
    const orderings = fc
      .uniqueArray(fc.record({ word: fc.constantFrom<Said['word']>('stop', 'wrong', 'start'), minute: fc.nat(4) }), {
        minLength: 2,
        maxLength: 5,
        selector: ({ word, minute }) => `${word} ${minute}`,
      })
      .chain((all) => fc.array(fc.shuffledSubarray(all, { minLength: all.length }), { minLength: 3, maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(orderings, async (orders) => {
        runs += 1;
        const heard = orders.map((order, index) => ({ phone: `+1617555${1_000 + runs * 10 + index}`, order }));
        await put(
          ...heard.flatMap(({ phone, order }) =>
            order.map(({ word, minute }) => text(phone, WORDS[word], addMs(began, (minute - 10) * MINUTE_MS))),
          ),
        );
        await applyWaiting(services);
        const phones = heard.map(({ phone }) => phone);
        const { rows } = await sql<{ left: readonly string[] }>`
          select array(select reason from suppression s where s.phone = x.phone and lifted_at is null order by reason) as left
          from unnest(${phones}::text[]) with ordinality as x (phone, place) order by place`.execute(database.db);
        expect(rows.map(({ left }) => left)).toEqual(orders.map(leftOf));
      }),
      { numRuns: 10, examples: [[[SAID_LATE]], [[SAID_AT_ONCE]]] },
    );
    const { rows } = await sql`
      select evidence ->> 'text' as said, lifted_evidence ->> 'text' as lifted_by from suppression where phone = '+16175551010'`.execute(
      database.db,
    );
    expect(rows).toEqual([{ said: 'STOP', liftedBy: 'START' }]);
  });
});

describe('an event that fails', () => {
  it('holds up its number while it is tried again, and nobody else', async () => {
    const { services, text, queued } = await applyWorld();
    const heal = await poison(ANN);
    await put(text(ANN, 'first'), text(BEN, 'hello'), text(ANN, 'second'));
    await applyWaiting(services);
    expect(await states()).toEqual([
      ['retrying', 1, 'nobody can record this'],
      ['applied', 1],
      ['received', 0],
    ]);
    expect(queued).toEqual([{ data: { eventId: expect.any(String) }, afterSeconds: expect.any(Number) }]);
    await applyWaiting(services);
    expect(await said(ANN)).toEqual([]);
    await heal();
    await retryQueue(services).handle?.(job(queued[0]?.data));
    await applyWaiting(services);
    expect(await said(ANN)).toEqual(['first', 'second']);
    expect(await history()).toEqual([
      [1, 'failed'],
      [2, 'applied'],
    ]);
  });

  it('rests as failed after its last try with every error and its place, and lets the next one through', async () => {
    const { services, text, queued } = await applyWorld();
    const heal = await poison(ANN);
    await put(text(ANN, 'first'), text(ANN, 'second'));
    await applyWaiting(services);
    const data = queued[0]?.data;
    await expect(retryQueue(services).handle?.(job(data))).rejects.toThrow('nobody can record this');
    await expect(retryQueue(services).handle?.(job(data))).rejects.toThrow('nobody can record this');
    await retryQueue(services).handle?.(job(data, true));
    expect((await states())[0]).toEqual(['failed', 4, 'nobody can record this']);
    expect(await history()).toEqual([1, 2, 3, 4].map((attempt) => [attempt, 'failed']));
    const { rows } = await sql<{
      errorStack: string;
    }>`select error_stack from gateway_event where state = 'failed'`.execute(database.db);
    expect(rows[0]?.errorStack).toContain('insertInbound');
    await heal();
    await applyWaiting(services);
    expect(await said(ANN)).toEqual(['second']);
  });

  it('together with others is tried again at another moment than they: after one second to three', async () => {
    const { services, text, queued } = await applyWorld();
    const people = Array.from({ length: 20 }, (_, index) => `+161755502${10 + index}`);
    await poison(...people);
    await put(...people.map((person) => text(person, 'hello')));
    await applyWaiting(services);
    const pauses = queued.map(({ afterSeconds }) => afterSeconds ?? 0);
    expect(new Set(pauses).size).toBe(people.length);
    const [least, most] = [Math.min(...pauses), Math.max(...pauses)];
    expect([least >= 1, most - least > 1, most <= 3]).toEqual([true, true, true]);
  });

  it('takes no receipt with it', async () => {
    const { services, receipt, sent } = await applyWorld();
    for (const id of ['AC1', 'AC2', 'AC3']) await sent(id);
    await sql
      .raw(
        `create function broken() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$;
         create trigger broken before update on message for each row when (old.gateway_message_id = 'AC2') execute function broken();`,
      )
      .execute(database.db);
    await put(receipt('AC1'), receipt('AC2'), receipt('AC3'));
    await applyWaiting(services);
    expect(await states()).toEqual([
      ['applied', 1],
      ['retrying', 1, 'no room'],
      ['applied', 1],
    ]);
  });

  it('because nothing can be made of it fails again when it is replayed', async () => {
    const { services, text } = await applyWorld();
    const nobodys = text('', 'STOP');
    await put(nobodys);
    await applyWaiting(services);
    const { rows } = await sql`select state, error from gateway_event`.execute(database.db);
    expect(rows).toEqual([{ state: 'retrying', error: expect.stringContaining('no sender') }]);
  });

  it('is tried three times by real jobs, with growing pauses, and then stays', { timeout: 60_000 }, async () => {
    const { services, text, clock } = await applyWorld();
    await poison(ANN);
    await put(text(ANN, 'first'), text(BEN, 'hello'));
    const { connectionString } = database;
    const jobs = await openJobs({ connectionString, queues: [retryQueue(services)], log });
    const live = await openLive({ connectionString, log });
    const applier = startApplier({ ...services, jobs, live });
    const pauses: number[] = [];
    for (let tries = 0; (await states()).every(([state]) => state !== 'failed'); tries += 1) {
      if (tries > 1_000) throw new Error(`still not failed: ${JSON.stringify(await states())}`);
      pauses.push(...(await cutPauses()));
      await systemClock.sleep(50);
      await clock.advance(1_000);
    }
    expect(await states()).toEqual([
      ['failed', 4, 'nobody can record this'],
      ['applied', 1],
    ]);
    // The queue draws them; a moment of each has passed when it is looked at.
    const bounds = [
      { least: 0, most: 3 },
      { least: 1, most: 4 },
      { least: 3, most: 8 },
    ];
    const inBounds = bounds.map(({ least, most }, retry) => {
      const seconds = pauses[retry] ?? 0;
      return seconds > least && seconds <= most;
    });
    expect([inBounds, pauses.length]).toEqual([[true, true, true], 3]);
    await applier.close();
    await live.close();
    await jobs.close();
  });

  it('holds up its number no longer than an hour when its job is gone', async () => {
    const { services, text, clock } = await applyWorld();
    const heal = await poison(ANN);
    const { connectionString } = database;
    const { handle: _, ...workedElsewhere } = retryQueue(services);
    const jobs = await openJobs({ connectionString, queues: [workedElsewhere], log });
    await put(text(ANN, 'first'), text(ANN, 'second'));
    await applyWaiting({ ...services, jobs });
    await heal();
    const retryJobs = async () => {
      const { rows } = await sql<{ data: { readonly eventId: string } }>`
        select data from pgboss.job where name = ${RETRY_QUEUE}`.execute(database.db);
      return rows.map(({ data }) => data);
    };
    const [data] = await retryJobs();
    await sql`delete from pgboss.job where name = ${RETRY_QUEUE}`.execute(database.db);
    const lookForForgotten = () => forgottenRetries(Promise.resolve({ db: database.db, clock, jobs })).handle(job({}));
    await clock.advance(HOUR_MS);
    await lookForForgotten();
    expect(await retryJobs()).toEqual([]);
    await clock.advance(1);
    await lookForForgotten();
    expect(await retryJobs()).toEqual([data]);
    await retryQueue(services).handle?.(job(data));
    await applyWaiting({ ...services, jobs });
    expect((await states()).map(([state]) => state)).toEqual(['applied', 'applied']);
    await jobs.close();
  });

  /** Lets what waits for its next try begin at once; how many seconds it would have waited yet. */
  async function cutPauses(): Promise<readonly number[]> {
    const { rows } = await sql<{ seconds: number }>`
      with waiting as (select id, start_after from pgboss.job
        where name = ${RETRY_QUEUE} and state in ('created', 'retry') and start_after > now() for update)
      update pgboss.job j set start_after = now() from waiting w where j.id = w.id and j.name = ${RETRY_QUEUE}
      returning extract(epoch from w.start_after - now())::float8 as seconds`.execute(database.db);
    return rows.map(({ seconds }) => seconds);
  }
});
