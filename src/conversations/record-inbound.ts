/**
 * An inbound text: stored, linked and understood in one transaction. Idempotent by the gateway's message id, so that the fast path
 * of the webhook, the job and a redelivery may all come here.
 *
 * Opt-out wins: the suppression is part of the transaction that stores the text, and the confirmation is written only by the
 * transaction that made the first suppression of the number, so there is exactly one until START ends it.
 */

import { recordAudit } from '../compliance/audit-store.ts';
import { lockNumber } from '../compliance/lock-number.ts';
import type { InboundClassification } from '../compliance/opt-out.ts';
import { liftOptOut, suppressNumber } from '../compliance/suppress.ts';
import { isCanadian } from '../contacts/area-codes.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { unreachable } from '../platform/result.ts';
import { addMs, DAY_MS, HOUR_MS, MINUTE_MS } from '../platform/time.ts';
import { engineTopicOf } from '../sending/engine-topic.ts';
import { automaticAnswer, providerAnswers } from './automatic-answers.ts';
import { classifyReceived } from './classify-received.ts';
import { type InboundAccount, type InboundText, isHistory, isOldHistory, type Knowledge, TOLD } from './inbound.ts';
import {
  bumpConversation,
  ensureConversation,
  findLane,
  flagForReview,
  helpAnsweredSince,
  insertAutomaticAnswer,
  insertInbound,
  type LaneRef,
  markOptedOut,
  markReplied,
  readBusiness,
  recentCampaignTexts,
  strangersAmong,
} from './inbound-store.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

interface Understood {
  readonly account: InboundAccount;
  readonly text: InboundText;
  readonly lane: LaneRef;
  readonly conversationId: Uuid;
  readonly contactId: Uuid | null;
  readonly messageId: Uuid;
  /** The campaign text that this answers, if one went out in the last days. */
  readonly enrollmentId: Uuid | null;
  readonly classification: InboundClassification;
  /** What was found later is acted upon, and not answered by a machine: hours have passed, and it may be night. */
  readonly mayAnswer: boolean;
}

/** A reply belongs to the newest campaign text of this many days. */
const REPLY_WINDOW_MS = 7 * DAY_MS;
/** 47 CFR 64.1200(a)(12): a confirmation within five minutes is presumed covered by the old consent. */
const CONFIRM_WITHIN_MS = 5 * 60_000;
/** A text that we began after the person wrote was not what the person answered; the provider's clock may be a little behind ours. */
const CLOCK_SKEW_MS = MINUTE_MS;

/** PostgreSQL stores neither a NUL nor half a surrogate pair (a long text that a carrier cut in the middle of an emoji). */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '');

async function optOutWithoutLane(tx: Tx, deps: Deps, text: InboundText): Promise<boolean> {
  const classification = classifyReceived(text, { canadian: isCanadian(text.from) });
  if (classification.outcome !== 'opt_out') return false;
  await suppress(tx, deps, text, classification);
  return true;
}

/**
 * Returns false when no lane of the account received it (a number that was removed here), unless it was an opt-out: that one counts
 * to whichever number of the business it was sent.
 */
export async function recordInbound(
  tx: Tx,
  deps: Deps,
  account: InboundAccount,
  received: InboundText,
  known: Knowledge | typeof TOLD = TOLD,
): Promise<boolean> {
  const text = { ...received, text: storable(received.text) };
  const lane = await findLane(tx, { accountId: account.id, laneRef: text.laneRef, phones: text.to });
  if (lane === undefined) return optOutWithoutLane(tx, deps, text);
  const contactId = await lockNumber(tx, text.from);
  const sent = await recentCampaignTexts(tx, {
    phone: text.from,
    since: addMs(text.at, -REPLY_WINDOW_MS),
    until: addMs(text.at, CLOCK_SKEW_MS),
  });
  const classification = classifyReceived(text, {
    recentOutbound: sent.map((row) => row.body),
    canadian: isCanadian(text.from),
  });
  // A group chat answers nobody in particular.
  const isGroup = new Set(text.to).size > 1;
  const enrollmentId = isGroup || isHistory(text.at, known) ? null : (sent[0]?.enrollmentId ?? null);
  const isOver = isOldHistory(text.at, known, deps.clock.now());
  const groupOthers = isGroup ? await strangersAmong(tx, text.to) : [];
  const conversationId = await ensureConversation(tx, {
    id: deps.newUuid(),
    laneId: lane.id,
    phone: text.from,
    contactId,
    at: text.at,
    last: { kind: 'text', direction: 'inbound', preview: text.text },
    needsPerson: !isOver && needsPerson(classification),
  });
  const messageId = deps.newUuid();
  const inserted = await insertInbound(tx, {
    messageId,
    accountId: account.id,
    laneId: lane.id,
    contactId,
    conversationId,
    enrollmentId,
    text,
    classification,
    groupOthers,
    now: deps.clock.now(),
  });
  if (!inserted) return true;
  await bumpConversation(tx, {
    conversationId,
    at: text.at,
    preview: text.text,
    needsPerson: !isOver && needsPerson(classification),
    waits: !isOver && waitsForAnswer(text, classification),
    groupOthers,
  });
  const campaignId = enrollmentId === null ? undefined : await markReplied(tx, enrollmentId, text.at);
  await act(tx, deps, {
    account,
    text,
    lane,
    conversationId,
    contactId,
    messageId,
    enrollmentId,
    classification,
    mayAnswer: !known.reconciled,
  });
  await notifyLive(tx, [
    'inbox',
    // What a keyword does may be a text to send, or people not to send to.
    ...(classification.outcome === 'none' ? [] : [engineTopicOf(account.id)]),
    `conversation:${conversationId}`,
    ...(campaignId === undefined ? [] : [`campaign:${campaignId}`]),
  ]);
  return true;
}

/** An opt-out or an opt-in has been done and confirmed by the time anybody could look. */
export const needsPerson = ({ outcome }: InboundClassification): boolean =>
  outcome !== 'opt_out' && outcome !== 'opt_in';

/** A reaction (which may quote a question of ours) or a lone thumb is to be read and needs no answer; a lone "?" does. */
export function waitsForAnswer(
  text: Pick<InboundText, 'text' | 'media'>,
  classification: InboundClassification,
): boolean {
  if (!needsPerson(classification)) return false;
  return classification.normalised !== '' || LONE_QUESTION_MARK.test(text.text) || text.media.length > 0;
}

const LONE_QUESTION_MARK = /^[^\p{L}]*\?[^\p{L}]*$/u;

function act(tx: Tx, deps: Deps, understood: Understood): Promise<void> {
  const { outcome } = understood.classification;
  switch (outcome) {
    case 'opt_out':
      return optOut(tx, deps, understood);
    case 'opt_in':
      return optIn(tx, deps, understood);
    case 'help':
      return help(tx, deps, understood);
    case 'review':
      return flagForReview(tx, understood.conversationId);
    case 'none':
      return Promise.resolve();
    default:
      return unreachable(outcome);
  }
}

const WRONG_PERSON_FAMILIES: ReadonlySet<string> = new Set(['wrong_person', 'bereavement']);

async function optOut(tx: Tx, deps: Deps, understood: Understood): Promise<void> {
  const { text, classification, account, enrollmentId } = understood;
  const { beginsOptOut } = await suppress(tx, deps, text, classification);
  if (enrollmentId !== null) await markOptedOut(tx, enrollmentId, text.at);
  if (beginsOptOut && !providerAnswers(account, text, 'opt_out'))
    await answer(tx, deps, understood, 'opt_out_confirmation');
}

function suppress(
  tx: Tx,
  deps: Deps,
  text: InboundText,
  classification: InboundClassification,
): Promise<{ readonly beginsOptOut: boolean }> {
  const wrongPerson = WRONG_PERSON_FAMILIES.has(classification.family ?? '');
  return suppressNumber(tx, deps, {
    phone: text.from,
    reason: wrongPerson ? 'wrong_number' : 'opt_out',
    channel: 'sms',
    saidAt: text.at,
    evidence: {
      ...saidIn(text, classification),
      tier: classification.tier,
      classifierVersion: classification.classifierVersion,
    },
    actor: 'contact',
  });
}

/** What every decision about a number keeps of the text that caused it. */
const saidIn = (text: InboundText, { matched }: InboundClassification): object => ({
  text: text.text,
  gatewayMessageId: text.gatewayMessageId,
  saidAt: text.at.toString(),
  matched,
  ...(text.repairs === undefined ? {} : { repairs: text.repairs }),
});

async function optIn(tx: Tx, deps: Deps, understood: Understood): Promise<void> {
  const { account, text, classification } = understood;
  const { optedIn } = await liftOptOut(tx, deps, {
    phone: text.from,
    saidAt: text.at,
    evidence: saidIn(text, classification),
  });
  if (optedIn && !providerAnswers(account, text, 'opt_in')) await answer(tx, deps, understood, 'opt_in_confirmation');
}

/** One HELP answer an hour: an auto-responder that says "info" must not start a conversation with ours. */
async function help(tx: Tx, deps: Deps, understood: Understood): Promise<void> {
  const { account, text, classification } = understood;
  const now = deps.clock.now();
  const because = providerAnswers(account, text, 'help')
    ? 'the gateway gave one'
    : !understood.mayAnswer
      ? 'the text was found later in the records of the gateway'
      : (await helpAnsweredSince(tx, { phone: text.from, since: addMs(now, -HOUR_MS) }))
        ? 'one was given within the hour before'
        : undefined;
  if (because === undefined) await answer(tx, deps, understood, 'help');
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: 'system',
    action: 'help.answered',
    subject: text.from,
    phone: text.from,
    detail: {
      answer: because === undefined ? 'given' : 'withheld',
      ...(because === undefined ? {} : { because }),
      evidence: saidIn(text, classification),
    },
  });
}

async function answer(
  tx: Tx,
  deps: Deps,
  understood: Understood,
  purpose: 'opt_out_confirmation' | 'opt_in_confirmation' | 'help',
): Promise<void> {
  if (!understood.mayAnswer) return;
  const now = deps.clock.now();
  const business = await readBusiness(tx);
  await insertAutomaticAnswer(tx, {
    id: deps.newUuid(),
    accountId: understood.account.id,
    laneId: understood.lane.id,
    conversationId: understood.conversationId,
    contactId: understood.contactId,
    phone: understood.text.from,
    purpose,
    body: automaticAnswer(purpose, business, understood.classification),
    now,
    notAfter: purpose === 'opt_out_confirmation' ? addMs(now, patience(deps.clock, CONFIRM_WITHIN_MS)) : null,
  });
}
