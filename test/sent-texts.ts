import { sql } from 'kysely';
import type { Db } from '../src/platform/database.ts';
import type { Uuid } from '../src/platform/ids.ts';
import type { Instant } from '../src/platform/time.ts';

/** What waits of a campaign went out from this number at this time, to these people or to everybody, in this variant or in their own. */
export async function sendWaiting(
  db: Db,
  {
    campaignId,
    laneId,
    at,
    phones = null,
    variant = null,
  }: {
    readonly campaignId: Uuid;
    readonly laneId: Uuid;
    readonly at: Instant;
    readonly phones?: readonly string[] | null;
    readonly variant?: string | null;
  },
): Promise<void> {
  await sql`
    with sent as (
      update enrollment e set state = 'sent', sent_at = ${at}, lane_id = ${laneId},
        variant_id = coalesce((select v.id from campaign_variant v where v.campaign_id = e.campaign_id and v.label = ${variant}::text), e.variant_id)
      where e.campaign_id = ${campaignId} and e.state = 'pending' and (${phones}::text[] is null or e.phone = any(${phones}::text[]))
      returning e.id, e.phone)
    insert into message (id, account_id, lane_id, direction, purpose, enrollment_id, phone, body, encoding, parts, state,
      gateway_message_id, lease_epoch, not_before, created_at, attempted_at, sent_at)
    select gen_random_uuid(), l.account_id, l.id, 'outbound', 'campaign', s.id, s.phone, 'hi', 'GSM-7', 1, 'sent', s.id, 1, ${at}, ${at},
      ${at}, ${at} from sent s, lane l where l.id = ${laneId}`.execute(db);
}
