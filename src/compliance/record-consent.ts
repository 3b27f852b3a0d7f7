import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { conflict, invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { addMs, DAY_MS, type Instant, isBefore } from '../platform/time.ts';
import { appendConsent, type ConsentToAppend, type ConsentToRecord } from './append-consent.ts';
import { auditConsent } from './audit-consent.ts';
import { consentStanding, isOwnAct, standingAt } from './consent.ts';
import { readConsentFacts } from './consent-store.ts';
import { endOf, getConsentValidity } from './consent-validity-store.ts';
import { getDoubleOptIn } from './double-opt-in-store.ts';
import { lockNumber } from './lock-number.ts';
import { suppressNumber } from './suppress.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/**
 * Records that a person has permitted something, or taken it back, in one transaction: the number is locked first, so that a claim
 * and an opt-out are wholly before or wholly after. Whoever takes back marketing is not texted any more: campaigns are marketing, and
 * of a revocation the strict side wins.
 */
export async function recordConsent(tx: Tx, deps: Deps, asked: ConsentToRecord): Promise<Outcome<undefined>> {
  const input = await withItsEnd(tx, asked);
  await lockNumber(tx, input.phone);
  const refusal = badTimes(input, deps.clock.now()) ?? unsuited(input) ?? (await overAnOptOut(tx, input));
  if (refusal !== undefined) return refusal;
  if (input.action === 'revoke' && input.purpose !== 'informational') await stopTexts(tx, deps, input);
  else await auditConsent(tx, deps, input, await appendConsent(tx, deps, input));
  return ok(undefined);
}

/** When nobody said when a consent ends, its kind does. */
async function withItsEnd(tx: Tx, input: ConsentToRecord): Promise<ConsentToAppend> {
  if (input.action !== 'grant') return input;
  const { needsConfirmation, ...grant } = input;
  const { kind, occurredAt } = grant;
  const days = needsConfirmation ? (await getDoubleOptIn(tx)).confirmWithinDays : null;
  return {
    ...grant,
    confirmUntil: days === null ? null : addMs(occurredAt, days * DAY_MS),
    validUntil:
      grant.validUntil === 'by_policy' ? endOf(await getConsentValidity(tx), kind, occurredAt) : grant.validUntil,
  };
}

async function stopTexts(tx: Tx, deps: Deps, input: ConsentToAppend & { readonly action: 'revoke' | 'expire' }) {
  const { phone, purpose, evidence, occurredAt, by } = input;
  await suppressNumber(tx, deps, {
    phone,
    reason: 'opt_out',
    channel: 'staff',
    evidence: {
      note: evidence.source === 'member' ? evidence.note : `Took back the consent: ${proofOf(evidence)}`,
      by: by.name,
      saidAt: occurredAt.toString(),
    },
    actor: by.actor,
    recordedBy: by.name,
    saidAt: occurredAt,
    takesBack: { purpose, evidence },
  });
}

const proofOf = ({ source, ...fields }: ConsentToAppend['evidence']): string =>
  [source.replace('_', ' '), ...Object.values(fields).map(String)].join(', ');

type Refused = Outcome<never> | undefined;

function badTimes(input: ConsentToAppend, now: Instant): Refused {
  const { occurredAt } = input;
  if (isBefore(now, occurredAt))
    return refusedAt('/happenedAt', `it cannot have happened at ${occurredAt.toString()}: that is still to come`);
  if (input.action !== 'grant' || input.validUntil === null || isBefore(occurredAt, input.validUntil)) return undefined;
  return refusedAt(
    '/validUntil',
    `a consent of ${occurredAt.toString()} cannot end at ${input.validUntil.toString()}: choose a later end, or leave it out`,
  );
}

/** What the kind of a consent asks of its proof. */
function unsuited(input: ConsentToAppend): Refused {
  if (input.action !== 'grant' || input.kind === 'express') return undefined;
  const { evidence, wording } = input;
  if (evidence.source === 'member')
    return refusedAt(
      '/evidence/source',
      'a member’s word is no written consent: name the form, text, paper or recording, or record express consent',
    );
  if (wording === null && evidence.source !== 'import')
    return refusedAt(
      '/wording',
      'a written consent is the consent to certain words: give the words that the person saw',
    );
  return undefined;
}

const refusedAt = (pointer: string, message: string) => invalid(message, { errors: [{ pointer, message }] });

async function overAnOptOut(tx: Tx, input: ConsentToAppend): Promise<Refused> {
  if (input.action !== 'grant' || isOwnAct(input.evidence.source)) return undefined;
  const { occurredAt } = input;
  // What they agreed to before they opted out is history, which may be completed.
  const before = (await readConsentFacts(tx, input.phone)).filter((fact) => !isBefore(occurredAt, fact.occurredAt));
  const { state, asked } = standingAt(consentStanding(before, input.purpose), occurredAt);
  if (state !== 'opted_out' && asked?.wasOptedOut !== true) return undefined;
  return conflict(
    `${input.phone} has opted out, and a ${input.evidence.source === 'import' ? 'file' : 'member’s word'} cannot undo that: only what the person did counts, by a form, a text, a signed paper or a recording`,
    { state: 'opted_out' },
  );
}
