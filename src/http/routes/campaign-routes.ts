import { previewAudience } from '../../audiences/preview-audience.ts';
import { type Campaign, consentAsked, enrolledIn, NO_TOTALS, type Totals } from '../../campaigns/campaign.ts';
import { getCampaign, listCampaigns } from '../../campaigns/campaign-store.ts';
import { changeCampaign } from '../../campaigns/change-sending.ts';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../../campaigns/control-campaign.ts';
import { CONFIRM_NAME_ABOVE } from '../../campaigns/decide-launch.ts';
import { expectedFinishes } from '../../campaigns/expected-finish.ts';
import type { CampaignForecast } from '../../campaigns/forecast.ts';
import { noFinishSentence, waitSentence } from '../../campaigns/forecast-sentences.ts';
import { launchCampaign } from '../../campaigns/launch-campaign.ts';
import { type LiveCampaign, readLiveCampaign } from '../../campaigns/live-campaign.ts';
import { type CampaignChange, createDraft, deleteDraft } from '../../campaigns/manage-drafts.ts';
import { reviewCampaign } from '../../campaigns/review-campaign.ts';
import { DEFAULT_SENDING } from '../../campaigns/sending-options.ts';
import type { Waiting } from '../../campaigns/waiting-facts.ts';
import { purposeSaid } from '../../compliance/consent.ts';
import type { ConsentPolicy } from '../../compliance/consent-policy.ts';
import { remedyOfPause } from '../../messages/outcome-sentences.ts';
import type { Clock } from '../../platform/clock.ts';
import { makeCursor, readCursor, toPage } from '../../platform/cursor.ts';
import { type Db, runTx, type Tx } from '../../platform/database.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import { notFound, type Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import type { Instant } from '../../platform/time.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as audienceContract from '../contract/audiences.ts';
import type { ConsentPolicyInput } from '../contract/campaign-consent.ts';
import * as liveContract from '../contract/campaign-live.ts';
import * as reviewContract from '../contract/campaign-review.ts';
import * as contract from '../contract/campaigns.ts';
import { isoText, isoTextOrNull, type RouteInput, rawRoute } from '../route-types.ts';
import { sendingChange, showSending, showWindow } from './sending-input.ts';

type CampaignServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'jobs'>;

export function registerCampaignRoutes(api: Api, services: CampaignServices): void {
  registerReads(api, services);
  registerDrafts(api, services);
  registerControl(api, services);
  registerLive(api, services);
}

function registerReads(api: Api, services: CampaignServices): void {
  const { db } = services.database;
  api.handle(audienceContract.previewAudience, async ({ body }) => {
    const { audience, consent, waived = false } = body;
    const now = services.clock.now();
    const asked = consentAsked({ consent: consent === undefined ? null : consentPolicyOf(consent), waived }, now);
    const preview = await previewAudience(db, audience, now, asked);
    return ok(showAudience(preview));
  });
  api.handle(contract.listCampaigns, async ({ query }) => {
    const cursor = readCursor(query.cursor, ['instant', 'uuid']);
    if (!cursor.ok) return cursor;
    const after = cursor.value === undefined ? undefined : { createdAt: cursor.value[0], id: cursor.value[1] };
    const rows = await listCampaigns(db, { state: query.state, search: query.search, after, limit: query.limit + 1 });
    const page = toPage(rows, query.limit, (last) => makeCursor(last.createdAt.toString(), last.id));
    return ok({ ...page, data: await showCampaigns(db, services.clock, page.data) });
  });
  api.handle(contract.getCampaign, async ({ params }) => {
    const campaign = await find(services, params.id);
    return shown(db, services.clock, campaign);
  });
  api.handle(reviewContract.reviewCampaign, async ({ params }) => {
    const campaign = await find(services, params.id);
    if (!campaign.ok) return campaign;
    const review = await reviewCampaign(db, services, campaign.value);
    return ok({
      audience: showAudience(review.audience),
      problems: review.problems,
      toAcknowledge: review.toAcknowledge,
      nameToConfirm: review.audience.textable > CONFIRM_NAME_ABOVE,
      warnings: review.warnings,
      parts: review.parts,
      costCents: review.costCents,
      lanes: review.lanes.map((lane) => ({ ...lane, id: showId('lane', lane.id) })),
      window: {
        ...showWindow(campaign.value),
        openNow: review.openNow,
        waiting: review.waiting,
      },
      consent: review.consent,
      optOutAdded: review.optOutAdded,
      forecast: showForecast(review.forecast),
    });
  });
}

function registerDrafts(api: Api, services: CampaignServices): void {
  api.effect(contract.createCampaign, {
    effect: async (tx, { body, caller }) =>
      shown(tx, services.clock, await createDraft(tx, services, newDraftOf(body, caller.name))),
  });
  api.handle(contract.updateCampaign, ({ params, body, caller }) =>
    runTx(services.database.db, async (tx) => {
      const { revision, ...change } = body;
      return shown(
        tx,
        services.clock,
        await changeCampaign(tx, services, {
          id: uuidOf('campaign', params.id),
          shownId: params.id,
          revision,
          change: changeOf(change),
          actor: caller.actor,
        }),
      );
    }),
  );
  api.handle(contract.deleteCampaign, ({ params }) =>
    runTx(services.database.db, async (tx) => {
      const outcome = await deleteDraft(tx, { id: uuidOf('campaign', params.id), shownId: params.id });
      return outcome.ok ? ok({ ok: true as const }) : outcome;
    }),
  );
}

function registerControl(api: Api, services: CampaignServices): void {
  api.effect(contract.launchCampaign, {
    effect: async (tx, { params, body, caller }) =>
      shown(
        tx,
        services.clock,
        await launchCampaign(tx, services, {
          id: uuidOf('campaign', params.id),
          shownId: params.id,
          revision: body.revision,
          confirmName: body.confirmName,
          acknowledgement:
            body.acknowledgement === undefined ? undefined : { reason: body.acknowledgement, by: caller.name },
          actor: caller.actor,
        }),
      ),
  });
  const controls = [
    [contract.pauseCampaign, pauseCampaign],
    [contract.resumeCampaign, resumeCampaign],
    [contract.cancelCampaign, cancelCampaign],
  ] as const;
  for (const [route, act] of controls)
    api.handle(route, ({ params, body, caller }) =>
      runTx(services.database.db, async (tx) =>
        shown(
          tx,
          services.clock,
          await act(tx, services, {
            id: uuidOf('campaign', params.id),
            shownId: params.id,
            reason: body.reason,
            actor: caller.actor,
          }),
        ),
      ),
    );
}

function registerLive(api: Api, services: CampaignServices): void {
  const read = async (id: Uuid, shownId: string) => {
    const campaign = await getCampaign(services.database.db, id);
    if (campaign === undefined) return notFound('campaign', shownId);
    return ok(showLive(await readLiveCampaign(services.database.db, services.clock, campaign)));
  };
  api.handle(liveContract.campaignLive, ({ params }) => read(uuidOf('campaign', params.id), params.id));
  api.stream(campaignStream, async ({ params }) => {
    const id = uuidOf('campaign', params.id);
    const found = await read(id, params.id);
    if (!found.ok) return found;
    return ok({
      topics: [`campaign:${id}`, 'status'],
      refreshMs: LIVE_REFRESH_MS,
      events: async () => {
        const live = await read(id, params.id);
        return live.ok ? [{ event: 'live', data: live.value }] : [];
      },
    });
  });
}

/** What a page shows also changes with the clock alone: a window opens, a rate falls. */
const LIVE_REFRESH_MS = 5_000;
const campaignStream = rawRoute({
  method: 'get',
  path: '/v1/campaigns/{id}/stream',
  access: 'viewer',
  summary: 'The live page as server-sent events (`live`), sent whenever something changed',
  tag: 'Campaigns',
  produces: 'text/event-stream',
  request: { params: contract.getCampaign.request.params },
});

async function find(services: CampaignServices, shownId: string): Promise<Outcome<Campaign>> {
  const campaign = await getCampaign(services.database.db, uuidOf('campaign', shownId));
  return campaign === undefined ? notFound('campaign', shownId) : ok(campaign);
}

async function shown(db: Db | Tx, clock: Clock, outcome: Outcome<Campaign>): Promise<Outcome<ShownCampaign>> {
  if (!outcome.ok) return outcome;
  const finishes = await expectedFinishes(db, clock, [outcome.value]);
  return ok(showCampaign(outcome.value, finishes.get(outcome.value.id)));
}

const laneUuids = (shownIds: readonly string[]): readonly Uuid[] => shownIds.map((id) => uuidOf('lane', id));

type DraftChange = Omit<RouteInput<typeof contract.updateCampaign>['body'], 'revision'>;

/** Fields that were left out stay as they are. */
const changeOf = ({ name, audience, variants, laneIds, consent, ...sending }: DraftChange): CampaignChange => ({
  ...(consent === undefined ? {} : { consent: consentPolicyOf(consent) }),
  ...(name === undefined ? {} : { name }),
  ...(audience === undefined ? {} : { audience }),
  ...(variants === undefined ? {} : { variants }),
  ...(laneIds === undefined ? {} : { laneIds: laneUuids(laneIds) }),
  ...sendingChange(sending),
});

/** A campaign that is made by the API or the command line; what is left out has its default. */
export const newDraftOf = (
  { laneIds, name, audience, variants, consent, ...sending }: RouteInput<typeof contract.createCampaign>['body'],
  createdBy: string,
) => {
  const { pace, ...rest } = sendingChange(sending);
  return {
    name,
    audience,
    variants,
    laneIds: laneUuids(laneIds),
    createdBy,
    ...(consent === undefined ? {} : { consent: consentPolicyOf(consent) }),
    ...rest,
    pace: { ...DEFAULT_SENDING.pace, ...pace },
  };
};

/** As a campaign keeps it. */
export const consentPolicyOf = (input: ConsentPolicyInput): ConsentPolicy =>
  input.policy === 'custom' ? input : { policy: purposeSaid(input.policy), kinds: null };

const showPerson = <T extends { readonly id: Uuid }>(person: T) => ({ ...person, id: showId('contact', person.id) });

const showAudience = (preview: Awaited<ReturnType<typeof previewAudience>>) => ({
  matched: preview.matched,
  textable: preview.textable,
  excluded: preview.excluded.map((exclusion) => ({ ...exclusion, sample: exclusion.sample.map(showPerson) })),
  byState: preview.byState,
  sample: preview.sample.map(showPerson),
});

const showTotals = (totals: Totals) => ({
  enrolled: enrolledIn(totals),
  pending: totals.pending,
  handing_over: totals.handingOver,
  unknown: totals.unknown,
  sent: totals.sent,
  delivered: totals.delivered,
  failed: totals.failed,
  skipped: totals.skipped,
  replied: totals.replied,
  opted_out: totals.optedOut,
  parts: totals.parts,
  accepted: totals.accepted,
});

/** Campaigns as the API shows them, each with its expected finish. */
export async function showCampaigns(
  db: Db | Tx,
  clock: Clock,
  campaigns: readonly Campaign[],
): Promise<ShownCampaign[]> {
  const finishes = await expectedFinishes(db, clock, campaigns);
  return campaigns.map((campaign) => showCampaign(campaign, finishes.get(campaign.id)));
}

type ShownCampaign = ReturnType<typeof showCampaign>;

/** A campaign as the API shows it; `expectedFinish` is that of a running one (campaigns/expected-finish.ts). */
export const showCampaign = (campaign: Campaign, expectedFinish?: Instant | null) => ({
  id: showId('campaign', campaign.id),
  name: campaign.name,
  state: campaign.state,
  stateReason: campaign.stateReason,
  audience: campaign.audience,
  variants: campaign.variants.map((variant) => ({
    id: showId('variant', variant.id),
    label: variant.label,
    weight: variant.weight,
    body: variant.body,
    totals: campaign.state === 'draft' ? null : showTotals(campaign.totalsByVariant.get(variant.id) ?? NO_TOTALS),
  })),
  laneIds: campaign.laneIds.map((id) => showId('lane', id)),
  ...showSending(campaign),
  consent: campaign.consent === null ? null : showConsentPolicy(campaign.consent),
  consentWaiver: campaign.consentWaiver,
  totals: showTotals(campaign.totals),
  revision: campaign.revision,
  createdBy: campaign.createdBy,
  createdAt: isoText(campaign.createdAt),
  launchedAt: isoTextOrNull(campaign.launchedAt),
  finishedAt: isoTextOrNull(campaign.finishedAt),
  expectedFinishAt: isoTextOrNull(expectedFinish ?? null),
});

export const showConsentPolicy = ({ policy, kinds }: ConsentPolicy) => ({
  policy,
  kinds: kinds === null ? null : [...kinds],
});

const showWaiting = (waiting: Waiting | null) =>
  waiting === null ? null : { ...waiting, since: isoTextOrNull(waiting.since), until: isoTextOrNull(waiting.until) };

/** A forecast as the API shows it: the first weeks day by day, what comes after them in one figure. */
export const showForecast = ({ finishAt, noFinish, perDay, waits }: CampaignForecast) => ({
  finishAt: isoTextOrNull(finishAt),
  noFinish: noFinish === null ? null : { reason: noFinish, sentence: noFinishSentence(noFinish) },
  perDay: perDay.slice(0, reviewContract.FORECAST_DAYS_MAX).map(({ day, count, lanes }) => ({
    day,
    count,
    lanes: lanes.map((lane) => ({ laneId: showId('lane', lane.laneId), count: lane.count })),
  })),
  later: laterDays(perDay),
  waits: waits.map(({ reason, until, people }) => ({
    reason,
    sentence: waitSentence(reason),
    until: isoTextOrNull(until),
    people,
  })),
});

function laterDays(perDay: CampaignForecast['perDay']) {
  const later = perDay.slice(reviewContract.FORECAST_DAYS_MAX);
  const last = later.at(-1);
  if (last === undefined) return null;
  return { days: later.length, count: later.reduce((sum, { count }) => sum + count, 0), lastDay: last.day };
}

const showLive = (live: LiveCampaign) => ({
  campaign: showCampaign(live.campaign, live.forecast?.finishAt),
  waiting: showWaiting(live.waiting),
  forecast: live.forecast === undefined ? null : showForecast(live.forecast),
  cost: live.cost,
  ratePerMinute: live.ratePerMinute,
  lanes: live.lanes.map(({ id, name, phone, state, stateReason, usedToday, dailyCap }) => ({
    id: showId('lane', id),
    name,
    phone,
    state,
    stateReason,
    stateRemedy: remedyOfPause(stateReason),
    usedToday,
    dailyCap,
  })),
  failures: live.failures,
  skips: live.skips,
  replies: live.replies.map((reply) => ({
    ...reply,
    conversationId: showId('conversation', reply.conversationId),
    contactId: reply.contactId === null ? null : showId('contact', reply.contactId),
    at: isoText(reply.at),
  })),
  perHour: live.perHour.map((hour) => ({ ...hour, hour: isoText(hour.hour) })),
  asOf: isoText(live.asOf),
});
