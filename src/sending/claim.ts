/**
 * Claim and intent, in one transaction. What it keeps:
 *
 * - An enrollment is claimed by one transaction only (row lock, `skip locked`), and at most one message row exists for it.
 * - The contact row is locked before suppressions are read: an opt-out locks the same row, so it is wholly before (the person
 *   is skipped here) or wholly after (the message was already on its way).
 * - The lane's cap is reserved here, under the lock of its counter: no crash and no second holder can exceed it.
 * - The commit is the instant at which a hand-over begins; a crash before it leaves nothing, after it `handing_over`.
 *
 * Claiming and intending together, rather than one after the other, saves a state between the two and the recovery of it
 * (docs/decisions/0003).
 */
import { countParts } from '../messages/encoding.ts';
import type { Template } from '../messages/template.ts';
import { renderTemplate } from '../messages/template-render.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import {
  cancelStaleDirect,
  failEnrollments,
  holdRunningCampaign,
  type Intent,
  insertAttempts,
  insertIntents,
  lockDirectMessages,
  lockDueEnrollments,
  lockLaneRoom,
  type RecipientRow,
  readRecipients,
  skipEnrollments,
  startDirect,
} from './claim-store.ts';
import { type Lease, requireLease } from './lease-store.ts';

/** A text whose intent is committed: from here on it is handed over or settled. */
export interface Prepared {
  readonly messageId: Uuid;
  readonly attempt: number;
  readonly laneId: Uuid;
  readonly phone: string;
  readonly body: string;
  readonly attemptedAt: Instant;
  /** After this instant the gateway must not be called any more. */
  readonly notAfter: Instant | null;
}

export interface CampaignClaim {
  readonly campaignId: Uuid;
  readonly laneId: Uuid;
  /** Lanes whose people this lane may serve: itself, and lanes of the campaign that are switched off. */
  readonly servesLaneIds: readonly Uuid[];
  /** The lane's business day. */
  readonly day: string;
  /** Open now, the one that closes first in front, with the last instant for a hand-over. */
  readonly openGroups: readonly { readonly zoneGroup: string; readonly notAfter: Instant }[];
  readonly templates: ReadonlyMap<Uuid, Template>;
  readonly businessName: string;
  readonly limit: number;
}

export interface ClaimDeps {
  readonly db: Db;
  readonly newUuid: NewUuid;
}

export interface ClaimResult {
  readonly prepared: readonly Prepared[];
  /** Rows that were taken, also those that were skipped or failed: 0 says that nothing is due. */
  readonly taken: number;
}

export function claimCampaign(deps: ClaimDeps, lease: Lease, claim: CampaignClaim, now: Instant): Promise<ClaimResult> {
  return runTx(deps.db, async (tx) => {
    await requireLease(tx, lease);
    if (!(await holdRunningCampaign(tx, claim.campaignId))) return { prepared: [], taken: 0 };
    const limit = Math.min(claim.limit, await lockLaneRoom(tx, claim.laneId, claim.day));
    if (limit === 0) return { prepared: [], taken: 0 };
    const claimed = await lockDueEnrollments(tx, {
      campaignId: claim.campaignId,
      laneIds: claim.servesLaneIds,
      zoneGroups: claim.openGroups.map((group) => group.zoneGroup),
      now,
      limit,
    });
    if (claimed.length === 0) return { prepared: [], taken: 0 };
    const { intents, skipped, failed } = decideIntents(await readRecipients(tx, claimed, now), claim, deps.newUuid);
    await skipEnrollments(tx, skipped);
    await failEnrollments(tx, failed, now);
    if (intents.length === 0) return { prepared: [], taken: claimed.length };
    const messages = await insertIntents(tx, {
      lease,
      laneId: claim.laneId,
      day: claim.day,
      now,
      intents,
    });
    await insertAttempts(tx, lease, messages, now);
    const byEnrollment = new Map(intents.map((intent) => [intent.enrollmentId, intent]));
    const prepared = messages.flatMap(({ messageId, enrollmentId, attempt }): Prepared[] => {
      const intent = byEnrollment.get(enrollmentId);
      if (intent === undefined) return [];
      const { phone, body, notAfter } = intent;
      return [{ messageId, attempt, laneId: claim.laneId, phone, body, attemptedAt: now, notAfter }];
    });
    return { prepared, taken: claimed.length };
  });
}

/** Longest text that the gateways take. */
const TEXT_LENGTH_MAX = 1600;

function decideIntents(
  recipients: readonly RecipientRow[],
  claim: CampaignClaim,
  newUuid: NewUuid,
): {
  readonly intents: readonly Intent[];
  readonly skipped: readonly { readonly id: Uuid; readonly reason: string }[];
  readonly failed: readonly { readonly id: Uuid; readonly code: string }[];
} {
  const closing = new Map(claim.openGroups.map((group) => [group.zoneGroup, group.notAfter]));
  const intents: Intent[] = [];
  const skipped: { id: Uuid; reason: string }[] = [];
  const failed: { id: Uuid; code: string }[] = [];
  for (const recipient of recipients) {
    const id = recipient.enrollmentId;
    const template = claim.templates.get(recipient.variantId);
    const notAfter = closing.get(recipient.zoneGroup);
    if (template === undefined || notAfter === undefined)
      throw new Error(
        `enrollment ${id}: variant ${recipient.variantId} or zone group ${recipient.zoneGroup} is not part of the claim`,
      );
    if (recipient.forbidden !== null) {
      skipped.push({ id, reason: recipient.forbidden });
      continue;
    }
    const text = renderTemplate(template, { ...recipient, businessName: claim.businessName });
    const code = text.ok ? unsendable(text.value) : `missing_field:${text.error.field}`;
    if (!text.ok || code !== undefined) {
      failed.push({ id, code: code ?? 'missing_field' });
      continue;
    }
    const { encoding, parts } = countParts(text.value);
    intents.push({
      messageId: newUuid(),
      enrollmentId: id,
      contactId: recipient.contactId,
      phone: recipient.phone,
      body: text.value,
      encoding,
      parts,
      notAfter,
    });
  }
  return { intents, skipped, failed };
}

function unsendable(text: string): string | undefined {
  if (text.trim() === '') return 'empty_text';
  return text.length > TEXT_LENGTH_MAX ? 'text_too_long' : undefined;
}

/** Opt-out confirmations, HELP answers and replies of people: before every campaign, outside of caps and quiet hours. */
export function claimDirect(deps: ClaimDeps, lease: Lease, now: Instant, limit: number): Promise<readonly Prepared[]> {
  return runTx(deps.db, async (tx) => {
    await requireLease(tx, lease);
    const ids = await lockDirectMessages(tx, { accountId: lease.accountId, now, limit });
    if (ids.length === 0) return [];
    await cancelStaleDirect(tx, ids, now);
    const started = await startDirect(tx, lease, ids, now);
    await insertAttempts(
      tx,
      lease,
      started.map((message) => ({ messageId: message.id, attempt: message.attempts })),
      now,
    );
    return started.map(({ id, laneId, phone, body, attempts, notAfter }) => ({
      messageId: id,
      attempt: attempts,
      laneId,
      phone,
      body,
      attemptedAt: now,
      notAfter,
    }));
  });
}
