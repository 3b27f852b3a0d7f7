import { audienceSentence } from '../audiences/audience.ts';
import { getBusiness } from '../business/business-store.ts';
import { type Campaign, type CampaignState, enrolledIn } from '../campaigns/campaign.ts';
import { listCampaigns } from '../campaigns/campaign-store.ts';
import { type LiveCampaign, readLiveCampaign } from '../campaigns/live-campaign.ts';
import { showCampaign } from '../http/routes/campaign-routes.ts';
import { showId } from '../platform/ids.ts';
import { findCampaign } from './find-campaign.ts';
import { withServices } from './open-services.ts';
import type { Shell } from './shell.ts';
import { count, localTime, table } from './words.ts';

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
  await withServices(shell, async ({ database }) => {
    let left = limit;
    for (let after: { createdAt: string; id: string } | undefined; left > 0; ) {
      const page = await listCampaigns(database.db, { state, search, after, limit: Math.min(left, PAGE_ROWS) });
      if (json) await shell.out.json(...page.map((campaign) => showCampaign(campaign)));
      else if (page.length > 0) await shell.out.lines(...table(page.map(campaignRow)));
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_ROWS) return;
      left -= page.length;
      after = { createdAt: last.createdAt.toString(), id: last.id };
    }
  });
}

const campaignRow = (campaign: Campaign): readonly string[] => [
  showId('campaign', campaign.id),
  campaign.state,
  campaign.state === 'draft'
    ? audienceSentence(campaign.audience)
    : `${campaign.totals.delivered} of ${enrolledIn(campaign.totals) - campaign.totals.skipped} delivered`,
  campaign.name,
];

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
  ...showCampaign(live.campaign, live.expectedFinishAt?.toString() ?? null),
  waitingFor: live.waitingFor,
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
      ['Texts', `${totals.sent + totals.delivered} taken, ${totals.delivered} delivered, ${totals.failed} failed`],
      ['Replies', `${count(totals.replied, 'person', 'people')} replied, ${totals.optedOut} opted out`],
    );
  if (live.waitingFor !== null) facts.push(['Waits for', live.waitingFor]);
  if (live.expectedFinishAt !== null) facts.push(['Ends about', localTime(live.expectedFinishAt, zone)]);
  return [
    `${campaign.name}  ${showId('campaign', campaign.id)}`,
    ...table(facts.map(([name, value]) => [`  ${name}`, value])),
    ...live.failures.map((failure) => `  ${failure.count} failed: ${failure.sentence}`),
    ...live.skips.map((skip) => `  ${skip.count} left out: ${skip.sentence}`),
  ];
}
