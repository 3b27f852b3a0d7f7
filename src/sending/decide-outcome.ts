import { consequenceOf, type RecipientEffect } from '../gateways/decide-consequence.ts';
import type { SendOutcome } from '../gateways/gateway.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import { unreachable } from '../platform/result.ts';
import { addMs, type Instant, MINUTE_MS } from '../platform/time.ts';

/** What follows beyond the text itself: the number is left alone, or the lane or account stops. */
export interface Aftermath {
  readonly sender?: {
    readonly scope: 'lane' | 'account';
    readonly reason: string;
    readonly until: 'fixed' | 'next_day';
  };
  readonly suppress?: 'provider_opt_out' | 'invalid_number';
  /** Campaigns leave the number alone for a time (compliance/block-number.ts). */
  readonly blocked?: true;
}

/** The new state of the message, and what else follows. */
export type Verdict = Aftermath &
  (
    | { readonly to: 'sent'; readonly gatewayMessageId: string }
    | {
        readonly to: 'failed';
        readonly code: string;
        readonly message: string;
        /** Nobody knows why: it may be about all texts (unexplained.ts). */
        readonly unexplained?: true;
      }
    /** Provably not sent: waits again, its cap given back, no attempt used. */
    | { readonly to: 'pending'; readonly notBefore: Instant; readonly detail: string }
    | { readonly to: 'unknown'; readonly detail: string }
  );

const REFUSED_SENDER_WAIT_MS = 5 * MINUTE_MS;

export function decideOutcome(outcome: SendOutcome, now: Instant): Verdict {
  switch (outcome.kind) {
    case 'accepted':
      return { to: 'sent', gatewayMessageId: outcome.gatewayMessageId };
    case 'refused_recipient': {
      const { code, message, effect } = outcome;
      if (effect === 'unexplained') return { to: 'failed', code, message, unexplained: true };
      return { to: 'failed', code, message, ...numberAftermath(effect) };
    }
    case 'refused_sender':
      return {
        to: 'pending',
        // A paused lane still carries replies: one that is refused must not be tried again in the same breath.
        notBefore: addMs(now, REFUSED_SENDER_WAIT_MS),
        detail: `${outcome.code}: ${outcome.message}`,
        sender: { scope: outcome.scope, reason: `${outcome.message} (${outcome.code})`, until: outcome.until },
      };
    case 'throttled':
      return { to: 'pending', notBefore: addMs(now, outcome.retryAfterMs), detail: outcome.reason };
    case 'not_called':
      return { to: 'pending', notBefore: now, detail: outcome.detail };
    case 'unknown':
      return { to: 'unknown', detail: outcome.detail };
    default:
      return unreachable(outcome);
  }
}

/** Of a text that the gateway took and a carrier did not deliver; `again` says that the same was reported before, days apart. */
export function decideReceipt(code: string, again: boolean): Aftermath {
  const consequence = consequenceOf(code);
  switch (consequence?.blames) {
    case 'lane':
    case 'account':
      return {
        sender: {
          scope: consequence.blames,
          reason: `${sentenceFor(code).sentence} (${code})`,
          until: consequence.until,
        },
      };
    case 'recipient':
      return numberAftermath(consequence.effect === 'out_of_use' && again ? 'invalid_number' : consequence.effect);
    case 'words':
    case undefined:
      return {};
    default:
      return unreachable(consequence);
  }
}

function numberAftermath(effect: RecipientEffect): Pick<Aftermath, 'suppress' | 'blocked'> {
  switch (effect) {
    case 'opted_out':
      return { suppress: 'provider_opt_out' };
    case 'invalid_number':
      return { suppress: 'invalid_number' };
    case 'blocked':
      return { blocked: true };
    case 'none':
    case 'out_of_use':
      return {};
    default:
      return unreachable(effect);
  }
}

const FILTERED_IN_A_ROW = 5;
const FILTERED_OF = 200;
const FILTERED_SHARE = 0.01;

/** How many of the newest outcomes matter to `areFiltered`. */
export const OUTCOMES_LOOKED_AT = FILTERED_OF;

/**
 * Whether carriers filter the words of a campaign, from the outcomes of its texts, newest first: true for a filtered one. Five in a
 * row, or more than one in a hundred of the last 200 outcomes.
 */
export function areFiltered(outcomes: readonly boolean[]): boolean {
  const inARow = outcomes.length >= FILTERED_IN_A_ROW && outcomes.slice(0, FILTERED_IN_A_ROW).every(Boolean);
  const last = outcomes.slice(0, FILTERED_OF);
  return inARow || (last.length === FILTERED_OF && last.filter(Boolean).length > FILTERED_OF * FILTERED_SHARE);
}
