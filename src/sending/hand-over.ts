import type { Gateway, SendOutcome } from '../gateways/gateway.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, type Instant, isBefore } from '../platform/time.ts';
import type { Prepared } from './claim.ts';
import { decideOutcome } from './decide-outcome.ts';
import type { HandedOver } from './record.ts';

/**
 * A hand-over must begin within this real time after its intent. A process that was paused longer may have lost its lease, and
 * its successor may be settling the text right now: it must not call any more. The grace time of settling is longer than this
 * and the request time-out together.
 */
export const HAND_OVER_BEGINS_WITHIN_MS = 5_000;

export interface HandOverDeps {
  readonly gateway: Gateway;
  readonly clock: Clock;
  /** Of the newest turn. A text whose request has not left yet stays here when its campaign is paused meanwhile. */
  readonly running: ReadonlySet<Uuid>;
}

export async function handOver(
  deps: HandOverDeps,
  text: Prepared,
  lane: { readonly gatewayRef: string },
): Promise<HandedOver> {
  const outcome = await call(deps, text, lane.gatewayRef);
  const at = deps.clock.now();
  return {
    messageId: text.messageId,
    attempt: text.attempt,
    laneId: text.laneId,
    phone: text.phone,
    outcome: outcome.kind,
    verdict: decideOutcome(outcome, at),
    at,
  };
}

async function call(deps: HandOverDeps, text: Prepared, laneRef: string): Promise<SendOutcome> {
  const now = deps.clock.now();
  const begunBy = addMs(text.attemptedAt, patience(deps.clock, HAND_OVER_BEGINS_WITHIN_MS));
  if (text.notAfter !== null && isBefore(text.notAfter, now))
    return { kind: 'not_called', detail: 'the time for this text had passed' };
  if (isBefore(begunBy, now)) return { kind: 'not_called', detail: 'the worker was too slow to begin' };
  return deps.gateway.send({
    laneRef,
    to: text.phone,
    text: text.body,
    notAfter: earlier(begunBy, text.notAfter),
    mayBegin: () => text.campaignId === null || deps.running.has(text.campaignId),
    isCampaign: text.campaignId !== null,
  });
}

const earlier = (one: Instant, other: Instant | null): Instant =>
  other !== null && isBefore(other, one) ? other : one;
