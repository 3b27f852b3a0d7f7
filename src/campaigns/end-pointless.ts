/**
 * What a campaign says is to happen to the people who still wait when its texts have become pointless. From that instant on the
 * claim hands nothing over (sending/claim-store.ts), so that this may take its time, may be done twice, and may be left half done:
 * whoever looks next goes on, because people still wait.
 */
import { getBusiness } from '../business/business-store.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import { localTime } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Instant } from '../platform/time.ts';
import { completeFinished, setCampaignState, skipPending } from './campaign-store.ts';
import { holdPointlessCampaign, markAsked, type PointlessCampaign } from './pointless-store.ts';
import { TAKE_OFF_BATCH } from './take-off-job.ts';

/** Why they are skipped (messages/outcome-sentences.ts). */
export const POINTLESS = 'pointless';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  /** Asked in each transaction: throws when the caller may write no more. */
  readonly mayWrite?: (tx: Tx) => Promise<void>;
}

/** Asks, or takes everybody who waits off the list in batches until `signal`; false when there was nothing to do. */
export async function endPointless(deps: Deps, campaignId: Uuid, signal: AbortSignal): Promise<boolean> {
  let began = false;
  for (let after: Uuid | undefined; !signal.aborted; ) {
    const step = await runTx(deps.db, async (tx): Promise<{ readonly lastId: Uuid | undefined } | undefined> => {
      await deps.mayWrite?.(tx);
      const now = deps.clock.now();
      const campaign = await holdPointlessCampaign(tx, campaignId, now);
      if (campaign === undefined) return undefined;
      if (!began) await noteBeginning(tx, deps, { campaignId, campaign, now });
      if (campaign.action === 'ask') {
        await pauseAndAsk(tx, { campaignId, campaign, now });
        return { lastId: undefined };
      }
      return drop(tx, { campaignId, after, now });
    });
    if (step === undefined) return began;
    began = true;
    after = step.lastId;
    if (after === undefined) return true;
  }
  return began;
}

interface Step {
  readonly campaignId: Uuid;
  readonly campaign: PointlessCampaign;
  readonly now: Instant;
}

const noteBeginning = (tx: Tx, deps: Deps, { campaignId, campaign, now }: Step): Promise<void> =>
  recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: 'system',
    action: campaign.action === 'ask' ? 'campaign.asked_about_pointless' : 'campaign.dropped_pointless',
    subject: showId('campaign', campaignId),
    detail: { name: campaign.name, pointlessAfter: campaign.after.toString(), waiting: campaign.waiting },
  });

async function pauseAndAsk(tx: Tx, { campaignId, campaign, now }: Step): Promise<void> {
  const { zone } = await getBusiness(tx);
  const { waiting, after } = campaign;
  const people = waiting === 1 ? '1 person still waits' : `${waiting.toLocaleString('en-US')} people still wait`;
  const reason = `Its texts were to be pointless after ${localTime(after, zone)}, and ${people}: resume to text them all the same, or cancel the campaign`;
  await markAsked(tx, campaignId);
  await setCampaignState(tx, campaignId, { state: 'paused', reason, now, byEngine: true });
  await notifyLive(tx, ['status', `campaign:${campaignId}`]);
}

async function drop(
  tx: Tx,
  { campaignId, after, now }: { readonly campaignId: Uuid; readonly after: Uuid | undefined; readonly now: Instant },
): Promise<{ readonly lastId: Uuid | undefined }> {
  const { lastId } = await skipPending(tx, { campaignId, reason: POINTLESS, after, limit: TAKE_OFF_BATCH });
  // Texts whose outcome is unknown keep it open until they are settled.
  const closed = lastId === undefined ? await completeFinished(tx, now) : [];
  await notifyLive(tx, [
    `campaign:${campaignId}`,
    ...(closed.length === 0 ? [] : ['status', ...closed.map((id) => `campaign:${id}`)]),
  ]);
  return { lastId };
}
