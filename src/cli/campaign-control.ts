import { type Campaign, openIn } from '../campaigns/campaign.ts';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../campaigns/control-campaign.ts';
import { takeOffQueue } from '../campaigns/take-off-job.ts';
import { showCampaign } from '../http/routes/campaign-routes.ts';
import { runTx } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import type { Jobs } from '../platform/jobs.ts';
import { createLog } from '../platform/log.ts';
import { confirmByTyping } from './confirm.ts';
import { findCampaign } from './find-campaign.ts';
import { actor, type CliServices, granted, withServices } from './open-services.ts';
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
    const act = (jobs: Pick<Jobs, 'enqueue'>) => runTx(db, (tx) => ACTS[verb](tx, { ...services, jobs }, order));
    await tell(granted(await withJobs(services, act)));
  });

  async function tell(campaign: Campaign): Promise<void> {
    if (options.json) await shell.out.json(showCampaign(campaign));
    else await shell.out.lines(`"${campaign.name}" is ${campaign.state}; ${whoIsLeft(campaign)}`);
  }
}

function whoIsLeft({ state, totals }: Campaign): string {
  if (state !== 'cancelled') return `${count(openIn(totals), 'person', 'people')} still to be texted`;
  return totals.pending === 0
    ? 'nobody is texted any more'
    : `nobody is texted any more; the server takes the other ${count(totals.pending, 'person', 'people')} off its list`;
}

/** Runs `work` with a queue that is opened when something is put into it: most commands leave no work for the server. */
async function withJobs<T>(
  { config, database }: CliServices,
  work: (jobs: Pick<Jobs, 'enqueue'>) => Promise<T>,
): Promise<T> {
  let opened: Jobs | undefined;
  try {
    return await work({
      async enqueue(...order) {
        const { openJobs } = await import('../platform/jobs.ts');
        opened ??= await openJobs({
          connectionString: database.connectionString,
          queues: [takeOffQueue],
          log: createLog({ level: config.logLevel }),
        });
        await opened.enqueue(...order);
      },
    });
  } finally {
    await opened?.close();
  }
}
