import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { getContact } from './list-contacts.ts';
import { type TimelineEntry, timelineEntry } from './timeline-entry.ts';
import { readOtherNumbers, timelineRows } from './timeline-store.ts';

/** Everything that happened with one person and their numbers, newest first; also texts from before the contact was added. */
export async function contactTimeline(
  db: Db | Tx,
  query: { readonly id: Uuid; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<TimelineEntry>>> {
  const cursor = readCursor(query.cursor, ['instant', 'text']);
  if (!cursor.ok) return cursor;
  const contact = await getContact(db, query.id);
  if (!contact.ok) return contact;
  const others = await readOtherNumbers(db, query.id);
  const rows = await timelineRows(db, {
    contactId: query.id,
    phones: [contact.value.phone, ...others],
    after: cursor.value === undefined ? undefined : { at: cursor.value[0], key: cursor.value[1] },
    limit: query.limit + 1,
  });
  const page = toPage(rows, query.limit, (last) => makeCursor(last.at.toString(), last.key));
  return ok({ ...page, data: page.data.map((row) => timelineEntry(row, others)) });
}
