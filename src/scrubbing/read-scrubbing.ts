import { sql } from 'kysely';
import { staleBefore } from '../compliance/dnc-rules.ts';
import type { Db } from '../platform/database.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import { getBudget } from '../validation/budget-store.ts';
import { askedInMonth, type Block } from '../validation/decide-budget.ts';
import { getScrubSettings, type ScrubSettings, withoutKey } from './scrub-settings.ts';

export interface ScrubStatus extends Omit<ScrubSettings, 'keySealed'> {
  readonly keySet: boolean;
  readonly askedThisMonth: number;
  /** Why the service is not asked now. */
  readonly block: Block | null;
  readonly contacts: number;
  /** Of whom the service has said nothing, or too long ago for the law. */
  readonly unansweredContacts: number;
}

export async function readScrubbing(db: Db, now: Instant): Promise<ScrubStatus> {
  const settings = withoutKey(await getScrubSettings(db));
  const budget = settings.service === null ? undefined : await getBudget(db, settings.service);
  const block = budget?.block ?? null;
  return {
    ...settings,
    askedThisMonth: budget === undefined ? 0 : askedInMonth(budget, now),
    block: block !== null && isBefore(now, block.until) ? block : null,
    ...(await countContacts(db, settings.service, staleBefore(now))),
  };
}

/** Reads all contacts. Primary key of scrubbed_number. */
async function countContacts(
  db: Db,
  service: string | null,
  before: Instant,
): Promise<Pick<ScrubStatus, 'contacts' | 'unansweredContacts'>> {
  const { rows } = await sql<Pick<ScrubStatus, 'contacts' | 'unansweredContacts'>>`
    select count(*)::int as contacts, count(*) filter (where s.phone is null or s.checked_at < ${before})::int as unanswered_contacts
    from contact c left join scrubbed_number s on s.phone = c.phone and s.service = ${service}`.execute(db);
  return rows[0] ?? { contacts: 0, unansweredContacts: 0 };
}
