import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Call, CallWithLines } from './call.ts';
import { type CallFilters, getCallRow, listCallRows } from './call-read-store.ts';

/** Calls that match, newest first. */
export async function listCalls(
  db: Db | Tx,
  query: { readonly filters: CallFilters; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<Call>>> {
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const after = cursor.value === undefined ? undefined : { at: cursor.value[0], id: cursor.value[1] };
  const rows = await listCallRows(db, query.filters, { after, limit: query.limit + 1 });
  return ok(toPage(rows, query.limit, (last) => makeCursor(last.at.toString(), last.id)));
}

export async function getCall(db: Db | Tx, id: Uuid): Promise<Outcome<CallWithLines>> {
  const call = await getCallRow(db, id);
  return call === undefined ? notFound('call', showId('call', id)) : ok(call);
}
