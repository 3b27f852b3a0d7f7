import { previewAudience } from '../audiences/preview-audience.ts';
import type { AuditAction } from '../compliance/audit-action.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { type Campaign, consentAtLaunch, notInThisState } from './campaign.ts';
import { getCampaign, lockCampaign, writeConsentWaiver } from './campaign-store.ts';
import { peopleToWaive } from './decide-launch.ts';
import { staleRevision } from './manage-drafts.ts';
import { forgetWaived, rememberWaived } from './waiver-store.ts';

interface DraftOrder {
  readonly id: Uuid;
  readonly shownId: string;
  readonly revision: number;
  readonly by: { readonly actor: string; readonly name: string };
}
interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/**
 * An owner's word that a campaign may text people who have not agreed as the law asks. It is about those whom the owner saw: when there
 * are more by now it is refused, and when there are more or others at the launch the launch is. Whoever took a consent back stays out.
 */
export async function waiveConsent(
  tx: Tx,
  deps: Deps,
  input: DraftOrder & { readonly people: number; readonly reason: string },
): Promise<Outcome<Campaign>> {
  const found = await draftOf(tx, input);
  if (!found.ok) return found;
  const campaign = found.value;
  if (campaign.consent === null)
    return conflict(`campaign "${campaign.name}" asks for no consent: choose its consent policy first`, {
      state: campaign.state,
    });
  const now = deps.clock.now();
  const preview = await previewAudience(tx, campaign.audience, now, consentAtLaunch(campaign, now));
  const people = peopleToWaive(campaign, preview);
  if (people === 0)
    return conflict(`campaign "${campaign.name}" texts nobody without consent: there is nothing to give a reason for`, {
      state: campaign.state,
    });
  if (people > input.people)
    return conflict(
      `${people} people of campaign "${campaign.name}" have not agreed by now, and ${input.people} were counted: look at the review again`,
      { state: campaign.state },
    );
  const waiver = { reason: input.reason, people, by: input.by.name, at: now.toString() };
  await writeConsentWaiver(tx, campaign.id, waiver, now);
  await rememberWaived(tx, campaign, now);
  return written(tx, deps, { campaign, by: input.by, action: 'campaign.consent_waived', detail: waiver });
}

export async function withdrawConsentWaiver(tx: Tx, deps: Deps, input: DraftOrder): Promise<Outcome<Campaign>> {
  const found = await draftOf(tx, input);
  if (!found.ok || found.value.consentWaiver === null) return found;
  const campaign = found.value;
  await writeConsentWaiver(tx, campaign.id, null, deps.clock.now());
  await forgetWaived(tx, campaign.id);
  return written(tx, deps, { campaign, by: input.by, action: 'campaign.consent_waiver_withdrawn', detail: {} });
}

async function draftOf(tx: Tx, { id, shownId, revision }: DraftOrder): Promise<Outcome<Campaign>> {
  const campaign = await lockCampaign(tx, id);
  if (campaign === undefined) return notFound('campaign', shownId);
  if (campaign.state !== 'draft') return notInThisState(campaign, 'opened to people without consent');
  return campaign.revision === revision ? ok(campaign) : staleRevision(campaign, revision);
}

async function written(
  tx: Tx,
  deps: Deps,
  done: {
    readonly campaign: Campaign;
    readonly by: DraftOrder['by'];
    readonly action: AuditAction;
    readonly detail: object;
  },
): Promise<Outcome<Campaign>> {
  const { id, name } = done.campaign;
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: deps.clock.now(),
    actor: done.by.actor,
    action: done.action,
    subject: showId('campaign', id),
    detail: { name, ...done.detail },
  });
  await notifyLive(tx, [`campaign:${id}`]);
  const campaign = await getCampaign(tx, id);
  if (campaign === undefined) throw new Error(`campaign ${id} vanished inside its own transaction`);
  return ok(campaign);
}
