import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { Contact, ContactFields } from './contact.ts';
import type { SearchPatterns } from './contact-search.ts';

export interface ContactQuery {
  readonly search: SearchPatterns | undefined;
  readonly tag: string | undefined;
  readonly state: string | undefined;
  readonly city: string | undefined;
  readonly suppressed: boolean | undefined;
}

/** Where a page ended; the next one begins behind it. */
export interface ContactPosition {
  readonly createdAt: string;
  readonly id: Uuid;
}

export interface ContactPage {
  readonly after: ContactPosition | undefined;
  readonly limit: number;
}

/** Contacts that a page of a filtered list looks at before it asks the index of the filter: 1 to 2 ms on two cores. */
const NEWEST_WINDOW = 2_000;
/** Suppressions have no index in the order of contacts. One in 400 suppressed fills a page from this window (15 ms); where fewer are, looking each of them up is quick. */
const SUPPRESSED_WINDOW = 20_000;

const columns = sql`c.id, c.phone, c.first_name, c.last_name, c.email, c.company, c.street, c.city, c.state, c.postal_code,
  c.attributes, c.tags, c.zone_group, c.number_state, c.last_campaign_text_at, c.created_at, c.updated_at,
  s.reason as suppressed_reason, s.channel as suppressed_channel, s.created_at as suppressed_since`;

/** The suppression that people should read first. Index suppression_active. */
const withSuppression = sql`left join lateral (
    select reason, channel, created_at from suppression
    where phone = c.phone and lifted_at is null
    order by (reason = 'opt_out') desc, created_at limit 1
  ) s on true`;

const beginsBehind = (after: ContactPosition | undefined): RawBuilder<unknown> =>
  after === undefined ? sql`true` : sql`(c.created_at, c.id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`;

export const isFiltered = (query: ContactQuery): boolean => Object.values(query).some((filter) => filter !== undefined);

/** Over `contact c`. Indexes: contact_search, contact_tags, contact_place, suppression_active. */
export function matches(query: ContactQuery): RawBuilder<unknown> {
  const conditions: RawBuilder<unknown>[] = (query.search ?? []).map(
    (patterns) =>
      sql`(${sql.join(
        patterns.map((pattern) => sql`c.search like lower(${pattern})`),
        sql` or `,
      )})`,
  );
  if (query.tag !== undefined) conditions.push(sql`c.tags @> array[${query.tag}]::text[]`);
  if (query.state !== undefined) conditions.push(sql`c.state = ${query.state}`);
  if (query.city !== undefined) conditions.push(sql`c.city = ${query.city}`);
  if (query.suppressed === true)
    conditions.push(sql`c.phone in (select phone from suppression where lifted_at is null)`);
  // Counted, so that it stays a look-up per contact found: `not exists` became a merge join that read contacts in the order of their
  // numbers, and a bounded count of those with a common tag took 157 ms with 1,000,000 contacts instead of 40.
  if (query.suppressed === false)
    conditions.push(sql`(select count(*) from suppression x where x.phone = c.phone and x.lifted_at is null) = 0`);
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

/** All contacts, newest first. Index contact_newest. */
export const newestQuery = (page: ContactPage): RawBuilder<ContactRow> => sql<ContactRow>`
  select ${columns} from (
    select * from contact c where ${beginsBehind(page.after)} order by c.created_at desc, c.id desc limit ${page.limit}
  ) c ${withSuppression}
  order by c.created_at desc, c.id desc`;

/**
 * Those of the contacts next in order that match; index contact_newest.
 *
 * One statement with `order by ... limit` over a filter is a planner trap: believing that a value is common, PostgreSQL walks
 * contact_newest until the page is full. With 1,000,000 contacts and a tag that the oldest 50,000 have, it threw 950,000 rows
 * away (302 ms, all in memory). Therefore the walk is bounded here, and what it does not find is asked from the index of the
 * filter (`allMatchingQuery`: 27 ms).
 */
export const newestMatchingQuery = (query: ContactQuery, page: ContactPage): RawBuilder<ContactRow> => sql<ContactRow>`
  select ${columns} from (
    select * from contact c where ${beginsBehind(page.after)} order by c.created_at desc, c.id desc
    limit ${query.suppressed === true ? SUPPRESSED_WINDOW : NEWEST_WINDOW}
  ) c ${withSuppression}
  where ${matches(query)}
  order by c.created_at desc, c.id desc limit ${page.limit}`;

/** Everyone who matches, found by the index of the filter: the fence keeps the limit out of the planner's sight. */
export const allMatchingQuery = (query: ContactQuery, page: ContactPage): RawBuilder<ContactRow> => sql<ContactRow>`
  with matching as materialized (
    select c.id, c.created_at from contact c where ${matches(query)} and ${beginsBehind(page.after)}
  ), chosen as materialized (
    select id from matching order by created_at desc, id desc limit ${page.limit}
  )
  select ${columns} from chosen join contact c on c.id = chosen.id ${withSuppression}
  order by c.created_at desc, c.id desc`;

/** How many match, counted up to `max`. */
export const countQuery = (query: ContactQuery, max: number): RawBuilder<{ count: number }> => sql<{ count: number }>`
  select count(*) as count from (select 1 from contact c where ${matches(query)} limit ${max}) found`;

export async function listContactRows(
  db: Db | Tx,
  query: ContactQuery,
  page: ContactPage,
): Promise<readonly Contact[]> {
  if (query.search?.length === 0) return [];
  if (!isFiltered(query)) return read(db, newestQuery(page));
  const near = await read(db, newestMatchingQuery(query, page));
  return near.length === page.limit ? near : read(db, allMatchingQuery(query, page));
}

/** How many contacts there are, as PostgreSQL knows it from its last look at the table; 0 before its first. */
export async function estimateContactRows(db: Db | Tx): Promise<number> {
  const { rows } = await sql<{ estimate: number }>`
    select greatest(reltuples, 0) as estimate from pg_class where oid = 'contact'::regclass`.execute(db);
  return rows[0]?.estimate ?? 0;
}

export async function countContactRows(db: Db | Tx, query: ContactQuery, max: number): Promise<number> {
  if (query.search?.length === 0) return 0;
  const { rows } = await countQuery(query, max).execute(db);
  return rows[0]?.count ?? 0;
}

export async function getContactRow(db: Db | Tx, id: Uuid): Promise<Contact | undefined> {
  const rows = await read(db, sql<ContactRow>`select ${columns} from contact c ${withSuppression} where c.id = ${id}`);
  return rows[0];
}

/** The same, locked until the transaction ends. */
export async function lockContactRow(tx: Tx, id: Uuid): Promise<Contact | undefined> {
  await sql`select 1 from contact where id = ${id} for update`.execute(tx);
  return getContactRow(tx, id);
}

export async function findContactByPhone(db: Db | Tx, phone: string): Promise<Contact | undefined> {
  const rows = await read(
    db,
    sql<ContactRow>`select ${columns} from contact c ${withSuppression} where c.phone = ${phone}`,
  );
  return rows[0];
}

interface NewContact {
  readonly id: Uuid;
  readonly phone: string;
  readonly fields: ContactFields;
  readonly tags: readonly string[];
  readonly zoneGroup: string;
  readonly now: Instant;
}

/** False when the number is taken: nothing was written then. */
export async function insertContactRow(tx: Tx, contact: NewContact): Promise<boolean> {
  const { fields } = contact;
  const { rows } = await sql`
    insert into contact (id, phone, first_name, last_name, email, company, street, city, state, postal_code, tags, zone_group,
      source, created_at, updated_at)
    values (${contact.id}, ${contact.phone}, ${fields.firstName}, ${fields.lastName}, ${fields.email}, ${fields.company},
      ${fields.street}, ${fields.city}, ${fields.state}, ${fields.postalCode}, ${contact.tags}, ${contact.zoneGroup},
      'staff', ${contact.now}, ${contact.now})
    on conflict (phone) do nothing
    returning id`.execute(tx);
  return rows.length === 1;
}

/** A new zone group also moves the person's waiting enrollments (trigger contact_moved). */
export async function updateContactRow(
  tx: Tx,
  id: Uuid,
  to: {
    readonly fields: ContactFields;
    readonly tags: readonly string[];
    readonly zoneGroup: string;
    readonly now: Instant;
  },
): Promise<void> {
  const { fields } = to;
  await sql`
    update contact set first_name = ${fields.firstName}, last_name = ${fields.lastName}, email = ${fields.email},
      company = ${fields.company}, street = ${fields.street}, city = ${fields.city}, state = ${fields.state},
      postal_code = ${fields.postalCode}, tags = ${to.tags}, zone_group = ${to.zoneGroup}, updated_at = ${to.now}
    where id = ${id}`.execute(tx);
}

export interface ContactRow extends Omit<Contact, 'suppressed'> {
  readonly suppressedReason: string | null;
  readonly suppressedChannel: string | null;
  readonly suppressedSince: Instant | null;
}

async function read(db: Db | Tx, query: RawBuilder<ContactRow>): Promise<readonly Contact[]> {
  const { rows } = await query.execute(db);
  return rows.map(({ suppressedReason: reason, suppressedChannel: channel, suppressedSince: since, ...contact }) => ({
    ...contact,
    suppressed: reason === null || channel === null || since === null ? null : { reason, channel, since },
  }));
}
