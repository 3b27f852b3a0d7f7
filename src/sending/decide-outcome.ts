import type { SendOutcome } from '../gateways/gateway.ts';
import { unreachable } from '../platform/result.ts';
import { addMs, type Instant, MINUTE_MS } from '../platform/time.ts';

/** The new state of the message, and what else follows. */
export type Verdict = {
  readonly sender?: {
    readonly scope: 'lane' | 'account';
    readonly reason: string;
    readonly until: 'fixed' | 'next_day';
  };
  readonly suppress?: 'provider_opt_out' | 'invalid_number';
} & (
  | { readonly to: 'sent'; readonly gatewayMessageId: string }
  | { readonly to: 'failed'; readonly code: string; readonly message: string }
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
      const verdict = { to: 'failed', code: outcome.code, message: outcome.message } as const;
      if (outcome.effect === 'opted_out') return { ...verdict, suppress: 'provider_opt_out' };
      return outcome.effect === 'invalid_number' ? { ...verdict, suppress: 'invalid_number' } : verdict;
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
