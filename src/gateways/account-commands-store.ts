import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { AccountRow, LaneRow } from './account.ts';
import type { WebhookGeneration } from './webhook-registration.ts';

export interface NewAccount
  extends Omit<
    AccountRow,
    | 'state'
    | 'stateReason'
    | 'webhookRef'
    | 'webhookSecretsSealed'
    | 'webhookChangeUntil'
    | 'webhookPartsRefused'
    | 'optOutsConfirmedBy'
  > {
  readonly historyDays: number;
}

/** With its lease row, which a worker then takes. */
export async function insertAccount(tx: Tx, account: NewAccount): Promise<void> {
  await sql`
    insert into gateway_account (id, kind, name, base_url, environment, api_key_sealed, webhook_generation, webhook_fallback,
      rate_per_second, history_days, state, created_at, updated_at)
    values (${account.id}, ${account.kind}, ${account.name}, ${account.baseUrl}, ${account.environment}, ${account.apiKeySealed},
      ${account.webhookGeneration}, ${account.webhookFallback}, ${account.ratePerSecond}, ${account.historyDays}, 'active',
      ${account.createdAt}, ${account.createdAt})`.execute(tx);
  await sql`insert into account_lease (account_id) values (${account.id})`.execute(tx);
}

export interface NewLane {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly gatewayRef: string;
  readonly phone: string;
  readonly name: string;
  readonly zone: string;
  readonly offReason: string | null;
}

export async function insertLanes(tx: Tx, lanes: readonly NewLane[], now: Instant): Promise<void> {
  await sql`
    insert into lane (id, account_id, gateway_ref, phone, name, zone, state, state_reason, created_at, updated_at)
    select x.id, x.account_id, x.gateway_ref, x.phone, x.name, x.zone, case when x.off_reason is null then 'active' else 'off' end,
      x.off_reason, ${now}, ${now}
    from json_to_recordset(${JSON.stringify(
      lanes.map((lane) => ({
        id: lane.id,
        account_id: lane.accountId,
        gateway_ref: lane.gatewayRef,
        phone: lane.phone,
        name: lane.name,
        zone: lane.zone,
        off_reason: lane.offReason,
      })),
    )}::json)
      as x (id uuid, account_id uuid, gateway_ref text, phone text, name text, zone text, off_reason text)`.execute(tx);
}

/** Two connects with the same numbers wait for each other here, so that the second sees the first. */
export async function lockNumbers(tx: Tx): Promise<void> {
  await sql`lock table lane in share row exclusive mode`.execute(tx);
}

/** Which of these numbers are lanes already, and of which account. */
export async function findTakenNumbers(
  db: Db | Tx,
  phones: readonly string[],
): Promise<readonly { readonly phone: string; readonly accountName: string }[]> {
  const { rows } = await sql<{ phone: string; accountName: string }>`
    select l.phone, a.name as account_name from lane l join gateway_account a on a.id = l.account_id
    where l.phone = any(${phones}::text[]) order by l.phone`.execute(db);
  return rows;
}

export async function lockAccount(tx: Tx, id: Uuid): Promise<AccountRow | undefined> {
  const { rows } = await sql<AccountRow>`
    select id, kind, name, base_url, environment, api_key_sealed, webhook_ref, webhook_secrets_sealed, webhook_change_until,
      webhook_parts_refused, webhook_generation, webhook_fallback, rate_per_second, opt_outs_confirmed_by, state, state_reason,
      created_at
    from gateway_account where id = ${id} for update`.execute(tx);
  return rows[0];
}

/** The newest secrets come first; those before stay valid for events that are on their way. */
export async function setWebhook(
  tx: Tx,
  webhook: {
    readonly accountId: Uuid;
    readonly ref: string | null;
    readonly secretsSealed: readonly string[];
    readonly partsRefused: readonly string[];
    readonly now: Instant;
  },
): Promise<void> {
  await sql`
    update gateway_account
    set webhook_ref = ${webhook.ref}, webhook_secrets_sealed = ${webhook.secretsSealed}::text[],
      webhook_parts_refused = ${webhook.partsRefused}::text[], updated_at = ${webhook.now}
    where id = ${webhook.accountId}`.execute(tx);
}

/** Somebody has chosen the generation of the account's events. */
export async function setWebhookGeneration(tx: Tx, accountId: Uuid, generation: WebhookGeneration): Promise<void> {
  await sql`
    update gateway_account set webhook_generation = ${generation}, webhook_fallback = null where id = ${accountId}`.execute(
    tx,
  );
}

/** The account is reached elsewhere or with another key from now on: whoever holds it lets go, and the next holder goes that way. */
export async function moveAccountRow(
  tx: Tx,
  account: Pick<AccountRow, 'id' | 'baseUrl' | 'apiKeySealed'>,
  now: Instant,
): Promise<void> {
  await sql`
    update gateway_account set base_url = ${account.baseUrl}, api_key_sealed = ${account.apiKeySealed}, updated_at = ${now}
    where id = ${account.id}`.execute(tx);
  await releaseLease(tx, account.id);
}

/** Whoever holds it lets go at its next write or renewal; the next holder reads the account anew. */
export async function releaseLease(tx: Tx, accountId: Uuid): Promise<void> {
  await sql`update account_lease set owner = null, expires_at = null where account_id = ${accountId}`.execute(tx);
}

export async function updateAccountRow(
  tx: Tx,
  account: Pick<AccountRow, 'id' | 'name' | 'ratePerSecond' | 'optOutsConfirmedBy' | 'state' | 'stateReason'>,
  now: Instant,
): Promise<void> {
  await sql`
    update gateway_account set name = ${account.name}, rate_per_second = ${account.ratePerSecond}, opt_outs_confirmed_by = ${account.optOutsConfirmedBy},
      state = ${account.state},
      state_reason = ${account.stateReason}, paused_by_engine = paused_by_engine and ${account.state} = 'paused', updated_at = ${now}
    where id = ${account.id}`.execute(tx);
}

export async function lockLane(tx: Tx, id: Uuid): Promise<LaneRow | undefined> {
  const { rows } = await sql<LaneRow>`
    select id, account_id, gateway_ref, phone, name, zone, daily_cap, messages_per_second, parts_per_second, parts_per_day, state,
      state_reason, paused_until
    from lane where id = ${id} for update`.execute(tx);
  return rows[0];
}

/** The counters of a number's days around `now`: before its own row, as a claim locks them. */
export async function lockLaneDays(tx: Tx, laneId: Uuid, now: Instant): Promise<void> {
  await sql`
    select 1 from lane_usage where lane_id = ${laneId} and day >= (${now}::timestamptz - interval '3 days')::date
    order by day for update`.execute(tx);
}

/**
 * A number that lives in another zone from now on: its day there begins with what the days that it is made of have used, so that a
 * move gives no second cap. The earlier of two days counts as a whole: too much rather than too little.
 */
export async function carryLaneDays(
  tx: Tx,
  lane: { readonly id: Uuid; readonly fromZone: string; readonly toZone: string },
  now: Instant,
): Promise<void> {
  await sql`
    with moved as (
      select (${now}::timestamptz at time zone ${lane.toZone})::date as day, (${now}::timestamptz at time zone ${lane.fromZone})::date as last_day
    ), used as (
      select m.day, sum(u.reserved) as reserved, sum(u.parts) as parts
      from moved m join lane_usage u on u.lane_id = ${lane.id}
        and u.day between (m.day::timestamp at time zone ${lane.toZone} at time zone ${lane.fromZone})::date and m.last_day
      group by m.day
    )
    insert into lane_usage as u (lane_id, day, reserved, parts) select ${lane.id}, day, reserved, parts from used
    on conflict (lane_id, day) do update set reserved = greatest(u.reserved, excluded.reserved), parts = greatest(u.parts, excluded.parts)`.execute(
    tx,
  );
}

export async function lockLanesOf(tx: Tx, accountId: Uuid): Promise<readonly LaneRow[]> {
  const { rows } = await sql<LaneRow>`
    select id, account_id, gateway_ref, phone, name, zone, daily_cap, messages_per_second, parts_per_second, parts_per_day, state,
      state_reason, paused_until
    from lane where account_id = ${accountId} order by id for update`.execute(tx);
  return rows;
}

/** Returns the numbers that were on. */
export async function switchOffSandboxLanes(tx: Tx, reason: string, now: Instant): Promise<readonly string[]> {
  const { rows } = await sql<{ phone: string }>`
    update lane set state = 'off', state_reason = ${reason}, paused_until = null, drains_after_pause = false, paused_by_engine = false,
      updated_at = ${now}
    from gateway_account a
    where a.id = lane.account_id and a.environment = 'sandbox' and lane.state <> 'off'
    returning lane.phone`.execute(tx);
  return rows.map((row) => row.phone);
}

export async function updateLaneRow(
  tx: Tx,
  lane: Omit<LaneRow, 'accountId' | 'gatewayRef' | 'phone'>,
  now: Instant,
): Promise<void> {
  await sql`
    update lane set name = ${lane.name}, zone = ${lane.zone}, daily_cap = ${lane.dailyCap},
      messages_per_second = ${lane.messagesPerSecond}, parts_per_second = ${lane.partsPerSecond}, parts_per_day = ${lane.partsPerDay},
      state = ${lane.state}, state_reason = ${lane.stateReason}, paused_until = ${lane.pausedUntil}, updated_at = ${now},
      paused_by_engine = paused_by_engine and ${lane.state} = 'paused',
      -- What a person decides takes the place of what was before a pause.
      drains_after_pause = drains_after_pause and ${lane.pausedUntil}::timestamptz is not null
    where id = ${lane.id}`.execute(tx);
}
