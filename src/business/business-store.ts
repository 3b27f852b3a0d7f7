import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import { type Instant, instant } from '../platform/time.ts';
import { type BusinessSettings, type SendingState, UNNAMED_BUSINESS } from './business.ts';
import { DEFAULT_SENDING_POLICY, type SendingPolicy } from './sending-policy.ts';

/** Two rows of `setting`. Stored JSON carries its `version`. */
type StoredBusiness = BusinessSettings & { readonly version: 1 };
type StoredSending = { readonly version: 1 } & (
  | { readonly state: 'running' }
  | { readonly state: 'paused'; readonly reason: string; readonly since: string }
);

export async function getBusiness(db: Db | Tx): Promise<BusinessSettings> {
  const stored = await getSetting<StoredBusiness>(db, 'business');
  if (stored === undefined) return UNNAMED_BUSINESS;
  const { name, zone, phone, email } = stored;
  return { name, zone, phone, email };
}

export async function putBusinessRow(tx: Tx, business: BusinessSettings, now: Instant): Promise<void> {
  await putSetting(tx, { key: 'business', value: { version: 1, ...business } satisfies StoredBusiness, now });
}

/** Whether campaign texts may go out at all; the engine asks before every claim. */
export async function getSending(db: Db | Tx): Promise<SendingState> {
  const stored = await getSetting<StoredSending>(db, 'sending');
  if (stored?.state !== 'paused') return { state: 'running' };
  return { state: 'paused', reason: stored.reason, since: instant(stored.since) };
}

export async function putSendingRow(tx: Tx, sending: SendingState, now: Instant): Promise<void> {
  const value: StoredSending =
    sending.state === 'running'
      ? { version: 1, state: 'running' }
      : { version: 1, state: 'paused', reason: sending.reason, since: sending.since.toString() };
  await putSetting(tx, { key: 'sending', value, now });
}

/** When and how often campaigns may text, beside the law. */
export async function getSendingPolicy(db: Db | Tx): Promise<SendingPolicy> {
  const stored = await getSetting<Partial<SendingPolicy> & { readonly version: 1 }>(db, 'sending_policy');
  const { version: _, ...policy } = stored ?? { version: 1 };
  return { ...DEFAULT_SENDING_POLICY, ...policy };
}

/** Two who change the policy wait for each other here, so that the second sees what the first has made of it. */
export async function lockSettings(tx: Tx): Promise<void> {
  await sql`lock table setting in share row exclusive mode`.execute(tx);
}

export async function putSendingPolicyRow(tx: Tx, policy: SendingPolicy, now: Instant): Promise<void> {
  await putSetting(tx, { key: 'sending_policy', value: { version: 1, ...policy }, now });
}

/** One row of `setting`, with its version. */
export async function getSetting<T extends { readonly version: number }>(
  db: Db | Tx,
  key: string,
): Promise<T | undefined> {
  const { rows } = await sql<{ value: T }>`select value from setting where key = ${key}`.execute(db);
  return rows[0]?.value;
}

export async function putSetting(
  tx: Tx,
  { key, value, now }: { readonly key: string; readonly value: object; readonly now: Instant },
): Promise<void> {
  await sql`
    insert into setting (key, value, updated_at) values (${key}, ${JSON.stringify(value)}::jsonb, ${now})
    on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at`.execute(tx);
}
