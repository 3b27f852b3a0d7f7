import { contactName } from '../contacts/contact.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import { sayFinding } from './finding-words.ts';
import { type Checkpoint, type Diff, type Run, remainingMs } from './run.ts';
import { getRun, listDiffRows, listRunRows } from './run-store.ts';

/** A run as people see it. */
export interface RunView extends Omit<Run, 'checkpoint' | 'failures'> {
  /** What it reads now, or read last. */
  readonly phase: Checkpoint['phase'];
  readonly remainingSeconds: number | null;
}

export interface Finding extends Diff {
  readonly sentence: string;
  /** Of the contact that has the number now, else the number. */
  readonly name: string | null;
  readonly laneName: string | null;
  readonly conversationId: Uuid | null;
}

export async function listRuns(
  db: Db | Tx,
  query: {
    readonly accountId: Uuid | undefined;
    readonly cursor: string | undefined;
    readonly limit: number;
    readonly now: Instant;
  },
): Promise<Outcome<Page<RunView>>> {
  const cursor = readCursor(query.cursor, ['uuid']);
  if (!cursor.ok) return cursor;
  const { accountId, limit, now } = query;
  const rows = await listRunRows(db, { accountId, before: cursor.value?.[0], limit: limit + 1 });
  const page = toPage(rows, limit, (last) => makeCursor(last.id));
  return ok({ ...page, data: page.data.map((run) => viewOf(run, now)) });
}

export async function getRunView(db: Db | Tx, id: Uuid, now: Instant): Promise<Outcome<RunView>> {
  const run = await getRun(db, id);
  return run === undefined ? notFound('reconciliation', showId('reconciliation', id)) : ok(viewOf(run, now));
}

/** What a run found, in the order in which it found it: the newest first within texts, then within calls. */
export async function listFindings(
  db: Db | Tx,
  query: {
    readonly runId: Uuid;
    /** What is stored now; false: what was only reported. */
    readonly settled?: boolean | undefined;
    readonly cursor: string | undefined;
    readonly limit: number;
  },
): Promise<Outcome<Page<Finding>>> {
  const cursor = readCursor(query.cursor, ['number']);
  if (!cursor.ok) return cursor;
  const { runId, settled, limit } = query;
  if ((await getRun(db, runId)) === undefined) return notFound('reconciliation', showId('reconciliation', runId));
  const rows = await listDiffRows(db, { runId, settled, after: Number(cursor.value?.[0] ?? 0), limit: limit + 1 });
  const page = toPage(rows, limit, (last) => makeCursor(String(last.nth)));
  return ok({
    ...page,
    data: page.data.map((row) => ({
      kind: row.kind,
      what: row.what,
      gatewayId: row.gatewayId,
      phone: row.phone,
      laneId: row.laneId,
      at: row.at,
      here: row.here,
      there: row.there,
      sentence: sayFinding(row),
      name: row.phone === null ? null : contactName({ ...row, phone: row.phone }),
      laneName: row.laneName,
      conversationId: row.conversationId,
    })),
  });
}

function viewOf(run: Run, now: Instant): RunView {
  const { checkpoint, failures: _, ...shown } = run;
  const leftMs = remainingMs(run, now);
  return {
    ...shown,
    phase: checkpoint.phase,
    remainingSeconds: leftMs === undefined ? null : Math.round(leftMs / 1_000),
  };
}
