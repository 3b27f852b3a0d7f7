import { sql } from 'kysely';
import type { DecidedHow, ReviewDecision } from '../compliance/opt-out-review-store.ts';
import { contactName } from '../contacts/contact.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** A reply that may be an opt-out, with what a person needs to decide. */
export interface Review {
  readonly id: Uuid;
  readonly phone: string;
  /** Of the contact that has the number now; null for a stranger. */
  readonly contactId: Uuid | null;
  readonly name: string;
  readonly conversationId: Uuid | null;
  readonly said: string;
  readonly matched: string | null;
  readonly family: string;
  /** How likely an opt-out is by its words, where that decided. */
  readonly likelihood: number | null;
  readonly saidAt: Instant;
  readonly openedAt: Instant;
  readonly dueAt: Instant;
  readonly decidedAt: Instant | null;
  readonly decision: ReviewDecision | null;
  readonly decidedHow: DecidedHow | null;
  readonly decidedBy: string | null;
  /** Campaign texts that wait for the decision. */
  readonly waiting: number;
  /** The newest texts from and to the number, oldest first. */
  readonly recent: readonly ReviewText[];
}

export interface ReviewText {
  readonly direction: 'inbound' | 'outbound';
  readonly body: string;
  readonly at: string;
}

interface StoredReview extends Omit<Review, 'name'> {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly company: string | null;
}

const RECENT_TEXTS = 6;

/** Indexes contact_phone_key, enrollment_pending_phone and message_phone for each of a page. */
const columns = sql`r.id, r.phone, c.id as contact_id, c.first_name, c.last_name, c.company, r.conversation_id, r.said, r.matched, r.family,
  (select (s.classification ->> 'likelihood')::float8 from message s where s.phone = r.phone and s.body = r.said
    and s.classification ->> 'classifierVersion' = r.classifier_version order by s.created_at desc limit 1) as likelihood,
  r.said_at, r.opened_at, r.due_at, r.decided_at, r.decision, r.decided_how, r.decided_by,
  (select count(*) from enrollment e where e.phone = r.phone and e.state = 'pending') as waiting,
  coalesce((select jsonb_agg(jsonb_build_object('direction', t.direction, 'body', t.body, 'at', t.created_at) order by t.created_at, t.id)
    from (select * from message m where m.phone = r.phone and m.state <> 'cancelled' order by m.created_at desc limit ${RECENT_TEXTS}) t), '[]') as recent`;

interface PageQuery {
  readonly after: { readonly at: string; readonly id: Uuid } | undefined;
  readonly limit: number;
}

/** Whose time is over first comes first. Index opt_out_review_due. */
export function listOpenReviews(db: Db | Tx, { after, limit }: PageQuery): Promise<readonly Review[]> {
  const behind = after === undefined ? sql`true` : sql`(due_at, id) > (${after.at}::timestamptz, ${after.id}::uuid)`;
  return read(
    db,
    sql`select * from opt_out_review where decided_at is null and ${behind} order by due_at, id limit ${limit}`,
    sql`r.due_at, r.id`,
  );
}

/** The newest decision first. Index opt_out_review_decided. */
export function listDecidedReviews(db: Db | Tx, { after, limit }: PageQuery): Promise<readonly Review[]> {
  const behind =
    after === undefined ? sql`true` : sql`(decided_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`;
  return read(
    db,
    sql`select * from opt_out_review where decided_at is not null and ${behind} order by decided_at desc, id desc limit ${limit}`,
    sql`r.decided_at desc, r.id desc`,
  );
}

export async function getReviewRow(db: Db | Tx, id: Uuid): Promise<Review | undefined> {
  const rows = await read(db, sql`select * from opt_out_review where id = ${id}`, sql`r.id`);
  return rows[0];
}

async function read(
  db: Db | Tx,
  chosen: ReturnType<typeof sql>,
  order: ReturnType<typeof sql>,
): Promise<readonly Review[]> {
  const { rows } = await sql<StoredReview>`
    select ${columns} from (${chosen}) r left join contact c on c.phone = r.phone order by ${order}`.execute(db);
  return rows.map(({ firstName, lastName, company, ...row }) => ({
    ...row,
    name: contactName({ firstName, lastName, company, phone: row.phone }),
  }));
}

/** Index opt_out_review_due. */
export async function countOpenReviews(db: Db | Tx): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from opt_out_review where decided_at is null`.execute(db);
  return rows[0]?.count ?? 0;
}
