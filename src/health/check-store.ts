import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { CheckEvidence, Ending } from './decide-check.ts';
import type { CheckOutcome, HealthCheck, HealthSettings } from './health-check.ts';
import { eventIdAt } from './rhythm-store.ts';

export interface CheckLane {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly phone: string;
  readonly state: string;
}

export async function findLane(db: Db | Tx, id: Uuid): Promise<CheckLane | undefined> {
  const { rows } = await sql<CheckLane>`select id, account_id, phone, state from lane where id = ${id}`.execute(db);
  return rows[0];
}

export async function findSettings(db: Db | Tx, accountId: Uuid): Promise<HealthSettings | undefined> {
  const { rows } = await sql<HealthSettings>`
    select enabled, from_lane_id, to_lane_id, interval_minutes from health_setting where account_id = ${accountId}`.execute(
    db,
  );
  return rows[0];
}

/** The same, held until the transaction ends: two checks of one account do not begin at once. */
export async function lockSettings(tx: Tx, accountId: Uuid): Promise<HealthSettings | undefined> {
  const { rows } = await sql<HealthSettings>`
    select enabled, from_lane_id, to_lane_id, interval_minutes from health_setting where account_id = ${accountId} for update`.execute(
    tx,
  );
  return rows[0];
}

export async function putSettings(
  tx: Tx,
  accountId: Uuid,
  { enabled, fromLaneId, toLaneId, intervalMinutes }: HealthSettings,
  now: Instant,
): Promise<void> {
  await sql`
    insert into health_setting (account_id, enabled, from_lane_id, to_lane_id, interval_minutes, updated_at)
    values (${accountId}, ${enabled}, ${fromLaneId}, ${toLaneId}, ${intervalMinutes}, ${now})
    on conflict (account_id) do update set enabled = excluded.enabled, from_lane_id = excluded.from_lane_id,
      to_lane_id = excluded.to_lane_id, interval_minutes = excluded.interval_minutes, updated_at = excluded.updated_at`.execute(
    tx,
  );
}

export async function listSettings(db: Db): Promise<readonly (HealthSettings & { readonly accountId: Uuid })[]> {
  const { rows } = await sql<HealthSettings & { accountId: Uuid }>`
    select account_id, enabled, from_lane_id, to_lane_id, interval_minutes from health_setting order by account_id`.execute(
    db,
  );
  return rows;
}

const COLUMNS = sql`c.id, c.account_id, c.from_lane_id, c.to_lane_id, c.cause, c.started_at, c.due_at,
  coalesce(c.sent_at, m.sent_at) as sent_at, c.webhook_at, c.applied_at, m.state = 'delivered' as receipt, c.outcome, c.detail, c.finished_at
  from health_check c join message m on m.id = c.message_id`;

/** Newest first; index health_check_newest. */
export async function listChecks(
  db: Db | Tx,
  query: {
    readonly accountId: Uuid;
    readonly since?: Instant;
    readonly after: { readonly at: string; readonly id: Uuid } | undefined;
    readonly limit: number;
  },
): Promise<readonly HealthCheck[]> {
  const { accountId, since, after, limit } = query;
  const { rows } = await sql<HealthCheck>`
    select ${COLUMNS} where c.account_id = ${accountId}
      ${since === undefined ? sql`` : sql`and c.started_at >= ${since}`}
      ${after === undefined ? sql`` : sql`and (c.started_at, c.id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by c.started_at desc, c.id desc limit ${limit}`.execute(db);
  return rows;
}

export interface NewCheck {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly fromLane: CheckLane;
  readonly toLane: CheckLane;
  readonly messageId: Uuid;
  readonly token: string;
  readonly text: string;
  readonly cause: string;
  readonly startedAt: Instant;
  readonly dueAt: Instant;
  readonly notAfter: Instant;
}

/** The check and its text, which has neither a contact nor a conversation; false when one is under way already. */
export async function insertCheck(tx: Tx, check: NewCheck): Promise<boolean> {
  const { rows } = await sql`
    with open as (select from health_check where account_id = ${check.accountId} and outcome is null),
    text as (
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, not_after,
        created_by, created_at)
      select ${check.messageId}::uuid, ${check.fromLane.accountId}, ${check.fromLane.id}, 'outbound', 'health_check', ${check.toLane.phone},
        ${check.text}, 'GSM-7', 1, 'pending', ${check.startedAt}::timestamptz, ${check.notAfter}, ${check.cause}, ${check.startedAt}
      where not exists (select from open)
      returning id
    )
    insert into health_check (id, account_id, from_lane_id, to_lane_id, message_id, token, cause, started_at, due_at)
    select ${check.id}::uuid, ${check.accountId}, ${check.fromLane.id}, ${check.toLane.id}, id, ${check.token}, ${check.cause},
      ${check.startedAt}, ${check.dueAt} from text
    returning id`.execute(tx);
  return rows.length === 1;
}

/** A check as its event finds it. */
export interface CheckToken {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly toLaneRef: string;
  readonly fromPhone: string;
  readonly toPhone: string;
  readonly text: string;
  readonly startedAt: Instant;
  readonly sentAt: Instant | null;
  readonly outcome: string | null;
  readonly webhookAt: Instant | null;
}

export async function lockByToken(tx: Tx, accountId: Uuid, token: string): Promise<CheckToken | undefined> {
  const { rows } = await sql<CheckToken>`
    select c.id, c.account_id, t.gateway_ref as to_lane_ref, f.phone as from_phone, t.phone as to_phone, m.body as text, c.started_at,
      m.sent_at, c.outcome, c.webhook_at
    from health_check c join message m on m.id = c.message_id join lane f on f.id = c.from_lane_id join lane t on t.id = c.to_lane_id
    where c.token = ${token} and c.account_id = ${accountId} for update of c`.execute(tx);
  return rows[0];
}

/** The event of a check, as it came from the gateway itself. Index gateway_event_account, from the beginning of the check on. */
export async function findCheckEvent(
  tx: Tx | Db,
  query: { readonly accountId: Uuid; readonly token: string; readonly since: Instant },
): Promise<{ readonly receivedAt: Instant; readonly state: string; readonly error: string | null } | undefined> {
  const { rows } = await sql<{ receivedAt: Instant; state: string; error: string | null }>`
    select received_at, state, error from gateway_event
    where account_id = ${query.accountId} and id >= ${eventIdAt(query.since)} and received_at >= ${query.since} and type = 'message.received'
      and source in ('webhook', 'spool') and position(${query.token} in payload) > 0
    order by received_at limit 1`.execute(tx);
  return rows[0];
}

export async function writeArrival(
  tx: Tx,
  id: Uuid,
  arrival: {
    readonly webhookAt: Instant;
    readonly appliedAt: Instant | null;
    readonly ending: Ending | undefined;
    readonly now: Instant;
  },
): Promise<void> {
  const { webhookAt, appliedAt, ending, now } = arrival;
  await sql`
    update health_check c set webhook_at = ${webhookAt}, applied_at = ${appliedAt},
      sent_at = (select m.sent_at from message m where m.id = c.message_id),
      outcome = coalesce(c.outcome, ${ending?.outcome ?? null}), finished_at = coalesce(c.finished_at, ${ending === undefined ? null : now}),
      detail = case when c.outcome is null then ${ending?.detail ?? null} else c.detail end
    where id = ${id}`.execute(tx);
}

/** Accounts with checks that `lockEnding` or `takeUntold` would find. Indexes health_check_open and health_check_untold. */
export async function listUnsettled(db: Db, now: Instant): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ accountId: Uuid }>`
    select c.account_id from health_check c join message m on m.id = c.message_id
    where c.outcome is null and (c.due_at <= ${now} or m.state in ('failed', 'cancelled'))
    union select account_id from health_check where outcome is not null and not told
    order by account_id`.execute(db);
  return rows.map(({ accountId }) => accountId);
}

/** Checks of an account whose time is over, and those whose text has failed already. Index health_check_open. */
export async function lockEnding(
  tx: Tx,
  { accountId, now }: { readonly accountId: Uuid; readonly now: Instant },
): Promise<
  readonly (CheckEvidence & {
    readonly id: Uuid;
    readonly accountId: Uuid;
    readonly token: string;
    readonly startedAt: Instant;
  })[]
> {
  const { rows } = await sql<CheckEvidence & { id: Uuid; accountId: Uuid; token: string; startedAt: Instant }>`
    select c.id, c.account_id, c.token, c.started_at, m.state as message_state, coalesce(m.failure_message, m.failure_code) as failure
    from health_check c join message m on m.id = c.message_id
    where c.account_id = ${accountId} and c.outcome is null and (c.due_at <= ${now} or m.state in ('failed', 'cancelled'))
    order by c.id for update of c skip locked`.execute(tx);
  return rows;
}

export async function writeEnd(tx: Tx, id: Uuid, { outcome, detail }: Ending, now: Instant): Promise<void> {
  await sql`
    update health_check c set outcome = ${outcome}, detail = ${detail}, finished_at = ${now},
      sent_at = (select m.sent_at from message m where m.id = c.message_id)
    where id = ${id} and outcome is null`.execute(tx);
}

export interface EndedCheck {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly outcome: CheckOutcome;
  readonly detail: string | null;
  readonly startedAt: Instant;
}

/** Those of an account that have ended and of which nobody has been told, oldest first. Index health_check_untold. */
export async function takeUntold(tx: Tx, accountId: Uuid): Promise<readonly EndedCheck[]> {
  const { rows } = await sql<EndedCheck>`
    with ended as (
      select id from health_check where account_id = ${accountId} and outcome is not null and not told
      order by finished_at, id for update skip locked
    ), told as (
      update health_check c set told = true from ended where c.id = ended.id
      returning c.id, c.account_id, c.outcome, c.detail, c.started_at, c.finished_at
    )
    select id, account_id, outcome, detail, started_at from told order by finished_at, id`.execute(tx);
  return rows;
}

/** Some of those that ended before an instant, with their texts. Index health_check_finished; message_attempt by its key. */
export async function deleteOldChecks(
  db: Db,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<number> {
  const { rows } = await sql`
    with gone as (
      delete from health_check where id in (
        select id from health_check where finished_at < ${before} order by finished_at limit ${limit})
      returning message_id
    ), attempts as (
      delete from message_attempt where message_id in (select message_id from gone)
    )
    delete from message where id in (select message_id from gone) returning id`.execute(db);
  return rows.length;
}
