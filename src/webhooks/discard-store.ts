import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import type { EventSelection } from './event-filter.ts';
import { conditionsOf } from './event-walk.ts';

export interface Discard {
  readonly actor: string;
  readonly actorName: string;
  readonly reason: string;
  readonly now: Instant;
  /** So many at most, the newest first. */
  readonly limit: number;
  readonly walkMax: number;
}

/** Marks those that match and rest as failed, and writes it into their history; how many. Indexes: event-walk.ts. */
export async function discardFailed(tx: Tx, selection: EventSelection, discard: Discard): Promise<number> {
  const { along, kept } = conditionsOf(selection);
  const { actor, actorName, reason, now, limit, walkMax } = discard;
  const { rows } = await sql`
    with chosen as materialized (
      select e.id from (select * from gateway_event e where ${along} order by e.id desc limit ${walkMax}) e
      where ${kept} and e.state = 'failed' order by e.id desc limit ${limit}
    ), gone as (
      update gateway_event e set state = 'discarded', attempts = attempts + 1
      from chosen where e.id = chosen.id and e.state = 'failed' returning e.id, e.attempts
    )
    insert into gateway_event_attempt (event_id, attempt, at, outcome, actor, actor_name, reason)
    select id, attempts, ${now}, 'discarded', ${actor}, ${actorName}, ${reason} from gone returning event_id`.execute(
    tx,
  );
  return rows.length;
}

/** Whether any event that matches rests as failed. Indexes: event-walk.ts. */
export async function anyFailed(db: Db | Tx, selection: EventSelection, walkMax: number): Promise<boolean> {
  const { along, kept } = conditionsOf(selection);
  const { rows } = await sql`
    select 1 from (select * from gateway_event e where ${along} order by e.id desc limit ${walkMax}) e
    where ${kept} and e.state = 'failed' limit 1`.execute(db);
  return rows.length === 1;
}
