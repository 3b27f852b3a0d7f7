import type { Clock } from '../platform/clock.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import type { AuditContent, AuditSeal, ChainHead } from './audit-chain.ts';
import { type DatabaseRole, readDatabaseRole } from './audit-guard.ts';
import { type AuditFilter, type ListedAudit, listAuditRows } from './audit-read-store.ts';
import { type NoteDeps, noteExport } from './note-export.ts';
import { countUnsealed, listSealed, readHead, type Unsealed } from './seal-store.ts';
import { overdueBefore } from './verify-audit.ts';

/** Entries that match, newest first. */
export async function listAudit(
  db: Db | Tx,
  query: { readonly filter: AuditFilter; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<ListedAudit>>> {
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const { filter, limit } = query;
  const [at, id] = cursor.value ?? [];
  const before = at === undefined || id === undefined ? undefined : { at, id };
  const rows = await listAuditRows(db, { filter, before, limit: limit + 1 });
  return ok(toPage(rows, limit, (last) => makeCursor(last.at.toString(), last.id)));
}

export async function readAudit(db: Db | Tx, id: Uuid): Promise<Outcome<ListedAudit>> {
  const [found] = await listAuditRows(db, { filter: { id }, before: undefined, limit: 1 });
  return found === undefined ? notFound('audit entry', showId('audit', id)) : ok(found);
}

export interface ChainState extends Unsealed {
  readonly head: ChainHead & { readonly sealedAt: Instant | null };
  readonly databaseRole: DatabaseRole;
}

/** How far the log is sealed; nothing is recomputed. */
export async function readChainState(db: Db | Tx, clock: Clock): Promise<ChainState> {
  const [head, unsealed, databaseRole] = await Promise.all([
    readHead(db),
    countUnsealed(db, overdueBefore(clock)),
    readDatabaseRole(db),
  ]);
  return { head, databaseRole, ...unsealed };
}

/** One line of an export: all that the chain is made of. */
export type ExportedAudit = Pick<AuditSeal, 'seq' | 'sealedAt' | 'digest' | 'hash'> & AuditContent;

const EXPORT_PAGE = 1_000;

/** Sealed entries behind `after`, in the order of the chain, as far as it is sealed now. That somebody took them along is an entry itself. */
export async function exportAudit(
  services: NoteDeps,
  { after, actor, signal }: { readonly after: number; readonly actor: string; readonly signal?: AbortSignal },
): Promise<AsyncGenerator<readonly ExportedAudit[]>> {
  const { db } = services;
  const { seq: until } = await readHead(db);
  const rows = Math.max(0, until - after);
  await noteExport(services, { actor, action: 'audit.exported', subject: 'audit', detail: { after, until, rows } });
  return exportedPages(db, { after, until, signal });
}

async function* exportedPages(
  db: Db,
  {
    after,
    until,
    signal,
  }: { readonly after: number; readonly until: number; readonly signal: AbortSignal | undefined },
): AsyncGenerator<readonly ExportedAudit[]> {
  for (let last = after; last < until && signal?.aborted !== true; ) {
    const page = await listSealed(db, { after: last, limit: Math.min(EXPORT_PAGE, until - last) });
    // A seal without its entry has nothing to export; whoever verifies the file finds the gap.
    yield page.flatMap(({ seal: { seq, sealedAt, digest, hash }, entry }) =>
      entry === null ? [] : [{ seq, sealedAt, digest, hash, ...entry }],
    );
    last = page.at(-1)?.seal.seq ?? until;
  }
}
