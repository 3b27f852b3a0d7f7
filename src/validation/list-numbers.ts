import { type NoteDeps, noteExport } from '../compliance/note-export.ts';
import { csvLine } from '../platform/csv-cell.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { getValidation } from './read-validation.ts';
import { listNumbers, type OutcomeFilter, type ValidatedNumber } from './validated-number-store.ts';

/** What became of each number of a batch. */
export async function listValidatedNumbers(
  db: Db,
  query: {
    readonly batchId: Uuid;
    readonly outcome: OutcomeFilter | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<Outcome<Page<ValidatedNumber>>> {
  const { batchId, outcome, limit } = query;
  const cursor = readCursor(query.cursor, ['text']);
  if (!cursor.ok) return cursor;
  const batch = await getValidation(db, batchId);
  if (!batch.ok) return batch;
  const rows = await listNumbers(db, { batchId, outcome, after: cursor.value?.[0], limit: limit + 1 });
  return ok(toPage(rows, limit, (last) => makeCursor(last.phone)));
}

const PAGE_ROWS = 2_000;

const COLUMNS: Readonly<Record<string, (row: ValidatedNumber) => string | null>> = {
  phone: ({ phone }) => phone,
  first_name: ({ firstName }) => firstName,
  last_name: ({ lastName }) => lastName,
  company: ({ company }) => company,
  outcome: ({ outcome }) => outcome ?? 'waiting',
  known_by: ({ knownBy }) => knownBy,
  line_type: ({ lineType }) => lineType,
  carrier: ({ carrier }) => carrier,
  country: ({ country }) => country,
  validator: ({ validator }) => validator,
  checked_at: ({ checkedAt }) => checkedAt?.toString() ?? null,
};

/** All that match, as CSV text, piece by piece. That somebody took them along, and which, is an entry of the audit log. */
export async function exportValidatedNumbers(
  services: NoteDeps,
  input: {
    readonly batchId: Uuid;
    readonly outcome: OutcomeFilter | undefined;
    readonly actor: string;
    readonly signal?: AbortSignal;
  },
): Promise<Outcome<AsyncGenerator<string>>> {
  const { batchId, outcome, actor, signal } = input;
  const batch = await getValidation(services.db, batchId);
  if (!batch.ok) return batch;
  const subject = showId('validation', batchId);
  const detail = { outcome: outcome ?? null };
  await noteExport(services, { actor, action: 'number_validation.exported', subject, detail });
  return ok(piecesOf(services.db, { batchId, outcome }, signal));
}

async function* piecesOf(
  db: Db,
  filter: { readonly batchId: Uuid; readonly outcome: OutcomeFilter | undefined },
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  yield csvLine(Object.keys(COLUMNS));
  const cells = Object.values(COLUMNS);
  for (let after: string | undefined; signal?.aborted !== true; ) {
    const rows = await listNumbers(db, { ...filter, after, limit: PAGE_ROWS });
    yield rows.map((row) => csvLine(cells.map((cell) => cell(row) ?? ''))).join('');
    after = rows.at(-1)?.phone;
    if (rows.length < PAGE_ROWS) return;
  }
}
