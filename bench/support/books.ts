import { sql } from 'kysely';
import type { Uuid } from '../../src/platform/ids.ts';
import type { BenchWorld } from './world.ts';

/** A rate counts only when every text of it is in the books, once: throws otherwise. Returns the texts that were accepted. */
export async function checkBooks({ db }: BenchWorld, campaignId: Uuid): Promise<number> {
  const { rows } = await sql<
    Record<'counted' | 'enrolled' | 'texts' | 'gatewayIds' | 'attempts' | 'decisions' | 'open', number>
  >`
    select (select sum(accepted)::bigint from campaign_totals where campaign_id = ${campaignId}) as counted,
      count(*) filter (where e.state = 'sent') as enrolled, count(m.id) filter (where m.state = 'sent') as texts,
      count(distinct m.gateway_message_id) as gateway_ids, count(a.message_id) filter (where a.outcome = 'accepted') as attempts,
      count(m.decision) as decisions, count(*) filter (where e.state in ('handing_over', 'unknown')) as open
    from enrollment e left join message m on m.enrollment_id = e.id left join message_attempt a on a.message_id = m.id
    where e.campaign_id = ${campaignId}`.execute(db);
  const [books] = rows;
  if (books === undefined) throw new Error(`campaign ${campaignId} has no books`);
  const { open, counted, ...others } = books;
  if (open > 0 || Object.values(others).some((count) => count !== counted))
    throw new Error(`the books of campaign ${campaignId} do not agree: ${JSON.stringify(books)}`);
  return counted;
}
