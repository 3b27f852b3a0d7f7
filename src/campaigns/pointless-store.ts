import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { PointlessAction } from './sending-options.ts';

/** `isPointless` (sending-options.ts) over `campaign c`; never null. */
export const isPointlessSql = (now: Instant): RawBuilder<boolean> => sql<boolean>`
  coalesce(c.pointless_after <= ${now}::timestamptz and (c.pointless_action = 'drop'
    or (c.pointless_action = 'ask' and c.pointless_asked is distinct from c.pointless_after)), false)`;

export interface PointlessCampaign {
  readonly name: string;
  readonly after: Instant;
  readonly action: PointlessAction;
  readonly waiting: number;
}

/**
 * Locks a running campaign whose instant has passed; undefined when that is not so (any more), or when somebody else is just at it.
 * Claims pass the campaign by while this lock is held; results wait for it.
 */
export async function holdPointlessCampaign(
  tx: Tx,
  campaignId: Uuid,
  now: Instant,
): Promise<PointlessCampaign | undefined> {
  const { rows } = await sql<PointlessCampaign>`
    select c.name, c.pointless_after as after, c.pointless_action as action,
      (select coalesce(sum(t.pending), 0) from campaign_totals t where t.campaign_id = c.id) as waiting
    from campaign c where c.id = ${campaignId} and c.state = 'running' and ${isPointlessSql(now)}
    for no key update of c skip locked`.execute(tx);
  return rows[0];
}

export async function markAsked(tx: Tx, campaignId: Uuid): Promise<void> {
  await sql`update campaign set pointless_asked = pointless_after where id = ${campaignId}`.execute(tx);
}
