import { previewAudience } from '../audiences/preview-audience.ts';
import { getBusiness, getSendingPolicy } from '../business/business-store.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import { listLaneRows } from '../gateways/account-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { findLackingFirstTexts, findUnsendable } from './audience-texts.ts';
import { type Campaign, consentAtLaunch, notInThisState } from './campaign.ts';
import { lockCampaign, setCampaignState, writeSending } from './campaign-store.ts';
import { CONFIRM_NAME_ABOVE, launchProblems, toAcknowledge } from './decide-launch.ts';
import { dated } from './decide-sending.ts';
import { enrollAudience } from './enroll-store.ts';
import { staleRevision } from './manage-drafts.ts';
import { peopleAt } from './people-at.ts';
import { countUnseen, forgetWaived } from './waiver-store.ts';

export interface LaunchInput {
  readonly id: Uuid;
  readonly shownId: string;
  /** The revision that the person saw: nothing else may be launched. */
  readonly revision: number;
  readonly confirmName: string | undefined;
  /** Why the texts may go out as they are, and the name of who says so. */
  readonly acknowledgement: { readonly reason: string; readonly by: string } | undefined;
  readonly actor: string;
}

/**
 * Freezes the texts, enrolls the audience with one statement (who is left out gets the reason) and lets the engine begin. One
 * transaction: a refusal or a crash leaves the draft as it was.
 */
export async function launchCampaign(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: LaunchInput,
): Promise<Outcome<Campaign>> {
  const campaign = await lockCampaign(tx, input.id);
  if (campaign === undefined) return notFound('campaign', input.shownId);
  if (campaign.state !== 'draft') return notInThisState(campaign, 'launched');
  if (campaign.revision !== input.revision) return staleRevision(campaign, input.revision);

  const now = deps.clock.now();
  const preview = await previewAudience(tx, campaign.audience, now, consentAtLaunch(campaign, now));
  const { zone } = await getBusiness(tx);
  const problems = launchProblems(campaign, {
    ...preview,
    unseen: await countUnseen(tx, campaign, now),
    sending: { now, zone, policy: await getSendingPolicy(tx), groups: peopleAt(preview.zoneGroups) },
    lanes: await listLaneRows(tx),
    unsendable: await findUnsendable(tx, campaign, now),
  });
  if (problems.length > 0)
    return invalid(
      `campaign "${campaign.name}" cannot be launched: ${problems.map((problem) => problem.message).join('; ')}`,
      {
        errors: problems.map((problem) => ({ pointer: `/${problem.field}`, message: problem.message })),
      },
    );
  if (preview.textable > CONFIRM_NAME_ABOVE && input.confirmName !== campaign.name)
    return invalid(`this texts ${preview.textable} people: confirm with the campaign's name "${campaign.name}"`, {
      errors: [{ pointer: '/confirmName', message: `expected "${campaign.name}", got "${input.confirmName ?? ''}"` }],
    });
  const lacking = toAcknowledge(campaign, await findLackingFirstTexts(tx, campaign, now)).map(({ message }) => message);
  if (lacking.length > 0 && input.acknowledgement === undefined) return unacknowledged(campaign, lacking);

  await enrollAudience(tx, campaign, now);
  await forgetWaived(tx, campaign.id);
  await writeSending(tx, campaign.id, { ...campaign, pointless: dated(campaign, { now, zone }) });
  await setCampaignState(tx, campaign.id, { state: 'running', reason: null, now });
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: input.actor,
    action: 'campaign.launched',
    subject: showId('campaign', campaign.id),
    detail: {
      name: campaign.name,
      audience: campaign.audience,
      variants: campaign.variants,
      textable: preview.textable,
      consent: campaign.consent,
      ...(preview.withoutConsent === 0
        ? {}
        : { withoutConsent: preview.withoutConsent, consentWaiver: campaign.consentWaiver }),
      ...(lacking.length === 0 ? {} : { acknowledged: { ...input.acknowledgement, lacking } }),
      excluded: preview.excluded.map(({ reason, count }) => ({ reason, count })),
    },
  });
  await notifyLive(tx, ['engine', 'status', `campaign:${campaign.id}`]);
  const launched = await lockCampaign(tx, campaign.id);
  if (launched === undefined) throw new Error(`campaign ${campaign.id} vanished inside its own transaction`);
  return ok(launched);
}

function unacknowledged({ name }: Campaign, lacking: readonly string[]) {
  const message = `${lacking.join('; ')}. Or launch it as it is with a reason, which is kept`;
  return invalid(`campaign "${name}" cannot be launched: ${message}`, {
    errors: [{ pointer: '/acknowledgement', message }],
  });
}
