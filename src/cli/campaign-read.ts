import { audienceSentence } from '../audiences/audience.ts';
import { getBusiness } from '../business/business-store.ts';
import { type Campaign, type CampaignState, enrolledIn, type Totals } from '../campaigns/campaign.ts';
import { listCampaigns } from '../campaigns/campaign-store.ts';
import { expectedFinishes } from '../campaigns/expected-finish.ts';
import { type LiveCampaign, readLiveCampaign } from '../campaigns/live-campaign.ts';
import { showCampaign, showForecast } from '../http/routes/campaign-routes.ts';
import { localTime } from '../platform/calendar.ts';
import { showId } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { findCampaign } from './find-campaign.ts';
import { costWords, forecastFacts } from './forecast-words.ts';
import { withServices } from './open-services.ts';
import { sendingFacts } from './sending-words.ts';
import type { Shell } from './shell.ts';
import { table } from './words.ts';

export interface ListOptions {
  readonly state?: CampaignState;
  readonly search?: string;
  readonly limit?: number;
  readonly json?: true;
}

export interface ShowOptions {
  readonly json?: true;
}

const PAGE_ROWS = 200;

/** One JSON line per campaign, of the shape that the API has; or a table for people. */
export async function listCommand(options: ListOptions, shell: Shell): Promise<void> {
  const { state, search, json, limit = Number.POSITIVE_INFINITY } = options;
  await withServices(shell, async ({ database, clock }) => {
    const { zone } = await getBusiness(database.db);
    let left = limit;
    for (let after: { createdAt: string; id: string } | undefined; left > 0; ) {
      const page = await listCampaigns(database.db, { state, search, after, limit: Math.min(left, PAGE_ROWS) });
      const finishes = await expectedFinishes(database.db, clock, page);
      if (json) await shell.out.json(...page.map((campaign) => showCampaign(campaign, finishes.get(campaign.id))));
      else if (page.length > 0)
        await shell.out.lines(
          ...table(page.map((campaign) => campaignRow(campaign, endWords(finishes.get(campaign.id), zone)))),
        );
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_ROWS) return;
      left -= page.length;
      after = { createdAt: last.createdAt.toString(), id: last.id };
    }
  });
}

const endWords = (finishAt: Instant | undefined, zone: string): string =>
  finishAt === undefined ? '' : `, ends about ${localTime(finishAt, zone)}`;

const campaignRow = (campaign: Campaign, end: string): readonly string[] => [
  showId('campaign', campaign.id),
  campaign.state,
  campaign.state === 'draft'
    ? audienceSentence(campaign.audience)
    : `sent ${ofBase(campaign.totals.accepted, peopleIn(campaign.totals), 'people')}${end}`,
  campaign.name,
];

/** Those who are to be texted. */
const peopleIn = (totals: Totals): number => enrolledIn(totals) - totals.skipped;

/** A text can fail before the gateway takes it, and after. */
function failedWords({ accepted, sent, delivered, failed }: Totals): string {
  const after = accepted - sent - delivered;
  return failed === 0 ? 'none' : `${failed}: ${after} after the gateway took them, ${failed - after} before`;
}

/** "412 of 488 people (84.4%)": a rate is never shown without what it is a rate of. */
const ofBase = (part: number, whole: number, base: string): string =>
  `${part} of ${whole} ${base}${whole === 0 ? '' : ` (${((part / whole) * 100).toFixed(1)}%)`}`;

/** The campaign as the API shows it, with what its live page says. */
export async function showCommand(reference: string, { json }: ShowOptions, shell: Shell): Promise<void> {
  await withServices(shell, async ({ database: { db }, clock }) => {
    const campaign = await findCampaign(db, reference);
    const live = await readLiveCampaign(db, clock, campaign);
    if (json) await shell.out.json(liveJson(live));
    else await shell.out.lines(...livePage(live, (await getBusiness(db)).zone));
  });
}

const liveJson = (live: LiveCampaign) => ({
  ...showCampaign(live.campaign, live.forecast?.finishAt),
  waiting: live.waiting,
  forecast: live.forecast === undefined ? null : showForecast(live.forecast),
  cost: live.cost,
  ratePerMinute: live.ratePerMinute,
  failures: live.failures,
  skips: live.skips,
});

function livePage(live: LiveCampaign, zone: string): readonly string[] {
  const { campaign } = live;
  const { totals } = campaign;
  const facts: (readonly [string, string])[] = [
    ['State', campaign.stateReason === null ? campaign.state : `${campaign.state} (${campaign.stateReason})`],
    ['Audience', audienceSentence(campaign.audience)],
    ...sendingFacts(campaign, zone),
    ['From', live.lanes.map((lane) => `${lane.name} ${lane.phone}`).join(', ') || 'no number'],
    ...campaign.variants.map(({ label, body }): readonly [string, string] => [
      `Text ${label}`,
      body.replace(/\s*\n\s*/g, ' / '),
    ]),
  ];
  if (campaign.state !== 'draft')
    facts.push(
      [
        'Enrolled',
        `${enrolledIn(totals)}: ${totals.skipped} left out, ${totals.pending} waiting, ${totals.handingOver + totals.unknown} being handed over`,
      ],
      ['Sent', ofBase(totals.accepted, peopleIn(totals), 'people')],
      ['Delivered', ofBase(totals.delivered, totals.accepted, 'sent')],
      ['Failed', failedWords(totals)],
      ['Replied', ofBase(totals.replied, totals.delivered, 'delivered')],
      ['Opted out', ofBase(totals.optedOut, totals.delivered, 'delivered')],
    );
  if (live.waiting !== null) facts.push(['Waits for', live.waiting.sentence]);
  if (campaign.state !== 'draft') facts.push(['Costs', costWords(live.cost)]);
  if (live.forecast !== undefined) facts.push(...forecastFacts(live.forecast, live.lanes, zone));
  return [
    `${campaign.name}  ${showId('campaign', campaign.id)}`,
    ...table(facts.map(([name, value]) => [`  ${name}`, value])),
    ...live.failures.map((failure) => `  ${failure.count} failed: ${failure.sentence}`),
    ...live.skips.map((skip) => `  ${skip.count} left out: ${skip.sentence}`),
  ];
}
