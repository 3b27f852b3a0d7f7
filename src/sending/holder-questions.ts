/** What a holder asks the gateway beside its loop: unknown outcomes, missing receipts, its books, and whether it is back. */
import { patience } from '../platform/clock.ts';
import { addMs, type Instant, isBefore, SECOND_MS } from '../platform/time.ts';
import { takeLookup } from '../reconciliation/take-lookup.ts';
import { takeStep } from '../reconciliation/take-step.ts';
import { tokenFor } from './holder-guard.ts';
import { type Asked, endedBy, type Holder, underWay } from './holder-state.ts';
import { LeaseLost } from './lease-store.ts';
import { checkReceipts } from './receipts.ts';
import { settleUnknown } from './settle.ts';
import type { TurnFacts } from './turn.ts';

/** Numbers asked about side by side: what a fast account had under way when its worker died is clear within seconds, too. */
const SETTLE_AT_ONCE_MIN = 2;
const SETTLE_AT_ONCE_SECONDS = 0.25;
const RECEIPTS_AT_ONCE = 10;
/** They are due ten minutes after their text at the soonest: none of them is missed by looking less often than that. */
const RECEIPTS_LOOK_MS = 30 * SECOND_MS;

/** One question at a time, beside the loop. */
export function ask(holder: Holder, question: () => Promise<Asked>): void {
  if (holder.asking !== undefined) return;
  holder.asking = question()
    .then((asked) => {
      if (asked === 'more') holder.wake.call();
    })
    .catch((error: unknown) => {
      if (holder.drain.aborted) return;
      if (error instanceof LeaseLost) return endedBy(holder, error);
      // Whatever could not be asked or written now is due again in a moment.
      holder.log.warn({ error, account: holder.lease.accountId }, 'asking the gateway failed; trying again');
    })
    .finally(() => {
      holder.asking = undefined;
    });
}

export async function askWhetherBack(holder: Holder): Promise<Asked> {
  holder.pacer.called(holder.clock.now(), 1);
  const answer = await holder.gateway.listNumbers();
  holder.breaker.probed(answer.ok || answer.error.kind !== 'unavailable', holder.clock.now());
  return 'more';
}

export async function settleSome(holder: Holder, facts: TurnFacts): Promise<Asked> {
  const now = holder.clock.now();
  const atOnce = Math.max(SETTLE_AT_ONCE_MIN, Math.ceil(facts.account.ratePerSecond * SETTLE_AT_ONCE_SECONDS));
  const limit = !facts.unknownDue ? 0 : Math.min(atOnce, holder.pacer.room(now, underWay(holder)));
  if (limit === 0) return 'nothing';
  const lanes = new Map(facts.lanes.map((lane) => [lane.id, lane]));
  // Counted before they are asked: texts go out beside the questions.
  holder.pacer.called(now, limit);
  const { asked, wasAll, results, heldUntil } = await settleUnknown(
    { ...holder, lanes, graceMs: holder.options.settleGraceMs, mayGoOn: () => tokenFor(holder) },
    holder.lease,
    limit,
  );
  holder.pacer.notCalled(holder.clock.now(), limit - asked);
  if (asked > 0) holder.reach('after settling was asked');
  holder.settled.push(...results);
  if (heldUntil !== undefined) holder.breaker.askedForTime(heldUntil);
  if (asked === 0) return 'nothing';
  return wasAll && results.length === 0 && !readsBooks(facts) ? 'all' : 'more';
}

/** Lowest priority: only in a turn that had nothing else to do. */
export async function askReceipts(holder: Holder, facts: TurnFacts): Promise<Asked> {
  const now = holder.clock.now();
  const limit = Math.min(RECEIPTS_AT_ONCE, holder.pacer.room(now, underWay(holder)));
  if (limit === 0 || isBefore(now, holder.receiptsLookAt)) return 'nothing';
  holder.pacer.called(now, limit);
  const { asked, heldUntil } = await checkReceipts(holder, holder.lease, limit);
  holder.pacer.notCalled(holder.clock.now(), limit - asked);
  if (heldUntil !== undefined) holder.breaker.askedForTime(heldUntil);
  if (asked === 0) holder.receiptsLookAt = addMs(now, patience(holder.clock, RECEIPTS_LOOK_MS));
  if (asked === 0) return 'nothing';
  return asked < limit && !readsBooks(facts) ? 'all' : 'more';
}

/** Lower still: one request about the gateway's books that nothing else has wanted (docs/decisions/0027); single things before pages. */
export async function readBooks(holder: Holder, facts: TurnFacts): Promise<Asked> {
  const now = holder.clock.now();
  if (!readsBooks(facts) || holder.pacer.room(now, underWay(holder)) === 0) return 'nothing';
  holder.pacer.called(now, 1);
  const { requests, heldUntil } = await (facts.looksUp ? takeLookup : takeStep)(holder, holder.lease);
  holder.pacer.notCalled(holder.clock.now(), 1 - requests);
  if (heldUntil !== undefined) holder.breaker.askedForTime(heldUntil);
  return 'more';
}

/** The first of these that has anything to ask. */
export async function askFirst(questions: readonly (() => Promise<Asked>)[]): Promise<Asked> {
  for (const question of questions) {
    const asked = await question();
    if (asked !== 'nothing') return asked;
  }
  return 'nothing';
}

const readsBooks = ({ reconciles, looksUp }: TurnFacts): boolean => reconciles || looksUp;

/** Until the rate has a request for the next of them. While one is under way its answer wakes the holder. */
export function readBooksMs(holder: Holder, facts: TurnFacts, now: Instant): number {
  if (!readsBooks(facts)) return Number.POSITIVE_INFINITY;
  const untilRoomMs = holder.pacer.msUntilRoom(now);
  if (untilRoomMs > 0) return untilRoomMs;
  return holder.asking === undefined ? 1 : Number.POSITIVE_INFINITY;
}
