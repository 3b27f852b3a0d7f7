import { searchPatterns } from '../contacts/contact-search.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Conversation, ConversationMessage, InboxView } from './conversation.ts';
import { getConversationRow, listConversationRows, listMessageRows } from './conversation-store.ts';

export interface ListConversationsQuery {
  readonly view: InboxView;
  /** Free text; not used together with `contactId`. */
  readonly search: string | undefined;
  readonly contactId: Uuid | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** `waiting` begins with the person who has waited longest, the other views with the newest message. */
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
      makeCursor(view, ((view === 'waiting' ? last.waitingSince : null) ?? last.lastMessageAt).toString(), last.id),
    ),
  );
}

export async function getConversation(db: Db | Tx, id: Uuid): Promise<Outcome<Conversation>> {
  const conversation = await getConversationRow(db, id);
  return conversation === undefined ? notFound('conversation', showId('conversation', id)) : ok(conversation);
}

/** Newest first, campaign texts included. */
export async function listMessages(
  db: Db | Tx,
  query: { readonly id: Uuid; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<ConversationMessage>>> {
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const conversation = await getConversation(db, query.id);
  if (!conversation.ok) return conversation;
  const after = cursor.value === undefined ? undefined : { at: cursor.value[0], id: cursor.value[1] };
  const rows = await listMessageRows(db, conversation.value, { after, limit: query.limit + 1 });
  return ok(toPage(rows, query.limit, (last) => makeCursor(last.createdAt.toString(), last.id)));
}
