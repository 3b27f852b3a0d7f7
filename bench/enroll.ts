import { sql } from 'kysely';
import type { Campaign } from '../src/campaigns/campaign.ts';
import { DEFAULT_CONSENT_POLICY } from '../src/compliance/consent-policy.ts';
import { countOption, report, shown } from './support/measure.ts';
import { draftCampaign, enroll, giveConsents, insertPeople, insertSender, PLACES } from './support/people.ts';
import { openBenchWorld, tidy } from './support/world.ts';

/**
 * `node bench/enroll.ts [--people=N] [--json]`: enrolls everybody who has a tag, with the statement that a launch uses (rules of
 * eligibility, variants, counters of the campaign). The reference is a bare `insert ... select` of as many people into the same
 * table, with its indexes, foreign keys and triggers; beside it, a campaign that asks for consent. All begin with the table empty, and
 * the better of two rounds counts.
 */
const PEOPLE = countOption('people', 1_000_000);
const ROUNDS = 2;
const SECONDS_MAX = 30;
const TIMES_REFERENCE_MAX = 2;
const RSS_MAX = 300e6;

const world = await openBenchWorld({ name: 'enroll', startsAt: '2026-11-17T18:00:00Z' });
try {
  const { laneId } = await insertSender(world, { gatewayRef: 'PNbench', phone: '+16175550001' });
  await insertPeople(world, { count: PEOPLE, places: PLACES, tag: 'all' });
  await giveConsents(world);
  await tidy(world, ['contact', 'suppression', 'consent']);
  const campaign = await draftCampaign(world, { tag: 'all', laneIds: [laneId] });
  const asking = await draftCampaign(world, { tag: 'all', laneIds: [laneId], consent: DEFAULT_CONSENT_POLICY });
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({
      enroll: await timed(() => enroll(world, campaign)),
      asking: await timed(() => enroll(world, asking)),
      bare: await timed(() => insertBare(campaign)),
    });
  tell({
    enrollSeconds: Math.min(...rounds.map((round) => round.enroll)),
    askingSeconds: Math.min(...rounds.map((round) => round.asking)),
    bareSeconds: Math.min(...rounds.map((round) => round.bare)),
  });
} finally {
  await world.close();
}

async function insertBare({ id, variants: [variant] }: Campaign): Promise<void> {
  const now = world.clock.now();
  await world.tx((tx) =>
    sql`
        insert into enrollment (id, campaign_id, contact_id, phone, variant_id, zone_group, state, not_before, created_at)
        select uuidv7(), ${id}, id, phone, ${variant?.id}, zone_group, 'pending', ${now}, ${now}
        from contact where tags && array['all']`.execute(tx),
  );
}

/** Seconds; the table is empty before, and everybody is in it afterwards. */
async function timed(work: () => Promise<void>): Promise<number> {
  await world.tx(async (tx) => {
    await sql`truncate enrollment, message, message_attempt, health_check`.execute(tx);
    await sql`delete from campaign_totals`.execute(tx);
    await sql`delete from campaign_zone_group`.execute(tx);
  });
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  const { rows } = await sql<{ n: number }>`select count(*) as n from enrollment`.execute(world.db);
  if (rows[0]?.n !== PEOPLE) throw new Error(`${PEOPLE} people were to be enrolled, ${rows[0]?.n} are`);
  return seconds;
}

interface Measured {
  readonly enrollSeconds: number;
  /** Of a campaign that asks for written consent, which everybody has given. */
  readonly askingSeconds: number;
  readonly bareSeconds: number;
}

function tell({ enrollSeconds, askingSeconds, bareSeconds }: Measured): void {
  const timesBare = enrollSeconds / bareSeconds;
  const timesWithoutConsent = askingSeconds / enrollSeconds;
  // Of this whole process, which also made the people.
  const maxRssBytes = process.resourceUsage().maxRSS * 1_024;
  report({
    bench: 'enroll',
    figures: { people: PEOPLE, enrollSeconds, askingSeconds, bareSeconds, timesBare, timesWithoutConsent, maxRssBytes },
    requirements: [
      { figure: 'enrollSeconds', atMost: SECONDS_MAX },
      { figure: 'timesBare', atMost: TIMES_REFERENCE_MAX },
      { figure: 'timesWithoutConsent', atMost: TIMES_REFERENCE_MAX },
      { figure: 'maxRssBytes', atMost: RSS_MAX },
    ],
    lines: [
      `enrolling ${shown(PEOPLE)} people, database on the same machine, better of ${ROUNDS} rounds`,
      `  with every rule of eligibility          ${shown(enrollSeconds)} s`,
      `  and asking everybody’s consent          ${shown(askingSeconds)} s; that takes ${timesWithoutConsent.toFixed(2)} times as long`,
      `  reference: bare insert ... select       ${shown(bareSeconds)} s; the rules take ${timesBare.toFixed(2)} times as long`,
      `  memory of the process at most           ${shown(maxRssBytes / 1e6)} MB`,
    ],
  });
}
