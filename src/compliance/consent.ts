import type { Uuid } from '../platform/ids.ts';
import { unreachable } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';

/**
 * What the recorded events say that a person has permitted (reference: 47 CFR 64.1200(f)(9) and (a)(10)). Events are only added and
 * may become known in any order; what they come to depends on when things happened, never on when they were recorded. What it keeps:
 *
 * - A revocation ends everything that was given before it or in the same millisecond, also what is recorded later.
 * - Out of `opted_out` leads only what the person did themselves: no file and no word of a member, and no START either, which lifts
 *   the suppression of a number and names no consent.
 * - What a file claims without showing how and to which words somebody agreed is no consent.
 * - At the instant at which a consent ends it is none any more.
 *
 * Whether a number is held for review or cannot receive texts is no matter of consent: conversations and suppressions keep that.
 */
export const CONSENT_PURPOSES = ['marketing', 'informational'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];
/** As people and other systems say them: what the law calls informational, most call transactional. */
export const SAID_PURPOSES = [...CONSENT_PURPOSES, 'transactional'] as const;
type SaidPurpose = (typeof SAID_PURPOSES)[number];
export const purposeSaid = (said: SaidPurpose): ConsentPurpose => (said === 'transactional' ? 'informational' : said);
/** What the texts of campaigns are. */
export const CAMPAIGN_PURPOSE: ConsentPurpose = 'marketing';
export const CONSENT_KINDS = ['express', 'express_written'] as const;
export type ConsentKind = (typeof CONSENT_KINDS)[number];
export type ConsentAction = 'grant' | 'confirm' | 'revoke' | 'expire';
export type ConsentSource = 'web_form' | 'keyword' | 'paper' | 'voice' | 'import' | 'member' | 'opt_out' | 'policy';

export type ConsentState =
  | 'unknown'
  | 'imported_unverified'
  | 'express'
  | 'pending'
  | 'written'
  | 'opted_out'
  | 'expired';

interface EventBase {
  readonly id: Uuid;
  readonly occurredAt: Instant;
}

/** What the state depends on of an event. */
export type ConsentFact =
  | (EventBase & {
      readonly action: 'grant';
      readonly purpose: ConsentPurpose;
      readonly kind: ConsentKind;
      readonly source: ConsentSource;
      readonly documented: boolean;
      /** Until when the person, who was asked to, may confirm it (double opt-in); null: they need not. */
      readonly confirmUntil: Instant | null;
      readonly validUntil: Instant | null;
    })
  | (EventBase & { readonly action: 'confirm'; readonly purpose: ConsentPurpose })
  | (EventBase & { readonly action: 'revoke' | 'expire'; readonly purpose: ConsentPurpose | 'all' });

/** What holds for one number and purpose. */
export interface ConsentStanding {
  readonly state: ConsentState;
  /** Null for `unknown`. */
  readonly since: Instant | null;
  /** What a text may rest on; also beside an opt-in for more that is not confirmed yet. */
  readonly inForce: ConsentInForce | null;
  /** The opt-in that waits for its confirmation, of `pending` only. */
  readonly asked: Asked | null;
}

export interface ConsentInForce {
  /** Of the grant. */
  readonly eventId: Uuid;
  readonly kind: ConsentKind;
  readonly from: Instant;
  readonly until: Instant | null;
}

interface Asked {
  readonly eventId: Uuid;
  readonly kind: ConsentKind;
  readonly validUntil: Instant | null;
  readonly confirmUntil: Instant;
  /** Silence leaves somebody who had opted out where they were. */
  readonly wasOptedOut: boolean;
}

const NOTHING_KNOWN: ConsentStanding = { state: 'unknown', since: null, inForce: null, asked: null };
const STATE_OF = { express: 'express', express_written: 'written' } as const;
const STRENGTH: Readonly<Record<ConsentKind, number>> = { express: 1, express_written: 2 };

/** A file or a member only tells what somebody else is said to have done. */
export const isOwnAct = (source: ConsentSource): boolean => source !== 'import' && source !== 'member';

/** What all events of one number come to for one purpose, whatever the order in which they are given. */
export function consentStanding(events: readonly ConsentFact[], purpose: ConsentPurpose): ConsentStanding {
  return events
    .filter((event) => event.purpose === purpose || event.purpose === 'all')
    .toSorted(inOrder)
    .reduce((standing, event) => step(standingAt(standing, event.occurredAt), event), NOTHING_KNOWN);
}

/** The same at a later instant: what has ended by then is none any more. */
export function standingAt(standing: ConsentStanding, at: Instant): ConsentStanding {
  const { asked } = standing;
  const inForce = standing.inForce !== null && hasEnded(standing.inForce.until, at) ? null : standing.inForce;
  if (asked !== null) {
    if (!hasEnded(asked.confirmUntil, at)) return { ...standing, inForce };
    return standingAt(unconfirmed(standing, asked), at);
  }
  if (standing.inForce === null || inForce !== null) return standing;
  return { state: 'expired', since: standing.inForce.until, inForce: null, asked: null };
}

function unconfirmed({ inForce }: ConsentStanding, { wasOptedOut, confirmUntil }: Asked): ConsentStanding {
  if (inForce !== null) return { state: STATE_OF[inForce.kind], since: inForce.from, inForce, asked: null };
  return { state: wasOptedOut ? 'opted_out' : 'expired', since: confirmUntil, inForce: null, asked: null };
}

const hasEnded = (until: Instant | null, at: Instant): boolean =>
  until !== null && until.epochMilliseconds <= at.epochMilliseconds;

/** `standing` is that of the event's instant. */
function step(standing: ConsentStanding, event: ConsentFact): ConsentStanding {
  switch (event.action) {
    case 'revoke':
      return { state: 'opted_out', since: event.occurredAt, inForce: null, asked: null };
    case 'expire':
      return expired(standing, event.occurredAt);
    case 'confirm':
      return confirmed(standing, event.occurredAt);
    case 'grant':
      return granted(standing, event);
    default:
      return unreachable(event);
  }
}

function expired(standing: ConsentStanding, at: Instant): ConsentStanding {
  if (standing.state === 'unknown' || standing.state === 'opted_out') return standing;
  const state = standing.asked?.wasOptedOut === true ? 'opted_out' : 'expired';
  return { state, since: at, inForce: null, asked: null };
}

function confirmed(standing: ConsentStanding, at: Instant): ConsentStanding {
  const { asked } = standing;
  if (asked === null) return standing;
  if (hasEnded(asked.validUntil, at)) return unconfirmed(standing, { ...asked, confirmUntil: at });
  return inForceFrom(at, { eventId: asked.eventId, kind: asked.kind, until: asked.validUntil });
}

const inForceFrom = (from: Instant, consent: Omit<ConsentInForce, 'from'>): ConsentStanding => ({
  state: STATE_OF[consent.kind],
  since: from,
  inForce: { ...consent, from },
  asked: null,
});

function granted(standing: ConsentStanding, grant: ConsentFact & { readonly action: 'grant' }): ConsentStanding {
  const { id: eventId, kind, occurredAt, validUntil, confirmUntil } = grant;
  const { inForce, asked, state } = standing;
  const wasOptedOut = state === 'opted_out' || asked?.wasOptedOut === true;
  if (wasOptedOut && !isOwnAct(grant.source)) return standing;
  if (!grant.documented)
    return state === 'unknown' || state === 'expired'
      ? { state: 'imported_unverified', since: occurredAt, inForce: null, asked: null }
      : standing;
  if (confirmUntil !== null) {
    if (inForce !== null && STRENGTH[inForce.kind] >= STRENGTH[kind]) return standing;
    return {
      state: 'pending',
      since: occurredAt,
      inForce,
      asked: { eventId, kind, validUntil, confirmUntil, wasOptedOut },
    };
  }
  if (inForce !== null && STRENGTH[inForce.kind] > STRENGTH[kind]) return standing;
  const given = inForceFrom(occurredAt, { eventId, kind, until: validUntil });
  // The weaker one is in force while the stronger one still waits for its answer.
  return asked !== null && STRENGTH[asked.kind] > STRENGTH[kind] ? { ...standing, inForce: given.inForce } : given;
}

const PLACE: Readonly<Record<ConsentAction, number>> = { grant: 0, confirm: 1, expire: 2, revoke: 3 };

/** By when it happened; in the same millisecond the stricter side comes last, and so wins. Ids only make the order total. */
function inOrder(a: ConsentFact, b: ConsentFact): number {
  return (
    a.occurredAt.epochMilliseconds - b.occurredAt.epochMilliseconds ||
    PLACE[a.action] - PLACE[b.action] ||
    endOf(b) - endOf(a) ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  );
}

/** Of two grants alike the one that ends first comes last. */
const endOf = (event: ConsentFact): number =>
  event.action === 'grant' && event.validUntil !== null ? event.validUntil.epochMilliseconds : Number.MAX_SAFE_INTEGER;
