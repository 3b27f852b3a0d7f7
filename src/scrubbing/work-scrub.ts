/**
 * Asks a service about the numbers of a batch, many at once. What must hold, whatever is killed:
 * - A request begins only after its numbers were taken out of the budget, in a transaction of its own; they stay taken.
 * - Numbers are held by one worker; when that one dies, the hold runs out and they are asked about again.
 * - Only an answer about a number changes what is known of it. A service that is down, or says nothing of it, frees nobody.
 * - No transaction is open while the service is asked.
 */
import { wakeSomeForList } from '../compliance/waiting-for-list.ts';
import { type Clock, patience } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { Result } from '../platform/result.ts';
import { addMs, HOUR_MS, type Instant, isBefore, MINUTE_MS, msBetween, SECOND_MS } from '../platform/time.ts';
import { lockBudget, putBudget } from '../validation/budget-store.ts';
import { type Allowance, afterAnswer, afterFailure, askedInMonth, draw } from '../validation/decide-budget.ts';
import type { ValidatorFailure } from '../validation/number-validator.ts';
import { type Answered, dateLists, fillLists } from './fill-lists.ts';
import {
  completeScrubBatch,
  getScrubBatch,
  holdItems,
  lockUnsettled,
  putScrubbed,
  releaseItems,
  type ScrubWait,
  setScrubWait,
  settleItems,
} from './scrub-batch-store.ts';
import type { ScrubAnswer, ScrubService } from './scrub-service.ts';
import type { OpenedScrub } from './scrub-settings.ts';

export interface WorkScrubDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly openScrub: (tx: Tx) => Promise<OpenedScrub | undefined>;
  /** Crash points of tests: after the numbers were counted, and after the answer came. */
  readonly atPoint?: (point: 'counted' | 'answered') => Promise<void>;
}

/** Longer than any answer may take. */
const HELD_REAL_MS = 2 * MINUTE_MS;
/** For less it is not worth while to let go of the batch. */
const WAIT_HERE_MS = 2 * SECOND_MS;
/** Of a number about which a service says nothing. */
const ATTEMPTS_MAX = 2;
const NO_SERVICE_MS = 1 * HOUR_MS;

/** Returns when the batch is over or has to wait, or at `until`. */
export async function workScrub(
  deps: WorkScrubDeps,
  { batchId, until, signal }: { readonly batchId: Uuid; readonly until: Instant; readonly signal: AbortSignal },
): Promise<void> {
  const { db, clock } = deps;
  while (!signal.aborted && isBefore(clock.now(), until)) {
    const next = await takeNext(deps, batchId);
    if (next.kind === 'none') break;
    if (next.kind === 'wait') {
      const waitMs = msBetween(clock.now(), next.wait.until);
      if (waitMs > patience(clock, WAIT_HERE_MS)) return setScrubWait(db, batchId, next.wait);
      await clock.sleep(waitMs, signal);
    } else await ask(deps, { ...next, batchId, signal });
  }
  await runTx(db, async (tx) => {
    const opened = await deps.openScrub(tx);
    if ((await completeScrubBatch(tx, batchId, clock.now())) && opened !== undefined)
      await dateLists(tx, opened.service.name);
  });
}

type Next =
  | { readonly kind: 'none' }
  | { readonly kind: 'wait'; readonly wait: ScrubWait }
  | ({ readonly kind: 'ask'; readonly phones: readonly string[] } & OpenedScrub);

/** Holds numbers, as many as the service takes at once and the quota has left, and takes them out of its budget. */
function takeNext({ db, clock, openScrub }: WorkScrubDeps, batchId: Uuid): Promise<Next> {
  return runTx(db, async (tx): Promise<Next> => {
    const now = clock.now();
    const opened = await openScrub(tx);
    if (opened === undefined) return { kind: 'wait', wait: noService(now) };
    const { service } = opened;
    const allowance = inRealTime(opened.allowance, clock);
    const budget = await lockBudget(tx, { validator: service.name, allowance, now });
    const left = Math.max(1, allowance.monthlyQuota - askedInMonth(budget, now));
    const held = { batchId, now, until: addMs(now, patience(clock, HELD_REAL_MS)) };
    const phones = await holdItems(tx, { ...held, limit: Math.min(service.numbersAtOnce, left) });
    if (phones.length === 0) return { kind: 'none' };
    const drawn = draw(budget, allowance, now, phones.length);
    if (drawn.kind === 'blocked') {
      await releaseItems(tx, { batchId, phones, counted: false, attemptsMax: ATTEMPTS_MAX });
      return { kind: 'wait', wait: drawn.block };
    }
    await putBudget(tx, service.name, drawn.budget);
    return { kind: 'ask', phones, ...opened };
  });
}

/** A service counts the seconds of its own clock, however fast ours goes. */
const inRealTime = ({ monthlyQuota, requestsPerSecond }: Allowance, clock: Clock): Allowance => ({
  monthlyQuota,
  requestsPerSecond: requestsPerSecond / clock.factor,
});

const noService = (now: Instant): ScrubWait => ({
  kind: 'no_service',
  message: 'no service has a key: an owner enters one',
  until: addMs(now, NO_SERVICE_MS),
});

interface Asked {
  readonly batchId: Uuid;
  readonly phones: readonly string[];
  readonly service: ScrubService;
  readonly allowance: Allowance;
  readonly signal: AbortSignal;
}

async function ask(deps: WorkScrubDeps, asked: Asked): Promise<void> {
  const { db, clock, atPoint } = deps;
  const { phones, service, allowance, signal } = asked;
  await atPoint?.('counted');
  const askedAt = clock.now();
  const said = await service.scrub(
    phones.map((phone) => phone.slice(2)),
    askedAt,
    signal,
  );
  await atPoint?.('answered');
  await runTx(db, async (tx) => {
    const now = clock.now();
    await recordAnswers(tx, deps, { ...asked, said, askedAt });
    if (signal.aborted && !said.ok) return;
    const budget = await lockBudget(tx, { validator: service.name, allowance, now });
    await putBudget(tx, service.name, said.ok ? afterAnswer(budget, now) : afterFailure(budget, said.error, now));
  });
}

type Said = Result<ReadonlyMap<string, ScrubAnswer>, ValidatorFailure>;

/** An answer is of when it was asked for: it says nothing of what changed while it was on its way. */
async function recordAnswers(
  tx: Tx,
  { newUuid }: WorkScrubDeps,
  { batchId, phones, service, said, askedAt }: Asked & { readonly said: Said; readonly askedAt: Instant },
): Promise<void> {
  if (!said.ok) return releaseItems(tx, { batchId, phones, counted: false, attemptsMax: ATTEMPTS_MAX });
  const batch = await getScrubBatch(tx, batchId);
  if (batch === undefined) return;
  const unsettled = await lockUnsettled(tx, batchId, phones);
  const answered = phones.flatMap((phone): readonly Answered[] => {
    const answer = said.value.get(phone.slice(2));
    return answer === undefined || !unsettled.has(phone) ? [] : [{ phone, answer }];
  });
  const { chosen, startedBy } = batch;
  await fillLists(tx, { service: service.name, chosen, startedBy, now: askedAt, newUuid }, answered);
  const codes = answered.map(({ phone, answer }) => ({ phone, codes: answer.codes }));
  await putScrubbed(tx, { service: service.name, checkedAt: askedAt, answers: codes });
  const of = (listed: boolean): readonly string[] =>
    answered.filter(({ answer }) => answer.kinds.length > 0 === listed).map(({ phone }) => phone);
  await settleItems(tx, { batchId, phones: of(true), outcome: 'listed' });
  await settleItems(tx, { batchId, phones: of(false), outcome: 'clean' });
  const silent = phones.filter((phone) => !said.value.has(phone.slice(2)));
  await releaseItems(tx, { batchId, phones: silent, counted: true, attemptsMax: ATTEMPTS_MAX });
  await setScrubWait(tx, batchId, null);
  await wakeSomeForList(tx, askedAt);
}
