import { listCallRows } from '../calls/call-read-store.ts';
import { searchPatterns } from '../contacts/contact-search.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { type Instant, Temporal } from '../platform/time.ts';
import { type Conversation, type InboxView, sortsByAge, type ThreadEntry } from './conversation.ts';
import { getConversationRow, listConversationRows, listMessageRows } from './conversation-store.ts';

export interface ListConversationsQuery {
  readonly view: InboxView;
  /** Free text; not used together with `contactId`. */
  readonly search: string | undefined;
  readonly contactId: Uuid | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** `waiting` and `missed` begin with the person who has waited longest, the other views with the newest text or call. */
export async function listConversations(
  db: Db | Tx,
  query: ListConversationsQuery,
): Promise<Outcome<Page<Conversation>>> {
  const { view, limit } = query;
  const cursor = readCursor(query.cursor, ['text', 'instant', 'uuid']);
  if (!cursor.ok) return cursor;
  if (cursor.value !== undefined && cursor.value[0] !== view)
    return invalid(`this cursor belongs to the view "${cursor.value[0]}", not to "${view}": begin without a cursor`);
  const search = query.search === undefined || query.search === '' ? undefined : searchPatterns(query.search);
  const rows = await listConversationRows(
    db,
    { view, search, contactId: query.contactId },
    { after: cursor.value === undefined ? undefined : { at: cursor.value[1], id: cursor.value[2] }, limit: limit + 1 },
  );
  return ok(
    toPage(rows, limit, (last) =>
      makeCursor(view, ((sortsByAge(view) ? last.waitingSince : null) ?? last.lastMessageAt).toString(), last.id),
    ),
  );
}

export async function getConversation(db: Db | Tx, id: Uuid): Promise<Outcome<Conversation>> {
  const conversation = await getConversationRow(db, id);
  return conversation === undefined ? notFound('conversation', showId('conversation', id)) : ok(conversation);
}

/** Texts and calls, newest first, campaign texts included. */
export async function listThread(
  db: Db | Tx,
  query: { readonly id: Uuid; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<ThreadEntry>>> {
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const conversation = await getConversation(db, query.id);
  if (!conversation.ok) return conversation;
  const after = cursor.value === undefined ? undefined : { at: cursor.value[0], id: cursor.value[1] };
  const page = { after, limit: query.limit + 1 };
  const { laneId, phone } = conversation.value;
  const messages = await listMessageRows(db, conversation.value, page);
  const calls = await listCallRows(db, { laneId, phone }, page);
  const entries = [
    ...messages.map((message): ThreadEntry => ({ kind: 'text', message })),
    ...calls.map((call): ThreadEntry => ({ kind: 'call', call })),
  ].toSorted((a, b) => newestFirst(placeOf(a), placeOf(b)));
  return ok(
    toPage(entries, query.limit, (last) => {
      const { at, id } = placeOf(last);
      return makeCursor(at.toString(), id);
    }),
  );
}

interface Place {
  readonly at: Instant;
  readonly id: Uuid;
}

const placeOf = (entry: ThreadEntry): Place =>
  entry.kind === 'text' ? { at: entry.message.createdAt, id: entry.message.id } : entry.call;

/** As the database sorts: by instant to the microsecond, then by id. */
function newestFirst(a: Place, b: Place): number {
  const byTime = Temporal.Instant.compare(b.at, a.at);
  if (byTime !== 0) return byTime;
  return a.id < b.id ? 1 : -1;
}
