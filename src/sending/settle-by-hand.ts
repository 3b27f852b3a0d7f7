/**
 * A person says what became of a text whose answer was lost. It is recorded by the same statement as the gateway's word, which moves
 * a text out of `unknown` once: of a person and the engine who settle it at the same moment one is first, and the other changes
 * nothing. Locks in the order of record.ts: gateway ids, campaign, number, lane, message, enrollment (docs/decisions/0017).
 */
import { recordAudit } from '../compliance/audit-store.ts';
import { lockNumber } from '../compliance/lock-number.ts';
import { waitAgain } from '../conversations/held-store.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { ok, unreachable } from '../platform/result.ts';
import { type Instant, msBetween, SECOND_MS } from '../platform/time.ts';
import { lockGatewayIds, takeEarlyReceipts } from '../webhooks/apply-status.ts';
import { beginAftermath } from './aftermath.ts';
import { type HandVerdict, holdCampaigns, recordResults } from './record-store.ts';
import { REQUEST_LIVES_MS } from './settle.ts';
import { findText, knownGatewayIds, type SettledText, type TextName } from './settle-store.ts';
import { forgetUnsent, lockPeopleOf } from './unsent-store.ts';

export type HandDecision =
  /** Seen on a phone or with the provider, which names the text by an id. */
  | { readonly outcome: 'sent'; readonly gatewayMessageId: string | undefined }
  /** It was not sent. */
  | { readonly outcome: 'send_again' }
  | { readonly outcome: 'drop' };

export const handDecision = (said: {
  readonly outcome: HandDecision['outcome'];
  readonly gatewayMessageId?: string | undefined;
}): HandDecision =>
  said.outcome === 'sent' ? { outcome: 'sent', gatewayMessageId: said.gatewayMessageId } : { outcome: said.outcome };

export interface SettleInput {
  readonly text: TextName;
  readonly decision: HandDecision;
  /** What the person saw, in their words. */
  readonly reason: string;
  readonly by: { readonly actor: string; readonly name: string };
}

/** Skip reason of whom a person took off (messages/outcome-sentences.ts). */
export const DROPPED = 'dropped_by_hand';
/** Of an answer, as when it is taken back before its hand-over (conversations/drop-text.ts). */
const UNWANTED = 'not_wanted';

/**
 * Settles one text: of a campaign, a reply, or an automatic answer; its new state. Refuses when it is not, or no longer, unknown. Whoever
 * has no other answer than a reply that is dropped waits for one again.
 */
export async function settleByHand(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: SettleInput,
): Promise<Outcome<{ readonly state: SettledText['state'] }>> {
  const { decision } = input;
  const text = await findText(tx, input.text);
  if (text === undefined) return noSuchText(input.text);
  if (text.state !== 'unknown' || text.attemptedAt === null) return settledAlready(text);
  const now = deps.clock.now();
  const refused = decision.outcome === 'send_again' ? tooEarly(text.attemptedAt, deps.clock, now) : undefined;
  if (refused !== undefined) return refused;

  const gatewayId = decision.outcome === 'sent' ? decision.gatewayMessageId : undefined;
  const gatewayIds = gatewayId === undefined ? [] : [gatewayId];
  const sent = gatewayIds.map((gatewayMessageId) => ({ messageId: text.id, gatewayMessageId }));
  await lockGatewayIds(tx, gatewayIds);
  const early = await takeEarlyReceipts(tx, text.accountId, sent);
  if ((await knownGatewayIds(tx, text.accountId, gatewayIds)).size > 0)
    return conflict(`the id ${gatewayId} belongs to another text: look it up again, or leave it out`);
  const aftermath = await beginAftermath(tx, deps, early.failed);
  await holdCampaigns(tx, [text.id]);
  const verdict = verdictOf(input, { text, now });
  const unsent = verdict.to === 'sent' ? [] : [text.id];
  const unanswered = text.purpose === 'reply' && verdict.to === 'cancelled';
  if (unanswered) await lockNumber(tx, text.phone);
  await lockPeopleOf(tx, unsent);
  const moved = await recordResults(tx, {
    accountId: text.accountId,
    from: 'unknown',
    now,
    results: [
      {
        messageId: text.id,
        attempt: text.attempts,
        outcome: verdict.to === 'sent' ? 'said_sent' : 'said_absent',
        verdict,
        at: verdict.to === 'sent' ? text.attemptedAt : now,
        settledBy: input.by.actor,
      },
    ],
  });
  await forgetUnsent(tx, unsent);
  await early.apply();
  await aftermath.end();
  const settled = (await findText(tx, input.text)) ?? text;
  if (moved === 0) return settledAlready(settled);
  const waits = unanswered ? await waitAgain(tx, text) : undefined;
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: input.by.actor,
    action: 'message.settled_by_hand',
    subject: showId('message', text.id),
    phone: text.phone,
    detail: {
      ...decision,
      reason: input.reason,
      ...(text.campaignId === null ? { purpose: text.purpose } : { campaign: showId('campaign', text.campaignId) }),
    },
  });
  const shownOn = text.campaignId === null ? 'inbox' : `campaign:${text.campaignId}`;
  await notifyLive(tx, ['engine', 'status', shownOn, ...(waits === undefined ? [] : [`conversation:${waits.id}`])]);
  return ok({ state: settled.state });
}

function verdictOf(
  { decision, reason, by }: SettleInput,
  { text, now }: { readonly text: SettledText; readonly now: Instant },
): HandVerdict {
  const detail = `${by.name}: ${reason}`;
  switch (decision.outcome) {
    case 'sent':
      return { to: 'sent', gatewayMessageId: decision.gatewayMessageId ?? null, detail };
    case 'send_again':
      return { to: 'pending', notBefore: now, detail };
    case 'drop':
      return { to: 'cancelled', code: text.campaignId === null ? UNWANTED : DROPPED, detail };
    default:
      return unreachable(decision);
  }
}

const noSuchText = (name: TextName) =>
  'messageId' in name
    ? notFound('message', showId('message', name.messageId))
    : notFound('text to contact', showId('contact', name.contactId));

const settledAlready = ({ state }: SettledText) =>
  conflict(WHILE[state] ?? `the text is settled already as ${state}: read it again`, { state });

const WHILE: Partial<Record<SettledText['state'], string>> = {
  handing_over: 'the text is with the gateway right now: there is nothing to settle unless its answer is lost',
  pending: 'the text waits and has not been handed over: there is nothing to settle',
};

/** Who sends again while the request may still be under way may send twice. */
function tooEarly(attemptedAt: Instant, clock: Clock, now: Instant) {
  const leftMs = patience(clock, REQUEST_LIVES_MS) - msBetween(attemptedAt, now);
  if (leftMs <= 0) return undefined;
  return conflict(
    `the request began at ${attemptedAt.toString()} and may still be under way: sent again now, the person could get the text twice. Try again in ${Math.ceil(leftMs / clock.factor / SECOND_MS)} seconds`,
    { state: 'unknown', allowed: ['sent', 'drop'] },
  );
}
