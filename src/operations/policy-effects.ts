import { sql } from 'kysely';
import { countOpenReviews } from '../conversations/review-read-store.ts';
import { neverTextedSql } from '../messages/texted-before.ts';
import type { Db } from '../platform/database.ts';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';

/** What settings of compliance come to, told beside them before they are saved. */
export interface PolicyEffects {
  readonly contacts: number;
  /** Contacts whose first text is still to come: what is added to it reaches so many. */
  readonly neverTexted: number;
  /** Estimated from a part of the contacts. */
  readonly estimated: boolean;
  /** Numbers whose replies wait for a decision; they keep the time that they were given. */
  readonly heldNumbers: number;
  /** People by how many campaign texts they had in the last 24 hours. */
  readonly textsOfDay: readonly { readonly texts: number; readonly people: number }[];
}

/** Looked at for an answer: somebody waits for it. */
const LOOKED_AT_MAX = 100_000;

export async function readPolicyEffects(db: Db, now: Instant): Promise<PolicyEffects> {
  const [never, heldNumbers, textsOfDay] = await Promise.all([
    countNeverTexted(db),
    countOpenReviews(db),
    countTextsOfDay(db, addMs(now, -DAY_MS)),
  ]);
  return { ...never, heldNumbers, textsOfDay };
}

/** Some pages of the contacts when there are many; one search of message_phone for each of them. */
async function countNeverTexted(db: Db): Promise<Pick<PolicyEffects, 'contacts' | 'neverTexted' | 'estimated'>> {
  const { rows: extent } = await sql<{ contacts: number }>`
    select greatest(reltuples, 0)::bigint as contacts from pg_class where oid = 'contact'::regclass`.execute(db);
  const estimate = extent[0]?.contacts ?? 0;
  const share = Math.min(1, LOOKED_AT_MAX / Math.max(1, estimate));
  const some = share === 1 ? sql`contact c` : sql`contact c tablesample system (${sql.lit(share * 100)})`;
  const { rows } = await sql<{ looked: number; never: number }>`
    select count(*) as looked, count(*) filter (where ${neverTextedSql(sql`null`)}) as never from ${some}`.execute(db);
  const { looked, never } = rows[0] ?? { looked: 0, never: 0 };
  if (share === 1) return { contacts: looked, neverTexted: never, estimated: false };
  return { contacts: estimate, neverTexted: Math.round((never / Math.max(1, looked)) * estimate), estimated: true };
}

/** Index enrollment_sent of the campaigns that sent in these hours. */
async function countTextsOfDay(db: Db, since: Instant): Promise<PolicyEffects['textsOfDay']> {
  const { rows } = await sql<{ texts: number; people: number }>`
    select texts, count(*) as people from (
      select e.phone, count(*) as texts
      from (select distinct campaign_id from campaign_hour where hour >= date_trunc('hour', ${since}::timestamptz) and sent > 0) h
      join enrollment e on e.campaign_id = h.campaign_id and e.sent_at > ${since}
      group by 1) p
    group by 1 order by 1`.execute(db);
  return rows;
}
