import { type RawBuilder, sql } from 'kysely';
import type { NumberHolder } from '../contacts/contact.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { ConsentAction, ConsentKind, ConsentPurpose, ConsentSource, ConsentState } from './consent.ts';
import type { ConsentEvent } from './consent-evidence.ts';
import { EVENT_COLUMNS } from './consent-store.ts';

/** Of the consents of everybody. */
export interface LedgerFilter {
  readonly phone?: string | undefined;
  readonly action?: ConsentAction | undefined;
  readonly kind?: ConsentKind | undefined;
  readonly purpose?: ConsentPurpose | undefined;
  readonly source?: ConsentSource | undefined;
  /** How the number stands now, for the purpose of the event. */
  readonly state?: ConsentState | undefined;
  /** Recorded at or after this. */
  readonly from?: Instant | undefined;
  /** Recorded before this. */
  readonly until?: Instant | undefined;
}

export interface LedgerRow extends ConsentEvent, NumberHolder {
  readonly phone: string;
}

export interface LedgerPage {
  readonly before: { readonly recordedAt: string; readonly id: string } | undefined;
  readonly limit: number;
  readonly now: Instant;
}

/**
 * In the order in which they were recorded, newest first. Indexes consent_event_recorded, _source, _kind, _purpose, _change and _phone; by state, consent_state
 * where few numbers stand so, and the primary key of consent where most do.
 */
export async function listLedger(db: Db | Tx, filter: LedgerFilter, page: LedgerPage): Promise<readonly LedgerRow[]> {
  const { before, limit, now } = page;
  const asked: readonly (RawBuilder<unknown> | undefined)[] = [
    filter.phone === undefined ? undefined : sql`v.phone = ${filter.phone}`,
    filter.action === undefined ? undefined : sql`v.action = ${filter.action}`,
    filter.kind === undefined ? undefined : sql`v.kind = ${filter.kind}`,
    filter.purpose === undefined ? undefined : sql`v.purpose in (${filter.purpose}, 'all')`,
    filter.source === undefined ? undefined : sql`v.source = ${filter.source}`,
    filter.from === undefined ? undefined : sql`v.recorded_at >= ${filter.from}`,
    filter.until === undefined ? undefined : sql`v.recorded_at < ${filter.until}`,
    filter.state === undefined ? undefined : standsSo(filter.state, now),
    before === undefined
      ? undefined
      : sql`(v.recorded_at, v.id) < (${before.recordedAt}::timestamptz, ${before.id}::uuid)`,
  ];
  const conditions = [sql`true`, ...asked.filter((one) => one !== undefined)];
  const { rows } = await sql<LedgerRow>`
    select ${EVENT_COLUMNS}, v.phone, c.id as contact_id, c.first_name, c.last_name, c.company
    from (select * from consent_event v where ${sql.join(conditions, sql` and `)}
      order by v.recorded_at desc, v.id desc limit ${limit}) v
    left join consent_wording w on w.digest = v.wording_digest left join contact c on c.phone = v.phone
    order by v.recorded_at desc, v.id desc`.execute(db);
  return rows;
}

export async function findLedgerRow(db: Db | Tx, id: Uuid): Promise<LedgerRow | undefined> {
  const { rows } = await sql<LedgerRow>`
    select ${EVENT_COLUMNS}, v.phone, c.id as contact_id, c.first_name, c.last_name, c.company
    from consent_event v left join consent_wording w on w.digest = v.wording_digest left join contact c on c.phone = v.phone
    where v.id = ${id}`.execute(db);
  return rows[0];
}

/** Over `consent_event v`. */
const standsSo = (state: ConsentState, now: Instant): RawBuilder<unknown> => sql`(v.phone, v.purpose) in (
  select k.phone, p.purpose from consent k cross join lateral (values (k.purpose), ('all')) as p (purpose)
  where ${mayStandSo(state, now)} and ${stateNow(now)} = ${state})`;

/**
 * Over `consent k`, so that an index finds the few. What is stored is true until an end passes (compliance/consent.ts): indexes
 * consent_valid_until and consent_confirm_until. Without them 1,000,000 numbers were looked at (1.9 s).
 */
function mayStandSo(state: ConsentState, now: Instant): RawBuilder<unknown> {
  if (state === 'expired') return sql`(k.state = 'expired' or k.valid_until <= ${now} or k.confirm_until <= ${now})`;
  if (state === 'express' || state === 'written') return sql`k.state in (${state}, 'pending')`;
  return sql`k.state = ${state}`;
}

/** Over `consent k`. */
const stateNow = (now: Instant): RawBuilder<string> => sql<string>`case
  when k.state in ('unknown', 'imported_unverified', 'opted_out', 'expired') then k.state
  when k.confirm_until > ${now} then 'pending'
  when k.kind is not null and (k.valid_until is null or k.valid_until > ${now})
    then case k.kind when 'express_written' then 'written' else 'express' end
  else 'expired' end`;
