/** Whether somebody else hands over with the account of a holder: when that is asked, and what follows (clone-guard.ts). */
import { patience } from '../platform/clock.ts';
import { runTx } from '../platform/database.ts';
import { notifyLive } from '../platform/live.ts';
import { addMs, type Instant, isBefore, MINUTE_MS, msBetween, SECOND_MS } from '../platform/time.ts';
import { guardAgainstClones } from './clone-guard.ts';
import { type Asked, type Holder, underWay } from './holder-state.ts';
import { requireLease, saveAsking } from './lease-store.ts';
import { pauseAccount } from './record-store.ts';
import type { TurnFacts } from './turn.ts';

const GUARD_AGAIN_MAX_MS = 10 * MINUTE_MS;
const GUARD_RETRY_MS = SECOND_MS;

/**
 * Waits until the account's rate lets one question go out, and counts it. Answers that wait for the rate go first: the questions about
 * many numbers follow each other without a pause. Throws when the worker drains: its successor asks anew.
 */
export async function tokenFor(holder: Holder): Promise<void> {
  while (holder.answersWait || holder.pacer.room(holder.clock.now(), underWay(holder)) === 0) {
    const untilRoomMs = holder.pacer.msUntilRoom(holder.clock.now());
    await holder.clock.sleep(untilRoomMs > 0 ? untilRoomMs : patience(holder.clock, QUESTION_WAIT_MS), holder.drain);
    holder.drain.throwIfAborted();
  }
  holder.pacer.called(holder.clock.now(), 1);
}

/** The rate has room, but too many calls are under way, or answers go first. */
const QUESTION_WAIT_MS = 100;

/** The questions about all lanes must fit into the tenth of the rate that campaigns leave. */
const GUARD_TEXTS_PER_LANE = 15;

export function guardIsDue({ guard }: Holder, facts: TurnFacts, now: Instant): boolean {
  if (isBefore(now, guard.askAt)) return false;
  return !guard.passed || guard.texts >= GUARD_TEXTS_PER_LANE * facts.lanes.length;
}

/** While the question is under way its answer wakes the holder. */
export function msUntilAsked(holder: Holder, now: Instant): number {
  if (holder.asking !== undefined) return Number.POSITIVE_INFINITY;
  return Math.max(1, msBetween(now, holder.guard.askAt), holder.pacer.msUntilRoom(now));
}

/** Whether somebody else hands over with this account; until that is answered once, this holder hands nothing over. */
export async function askWhoSends(holder: Holder, facts: TurnFacts): Promise<Asked> {
  const { guard } = holder;
  guard.texts = 0;
  await tellAsking(holder, !guard.passed);
  const mayAsk = (): Promise<void> => tokenFor(holder);
  const answer = await guardAgainstClones({ ...holder, mayAsk }, holder.lease, facts);
  const now = holder.clock.now();
  if (answer.ok) {
    await pass(holder, answer.value === 0);
    guard.askAt = addMs(now, patience(holder.clock, guard.waitMs));
    guard.waitMs = Math.min(Math.max(GUARD_AGAIN_MAX_MS, guard.waitMs), guard.waitMs * 2);
    return 'more';
  }
  const { kind, message, retryAfterMs } = answer.error;
  if (kind === 'refused') {
    // A provider that cannot list a number cannot be asked; single texts are settled all the same.
    holder.log.warn({ account: holder.lease.accountId, message }, 'the gateway does not list what it sent last');
    await pass(holder, true);
    guard.askAt = addMs(now, patience(holder.clock, GUARD_AGAIN_MAX_MS));
    return 'more';
  }
  if (kind === 'unauthorized')
    await runTx(holder.db, async (tx) => {
      await requireLease(tx, holder.lease);
      await pauseAccount(tx, { accountId: holder.lease.accountId, reason: message, now });
      await notifyLive(tx, ['status']);
    });
  if (kind === 'unavailable') holder.breaker.unanswered(now, `it does not say what it sent last (${message})`);
  if (kind === 'throttled' && retryAfterMs !== undefined) holder.breaker.askedForTime(addMs(now, retryAfterMs));
  guard.askAt = addMs(now, retryAfterMs ?? patience(holder.clock, GUARD_RETRY_MS));
  return 'more';
}

async function pass(holder: Holder, passed: boolean): Promise<void> {
  if (passed) await tellAsking(holder, false);
  holder.guard.passed = passed;
}

/** Two writes for each time that campaigns wait for the question, however many numbers it is about: one of them is taking the lease. */
async function tellAsking({ guard, db, lease, clock }: Holder, asks: boolean): Promise<void> {
  if (guard.told === asks) return;
  await runTx(db, (tx) => saveAsking(tx, lease, asks ? clock.now() : null));
  guard.told = asks;
}
