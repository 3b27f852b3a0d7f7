/**
 * An inbound text: stored, linked and understood in one transaction. Idempotent by the gateway's message id, so that the fast path
 * of the webhook, the job and a redelivery may all come here.
 *
 * Opt-out wins: the suppression is part of the transaction that stores the text, and the confirmation is written only by the
 * transaction that made the suppression, so there is exactly one.
 */
import { classifyInbound, type InboundClassification } from '../compliance/opt-out.ts';
import { liftOptOut, suppressNumber } from '../compliance/suppress.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { unreachable } from '../platform/result.ts';
import { addMs, DAY_MS, HOUR_MS } from '../platform/time.ts';
import { automaticAnswer, providerConfirms } from './automatic-answers.ts';
import type { InboundAccount, InboundText } from './inbound.ts';
import {
  bumpConversation,
  ensureConversation,
  findLane,
  flagForReview,
  helpAnsweredSince,
  insertAutomaticAnswer,
  insertInbound,
  type LaneRef,
  lockContactByPhone,
  markOptedOut,
  markReplied,
  readBusiness,
  recentCampaignTexts,
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
}

/** A reply belongs to the newest campaign text of this many days. */
const REPLY_WINDOW_MS = 7 * DAY_MS;
/** 47 CFR 64.1200(a)(12): a confirmation within five minutes is presumed covered by the old consent. */
const CONFIRM_WITHIN_MS = 5 * 60_000;

/** Returns false when no lane of the account received it (a number that was removed here). */
export async function recordInbound(tx: Tx, deps: Deps, account: InboundAccount, text: InboundText): Promise<boolean> {
  const lane = await findLane(tx, { accountId: account.id, laneRef: text.laneRef, phones: text.to });
  if (lane === undefined) return false;
  const contactId = await lockContactByPhone(tx, text.from);
  const sent = await recentCampaignTexts(tx, { phone: text.from, since: addMs(text.at, -REPLY_WINDOW_MS) });
  const classification = classifyInbound(text.text, { recentOutbound: sent.map((row) => row.body) });
  // A group chat answers nobody in particular.
  const enrollmentId = text.to.length > 1 ? null : (sent[0]?.enrollmentId ?? null);
  const conversationId = await ensureConversation(tx, {
    id: deps.newUuid(),
    laneId: lane.id,
    phone: text.from,
    contactId,
    at: text.at,
    text: text.text,
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
    now: deps.clock.now(),
  });
  if (!inserted) return true;
  await bumpConversation(tx, {
    conversationId,
    at: text.at,
    preview: text.text,
    waits: waitsForAnswer(text, classification),
  });
  const campaignId = enrollmentId === null ? undefined : await markReplied(tx, enrollmentId, text.at);
  await act(tx, deps, { account, text, lane, conversationId, contactId, messageId, enrollmentId, classification });
  await notifyLive(tx, [
    'inbox',
    'engine',
    `conversation:${conversationId}`,
    ...(campaignId === undefined ? [] : [`campaign:${campaignId}`]),
  ]);
  return true;
}

/** A reaction or a lone thumb needs no answer; a keyword has had its own. */
function waitsForAnswer(text: InboundText, { outcome, normalised }: InboundClassification): boolean {
  if (outcome === 'opt_out' || outcome === 'opt_in') return false;
  return normalised !== '' || text.text.includes('?') || text.media.length > 0;
}

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
  const wrongPerson = WRONG_PERSON_FAMILIES.has(classification.family ?? '');
  const { created } = await suppressNumber(tx, deps, {
    phone: text.from,
    reason: wrongPerson ? 'wrong_number' : 'opt_out',
    channel: 'sms',
    evidence: {
      text: text.text,
      gatewayMessageId: text.gatewayMessageId,
      saidAt: text.at.toString(),
      tier: classification.tier,
      matched: classification.matched,
      classifierVersion: classification.classifierVersion,
    },
    actor: 'contact',
  });
  if (enrollmentId !== null) await markOptedOut(tx, enrollmentId, text.at);
  if (created && !providerConfirms(account, text.text)) await answer(tx, deps, understood, 'opt_out_confirmation');
}

async function optIn(tx: Tx, deps: Deps, understood: Understood): Promise<void> {
  const { text, classification } = understood;
  const { lifted } = await liftOptOut(tx, deps, {
    phone: text.from,
    saidAt: text.at,
    evidence: {
      text: text.text,
      gatewayMessageId: text.gatewayMessageId,
      saidAt: text.at.toString(),
      matched: classification.matched,
    },
  });
  if (lifted) await answer(tx, deps, understood, 'opt_in_confirmation');
}

/** One HELP answer an hour: an auto-responder that says "info" must not start a conversation with ours. */
async function help(tx: Tx, deps: Deps, understood: Understood): Promise<void> {
  const answered = await helpAnsweredSince(tx, {
    phone: understood.text.from,
    since: addMs(deps.clock.now(), -HOUR_MS),
  });
  if (!answered) await answer(tx, deps, understood, 'help');
}

async function answer(
  tx: Tx,
  deps: Deps,
  understood: Understood,
  purpose: 'opt_out_confirmation' | 'opt_in_confirmation' | 'help',
): Promise<void> {
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
