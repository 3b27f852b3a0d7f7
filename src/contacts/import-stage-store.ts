import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { AREA_CODES_OUTSIDE_US } from './area-codes.ts';
import { changes, fromFile } from './import-evidence.ts';
import type { StagedContact } from './import-report.ts';
import type { ImportRefusal, ImportRefusalReason } from './import-rows.ts';

/**
 * The rows of a file on temporary tables, in one transaction: `import_stage` has one row per line, until `mergeRepeats` has made it
 * one per number; refused rows stay beside them. The rule of merging is that of `mergeImported` (import-rows.ts); a test compares
 * both. `import_portion` is what an import has read last, see `insertPortion`.
 */
export async function createStage(tx: Tx): Promise<void> {
  await sql`select set_config('work_mem', '64MB', true), set_config('lock_timeout', '0', true),
    set_config('idle_in_transaction_session_timeout', '600000', true)`.execute(tx);
  await sql`create temp table import_stage (
    line integer not null, phone text, first_name text, last_name text, email text, company text, street text, city text,
    state text, postal_code text, attributes jsonb, tags text[], zone_group text, refused_value text, refused_reason text, consent jsonb
  ) on commit drop`.execute(tx);
  await sql`create temp table import_portion (like import_stage) on commit drop`.execute(tx);
}

/**
 * Makes one row out of all rows with one number, that of the first. Returns how many rows went into others. The steps are tables
 * with statistics: as CTEs of one statement they were joined by nested loops, 7 s for 2,700 repeated rows.
 */
export async function mergeRepeats(tx: Tx): Promise<number> {
  await sql`analyze import_stage`.execute(tx);
  await sql`create temp table import_repeated on commit drop as
    select * from import_stage where phone in (
      select phone from import_stage where refused_reason is null group by phone having count(*) > 1)`.execute(tx);
  await sql`analyze import_repeated`.execute(tx);
  await sql`create temp table import_merged on commit drop as
    select min(line) as line, phone,
      (array_agg(first_name order by line) filter (where first_name is not null))[1] as first_name,
      (array_agg(last_name order by line) filter (where last_name is not null))[1] as last_name,
      (array_agg(email order by line) filter (where email is not null))[1] as email,
      (array_agg(company order by line) filter (where company is not null))[1] as company,
      (array_agg(street order by line) filter (where street is not null))[1] as street,
      (array_agg(city order by line) filter (where city is not null))[1] as city,
      (array_agg(state order by line) filter (where state is not null))[1] as state,
      (array_agg(postal_code order by line) filter (where postal_code is not null))[1] as postal_code
    from import_repeated group by phone`.execute(tx);
  await sql`create temp table import_merged_attributes on commit drop as
    select phone, jsonb_object_agg(key, value order by line desc) as attributes
    from import_repeated, jsonb_each(attributes) group by phone`.execute(tx);
  await sql`create temp table import_merged_tags on commit drop as
    select phone, array_agg(tag order by tag collate "C") as tags from (
      select distinct on (phone, lower(tag)) phone, tag from import_repeated, unnest(tags) as tag order by phone, lower(tag), line
    ) spelled group by phone`.execute(tx);
  await sql`analyze import_merged, import_merged_attributes, import_merged_tags`.execute(tx);
  await sql`
    update import_stage s set first_name = m.first_name, last_name = m.last_name, email = m.email, company = m.company,
      street = m.street, city = m.city, state = m.state, postal_code = m.postal_code,
      attributes = coalesce(a.attributes, '{}'), tags = coalesce(t.tags, '{}')
    from import_merged m left join import_merged_attributes a using (phone) left join import_merged_tags t using (phone)
    where s.line = m.line`.execute(tx);
  const { numAffectedRows } = await sql`
    delete from import_stage s using import_repeated r, import_merged m
    where s.line = r.line and m.phone = r.phone and r.line > m.line`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

export interface StageCounts {
  readonly contacts: number;
  readonly newContacts: number;
  readonly updatedContacts: number;
  readonly suppressedKept: number;
  /** Of the new ones: erased here before, and still opted out. */
  readonly erasedKept: number;
  readonly outsideUs: number;
}

/** What committing would do. Indexes: contact_phone_key, suppression_active. Without erasures no number is hashed. */
export async function countStage(tx: Tx): Promise<StageCounts> {
  const outside = [...AREA_CODES_OUTSIDE_US];
  const { rows } = await sql<StageCounts>`
    select count(*) as contacts,
      count(*) filter (where c.id is null) as new_contacts,
      count(*) filter (where c.id is not null and ${changes(fromFile)}) as updated_contacts,
      count(*) filter (where exists (select from suppression x where x.phone = s.phone and x.lifted_at is null)) as suppressed_kept,
      count(*) filter (where c.id is null and exists (select from erasure) and exists (
        select from suppression x where x.lifted_at is null
          and (x.phone = number_key(s.phone) or x.phone = s.phone and x.evidence ? 'erased'))) as erased_kept,
      count(*) filter (where substr(s.phone, 3, 3) = any(${outside})) as outside_us
    from import_stage s left join contact c on c.phone = s.phone
    where s.refused_reason is null`.execute(tx);
  return one(rows);
}

/** Who came in by this import and had been erased: their suppressions have come back with them. Index suppression_active. */
export async function countErased(tx: Tx, importId: Uuid): Promise<number> {
  const { rows } = await sql<{ erased: number }>`
    select count(distinct c.phone) as erased from suppression s join contact c on c.phone = s.phone and c.import_id = ${importId}
    where s.lifted_at is null and s.evidence ? 'erased' and exists (select from erasure)`.execute(tx);
  return one(rows).erased;
}

export async function firstStaged(tx: Tx, limit: number): Promise<readonly StagedContact[]> {
  const { rows } = await sql<StagedContact>`
    select phone, first_name, last_name, email, company, street, city, state, postal_code, tags
    from import_stage where refused_reason is null order by line limit ${limit}`.execute(tx);
  return rows;
}

export async function firstRefused(tx: Tx, limit: number): Promise<readonly ImportRefusal[]> {
  const { rows } = await sql<ImportRefusal>`
    select line, refused_value as value, refused_reason as reason
    from import_stage where refused_reason is not null order by line limit ${limit}`.execute(tx);
  return rows;
}

export async function countRefused(tx: Tx): Promise<Readonly<Partial<Record<ImportRefusalReason, number>>>> {
  const { rows } = await sql<{ reason: ImportRefusalReason; rows: number }>`
    select refused_reason as reason, count(*) as rows
    from import_stage where refused_reason is not null group by 1 order by 2 desc, 1`.execute(tx);
  return Object.fromEntries(rows.map((row) => [row.reason, row.rows]));
}

export async function keepRefusals(tx: Tx, importId: Uuid): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into import_refusal (import_id, line, value, reason)
    select ${importId}::uuid, line, refused_value, refused_reason from import_stage where refused_reason is not null`.execute(
    tx,
  );
  return Number(numAffectedRows ?? 0);
}

function one<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('a statement that always gives one row gave none');
  return row;
}
