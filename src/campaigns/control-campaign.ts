import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import type { Jobs } from '../platform/jobs.ts';
import { notifyLive } from '../platform/live.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { type Campaign, type CampaignState, notInThisState } from './campaign.ts';
import { getCampaign, lockCampaign, setCampaignState } from './campaign-store.ts';
import { beginTakingOff } from './take-off-job.ts';

export interface ControlInput {
  readonly id: Uuid;
  readonly shownId: string;
  readonly reason: string | undefined;
  readonly actor: string;
}

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/**
 * Nothing new is handed over once this has committed: the claim locks the campaign row and asks for `running`. What is with the
 * gateway already goes on.
 */
export const pauseCampaign = (tx: Tx, deps: Deps, input: ControlInput): Promise<Outcome<Campaign>> =>
  change(tx, deps, input, {
    from: ['running'],
    to: 'paused',
    act: 'paused',
    reason: input.reason ?? 'Paused by a person',
  });

/** Goes on exactly where it stopped: enrollments keep their state while paused. */
export const resumeCampaign = (tx: Tx, deps: Deps, input: ControlInput): Promise<Outcome<Campaign>> =>
  change(tx, deps, input, { from: ['paused'], to: 'running', act: 'resumed', reason: null });

/**
 * Ends it for good, at once: whoever waits is skipped with reason `cancelled`. Of more than some thousand people the later ones still
 * read `pending` for a while, until a job has taken them off too (take-off-job.ts).
 */
export const cancelCampaign = (
  tx: Tx,
  deps: Deps & { readonly jobs: Pick<Jobs, 'enqueue'> },
  input: ControlInput,
): Promise<Outcome<Campaign>> =>
  change(tx, deps, input, {
    from: ['running', 'paused'],
    to: 'cancelled',
    act: 'cancelled',
    reason: input.reason ?? 'Cancelled by a person',
    also: (campaign) => beginTakingOff(tx, deps.jobs, campaign.id),
  });

async function change(
  tx: Tx,
  deps: Deps,
  input: ControlInput,
  step: {
    readonly from: readonly CampaignState[];
    readonly to: CampaignState;
    readonly act: 'paused' | 'resumed' | 'cancelled';
    readonly reason: string | null;
    readonly also?: (campaign: Campaign) => Promise<void>;
  },
): Promise<Outcome<Campaign>> {
  const campaign = await lockCampaign(tx, input.id);
  if (campaign === undefined) return notFound('campaign', input.shownId);
  if (!step.from.includes(campaign.state)) return notInThisState(campaign, step.act);
  const now = deps.clock.now();
  const byEngine = input.actor === 'system';
  await setCampaignState(tx, campaign.id, { state: step.to, reason: step.reason, now, byEngine });
  await step.also?.(campaign);
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: input.actor,
    action: `campaign.${step.act}`,
    subject: showId('campaign', campaign.id),
    detail: {
      name: campaign.name,
      reason: step.reason,
      skipped: step.to === 'cancelled' ? campaign.totals.pending : 0,
    },
  });
  await notifyLive(tx, ['engine', 'status', `campaign:${campaign.id}`]);
  const changed = await getCampaign(tx, campaign.id);
  if (changed === undefined) throw new Error(`campaign ${campaign.id} vanished inside its own transaction`);
  return ok(changed);
}
