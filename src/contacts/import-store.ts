import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import {
  changes,
  fromContact,
  fromFile,
  type Preference,
  preferredFields,
  unitedTags,
  zoneEvidence,
} from './import-evidence.ts';
import { storedE164 } from './phone.ts';
import { plausibleZones, zoneGroupKey } from './zones.ts';

/** Imports run one after the other: two files with the same numbers would otherwise wait for each other's rows in a circle. */
export async function waitForOtherImports(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${IMPORT_LOCK})`.execute(tx);
}

/**
 * Keeps imports away until the transaction ends; false when one is running. `others` says whether more than one transaction may keep
 * them away at once.
 */
export async function keepImportsAway(tx: Tx, others: 'beside each other' | 'one at a time'): Promise<boolean> {
  const shared = sql.raw(others === 'beside each other' ? '_shared' : '');
  const { rows } = await sql<{ held: boolean }>`
    select pg_try_advisory_xact_lock${shared}(${IMPORT_LOCK}) as held`.execute(tx);
  return rows[0]?.held === true;
}

/**
 * Says until the transaction ends that somebody carries this run out: a process that is killed lets go of it with its connection,
 * without a heartbeat and without a time that a slow machine could miss. Taken before the run is marked as running.
 */
export async function holdRun(tx: Tx, id: Uuid): Promise<void> {
  await sql`select pg_advisory_xact_lock(${RUN_LOCKS}::int, hashtext(${id}))`.execute(tx);
}

/** Holds the run, unless somebody does. */
export async function tryHoldRun(tx: Tx, id: Uuid): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select pg_try_advisory_xact_lock(${RUN_LOCKS}::int, hashtext(${id})) as held`.execute(tx);
  return rows[0]?.held === true;
}

/** Any fixed numbers: they name the locks. */
const IMPORT_LOCK = 7_402_114;
const RUN_LOCKS = 7_402_115;

export interface ImportOrigin {
  readonly importId: Uuid;
  /** The first 24 digits of the ids of its contacts; the line gives the other eight, so that ids sort like the file. */
  readonly firstId: Uuid;
  readonly now: Instant;
  readonly by: { readonly actor: string; readonly name: string };
}

/**
 * Adds the contacts of `import_portion` whose numbers are new, and empties it. All other rows go to `import_stage`, to be settled at
 * the end: refused ones, repeated ones, and those of contacts that exist. What rows say of consents is kept until each is an event
 * (contacts/record-imported-consents.ts). Returns how many were added. Index contact_phone_key.
 */
export async function insertPortion(tx: Tx, { importId, firstId, now, by }: ImportOrigin): Promise<number> {
  const id = sql`(${firstId.slice(0, 28)}::text || lpad(to_hex(p.line), 8, '0'))::uuid`;
  const { rows } = await sql<{ added: number }>`
    with added as (
      insert into contact (id, phone, first_name, last_name, email, company, street, city, state, postal_code, attributes, tags,
        zone_group, source, import_id, created_at, updated_at)
      select ${id}, phone, first_name, last_name, email, company, street, city, state, postal_code, attributes, tags,
        zone_group, 'import', ${importId}::uuid, ${now}::timestamptz, ${now}::timestamptz
      from import_portion p where refused_reason is null order by line
      on conflict (phone) do nothing
      returning id
    ), kept as (
      insert into import_stage
      select p.* from import_portion p where refused_reason is not null or not exists (select from added a where a.id = ${id})
    )
    select count(*) as added from added`.execute(tx);
  await sql`
    insert into import_consent (import_id, line, phone, consent, actor, recorded_by)
    select ${importId}::uuid, line, phone, consent, ${by.actor}, ${by.name} from import_portion
    where consent is not null and refused_reason is null`.execute(tx);
  await sql`truncate import_portion`.execute(tx);
  return rows[0]?.added ?? 0;
}

/**
 * Two rows of one number of which one says yes and the other no are no consent: the yes becomes a claim. A "no" about whom nobody says
 * otherwise has nothing to end. Refusals stay as they are: they opt the number out.
 */
export async function settleContradictions(tx: Tx, importId: Uuid): Promise<void> {
  await sql`
    update import_consent i set consent = consent || '{"reading": "unclear"}'
    where import_id = ${importId} and consent ->> 'reading' = 'agreed' and phone in (
      select phone from import_consent where import_id = ${importId} and consent ->> 'reading' = 'not_given')`.execute(
    tx,
  );
  await sql`
    delete from import_consent i where import_id = ${importId} and consent ->> 'reading' = 'not_given'
      and not exists (select from consent c where c.phone = i.phone)`.execute(tx);
}

export interface Settled {
  /** Rows whose number an earlier row of the same file had added. */
  readonly repeated: number;
  /** Contacts that were there before the import, and how many of them changed. */
  readonly known: number;
  readonly updated: number;
}

/**
 * Brings the rows that are left in `import_stage`, one per number by now, into their contacts. The changed contacts are locked from
 * here to the commit, and an opt-out waits for its contact: so this comes last. Index contact_phone_key.
 *
 * `import_known` is a table of its own for the planner: statistics of `contact` know nothing of what this transaction added, so that
 * a condition on `contact.import_id` was thought to leave one row, and answered by reading all contacts once per staged row.
 */
export async function settleStaged(
  tx: Tx,
  { importId, now }: Pick<ImportOrigin, 'importId' | 'now'>,
): Promise<Settled> {
  await sql`create temp table import_known on commit drop as
    select s.*, c.id as contact_id, c.import_id is not distinct from ${importId}::uuid as repeated
    from import_stage s join contact c using (phone) where s.refused_reason is null`.execute(tx);
  await sql`analyze import_known`.execute(tx);
  await sql`create temp table import_zone (
    area_code text, state text, zip text, zone_group text, primary key (area_code, state, zip)) on commit drop`.execute(
    tx,
  );
  const { rows } = await sql<{ repeated: number; known: number }>`
    select count(*) filter (where repeated) as repeated, count(*) filter (where not repeated) as known from import_known`.execute(
    tx,
  );
  const { repeated, known } = rows[0] ?? { repeated: 0, known: 0 };
  if (repeated > 0) await updateContacts(tx, { prefer: fromContact, which: sql`s.repeated`, now });
  const updated = known === 0 ? 0 : await updateContacts(tx, { prefer: fromFile, which: sql`not s.repeated`, now });
  return { repeated, known, updated };
}

interface ContactUpdate {
  readonly prefer: Preference;
  readonly which: RawBuilder<unknown>;
  readonly now: Instant;
}

/** Index contact_pkey. */
async function updateContacts(tx: Tx, { prefer, which, now }: ContactUpdate): Promise<number> {
  const { areaCode, state, zip } = zoneEvidence(prefer);
  const changing = sql`c.id = s.contact_id and ${which} and ${changes(prefer)}`;
  await addZoneGroups(
    tx,
    sql`select distinct ${areaCode} as area_code, ${state} as state, ${zip} as zip from import_known s, contact c where ${changing}`,
  );
  const { numAffectedRows } = await sql`
    update contact c set ${preferredFields(prefer)}, attributes = ${prefer.attributes}, tags = ${unitedTags},
      zone_group = z.zone_group, updated_at = ${now}::timestamptz
    from import_known s, import_zone z
    where ${changing} and z.area_code = ${areaCode} and z.state = ${state} and z.zip = ${zip}`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

interface ZoneEvidence {
  readonly areaCode: string;
  readonly state: string;
  readonly zip: string;
}

/** Zones are a rule of ours, not of SQL: they are computed here, once per combination of what they depend on. */
async function addZoneGroups(tx: Tx, combinations: RawBuilder<unknown>): Promise<void> {
  const { rows } = await sql<ZoneEvidence>`${combinations}`.execute(tx);
  const groups = rows.map(({ areaCode, state, zip }) =>
    zoneGroupKey(plausibleZones({ phone: storedE164(`+1${areaCode}5550100`), state, postalCode: zip && `${zip}00` })),
  );
  await sql`
    insert into import_zone (area_code, state, zip, zone_group)
    select * from unnest(${rows.map((row) => row.areaCode)}::text[], ${rows.map((row) => row.state)}::text[],
      ${rows.map((row) => row.zip)}::text[], ${groups}::text[])
    on conflict do nothing`.execute(tx);
  await sql`analyze import_zone`.execute(tx);
}
