import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { listProviderOptOuts, type ProviderOptOut } from './provider-differences.ts';

/** What providers refused because of their own lists, page by page. */
export async function readProviderOptOuts(
  db: Db | Tx,
  query: { readonly unheard?: boolean | undefined; readonly cursor?: string | undefined; readonly limit: number },
): Promise<Outcome<Page<ProviderOptOut>>> {
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const after = cursor.value === undefined ? undefined : { at: cursor.value[0], id: cursor.value[1] };
  const rows = await listProviderOptOuts(db, { unheard: query.unheard, after, limit: query.limit + 1 });
  return ok(toPage(rows, query.limit, (last) => makeCursor(last.refusedAt.toString(), last.id)));
}
