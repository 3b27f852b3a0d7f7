/**
 * Claim and intent, in one transaction. What it keeps:
 *
 * - An enrollment is claimed by one transaction only (row lock, `skip locked`), and at most one message row exists for it.
 * - The contact row is locked before suppressions are read: an opt-out locks the same row, so it is wholly before (the person
 *   is skipped here) or wholly after (the message was already on its way). The texts of the last hours are counted under the
 *   same lock, so that two campaigns on two accounts cannot both be the third text of a day.
 * - The lane's cap and the campaign's pace are reserved here, under the locks of their counters: no crash and no second holder
 *   can exceed them.
 * - The commit is the instant at which a hand-over begins; a crash before it leaves nothing, after it `handing_over`.
 *
 * Claiming and intending together, rather than one after the other, saves a state between the two and the recovery of it
 * (docs/decisions/0003).
 */
import { askedConsent, type ConsentPolicy } from '../compliance/consent-policy.ts';
import { contentRulesAt } from '../compliance/content-rules.ts';
import { additionOf, type OptOutWording } from '../compliance/opt-out-wording.ts';
import type { Template } from '../messages/template.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import {
  cancelStaleDirect,
  type EnrollmentMove,
  endWaitingTexts,
  insertIntents,
  type KnownStanding,
  type LaneRoom,
  lockDirectMessages,
  lockDueEnrollments,
  lockGround,
  moveEnrollments,
  readFirstDue,
  readRecipients,
  savePace,
  startDirect,
} from './claim-store.ts';
import type { Reach } from './crash-points.ts';
import { decideIntents, type IntentDecisions } from './decide-intents.ts';
import { type PaceLimits, type PaceMoment, type PaceUsed, paceAfter, paceRoom } from './decide-pace.ts';
import type { OpenGroup } from './decide-turn.ts';
import type { ClaimLimits } from './decision.ts';
import { type Lease, requireLease } from './lease-store.ts';

/** A text whose intent is committed: from here on it is handed over or settled. */
export interface Prepared {
  readonly messageId: Uuid;
  readonly attempt: number;
  readonly laneId: Uuid;
  /** Null for confirmations and replies. */
  readonly campaignId: Uuid | null;
  readonly phone: string;
  readonly body: string;
  readonly parts: number;
  readonly attemptedAt: Instant;
  /** After this instant the gateway must not be called any more. */
  readonly notAfter: Instant | null;
}

export interface CampaignClaim {
  readonly campaignId: Uuid;
  readonly laneId: Uuid;
  /** Lanes whose people this lane may serve: itself, and lanes that are switched off or were taken out of the campaign. */
  readonly servesLaneIds: readonly Uuid[];
  /** Those of them that were taken out. */
  readonly removedLaneIds: readonly Uuid[];
  /** False for a lane that is being drained: it serves only the people who know it. */
  readonly takesNewPeople: boolean;
  /** The lane's business day. */
  readonly day: string;
  /** Open now, the one that closes first in front. */
  readonly openGroups: readonly OpenGroup[];
  readonly templates: ReadonlyMap<Uuid, Template>;
  readonly businessName: string;
  /** For texts that name it, while people reach us under an address. */
  readonly optOutLink?: ((phone: string) => string) | undefined;
  /** Of first texts to people; null while an owner has never set any. */
  readonly optOutWording: OptOutWording | null;
  readonly limit: number;
  /** Absent for a campaign that goes as fast as its lanes. */
  readonly pace?: { readonly limits: PaceLimits; readonly moment: PaceMoment } | undefined;
  readonly notTextedForDays: number | null;
  readonly consent: ConsentPolicy | null;
}

export interface ClaimDeps {
  readonly db: Db;
  readonly newUuid: NewUuid;
  readonly reach: Reach;
}

interface CampaignClaimDeps extends ClaimDeps {
  /** Kept from claim to claim. */
  readonly known: KnownStanding;
}

export interface ClaimResult {
  readonly prepared: readonly Prepared[];
  /** Message parts of what was prepared. */
  readonly parts: number;
  /** Rows that moved, also those that were skipped, failed or put off: 0 says that nothing is due. */
  readonly taken: number;
  /** When the campaign's pace lets its next text begin, if that is all it waits for. */
  readonly nextAt?: Instant;
  /** Nobody is due: the first of those who wait here is then, `null` when nobody waits here. */
  readonly firstDueAt?: Instant | null;
}

const NOTHING: ClaimResult = { prepared: [], parts: 0, taken: 0 };

export function claimCampaign(
  deps: CampaignClaimDeps,
  lease: Lease,
  claim: CampaignClaim,
  now: Instant,
): Promise<ClaimResult> {
  return runTx(deps.db, async (tx) => {
    const { running, lane, pace } = await lockGround(tx, { ...claim, lease, pace: claim.pace?.moment, now });
    if (!running) return NOTHING;
    const paceLimit =
      claim.pace === undefined || pace === undefined
        ? lane.texts
        : paceRoom(claim.pace.limits, pace, claim.pace.moment);
    const limit = Math.min(claim.limit, lane.texts, paceLimit);
    if (limit <= 0 || lane.parts <= 0) return pace === undefined ? NOTHING : { ...NOTHING, nextAt: pace.nextAt };
    const waiting = {
      campaignId: claim.campaignId,
      laneIds: claim.servesLaneIds,
      takesNewPeople: claim.takesNewPeople,
      zoneGroups: claim.openGroups.map((group) => group.zoneGroup),
    };
    const claimed = await lockDueEnrollments(tx, { ...waiting, now, limit });
    if (claimed.length === 0) return { ...NOTHING, firstDueAt: await readFirstDue(tx, waiting) };
    return prepare(tx, deps, { lease, claim, lane, pace, now, claimed: claimed.map((row) => row.id) });
  });
}

async function prepare(
  tx: Tx,
  deps: CampaignClaimDeps,
  input: {
    readonly lease: Lease;
    readonly claim: CampaignClaim;
    readonly lane: LaneRoom;
    readonly pace: PaceUsed | undefined;
    readonly now: Instant;
    readonly claimed: readonly Uuid[];
  },
): Promise<ClaimResult> {
  const { lease, claim, now } = input;
  const recipients = await readRecipients(
    tx,
    {
      enrollmentIds: input.claimed,
      notTextedForDays: claim.notTextedForDays,
      consent: askedConsent(claim.consent, { now, waived: false }),
      asksFirst: claim.optOutWording !== null,
      now,
    },
    deps.known,
  );
  const decided = decideIntents(recipients, {
    ...claim,
    addition: claim.optOutWording === null ? undefined : additionOf(claim.optOutWording, contentRulesAt(now)),
    partsRoom: input.lane.parts,
    limits: limitsOf(input),
    now,
    newUuid: deps.newUuid,
  });
  const moves = movesOf(decided);
  if (moves.length === 0) return NOTHING;
  const { intents } = decided;
  const parts = intents.reduce((sum, intent) => sum + intent.parts, 0);
  const messages =
    intents.length === 0
      ? []
      : await insertIntents(tx, { lease, laneId: claim.laneId, day: claim.day, now, intents, parts });
  if (intents.length > 0 && claim.pace !== undefined && input.pace !== undefined)
    await savePace(tx, claim.campaignId, paceAfter(input.pace, intents.length, claim.pace.moment));
  await endWaitingTexts(tx, [...decided.skipped, ...decided.failed.map(({ id, code }) => ({ id, reason: code }))]);
  await moveEnrollments(tx, { laneId: claim.laneId, now, moves });
  if (intents.length > 0) deps.reach('inside the claim');
  const byEnrollment = new Map(intents.map((intent) => [intent.enrollmentId, intent]));
  const prepared = messages.flatMap(({ messageId, enrollmentId, attempt }): Prepared[] => {
    const intent = byEnrollment.get(enrollmentId);
    if (intent === undefined) return [];
    const { phone, body, notAfter } = intent;
    const { laneId, campaignId } = claim;
    return [{ messageId, attempt, laneId, campaignId, phone, body, parts: intent.parts, attemptedAt: now, notAfter }];
  });
  return { prepared, parts, taken: moves.length };
}

/** For the record of the decision. */
function limitsOf(input: {
  readonly claim: CampaignClaim;
  readonly lane: LaneRoom;
  readonly pace: PaceUsed | undefined;
}): ClaimLimits {
  const { claim, lane, pace } = input;
  const { partsReserved, partsPerDay } = lane;
  const limits = claim.pace?.limits;
  return {
    day: claim.day,
    laneTexts: lane.reserved,
    laneTextsAllowed: lane.dailyCap,
    ...(partsPerDay === null ? {} : { laneParts: partsReserved, lanePartsAllowed: partsPerDay }),
    ...(limits === undefined || pace === undefined
      ? {}
      : {
          pace: {
            hourTexts: pace.hourTexts,
            maxPerHour: limits.maxPerHour,
            dayTexts: pace.dayTexts,
            maxPerDay: limits.maxPerDay,
            finishBy: limits.finishBy?.toString() ?? null,
          },
        }),
  };
}

const movesOf = ({ intents, skipped, failed, postponed, elsewhere }: IntentDecisions): readonly EnrollmentMove[] => [
  ...intents.map(({ enrollmentId, parts }) => ({ id: enrollmentId, to: 'handing_over', parts }) as const),
  ...skipped.map(({ id, reason }) => ({ id, to: 'skipped', reason }) as const),
  ...failed.map(({ id, code }) => ({ id, to: 'failed', reason: code }) as const),
  ...postponed.map((one) => ({ ...one, to: 'pending' }) as const),
  ...elsewhere.map(({ id, laneId }) => ({ id, to: 'pending', laneId }) as const),
];

/** Opt-out confirmations, HELP answers and replies of people: before every campaign, outside of caps and quiet hours. */
export function claimDirect(
  deps: ClaimDeps,
  lease: Lease,
  now: Instant,
  choice: { readonly limit: number; readonly automaticOnly: boolean },
): Promise<readonly Prepared[]> {
  return runTx(deps.db, async (tx) => {
    await requireLease(tx, lease);
    const ids = await lockDirectMessages(tx, { accountId: lease.accountId, now, ...choice });
    if (ids.length === 0) return [];
    await cancelStaleDirect(tx, ids, now);
    const started = await startDirect(tx, lease, ids, now);
    return started.map(({ id, laneId, phone, body, parts, attempts, notAfter }) => ({
      messageId: id,
      attempt: attempts,
      laneId,
      campaignId: null,
      phone,
      body,
      parts,
      attemptedAt: now,
      notAfter,
    }));
  });
}
