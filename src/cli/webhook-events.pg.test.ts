import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { storedEvents } from '../../test/stored-events.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { systemClock } from '../platform/clock.ts';
import { showId } from '../platform/ids.ts';
import { openJobs } from '../platform/jobs.ts';
import { createLog } from '../platform/log.ts';
import { replayJob } from '../webhooks/replay-job.ts';
import { type CliRun, finished, jsonLines, runCli, startCli } from './cli.fixture.ts';

const database = await testDatabase();
const { db, connectionString } = database;
const world = testWorld();
const events = await storedEvents(db, world);
const env = { DATABASE_URL: connectionString };
const cli = (...args: readonly string[]): Promise<CliRun> => runCli(['webhook', ...args], { env });

const ANN = '+16175550101';
const text = await events.put({
  at: '2026-11-17T15:00:00Z',
  type: 'message.received',
  phone: ANN,
  payload: '{"id":"EV1","type":"message.received"}',
});
const failed = await events.put({
  at: '2026-11-17T16:00:00Z',
  type: 'call.completed',
  phone: ANN,
  state: 'failed',
  error: 'no room',
});
const shown = (id: string): string => showId('event', id);
const ids = (run: CliRun) => jsonLines(run).map((event) => (event as { readonly id: string }).id);

it('lists events for people and for programs', async () => {
  const read = await cli('list');
  expect(read).toMatchObject({ code: 0, err: '' });
  expect(read.out).toMatch(
    new RegExp(`^${shown(failed)} .* failed +call.completed +\\+16175550101 +no room\\n${shown(text)} `),
  );
  expect(ids(await cli('list', '--json'))).toEqual([shown(failed), shown(text)]);
  expect(ids(await cli('list', '--json', '--state', 'failed', '--account', 'test'))).toEqual([shown(failed)]);
  const narrowed = ['--phone', '(617) 555-0101', '--since', '2026-11-17', '--until', '2026-11-17T15:30:00Z'];
  expect(ids(await cli('list', '--json', ...narrowed))).toEqual([shown(text)]);
  expect(await cli('list', '--since', 'yesterday')).toMatchObject({ code: 2, out: '' });
  expect(await cli('list', '--account', 'nobody')).toMatchObject({
    code: 1,
    err: expect.stringContaining('there are Test'),
  });
});

it('shows one event', async () => {
  const read = await cli('show', shown(failed));
  expect(read).toMatchObject({ code: 0, err: '' });
  expect(read.out).toMatch(/^call\.completed {2}evt_.*\n {2}State +failed\n/);
  expect(read.out).toMatch(/Error +no room\n(?:.*\n)*Headers\n {2}user-agent +Quo\n\nPayload\n\{\}/);
  expect(jsonLines(await cli('show', shown(text), '--json'))).toMatchObject([
    { id: shown(text), phone: ANN, neighbours: [{ id: shown(failed) }] },
  ]);
  expect(await cli('show', 'EV1')).toMatchObject({ code: 2, out: '' });
});

it('exports events with what they say', async () => {
  const lines = jsonLines(await cli('export', '--type', 'message.received', '--limit', '5'));
  expect(lines).toMatchObject([
    { id: shown(text), payload: '{"id":"EV1","type":"message.received"}', headers: { 'user-agent': 'Quo' } },
  ]);
});

it('exports all of them, or says where it has stopped', async () => {
  const all = await cli('export');
  expect([jsonLines(all).length > 1, all.err]).toEqual([true, '']);
  const some = await cli('export', '--limit', '1');
  expect(jsonLines(some)).toHaveLength(1);
  expect(some.err).toMatch(
    /^Stopped at --limit after 1 event: older ones may be left, before --until 2026-11-17T\S+Z\n$/,
  );
});

it('says what a replay would do, and does nothing without --yes', async () => {
  const dry = await cli('replay', '--state', 'failed');
  expect(dry).toMatchObject({ code: 0, err: 'This was a dry run: add --yes to replay them\n' });
  expect(dry.out).toMatch(/^1 event would be applied once more\n {2}1 {2}failed {2}call\.completed\n/);
  expect(jsonLines(await cli('replay', '--all', '--json'))).toMatchObject([{ total: 2, leftAlone: 0 }]);
  expect((await sql`select id from event_replay`.execute(db)).rows).toEqual([]);
  for (const args of [[], ['--all', '--state', 'failed'], [shown(text), '--all'], ['EV1'], ['--all', '--rate', '501']])
    expect(await cli('replay', ...args)).toMatchObject({ code: 2, out: '' });
});

it('replays one or many, waits for the end, and can be interrupted or cancelled', { timeout: 60_000 }, async () => {
  const services = { ...world, clock: systemClock, database };
  const log = createLog({ level: 'silent' });
  const jobs = await openJobs({ connectionString, queues: [replayJob(services)], log });
  const one = await cli('replay', shown(failed), '--reason', 'Room was made');
  expect(one).toMatchObject({ code: 0, err: '' });
  expect(one.out).toMatch(/^Replay rpl_\w+ is completed: 1 of 1 event replayed, 0 applied, 1 still waiting\n$/);
  await events.fill(200, '2026-11-17T10:00:00Z');

  const detached = await cli('replay', '--type', 'message.delivered', '--yes', '--rate', '2', '--detach', '--json');
  const [replay] = jsonLines(detached) as readonly { readonly id: string }[];
  expect(replay).toMatchObject({ total: 200, perSecond: 2 });
  const cancelled = await cli('replay', '--cancel', replay?.id ?? '');
  expect(cancelled.out).toMatch(/ is cancelled: \d+ of 200 events/);

  const watching = startCli(['webhook', 'replay', '--type', 'message.delivered', '--yes', '--rate', '1'], { env });
  for (let n = 1; n < 2; )
    n =
      (await sql<{ n: number }>`select count(*) as n from event_replay where state = 'running'`.execute(db)).rows[0]
        ?.n === 1
        ? 2
        : 1;
  watching.kill('SIGINT');
  const left = await finished(watching);
  expect(left).toMatchObject({
    code: 0,
    err: expect.stringMatching(/It goes on; "textwright webhook replay --cancel rpl_\w+" ends it/),
  });
  const [, last] = /--cancel (rpl_\w+)/.exec(left.err) ?? [];
  expect((await cli('replay', '--cancel', last ?? '')).code).toBe(0);
  await jobs.close();
});

it('discards one event with a reason, and those of a filter only when it is told to', async () => {
  const dead = await events.put({ at: '2026-11-17T17:00:00Z', type: 'unreadable', state: 'failed', error: 'no JSON' });
  const more = await events.put({ at: '2026-11-17T17:01:00Z', type: 'unreadable', state: 'failed', error: 'no JSON' });
  expect(await cli('discard', shown(dead))).toMatchObject({ code: 2, err: expect.stringContaining('--reason') });
  expect(await cli('discard', '--reason', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('one way') });
  const done = await cli('discard', shown(dead), '--reason', 'a test of the provider');
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining('1 event discarded') });
  expect((await cli('show', shown(dead))).out).toMatch(/discarded +by .*: a test of the provider/);
  const dry = await cli('discard', '--type', 'unreadable');
  expect(dry).toMatchObject({ code: 0, err: expect.stringContaining('dry run') });
  expect(dry.out).toContain('1 event would be discarded');
  expect(ids(await cli('list', '--json', '--state', 'failed', '--type', 'unreadable'))).toEqual([shown(more)]);
  const rest = await cli('discard', '--type', 'unreadable', '--reason', 'the same', '--yes', '--json');
  expect(jsonLines(rest)).toEqual([{ discarded: 1 }]);
  expect(ids(await cli('list', '--json', '--state', 'discarded'))).toEqual([shown(more), shown(dead)]);
});
