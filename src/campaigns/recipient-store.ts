import { type RawBuilder, sql } from 'kysely';
import { contactNameSql } from '../audiences/preview-audience.ts';
import type { SearchPatterns } from '../contacts/contact-search.ts';
import { matches } from '../contacts/contact-store.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { EnrollmentState } from './campaign.ts';
import type { WaitSpan } from './decide-wait-spans.ts';
import { type WaitingPlace, waitingWalk } from './wait-spans-store.ts';

export interface RecipientRow {
  readonly enrollmentId: Uuid;
  readonly contactId: Uuid;
  readonly name: string;
  readonly phone: string;
  readonly state: EnrollmentState;
  readonly variant: string | null;
  readonly laneId: Uuid | null;
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
  /** Those who wait, and become due within one of these. */
  readonly waits: readonly WaitSpan[] | undefined;
}

/** Recipients are in the order of state and id, those who wait for one thing in that of the claim; a page begins behind `after`. */
export interface RecipientPage {
  readonly after: RecipientPlace | undefined;
  readonly limit: number;
}
export type RecipientPlace = { readonly state: string; readonly id: Uuid } | WaitingPlace;

/** Recipients that a searched page looks at before it asks the index of the search. */
const NEAR_WINDOW = 5_000;

export async function listRecipients(
  db: Db,
  query: RecipientQuery,
  page: RecipientPage,
): Promise<readonly RecipientRow[]> {
  const { search, waits } = query;
  if (waits?.length === 0) return [];
  if (search === undefined) return read(db, pageQuery(query, page));
  if (search.length === 0) return [];
  const near = await read(db, nearQuery(query, search, page));
  return near.length === page.limit ? near : read(db, searchQuery(query, search, page));
}

/** Over `enrollment e`: the chosen recipients, in their order. */
interface Walk {
  readonly order: RawBuilder<unknown>;
  /** Who is among them, however they were found. */
  readonly among: RawBuilder<unknown>;
  /** The next of them, found by an index in their order. */
  readonly next: (limit: number) => RawBuilder<unknown>;
}

/** Indexes enrollment_recipients (which also knows the variant), enrollment_failures, enrollment_skips; unique (contact, campaign). */
function walkOf(query: RecipientQuery, { after }: RecipientPage): Walk {
  const all = conditions(query);
  if (query.waits !== undefined)
    return waitingWalk({ campaignId: query.campaignId, spans: query.waits, all, after: waitingPlace(after) });
  const order = sql`e.state, e.id`;
  const among =
    after === undefined || !('state' in after)
      ? all
      : sql`${all} and (e.state, e.id) > (${after.state}, ${after.id}::uuid)`;
  return {
    order,
    among,
    next: (limit) => sql`select e.* from enrollment e where ${among} order by ${order} limit ${limit}`,
  };
}

const waitingPlace = (after: RecipientPlace | undefined): WaitingPlace | undefined =>
  after !== undefined && 'zoneGroup' in after ? after : undefined;

export function pageQuery(query: RecipientQuery, page: RecipientPage): RawBuilder<RecipientRow> {
  const { next, order } = walkOf(query, page);
  return shown(next(page.limit), order);
}

/**
 * Those of the next recipients who match. As in contacts/contact-store.ts, the walk is bounded here: one statement with
 * `order by ... limit` over a search lets PostgreSQL walk the whole campaign for a name that few people have.
 */
export function nearQuery(
  query: RecipientQuery,
  search: SearchPatterns,
  page: RecipientPage,
): RawBuilder<RecipientRow> {
  const { next, order } = walkOf(query, page);
  return shown(
    sql`
    select e.* from (${next(NEAR_WINDOW)}) e join contact c on c.id = e.contact_id
    where ${matches({ ...NO_CONTACT_FILTER, search })} order by ${order} limit ${page.limit}`,
    order,
  );
}

/** Everyone who matches, found by index contact_search, then by unique (contact, campaign): the fence keeps the limit out of sight. */
export function searchQuery(
  query: RecipientQuery,
  search: SearchPatterns,
  page: RecipientPage,
): RawBuilder<RecipientRow> {
  const { among, order } = walkOf(query, page);
  return shown(
    sql`
    select e.* from enrollment e where e.id in (
      with matching as materialized (
        select e.id, e.state, e.zone_group, e.lane_id, e.not_before from contact c join enrollment e on e.contact_id = c.id
        where ${matches({ ...NO_CONTACT_FILTER, search })} and ${among}
      )
      select e.id from matching e order by ${order} limit ${page.limit}
    )`,
    order,
  );
}

const NO_CONTACT_FILTER = { tag: undefined, state: undefined, city: undefined, suppressed: undefined };

function conditions(query: RecipientQuery): RawBuilder<unknown> {
  const all = [sql`e.campaign_id = ${query.campaignId}`];
  if (query.state !== undefined) all.push(sql`e.state = ${query.state}`);
  if (query.reason !== undefined) all.push(sql`(e.failure_code = ${query.reason} or e.skip_reason = ${query.reason})`);
  if (query.contactId !== undefined) all.push(sql`e.contact_id = ${query.contactId}`);
  if (query.variantId !== undefined) all.push(sql`e.variant_id = ${query.variantId}`);
  return sql.join(all, sql` and `);
}

/** The chosen enrollments with everything that is shown of them. */
const shown = (chosen: RawBuilder<unknown>, order: RawBuilder<unknown>): RawBuilder<RecipientRow> => sql<RecipientRow>`
  with chosen as materialized (${chosen})
  select e.id as enrollment_id, e.contact_id, ${contactNameSql} as name, e.phone, e.state, v.label as variant, l.name as lane_name,
    coalesce(e.skip_reason, e.failure_code) as reason, e.not_before, e.zone_group, m.body as text, e.parts, e.lane_id, e.sent_at, e.delivered_at,
    e.replied_at, e.opted_out_at
  from chosen e join contact c on c.id = e.contact_id
    left join campaign_variant v on v.id = e.variant_id left join lane l on l.id = e.lane_id
    left join message m on m.enrollment_id = e.id and m.step = 1
  order by ${order}`;

async function read(db: Db, query: RawBuilder<RecipientRow>): Promise<readonly RecipientRow[]> {
  const { rows } = await query.execute(db);
  return rows;
}
