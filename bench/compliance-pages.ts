import { sql } from 'kysely';
import { countStanding } from '../src/operations/count-standing.ts';
import type { Uuid } from '../src/platform/ids.ts';
import { countOption, percentile, report, shown } from './support/measure.ts';
import { draftCampaign, giveConsents, insertPeople, insertSender, PLACES } from './support/people.ts';
import { openProduct, ownerOf } from './support/product.ts';
import { type BenchWorld, openBenchWorld, tidy } from './support/world.ts';

/**
 * `node bench/compliance-pages.ts [--people=N] [--texts=N] [--json]`: how long the server takes to answer the pages of compliance, one after
 * the other as a person opens them, after a month of campaigns: everybody with a consent, one in fifty opted out, tallies of each hour,
 * campaign, lane and state. The reference is an answer that reads no growing table.
 */
const PEOPLE = countOption('people', 1_000_000);
const TEXTS = countOption('texts', 1_000_000);
const P95_MS_MAX = 100;
const DAYS = 30;
const HOURS_A_DAY = 12;
const CAMPAIGNS = 10;
const CAMPAIGNS_AT_ONCE = 2;
const ROUNDS = 60;
const WARM_UP_ROUNDS = 10;

const PAGES = {
  dashboard: '/v1/compliance/status',
  reportByCampaign: '/v1/opt-out-report?by=campaign',
  reportByState: '/v1/opt-out-report?by=state&days=90',
  reportOfOneState: '/v1/opt-out-report?by=hour&state=TX',
  reviews: '/v1/opt-out-reviews',
  doNotCallLists: '/v1/dnc-lists',
  consents: '/v1/consents?limit=50',
  auditLog: '/v1/audit-entries?limit=50',
  reference: '/v1/opt-out-wording',
} as const;

const world = await openBenchWorld({ name: 'compliance-pages', startsAt: new Date().toISOString() });
try {
  const laneIds: Uuid[] = [];
  for (const last of [1, 2]) {
    const sender = await insertSender(world, { gatewayRef: `PN${last}`, phone: `+1617555000${last}` });
    laneIds.push(sender.laneId);
  }
  await insertPeople(world, { count: PEOPLE, places: PLACES, tag: 'all' });
  await giveConsents(world);
  for (let n = 0; n < CAMPAIGNS; n += 1) await draftCampaign(world, { tag: 'all', laneIds });
  await insertTallies(world);
  await insertOptOuts(world);
  await insertTexts(world);
  await tidy(world, ['contact', 'consent', 'consent_event', 'suppression', 'opt_out', 'text_tally', 'message']);
  await countStanding(world.db, world.clock.now());
  const [tallies, optOuts] = [await countRows(world, 'text_tally'), await countRows(world, 'opt_out')];

  const api = await openProduct(world, 'api');
  const client = await ownerOf(api);
  const times = new Map(Object.keys(PAGES).map((page) => [page, [] as number[]]));
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1)
    for (const [page, path] of Object.entries(PAGES)) {
      const startedAt = performance.now();
      await client.get(path);
      if (round >= 0) times.get(page)?.push(performance.now() - startedAt);
    }
  await api.stop();

  const figures = Object.fromEntries(
    [...times].flatMap(([page, taken]) => [
      [`${page}P50Ms`, percentile(taken, 50)],
      [`${page}P95Ms`, percentile(taken, 95)],
    ]),
  );
  const pages = Object.keys(PAGES);
  report({
    bench: 'compliance-pages',
    figures: { people: PEOPLE, texts: TEXTS, tallies, optOuts, ...figures },
    requirements: pages.map((page) => ({ figure: `${page}P95Ms`, atMost: P95_MS_MAX })),
    lines: pages.map(
      (page) => `${page}: p50 ${shown(figures[`${page}P50Ms`] ?? 0)}, p95 ${shown(figures[`${page}P95Ms`] ?? 0)} ms`,
    ),
  });
} finally {
  await world.close();
}

async function countRows({ db }: BenchWorld, table: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db);
  return rows[0]?.n ?? Number.NaN;
}

/** Each hour of a day has two campaigns under way, in all states and lanes. */
async function insertTallies({ tx, clock }: BenchWorld): Promise<void> {
  const insert = sql`
    insert into text_tally (campaign_id, hour, variant_id, lane_id, place, texts)
    select c.id, date_trunc('hour', ${clock.now()}::timestamptz) - d * interval '1 day' - h * interval '1 hour', c.variant_id, l.id, p.place, 40 + (h * 7 + d) % 60
    from generate_series(0, ${DAYS - 2}::integer) d, generate_series(1, ${HOURS_A_DAY}::integer) h, lane l,
      (select distinct split_part(zone_group, '|', 1) as place from contact) p,
      (select campaign_id as id, id as variant_id, (row_number() over (order by id) - 1)::integer as n from campaign_variant) c
    where c.n / ${CAMPAIGNS_AT_ONCE}::integer = d % ${CAMPAIGNS / CAMPAIGNS_AT_ONCE}::integer`;
  await tx((open) => insert.execute(open));
}

/** What every suppression of the people was, each after a text of a tally, and its confirmation. */
async function insertOptOuts({ db, tx }: BenchWorld): Promise<void> {
  const optOuts = sql`
    with tally as (select t.*, row_number() over (order by md5(hour::text || place)) as n, count(*) over () as tallies from text_tally t)
    insert into opt_out (suppression_id, how, said_at, heard_at, in_force_at, enrollment_id, text_at, campaign_id, variant_id, lane_id, place)
    select s.id, (array['keyword', 'keyword', 'keyword', 'free_text', 'review', 'person'])[1 + s.n % 6], t.hour + interval '5 minutes',
      t.hour + interval '5 minutes', t.hour + interval '5 minutes' + s.n % 90 * interval '1 millisecond', gen_random_uuid(), t.hour,
      t.campaign_id, t.variant_id, t.lane_id, t.place
    from (select id, row_number() over (order by id) as n from suppression) s join tally t on t.n = 1 + s.n % t.tallies`;
  await tx((open) => optOuts.execute(open));
  const { rows } = await sql<{ accountId: Uuid; laneId: Uuid }>`
    select account_id, id as lane_id from lane limit 1`.execute(db);
  const confirmations = sql`
    insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id, not_before,
      created_at, attempted_at, sent_at)
    select gen_random_uuid(), ${rows[0]?.accountId}, ${rows[0]?.laneId}, 'outbound', 'opt_out_confirmation', s.phone, 'You get no more texts.',
      'GSM-7', 1, 'sent', 'ACconfirmed' || s.id, o.in_force_at, o.in_force_at, o.in_force_at, o.in_force_at + interval '2 seconds'
    from opt_out o join suppression s on s.id = o.suppression_id where o.how in ('keyword', 'free_text', 'review')`;
  await tx((open) => confirmations.execute(open));
}

/** What else the table has in it. */
async function insertTexts({ tx, clock }: BenchWorld): Promise<void> {
  const texts = sql`
    insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id, not_before,
      created_at, attempted_at, sent_at)
    select gen_random_uuid(), l.account_id, l.id, 'outbound', 'reply', c.phone, 'We come on Tuesday at nine.', 'GSM-7', 1, 'delivered',
      'ACtext' || c.n, c.at, c.at, c.at, c.at
    from (select phone, row_number() over (order by id) as n,
        ${clock.now()}::timestamptz - row_number() over (order by id) * interval '2 seconds' as at from contact) c,
      (select * from lane limit 1) l
    where c.n <= ${TEXTS}::integer`;
  await tx((open) => texts.execute(open));
}
