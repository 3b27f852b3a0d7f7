import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { noSuchTarget } from './change-proxy.ts';
import { listDeliveries } from './proxy-delivery-store.ts';
import type { ProxyDelivery } from './proxy-target.ts';
import { getProxyTarget } from './proxy-target-store.ts';

/** What became of the events of one target, the newest event first. */
export async function listProxyLog(
  db: Db,
  query: {
    readonly targetId: Uuid;
    readonly state: ProxyDelivery['state'] | undefined;
    readonly cursor: string | undefined;
    readonly limit: number;
  },
): Promise<Outcome<Page<ProxyDelivery>>> {
  const { targetId, state, limit } = query;
  const cursor = readCursor(query.cursor, ['uuid']);
  if (!cursor.ok) return cursor;
  if ((await getProxyTarget(db, targetId)) === undefined) return noSuchTarget(targetId);
  const rows = await listDeliveries(db, { targetId, state, before: cursor.value?.[0], limit: limit + 1 });
  return ok(toPage(rows, limit, (last) => makeCursor(last.eventId)));
}
