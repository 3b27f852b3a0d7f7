import { sql } from 'kysely';
import { countReach, type Reach } from '../audiences/count-reach.ts';
import { readEligibilityFacts } from '../audiences/eligibility-facts.ts';
import { CAMPAIGN_PURPOSE } from '../compliance/consent.ts';
import { askedConsent, DEFAULT_CONSENT_POLICY } from '../compliance/consent-policy.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { JobQueue } from '../platform/jobs.ts';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';
import type { Services } from '../services.ts';

/** What a page cannot count while somebody waits: it is counted every ten minutes, and told with its time. */
export interface Standing {
  /** As a new marketing campaign would find everybody. */
  readonly reach: Reach;
  /** Contacts by the strongest consent to marketing that is in force. */
  readonly consent: { readonly written: number; readonly express: number; readonly optedOut: number };
  /** People whom campaigns of the last 30 days left out, at the launch or later, by the rule. */
  readonly blocked: readonly { readonly reason: string; readonly count: number }[];
  readonly countedAt: Instant;
}

type StandingServices = Pick<Services, 'database' | 'clock'>;

export const countStandingJob = (services: StandingServices): JobQueue => ({
  name: 'count-standing',
  perKey: false,
  cron: '*/10 * * * *',
  retryLimit: 0,
  batchSize: 1,
  handle: () => countStanding(services.database.db, services.clock.now()),
});

export const BLOCKED_DAYS = 30;

export const countStanding = (db: Db, now: Instant): Promise<void> =>
  runTx(
    db,
    async (tx) => {
      const counts = { version: 1, ...(await countNow(tx, now)) };
      await sql`
        insert into standing_count (counts, counted_at) values (${JSON.stringify(counts)}, ${now})
        on conflict (one) do update set counts = excluded.counts, counted_at = excluded.counted_at`.execute(tx);
    },
    // Longer than a statement may take elsewhere: it looks at everybody.
    { timeoutMs: 0 },
  );

async function countNow(db: Db | Tx, now: Instant): Promise<Omit<Standing, 'countedAt'>> {
  const asked = askedConsent(DEFAULT_CONSENT_POLICY, { now, waived: false });
  return {
    reach: await countReach(db, await readEligibilityFacts(db, now, asked)),
    consent: await countConsents(db, now),
    blocked: await countBlocked(db, addMs(now, -BLOCKED_DAYS * DAY_MS)),
  };
}

/** One search of the primary key of consent for each contact. */
async function countConsents(db: Db | Tx, now: Instant): Promise<Standing['consent']> {
  const { rows } = await sql<Standing['consent']>`
    select count(*) filter (where k.kind = 'express_written' and ${inForce(now)}) as written,
      count(*) filter (where k.kind = 'express' and ${inForce(now)}) as express,
      count(*) filter (where k.state = 'opted_out') as opted_out
    from contact c join consent k on k.phone = c.phone and k.purpose = ${CAMPAIGN_PURPOSE}`.execute(db);
  return rows[0] ?? { written: 0, express: 0, optedOut: 0 };
}

const inForce = (now: Instant) => sql`k.valid_from <= ${now} and (k.valid_until is null or k.valid_until > ${now})`;

/** Index enrollment_skips. */
async function countBlocked(db: Db | Tx, since: Instant): Promise<Standing['blocked']> {
  const { rows } = await sql<{ reason: string; count: number }>`
    select e.skip_reason as reason, count(*) as count from enrollment e join campaign c on c.id = e.campaign_id
    where c.launched_at >= ${since} and e.state = 'skipped' group by 1 order by 2 desc, 1`.execute(db);
  return rows;
}

/** Few people are counted anew each time. */
const COUNTED_AT_ONCE_MAX = 5_000;

export async function readStanding(db: Db, now: Instant): Promise<Standing> {
  const { rows } = await sql<{ counts: Omit<Standing, 'countedAt'> | null; countedAt: Instant | null; few: boolean }>`
    select s.counts, s.counted_at, (select count(*) from (select from contact limit ${COUNTED_AT_ONCE_MAX}) c) < ${COUNTED_AT_ONCE_MAX} as few
    from (select) one left join standing_count s on true`.execute(db);
  const [row] = rows;
  if (row?.counts == null || row.countedAt === null || row.few) return { ...(await countNow(db, now)), countedAt: now };
  const { reach, consent, blocked } = row.counts;
  return { reach, consent, blocked, countedAt: row.countedAt };
}
