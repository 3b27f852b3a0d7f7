import { type RawBuilder, sql } from 'kysely';
import { contactNameSql } from '../audiences/preview-audience.ts';
import type { SearchPatterns } from '../contacts/contact-search.ts';
import { matches } from '../contacts/contact-store.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { EnrollmentState } from './campaign.ts';

export interface RecipientRow {
  readonly enrollmentId: Uuid;
  readonly contactId: Uuid;
  readonly name: string;
  readonly phone: string;
  readonly state: EnrollmentState;
  readonly variant: string | null;
  readonly laneName: string | null;
  readonly reason: string | null;
  readonly notBefore: Instant;
  readonly zoneGroup: string;
  readonly text: string | null;
  readonly parts: number | null;
  readonly sentAt: Instant | null;
  readonly deliveredAt: Instant | null;
  readonly repliedAt: Instant | null;
  readonly optedOutAt: Instant | null;
}

/** All given filters must hold. */
export interface RecipientQuery {
  readonly campaignId: Uuid;
  readonly state: EnrollmentState | undefined;
  readonly reason: string | undefined;
  readonly contactId: Uuid | undefined;
  readonly variantId: Uuid | undefined;
  readonly search: SearchPatterns | undefined;
}

/** Recipients are in the order of state and id; a page begins behind `after`. */
export interface RecipientPage {
  readonly after: { readonly state: string; readonly id: Uuid } | undefined;
  readonly limit: number;
}

/** Recipients that a searched page looks at before it asks the index of the search. */
const NEAR_WINDOW = 5_000;

export async function listRecipients(
  db: Db,
  query: RecipientQuery,
  page: RecipientPage,
): Promise<readonly RecipientRow[]> {
  const { search } = query;
  if (search === undefined) return read(db, pageQuery(query, page));
  if (search.length === 0) return [];
  const near = await read(db, nearQuery(query, search, page));
  return near.length === page.limit ? near : read(db, searchQuery(query, search, page));
}

/** Indexes enrollment_recipients (which also knows the variant), enrollment_failures, enrollment_skips; unique (contact, campaign). */
export const pageQuery = (query: RecipientQuery, page: RecipientPage): RawBuilder<RecipientRow> =>
  shown(sql`select e.* from enrollment e where ${conditions(query, page)} order by e.state, e.id limit ${page.limit}`);

/**
 * Those of the next recipients who match. As in contacts/contact-store.ts, the walk is bounded here: one statement with
 * `order by ... limit` over a search lets PostgreSQL walk the whole campaign for a name that few people have.
 */
export const nearQuery = (
  query: RecipientQuery,
  search: SearchPatterns,
  page: RecipientPage,
): RawBuilder<RecipientRow> =>
  shown(sql`
    select e.* from (
      select e.* from enrollment e where ${conditions(query, page)} order by e.state, e.id limit ${NEAR_WINDOW}
    ) e join contact c on c.id = e.contact_id
    where ${matches({ ...NO_CONTACT_FILTER, search })} order by e.state, e.id limit ${page.limit}`);

/** Everyone who matches, found by index contact_search, then by unique (contact, campaign): the fence keeps the limit out of sight. */
export const searchQuery = (
  query: RecipientQuery,
  search: SearchPatterns,
  page: RecipientPage,
): RawBuilder<RecipientRow> =>
  shown(sql`
    select e.* from enrollment e where e.id in (
      with matching as materialized (
        select e.id, e.state from contact c join enrollment e on e.contact_id = c.id
        where ${matches({ ...NO_CONTACT_FILTER, search })} and ${conditions(query, page)}
      )
      select id from matching order by state, id limit ${page.limit}
    )`);

const NO_CONTACT_FILTER = { tag: undefined, state: undefined, city: undefined, suppressed: undefined };

function conditions(query: RecipientQuery, { after }: RecipientPage): RawBuilder<unknown> {
  const all = [sql`e.campaign_id = ${query.campaignId}`];
  if (query.state !== undefined) all.push(sql`e.state = ${query.state}`);
  if (query.reason !== undefined) all.push(sql`(e.failure_code = ${query.reason} or e.skip_reason = ${query.reason})`);
  if (query.contactId !== undefined) all.push(sql`e.contact_id = ${query.contactId}`);
  if (query.variantId !== undefined) all.push(sql`e.variant_id = ${query.variantId}`);
  if (after !== undefined) all.push(sql`(e.state, e.id) > (${after.state}, ${after.id}::uuid)`);
  return sql.join(all, sql` and `);
}

/** The chosen enrollments with everything that is shown of them. */
const shown = (chosen: RawBuilder<unknown>): RawBuilder<RecipientRow> => sql<RecipientRow>`
  with chosen as materialized (${chosen})
  select e.id as enrollment_id, e.contact_id, ${contactNameSql} as name, e.phone, e.state, v.label as variant, l.name as lane_name,
    coalesce(e.skip_reason, e.failure_code) as reason, e.not_before, e.zone_group, m.body as text, e.parts, e.sent_at, e.delivered_at,
    e.replied_at, e.opted_out_at
  from chosen e join contact c on c.id = e.contact_id
    left join campaign_variant v on v.id = e.variant_id left join lane l on l.id = e.lane_id
    left join message m on m.enrollment_id = e.id and m.step = 1
  order by e.state, e.id`;

async function read(db: Db, query: RawBuilder<RecipientRow>): Promise<readonly RecipientRow[]> {
  const { rows } = await query.execute(db);
  return rows;
}
