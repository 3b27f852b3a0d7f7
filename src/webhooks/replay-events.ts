import type { AuditAction } from '../compliance/audit-action.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import type { Jobs } from '../platform/jobs.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Services } from '../services.ts';
import type { EventSelection } from './event-filter.ts';
import { endOfWalk, type ListedEvent, listEventRows } from './event-read-store.ts';
import { REPLAY_QUEUE } from './replay-job.ts';
import {
  countEvents,
  countOpenReplays,
  countUnapplied,
  type EventCount,
  endReplay,
  getReplay,
  insertReplay,
  isOnItsWay,
  isReplayable,
  listReplayRows,
  newestEventId,
  type Replay,
} from './replay-store.ts';

export const DEFAULT_PER_SECOND = 50;
export const PER_SECOND_MAX = 500;

/** Who asks. */
interface By {
  readonly actor: string;
  readonly name: string;
}

/** What a replay would do, and nothing done. */
export interface ReplayPreview {
  /** How many would be applied once more. */
  readonly total: number;
  /** There may be more: counting stopped. */
  readonly totalIsLeast: boolean;
  /** Waiting, or being tried again: they are left alone. */
  readonly leftAlone: number;
  readonly counts: readonly EventCount[];
  /** The newest of them. */
  readonly sample: readonly ListedEvent[];
}

/** About a second of counting. */
export const COUNTED_MAX = 1_000_000;
export const SAMPLE = 20;

/** The dry run. */
export async function previewReplay(db: Db | Tx, selection: EventSelection): Promise<ReplayPreview> {
  const sample = await listEventRows(db, selection, { limit: SAMPLE, walkMax: COUNTED_MAX });
  return { ...(await count(db, selection)), sample };
}

async function count(db: Db | Tx, selection: EventSelection): Promise<Omit<ReplayPreview, 'sample'>> {
  const counts = await countEvents(db, selection, { walkMax: COUNTED_MAX });
  const sum = (some: readonly EventCount[]): number => some.reduce((total, one) => total + one.count, 0);
  const total = sum(counts.filter(({ state }) => isReplayable(state, selection)));
  const leftAlone = sum(counts.filter(({ state }) => isOnItsWay(state)));
  const stopped = (await endOfWalk(db, selection, { walkMax: COUNTED_MAX + 1 })) !== undefined;
  return { total, totalIsLeast: stopped, leftAlone, counts };
}

/** As it is shown: with what has become of its events. */
export interface ReplayProgress extends Replay {
  /** Failed again. */
  readonly failed: number;
  /** Set back, and not applied yet. */
  readonly waiting: number;
}

const OPEN_MAX = 20;

export interface StartReplay {
  readonly selection: EventSelection;
  readonly reason: string | undefined;
  readonly perSecond: number;
  readonly by: By;
}

/** Writes the replay down and enqueues its job, both in `tx`. */
export async function startReplay(
  tx: Tx,
  deps: Pick<Services, 'clock' | 'newUuid'> & { readonly jobs: Pick<Jobs, 'enqueue'> },
  { selection, reason, perSecond, by }: StartReplay,
): Promise<Outcome<ReplayProgress>> {
  const { total, totalIsLeast, leftAlone } = await count(tx, selection);
  const lastEventId = await newestEventId(tx);
  if (lastEventId === undefined || (total === 0 && !totalIsLeast)) return nothingToReplay(leftAlone);
  if ((await countOpenReplays(tx)) >= OPEN_MAX)
    return conflict(`${OPEN_MAX} replays are under way already: wait for one of them, or cancel one`, {
      state: 'busy',
      allowed: ['cancel'],
    });
  const id = deps.newUuid();
  const replay = { id, selection, lastEventId, perSecond, total, totalIsLeast, reason: reason ?? null };
  await insertReplay(tx, { ...replay, actor: by.actor, actorName: by.name, createdAt: deps.clock.now() });
  await deps.jobs.enqueue(tx, REPLAY_QUEUE.name, [{ data: { replayId: id } }]);
  await audit(tx, deps, {
    id,
    actor: by.actor,
    action: 'replay.started',
    detail: { selection, total, perSecond, reason },
  });
  await notifyLive(tx, [`replay:${id}`]);
  return getProgress(tx, id);
}

function nothingToReplay(leftAlone: number): Outcome<never> {
  const waiting =
    leftAlone === 0
      ? ''
      : `; ${leftAlone} that match ${leftAlone === 1 ? 'is' : 'are'} waiting or being tried again, and left alone`;
  return conflict(`there is nothing to replay: no event that was applied or has failed matches${waiting}`, {
    state: 'empty',
    allowed: [],
  });
}

/** Nothing more is set back from the moment of its commit; what was set back is applied. */
export async function cancelReplay(
  db: Db,
  deps: Pick<Services, 'clock' | 'newUuid'>,
  { id, by }: { readonly id: Uuid; readonly by: By },
): Promise<Outcome<ReplayProgress>> {
  return runTx(db, async (tx) => {
    const cancelled = await endReplay(tx, { id, state: 'cancelled', now: deps.clock.now() });
    const replay = await getProgress(tx, id);
    if (!replay.ok || !cancelled) return replay.ok ? overAlready(replay.value) : replay;
    const { done, total } = replay.value;
    await audit(tx, deps, { id, actor: by.actor, action: 'replay.cancelled', detail: { done, total } });
    await notifyLive(tx, [`replay:${id}`]);
    return replay;
  });
}

const overAlready = ({ id, state }: Replay): Outcome<never> =>
  conflict(`replay ${showId('replay', id)} is ${state}: there is nothing to cancel`, { state, allowed: [] });

const audit = (
  tx: Tx,
  { clock, newUuid }: Pick<Services, 'clock' | 'newUuid'>,
  {
    id,
    ...entry
  }: { readonly id: Uuid; readonly actor: string; readonly action: AuditAction; readonly detail: object },
): Promise<void> => recordAudit(tx, { ...entry, id: newUuid(), at: clock.now(), subject: showId('replay', id) });

export async function getProgress(db: Db | Tx, id: Uuid): Promise<Outcome<ReplayProgress>> {
  const replay = await getReplay(db, id);
  if (replay === undefined) return notFound('replay', showId('replay', id));
  return ok({ ...replay, ...((await countUnapplied(db)).get(id) ?? ALL_APPLIED) });
}

const ALL_APPLIED = { failed: 0, waiting: 0 } as const;

/** Newest first. */
export async function listReplays(
  db: Db | Tx,
  query: { readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<ReplayProgress>>> {
  const cursor = readCursor(query.cursor, ['uuid']);
  if (!cursor.ok) return cursor;
  const rows = await listReplayRows(db, { before: cursor.value?.[0], limit: query.limit + 1 });
  const unapplied = await countUnapplied(db);
  return ok(
    toPage(
      rows.map((replay) => ({ ...replay, ...(unapplied.get(replay.id) ?? ALL_APPLIED) })),
      query.limit,
      (last) => makeCursor(last.id),
    ),
  );
}
