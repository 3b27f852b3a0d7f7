import { sql } from 'kysely';
import { startOfDay } from '../platform/calendar.ts';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { freshPace } from '../sending/decide-pace.ts';

/**
 * Counts anew what a campaign has used of the hour and the day: while it had no pace nobody counted, and a pace that comes in the
 * middle of an hour holds for the whole of it. The next text of an evenly spread one is due at once. Indexes enrollment_sent and
 * enrollment_recipients.
 */
export async function recountPace(
  tx: Tx,
  campaignId: Uuid,
  { now, day, zone }: { readonly now: Instant; readonly day: string; readonly zone: string },
): Promise<void> {
  const { hourStart, nextAt } = freshPace({ now, day });
  await sql`
    insert into campaign_pace as p (campaign_id, hour_start, hour_texts, day, day_texts, next_at)
    select ${campaignId}, ${hourStart}, started.open + sent.of_hour, ${day}, started.open + sent.of_day, ${nextAt}
    from (select count(*) as open from enrollment
        where campaign_id = ${campaignId} and state in ('handing_over', 'unknown')) started,
      (select count(*) filter (where sent_at >= ${hourStart}) as of_hour, count(*) as of_day from enrollment
        where campaign_id = ${campaignId} and sent_at >= ${startOfDay(zone, day)}) sent
    on conflict (campaign_id) do update set hour_start = excluded.hour_start, hour_texts = excluded.hour_texts,
      day = excluded.day, day_texts = excluded.day_texts, next_at = excluded.next_at`.execute(tx);
}
