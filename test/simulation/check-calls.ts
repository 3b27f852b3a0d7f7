import type { Limits } from './limits.ts';
import type { AcceptedText, Call, Outside } from './outside.ts';
import { placeOf } from './people.ts';
import type { Plan } from './plan.ts';

/** What a rate may save up: a quarter of a second. */
const savedOf = (rate: number): number => Math.max(1, rate / 4);
/** The same, and the rounding of one text. */
const burstOf = (rate: number): number => savedOf(rate) + 1;
const RATE_WINDOWS_MS = [1_000, 3_000, 10_000] as const;
/** Between counting a text against the rate and its call, a worker waits for a few statements. */
const CALLS_WITHIN_MS = 200;
/** A turn may be as old as the longest stall. */
const TURN_MS = 3 * 3_600_000;

/** What goes out, as the world sees it: how fast, at what hour, how often. */
export function createCallChecks(run: {
  readonly outside: Outside;
  readonly plan: Plan;
  readonly limits: Limits;
  readonly violations: string[];
}): { afterStep(): void } {
  const { outside, plan, limits, violations } = run;
  const first = new Map<string, AcceptedText>();
  let seenAccepted = 0;
  let seenCalls = 0;

  const before = (index: number, windowMs: number, counts: (call: Call) => number): number => {
    const { calls } = outside;
    const fromMs = (calls[index]?.at.epochMilliseconds ?? 0) - windowMs;
    let sum = 0;
    for (let back = index; back >= 0; back -= 1) {
      const call = calls[back];
      if (call === undefined || call.at.epochMilliseconds <= fromMs) break;
      sum += counts(call);
    }
    return sum;
  };

  const checkRate = (index: number, call: Call): void => {
    const rate = plan.accounts.find(({ name }) => name === call.account)?.rate ?? 1;
    for (const windowMs of RATE_WINDOWS_MS) {
      const sum = before(index, windowMs, (other) => (other.account === call.account ? 1 : 0));
      const others = before(index, windowMs, (other) =>
        other.account === call.account && (other.by !== call.by || !other.steady) ? 1 : 0,
      );
      const allowed =
        others === 0
          ? (rate * (windowMs + CALLS_WITHIN_MS)) / 1_000 + savedOf(rate)
          : // Two holders, the old one just finishing what it had begun, or one that stood still with texts in its hands.
            (rate * windowMs) / 1_000 + 2 * burstOf(rate);
      if (sum > allowed)
        violations.push(
          `rate: ${sum} calls of account ${call.account} in ${windowMs} ms, allowed are ${allowed} at ${call.at}`,
        );
    }
  };

  const checkThroughput = (index: number, call: Call): void => {
    if (!isCampaign(call.text)) return;
    const sinceMs = limits.nowMs() - TURN_MS;
    const texts = limits.loosest('messages_per_second', call.laneRef, sinceMs);
    const parts = limits.loosest('parts_per_second', call.laneRef, sinceMs);
    const ofLane = (other: Call): boolean => other.laneRef === call.laneRef && isCampaign(other.text);
    for (const windowMs of RATE_WINDOWS_MS) {
      const check = (kind: string, rate: number | undefined, most: number, counts: (other: Call) => number): void => {
        if (rate === undefined) return;
        const sum = before(index, windowMs, (other) => (ofLane(other) ? counts(other) : 0));
        // A text of several parts may overdraw its lane by a moment.
        const allowed = (rate * windowMs) / 1_000 + 2 * most * burstOf(rate);
        if (sum > allowed)
          violations.push(`throughput: ${sum} ${kind} from ${call.laneRef} in ${windowMs} ms, allowed are ${allowed}`);
      };
      check('texts', texts, 1, () => 1);
      check('parts', parts, PARTS_MAX, (other) => partsOf(other.text));
    }
  };

  const checkHours = (text: AcceptedText): void => {
    const place = placeOf(text.to);
    // A worker whose clock is wrong keeps the hours of its clock; by more than some seconds it is a fault of the plan.
    const local = text.atByCaller.toZonedDateTimeISO(place.zone);
    if (local.hour < place.from || local.hour >= place.to || (local.dayOfWeek === 7 && place.sunday === 'never'))
      violations.push(`quiet hours: ${text.to} was texted at ${local}`);
  };

  const checkOnce = (text: AcceptedText): void => {
    const same = first.get(`${text.to} ${text.text}`);
    if (same === undefined) first.set(`${text.to} ${text.text}`, text);
    else violations.push(`twice: ${text.to} got ${JSON.stringify(text.text)} as ${same.id} and as ${text.id}`);
  };

  return {
    afterStep() {
      for (; seenCalls < outside.calls.length; seenCalls += 1) {
        const call = outside.calls[seenCalls];
        if (call === undefined) continue;
        checkRate(seenCalls, call);
        checkThroughput(seenCalls, call);
      }
      for (; seenAccepted < outside.accepted.length; seenAccepted += 1) {
        const text = outside.accepted[seenAccepted];
        if (text === undefined) continue;
        if (isCampaign(text.text)) checkHours(text);
        if (isCampaign(text.text) || isReply(text.text)) checkOnce(text);
      }
    },
  };
}

const PARTS_MAX = 2;
const partsOf = (text: string): number => (text.length <= 160 ? 1 : Math.ceil(text.length / 153));
/** Texts of the simulated campaigns carry this mark; confirmations do not. */
const isCampaign = (text: string): boolean => text.includes('[campaign ');
/** Answers of agents, each in other words. */
const isReply = (text: string): boolean => text.includes('[reply]');
