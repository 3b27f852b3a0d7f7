import { recordAudit } from '../compliance/audit-store.ts';
import { type Clock, patience } from '../platform/clock.ts';
import { runTx, type Tx } from '../platform/database.ts';
import { type GuardedAnswer, guardedFetch, type Resolve } from '../platform/guarded-fetch.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { type Network, parseNetwork } from '../platform/network-address.ts';
import { addMs, type Instant, msBetween } from '../platform/time.ts';
import type { Services } from '../services.ts';
import { SWITCHED_OFF } from './change-proxy.ts';
import { FAILING_MAX_MS, isGivenUp, nextAttemptAfterMs, readAttempt } from './decide-forwarding.ts';
import { type Forwarding, failWaiting, giveBack, markForwarded, markNotForwarded } from './proxy-delivery-store.ts';
import { PROXY_LOG_TOPIC, PROXY_TOPIC } from './proxy-target.ts';
import { type ActiveTarget, lockProxyTarget, updateProxyTarget } from './proxy-target-store.ts';

export type ForwardServices = Pick<Services, 'database' | 'clock' | 'random' | 'newUuid' | 'log' | 'secrets'> & {
  readonly outgoing?: OutgoingOptions;
};

/** For tests: the way out of this machine. */
export interface OutgoingOptions {
  readonly timeoutMs?: number;
  readonly resolve?: Resolve;
  readonly trusted?: string;
}

/** Real time of one attempt. */
export const FORWARD_TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 1_024;

/** One attempt, and what follows from it. */
export async function forwardEvent(services: ForwardServices, { target, event, stopping }: Attempted): Promise<void> {
  const { clock } = services;
  const begunAt = clock.now();
  const answer = await post(services, { target, event, stopping }).catch(
    (error): GuardedAnswer => ({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) }),
  );
  const now = clock.now();
  if (stopping.aborted && answer.kind === 'failed') return giveBack(services.database.db, event, now);
  const { status, error } = readAttempt(answer);
  const ms = Math.round(msBetween(begunAt, now) / clock.factor);
  await runTx(services.database.db, async (tx) => {
    if (error === undefined) await markForwarded(tx, event, { status, ms, now });
    else await recordFailure(tx, services, { target, event, attempt: { status, error, ms, now } });
    await notifyLive(tx, [PROXY_LOG_TOPIC]);
  });
}

interface Attempted {
  readonly target: ActiveTarget;
  readonly event: Forwarding;
  readonly stopping: AbortSignal;
}

/** Throws when the token was sealed with another key. */
async function post(services: ForwardServices, { target, event, stopping }: Attempted): Promise<GuardedAnswer> {
  return guardedFetch({
    url: target.url,
    method: 'POST',
    headers: {
      ...event.headers,
      'x-textwright-event': showId('event', event.eventId),
      'x-textwright-token': services.secrets.open(target.tokenSealed),
    },
    body: Buffer.from(event.payload, 'utf8'),
    allowed: target.allowedCidrs.map(storedNetwork),
    timeoutMs: FORWARD_TIMEOUT_MS,
    answerBytesMax: ANSWER_BYTES_MAX,
    signal: stopping,
    ...services.outgoing,
  });
}

function storedNetwork(text: string): Network {
  const network = parseNetwork(text);
  if (!network.ok) throw new Error(`allowed network of a forwarding target: ${network.error}`);
  return network.value;
}

interface Failure {
  readonly target: ActiveTarget;
  readonly event: Forwarding;
  readonly attempt: {
    readonly status: number | null;
    readonly error: string;
    readonly ms: number;
    readonly now: Instant;
  };
}

async function recordFailure(tx: Tx, services: ForwardServices, { target, event, attempt }: Failure): Promise<void> {
  const { clock, random } = services;
  const { now } = attempt;
  const waitMs = nextAttemptAfterMs(event.attempts, random.next());
  const nextAt = waitMs === undefined ? undefined : addMs(now, patience(clock, waitMs));
  const failingSince = await markNotForwarded(tx, event, { ...attempt, nextAt });
  if (failingSince === undefined || nextAt !== undefined) return;
  if (isGivenUp(failingSince, { now, patientMs: patience(clock, FAILING_MAX_MS) }))
    await switchOff(tx, services, { id: target.id, failingSince, error: attempt.error, now });
}

/** With a notice: the status page, the log of changes and that of the server say it. */
async function switchOff(
  tx: Tx,
  { newUuid, log }: ForwardServices,
  {
    id,
    failingSince,
    error,
    now,
  }: { readonly id: Uuid; readonly failingSince: Instant; readonly error: string; readonly now: Instant },
): Promise<void> {
  const target = await lockProxyTarget(tx, id);
  if (target?.state !== 'active') return;
  const stateReason = `Nothing got through for an hour, the last attempt: ${error}`;
  await updateProxyTarget(tx, { ...target, state: 'failed', stateReason }, now);
  await failWaiting(tx, id, { error: SWITCHED_OFF, now });
  const subject = showId('proxyTarget', id);
  const detail = { url: target.url, failingSince: failingSince.toString(), error };
  await recordAudit(tx, { id: newUuid(), at: now, actor: 'system', action: 'proxy_target.given_up', subject, detail });
  await notifyLive(tx, [PROXY_TOPIC, 'status']);
  log.warn({ target: subject, failingSince, error }, 'events are not forwarded to this target any more');
}

/** When an attempt that nobody ends is taken over: a process was killed in the middle of it. */
export const attemptEndsBy = (clock: Clock, now: Instant): Instant =>
  addMs(now, patience(clock, 3 * FORWARD_TIMEOUT_MS));
