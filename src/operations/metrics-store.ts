import { sql } from 'kysely';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

export interface AccountPulse {
  readonly id: Uuid;
  readonly name: string;
  readonly paused: boolean;
  readonly breakerOpen: boolean;
  readonly held: boolean;
  readonly failures: number;
  /** Texts whose outcome is not known. */
  readonly unknown: number;
  /** Confirmations and replies that wait. */
  readonly answersWaiting: number;
}

/** Indexes message_unsettled and message_direct_pending, each walk bounded; else small tables. */
export async function readAccountPulses(db: Db, now: Instant): Promise<readonly AccountPulse[]> {
  const { rows } = await sql<AccountPulse>`
    select a.id, a.name, a.state = 'paused' as paused, a.breaker_open_since is not null as breaker_open,
      coalesce(l.expires_at > ${now}, false) as held, coalesce(l.failures, 0) as failures,
      (select count(*) from (select from message where account_id = a.id and state = 'unknown' limit ${COUNTED_MAX}) m) as unknown,
      (select count(*) from (select from message where account_id = a.id and state = 'pending' and purpose <> 'campaign'
        limit ${COUNTED_MAX}) m) as answers_waiting
    from gateway_account a left join account_lease l on l.account_id = a.id order by a.id`.execute(db);
  return rows;
}

const COUNTED_MAX = 10_000;

export interface EventPulse {
  readonly state: 'received' | 'retrying' | 'failed';
  readonly events: number;
}

/** Index gateway_event_open. */
export async function readEventPulses(db: Db): Promise<readonly EventPulse[]> {
  const { rows } = await sql<EventPulse>`
    select state, count(*) as events from (select state from gateway_event where state <> 'applied' limit ${COUNTED_MAX}) e group by 1`.execute(
    db,
  );
  return rows;
}
