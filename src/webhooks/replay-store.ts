import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { type EventSelection, type EventState, readSelection, storeSelection } from './event-filter.ts';
import { type Bounds, conditionsOf, WALK_MAX } from './event-walk.ts';

export const REPLAY_STATES = ['pending', 'running', 'completed', 'cancelled'] as const;
export type ReplayState = (typeof REPLAY_STATES)[number];

export interface Replay {
  readonly id: Uuid;
  readonly selection: EventSelection;
  /** Nothing newer is replayed. */
  readonly lastEventId: Uuid;
  readonly actor: string;
  readonly actorName: string;
  readonly reason: string | null;
  readonly state: ReplayState;
  readonly perSecond: number;
  readonly total: number;
  readonly totalIsLeast: boolean;
  readonly done: number;
  readonly cursor: Uuid | null;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

const COLUMNS = sql`id, selection, last_event_id, actor, actor_name, reason, state, per_second, total, total_is_least, done, cursor,
  created_at, started_at, finished_at`;

type Row = Omit<Replay, 'selection'> & { readonly selection: unknown };
const read = (row: Row): Replay => ({ ...row, selection: readSelection(row.selection) });
const readOne = ([row]: readonly Row[]): Replay | undefined => (row === undefined ? undefined : read(row));

/**
 * Only what has been through once is replayed: an event that waits or is being tried again is on its way already. What was discarded
 * comes back only when somebody asks for just that.
 */
const replayable = (selection: EventSelection): RawBuilder<unknown> =>
  mayBringBack(selection) ? sql`e.state in ('applied', 'failed', 'discarded')` : sql`e.state in ('applied', 'failed')`;
export const isReplayable = (state: EventState, selection: EventSelection): boolean =>
  state === 'applied' || state === 'failed' || (state === 'discarded' && mayBringBack(selection));
export const isOnItsWay = (state: EventState): boolean => state === 'received' || state === 'retrying';

const mayBringBack = (selection: EventSelection): boolean =>
  selection.kind === 'events' || selection.filter.state === 'discarded';

export interface EventCount {
  readonly type: string;
  readonly state: EventState;
  readonly count: number;
}

/** How many of the newest `walkMax` events on its way match. Indexes: event-walk.ts. */
export async function countEvents(
  db: Db | Tx,
  selection: EventSelection,
  walk: Bounds & { readonly walkMax: number },
): Promise<readonly EventCount[]> {
  const { along, kept } = conditionsOf(selection, walk);
  const { rows } = await sql<EventCount>`
    select e.type, e.state, count(*) as count from (
      select * from gateway_event e where ${along} order by e.id desc limit ${walk.walkMax}
    ) e where ${kept} group by 1, 2 order by 3 desc, 1, 2`.execute(db);
  return rows;
}

export async function newestEventId(db: Db | Tx): Promise<Uuid | undefined> {
  const { rows } = await sql<{ id: Uuid }>`select id from gateway_event order by id desc limit 1`.execute(db);
  return rows[0]?.id;
}

export async function insertReplay(
  tx: Tx,
  replay: Omit<Replay, 'state' | 'done' | 'cursor' | 'startedAt' | 'finishedAt'>,
): Promise<void> {
  await sql`
    insert into event_replay (id, selection, last_event_id, actor, actor_name, reason, state, per_second, total, total_is_least, created_at)
    values (${replay.id}, ${storeSelection(replay.selection)}, ${replay.lastEventId}, ${replay.actor}, ${replay.actorName},
      ${replay.reason}, 'pending', ${replay.perSecond}, ${replay.total}, ${replay.totalIsLeast}, ${replay.createdAt})`.execute(
    tx,
  );
}

export async function getReplay(db: Db | Tx, id: Uuid): Promise<Replay | undefined> {
  const { rows } = await sql<Row>`select ${COLUMNS} from event_replay where id = ${id}`.execute(db);
  return readOne(rows);
}

/** Newest first. Index: the primary key. */
export async function listReplayRows(
  db: Db | Tx,
  page: { readonly before: Uuid | undefined; readonly limit: number },
): Promise<readonly Replay[]> {
  const older = page.before === undefined ? sql`true` : sql`id < ${page.before}::uuid`;
  const { rows } = await sql<Row>`
    select ${COLUMNS} from event_replay where ${older} order by id desc limit ${page.limit}`.execute(db);
  return rows.map(read);
}

/** Pending and running ones. Index event_replay_open. */
export async function countOpenReplays(db: Db | Tx): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from event_replay where state in ('pending', 'running')`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Begins it, or goes on with it; `undefined` when it is over. */
export async function markReplayRunning(db: Db | Tx, id: Uuid, now: Instant): Promise<Replay | undefined> {
  const { rows } = await sql<Row>`
    update event_replay set state = 'running', started_at = coalesce(started_at, ${now})
    where id = ${id} and state in ('pending', 'running') returning ${COLUMNS}`.execute(db);
  return readOne(rows);
}

/** False when it was over already. */
export async function endReplay(
  tx: Tx,
  end: { readonly id: Uuid; readonly state: 'completed' | 'cancelled'; readonly now: Instant },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update event_replay set state = ${end.state}, finished_at = ${end.now}
    where id = ${end.id} and state in ('pending', 'running')`.execute(tx);
  return numAffectedRows === 1n;
}

/** Keeps everybody else from this replay until the transaction ends; false when it is over, or another process has gone on with it. */
export async function lockReplay(tx: Tx, seen: Pick<Replay, 'id' | 'cursor'>): Promise<boolean> {
  const { rows } = await sql`
    select from event_replay where id = ${seen.id} and state = 'running' and cursor is not distinct from ${seen.cursor}::uuid
    for update`.execute(tx);
  return rows.length === 1;
}

export interface ReplayStep {
  readonly ids: readonly Uuid[];
  /** Everything up to it was looked at; `undefined`: nothing is left. */
  readonly cursor: Uuid | undefined;
}

/** The next events of a replay in the order of their ids. */
export async function takeReplayStep(tx: Tx, replay: Replay, limit: number): Promise<ReplayStep> {
  const ids = (await replayStepQuery(replay, limit).execute(tx)).rows.map(({ id }) => id);
  if (ids.length === limit) return { ids, cursor: ids.at(-1) };
  return { ids, cursor: await endOfStep(tx, replay) };
}

/** Exported for the test that looks at its plan. Indexes: event-walk.ts. */
export function replayStepQuery(replay: Replay, limit: number): RawBuilder<{ readonly id: Uuid }> {
  const { along, kept } = conditionsOf(replay.selection, boundsOf(replay));
  return sql<{ id: Uuid }>`
    select e.id from (select * from gateway_event e where ${along} order by e.id limit ${WALK_MAX}) e
    where ${kept} and ${replayable(replay.selection)} order by e.id limit ${limit}`;
}

const boundsOf = (replay: Replay): Bounds => ({ after: replay.cursor ?? undefined, last: replay.lastEventId });

async function endOfStep(tx: Tx, replay: Replay): Promise<Uuid | undefined> {
  const { rows } = await sql<{ id: Uuid }>`
    select e.id from gateway_event e where ${conditionsOf(replay.selection, boundsOf(replay)).along}
    order by e.id offset ${WALK_MAX - 1} limit 1`.execute(tx);
  return rows[0]?.id;
}

/** Lets events be applied once more, and writes it into their history. Returns how many: another replay may have been faster. */
export async function setBack(
  tx: Tx,
  replay: Pick<Replay, 'id' | 'actor' | 'selection'>,
  { ids, now }: { readonly ids: readonly Uuid[]; readonly now: Instant },
): Promise<number> {
  const { rows } = await sql`
    with back as (
      update gateway_event e set state = 'received', attempts = attempts + 1, applied_at = null, error = null, error_stack = null
      where id = any(${ids}::uuid[]) and ${replayable(replay.selection)} returning id, attempts
    )
    insert into gateway_event_attempt (event_id, attempt, at, outcome, actor, replay_id)
    select id, attempts, ${now}, 'replayed', ${replay.actor}, ${replay.id} from back returning event_id`.execute(tx);
  return rows.length;
}

export async function moveReplay(
  tx: Tx,
  step: { readonly id: Uuid; readonly cursor: Uuid; readonly done: number },
): Promise<void> {
  await sql`update event_replay set cursor = ${step.cursor}, done = done + ${step.done} where id = ${step.id}`.execute(
    tx,
  );
}

const OUTCOMES_MAX = 10_000;

/**
 * What has become of replayed events that are not applied, by the replay that was their last one; counted among the newest 10,000 of
 * them. Indexes gateway_event_troubled and gateway_event_waiting, then the attempts of each by their primary key.
 */
export async function countUnapplied(
  db: Db | Tx,
): Promise<ReadonlyMap<Uuid, { readonly failed: number; readonly waiting: number }>> {
  const { rows } = await sql<{ replayId: Uuid; failed: number; waiting: number }>`
    select t.replay_id, count(*) filter (where e.state = 'failed') as failed, count(*) filter (where e.state <> 'failed') as waiting
    from (
      (select id, state from gateway_event where state in ('failed', 'retrying') order by id desc limit ${OUTCOMES_MAX})
      union all (select id, state from gateway_event where state = 'received' order by id desc limit ${OUTCOMES_MAX})
    ) e join lateral (
      select replay_id from gateway_event_attempt where event_id = e.id and replay_id is not null order by attempt desc limit 1
    ) t on true group by 1`.execute(db);
  return new Map(rows.map(({ replayId, failed, waiting }) => [replayId, { failed, waiting }]));
}

/** Some replays that ended before an instant and that no event tells of any more. Indexes event_replay_finished, gateway_event_attempt_replay. */
export async function deleteOldReplays(
  db: Db,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<number> {
  const { rows } = await sql`
    delete from event_replay where id in (
      select r.id from event_replay r where r.finished_at < ${before}
        and not exists (select from gateway_event_attempt t where t.replay_id = r.id) order by r.finished_at limit ${limit})
    returning id`.execute(db);
  return rows.length;
}
