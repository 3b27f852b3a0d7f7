import { addPeople, type Joining, previewJoining } from '../../campaigns/add-people.ts';
import { getCampaign } from '../../campaigns/campaign-store.ts';
import type { RuleCheck } from '../../campaigns/decide-checks.ts';
import { type Explanation, explainRecipient } from '../../campaigns/explain-recipient.ts';
import { attemptSentence } from '../../messages/outcome-sentences.ts';
import { showId } from '../../platform/ids.ts';
import { notFound } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import { handDecision, settleByHand } from '../../sending/settle-by-hand.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/recipients.ts';
import { isoText, isoTextOrNull, type RouteInput } from '../route-types.ts';
import { registerRecipientList } from './recipient-list-routes.ts';

export function registerRecipientRoutes(api: Api, services: Pick<Services, 'database' | 'clock' | 'newUuid'>): void {
  registerRecipientList(api, services);
  const { db } = services.database;
  api.handle(contract.explainRecipient, async ({ params }) => {
    const campaign = await getCampaign(db, uuidOf('campaign', params.id));
    if (campaign === undefined) return notFound('campaign', params.id);
    const contactId = uuidOf('contact', params.contactId);
    const explained = await explainRecipient(db, services.clock, { campaign, contactId });
    return explained.ok ? ok(showExplanation(explained.value)) : explained;
  });
  api.effect(contract.settleRecipient, {
    effect: async (tx, { params, body, caller }) => {
      const settled = await settleByHand(tx, services, {
        text: { campaignId: uuidOf('campaign', params.id), contactId: uuidOf('contact', params.contactId) },
        decision: handDecision(body),
        reason: body.reason,
        by: caller,
      });
      return settled.ok ? ok({ contactId: params.contactId, state: settled.value.state }) : settled;
    },
  });
  api.effect(contract.addPeople, {
    effect: (tx, { params, body, caller }) =>
      addPeople(tx, services, {
        campaignId: uuidOf('campaign', params.id),
        who: joiningOf(body),
        actor: caller.actor,
      }),
  });
  api.handle(contract.previewJoining, async ({ params, body }) => {
    const question = { campaignId: uuidOf('campaign', params.id), who: joiningOf(body) };
    const preview = await previewJoining(db, services.clock, question);
    if (!preview.ok) return preview;
    const sample = preview.value.sample.map((person) => ({ ...person, id: showId('contact', person.id) }));
    return ok({ ...preview.value, sample });
  });
}

function joiningOf({ contactIds, audience }: RouteInput<typeof contract.addPeople>['body']): Joining {
  if (contactIds !== undefined) return { kind: 'contacts', contactIds: contactIds.map((id) => uuidOf('contact', id)) };
  return audience === undefined ? { kind: 'new_matches' } : { kind: 'audience', rule: audience };
}

/** An explanation as the API and the command line show it. */
export const showExplanation = ({ campaign, person, answer, enrollment, lane, ...rest }: Explanation) => ({
  campaign: {
    id: showId('campaign', campaign.id),
    name: campaign.name,
    state: campaign.state,
    launchedAt: isoTextOrNull(campaign.launchedAt),
  },
  contact: { ...person, id: showId('contact', person.id) },
  ...answer,
  enrollment:
    enrollment === undefined
      ? null
      : {
          id: showId('enrollment', enrollment.id),
          state: enrollment.state,
          createdAt: isoText(enrollment.createdAt),
          sentAt: isoTextOrNull(enrollment.sentAt),
          deliveredAt: isoTextOrNull(enrollment.deliveredAt),
          failedAt: isoTextOrNull(enrollment.failedAt),
          repliedAt: isoTextOrNull(enrollment.repliedAt),
          optedOutAt: isoTextOrNull(enrollment.optedOutAt),
          settledByHand: enrollment.settledBy !== null,
        },
  variant: rest.variant,
  lane: lane === null ? null : { ...lane, id: showId('lane', lane.id) },
  text: rest.text,
  checkedAt: isoText(rest.checkedAt),
  rules: rest.checks.map(showCheck),
  attempts: rest.attempts.map(({ startedAt, finishedAt, ...attempt }) => ({
    ...attempt,
    sentence: attemptSentence(attempt.outcome),
    startedAt: isoText(startedAt),
    finishedAt: isoTextOrNull(finishedAt),
  })),
  asking:
    rest.asking === null
      ? null
      : {
          askedAt: isoTextOrNull(rest.asking.askedAt),
          outcome: rest.asking.outcome,
          againAt: isoText(rest.asking.againAt),
        },
  asOf: isoText(rest.asOf),
});

const showCheck = ({ version, ...check }: RuleCheck) => ({
  ...check,
  inputs: Object.fromEntries(Object.entries(check.inputs).map(([name, value]) => [name, shownInput(name, value)])),
  version: version ?? null,
});

/** Ids leave with their prefix, as everywhere. */
function shownInput(name: string, value: RuleCheck['inputs'][string]): RuleCheck['inputs'][string] {
  if (typeof value !== 'string') return value;
  if (name === 'suppressionId') return showId('suppression', value);
  if (name === 'reviewId') return showId('optOutReview', value);
  return name === 'consentId' ? showId('consent', value) : value;
}
