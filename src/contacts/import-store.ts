import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { AREA_CODES_OUTSIDE_US } from './area-codes.ts';
import type { StagedContact } from './import-report.ts';
import type { ImportRefusal, ImportRefusalReason } from './import-rows.ts';
import { storedE164 } from './phone.ts';
import { plausibleZones, zoneGroupKey } from './zones.ts';

/**
 * The set-based half of an import, all on temporary tables of one transaction: `import_stage` holds the rows of the file, one per
 * line, until `mergeRepeats` has made it one per number (refused rows stay beside them). Nothing here depends on how many rows
 * there are but the time it takes. The rule of merging is that of `mergeImported` (import-rows.ts); a test compares both.
 */
export async function createStage(tx: Tx): Promise<void> {
  await sql`select set_config('work_mem', '64MB', true), set_config('lock_timeout', '0', true)`.execute(tx);
  await sql`create temp table import_stage (
    line integer not null, phone text, first_name text, last_name text, email text, company text, street text, city text,
    state text, postal_code text, attributes jsonb, tags text[], refused_value text, refused_reason text
  ) on commit drop`.execute(tx);
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

/** Over `import_stage s` and `contact c`: the file is newer knowledge, but what it leaves empty says nothing. */
const changesContact = sql`(
  (coalesce(s.first_name, c.first_name), coalesce(s.last_name, c.last_name), coalesce(s.email, c.email), coalesce(s.company, c.company),
   coalesce(s.street, c.street), coalesce(s.city, c.city), coalesce(s.state, c.state), coalesce(s.postal_code, c.postal_code))
  is distinct from (c.first_name, c.last_name, c.email, c.company, c.street, c.city, c.state, c.postal_code)
  or not c.attributes @> s.attributes
  or exists (select from unnest(s.tags) as new where lower(new) not in (select lower(old) from unnest(c.tags) as old))
)`;

export interface StageCounts {
  readonly contacts: number;
  readonly newContacts: number;
  readonly updatedContacts: number;
  readonly suppressedKept: number;
  readonly outsideUs: number;
}

/** What committing would do. Indexes: contact_phone_key, suppression_active. */
export async function countStage(tx: Tx): Promise<StageCounts> {
  const outside = [...AREA_CODES_OUTSIDE_US];
  const { rows } = await sql<StageCounts>`
    select count(*) as contacts,
      count(*) filter (where c.id is null) as new_contacts,
      count(*) filter (where c.id is not null and ${changesContact}) as updated_contacts,
      count(*) filter (where exists (select from suppression x where x.phone = s.phone and x.lifted_at is null)) as suppressed_kept,
      count(*) filter (where substr(s.phone, 3, 3) = any(${outside})) as outside_us
    from import_stage s left join contact c on c.phone = s.phone
    where s.refused_reason is null`.execute(tx);
  return one(rows);
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

/** Imports run one after the other: two files with the same numbers would otherwise wait for each other's rows in a circle. */
export async function waitForOtherImports(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${IMPORT_LOCK})`.execute(tx);
}

/** Any fixed number: it names the lock. */
const IMPORT_LOCK = 7_402_114;

export interface StageOrigin {
  readonly importId: Uuid;
  /** The first 24 digits of these contacts' ids; the line gives the other eight, so that ids sort like the file. */
  readonly firstId: Uuid;
  readonly now: Instant;
}

const stagedId = (firstId: Uuid): RawBuilder<Uuid> =>
  sql`(${firstId.slice(0, 28)}::text || lpad(to_hex(s.line), 8, '0'))::uuid`;

/** The part of the evidence that `plausibleZones` looks at, over `import_stage s`; groups are computed once per combination. */
const evidence = (state: RawBuilder<unknown>, postalCode: RawBuilder<unknown>) => ({
  areaCode: sql`substr(s.phone, 3, 3)`,
  state: sql`coalesce(${state}, '')`,
  zip: sql`coalesce(substring(${postalCode} from '^([0-9]{3})[0-9]{2}($|[^0-9])'), '')`,
});

/** Adds the contacts whose numbers are new. Returns how many those are. Index contact_phone_key. */
export async function insertStaged(tx: Tx, { importId, firstId, now }: StageOrigin): Promise<number> {
  const from = evidence(sql`s.state`, sql`s.postal_code`);
  await sql`create temp table import_zone (
    area_code text, state text, zip text, zone_group text, primary key (area_code, state, zip)) on commit drop`.execute(
    tx,
  );
  const { rows } = await sql<ZoneEvidence>`
    select distinct ${from.areaCode} as area_code, ${from.state} as state, ${from.zip} as zip
    from import_stage s where s.refused_reason is null`.execute(tx);
  await addZoneGroups(tx, rows);
  const { numAffectedRows } = await sql`
    insert into contact (id, phone, first_name, last_name, email, company, street, city, state, postal_code, attributes, tags,
      zone_group, source, import_id, created_at, updated_at)
    select ${stagedId(firstId)}, s.phone, s.first_name, s.last_name, s.email, s.company, s.street, s.city, s.state, s.postal_code,
      s.attributes, s.tags, z.zone_group, 'import', ${importId}::uuid, ${now}::timestamptz, ${now}::timestamptz
    from import_stage s
      join import_zone z on z.area_code = ${from.areaCode} and z.state = ${from.state} and z.zip = ${from.zip}
    where s.refused_reason is null
    on conflict (phone) do nothing`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

/**
 * Brings what the file knows better into the contacts that were there before. Returns how many changed. Held to the end of the
 * import on purpose: the rows are locked from here to the commit, and an opt-out waits for its row. Index contact_phone_key.
 */
export async function updateKnown(tx: Tx, { firstId, now }: StageOrigin): Promise<number> {
  const known = sql`from import_stage s join contact c on c.phone = s.phone
    where s.refused_reason is null and c.id <> ${stagedId(firstId)} and ${changesContact}`;
  const from = evidence(sql`coalesce(s.state, c.state)`, sql`coalesce(s.postal_code, c.postal_code)`);
  const { rows } = await sql<ZoneEvidence>`
    select distinct ${from.areaCode} as area_code, ${from.state} as state, ${from.zip} as zip ${known}`.execute(tx);
  await addZoneGroups(tx, rows);
  const { numAffectedRows } = await sql`
    update contact k set first_name = n.first_name, last_name = n.last_name, email = n.email, company = n.company, street = n.street,
      city = n.city, state = n.state, postal_code = n.postal_code, attributes = n.attributes, tags = n.tags,
      zone_group = z.zone_group, updated_at = ${now}::timestamptz
    from (
      select c.id, ${from.areaCode} as area_code, ${from.state} as zone_state, ${from.zip} as zip,
        coalesce(s.first_name, c.first_name) as first_name, coalesce(s.last_name, c.last_name) as last_name,
        coalesce(s.email, c.email) as email, coalesce(s.company, c.company) as company, coalesce(s.street, c.street) as street,
        coalesce(s.city, c.city) as city, coalesce(s.state, c.state) as state, coalesce(s.postal_code, c.postal_code) as postal_code,
        c.attributes || s.attributes as attributes,
        (select coalesce(array_agg(tag order by tag collate "C"), '{}') from (
          select distinct on (lower(tag)) tag from unnest(c.tags || s.tags) with ordinality as both_tags (tag, position)
          order by lower(tag), position
        ) spelled) as tags
      ${known}
    ) n join import_zone z on z.area_code = n.area_code and z.state = n.zone_state and z.zip = n.zip
    where k.id = n.id`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

interface ZoneEvidence {
  readonly areaCode: string;
  readonly state: string;
  readonly zip: string;
}

async function addZoneGroups(tx: Tx, combinations: readonly ZoneEvidence[]): Promise<void> {
  const groups = combinations.map(({ areaCode, state, zip }) =>
    zoneGroupKey(plausibleZones({ phone: storedE164(`+1${areaCode}5550100`), state, postalCode: zip && `${zip}00` })),
  );
  await sql`
    insert into import_zone (area_code, state, zip, zone_group)
    select * from unnest(${combinations.map((row) => row.areaCode)}::text[], ${combinations.map((row) => row.state)}::text[],
      ${combinations.map((row) => row.zip)}::text[], ${groups}::text[])
    on conflict do nothing`.execute(tx);
  await sql`analyze import_zone`.execute(tx);
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
