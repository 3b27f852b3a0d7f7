import { sql } from 'kysely';
import type { AccountRow } from '../gateways/account.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

export interface NewEvent {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly eventId: string;
  readonly type: string;
  readonly phone: string | null;
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly receivedAt: Instant;
}

/** False when this event has been stored before: a repetition has no effect. */
export async function insertEvent(tx: Tx, event: NewEvent): Promise<boolean> {
  const { rows } = await sql`
    insert into gateway_event (id, account_id, event_id, type, phone, payload, headers, received_at, state)
    values (${event.id}, ${event.accountId}, ${event.eventId}, ${event.type}, ${event.phone}, ${event.payload},
      ${JSON.stringify(event.headers)}, ${event.receivedAt}, 'received')
    on conflict (account_id, event_id) do nothing returning id`.execute(tx);
  return rows.length === 1;
}

export interface StoredEvent {
  readonly id: Uuid;
  readonly account: Pick<AccountRow, 'id' | 'kind' | 'environment'>;
  readonly payload: string;
  readonly receivedAt: Instant;
  readonly state: 'received' | 'applied' | 'failed';
}

/** Locks the event for applying, so that two workers with one job (a retry after a time-out) go one after the other. */
export async function lockEvent(tx: Tx, id: Uuid): Promise<StoredEvent | undefined> {
  const { rows } = await sql<StoredEvent>`
    select e.id, jsonb_build_object('id', a.id, 'kind', a.kind, 'environment', a.environment) as account, e.payload, e.received_at, e.state
    from gateway_event e join gateway_account a on a.id = e.account_id where e.id = ${id} for update of e`.execute(tx);
  return rows[0];
}

export async function markApplied(tx: Tx, id: Uuid, now: Instant): Promise<void> {
  await sql`update gateway_event set state = 'applied', applied_at = ${now}, attempts = attempts + 1, error = null where id = ${id}`.execute(
    tx,
  );
}

export async function markFailed(
  db: Db,
  id: Uuid,
  input: { readonly error: string; readonly final: boolean },
): Promise<void> {
  await sql`
    update gateway_event set attempts = attempts + 1, error = ${input.error}, state = case when ${input.final} then 'failed' else state end
    where id = ${id} and state <> 'applied'`.execute(db);
}
