import { sql } from 'kysely';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { JobQueue } from '../platform/jobs.ts';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';
import type { Services } from '../services.ts';

/**
 * Texts by campaign, hour, variant, number and state, for rates of opt-outs. Counted behind the engine, which would meet itself at the
 * rows: an hour is made anew from its enrollments whenever it differs from what a trigger has counted (docs/decisions/0048).
 */
type TallyServices = Pick<Services, 'database' | 'clock'>;

export const tallyTextsJob = (services: TallyServices): JobQueue => ({
  name: 'tally-texts',
  perKey: false,
  cron: '* * * * *',
  retryLimit: 0,
  batchSize: 1,
  handle: () => tallyTexts(services),
});

/** What goes out changes these; older hours are looked through once an hour. */
const RECENT_MS = 2 * DAY_MS;
/** Of one look; the next one goes on. */
const HOURS_MAX = 200;

export async function tallyTexts({ database: { db }, clock }: TallyServices): Promise<void> {
  const now = clock.now();
  const since = now.toZonedDateTimeISO('UTC').minute === 0 ? null : addMs(now, -RECENT_MS);
  for (const hour of await differingHours(db, since)) await runTx(db, (tx) => tallyHour(tx, hour));
}

interface CampaignHour {
  readonly campaignId: Uuid;
  readonly hour: Instant;
}

/** The newest first. Index campaign_hour_hour, primary key of text_tally; small beside the texts. */
async function differingHours(db: Db, since: Instant | null): Promise<readonly CampaignHour[]> {
  const { rows } = await sql<CampaignHour>`
    select h.campaign_id, h.hour from campaign_hour h
    where h.hour >= coalesce(${since}::timestamptz, '-infinity')
      and h.sent <> coalesce((select sum(t.texts) from text_tally t where t.campaign_id = h.campaign_id and t.hour = h.hour), 0)
    order by h.hour desc, h.campaign_id limit ${HOURS_MAX}`.execute(db);
  return rows;
}

/** Index enrollment_sent. */
async function tallyHour(tx: Tx, { campaignId, hour }: CampaignHour): Promise<void> {
  await sql`delete from text_tally where campaign_id = ${campaignId} and hour = ${hour}`.execute(tx);
  await sql`
    insert into text_tally (campaign_id, hour, variant_id, lane_id, place, texts)
    select campaign_id, ${hour}, variant_id, lane_id, split_part(zone_group, '|', 1), count(*)
    from enrollment where campaign_id = ${campaignId} and sent_at >= ${hour} and sent_at < ${hour}::timestamptz + interval '1 hour'
      and variant_id is not null and lane_id is not null
    group by 1, 3, 4, 5
    on conflict (campaign_id, hour, variant_id, lane_id, place) do update set texts = excluded.texts`.execute(tx);
}
