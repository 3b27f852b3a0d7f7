import type { Clock } from '../platform/clock.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { findLedgerRow, type LedgerFilter, type LedgerRow, listLedger } from './consent-ledger-store.ts';
import { type NoteDeps, noteExport } from './note-export.ts';

/** The consents of everybody, newest first. */
export async function listConsents(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  query: { readonly filter: LedgerFilter; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<LedgerRow>>> {
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const [recordedAt, id] = cursor.value ?? [];
  const before = recordedAt === undefined || id === undefined ? undefined : { recordedAt, id };
  const { filter, limit } = query;
  const rows = await listLedger(db, filter, { before, limit: limit + 1, now: clock.now() });
  return ok(toPage(rows, limit, (last) => makeCursor(last.recordedAt.toString(), last.id)));
}

export async function readConsent(db: Db, id: Uuid): Promise<Outcome<LedgerRow>> {
  const found = await findLedgerRow(db, id);
  return found === undefined ? notFound('consent', showId('consent', id)) : ok(found);
}

const EXPORT_PAGE = 1_000;

/** All that match, in pages. That somebody took them along, and which, is an entry of the audit log. */
export async function exportConsents(
  services: NoteDeps,
  input: { readonly filter: LedgerFilter; readonly actor: string; readonly signal?: AbortSignal },
): Promise<AsyncGenerator<readonly LedgerRow[]>> {
  const { filter, actor, signal } = input;
  const now = services.clock.now();
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  const detail = { filter: Object.fromEntries(given.map(([name, value]) => [name, String(value)])) };
  await noteExport(services, { actor, action: 'consents.exported', subject: 'consents', detail });
  return pagesOf(services.db, filter, { now, signal });
}

async function* pagesOf(
  db: Db,
  filter: LedgerFilter,
  { now, signal }: { readonly now: ReturnType<Clock['now']>; readonly signal: AbortSignal | undefined },
): AsyncGenerator<readonly LedgerRow[]> {
  for (let last: LedgerRow | undefined; signal?.aborted !== true; ) {
    const before = last === undefined ? undefined : { recordedAt: last.recordedAt.toString(), id: last.id };
    const page = await listLedger(db, filter, { before, limit: EXPORT_PAGE, now });
    if (page.length > 0) yield page;
    last = page.at(-1);
    if (page.length < EXPORT_PAGE) return;
  }
}
