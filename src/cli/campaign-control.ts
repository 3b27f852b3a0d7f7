import { type Campaign, openIn } from '../campaigns/campaign.ts';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../campaigns/control-campaign.ts';
import { showCampaign } from '../http/routes/campaign-routes.ts';
import { runTx } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { confirmByTyping } from './confirm.ts';
import { findCampaign } from './find-campaign.ts';
import { actor, granted, withServices } from './open-services.ts';
import type { Shell } from './shell.ts';
import { count } from './words.ts';

export interface ControlOptions {
  readonly reason?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

const ACTS = { pause: pauseCampaign, resume: resumeCampaign, cancel: cancelCampaign } as const;

export async function controlCommand(
  input: { readonly verb: keyof typeof ACTS; readonly reference: string; readonly options: ControlOptions },
  shell: Shell,
): Promise<void> {
  const { verb, options } = input;
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const campaign = await findCampaign(db, input.reference);
    if (verb === 'cancel' && openIn(campaign.totals) > 0) {
      const left = `${count(openIn(campaign.totals), 'person', 'people')} of "${campaign.name}"`;
      shell.tell(`${left} would not be texted any more; a cancelled campaign cannot be resumed`);
    }
    if (options.dryRun) return void (await tell(campaign));
    if (verb === 'cancel')
      await confirmByTyping(shell, {
        expected: campaign.name,
        what: "the campaign's name",
        yes: options.yes === true,
      });
    const order = {
      id: campaign.id,
      shownId: showId('campaign', campaign.id),
      reason: options.reason,
      actor: actor().actor,
    };
    await tell(granted(await runTx(db, (tx) => ACTS[verb](tx, services, order), { timeoutMs: 300_000 })));
  });

  async function tell(campaign: Campaign): Promise<void> {
    if (options.json) await shell.out.json(showCampaign(campaign));
    else
      await shell.out.lines(
        `"${campaign.name}" is ${campaign.state}; ${count(openIn(campaign.totals), 'person', 'people')} still to be texted`,
      );
  }
}
