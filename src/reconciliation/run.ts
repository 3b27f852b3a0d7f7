import { z } from 'zod';
import { CALL_PARTS } from '../gateways/gateway.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, DAY_MS, HOUR_MS, type Instant, MINUTE_MS, msBetween } from '../platform/time.ts';

/** One comparison of our books with those of a gateway account, page by page. */
export interface Run {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly accountName: string;
  readonly kind: RunKind;
  readonly state: RunState;
  /** What the gateway dates within [since, until). */
  readonly since: Instant;
  readonly until: Instant;
  readonly checkpoint: Checkpoint;
  /** From 0 to 1. */
  readonly progress: number;
  readonly requests: number;
  readonly seenTexts: number;
  readonly seenCalls: number;
  /** People whose texts were compared, each once. */
  readonly comparedNumbers: number;
  readonly optOutDifferences: number;
  readonly missingHere: number;
  readonly staleHere: number;
  readonly missingThere: number;
  readonly differs: number;
  readonly unreadable: number;
  /** Answers in a row that were none. */
  readonly failures: number;
  readonly retryAt: Instant | null;
  readonly error: string | null;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

/** `history`: the first of an account. */
export type RunKind = 'daily' | 'manual' | 'history';
export type RunState = 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled';
export const isOpen = ({ state }: Pick<Run, 'state'>): boolean => state === 'waiting' || state === 'running';

/** The same findings in the words of the table. */
export type DiffKind = 'missing_here' | 'stale_here' | 'missing_there' | 'differs' | 'unreadable';

export interface Diff {
  readonly kind: DiffKind;
  /** `received`, `sent`, `own_words`, a status, `text`, `call`, `conversation`, or a part of a call. */
  readonly what: string;
  readonly gatewayId: string;
  readonly phone: string | null;
  readonly laneId: Uuid | null;
  readonly at: Instant;
  readonly here: string | null;
  readonly there: string | null;
}

/** `null`: the first page. */
const page = z.object({ olderThan: z.string().nullable() });
const part = z.object({
  gatewayCallId: z.string(),
  part: z.enum(CALL_PARTS),
  phone: z.string().nullable(),
  laneId: z.string().nullable(),
  startedAtMs: z.number(),
});
const thread = z.object({ laneRef: z.string(), phone: z.string(), olderThan: z.string().nullable() });

/** Where a run stands; each step is one request, and moves it in the transaction that stores what was found. */
export const checkpointSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('texts'), page }),
  /** What was made of the calls of the page before is read first; no page: the last one was read. */
  z.object({ phase: z.literal('calls'), page: page.nullable(), parts: z.array(part).readonly() }),
  z.object({ phase: z.literal('conversations'), page: page.nullable(), threads: z.array(thread).readonly() }),
  /** Our texts that were not listed, by their ids. */
  z.object({ phase: z.literal('unlisted'), after: z.string() }),
]);
export type Checkpoint = z.output<typeof checkpointSchema>;
export type PartToRead = z.output<typeof part>;
export type ThreadToRead = z.output<typeof thread>;

export const FIRST_PAGE = { olderThan: null } as const;
export const BEGINNING: Checkpoint = { phase: 'texts', page: FIRST_PAGE };

/** What is younger may be on its way to us by webhook. */
export const SETTLED_AFTER_MS = 2 * MINUTE_MS;
/** Receipts may come for three days. */
export const OVERLAP_MS = 72 * HOUR_MS;
/** Older events are not believed by the edge (quo-webhook-repairs.ts). */
export const RANGE_DAYS_MAX = 360;
export const RANGE_MS_MAX = RANGE_DAYS_MAX * DAY_MS;

/** How long it may take from now, if it goes on as it did; `undefined` while that is anybody's guess. */
export function remainingMs(run: Pick<Run, 'state' | 'startedAt' | 'progress'>, now: Instant): number | undefined {
  if (run.state !== 'running' || run.startedAt === null || run.progress < ENOUGH_TO_TELL) return undefined;
  return Math.round((msBetween(run.startedAt, now) * (1 - run.progress)) / run.progress);
}

const ENOUGH_TO_TELL = 0.02;

/** The latest `until` that a run may have now. */
export const settledUntil = (now: Instant): Instant => addMs(now, -SETTLED_AFTER_MS);
