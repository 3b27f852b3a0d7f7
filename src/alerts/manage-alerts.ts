import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import { type Db, runTx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Alert, Delivery } from './alert.ts';
import { type AlertsQuery, getAlert, listAlertRows, listDeliveriesOf, markAcknowledged } from './alert-store.ts';

/** With what became of its notices, oldest first. */
export interface AlertWithNotices extends Alert {
  readonly deliveries: readonly Delivery[];
}

/** Newest first. */
export async function listAlerts(
  db: Db,
  query: Pick<AlertsQuery, 'state' | 'limit'> & { readonly cursor: string | undefined },
): Promise<Outcome<Page<AlertWithNotices>>> {
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const after = cursor.value === undefined ? undefined : { at: cursor.value[0], id: cursor.value[1] };
  const rows = await listAlertRows(db, { state: query.state, after, limit: query.limit + 1 });
  const page = toPage(rows, query.limit, (last) => makeCursor(last.openedAt.toString(), last.id));
  return ok({ ...page, data: await withNotices(db, page.data) });
}

async function withNotices(db: Db, alerts: readonly Alert[]): Promise<readonly AlertWithNotices[]> {
  const deliveries = await listDeliveriesOf(
    db,
    alerts.map(({ id }) => id),
  );
  return alerts.map((alert) => ({ ...alert, deliveries: deliveries.filter(({ alertId }) => alertId === alert.id) }));
}

/** Says to the others that somebody sees to it. The alert stays open until what is wrong has ended. */
export async function acknowledgeAlert(
  { db, clock, newUuid }: { readonly db: Db; readonly clock: Clock; readonly newUuid: NewUuid },
  input: { readonly id: Uuid; readonly actor: string; readonly actorName: string },
): Promise<Outcome<AlertWithNotices>> {
  const acknowledged = await runTx(db, async (tx): Promise<Outcome<Alert>> => {
    const now = clock.now();
    const alert = await markAcknowledged(tx, { id: input.id, by: input.actorName, now });
    if (alert === undefined) return refusedAcknowledgement(await getAlert(tx, input.id), input.id);
    await recordAudit(tx, {
      id: newUuid(),
      at: now,
      actor: input.actor,
      action: 'alert.acknowledged',
      subject: showId('alert', alert.id),
      detail: { kind: alert.kind, headline: alert.headline },
    });
    await notifyLive(tx, ['alerts']);
    return ok(alert);
  });
  if (!acknowledged.ok) return acknowledged;
  const [alert] = await withNotices(db, [acknowledged.value]);
  if (alert === undefined) throw new Error(`alert ${input.id} vanished while it was being shown`);
  return ok(alert);
}

function refusedAcknowledgement(alert: Alert | undefined, id: Uuid): Outcome<Alert> {
  if (alert === undefined) return notFound('alert', showId('alert', id));
  if (alert.resolvedAt !== null)
    return conflict('this alert is over, and nobody has to see to it any more', { state: 'resolved', allowed: [] });
  return conflict(`${alert.acknowledgedBy} sees to this alert already`, { state: 'acknowledged', allowed: [] });
}
