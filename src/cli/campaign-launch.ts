import { audienceSentence } from '../audiences/audience.ts';
import { type BusinessSettings, UNNAMED_BUSINESS } from '../business/business.ts';
import { getBusiness } from '../business/business-store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { notInThisState } from '../campaigns/campaign.ts';
import { type LaunchInput, launchCampaign } from '../campaigns/launch-campaign.ts';
import { type CampaignReview, reviewCampaign } from '../campaigns/review-campaign.ts';
import { waiveConsent } from '../campaigns/waive-consent.ts';
import { reasonText } from '../http/contract/shared.ts';
import { showCampaign, showForecast } from '../http/routes/campaign-routes.ts';
import { runTx } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { confirmByTyping } from './confirm.ts';
import { findCampaign } from './find-campaign.ts';
import { forecastFacts } from './forecast-words.ts';
import { actor, type CliServices, granted, withServices } from './open-services.ts';
import { sendingFacts } from './sending-words.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import { count, money, table } from './words.ts';

export interface LaunchOptions {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly withoutConsent?: string;
  readonly acknowledge?: string;
  readonly json?: true;
}

/** Shows the review, asks, launches. What was reviewed is what is launched: the revision is passed on. */
export async function launchCommand(reference: string, options: LaunchOptions, shell: Shell): Promise<void> {
  const { dryRun, yes = false, json, withoutConsent } = options;
  const acknowledgement = acknowledgementOf(options);
  if (dryRun && withoutConsent !== undefined)
    throw new UsageError(
      '--without-consent: leave it out with --dry-run, which says how many people it would be about',
    );
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const found = await findCampaign(db, reference);
    if (found.state !== 'draft') granted(notInThisState(found, 'launched'));
    const campaign = withoutConsent === undefined ? found : await waived(services, found, withoutConsent);
    const business = await getBusiness(db);
    const review = asNamed(await reviewCampaign(db, services, campaign), business);
    const lines = reviewLines(campaign, review, business.zone);
    if (!dryRun) shell.tell(lines.join('\n'));
    else if (json) await shell.out.json(reviewJson(campaign, review));
    else await shell.out.lines(...lines);
    const against = [...review.problems, ...(acknowledgement === undefined ? withRemedy(review.toAcknowledge) : [])];
    if (against.length > 0)
      throw new CliError(
        `campaign "${campaign.name}" cannot be launched: ${against.map((problem) => problem.message).join('; ')}`,
      );
    if (dryRun) return;

    await confirmByTyping(shell, { expected: campaign.name, what: "the campaign's name", yes });
    const { id, revision, name: confirmName } = campaign;
    const shownId = showId('campaign', id);
    const launch = { id, shownId, revision, confirmName, acknowledgement, actor: actor().actor };
    const launched = granted(await runTx(db, (tx) => launchCampaign(tx, services, launch), { timeoutMs: LAUNCH_MS }));
    if (json) await shell.out.json(showCampaign(launched));
    else await shell.out.lines(`Launched: ${count(launched.totals.pending, 'person', 'people')} to be texted`);
  });
}

function acknowledgementOf({ acknowledge }: LaunchOptions): LaunchInput['acknowledgement'] {
  if (acknowledge === undefined) return undefined;
  const parsed = reasonText.safeParse(acknowledge);
  if (!parsed.success) throw new UsageError(`--acknowledge: ${parsed.error.issues[0]?.message ?? 'give a reason'}`);
  return { reason: parsed.data, by: actor().name };
}

const withRemedy = (lacking: CampaignReview['toAcknowledge']): CampaignReview['toAcknowledge'] =>
  lacking.map(({ field, message }, index) => ({
    field,
    message: `${message}${index < lacking.length - 1 ? '' : '; or launch it as it is with --acknowledge "<reason>", which is kept'}`,
  }));

/** The web app asks for the name before anything else; here nobody did, and whoever texts HELP would not learn who texts them. */
function asNamed(review: CampaignReview, business: BusinessSettings): CampaignReview {
  if (business !== UNNAMED_BUSINESS) return review;
  const message =
    'Nobody has said yet which business sends, which every text and every answer to HELP has to name: open the web app (npm start) and set it up';
  return { ...review, problems: [...review.problems, { field: 'message', message }] };
}

/** Whoever has the command line has the database, and is an owner. */
async function waived(services: CliServices, campaign: Campaign, reason: string): Promise<Campaign> {
  const { db } = services.database;
  const { consent } = await reviewCampaign(db, services, campaign);
  if (consent === null || consent.people === 0) return campaign;
  const { id, revision } = campaign;
  const order = { id, shownId: showId('campaign', id), revision, people: consent.people, reason, by: actor() };
  return granted(await runTx(db, (tx) => waiveConsent(tx, services, order)));
}

/** A large audience is enrolled in one statement. */
const LAUNCH_MS = 300_000;

const reviewJson = (campaign: Campaign, review: CampaignReview) => ({
  campaign: { id: showId('campaign', campaign.id), name: campaign.name, revision: campaign.revision },
  matched: review.audience.matched,
  textable: review.audience.textable,
  excluded: review.audience.excluded.map(({ reason, sentence, count: people }) => ({
    reason,
    sentence,
    count: people,
  })),
  problems: review.problems,
  toAcknowledge: review.toAcknowledge,
  warnings: review.warnings,
  parts: review.parts,
  costCents: review.costCents,
  lanes: review.lanes.map((lane) => ({ ...lane, id: showId('lane', lane.id) })),
  openNow: review.openNow,
  waiting: review.waiting,
  consent: review.consent,
  forecast: showForecast(review.forecast),
});

function consentFacts(
  { consentWaiver }: Campaign,
  { consent }: CampaignReview,
): readonly (readonly [string, string])[] {
  if (consent === null || consent.people === 0) return [];
  const people = count(consent.people, 'person', 'people');
  return [
    [
      'Without it',
      consentWaiver === null
        ? `${people} could be texted with --without-consent "<reason>"; the reason is kept`
        : `${people} have not agreed as the law asks and are texted all the same, says ${consentWaiver.by}: ${consentWaiver.reason}`,
    ],
  ];
}

function reviewLines(campaign: Campaign, review: CampaignReview, zone: string): readonly string[] {
  const { audience, parts, forecast } = review;
  const facts: (readonly [string, string])[] = [
    ['Audience', audienceSentence(campaign.audience)],
    [
      'Gets a text',
      `${count(audience.textable, 'person', 'people')} of ${count(audience.matched, 'contact')} that match`,
    ],
    ...audience.excluded.map((left): readonly [string, string] => ['Left out', `${left.count}: ${left.sentence}`]),
    ['Parts', `${parts.total.toLocaleString('en-US')}, about ${money(review.costCents)}`],
    ...parts.histogram.map((bin): readonly [string, string] => [
      'Each',
      `${money(bin.centsEach)} for a text of ${count(bin.parts, 'part')}: ${count(bin.people, 'person', 'people')}`,
    ]),
    ...review.lanes.map((lane): readonly [string, string] => [
      'From',
      `${lane.name} ${lane.phone}, ${lane.leftToday} of ${lane.dailyCap} texts left today`,
    ]),
    ...sendingFacts(campaign, zone),
    ...consentFacts(campaign, review),
    ['Now', `${review.openNow} may be texted at this hour, ${review.waiting} wait for their window`],
    ...forecastFacts(forecast, review.lanes, zone),
    ...review.toAcknowledge.map(({ message }): readonly [string, string] => ['Lacks', message]),
    ...review.warnings.map((warning): readonly [string, string] => ['Note', warning.message]),
  ];
  return [
    `${campaign.name}  ${showId('campaign', campaign.id)}`,
    ...table(facts.map(([name, value]) => [`  ${name}`, value])),
  ];
}
