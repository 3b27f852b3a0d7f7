import { recordAudit } from '../compliance/audit-store.ts';
import { type ConsentPurpose, consentStanding, standingAt } from '../compliance/consent.ts';
import { consentRulesAt } from '../compliance/consent-rules.ts';
import { readConsentFacts } from '../compliance/consent-store.ts';
import { CONFIRM_WITHIN_DAYS_MAX } from '../compliance/double-opt-in.ts';
import type { InboundClassification } from '../compliance/opt-out.ts';
import { OPT_OUT_TERMS, optOutTermsAt } from '../compliance/opt-out-terms.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import { liftOptOut, suppressLocked } from '../compliance/suppress.ts';
import { readOptOutConfirmer } from '../gateways/account-store.ts';
import { addSubscriber } from '../opt-in-forms/add-subscriber.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { unreachable } from '../platform/result.ts';
import { addMs, DAY_MS, HOUR_MS, type Instant, isBefore, MINUTE_MS } from '../platform/time.ts';
import { automaticAnswer, providerAnswers, weConfirmOptOut } from './automatic-answers.ts';
import type { InboundText } from './inbound.ts';
import { helpAnsweredSince, insertAutomaticAnswer } from './inbound-store.ts';
import { holdNumberOf, letGo } from './open-review.ts';
import { newestOptInRequest } from './opt-in-request-store.ts';
import type { Understood } from './understand-inbound.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** A text that has its place. */
export interface Entered extends Understood {
  readonly conversationId: Uuid;
}

/** What a text asks for beyond being shown, done. The number is locked. */
export function actOn(tx: Tx, deps: Deps, understood: Entered): Promise<void> {
  const { outcome } = understood.classification;
  switch (outcome) {
    case 'opt_out':
      return optOut(tx, deps, understood);
    case 'opt_in':
      return optIn(tx, deps, understood);
    case 'help':
      return help(tx, deps, understood);
    case 'review':
      return hold(tx, deps, understood);
    // Only a keyword lifts an opt-out; staff see the wish in the thread, and ask the person to text START.
    case 'opt_in_wish':
    case 'none':
      return Promise.resolve();
    default:
      return unreachable(outcome);
  }
}

/** What is only history needs no decision within a day; a person sees it in the inbox. */
const hold = (tx: Tx, deps: Deps, { text, classification, conversationId, isOver }: Entered): Promise<void> =>
  isOver ? Promise.resolve() : holdNumberOf(tx, deps, { text, classification, conversationId });

const WRONG_PERSON_FAMILIES: ReadonlySet<string> = new Set(['wrong_person', 'bereavement']);

async function optOut(tx: Tx, deps: Deps, understood: Entered): Promise<void> {
  const { text, account } = understood;
  const { beginsOptOut } = await suppress(tx, deps, understood);
  if (beginsOptOut && weConfirmOptOut(account, text, await readOptOutConfirmer(tx, account.id)))
    await confirmHeard(tx, deps, understood, 'opt_out_confirmation');
}

/** The number is locked. */
export function suppress(
  tx: Tx,
  deps: Deps,
  said: Pick<Understood, 'text' | 'classification' | 'heardAt'> & Partial<Pick<Understood, 'enrollmentId'>>,
): Promise<{ readonly beginsOptOut: boolean }> {
  const { text, classification, heardAt, enrollmentId } = said;
  const wrongPerson = WRONG_PERSON_FAMILIES.has(classification.family ?? '');
  return suppressLocked(tx, deps, {
    phone: text.from,
    reason: wrongPerson ? 'wrong_number' : 'opt_out',
    channel: 'sms',
    how: classification.tier === 1 ? 'keyword' : 'free_text',
    saidAt: text.at,
    heardAt,
    ...(enrollmentId === undefined ? {} : { enrollmentId }),
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

async function optIn(tx: Tx, deps: Deps, understood: Entered): Promise<void> {
  const { account, text, classification, awaits } = understood;
  const { optedIn, reachable } = await liftOptOut(tx, deps, {
    phone: text.from,
    saidAt: text.at,
    evidence: saidIn(text, classification),
  });
  await letGo(tx, deps, text);
  const confirmed = await confirm(tx, deps, { text, awaits });
  if ((optedIn || (confirmed && reachable)) && !providerAnswers(account, text, 'opt_in'))
    await confirmHeard(tx, deps, understood, 'opt_in_confirmation');
}

/** Which answers there are is known from the texts; why there is none, only from the audit. */
async function confirmHeard(
  tx: Tx,
  deps: Deps,
  understood: Entered,
  purpose: 'opt_out_confirmation' | 'opt_in_confirmation',
): Promise<void> {
  const now = deps.clock.now();
  const because = tooLate(deps, understood);
  if (because === undefined) return answer(tx, deps, understood, purpose);
  const { text, classification } = understood;
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: 'system',
    action: 'confirmation.withheld',
    subject: text.from,
    phone: text.from,
    detail: { confirmation: purpose, because, evidence: saidIn(text, classification) },
  });
}

/** An opt-in waits for no longer than the setting allows. */
const ASKED_BEFORE_MS = CONFIRM_WITHIN_DAYS_MAX * DAY_MS;

/** The word that an opt-in waited for (double opt-in): by it they control the number, and the opt-in is in force. */
async function confirm(tx: Tx, deps: Deps, { text, awaits }: Pick<Understood, 'text' | 'awaits'>): Promise<boolean> {
  if (awaits.length === 0) return false;
  const request = await newestOptInRequest(tx, { phone: text.from, since: addMs(text.at, -ASKED_BEFORE_MS) });
  for (const purpose of awaits) {
    const confirmed = await recordConsent(tx, deps, {
      action: 'confirm',
      purpose,
      phone: text.from,
      evidence: {
        source: 'keyword',
        text: text.text,
        ...(request === undefined ? {} : { request: showId('message', request) }),
      },
      occurredAt: earlier(text.at, deps.clock.now()),
      by: { actor: 'contact', name: 'The person' },
    });
    if (!confirmed.ok) throw new Error(`an opt-in was not confirmed: ${confirmed.error.message}`);
  }
  await addSubscriber(tx, deps, text.from);
  return true;
}

/** The provider's clock may be ahead of ours. */
const earlier = (a: Instant, b: Instant): Instant => (isBefore(a, b) ? a : b);

/** One HELP answer an hour: an auto-responder that says "info" must not start a conversation with ours. */
async function help(tx: Tx, deps: Deps, understood: Entered): Promise<void> {
  const { account, text, classification } = understood;
  const now = deps.clock.now();
  const because = providerAnswers(account, text, 'help')
    ? 'the gateway gave one'
    : (tooLate(deps, understood) ??
      ((await helpAnsweredSince(tx, { phone: text.from, since: addMs(now, -HOUR_MS) }))
        ? 'one was given within the hour before'
        : undefined));
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

/** The consent on which texts may go on from here, of a kind that the law takes for it. */
async function agreedTo(tx: Tx, phone: string, now: Instant): Promise<ConsentPurpose | null> {
  const facts = await readConsentFacts(tx, phone);
  const { kinds } = consentRulesAt(now);
  const suffices = (purpose: ConsentPurpose): boolean => {
    const { inForce } = standingAt(consentStanding(facts, purpose), now);
    return inForce !== null && kinds[purpose].includes(inForce.kind);
  };
  return suffices('marketing') ? 'marketing' : suffices('informational') ? 'informational' : null;
}

/** Why no machine answers any more. */
function tooLate(deps: Deps, understood: Entered): string | undefined {
  if (!understood.mayAnswer) return 'the text was found later in the records of the gateway';
  const heard = heardOf(understood);
  if (!isBefore(answerBy(deps, heard), deps.clock.now())) return undefined;
  const { confirmWithinMinutes, version } = optOutTermsAt(receivedAt(heard));
  return `it was applied more than ${confirmWithinMinutes} minutes after it was received (rules ${version})`;
}

interface Heard {
  readonly saidAt: Instant;
  readonly heardAt: Instant;
}

/** The earlier of when the gateway and when we received it: an event may wait on a disk, fail, and be replayed a day later. */
const receivedAt = ({ saidAt, heardAt }: Heard): Instant => earlier(saidAt, heardAt);

/**
 * So soon a confirmation is presumed covered by the old consent. No other answer of ours is of use later either, and none may go out of a
 * backup that is restored.
 */
export function answerBy({ clock }: Pick<Deps, 'clock'>, heard: Heard, versions = OPT_OUT_TERMS.versions): Instant {
  const from = receivedAt(heard);
  return addMs(from, patience(clock, optOutTermsAt(from, versions).confirmWithinMinutes * MINUTE_MS));
}
const heardOf = ({ text, heardAt }: Entered) => ({ saidAt: text.at, heardAt });

async function answer(
  tx: Tx,
  deps: Deps,
  understood: Entered,
  purpose: 'opt_out_confirmation' | 'opt_in_confirmation' | 'help',
): Promise<void> {
  const { text, business, classification } = understood;
  const now = deps.clock.now();
  const agreed = purpose === 'opt_in_confirmation' ? await agreedTo(tx, text.from, now) : null;
  await insertAutomaticAnswer(tx, {
    id: deps.newUuid(),
    accountId: understood.account.id,
    laneId: understood.laneId,
    conversationId: understood.conversationId,
    contactId: understood.contactId,
    phone: text.from,
    purpose,
    body: automaticAnswer(purpose, business, classification, agreed),
    now,
    notBefore: now,
    notAfter: answerBy(deps, heardOf(understood)),
  });
}
