import { sql } from 'kysely';
import type { AccountRow } from '../gateways/account.ts';
import type { Db, Tx } from '../platform/database.ts';
import { firstUuidAt, type Uuid } from '../platform/ids.ts';
import { LIVE_CHANNEL } from '../platform/live.ts';
import { type Instant, isoOf } from '../platform/time.ts';

/** Told when events wait to be applied. */
export const EVENTS_TOPIC = 'events';

export interface NewEvent {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly eventId: string;
  readonly type: string;
  /** Number of the person whom it is about; `null` when it does not say. */
  readonly phone: string | null;
  /** Events with the same key are applied one after the other; `null` for receipts, which come in any order. */
  readonly orderKey: string | null;
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly receivedAt: Instant;
  readonly source: 'webhook' | 'spool' | 'reconciliation';
  readonly signedBy: string | null;
  /** Why it cannot be read: it is kept as failed. */
  readonly unreadable: string | null;
}

/**
 * Stores events and tells whoever applies them, in one statement. `repeated` are the ids of those that were there already, which has
 * no effect: most of the time there are none. In one order, so that two of them with the same events do not wait for each other.
 */
export async function insertEvents(
  db: Db | Tx,
  events: readonly NewEvent[],
  /** When the same transaction applies them; all of them can be read then. */
  appliedAt: Instant | null = null,
): Promise<{ readonly repeated: ReadonlySet<Uuid> }> {
  const given = JSON.stringify(
    events.map(({ receivedAt, unreadable, ...event }) => ({
      ...event,
      receivedAt: isoOf(receivedAt),
      error: unreadable,
    })),
  );
  const { rows: answers } = await sql<{ repeated: readonly Uuid[] }>`
    with given as materialized (
      select * from json_to_recordset(${given}::json) as x (id uuid, "accountId" uuid, "eventId" text, type text, phone text, "orderKey" text,
        payload text, headers jsonb, "receivedAt" timestamptz, source text, "signedBy" text, error text)
    ), stored as (
      insert into gateway_event (id, account_id, event_id, type, phone, order_key, payload, headers, received_at, source, signed_by, error,
        state, applied_at, attempts)
      select x.*, case when x.error is not null then 'failed' when ${appliedAt}::timestamptz is null then 'received' else 'applied' end,
        ${appliedAt}, case when ${appliedAt}::timestamptz is null then 0 else 1 end from given x order by "accountId", "eventId"
      on conflict (account_id, event_id) do nothing returning id
    )
    select (select count(pg_notify(${LIVE_CHANNEL}, ${EVENTS_TOPIC})) from (select from stored limit 1) told) as told,
      array(select id from given where id not in (select id from stored)) as repeated`.execute(db);
  return { repeated: new Set(answers[0]?.repeated) };
}

/** What is needed to apply one. */
export interface StoredEvent {
  readonly id: Uuid;
  readonly account: Pick<AccountRow, 'id' | 'kind' | 'environment'>;
  readonly connectedAt: Instant;
  readonly source: NewEvent['source'];
  readonly payload: string;
  readonly receivedAt: Instant;
  readonly attempts: number;
}

export interface WaitingEvent {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly type: string;
  /** `null` for a receipt. */
  readonly orderKey: string | null;
}

/**
 * The oldest that may be applied: not those behind one of the same key that is being retried. Indexes gateway_event_waiting and
 * gateway_event_line.
 */
export async function listWaiting(db: Db, limit: number): Promise<readonly WaitingEvent[]> {
  const { rows } = await sql<WaitingEvent>`
    select e.id, e.account_id, e.type, e.order_key from gateway_event e
    where e.state = 'received' and not exists (
      select 1 from gateway_event r where r.account_id = e.account_id and r.order_key = e.order_key and r.state = 'retrying')
    order by e.id limit ${limit}`.execute(db);
  return rows;
}

/** Keep these locks apart from other advisory locks. */
const KEY_LOCKS = 7_770_003;
const RECEIPT_LOCKS = 7_770_004;

const STORED = sql`e.id, jsonb_build_object('id', a.id, 'kind', a.kind, 'environment', a.environment) as account,
  a.created_at as connected_at, e.source, e.payload, e.received_at, e.attempts from gateway_event e join gateway_account a on a.id = e.account_id`;

/**
 * Takes one event for this transaction, unless another process works on its key or an earlier one of its key is not through yet.
 * Index gateway_event_line.
 */
export async function takeEvent(tx: Tx, event: WaitingEvent): Promise<StoredEvent | undefined> {
  const lock = lockOf(event);
  const { rows } = await sql<StoredEvent>`
    with held as materialized (select pg_try_advisory_xact_lock(hashtextextended(${lock}, ${KEY_LOCKS})) as mine)
    select ${STORED}
    where (select mine from held) and e.id = ${event.id} and e.state = 'received' and not exists (
      select 1 from gateway_event p where p.account_id = ${event.accountId} and p.order_key = ${event.orderKey}
        and p.state in ('received', 'retrying') and (p.id < e.id or p.state = 'retrying'))
    for update of e`.execute(tx);
  return rows[0];
}

const lockOf = ({ accountId, orderKey, id }: WaitingEvent): string => `${accountId} ${orderKey ?? id}`;

/** The same for several events of one account with different keys; whoever holds one of them is not waited for. */
export async function takeEvents(
  tx: Tx,
  accountId: Uuid,
  events: readonly WaitingEvent[],
): Promise<readonly StoredEvent[]> {
  const { rows } = await sql<StoredEvent>`
    with held as materialized (
      select id from unnest(${events.map(({ id }) => id)}::uuid[], ${events.map(lockOf)}::text[]) as x (id, lock)
      where pg_try_advisory_xact_lock(hashtextextended(lock, ${KEY_LOCKS})))
    select ${STORED}
    where e.id = any(array(select id from held)) and e.state = 'received' and not exists (
      select 1 from gateway_event p where p.account_id = ${accountId} and p.order_key = e.order_key
        and p.state in ('received', 'retrying') and (p.id < e.id or p.state = 'retrying'))
    order by e.id for update of e skip locked`.execute(tx);
  return rows;
}

/** One that is tried again: nothing else of its key is taken meanwhile. */
export async function takeRetrying(tx: Tx, id: Uuid): Promise<StoredEvent | undefined> {
  const { rows } = await sql<StoredEvent>`
    select ${STORED} where e.id = ${id} and e.state = 'retrying' for update of e`.execute(tx);
  return rows[0];
}

/** Are being tried again, and nobody has tried since. Index gateway_event_troubled, then the attempts of each by their primary key. */
export async function listForgotten(
  db: Db,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`
    select e.id from gateway_event e where e.state = 'retrying'
      and not exists (select from gateway_event_attempt a where a.event_id = e.id and a.at >= ${before})
    order by e.id limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Those of these receipts of one account that still wait; none while another process applies receipts of this account. */
export async function takeReceipts(tx: Tx, accountId: Uuid, ids: readonly Uuid[]): Promise<readonly StoredEvent[]> {
  const { rows } = await sql<StoredEvent>`
    with held as materialized (select pg_try_advisory_xact_lock(hashtextextended(${accountId}::text, ${RECEIPT_LOCKS})) as mine)
    select ${STORED}
    where (select mine from held) and e.id = any(${ids}::uuid[]) and e.state = 'received'
    order by e.id for update of e`.execute(tx);
  return rows;
}

/**
 * What is found again and has not come to be is applied again, whoever told of it before; as a finding, so that no machine answers a
 * text of hours ago. What still waits to be applied is left alone. Unique (account_id, event_id).
 */
export async function applyAgain(tx: Tx, accountId: Uuid, eventIds: readonly string[]): Promise<void> {
  await sql`
    update gateway_event set state = 'received', source = 'reconciliation', applied_at = null, error = null, error_stack = null
    where account_id = ${accountId} and event_id = any(${eventIds}::text[]) and state in ('applied', 'failed')`.execute(
    tx,
  );
}

/** Those that took more than one attempt, or were replayed, keep in their history how that ended. */
export async function markApplied(tx: Tx, ids: readonly Uuid[], now: Instant): Promise<void> {
  await sql`
    with applied as (
      update gateway_event set state = 'applied', applied_at = ${now}, attempts = attempts + 1, error = null, error_stack = null
      where id = any(${ids}::uuid[]) returning id, attempts
    )
    insert into gateway_event_attempt (event_id, attempt, at, outcome)
    select id, attempts, ${now}, 'applied' from applied where attempts > 1`.execute(tx);
}

export interface EventFailure {
  readonly id: Uuid;
  readonly error: string;
  readonly stack: string | null;
  readonly at: Instant;
}

/** One more attempt that failed; false when somebody else has settled the event meanwhile. */
export async function markFailed(tx: Tx, failure: EventFailure, to: 'retrying' | 'failed'): Promise<boolean> {
  const { id, error, stack, at } = failure;
  const { rows } = await sql`
    with failed as (
      update gateway_event set state = ${to}, attempts = attempts + 1, error = ${error}, error_stack = ${stack}
      where id = ${id} and state in ('received', 'retrying') returning id, attempts
    )
    insert into gateway_event_attempt (event_id, attempt, at, outcome, error, stack)
    select id, attempts, ${at}, 'failed', ${error}, ${stack} from failed
    returning event_id`.execute(tx);
  return rows.length === 1;
}

/** Some events that came before an instant and were applied or discarded, with their history. Primary key: ids grow with time. */
export async function deleteOldEvents(
  db: Db,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<number> {
  const { rows } = await sql`
    delete from gateway_event where id in (
      select id from gateway_event where id < ${firstUuidAt(before.epochMilliseconds)} and state in ('applied', 'discarded')
      order by id limit ${limit})
    returning id`.execute(db);
  return rows.length;
}
