import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { storedEvents } from '../../test/stored-events.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { type Database, runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import type { Job } from '../platform/jobs.ts';
import { discardEvents } from './discard-events.ts';
import type { EventFilter, EventSelection } from './event-filter.ts';
import { oneEvent } from './event-filter.ts';
import {
  cancelReplay,
  getProgress,
  listReplays,
  previewReplay,
  type ReplayProgress,
  startReplay,
} from './replay-events.ts';
import { replayJob } from './replay-job.ts';

const ANN = '+16175550101';
const BEN = '+16175550102';
const BY = { actor: 'user:1', name: 'Olivia' };

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

async function replayWorld() {
  const world = testWorld();
  const queued: object[] = [];
  const jobs = {
    enqueue: async (_tx: unknown, _queue: string, some: readonly { readonly data: object }[]) =>
      void queued.push(...some.map(({ data }) => data)),
    close: async () => {},
  };
  const services = { ...world, database, jobs };
  const events = await storedEvents(database.db, world);
  const start = (selection: EventSelection, { perSecond = 500, reason = undefined as string | undefined } = {}) =>
    runTx(database.db, (tx) => startReplay(tx, services, { selection, perSecond, reason, by: BY }));
  /** Begins the job of a replay; the clock goes on while it runs. */
  const begin = (replay: ReplayProgress, stopping = new AbortController()) => {
    const job: Job = { id: 'job', data: { replayId: replay.id }, lastAttempt: false, signal: stopping.signal };
    let over = false;
    const done = replayJob(services)
      .handle(job)
      .finally(() => {
        over = true;
      });
    done.catch(() => undefined);
    const go = async (until: () => boolean | Promise<boolean> = () => false): Promise<void> => {
      while (!over && !(await until())) {
        await new Promise(setImmediate);
        if (world.clock.sleepers > 0) await world.clock.advance(100);
      }
    };
    return { done, go, stopping };
  };
  const run = async (replay: ReplayProgress): Promise<void> => {
    const { done, go } = begin(replay);
    await go();
    await done;
  };
  return { ...world, ...events, services, queued, start, begin, run };
}

const all = (filter: EventFilter = {}): EventSelection => ({ kind: 'filter', filter });

const granted = <T>(
  outcome: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: object },
): T => {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
  return outcome.value;
};

const progress = async ({ id }: ReplayProgress): Promise<ReplayProgress> => granted(await getProgress(database.db, id));

const eventStates = async () =>
  (await sql<{ state: string }>`select state from gateway_event order by id`.execute(database.db)).rows.map(
    ({ state }) => state,
  );

const replayedAt = async () =>
  (
    await sql<{ eventId: Uuid; atMs: number; actor: string }>`
      select event_id, extract(epoch from at) * 1000 as at_ms, actor from gateway_event_attempt where outcome = 'replayed'
      order by event_id, attempt`.execute(database.db)
  ).rows;

const audit = async () =>
  (
    await sql<{ actor: string; action: string; subject: string }>`
      select actor, action, subject from audit_entry where action like 'replay.%' order by id`.execute(database.db)
  ).rows.map(({ actor, action, subject }) => [actor, action, subject]);

async function fiveEvents() {
  const world = await replayWorld();
  const at = (minute: number): string => `2026-11-17T10:0${minute}:00Z`;
  const applied = await world.put({ at: at(0), phone: ANN });
  const failed = await world.put({ at: at(1), phone: ANN, state: 'failed', error: 'broken', type: 'call.completed' });
  const retrying = await world.put({ at: at(2), phone: ANN, state: 'retrying', error: 'broken' });
  const received = await world.put({ at: at(3), phone: BEN, state: 'received' });
  const other = await world.put({ at: at(4), phone: BEN });
  return { ...world, applied, failed, retrying, received, other };
}

describe('a dry run', () => {
  it('says how many and which, and does nothing', async () => {
    const of = await fiveEvents();
    const preview = await previewReplay(database.db, all({ phone: ANN }));
    expect(preview).toMatchObject({ total: 2, totalIsLeast: false, leftAlone: 1 });
    expect(preview.counts).toEqual([
      { type: 'call.completed', state: 'failed', count: 1 },
      { type: 'message.delivered', state: 'applied', count: 1 },
      { type: 'message.delivered', state: 'retrying', count: 1 },
    ]);
    expect(preview.sample.map(({ id }) => id)).toEqual([of.retrying, of.failed, of.applied]);
    expect(await previewReplay(database.db, oneEvent(of.other))).toMatchObject({ total: 1, leftAlone: 0 });
    expect(await replayedAt()).toEqual([]);
    expect(await audit()).toEqual([]);
  });
});

describe('a replay', () => {
  it('gives what was applied or has failed back to be applied, and leaves the others alone', async () => {
    const of = await fiveEvents();
    const replay = granted(await of.start(all(), { reason: 'Parser mended' }));
    expect(replay).toMatchObject({ state: 'pending', total: 3, done: 0, reason: 'Parser mended', actorName: 'Olivia' });
    expect(of.queued).toEqual([{ replayId: replay.id }]);
    await of.run(replay);
    expect(await eventStates()).toEqual(['received', 'received', 'retrying', 'received', 'received']);
    expect((await replayedAt()).map(({ eventId, actor }) => [eventId, actor])).toEqual(
      [of.applied, of.failed, of.other].map((id) => [id, 'user:1']),
    );
    expect(await progress(replay)).toMatchObject({ state: 'completed', done: 3, waiting: 3, failed: 0 });
    const subject = showId('replay', replay.id);
    expect(await audit()).toEqual([
      ['user:1', 'replay.started', subject],
      ['system', 'replay.completed', subject],
    ]);
  });

  it('of one event takes this one only', async () => {
    const of = await fiveEvents();
    await of.run(granted(await of.start(oneEvent(of.failed))));
    expect((await replayedAt()).map(({ eventId }) => eventId)).toEqual([of.failed]);
  });

  it('of a filter takes what matched when it was asked for', async () => {
    const of = await fiveEvents();
    const replay = granted(await of.start(all({ state: 'applied' })));
    await of.put({ at: '2026-11-17T14:00:00Z', phone: ANN });
    await of.run(replay);
    expect((await replayedAt()).map(({ eventId }) => eventId)).toEqual([of.applied, of.other]);
  });

  it('with nothing to do is refused, and says why', async () => {
    const of = await fiveEvents();
    expect(await of.start(all({ type: 'zebra' }))).toMatchObject({
      ok: false,
      error: { kind: 'conflict', state: 'empty' },
    });
    expect(await of.start(oneEvent(of.retrying))).toMatchObject({
      error: { message: expect.stringContaining('1 that match is waiting or being tried again') },
    });
    expect(of.queued).toEqual([]);
  });

  it('beyond twenty at once is refused', async () => {
    const of = await fiveEvents();
    for (let n = 0; n < 20; n += 1) granted(await of.start(all()));
    expect(await of.start(all())).toMatchObject({ ok: false, error: { state: 'busy' } });
  });

  it('tells which of its events failed again', async () => {
    const of = await fiveEvents();
    const replay = granted(await of.start(all({ phone: ANN })));
    await of.run(replay);
    await sql`update gateway_event set state = 'failed', error = 'broken' where id = ${of.failed}`.execute(database.db);
    await sql`update gateway_event set state = 'applied', applied_at = now() where id = ${of.applied}`.execute(
      database.db,
    );
    expect(await progress(replay)).toMatchObject({ done: 2, failed: 1, waiting: 0 });
    const again = granted(await of.start(oneEvent(of.failed)));
    await of.run(again);
    expect(await progress(replay)).toMatchObject({ failed: 0, waiting: 0 });
    const list = granted(await listReplays(database.db, { cursor: undefined, limit: 1 }));
    expect(list).toMatchObject({ data: [{ id: again.id, waiting: 1 }], nextCursor: expect.any(String) });
    const rest = granted(await listReplays(database.db, { cursor: list.nextCursor ?? '', limit: 1 }));
    expect(rest).toMatchObject({ data: [{ id: replay.id }], nextCursor: null });
  });
});

describe('a replay of many', () => {
  it('keeps to its rate, in the order in which they came in', async () => {
    const of = await replayWorld();
    await of.fill(43, '2026-11-17T10:00:00Z');
    await of.run(granted(await of.start(all(), { perSecond: 10 })));
    const at = (await replayedAt()).map(({ atMs }) => atMs);
    expect(at).toHaveLength(43);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    for (const from of at) expect(at.filter((one) => one >= from && one < from + 1_000).length).toBeLessThanOrEqual(10);
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeLessThanOrEqual(5_000);
  });

  it('ends within a second when it is cancelled', async () => {
    const of = await replayWorld();
    await of.fill(100, '2026-11-17T10:00:00Z');
    const replay = granted(await of.start(all(), { perSecond: 20 }));
    const { done, go } = of.begin(replay);
    await go(async () => (await progress(replay)).done >= 20);
    const cancelled = granted(await cancelReplay(database.db, of.services, { id: replay.id, by: BY }));
    const before = of.clock.now().epochMilliseconds;
    await go();
    await done;
    expect(of.clock.now().epochMilliseconds - before).toBeLessThanOrEqual(1_000);
    expect(cancelled).toMatchObject({ state: 'cancelled', done: 20 });
    expect(await replayedAt()).toHaveLength(20);
    expect((await audit()).map(([, action]) => action)).toEqual(['replay.started', 'replay.cancelled']);
    expect(await cancelReplay(database.db, of.services, { id: replay.id, by: BY })).toMatchObject({
      ok: false,
      error: { kind: 'conflict', state: 'cancelled' },
    });
    await of.run(replay);
    expect(await replayedAt()).toHaveLength(20);
  });

  it('goes on where it was when its process is stopped or a step fails, and takes nothing twice', async () => {
    const of = await replayWorld();
    await of.fill(60, '2026-11-17T10:00:00Z');
    const replay = granted(await of.start(all(), { perSecond: 20 }));
    const first = of.begin(replay);
    await first.go(async () => (await progress(replay)).done >= 20);
    first.stopping.abort(new Error('stopping'));
    await first.go();
    await expect(first.done).rejects.toThrow('stopping');
    await sql
      .raw(
        `create function torn() returns trigger language plpgsql as $$ begin raise exception 'torn'; end $$;
         create trigger torn before update on event_replay for each row when (new.done >= 40) execute function torn();`,
      )
      .execute(database.db);
    const second = of.begin(replay);
    await second.go();
    await expect(second.done).rejects.toThrow('torn');
    await sql`drop trigger torn on event_replay`.execute(database.db);
    await of.run(replay);
    const replayed = (await replayedAt()).map(({ eventId }) => eventId);
    expect(new Set(replayed).size).toBe(60);
    expect(replayed).toHaveLength(60);
    expect(await progress(replay)).toMatchObject({ state: 'completed', done: 60 });
  });

  it('that two processes work on takes nothing twice, and keeps its rate', async () => {
    const of = await replayWorld();
    await of.fill(60, '2026-11-17T10:00:00Z');
    const replay = granted(await of.start(all(), { perSecond: 20 }));
    const both = [of.begin(replay), of.begin(replay)];
    // What is given back is applied at once, and could be taken again.
    const apply = async (): Promise<boolean> => {
      await sql`update gateway_event set state = 'applied', applied_at = now() where state = 'received'`.execute(
        database.db,
      );
      return false;
    };
    await Promise.all(both.map(({ go }) => go(apply)));
    await Promise.all(both.map(({ done }) => done));
    expect(await replayedAt()).toHaveLength(60);
    expect(await progress(replay)).toMatchObject({ state: 'completed', done: 60 });
  });

  it('beside another one of the same events gives each back once while it waits', async () => {
    const of = await replayWorld();
    await of.fill(30, '2026-11-17T10:00:00Z');
    const one = granted(await of.start(all()));
    const two = granted(await of.start(all()));
    await of.run(one);
    await of.run(two);
    expect(await replayedAt()).toHaveLength(30);
    expect(await progress(two)).toMatchObject({ state: 'completed', done: 0 });
  });
});

it('a discarded event comes back when a replay asks for it, and stays where it is for every other', async () => {
  const { put, services, start, run } = await replayWorld();
  const dead = await put({ at: '2026-11-17T10:00:00Z', type: 'unreadable', state: 'failed', error: 'no JSON' });
  await put({ at: '2026-11-17T11:00:00Z', state: 'applied' });
  const order = { selection: oneEvent(dead), reason: 'a test', by: BY };
  expect(await runTx(database.db, (tx) => discardEvents(tx, services, order))).toEqual({
    ok: true,
    value: { discarded: 1, more: false },
  });
  await run(granted(await start(all())));
  expect(await eventStates()).toEqual(['discarded', 'received']);
  await run(granted(await start(all({ state: 'discarded' }))));
  expect(await eventStates()).toEqual(['received', 'received']);
});
