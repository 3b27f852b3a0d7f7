import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Contact } from './contact.ts';
import { searchPatterns } from './contact-search.ts';
import {
  type ContactQuery,
  countContactRows,
  estimateContactRows,
  getContactRow,
  isFiltered,
  listContactRows,
} from './contact-store.ts';

/** All given filters must hold. `search` is free text (see contact-search.ts), the others are whole values. */
export interface ContactFilters {
  readonly search?: string | undefined;
  readonly tag?: string | undefined;
  readonly state?: string | undefined;
  readonly city?: string | undefined;
  readonly suppressed?: 'yes' | 'no' | undefined;
}

/** Newest first. */
export async function listContacts(
  db: Db | Tx,
  query: { readonly filters: ContactFilters; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<Contact>>> {
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const after = cursor.value === undefined ? undefined : { createdAt: cursor.value[0], id: cursor.value[1] };
  const rows = await listContactRows(db, queryOf(query.filters), { after, limit: query.limit + 1 });
  return ok(toPage(rows, query.limit, (last) => makeCursor(last.createdAt.toString(), last.id)));
}

/** Exact as long as that is quick: 20 ms for this many, also with filters when there are no more contacts than this. */
const COUNT_MAX = 100_000;
/** Of a filter among more contacts: 100,000 that match took 110 to 290 ms of 1,000,000, this many 1 to 50 ms. */
const COUNT_MAX_OF_MANY = 10_000;

/** Where counting may end. `contacts` is an estimate of how many there are in all. */
export const countBound = (asked: { readonly filtered: boolean; readonly contacts: number }): number =>
  asked.filtered && asked.contacts > COUNT_MAX ? COUNT_MAX_OF_MANY : COUNT_MAX;

/** Counting ends at a bound; `atLeast` then says that there are more. */
export async function countContacts(
  db: Db | Tx,
  filters: ContactFilters,
): Promise<{ readonly count: number; readonly atLeast: boolean }> {
  const query = queryOf(filters);
  const bound = countBound({ filtered: isFiltered(query), contacts: await estimateContactRows(db) });
  const count = await countContactRows(db, query, bound + 1);
  return { count: Math.min(count, bound), atLeast: count > bound };
}

export async function getContact(db: Db | Tx, id: Uuid): Promise<Outcome<Contact>> {
  const contact = await getContactRow(db, id);
  return contact === undefined ? notFound('contact', showId('contact', id)) : ok(contact);
}

const queryOf = (filters: ContactFilters): ContactQuery => ({
  search: filters.search === undefined || filters.search === '' ? undefined : searchPatterns(filters.search),
  tag: filters.tag,
  state: filters.state,
  city: filters.city,
  suppressed: filters.suppressed === undefined ? undefined : filters.suppressed === 'yes',
});
