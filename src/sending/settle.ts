/**
 * Settles unknown outcomes by asking, never by sending again blindly: the gateway lists what went from this lane to this number
 * since the attempt began.
 *
 * - A listed text that none of our messages owns, with our text: it was sent. While another text of the same words to this number is with
 *   the gateway, the listed one may be that: asked again once its answer is known.
 * - None, and the grace time is over (longer than a request can live), both by the clock and since this process knows of the text:
 *   provably absent, it waits again.
 * - The gateway does not answer: stays unknown, is asked again later.
 */
import type { Gateway, GatewayMessage } from '../gateways/gateway.ts';
import { toGsm7 } from '../messages/encoding.ts';
import type { Clock } from '../platform/clock.ts';
import { patience } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, HOUR_MS, type Instant, MINUTE_MS, msBetween } from '../platform/time.ts';
import type { KnownLong } from './known-long.ts';
import type { Lease } from './lease-store.ts';
import type { HandedOver } from './record.ts';
import { askAgainAt, dueUnknown, readOwn, type UnknownMessage } from './settle-store.ts';

export interface SettleDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly gateway: Pick<Gateway, 'listSent'>;
  /** Real milliseconds after the attempt from which absence counts as proof. */
  readonly graceMs: number;
  /** What this process has known as unknown for that long; the clock of the attempt may have been another one, or set since. */
  readonly knownLong: KnownLong;
  readonly lanes: ReadonlyMap<Uuid, { readonly gatewayRef: string }>;
  /** Before each request about a number but the first, which the caller has counted. */
  readonly mayGoOn?: () => Promise<void>;
}

/** Clocks differ: the gateway may have dated the text before our attempt, by hours where ours was set wrong. */
const CLOCK_SKEW_MS = 2 * HOUR_MS;
const ASK_AGAIN_MS = 2_000;

/**
 * Real time for which a request may still arrive: the system of a killed worker goes on delivering what the process had written
 * (docs/decisions/0021). Nothing is sent again before.
 */
export const REQUEST_LIVES_MS = 3 * MINUTE_MS;

/**
 * Asks about at most `limit` numbers, side by side; returns what became clear, to be recorded by the holder, and until when the gateway
 * asked it to keep still.
 */
export async function settleUnknown(
  deps: SettleDeps,
  lease: Lease,
  limit: number,
): Promise<{
  readonly asked: number;
  /** No other is due at this moment. */
  readonly wasAll: boolean;
  readonly results: readonly HandedOver[];
  readonly heldUntil: Instant | undefined;
}> {
  const due = await dueUnknown(deps.db, { accountId: lease.accountId, now: deps.clock.now(), limit });
  const oldestFirst = due.toSorted((a, b) => msBetween(b.attemptedAt, a.attemptedAt));
  const groups = Map.groupBy(oldestFirst, (message) => `${message.laneId} ${message.phone}`);
  const answers = await Promise.all([...groups.values()].map((group) => settleNumber(deps, lease, group)));
  return {
    asked: groups.size,
    wasAll: due.length < limit,
    results: answers.flatMap(({ results }) => results),
    heldUntil: answers
      .flatMap(({ heldUntil }) => heldUntil ?? [])
      .toSorted((a, b) => msBetween(a, b))
      .at(0),
  };
}

/** `messages`: all to one number from one lane, the oldest attempt in front, since which the gateway is asked. */
async function settleNumber(
  deps: SettleDeps,
  lease: Lease,
  messages: readonly UnknownMessage[],
): Promise<{ readonly results: readonly HandedOver[]; readonly heldUntil?: Instant }> {
  const [oldest] = messages;
  const newest = messages.at(-1);
  const lane = oldest === undefined ? undefined : deps.lanes.get(oldest.laneId);
  if (oldest === undefined || newest === undefined || lane === undefined) return { results: [] };
  const askedAt = deps.clock.now();
  const answer = await deps.gateway.listSent({
    laneRef: lane.gatewayRef,
    to: oldest.phone,
    since: addMs(oldest.attemptedAt, -patience(deps.clock, CLOCK_SKEW_MS)),
    mayGoOn: deps.mayGoOn,
  });
  if (!answer.ok) {
    const { kind, retryAfterMs } = answer.error;
    const waitMs = Math.max(ASK_AGAIN_MS, retryAfterMs ?? 0);
    await askAgain(deps, lease, messages, {
      at: addMs(askedAt, patience(deps.clock, waitMs)),
      askedAt,
      outcome: 'no_answer',
    });
    const isHeld = kind === 'throttled' && retryAfterMs !== undefined;
    return { results: [], ...(isHeld ? { heldUntil: addMs(deps.clock.now(), retryAfterMs) } : {}) };
  }
  const { known, underWay } = await readOwn(
    deps.db,
    lease.accountId,
    oldest,
    answer.value.map((listed) => listed.gatewayMessageId),
  );
  const untold = messages.filter(({ body }) => underWay.some((words) => sameWords(words, body)));
  const told = messages.filter((message) => !untold.includes(message));
  const verdicts = matchListed(
    told,
    answer.value.filter((listed) => !known.has(listed.gatewayMessageId)),
  );
  const graceMs = patience(deps.clock, deps.graceMs);
  const tooSoon = told.filter(
    (message) =>
      !verdicts.has(message.id) &&
      // Asked about in any case: its time begins with the first question.
      (!deps.knownLong.has(attemptOf(message)) || msBetween(message.attemptedAt, askedAt) < graceMs),
  );
  const early = [...tooSoon, ...untold];
  // Most are listed within seconds; the longer a text is not, the rarer the question. A clock that ran ahead when it was attempted
  // tells as little about that as one that ran behind.
  const sinceMs = Math.abs(msBetween(newest.attemptedAt, askedAt));
  const waitMs = Math.min(graceMs, Math.max(patience(deps.clock, ASK_AGAIN_MS), sinceMs));
  await askAgain(deps, lease, early, { at: addMs(askedAt, waitMs), askedAt, outcome: 'not_listed' });
  const results = messages
    .filter((message) => !early.includes(message))
    .map((message): HandedOver => {
      deps.knownLong.forget(attemptOf(message));
      const listed = verdicts.get(message.id);
      return {
        messageId: message.id,
        attempt: message.attempts,
        laneId: message.laneId,
        phone: message.phone,
        outcome: listed === undefined ? 'settled_absent' : 'settled_sent',
        verdict:
          listed === undefined
            ? { to: 'pending', notBefore: askedAt, detail: 'the gateway has no such text' }
            : { to: 'sent', gatewayMessageId: listed.gatewayMessageId },
        at: listed?.createdAt ?? askedAt,
      };
    });
  return { results };
}

const askAgain = (
  { db }: SettleDeps,
  lease: Lease,
  messages: readonly UnknownMessage[],
  asked: Parameters<typeof askAgainAt>[3],
): Promise<void> => (messages.length === 0 ? Promise.resolve() : askAgainAt(db, lease, messages, asked));

const attemptOf = ({ id, attempts }: Pick<UnknownMessage, 'id' | 'attempts'>): string => `${id} ${attempts}`;

/** Pairs each of our messages with one listed text of the same words, oldest with oldest. */
export function matchListed(
  messages: readonly Pick<UnknownMessage, 'id' | 'body'>[],
  listed: readonly GatewayMessage[],
): ReadonlyMap<Uuid, GatewayMessage> {
  const free = [...listed];
  const pairs = new Map<Uuid, GatewayMessage>();
  for (const message of messages) {
    const at = free.findIndex((candidate) => sameWords(candidate.text, message.body));
    const [found] = at < 0 ? [] : free.splice(at, 1);
    if (found !== undefined) pairs.set(message.id, found);
  }
  return pairs;
}

/** Providers replace look-alike characters and trim; the words stay. */
export const sameWords = (a: string, b: string): boolean => comparable(a) === comparable(b);
export const comparable = (text: string): string => toGsm7(text.normalize('NFC')).text.replace(/\s+/g, ' ').trim();
