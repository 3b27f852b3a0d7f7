import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';

/** What may still change what is known of a number. */
export interface UnderWay {
  /** Handed over, and the gateway has not said what became of them. */
  readonly texts: number;
  /** Events of the gateway that are not applied yet: one of them may be a STOP. */
  readonly events: number;
}

/** Indexes message_phone and gateway_event_line. */
export async function readUnderWay(tx: Tx, phones: readonly string[]): Promise<UnderWay> {
  const { rows } = await sql<UnderWay>`
    select (select count(*) from message where phone = any(${phones}::text[]) and state in ('handing_over', 'unknown')) as texts,
      (select count(*) from gateway_event where account_id in (select id from gateway_account) and order_key = any(${phones}::text[])
        and state in ('received', 'retrying')) as events`.execute(tx);
  return rows[0] ?? { texts: 0, events: 0 };
}
