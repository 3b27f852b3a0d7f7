import { z } from 'zod';
import { CLAIM_MAX } from '../src/sending/serve-campaigns.ts';
import { openBareLoop } from './support/bare-loop.ts';
import { checkBooks } from './support/books.ts';
import { openCampaignPage } from './support/campaign-page.ts';
import { startChild } from './support/child.ts';
import { countOption, percentile, report, shown } from './support/measure.ts';
import {
  draftCampaign,
  enroll,
  insertPeople,
  insertSender,
  PLACES,
  pauseCampaign,
  startCampaign,
} from './support/people.ts';
import { startWorker } from './support/worker.ts';
import { openBenchWorld, tidy } from './support/world.ts';

/**
 * `node bench/send.ts [--people=N] [--texts=N] [--json]`: texts per second of one worker with one account, from a campaign of a million
 * people. First through a gateway that takes every text at once, in turns with the reference; then while somebody looks at the
 * campaign's page; then over HTTP to the sandbox. The best of three rounds counts, for us and for the reference.
 */
const PEOPLE = countOption('people', 1_000_000);
const TEXTS = countOption('texts', 30_000);
const ROUNDS = 3;
const WARM_UP_TEXTS = TEXTS / 6;
const PAGE_VIEWS = 100;
const PAGE_EVERY_MS = 100;
const PHONES = ['+16175550001', '+16175550002'] as const;

// A Tuesday, 13:00 in New York: open in all states but Hawaii.
const world = await openBenchWorld({ name: 'send', startsAt: '2026-11-17T18:00:00Z' });
try {
  const sandbox = startChild('sandbox-server.ts', [world.clock.now().toString(), PHONES[1]]);
  const { url: baseUrl } = z.object({ url: z.string() }).parse(await sandbox.told());
  const toNull = await insertSender(world, { gatewayRef: 'PNnull', phone: PHONES[0] });
  const toSandbox = await insertSender(world, { baseUrl, gatewayRef: 'PNsandbox', phone: PHONES[1] });
  await insertPeople(world, { count: PEOPLE, places: PLACES, tag: 'all' });
  await insertPeople(world, { count: 6 * TEXTS, places: PLACES, tag: 'http', crowd: 1 });
  const campaign = await draftCampaign(world, { tag: 'all', laneIds: [toNull.laneId] });
  const overHttp = await draftCampaign(world, { tag: 'http', laneIds: [toSandbox.laneId] });
  for (const each of [campaign, overHttp]) await enroll(world, each);
  await tidy(world, ['contact', 'suppression', 'enrollment']);
  const bare = await openBareLoop(world, { campaignId: campaign.id, laneId: toNull.laneId, batch: CLAIM_MAX });
  const worker = startWorker(world);
  const rateOf = async ({ id }: { readonly id: string }): Promise<number> => {
    await startCampaign(world, id);
    await worker.rate(id, WARM_UP_TEXTS);
    const rate = await worker.rate(id, TEXTS);
    await pauseCampaign(world, id);
    return rate;
  };

  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({
      bareEach: await bare.claimThenUpdateEach(TEXTS),
      bareThen: await bare.claimThenUpdate(TEXTS),
      bareAtOnce: await bare.claimAndUpdate(TEXTS),
      handOver: await rateOf(campaign),
    });
  await bare.close();

  const page = await openCampaignPage(world, campaign.id);
  await startCampaign(world, campaign.id);
  const views = [];
  for (let view = -5; view < PAGE_VIEWS; view += 1) {
    const seen = await page.open();
    if (view >= 0) views.push(seen);
    await world.clock.sleep(PAGE_EVERY_MS);
  }
  await pauseCampaign(world, campaign.id);
  await page.close();

  const http = [];
  for (let round = 0; round < ROUNDS; round += 1) http.push(await rateOf(overHttp));
  const { maxRssBytes } = await worker.stop();
  const { accepted } = z.object({ accepted: z.number() }).parse(await sandbox.stop());
  await checkBooks(world, campaign.id);
  const recorded = await checkBooks(world, overHttp.id);
  if (recorded !== accepted) throw new Error(`the sandbox accepted ${accepted} texts, ${recorded} are recorded`);
  tell({ rounds, views, http, maxRssBytes });
} finally {
  await world.close();
}

interface Measured {
  readonly rounds: readonly {
    readonly bareEach: number;
    readonly bareThen: number;
    readonly bareAtOnce: number;
    readonly handOver: number;
  }[];
  readonly views: readonly { readonly live: number; readonly recipients: number; readonly sent: number }[];
  readonly http: readonly number[];
  readonly maxRssBytes: number;
}

function tell({ rounds, views, http, maxRssBytes }: Measured): void {
  const best = (values: readonly number[]): number => Math.round(Math.max(...values));
  const handOverPerSecond = best(rounds.map((round) => round.handOver));
  const barePerSecond = best(rounds.map((round) => round.bareEach));
  const bareGatheredPerSecond = best(rounds.map((round) => round.bareThen));
  const bareAtOncePerSecond = best(rounds.map((round) => round.bareAtOnce));
  const ofBare = handOverPerSecond / barePerSecond;
  const ofBareGathered = handOverPerSecond / bareGatheredPerSecond;
  const ofBareAtOnce = handOverPerSecond / bareAtOncePerSecond;
  const httpPerSecond = best(http);
  const pageP95Ms = {
    live: percentile(
      views.map((view) => view.live),
      95,
    ),
    recipients: percentile(
      views.map((view) => view.recipients),
      95,
    ),
    sent: percentile(
      views.map((view) => view.sent),
      95,
    ),
  };
  report({
    bench: 'send',
    figures: {
      people: PEOPLE,
      handOverPerSecond,
      barePerSecond,
      ofBare,
      bareGatheredPerSecond,
      ofBareGathered,
      bareAtOncePerSecond,
      ofBareAtOnce,
      httpPerSecond,
      livePageP95Ms: pageP95Ms.live,
      recipientsP95Ms: pageP95Ms.recipients,
      sentRecipientsP95Ms: pageP95Ms.sent,
      maxRssBytes,
    },
    requirements: [
      { figure: 'handOverPerSecond', atLeast: 3_000 },
      { figure: 'ofBare', atLeast: 0.5 },
      { figure: 'httpPerSecond', atLeast: 1_500 },
      { figure: 'livePageP95Ms', atMost: 100 },
      { figure: 'recipientsP95Ms', atMost: 100 },
      { figure: 'sentRecipientsP95Ms', atMost: 100 },
      { figure: 'maxRssBytes', atMost: 300e6 },
    ],
    lines: [
      `one worker, one account, a campaign of ${shown(PEOPLE)} people, database on the same machine; best of ${ROUNDS} rounds of ${shown(TEXTS)}`,
      `  hand-over, gateway in the process       ${shown(handOverPerSecond)} texts/s (${rounds.map((round) => shown(Math.round(round.handOver))).join(', ')})`,
      `  reference: bare claim, each row updated ${shown(barePerSecond)} rows/s; the engine has ${percent(ofBare)} of it`,
      `  with the answers of a claim gathered    ${shown(bareGatheredPerSecond)} rows/s; the engine has ${percent(ofBareGathered)} of it`,
      `  the same in one transaction             ${shown(bareAtOncePerSecond)} rows/s; the engine has ${percent(ofBareAtOnce)} of it`,
      `  over HTTP to the sandbox                ${shown(httpPerSecond)} texts/s (${http.map((rate) => shown(Math.round(rate))).join(', ')})`,
      `  while it sends, p95 of ${PAGE_VIEWS}: live page ${shown(pageP95Ms.live)} ms, recipients ${shown(pageP95Ms.recipients)} ms, those texted ${shown(pageP95Ms.sent)} ms`,
      `  memory of the worker                    ${shown(maxRssBytes / 1e6)} MB at most`,
    ],
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
