/**
 * Applies what the intake has stored. Receipts, which are most of all events and come in any order, many at once; answers of people, of
 * each number the first, many at once; everything else in the order of its number, beside other numbers. Each event and its mark are one transaction, so that a process may die anywhere.
 *
 * What fails is tried again by a job, three times; later events of its number wait for that long. Then it rests as failed.
 */
import type { InboundText } from '../conversations/inbound.ts';
import { recordAnswers } from '../conversations/record-inbound.ts';
import type { GatewayEvent } from '../gateways/gateway.ts';
import { tokenIn } from '../health/health-check.ts';
import { isDatabaseAway, runTx, type Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Services } from '../services.ts';
import { applyContent } from './apply-content.ts';
import { applyReceipts, hasConsequences, type StatusReport } from './apply-status.ts';
import {
  EVENTS_TOPIC,
  listWaiting,
  markApplied,
  markFailed,
  type StoredEvent,
  takeEvent,
  takeEvents,
  takeReceipts,
  type WaitingEvent,
} from './event-store.ts';

export type RetryServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'webhookEdge' | 'log'>;
export type ApplyServices = RetryServices & Pick<Services, 'jobs' | 'random'>;

export const RETRY_QUEUE = 'apply-gateway-event';
/** What failed together, for one cause, must not come back together; the pauses of later tries are drawn by the queue. */
const FIRST_RETRY_AFTER_SECONDS = { min: 1, max: 3 };
/** Looked at together. */
const LISTED_MAX = 500;
const NUMBERS_AT_ONCE = 4;
/** So long holds a transaction the numbers of people who may just be saying STOP. */
const ANSWERS_TOGETHER_MAX = 50;

/** Applies what waits, until nothing is left that this process can do now. Whatever comes in meanwhile wakes it again. */
export async function applyWaiting(services: ApplyServices, signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted) {
    const waiting = await listWaiting(services.database.db, LISTED_MAX);
    const settled = await applyListed(services, waiting);
    // What another process works on is its own to finish.
    if (settled === 0 || waiting.length < LISTED_MAX) return;
  }
}

async function applyListed(services: ApplyServices, waiting: readonly WaitingEvent[]): Promise<number> {
  const receipts = waiting.filter(({ orderKey }) => orderKey === null);
  const others = waiting.filter(({ orderKey }) => orderKey !== null);
  let settled = 0;
  // Beside each other: what has been added meanwhile must not be overwritten.
  const count = (more: number): void => {
    settled += more;
  };
  const receiptsInTurn = async (): Promise<void> => {
    for (const [accountId, ofAccount] of Map.groupBy(receipts, (event) => event.accountId))
      count(await applyReceiptsOf(services, accountId, ofAccount));
  };
  const othersInTurn = async (): Promise<void> => {
    const numbers = [...Map.groupBy(others, (event) => `${event.accountId} ${event.orderKey}`).values()];
    const applied = await applyAnswers(services, numbers);
    count(applied.size);
    const left = numbers.map((events) => events.filter(({ id }) => !applied.has(id))).values();
    const numbersInTurn = async (): Promise<void> => {
      for (const events of left) count(await applyInOrder(services, events));
    };
    await Promise.all(Array.from({ length: NUMBERS_AT_ONCE }, numbersInTurn));
  };
  await Promise.all([receiptsInTurn(), othersInTurn()]);
  return settled;
}

/** Of each number its first event, when that is a text: those of different people together, as far as nothing is to be done for them. */
async function applyAnswers(
  services: ApplyServices,
  numbers: readonly (readonly WaitingEvent[])[],
): Promise<ReadonlySet<Uuid>> {
  const firsts = numbers.flatMap(([first]) => (first?.type === 'message.received' ? [first] : []));
  const applied = new Set<Uuid>();
  for (const [accountId, ofAccount] of Map.groupBy(firsts, (event) => event.accountId))
    for (let at = 0; at < ofAccount.length; at += ANSWERS_TOGETHER_MAX) {
      const some = ofAccount.slice(at, at + ANSWERS_TOGETHER_MAX);
      // One alone costs less by itself.
      if (some.length === 1) continue;
      for (const id of await applyTogether(services, some, (tx) => answersAmong(tx, services, accountId, some)))
        applied.add(id);
    }
  return applied;
}

/** Applies those that ask for nothing but to be shown, and says which. */
async function answersAmong(
  tx: Tx,
  services: ApplyServices,
  accountId: Uuid,
  waiting: readonly WaitingEvent[],
): Promise<readonly Uuid[]> {
  const told = (await takeEvents(tx, accountId, waiting)).filter(({ source }) => source !== 'reconciliation');
  const texts = new Map(told.flatMap((stored) => plainText(services, stored)));
  const [first] = told;
  if (first === undefined) return [];
  const recorded = await recordAnswers(tx, services, first.account, [...texts.keys()]);
  return [...recorded].flatMap((text) => texts.get(text) ?? []);
}

/** Empty for one that must be looked at by itself: what may belong to a health check, and what cannot be read. */
function plainText(services: ApplyServices, stored: StoredEvent): readonly (readonly [InboundText, Uuid])[] {
  const { account, payload, receivedAt, id } = stored;
  const event = services.webhookEdge(account.kind).parse(Buffer.from(payload, 'utf8'), receivedAt);
  if (!event.ok || event.value.type !== 'message_received' || tokenIn(event.value.text) !== undefined) return [];
  return [[event.value, id]];
}

/** What `apply` has applied of several events, marked, in one transaction; nothing when that fails: then they are applied one by one. */
async function applyTogether(
  services: ApplyServices,
  waiting: readonly WaitingEvent[],
  apply: (tx: Tx) => Promise<readonly Uuid[]>,
): Promise<ReadonlySet<Uuid>> {
  try {
    return await runTx(services.database.db, async (tx) => {
      const applied = await apply(tx);
      await markApplied(tx, applied, services.clock.now());
      return new Set(applied);
    });
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    services.log.warn(
      { error, account: waiting[0]?.accountId, events: waiting.length },
      'events are applied one by one',
    );
    return new Set();
  }
}

/** How many could be settled: applied, or put aside to be tried again. */
async function applyInOrder(services: ApplyServices, events: readonly WaitingEvent[]): Promise<number> {
  let settled = 0;
  for (const event of events) {
    const outcome = await applyOne(services, event);
    if (outcome === 'taken') return settled;
    settled += 1;
    // Those behind it wait.
    if (outcome === 'failed') return settled;
  }
  return settled;
}

/** `taken`: by another process, or it is not its turn. */
async function applyOne(services: ApplyServices, waiting: WaitingEvent): Promise<'applied' | 'failed' | 'taken'> {
  try {
    const found = await runTx(services.database.db, async (tx) => {
      const event = await takeEvent(tx, waiting);
      if (event !== undefined) await applyStored(tx, services, event);
      return event !== undefined;
    });
    return found ? 'applied' : 'taken';
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    await putAside(services, waiting.id, error);
    return 'failed';
  }
}

/** Applies an event and marks it, in one transaction. */
export async function applyStored(tx: Tx, services: RetryServices, stored: StoredEvent): Promise<void> {
  const { account, connectedAt, source, receivedAt } = stored;
  const known = { reconciled: source === 'reconciliation', connectedAt, heardAt: receivedAt };
  await applyContent(tx, services, { account, known }, readStored(services, stored));
  await markApplied(tx, [stored.id], services.clock.now());
}

function readStored({ webhookEdge }: RetryServices, { account, payload, receivedAt }: StoredEvent): GatewayEvent {
  const event = webhookEdge(account.kind).parse(Buffer.from(payload, 'utf8'), receivedAt);
  if (!event.ok) throw new Error(event.error.message);
  return event.value;
}

/** All of them in one transaction; those with consequences, and all when that fails, one after the other. */
async function applyReceiptsOf(
  services: ApplyServices,
  accountId: Uuid,
  waiting: readonly WaitingEvent[],
): Promise<number> {
  const ids = waiting.map(({ id }) => id);
  const together = await applyTogether(services, waiting, async (tx) => {
    const plain = (await takeReceipts(tx, accountId, ids)).flatMap((stored) => plainReport(services, stored));
    await applyReceipts(
      tx,
      accountId,
      plain.map(({ report }) => report),
    );
    return plain.map(({ id }) => id);
  });
  let settled = together.size;
  for (const event of waiting)
    if (!together.has(event.id) && (await applyOne(services, event)) !== 'taken') settled += 1;
  return settled;
}

/** Empty for one that must be looked at by itself. */
function plainReport(
  services: ApplyServices,
  stored: StoredEvent,
): readonly { readonly id: Uuid; readonly report: StatusReport }[] {
  const { account, payload, receivedAt, id } = stored;
  const event = services.webhookEdge(account.kind).parse(Buffer.from(payload, 'utf8'), receivedAt);
  if (!event.ok || event.value.type !== 'message_status' || hasConsequences(event.value)) return [];
  return [{ id, report: event.value }];
}

/** It is tried again by a job; what is kept and the job are one transaction. */
async function putAside(services: ApplyServices, id: Uuid, error: unknown): Promise<void> {
  services.log.warn({ error, event: id }, 'event failed, to be tried again');
  await runTx(services.database.db, async (tx) => {
    if (!(await markFailed(tx, { id, ...said(error), at: services.clock.now() }, 'retrying'))) return;
    const { min, max } = FIRST_RETRY_AFTER_SECONDS;
    const afterSeconds = min + (max - min) * services.random.next();
    await services.jobs.enqueue(tx, RETRY_QUEUE, [{ data: { eventId: id }, key: id, afterSeconds }]);
    await notifyLive(tx, [EVENTS_TOPIC]);
  });
}

const STACK_LENGTH_MAX = 4_000;

export const said = (error: unknown): { readonly error: string; readonly stack: string | null } =>
  error instanceof Error
    ? { error: error.message, stack: error.stack?.slice(0, STACK_LENGTH_MAX) ?? null }
    : { error: String(error), stack: null };
