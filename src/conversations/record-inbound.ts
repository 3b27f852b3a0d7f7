/**
 * An inbound text: stored, linked and understood in one transaction. Idempotent by the gateway's message id, so that the fast path
 * of the webhook, the job and a redelivery may all come here.
 *
 * Opt-out wins: the suppression is part of the transaction that stores the text, and the confirmation is written only by the
 * transaction that made the first suppression of the number, so there is exactly one until START ends it.
 */

import { holdFree, holdNumber, lockNumber } from '../compliance/lock-number.ts';
import { lockMergedInto } from '../compliance/same-person-store.ts';
import { isCanadian } from '../contacts/area-codes.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Instant } from '../platform/time.ts';
import { engineTopicOf } from '../sending/engine-topic.ts';
import { actOn, suppress } from './act-on-inbound.ts';
import { classifyReceived } from './classify-received.ts';
import { type InboundAccount, type InboundText, type Knowledge, TOLD, type ToldNow } from './inbound.ts';
import {
  addMedia,
  ensureConversations,
  insertInbounds,
  lockCircumstances,
  lockFreeEnrollments,
  type NewConversation,
  type NewInbound,
  strangersAmong,
} from './inbound-store.ts';
import { holdNumberOf } from './open-review.ts';
import {
  asksNothing,
  isGroup,
  needsPerson,
  questionOf,
  storable,
  type Understood,
  understand,
  waitsForAnswer,
} from './understand-inbound.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

interface Placed extends Understood {
  readonly conversationId: Uuid;
  readonly messageId: Uuid;
}

interface Told extends Placed {
  readonly campaignId: Uuid | null;
}

async function obeyWithoutLane(tx: Tx, deps: Deps, text: InboundText, heardAt: Instant): Promise<boolean> {
  const classification = classifyReceived(text, { canadian: isCanadian(text.from) });
  const { outcome } = classification;
  if (outcome !== 'opt_out' && outcome !== 'review') return false;
  await lockNumber(tx, text.from);
  if (outcome === 'review') await lockMergedInto(tx, text.from);
  if (outcome === 'opt_out') await suppress(tx, deps, { text, classification, heardAt });
  else await holdNumberOf(tx, deps, { text, classification, conversationId: null });
  return true;
}

/**
 * Returns false when no lane of the account received it (a number that was removed here), unless it was an opt-out or may be one: that
 * counts to whichever number of the business it was sent.
 */
export async function recordInbound(
  tx: Tx,
  deps: Deps,
  account: InboundAccount,
  received: InboundText,
  known: Knowledge | ToldNow = TOLD,
): Promise<boolean> {
  const text = { ...received, text: storable(received.text) };
  await holdNumber(tx, text.from);
  const [circumstances] = await lockCircumstances(tx, account.id, [questionOf(text)], { waits: true });
  if (circumstances === undefined) return obeyWithoutLane(tx, deps, text, known.heardAt ?? deps.clock.now());
  const groupOthers = isGroup(text) ? await strangersAmong(tx, text.to) : [];
  const understood = understand({ account, text, circumstances, known, groupOthers, now: deps.clock.now() });
  if (understood.classification.outcome === 'review') await lockMergedInto(tx, text.from);
  const entered = await enter(tx, deps, account, [understood]);
  for (const one of entered) await actOn(tx, deps, one);
  await tell(tx, account, entered);
  const conversationId = entered.length === 0 ? await addMedia(tx, account.id, text) : undefined;
  if (conversationId !== undefined) await notifyLive(tx, [`conversation:${conversationId}`]);
  return true;
}

/**
 * Answers of different people to an account, all at once; returns those that are recorded. The others ask for something to be done, or
 * somebody else holds what they need: each of them is for `recordInbound`. Nobody is waited for: whoever holds several numbers and waited
 * for another one could wait for ever.
 */
export async function recordAnswers(
  tx: Tx,
  deps: Deps,
  account: InboundAccount,
  received: readonly InboundText[],
): Promise<ReadonlySet<InboundText>> {
  const lone = received.filter((text) => !isGroup(text));
  const held = await holdFree(
    tx,
    lone.map(({ from }) => from),
  );
  const original = new Map(lone.filter(({ from }) => held.has(from)).map((text) => [text.from, text]));
  const now = deps.clock.now();
  const found = await lockCircumstances(tx, account.id, [...original.values()].map(questionOf), { waits: false });
  const quiet = found.flatMap((circumstances) => {
    const text = original.get(circumstances.phone);
    if (text === undefined || !circumstances.isFree) return [];
    const stored = { ...text, text: storable(text.text) };
    const understood = understand({ account, text: stored, circumstances, known: TOLD, groupOthers: [], now });
    return asksNothing(understood.classification) ? [understood] : [];
  });
  const free = await lockFreeEnrollments(
    tx,
    quiet.flatMap(({ enrollmentId }) => enrollmentId ?? []),
  );
  const ready = quiet.filter(({ enrollmentId }) => enrollmentId === null || free.has(enrollmentId));
  await tell(tx, account, await enter(tx, deps, account, ready));
  return new Set(ready.flatMap(({ text }) => original.get(text.from) ?? []));
}

/** Those that were not stored already. */
async function enter(
  tx: Tx,
  deps: Deps,
  account: InboundAccount,
  texts: readonly Understood[],
): Promise<readonly Told[]> {
  if (texts.length === 0) return [];
  const fresh = texts.map((one) => ({ ...one, conversationId: deps.newUuid(), messageId: deps.newUuid() }));
  const threads = await ensureConversations(tx, fresh.map(conversationOf));
  const inThreads = fresh.map((one) => ({
    ...one,
    conversationId: threads.get(one.conversationId) ?? one.conversationId,
  }));
  const campaigns = await insertInbounds(tx, {
    accountId: account.id,
    now: deps.clock.now(),
    texts: inThreads.map(inboundOf),
  });
  return inThreads.flatMap((one) => {
    const campaignId = campaigns.get(one.messageId);
    return campaignId === undefined ? [] : [{ ...one, campaignId }];
  });
}

const conversationOf = (one: Placed): NewConversation => ({
  id: one.conversationId,
  laneId: one.laneId,
  phone: one.text.from,
  contactId: one.contactId,
  at: one.text.at,
  last: { kind: 'text', direction: 'inbound', preview: one.text.text },
  needsPerson: !one.isOver && needsPerson(one.classification),
});

function inboundOf(one: Placed): NewInbound {
  const { messageId, laneId, contactId, conversationId, enrollmentId, text, classification, groupOthers, isOver } = one;
  return {
    ...{ messageId, laneId, contactId, conversationId, enrollmentId, text, classification, groupOthers },
    needsPerson: !isOver && needsPerson(classification),
    waits: !isOver && waitsForAnswer(text, classification),
  };
}

async function tell(tx: Tx, account: InboundAccount, entered: readonly Told[]): Promise<void> {
  if (entered.length === 0) return;
  const topics = entered.flatMap(({ conversationId, campaignId, classification }) => [
    // What a keyword does may be a text to send, or people not to send to.
    ...(classification.outcome === 'none' ? [] : [engineTopicOf(account.id)]),
    `conversation:${conversationId}`,
    ...(campaignId === null ? [] : [`campaign:${campaignId}`]),
  ]);
  await notifyLive(tx, [...new Set(['inbox', ...topics])]);
}
