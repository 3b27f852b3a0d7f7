import { sql } from 'kysely';

/** Over `message m`: what has gone or may have gone. It counts against every limit. */
export const COUNTS = sql`(m.state in ('handing_over', 'unknown', 'sent', 'delivered') or m.gateway_message_id is not null)`;
