import { type RawBuilder, sql } from 'kysely';

/**
 * Over `contact c`: no text of ours has gone out to the number, but for that of this enrollment, null for none. A reply is of no enrollment.
 * What was provably not sent told nobody anything. Index message_phone.
 */
export const neverTextedSql = (exceptEnrollment: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`not exists (
    select from message m where m.phone = c.phone and m.direction = 'outbound'
      and (m.enrollment_id is null or m.enrollment_id is distinct from ${exceptEnrollment}) and ${mayHaveGoneOut})`;

/** Over `message m`, an outbound one: all but what was provably not sent. */
export const mayHaveGoneOut = sql<boolean>`(m.state in ('handing_over', 'unknown', 'sent', 'delivered')
  or (m.state = 'failed' and m.gateway_message_id is not null))`;
