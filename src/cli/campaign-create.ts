import { type AudienceRule, audienceSentence, isChosen } from '../audiences/audience.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { createDraft } from '../campaigns/manage-drafts.ts';
import { stateCode } from '../contacts/states.ts';
import type { LaneRow } from '../gateways/account.ts';
import { listLaneRows } from '../gateways/account-store.ts';
import { createCampaign } from '../http/contract/campaigns.ts';
import { newDraftOf, showCampaign } from '../http/routes/campaign-routes.ts';
import { parseTemplate } from '../messages/template-parser.ts';
import { runTx } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { sendingBody } from './campaign-sending.ts';
import { chooseLanes } from './choose-lanes.ts';
import { actor, granted, withServices } from './open-services.ts';
import type { SendingFlags } from './sending-flags.ts';
import { CliError, type Shell, UsageError } from './shell.ts';

export interface CreateOptions extends SendingFlags {
  readonly name: string;
  readonly text: readonly string[];
  readonly all?: true;
  readonly tag: readonly string[];
  readonly state: readonly string[];
  readonly city: readonly string[];
  readonly notContactedDays?: number;
  readonly json?: true;
}

export async function createCommand(options: CreateOptions, shell: Shell): Promise<void> {
  const draft = parseDraft(options);
  await withServices(shell, async (services) => {
    const { database } = services;
    const lanes = chooseLanes(await listLaneRows(database.db), options.lane);
    const laneIds = lanes.map((lane) => showId('lane', lane.id));
    const body = { ...draft, ...(await sendingBody(database.db, options, undefined)), laneIds };
    const created = granted(
      await runTx(database.db, (tx) => createDraft(tx, services, newDraftOf(body, actor().name))),
    );
    if (options.json) await shell.out.json(showCampaign(created));
    else await shell.out.lines(...createdLines(created, lanes));
  });
}

/** The same rules as for a draft that comes over HTTP; and nothing that could not be launched, as it cannot be mended here. */
function parseDraft(options: CreateOptions) {
  const parsed = createCampaign.request.body.content['application/json'].schema.safeParse({
    name: options.name,
    variants: options.text.map(variantOf),
    audience: audienceOf(options),
    consent: options.consent,
  });
  if (!parsed.success)
    throw new UsageError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  for (const { label, body } of parsed.data.variants) {
    const template = parseTemplate(body);
    if (!template.ok) throw new CliError(`--text ${label}: ${template.error.message}`);
  }
  return parsed.data;
}

const CONDITIONS = '--tag, --state, --city or --not-contacted-days';

/** The rule that the options of an audience say. */
export function audienceOf(
  options: Pick<CreateOptions, 'all' | 'tag' | 'state' | 'city' | 'notContactedDays'>,
): AudienceRule {
  const { all, tag, state, city, notContactedDays } = options;
  const conditions = {
    ...(tag.length === 0 ? {} : { tags: tag }),
    ...(state.length === 0 ? {} : { states: state.map((name) => stateCode(name) ?? name) }),
    ...(city.length === 0 ? {} : { cities: city }),
    ...(notContactedDays === undefined ? {} : { notContactedDays }),
  };
  const isCondition = isChosen(conditions);
  if (all && isCondition) throw new UsageError(`--all is every contact: leave it out, or leave out ${CONDITIONS}`);
  if (!all && !isCondition)
    throw new UsageError(`no audience is chosen: give ${CONDITIONS}, or --all for every contact`);
  return all ? { all } : conditions;
}

/** `B=Hello` is variant B; a text without a label gets the letter of its place. */
function variantOf(text: string, index: number): { readonly label: string; readonly body: string } {
  const labelled = /^([\p{L}\p{N}]{1,20})=(.*)$/su.exec(text);
  const [, label, body] = labelled ?? [];
  if (label !== undefined && body !== undefined) return { label, body };
  return { label: String.fromCharCode('A'.charCodeAt(0) + index), body: text };
}

const createdLines = (campaign: Campaign, lanes: readonly LaneRow[]): readonly string[] => [
  `Made the draft "${campaign.name}"  ${showId('campaign', campaign.id)}`,
  `  to ${audienceSentence(campaign.audience)}`,
  `  from ${lanes.map((lane) => `${lane.name} ${lane.phone}`).join(', ') || 'no number yet: connect an account in Settings'}`,
  `  textwright campaign launch ${showId('campaign', campaign.id)} --dry-run  shows who would get it`,
];
