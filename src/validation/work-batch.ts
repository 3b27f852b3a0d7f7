/**
 * Works through the numbers of a batch. What must hold, whatever is killed and however many work on one batch:
 * - A request begins only after it has been taken out of the budget, in a transaction of its own; it stays taken.
 * - A number is held by one worker; when that one dies, the hold runs out and another takes the number up.
 * - A number that is known already, or that needs no service, costs no request.
 * - No transaction is open while a service is asked.
 */
import type { E164 } from '../contacts/phone.ts';
import { type Clock, patience } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Result } from '../platform/result.ts';
import { addMs, HOUR_MS, type Instant, isBefore, MINUTE_MS, msBetween, SECOND_MS } from '../platform/time.ts';
import { getAnswer, putAnswer } from './answer-store.ts';
import { type BatchWait, completeBatch, setWait } from './batch-store.ts';
import { lockBudget, putBudget } from './budget-store.ts';
import { type Allowance, afterAnswer, afterFailure, draw } from './decide-budget.ts';
import { offlineOutcome, outcomeOf } from './decide-offline.ts';
import { type HeldItem, holdNextItem, releaseItem, settleItem } from './item-store.ts';
import type { NumberFacts, NumberValidator, ValidatorFailure } from './number-validator.ts';

/** A service with what the owner allows of it. */
export interface AllowedValidator {
  readonly validator: NumberValidator;
  readonly allowance: Allowance;
}

export interface WorkDeps {
  readonly db: Db;
  readonly clock: Clock;
  /** Those that have a key, in the order in which they are asked; read anew for each number, since owners change them. */
  readonly openValidators: (tx: Tx) => Promise<readonly AllowedValidator[]>;
  /** Crash points of tests: after the request was counted, and after the answer came. */
  readonly atPoint?: (point: 'counted' | 'answered') => Promise<void>;
}

/** At once: a service answers in some tenths of a second. */
const REQUESTS_AT_ONCE = 4;
/** Longer than any answer may take. */
const HELD_REAL_MS = 1 * MINUTE_MS;
/** For less it is not worth while to let go of the batch. */
const WAIT_HERE_MS = 2 * SECOND_MS;
/** Of one number whose answers say nothing. */
const ATTEMPTS_MAX = 2;
const PROGRESS_TOLD_EVERY_MS = 1 * SECOND_MS;
const NO_VALIDATOR_MS = 1 * HOUR_MS;

/** Returns when the batch is over or has to wait, when nobody is left to take up, or at `until`. */
export async function workBatch(
  deps: WorkDeps,
  input: { readonly batchId: Uuid; readonly until: Instant; readonly signal: AbortSignal },
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([input.signal, stop.signal]);
  const tell = progressTeller(deps, input.batchId);
  const lanes = Array.from({ length: REQUESTS_AT_ONCE }, () => workLane(deps, { ...input, signal, tell }));
  try {
    await Promise.all(lanes);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(lanes);
    throw error;
  }
  await completeBatch(deps.db, input.batchId, deps.clock.now());
  await notifyLive(deps.db, ['number_validation', `number_validation:${input.batchId}`]);
}

interface LaneInput {
  readonly batchId: Uuid;
  readonly until: Instant;
  readonly signal: AbortSignal;
  readonly tell: () => Promise<void>;
}

async function workLane(deps: WorkDeps, { batchId, until, signal, tell }: LaneInput): Promise<void> {
  const { db, clock } = deps;
  while (!signal.aborted && isBefore(clock.now(), until)) {
    const next = await takeNext(deps, batchId);
    switch (next.kind) {
      case 'none':
        return;
      case 'settled':
        break;
      case 'wait': {
        const waitMs = msBetween(clock.now(), next.wait.until);
        if (waitMs > patience(clock, WAIT_HERE_MS)) return setWait(db, batchId, next.wait);
        await clock.sleep(waitMs, signal);
        break;
      }
      case 'ask':
        await ask(deps, next, signal);
        break;
      default:
        next satisfies never;
    }
    await tell();
  }
}

type Next =
  | { readonly kind: 'none' | 'settled' }
  | { readonly kind: 'wait'; readonly wait: BatchWait }
  | ({ readonly kind: 'ask'; readonly item: HeldItem } & AllowedValidator);

/** Holds one number and, when a service has to be asked, takes the request out of its budget. */
function takeNext({ db, clock, openValidators }: WorkDeps, batchId: Uuid): Promise<Next> {
  return runTx(db, async (tx): Promise<Next> => {
    const now = clock.now();
    const item = await holdNextItem(tx, { batchId, now, until: addMs(now, patience(clock, HELD_REAL_MS)) });
    if (item === undefined) return { kind: 'none' };
    if (await settleWithoutAsking(tx, item)) return { kind: 'settled' };
    const chosen = await chooseValidator(tx, { validators: await openValidators(tx), clock });
    if (chosen.kind === 'wait') await releaseItem(tx, { ...item, counted: false });
    return chosen.kind === 'wait' ? chosen : { ...chosen, item };
  });
}

async function settleWithoutAsking(tx: Tx, item: HeldItem): Promise<boolean> {
  const offline = offlineOutcome(item.phone);
  if (offline !== undefined) {
    await settleItem(tx, { ...item, outcome: offline, knownBy: 'numbering_plan' });
    return true;
  }
  const known = await getAnswer(tx, item.phone);
  if (known === undefined || !isBefore(item.freshAfter, known.checkedAt)) return false;
  await settleItem(tx, { ...item, outcome: outcomeOf(known), knownBy: 'earlier_answer' });
  return true;
}

type Chosen = { readonly kind: 'wait'; readonly wait: BatchWait } | ({ readonly kind: 'ask' } & AllowedValidator);

/** The first one that may be asked now; else the wait for the one that may be asked soonest. Locks budgets in the order of the list. */
async function chooseValidator(
  tx: Tx,
  { validators, clock }: { readonly validators: readonly AllowedValidator[]; readonly clock: Clock },
): Promise<Chosen> {
  const now = clock.now();
  let soonest: BatchWait | undefined;
  for (const { validator, allowance } of validators) {
    const real = inRealTime(allowance, clock);
    const drawn = draw(await lockBudget(tx, { validator: validator.name, allowance: real, now }), real, now);
    if (drawn.kind === 'granted') {
      await putBudget(tx, validator.name, drawn.budget);
      return { kind: 'ask', validator, allowance };
    }
    if (soonest === undefined || isBefore(drawn.block.until, soonest.until)) soonest = drawn.block;
  }
  return { kind: 'wait', wait: soonest ?? noValidator(now) };
}

/** A service counts the seconds of its own clock, however fast ours goes. */
const inRealTime = ({ monthlyQuota, requestsPerSecond }: Allowance, clock: Clock): Allowance => ({
  monthlyQuota,
  requestsPerSecond: requestsPerSecond / clock.factor,
});

const noValidator = (now: Instant): BatchWait => ({
  kind: 'no_validator',
  message: 'no service has a key: enter one in the settings',
  until: addMs(now, NO_VALIDATOR_MS),
});

async function ask(
  { db, clock, atPoint }: WorkDeps,
  { item, validator, allowance }: AllowedValidator & { readonly item: HeldItem },
  signal: AbortSignal,
): Promise<void> {
  await atPoint?.('counted');
  // The numbering plan has read it: only what parsePhone makes is asked about.
  const answer = await validator.validate(item.phone as E164, signal);
  await atPoint?.('answered');
  await runTx(db, async (tx) => {
    const now = clock.now();
    await recordAnswer(tx, { item, answer, validator, now, stopped: signal.aborted });
    if (signal.aborted && !answer.ok) return;
    const budget = await lockBudget(tx, { validator: validator.name, allowance, now });
    await putBudget(tx, validator.name, answer.ok ? afterAnswer(budget, now) : afterFailure(budget, answer.error, now));
  });
}

interface Answered {
  readonly item: HeldItem;
  readonly answer: Result<NumberFacts, ValidatorFailure>;
  readonly validator: NumberValidator;
  readonly now: Instant;
  /** Broken off by us: the failure says nothing about the service. */
  readonly stopped: boolean;
}

async function recordAnswer(tx: Tx, { item, answer, validator, now, stopped }: Answered): Promise<void> {
  const { phone } = item;
  if (answer.ok) {
    await putAnswer(tx, { ...answer.value, phone, validator: validator.name, checkedAt: now });
    return settleItem(tx, { ...item, outcome: outcomeOf(answer.value), knownBy: 'validator' });
  }
  const unreadable = answer.error.kind === 'unreadable' && !stopped;
  if (unreadable && item.attempts >= ATTEMPTS_MAX)
    return settleItem(tx, { ...item, outcome: 'unverified', knownBy: 'validator' });
  return releaseItem(tx, { ...item, counted: unreadable });
}

/** Progress is for eyes: told now and then. */
function progressTeller({ db, clock }: WorkDeps, batchId: Uuid): () => Promise<void> {
  let due = clock.now();
  return async () => {
    const now = clock.now();
    if (isBefore(now, due)) return;
    due = addMs(now, patience(clock, PROGRESS_TOLD_EVERY_MS));
    await setWait(db, batchId, null);
    await notifyLive(db, [`number_validation:${batchId}`]);
  };
}
