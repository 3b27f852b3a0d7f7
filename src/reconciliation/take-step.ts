/**
 * One step of the reconciliation of an account, by whoever holds it: one request of the gateway, then one transaction that stores what
 * was found as events, what people read of it, and the checkpoint behind it. A process that dies in between has stored nothing, and its
 * successor reads the same page again; a step whose run has moved on meanwhile writes nothing.
 *
 * Findings are never applied here: they go the way of every event (webhooks/apply-event.ts).
 */
import type { Answer, Gateway, GatewayProblem } from '../gateways/gateway.ts';
import { type Clock, patience } from '../platform/clock.ts';
import { isDatabaseAway, runTx, type Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Log } from '../platform/log.ts';
import { err, ok } from '../platform/result.ts';
import { addMs, type Instant, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import type { Reach } from '../sending/crash-points.ts';
import { type Lease, LeaseLost, requireLease } from '../sending/lease-store.ts';
import { countNewNumbers, differenceKey, insertDifferences } from './opt-out-store.ts';
import { type PageRead, type ReadDeps, readPage } from './read-page.ts';
import type { Run } from './run.ts';
import { advanceRun, endRun, findDueRun, insertDiffs, insertSeen, lockRunAt, retryRun } from './run-store.ts';
import { storeFindings } from './store-findings.ts';
import { RECONCILIATION_TOPIC } from './topic.ts';

export interface StepDeps extends ReadDeps {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly log: Log;
  readonly reach: Reach;
}

export interface Stepped {
  readonly requests: number;
  /** The gateway wants to be left alone until then. */
  readonly heldUntil?: Instant;
}

/** Nothing when no step is due. Throws `LeaseLost` when the account has another holder. */
export async function takeStep(deps: StepDeps, lease: Lease): Promise<Stepped> {
  const run = await findDueRun(deps.db, lease.accountId, deps.clock.now());
  if (run === undefined) return { requests: 0 };
  const { records } = deps.gateway;
  if (records === undefined) {
    await end(deps, lease, run, 'The records of this gateway cannot be listed');
    return { requests: 0 };
  }
  const answer = await survived(deps, run, () => readPage(deps, records, run));
  if (!answer.ok) return goWithout(deps, lease, { run, problem: answer.error });
  const read = answer.value;
  deps.reach('after a page of the books');
  const written = await survived(deps, run, async () =>
    ok(await runTx(deps.db, (tx) => write(tx, deps, lease, { run, read }))),
  );
  return written.ok ? { requests: read.requests } : goWithout(deps, lease, { run, problem: written.error });
}

/** A page that cannot be compared or stored must not be asked for over and over: that is a failure of the run like any other. */
async function survived<T>({ log }: StepDeps, { id }: Run, work: () => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LeaseLost || isDatabaseAway(error)) throw error;
    log.error({ error, run: id }, 'a page of the gateway cannot be compared');
    const message = `a page cannot be compared: ${error instanceof Error ? error.message : String(error)}`;
    return err({ kind: 'unavailable', message });
  }
}

async function write(
  tx: Tx,
  deps: StepDeps,
  lease: Lease,
  { run, read }: { readonly run: Run; readonly read: PageRead },
): Promise<void> {
  await requireLease(tx, lease);
  if (!(await lockRunAt(tx, run))) return;
  const now = deps.clock.now();
  const differences = read.optOuts.map(({ difference }) => difference);
  const fresh = await insertDifferences(tx, deps, { runId: run.id, accountId: run.accountId, now, differences });
  // What a run before has told already is not told again: a START may have come in between.
  const optOuts = read.optOuts.filter(({ difference }) => fresh.has(differenceKey(difference)));
  await storeFindings(tx, deps, run.accountId, [...read.findings, ...optOuts]);
  const found = await insertDiffs(
    tx,
    run.id,
    read.findings.map(({ diff }) => diff),
  );
  await insertSeen(tx, run.id, read.seen);
  const { next, progress, requests, seenTexts, seenCalls, note } = read;
  await advanceRun(tx, run.id, {
    checkpoint: next ?? run.checkpoint,
    progress,
    requests,
    seenTexts,
    seenCalls,
    found,
    comparedNumbers: await countNewNumbers(tx, run.id, read.people),
    optOutDifferences: fresh.size,
    note,
    now,
  });
  if (next === undefined) await endRun(tx, run.id, { state: 'completed', error: null, now });
  await notifyLive(tx, [RECONCILIATION_TOPIC, ...(next === undefined ? ['status'] : [])]);
}

const RETRY_MS_MIN = 2 * SECOND_MS;
const RETRY_MS_MAX = 10 * MINUTE_MS;
/** With pauses of up to ten minutes, some two and a half hours. */
const FAILURES_MAX = 24;

/** No answer: asked again later, unless asking again cannot help. */
async function goWithout(
  deps: StepDeps,
  lease: Lease,
  { run, problem }: { readonly run: Run; readonly problem: GatewayProblem },
): Promise<Stepped> {
  const { kind, message, retryAfterMs } = problem;
  deps.log.warn({ account: run.accountId, run: run.id, problem }, 'the gateway does not show its books');
  const isHopeless = kind === 'unauthorized' || kind === 'refused' || run.failures >= FAILURES_MAX;
  if (isHopeless) {
    await end(deps, lease, run, `The gateway does not show its books: ${message}`);
    return { requests: 1 };
  }
  const now = deps.clock.now();
  const pauseMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** run.failures);
  const retryAt = addMs(now, retryAfterMs ?? patience(deps.clock, pauseMs));
  await runTx(deps.db, async (tx) => {
    await requireLease(tx, lease);
    if (!(await lockRunAt(tx, run))) return;
    await retryRun(tx, run.id, { error: message, retryAt, now });
    await notifyLive(tx, [RECONCILIATION_TOPIC]);
  });
  return { requests: 1, ...(kind === 'throttled' ? { heldUntil: retryAt } : {}) };
}

async function end(deps: StepDeps, lease: Lease, run: Run, error: string): Promise<void> {
  await runTx(deps.db, async (tx) => {
    await requireLease(tx, lease);
    await endRun(tx, run.id, { state: 'failed', error, now: deps.clock.now() });
    await notifyLive(tx, [RECONCILIATION_TOPIC, 'status']);
  });
}
