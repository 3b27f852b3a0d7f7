import { makeCursor, type Page, readCursor } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import type { EventFilter } from './event-filter.ts';
import { type EventContent, endOfWalk, type ListedEvent, listEventRows, listWholeEvents } from './event-read-store.ts';

export interface EventPage extends Page<ListedEvent> {
  /** How far back this page has looked when it is shorter than asked for and older events are left; `nextCursor` goes on there. */
  readonly searchedTo: Instant | null;
}

/** Stored events that match, newest first. */
export async function listEvents(
  db: Db | Tx,
  query: { readonly filter: EventFilter; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<EventPage>> {
  const cursor = readCursor(query.cursor, ['uuid']);
  if (!cursor.ok) return cursor;
  const selection = { kind: 'filter', filter: query.filter } as const;
  const before = cursor.value?.[0];
  const rows = await listEventRows(db, selection, { before, limit: query.limit + 1 });
  const data = rows.slice(0, query.limit);
  const last = data.at(-1);
  if (rows.length > query.limit && last !== undefined)
    return ok({ data, nextCursor: makeCursor(last.id), searchedTo: null });
  const end = await endOfWalk(db, selection, { before });
  return ok({
    data,
    nextCursor: end === undefined ? null : makeCursor(end.id),
    searchedTo: end?.receivedAt ?? null,
  });
}

const EXPORT_PAGE = 200;

/**
 * Matching events with their payloads and headers, newest first, a page at a time. Without a `limit` all that are stored when it begins:
 * it goes back in time, and ends with the oldest.
 */
export async function* exportEvents(
  db: Db | Tx,
  query: { readonly filter: EventFilter; readonly limit: number | undefined; readonly signal: AbortSignal },
): AsyncGenerator<readonly (ListedEvent & EventContent)[]> {
  const selection = { kind: 'filter', filter: query.filter } as const;
  let before: string | undefined;
  for (let left = query.limit ?? Number.POSITIVE_INFINITY; left > 0 && !query.signal.aborted; ) {
    const limit = Math.min(left, EXPORT_PAGE);
    const page = await listWholeEvents(db, selection, { before, limit });
    if (page.length > 0) yield page;
    left -= page.length;
    before = page.length === limit ? page.at(-1)?.id : (await endOfWalk(db, selection, { before }))?.id;
    if (before === undefined) return;
  }
}
