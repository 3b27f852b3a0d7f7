/** What a holder asks the gateway beside its loop: unknown outcomes, missing receipts, its books, and whether it is back. */
import { patience } from '../platform/clock.ts';
import { addMs, type Instant, isBefore, SECOND_MS } from '../platform/time.ts';
import { takeLookup } from '../reconciliation/take-lookup.ts';
import { takeStep } from '../reconciliation/take-step.ts';
import { tokenFor } from './holder-guard.ts';
import { type Holder, underWay } from './holder-state.ts';
import { checkReceipts } from './receipts.ts';
import { settleUnknown } from './settle.ts';
import type { TurnFacts } from './turn.ts';

/** Numbers asked about side by side: what a fast account had under way when its worker died is clear within seconds, too. */
const SETTLE_AT_ONCE_MIN = 2;
const SETTLE_AT_ONCE_SECONDS = 0.25;
const RECEIPTS_AT_ONCE = 10;
/** They are due ten minutes after their text at the soonest: none of them is missed by looking less often than that. */
const RECEIPTS_LOOK_MS = 30 * SECOND_MS;

/** One question at a time, beside the loop. `question` says whether it asked anything: then the next turn comes at once. */
export function ask(holder: Holder, question: () => Promise<boolean>): void {
  if (holder.asking !== undefined) return;
  holder.asking = question()
    .then((asked) => {
      if (asked) holder.wake.call();
    })
    .catch((error: unknown) => {
      if (holder.drain.aborted) return;
      // Whatever could not be asked or written now is due again in a moment.
      holder.log.warn({ error, account: holder.lease.accountId }, 'asking the gateway failed; trying again');
    })
    .finally(() => {
      holder.asking = undefined;
    });
}

export async function askWhetherBack(holder: Holder): Promise<boolean> {
  holder.pacer.called(holder.clock.now(), 1);
  const answer = await holder.gateway.listNumbers();
  holder.breaker.probed(answer.ok || answer.error.kind !== 'unavailable', holder.clock.now());
  return true;
}

export async function settleSome(holder: Holder, facts: TurnFacts): Promise<boolean> {
  const now = holder.clock.now();
  const atOnce = Math.max(SETTLE_AT_ONCE_MIN, Math.ceil(facts.account.ratePerSecond * SETTLE_AT_ONCE_SECONDS));
  const limit = !facts.unknownDue ? 0 : Math.min(atOnce, holder.pacer.room(now, underWay(holder)));
  if (limit === 0) return false;
  const lanes = new Map(facts.lanes.map((lane) => [lane.id, lane]));
  // Counted before they are asked: texts go out beside the questions.
  holder.pacer.called(now, limit);
  const { asked, results, heldUntil } = await settleUnknown(
    { ...holder, lanes, graceMs: holder.options.settleGraceMs, mayGoOn: () => tokenFor(holder) },
    holder.lease,
    limit,
  );
  holder.pacer.notCalled(holder.clock.now(), limit - asked);
  if (asked > 0) holder.reach('after settling was asked');
  holder.settled.push(...results);
  if (heldUntil !== undefined) holder.breaker.askedForTime(heldUntil);
  return asked > 0;
}

/** Lowest priority: only in a turn that had nothing else to do. */
export async function askReceipts(holder: Holder): Promise<boolean> {
  const now = holder.clock.now();
  const limit = Math.min(RECEIPTS_AT_ONCE, holder.pacer.room(now, underWay(holder)));
  if (limit === 0 || isBefore(now, holder.receiptsLookAt)) return false;
  holder.pacer.called(now, limit);
  const { asked, heldUntil } = await checkReceipts(holder, holder.lease, limit);
  holder.pacer.notCalled(holder.clock.now(), limit - asked);
  if (heldUntil !== undefined) holder.breaker.askedForTime(heldUntil);
  if (asked === 0) holder.receiptsLookAt = addMs(now, patience(holder.clock, RECEIPTS_LOOK_MS));
  return asked > 0;
}

/** Lower still: one request about the gateway's books that nothing else has wanted (docs/decisions/0027); single things before pages. */
export async function readBooks(holder: Holder, facts: TurnFacts): Promise<boolean> {
  const now = holder.clock.now();
  if (!readsBooks(facts) || holder.pacer.room(now, underWay(holder)) === 0) return false;
  holder.pacer.called(now, 1);
  const { requests, heldUntil } = await (facts.looksUp ? takeLookup : takeStep)(holder, holder.lease);
  holder.pacer.notCalled(holder.clock.now(), 1 - requests);
  if (heldUntil !== undefined) holder.breaker.askedForTime(heldUntil);
  return true;
}

const readsBooks = ({ reconciles, looksUp }: TurnFacts): boolean => reconciles || looksUp;

/** Until the rate has a request for the next of them. While one is under way its answer wakes the holder. */
export function readBooksMs(holder: Holder, facts: TurnFacts, now: Instant): number {
  if (!readsBooks(facts)) return Number.POSITIVE_INFINITY;
  const untilRoomMs = holder.pacer.msUntilRoom(now);
  if (untilRoomMs > 0) return untilRoomMs;
  return holder.asking === undefined ? 1 : Number.POSITIVE_INFINITY;
}
