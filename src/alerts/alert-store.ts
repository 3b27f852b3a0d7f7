import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { Alert, AlertKey, AlertKind, Delivery, NewAlert, Severity } from './alert.ts';

const columns =
  sql.raw(`id, kind, subject, severity, headline, summary, link, detail, times, openings, opened_at, last_seen_at,
  resolved_at, acknowledged_at, acknowledged_by`);

/** Any fixed number: with it the lock of one kind and subject is nobody else's. */
const ALERT_LOCK = 7_402_118;

/** Whoever raises or resolves the same alert waits here, so that each sees what the one before has made of it. */
export async function lockAlert(tx: Tx, { kind, subject }: AlertKey): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${kind} ${subject}`}, ${ALERT_LOCK}))`.execute(tx);
}

/** The open one, or else the newest that ended after `endedAfter`. Indexes alert_open and alert_ended. */
export async function findCase(tx: Tx, { kind, subject }: AlertKey, endedAfter: Instant): Promise<Alert | undefined> {
  const { rows } = await sql<Alert>`
    (select ${columns} from alert where kind = ${kind} and subject = ${subject} and resolved_at is null)
    union all
    (select ${columns} from alert where kind = ${kind} and subject = ${subject} and resolved_at > ${endedAfter}
     order by resolved_at desc limit 1)
    order by resolved_at nulls first limit 1`.execute(tx);
  return rows[0];
}

export type AlertRow = Required<NewAlert> & { readonly id: Uuid };

export async function insertAlert(tx: Tx, alert: AlertRow, now: Instant): Promise<void> {
  await sql`
    insert into alert (id, kind, subject, severity, headline, summary, link, detail, opened_at, last_seen_at)
    values (${alert.id}, ${alert.kind}, ${alert.subject}, ${alert.severity}, ${alert.headline}, ${alert.summary}, ${alert.link},
      ${JSON.stringify(alert.detail)}::jsonb, ${now}, ${now})`.execute(tx);
}

/** Raised once more: counts up, says what is wrong now, and opens again what had ended (nobody has seen that yet). */
export async function raiseAgain(tx: Tx, alert: AlertRow, now: Instant): Promise<void> {
  await sql`
    update alert set times = times + 1, last_seen_at = ${now}, severity = ${alert.severity}, headline = ${alert.headline},
      summary = ${alert.summary}, link = ${alert.link}, detail = ${JSON.stringify(alert.detail)}::jsonb,
      openings = openings + (resolved_at is not null)::int, resolved_at = null,
      acknowledged_at = case when resolved_at is null then acknowledged_at end,
      acknowledged_by = case when resolved_at is null then acknowledged_by end
    where id = ${alert.id}`.execute(tx);
}

export async function endAlert(tx: Tx, id: Uuid, now: Instant): Promise<void> {
  await sql`update alert set resolved_at = ${now}, last_seen_at = ${now} where id = ${id}`.execute(tx);
}

/** Still there. */
export async function noteSeen(tx: Tx, ids: readonly Uuid[], now: Instant): Promise<void> {
  if (ids.length === 0) return;
  await sql`update alert set last_seen_at = ${now} where id = any(${ids}::uuid[])`.execute(tx);
}

/** Index alert_open. */
export async function listOpenOf(tx: Tx, kinds: readonly AlertKind[]): Promise<readonly Alert[]> {
  const { rows } = await sql<Alert>`
    select ${columns} from alert where resolved_at is null and kind = any(${kinds}::text[])
    order by kind, subject`.execute(tx);
  return rows;
}

export interface AlertsQuery {
  readonly state: 'open' | 'resolved' | 'all';
  readonly after: { readonly at: string; readonly id: Uuid } | undefined;
  readonly limit: number;
}

/** Newest first. Index alert_newest; of the open ones alert_open, and there are few. */
export async function listAlertRows(db: Db | Tx, { state, after, limit }: AlertsQuery): Promise<readonly Alert[]> {
  const inState = { open: sql`resolved_at is null`, resolved: sql`resolved_at is not null`, all: sql`true` }[state];
  const behind = after === undefined ? sql`true` : sql`(opened_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`;
  const { rows } = await sql<Alert>`
    select ${columns} from alert where ${inState} and ${behind} order by opened_at desc, id desc limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** Unique alert_delivery_alert_id_channel_event_opening_key. */
export async function listDeliveriesOf(db: Db | Tx, alertIds: readonly Uuid[]): Promise<readonly Delivery[]> {
  const { rows } = await sql<Delivery>`
    select id, alert_id, channel, event, state, attempts, next_at, error, created_at, sent_at
    from alert_delivery where alert_id = any(${alertIds}::uuid[]) order by id`.execute(db);
  return rows;
}

export async function getAlert(db: Db | Tx, id: Uuid): Promise<Alert | undefined> {
  const { rows } = await sql<Alert>`select ${columns} from alert where id = ${id}`.execute(db);
  return rows[0];
}

export async function markAcknowledged(
  tx: Tx,
  mark: { readonly id: Uuid; readonly by: string; readonly now: Instant },
): Promise<Alert | undefined> {
  const { rows } = await sql<Alert>`
    update alert set acknowledged_at = ${mark.now}, acknowledged_by = ${mark.by}
    where id = ${mark.id} and resolved_at is null and acknowledged_at is null returning ${columns}`.execute(tx);
  return rows[0];
}

/** Some of those that were over before an instant, with their notices. Index alert_resolved. */
export async function deleteOldAlerts(
  db: Db,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<number> {
  const { rows } = await sql`
    delete from alert where id in (select id from alert where resolved_at < ${before} order by resolved_at limit ${limit})
    returning id`.execute(db);
  return rows.length;
}

export interface OpenCount {
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly alerts: number;
}

/** Index alert_open. */
export async function countOpen(db: Db | Tx): Promise<readonly OpenCount[]> {
  const { rows } = await sql<OpenCount>`
    select kind, severity, count(*) as alerts from alert where resolved_at is null group by 1, 2 order by 1, 2`.execute(
    db,
  );
  return rows;
}
