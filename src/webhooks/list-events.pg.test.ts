import fc from 'fast-check';
import { type RawBuilder, sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertContacts } from '../../test/fixtures.ts';
import { storedEvents } from '../../test/stored-events.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import type { Database } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, instant } from '../platform/time.ts';
import type { EventFilter } from './event-filter.ts';
import { eventsQuery, listNeighbours } from './event-read-store.ts';
import { readEventStats, STATS_EVENTS_MAX } from './event-stats-store.ts';
import { WALK_MAX } from './event-walk.ts';
import { exportEvents, listEvents } from './list-events.ts';
import { countEvents, type Replay, replayStepQuery } from './replay-store.ts';

const ANN = '+16175550101';
const BEN = '+16175550102';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

/** Every id on every page. */
async function all(filter: EventFilter, limit = 2): Promise<readonly Uuid[]> {
  const ids: Uuid[] = [];
  let cursor: string | undefined;
  do {
    const page = await listEvents(database.db, { filter, cursor, limit });
    if (!page.ok) throw new Error(page.error.message);
    ids.push(...page.value.data.map(({ id }) => id));
    cursor = page.value.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

async function scene() {
  const world = testWorld();
  const events = await storedEvents(database.db, world);
  const other = await events.account('+16175550002');
  await insertContacts(database.db, world, [{ phone: ANN, firstName: 'Ann' }]);
  const text = await events.put({ at: '2026-11-17T10:00:00Z', type: 'message.received', phone: ANN });
  const failed = await events.put({
    at: '2026-11-17T11:00:00Z',
    type: 'call.completed',
    phone: BEN,
    state: 'failed',
    error: 'no lane "100%" for PN1',
  });
  const retrying = await events.put({
    at: '2026-11-17T12:00:00Z',
    type: 'message.received',
    phone: ANN,
    state: 'retrying',
    error: 'deadlock',
  });
  const received = await events.put({ at: '2026-11-17T13:00:00Z', accountId: other.id, state: 'received' });
  const receipt = await events.put({ at: '2026-11-17T14:00:00Z', phone: ANN });
  return { ...world, ...events, other, text, failed, retrying, received, receipt };
}
type Scene = Awaited<ReturnType<typeof scene>>;

describe('stored events are listed, the newest first', () => {
  it.each<[string, (of: Scene) => EventFilter, (of: Scene) => readonly Uuid[]]>([
    ['all of them', () => ({}), (of) => [of.receipt, of.received, of.retrying, of.failed, of.text]],
    ['those of a type', () => ({ type: 'message.received' }), (of) => [of.retrying, of.text]],
    ['those of a rare type', () => ({ type: 'call.completed' }), (of) => [of.failed]],
    ['those of a type that there is not', () => ({ type: 'zebra' }), () => []],
    ['those of an account', (of) => ({ accountId: of.other.id }), (of) => [of.received]],
    ['those of a number', () => ({ phone: ANN }), (of) => [of.receipt, of.retrying, of.text]],
    ['those that failed', () => ({ state: 'failed' }), (of) => [of.failed]],
    ['those that are tried again', () => ({ state: 'retrying' }), (of) => [of.retrying]],
    ['those that wait', () => ({ state: 'received' }), (of) => [of.received]],
    ['those that are applied', () => ({ state: 'applied' }), (of) => [of.receipt, of.text]],
    ['those with an error, in any case', () => ({ error: 'NO LANE' }), (of) => [of.failed]],
    ['an error with a wildcard in it', () => ({ error: '"100%"' }), (of) => [of.failed]],
    ['a wildcard is no wildcard', () => ({ error: 'd%k' }), () => []],
    ['an error of what is applied', () => ({ error: 'lane', state: 'applied' }), () => []],
    [
      'those of a time, its end left out',
      () => ({ from: '2026-11-17T06:00:00-05:00', until: '2026-11-17T13:00:00Z' }),
      (of) => [of.retrying, of.failed],
    ],
    [
      'those of everything at once',
      (of) => ({
        from: '2026-11-17T00:00:00Z',
        until: '2026-11-18T00:00:00Z',
        type: 'call.completed',
        accountId: of.accountId,
        phone: BEN,
        state: 'failed',
        error: 'lane',
      }),
      (of) => [of.failed],
    ],
    [
      'none when one condition does not hold',
      (of) => ({ phone: BEN, state: 'failed', accountId: of.other.id }),
      () => [],
    ],
    ['those before the first instant of all', () => ({ until: '0001-01-01T00:00:00Z' }), () => []],
    ['those after the last one', () => ({ from: '9999-12-31T00:00:00Z' }), () => []],
  ])('%s', async (_case, filter, expected) => {
    const of = await scene();
    expect(await all(filter(of))).toEqual(expected(of));
  });

  it('with whom they are about, and why they failed', async () => {
    const { text, failed } = await scene();
    const page = await listEvents(database.db, { filter: {}, cursor: undefined, limit: 10 });
    const events = page.ok ? page.value.data : [];
    expect(events.find(({ id }) => id === text)).toMatchObject({ name: 'Ann', phone: ANN, accountName: 'Test' });
    expect(events.find(({ id }) => id === failed)).toMatchObject({ name: null, error: 'no lane "100%" for PN1' });
  });

  it('the same on pages of any size', async () => {
    await scene();
    const whole = await all({}, 100);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), async (limit) => {
        expect(await all({}, limit)).toEqual(whole);
      }),
      { numRuns: 6 },
    );
  });

  it('a cursor of another list is refused', async () => {
    const page = await listEvents(database.db, { filter: {}, cursor: 'zzz', limit: 10 });
    expect(page).toMatchObject({ ok: false, error: { kind: 'invalid' } });
  });
});

describe('no list looks at all events at once', () => {
  it('a page says how far back it has looked, and the next one goes on there', async () => {
    const events = await storedEvents(database.db, testWorld());
    const oldest = await events.put({ at: '2026-01-01T00:00:00Z', type: 'message.received' });
    await events.fill(WALK_MAX + 500, '2026-01-02T00:00:00Z');
    const filter = { type: 'message.received' };
    const first = await listEvents(database.db, { filter, cursor: undefined, limit: 10 });
    if (!first.ok) throw new Error(first.error.message);
    expect(first.value).toMatchObject({ data: [], nextCursor: expect.any(String) });
    expect(first.value.searchedTo?.toString()).toBe(addMs(instant('2026-01-02T00:00:00Z'), 501_000).toString());
    expect(await all(filter)).toEqual([oldest]);
    const exported: Uuid[] = [];
    for await (const some of exportEvents(database.db, { filter, limit: 5, signal: new AbortController().signal }))
      exported.push(...some.map(({ id }) => id));
    expect(exported).toEqual([oldest]);
  });

  const plan = async (query: RawBuilder<unknown>): Promise<string> => {
    const { rows } = await sql<Record<string, string>>`explain ${query}`.execute(database.db);
    return rows.flatMap((row) => Object.values(row)).join('\n');
  };

  it('each walks along an index', { timeout: 60_000 }, async () => {
    const { accountId, fill, put } = await storedEvents(database.db, testWorld());
    await fill(60_000, '2026-01-02T00:00:00Z');
    for (let n = 0; n < 30; n += 1)
      await put({ at: '2026-11-17T10:00:00Z', type: 'call.completed', phone: ANN, state: 'failed', error: 'broken' });
    await sql`analyze gateway_event`.execute(database.db);
    const indexes: readonly (readonly [EventFilter, string])[] = [
      [{}, 'gateway_event_pkey'],
      [{ from: '2026-01-02T00:00:00Z', until: '2026-01-02T01:00:00Z' }, 'gateway_event_pkey'],
      [{ type: 'message.delivered' }, 'gateway_event_pkey'],
      [{ state: 'applied' }, 'gateway_event_pkey'],
      [{ type: 'contact.deleted' }, 'gateway_event_rare_type'],
      [{ phone: BEN }, 'gateway_event_phone'],
      [{ phone: BEN, state: 'failed', type: 'contact.deleted', accountId, error: 'x' }, 'gateway_event_phone'],
      [{ state: 'failed' }, 'gateway_event_troubled'],
      [{ state: 'retrying' }, 'gateway_event_troubled'],
      [{ error: 'broken' }, 'gateway_event_troubled'],
      [{ state: 'received' }, 'gateway_event_waiting'],
      [{ accountId: testWorld({ seed: 9 }).newUuid() }, 'gateway_event_account'],
    ];
    const replay = { cursor: null, lastEventId: 'ffffffff-ffff-7fff-8fff-ffffffffffff' };
    for (const [filter, index] of indexes) {
      const selection = { kind: 'filter', filter } as const;
      const pages = [
        eventsQuery(selection, { limit: 100 }),
        replayStepQuery({ ...replay, selection } as Replay, 25),
      ].map(plan);
      for (const one of await Promise.all(pages)) {
        expect(one, JSON.stringify(filter)).toContain(index);
        expect(one, JSON.stringify(filter)).not.toContain('Seq Scan on gateway_event');
      }
    }
  });
});

it('an event has neighbours of the same number', async () => {
  const of = await scene();
  const neighbours = await listNeighbours(database.db, { id: of.retrying, phone: ANN }, 1);
  expect(neighbours.map(({ id }) => id)).toEqual([of.receipt, of.text]);
});

it('events that match are counted by type and state, of so many as are looked at', async () => {
  await scene();
  const selection = { kind: 'filter', filter: { phone: ANN } } as const;
  expect(await countEvents(database.db, selection, { walkMax: 2 })).toEqual([
    { type: 'message.delivered', state: 'applied', count: 1 },
    { type: 'message.received', state: 'retrying', count: 1 },
  ]);
});

describe('the figures of the last minutes', () => {
  const NOW = instant('2026-11-17T15:00:00Z');
  it('count by the minute of receipt, and leave replays out of the lag', async () => {
    const { put } = await storedEvents(database.db, testWorld());
    await put({ at: '2026-11-17T13:59:00Z' });
    for (const appliedAfterMs of [100, 200, 900]) await put({ at: '2026-11-17T14:58:30Z', appliedAfterMs });
    await put({ at: '2026-11-17T14:58:59Z', state: 'failed', error: 'broken', type: 'call.completed' });
    const replayed = await put({ at: '2026-11-17T14:58:10Z', appliedAfterMs: 60_000 });
    await sql`update gateway_event set attempts = 3 where id = ${replayed}`.execute(database.db);
    await sql`insert into gateway_event_attempt (event_id, attempt, at, outcome) values (${replayed}, 2, ${NOW}, 'replayed')`.execute(
      database.db,
    );
    await put({ at: '2026-11-17T14:59:00Z', state: 'received' });
    const stats = await readEventStats(database.db, { now: NOW, minutes: 60 });
    expect(stats.from.toString()).toBe('2026-11-17T14:00:00Z');
    expect(stats.minutes.map((minute) => ({ ...minute, at: minute.at.toString() }))).toEqual([
      { at: '2026-11-17T14:58:00Z', received: 5, applied: 4, failed: 1, lagP50Ms: 200, lagP95Ms: 830 },
      { at: '2026-11-17T14:59:00Z', received: 1, applied: 0, failed: 0, lagP50Ms: null, lagP95Ms: null },
    ]);
    expect(stats.types).toEqual([
      { type: 'message.delivered', received: 5, failed: 0 },
      { type: 'call.completed', received: 1, failed: 1 },
    ]);
  });

  it('say since when, where there are too many', { timeout: 60_000 }, async () => {
    const { fill } = await storedEvents(database.db, testWorld());
    await fill(STATS_EVENTS_MAX + 60, '2026-01-02T00:00:00Z');
    const now = addMs(instant('2026-01-02T00:00:00Z'), (STATS_EVENTS_MAX + 60) * 1000);
    const stats = await readEventStats(database.db, { now, minutes: 100_000 });
    expect(stats.from.toString()).toBe('2026-01-02T00:01:01Z');
  });
});
