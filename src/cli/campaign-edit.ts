import { getBusiness } from '../business/business-store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { changeCampaign } from '../campaigns/change-sending.ts';
import { listLaneRows } from '../gateways/account-store.ts';
import { consentPolicyOf, showCampaign } from '../http/routes/campaign-routes.ts';
import { sendingChange } from '../http/routes/sending-input.ts';
import { runTx } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { sendingBody } from './campaign-sending.ts';
import { chooseLanes } from './choose-lanes.ts';
import { findCampaign } from './find-campaign.ts';
import { actor, granted, withServices } from './open-services.ts';
import type { SendingFlags } from './sending-flags.ts';
import { sendingFacts } from './sending-words.ts';
import { type Shell, UsageError } from './shell.ts';
import { table } from './words.ts';

export interface EditOptions extends SendingFlags {
  readonly json?: true;
}

/** Changes how a campaign sends, before its launch or while it runs. */
export async function editCommand(reference: string, options: EditOptions, shell: Shell): Promise<void> {
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const campaign = await findCampaign(db, reference);
    const lanes = options.lane.length === 0 ? undefined : chooseLanes(await listLaneRows(db), options.lane);
    const change = {
      ...sendingChange(await sendingBody(db, options, campaign)),
      ...(lanes === undefined ? {} : { laneIds: lanes.map((lane) => lane.id) }),
      ...(options.consent === undefined ? {} : { consent: consentPolicyOf(options.consent) }),
    };
    if (Object.keys(change).length === 0)
      throw new UsageError('nothing to change: textwright campaign edit --help lists what can be');
    const order = {
      id: campaign.id,
      shownId: showId('campaign', campaign.id),
      revision: campaign.revision,
      change,
      actor: actor().actor,
    };
    const changed = granted(await runTx(db, (tx) => changeCampaign(tx, services, order)));
    if (options.json) await shell.out.json(showCampaign(changed));
    else await shell.out.lines(...changedLines(changed, (await getBusiness(db)).zone));
  });
}

const changedLines = (campaign: Campaign, zone: string): readonly string[] => [
  campaign.state === 'draft'
    ? `Changed the draft "${campaign.name}"`
    : `Changed "${campaign.name}" (${campaign.state}); the engine obeys from its next turn`,
  ...table(sendingFacts(campaign, zone).map(([name, value]) => [`  ${name}`, value])),
];
