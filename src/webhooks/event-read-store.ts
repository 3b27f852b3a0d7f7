import { type RawBuilder, sql } from 'kysely';
import { contactName } from '../contacts/contact.ts';
import type { AccountRow } from '../gateways/account.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { EventSelection, EventState } from './event-filter.ts';
import type { NewEvent } from './event-store.ts';
import { type Bounds, conditionsOf, isOfNumber, WALK_MAX } from './event-walk.ts';

export interface ListedEvent {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly accountName: string;
  /** The gateway's own id. */
  readonly eventId: string;
  readonly type: string;
  readonly phone: string | null;
  /** Of the contact with that number. */
  readonly name: string | null;
  readonly contactId: Uuid | null;
  readonly state: EventState;
  readonly attempts: number;
  readonly error: string | null;
  readonly source: NewEvent['source'];
  readonly receivedAt: Instant;
  readonly appliedAt: Instant | null;
}

type Row = Omit<ListedEvent, 'name'> & {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly company: string | null;
};

const COLUMNS = sql`e.id, e.account_id, a.name as account_name, e.event_id, e.type, e.phone, p.first_name, p.last_name, p.company,
  p.id as contact_id, e.state, e.attempts, e.error, e.source, e.received_at, e.applied_at`;
const JOINS = sql`join gateway_account a on a.id = e.account_id left join contact p on p.phone = e.phone`;

export interface EventWalk extends Bounds {
  readonly limit: number;
  readonly walkMax?: number;
}

/** Newest first. Which index it walks along: event-walk.ts. */
export function eventsQuery(selection: EventSelection, walk: EventWalk): RawBuilder<Row> {
  const { along, kept } = conditionsOf(selection, walk);
  return sql<Row>`
    select ${COLUMNS} from (
      select * from (select * from gateway_event e where ${along} order by e.id desc limit ${walk.walkMax ?? WALK_MAX}) e
      where ${kept} order by e.id desc limit ${walk.limit}
    ) e ${JOINS} order by e.id desc`;
}

export async function listEventRows(
  db: Db | Tx,
  selection: EventSelection,
  walk: EventWalk,
): Promise<readonly ListedEvent[]> {
  const { rows } = await eventsQuery(selection, walk).execute(db);
  return rows.map(listed);
}

/** The event at which the walk of a list ends before it has come to the oldest; `undefined` when it comes to the end. */
export async function endOfWalk(
  db: Db | Tx,
  selection: EventSelection,
  walk: Bounds & { readonly walkMax?: number },
): Promise<{ readonly id: Uuid; readonly receivedAt: Instant } | undefined> {
  const { rows } = await sql<{ id: Uuid; receivedAt: Instant }>`
    select e.id, e.received_at from gateway_event e where ${conditionsOf(selection, walk).along}
    order by e.id desc offset ${(walk.walkMax ?? WALK_MAX) - 1} limit 1`.execute(db);
  return rows[0];
}

export interface EventContent {
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface StoredWhole extends ListedEvent, EventContent {
  readonly account: Pick<AccountRow, 'id' | 'kind' | 'webhookSecretsSealed'>;
  readonly signedBy: string | null;
  readonly errorStack: string | null;
}

/** Index: the primary key. */
export async function getWholeEvent(db: Db | Tx, id: Uuid): Promise<StoredWhole | undefined> {
  const { rows } = await sql<Row & Omit<StoredWhole, keyof ListedEvent>>`
    select ${COLUMNS}, e.payload, e.headers, e.signed_by, e.error_stack,
      jsonb_build_object('id', a.id, 'kind', a.kind, 'webhookSecretsSealed', a.webhook_secrets_sealed) as account
    from gateway_event e ${JOINS} where e.id = ${id}`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const { payload, headers, account, signedBy, errorStack } = row;
  return { ...listed(row), payload, headers, account, signedBy, errorStack };
}

/** With what they say, newest first; for an export. */
export async function listWholeEvents(
  db: Db | Tx,
  selection: EventSelection,
  walk: EventWalk,
): Promise<readonly (ListedEvent & EventContent)[]> {
  const { along, kept } = conditionsOf(selection, walk);
  const { rows } = await sql<Row & EventContent>`
    select ${COLUMNS}, e.payload, e.headers from (
      select * from (select * from gateway_event e where ${along} order by e.id desc limit ${WALK_MAX}) e
      where ${kept} order by e.id desc limit ${walk.limit}
    ) e ${JOINS} order by e.id desc`.execute(db);
  return rows.map((row) => ({ ...listed(row), payload: row.payload, headers: row.headers }));
}

/** Those just before and after it of the same number. Indexes: event-walk.ts. */
export async function listNeighbours(
  db: Db | Tx,
  event: { readonly id: Uuid; readonly phone: string },
  each: number,
): Promise<readonly ListedEvent[]> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from (
      (select * from gateway_event e where ${isOfNumber(event.phone)} and e.id > ${event.id} order by e.id limit ${each})
      union all (select * from gateway_event e where ${isOfNumber(event.phone)} and e.id < ${event.id} order by e.id desc limit ${each})
    ) e ${JOINS} order by e.id desc`.execute(db);
  return rows.map(listed);
}

export interface EventAttempt {
  readonly attempt: number;
  readonly at: Instant;
  readonly outcome: 'applied' | 'failed' | 'replayed' | 'discarded';
  /** Why it was discarded. */
  readonly reason: string | null;
  readonly error: string | null;
  readonly stack: string | null;
  readonly actor: string | null;
  readonly actorName: string | null;
  readonly replayId: Uuid | null;
}

/** Oldest first, at most the newest `limit` of them. Index: the primary key. */
export async function listAttempts(db: Db | Tx, eventId: Uuid, limit: number): Promise<readonly EventAttempt[]> {
  const { rows } = await sql<EventAttempt>`
    select t.attempt, t.at, t.outcome, t.reason, t.error, t.stack, t.actor, coalesce(r.actor_name, t.actor_name) as actor_name, t.replay_id
    from gateway_event_attempt t left join event_replay r on r.id = t.replay_id
    where t.event_id = ${eventId} order by t.attempt desc limit ${limit}`.execute(db);
  return rows.toReversed();
}

const listed = (row: Row): ListedEvent => ({
  id: row.id,
  accountId: row.accountId,
  accountName: row.accountName,
  eventId: row.eventId,
  type: row.type,
  phone: row.phone,
  name: nameOf(row),
  contactId: row.contactId,
  state: row.state,
  attempts: row.attempts,
  error: row.error,
  source: row.source,
  receivedAt: row.receivedAt,
  appliedAt: row.appliedAt,
});

function nameOf({ phone, ...row }: Row): string | null {
  if (phone === null || row.contactId === null) return null;
  const name = contactName({ ...row, phone });
  return name === phone ? null : name;
}
