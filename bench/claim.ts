import type { Uuid } from '../src/platform/ids.ts';
import type { KnownStanding } from '../src/sending/claim-store.ts';
import { CLAIM_MAX } from '../src/sending/serve-campaigns.ts';
import { isOpen, openClaims } from './support/claims.ts';
import { countOption, percentile, report, shown } from './support/measure.ts';
import {
  draftCampaign,
  enroll,
  giveConsents,
  insertPeople,
  insertSender,
  PLACES,
  startCampaign,
} from './support/people.ts';
import { openBenchWorld, tidy } from './support/world.ts';

/**
 * `node bench/claim.ts [--people=N] [--json]`: the engine's own claims (the largest that it makes) from a campaign in which a hundredth
 * of the people are in open windows and the others wait for theirs. The reference, claimed in turns with it, is a campaign of that
 * hundredth alone.
 */
const PEOPLE = countOption('people', 1_000_000);
const OPEN = PEOPLE / 100;
const P95_MS_MAX = 20;
/** Rounds after which the statements of a claim are prepared, as they are in a worker that has sent for some seconds. */
const WARM_UP = 40;
/** A fifth keeps waiting, so that every claim finds as much as it may take. */
const CLAIMS = Math.floor((OPEN * 0.8) / CLAIM_MAX) - WARM_UP;

// A Tuesday, 8:30 in New York: open on the East coast, closed everywhere else.
const world = await openBenchWorld({ name: 'claim', startsAt: '2026-11-17T13:30:00Z' });
try {
  const open = PLACES.filter((place) => isOpen(world, place));
  const closed = PLACES.filter(({ zoneGroup }) => zoneGroup.endsWith('/Los_Angeles') || zoneGroup.endsWith('/Denver'));
  const { laneId, accountId } = await insertSender(world, { gatewayRef: 'PNbench', phone: '+16175550001' });
  // Of a lane that new people go to: each campaign has its own people.
  await insertPeople(world, { count: OPEN, places: open, tag: 'few' });
  await insertPeople(world, { count: OPEN, places: open, tag: 'many', crowd: 1 });
  await insertPeople(world, { count: PEOPLE - OPEN, places: closed, tag: 'many', crowd: 2 });
  await giveConsents(world);
  const few = await draftCampaign(world, { tag: 'few', laneIds: [laneId] });
  const many = await draftCampaign(world, { tag: 'many', laneIds: [laneId] });
  for (const campaign of [few, many]) await enroll(world, campaign);
  for (const campaign of [few, many]) await startCampaign(world, campaign.id);
  await tidy(world, ['contact', 'suppression', 'consent', 'enrollment']);

  const claimOf = await openClaims(world, { accountId, laneId, campaigns: [few, many] });
  const known: KnownStanding = { standing: undefined };
  const claim = (campaignId: Uuid, limit: number): Promise<number> => claimOf(campaignId, limit, known);
  const times = { few: [] as number[], many: [] as number[], two: [] as number[] };
  for (let round = -WARM_UP; round < CLAIMS; round += 1) {
    const [ofFew, ofMany, ofTwo] = [
      await claim(few.id, CLAIM_MAX),
      await claim(many.id, CLAIM_MAX),
      await claim(many.id, 2),
    ];
    if (round < 0) continue;
    times.few.push(ofFew);
    times.many.push(ofMany);
    times.two.push(ofTwo);
  }
  tell(times);
} finally {
  await world.close();
}

function tell(times: Readonly<Record<'few' | 'many' | 'two', readonly number[]>>): void {
  const [claimP95Ms, referenceP95Ms] = [percentile(times.many, 95), percentile(times.few, 95)];
  const [claimP50Ms, referenceP50Ms] = [percentile(times.many, 50), percentile(times.few, 50)];
  const [twoP50Ms, twoP95Ms] = [percentile(times.two, 50), percentile(times.two, 95)];
  const growth = claimP50Ms / referenceP50Ms;
  const maxRssBytes = process.resourceUsage().maxRSS * 1_024;
  report({
    bench: 'claim',
    figures: {
      people: PEOPLE,
      peopleInOpenWindows: OPEN,
      textsPerClaim: CLAIM_MAX,
      claims: times.many.length,
      claimP50Ms,
      claimP95Ms,
      referenceP50Ms,
      referenceP95Ms,
      growth,
      twoP50Ms,
      twoP95Ms,
      maxRssBytes,
    },
    requirements: [
      { figure: 'claimP95Ms', atMost: P95_MS_MAX },
      { figure: 'growth', atMost: 1.5 },
      { figure: 'maxRssBytes', atMost: 300e6 },
    ],
    lines: [
      `claims of ${CLAIM_MAX} texts, database on the same machine, ${times.many.length} of each`,
      `  ${shown(PEOPLE)} wait, ${shown(PEOPLE - OPEN)} of them in closed windows  p50 ${shown(claimP50Ms)} ms, p95 ${shown(claimP95Ms)} ms`,
      `  reference: ${shown(OPEN)} wait, all in open windows   p50 ${shown(referenceP50Ms)} ms, p95 ${shown(referenceP95Ms)} ms`,
      `  a hundred times as many take ${growth.toFixed(2)} times as long (p50)`,
      `  a claim of 2, as an account of 8 texts/s makes them  p50 ${shown(twoP50Ms)} ms, p95 ${shown(twoP95Ms)} ms`,
    ],
  });
}
