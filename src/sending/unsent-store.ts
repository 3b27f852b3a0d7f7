import { sql } from 'kysely';
import { mayHaveGoneOut } from '../messages/texted-before.ts';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';

/**
 * A claim marks its people before their texts are handed over: when they were last texted, and which number they know. Of a text that
 * provably did not go out both are taken back here, beside the many that went out, which then cost nothing more.
 */

/** Locks the people of these texts, in one order; before the texts, as everywhere. */
export async function lockPeopleOf(tx: Tx, messageIds: readonly Uuid[]): Promise<void> {
  if (messageIds.length === 0) return;
  await sql`
    select 1 from contact c where c.id in (select m.contact_id from message m where m.id = any(${messageIds}::uuid[]))
    order by c.id for no key update`.execute(tx);
}

/**
 * Of those of these texts that did not go out, once that is recorded: their people were texted last by what else went out to them,
 * and know a number only from a text that may have arrived, or because they wrote to it. Whoever waits again waits for the number
 * that they know, or for any. Call `lockPeopleOf` before. Indexes message_phone and
 * message_contact: also by what another number of theirs was texted, before two contacts became one.
 */
export async function forgetUnsent(tx: Tx, messageIds: readonly Uuid[]): Promise<void> {
  if (messageIds.length === 0) return;
  await sql`
    with unsent as (
      select t.enrollment_id, t.contact_id, t.lane_id, t.attempted_at,
        coalesce(t.decision ->> 'lane' <> 'known to the person', false) as was_new
      from message t
      where t.id = any(${messageIds}::uuid[]) and t.purpose = 'campaign' and t.state in ('pending', 'failed', 'cancelled')
        and t.gateway_message_id is null
    ), person as (
      update contact c set
        last_campaign_text_at = case when c.last_campaign_text_at = any(u.attempts) then (
          select max(m.attempted_at) from message m where (m.phone = c.phone or m.contact_id = c.id) and m.purpose = 'campaign' and ${mayHaveGoneOut})
          else c.last_campaign_text_at end,
        lane_id = case when c.lane_id = any(u.new_lanes) and not exists (
          select from message m where (m.phone = c.phone or m.contact_id = c.id) and m.lane_id = c.lane_id and (m.direction = 'inbound' or ${mayHaveGoneOut}))
          then null else c.lane_id end
      -- Texts of several campaigns to one person may end together.
      from (select contact_id, array_agg(attempted_at) as attempts, array_agg(lane_id) filter (where was_new) as new_lanes
        from unsent group by contact_id) u
      where c.id = u.contact_id
      returning c.id, c.lane_id
    )
    update enrollment e set lane_id = (
      select cl.lane_id from campaign_lane cl where cl.campaign_id = e.campaign_id and cl.lane_id = p.lane_id)
    from unsent u join person p on p.id = u.contact_id
    where e.id = u.enrollment_id and e.state = 'pending'`.execute(tx);
}
