/**
 * Changes how a campaign sends: while it is a draft together with everything else about it, afterwards only the sending itself.
 * The engine reads all of it anew every turn, so that a change is obeyed from the next one on.
 */
import { getBusiness, getSendingPolicy } from '../business/business-store.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import { dayIn } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok, unreachable } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import { type Campaign, notInThisState } from './campaign.ts';
import { changeLanes, getCampaign, lockCampaign, nextRevision, writeSending } from './campaign-store.ts';
import { dated, type SendingProblem, sendingProblems } from './decide-sending.ts';
import { readWaitingGroups } from './expected-finish.ts';
import { type CampaignChange, changedBy, requireLanes, staleRevision, updateDraft } from './manage-drafts.ts';
import { recountPace } from './pace-store.ts';
import { minuteText, type SendingOptions } from './sending-options.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export interface ChangeInput {
  readonly id: Uuid;
  readonly shownId: string;
  /** The revision that the person saw. */
  readonly revision: number;
  /** What is left out stays as it is. */
  readonly change: CampaignChange;
  readonly actor: string;
}

const FROZEN = ['name', 'audience', 'variants', 'consent'] as const;

/** A draft may be changed in everything; of a launched campaign everything but its sending is frozen. */
export async function changeCampaign(tx: Tx, deps: Deps, input: ChangeInput): Promise<Outcome<Campaign>> {
  const campaign = await lockCampaign(tx, input.id);
  if (campaign === undefined) return notFound('campaign', input.shownId);
  if (campaign.state === 'draft') return updateDraft(tx, deps, input);
  const frozen = FROZEN.filter((field) => input.change[field] !== undefined);
  if (frozen.length > 0 && isOpen(campaign))
    return conflict(
      `campaign "${campaign.name}" is ${campaign.state}: ${frozen.join(', ')} cannot be changed after the launch; priority, window, pace, pointless and laneIds can`,
      {
        errors: frozen.map((field) => ({ pointer: `/${field}`, message: 'cannot be changed after the launch' })),
        state: campaign.state,
        allowed: ['priority', 'window', 'pace', 'pointless', 'laneIds'],
      },
    );
  return changeSending(tx, deps, input);
}

/** Of a running or paused campaign. */
export async function changeSending(tx: Tx, deps: Deps, input: ChangeInput): Promise<Outcome<Campaign>> {
  const campaign = await lockCampaign(tx, input.id);
  if (campaign === undefined) return notFound('campaign', input.shownId);
  if (!isOpen(campaign)) return notInThisState(campaign, 'edited');
  if (campaign.revision !== input.revision) return staleRevision(campaign, input.revision);
  const now = deps.clock.now();
  const [{ zone }, policy] = [await getBusiness(tx), await getSendingPolicy(tx)];
  const groups = (await readWaitingGroups(tx, [campaign.id])).get(campaign.id) ?? [];
  const wanted = changedBy(campaign, input.change);
  const next = { ...wanted, pointless: dated(wanted, { now, zone }) };
  const lanes = await requireSomeLanes(tx, input.change.laneIds);
  if (!lanes.ok) return lanes;
  const problems = sendingProblems(next, { now, zone, policy, groups }).filter((problem) =>
    isAbout(problem, input.change, { next, now }),
  );
  if (problems.length > 0)
    return invalid(problems.map(({ message }) => message).join('; '), { errors: problems.map((one) => ({ ...one })) });

  await writeSending(tx, campaign.id, next);
  if (input.change.laneIds !== undefined) await changeLanes(tx, campaign.id, next.laneIds, now);
  if (input.change.pace !== undefined) await recountPace(tx, campaign.id, { now, day: dayIn(zone, now), zone });
  await nextRevision(tx, campaign.id, now);
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: input.actor,
    action: 'campaign.sending_changed',
    subject: showId('campaign', campaign.id),
    detail: { name: campaign.name, ...difference(shown(campaign), shown(next)) },
  });
  await notifyLive(tx, ['engine', 'status', `campaign:${campaign.id}`]);
  const changed = await getCampaign(tx, campaign.id);
  if (changed === undefined) throw new Error(`campaign ${campaign.id} vanished inside its own transaction`);
  return ok(changed);
}

const isOpen = ({ state }: Campaign): boolean => state === 'running' || state === 'paused';

async function requireSomeLanes(tx: Tx, laneIds: readonly Uuid[] | undefined): Promise<Outcome<undefined>> {
  if (laneIds === undefined) return ok(undefined);
  if (laneIds.length > 0) return requireLanes(tx, laneIds);
  const message = 'No number would be left to send from: keep at least one, or pause or cancel the campaign';
  return invalid(message, { errors: [{ pointer: '/laneIds', message }] });
}

/** What was so before and is not touched must not stand in the way of another change. */
function isAbout(
  { pointer }: SendingProblem,
  change: CampaignChange,
  { next, now }: { readonly next: SendingOptions; readonly now: Instant },
): boolean {
  const windowChanges = change.windowStartMinute !== undefined || change.windowEndMinute !== undefined;
  switch (pointer) {
    case '/window':
      return windowChanges;
    case '/pace/finishBy': {
      const isAhead = next.pace.finishBy !== null && next.pace.finishBy.epochMilliseconds > now.epochMilliseconds;
      return change.pace?.finishBy !== undefined || (windowChanges && isAhead);
    }
    case '/pointless/after':
      return change.pointless !== undefined;
    default:
      return unreachable(pointer);
  }
}

/** For the audit log. */
const shown = (options: SendingOptions & { readonly laneIds: readonly Uuid[] }) => ({
  priority: options.priority,
  window: `${minuteText(options.windowStartMinute)}-${minuteText(options.windowEndMinute)}`,
  maxPerHour: options.pace.maxPerHour,
  maxPerDay: options.pace.maxPerDay,
  finishBy: options.pace.finishBy?.toString() ?? null,
  pointless:
    options.pointless === null
      ? null
      : { after: options.pointless.after?.toString() ?? null, action: options.pointless.action },
  laneIds: options.laneIds.map((id) => showId('lane', id)).toSorted(),
});

function difference(before: ReturnType<typeof shown>, after: ReturnType<typeof shown>) {
  const afterOf: Readonly<Record<string, unknown>> = after;
  const changed = Object.entries(before).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(afterOf[key]),
  );
  return {
    before: Object.fromEntries(changed),
    after: Object.fromEntries(changed.map(([key]) => [key, afterOf[key]])),
  };
}
