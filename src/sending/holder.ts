/**
 * One held gateway account: the loop that claims, hands over, records and settles. All of an account's sending happens in
 * the one process that holds its lease, so that its rate lives in plain memory.
 *
 * Calls of the gateway run beside the loop: a slow answer never holds up a confirmation, a reply or the other lanes.
 */
import { WINDOW_MARGIN_MS } from '../business/sending-policy.ts';
import { completeFinished } from '../campaigns/campaign-store.ts';
import { endPointless } from '../campaigns/end-pointless.ts';
import { patience } from '../platform/clock.ts';
import { runTx } from '../platform/database.ts';
import { notifyLive } from '../platform/live.ts';
import { addMs, type Instant, isBefore, MINUTE_MS, msBetween, SECOND_MS } from '../platform/time.ts';
import { takeStep } from '../reconciliation/take-step.ts';
import { createBreaker, toStore } from './breaker.ts';
import { readBreaker, saveBreaker } from './breaker-store.ts';
import { claimDirect, type Prepared } from './claim.ts';
import { guardAgainstClones } from './clone-guard.ts';
import { windowBook } from './decide-turn.ts';
import { handOver } from './hand-over.ts';
import { type Holder, type HolderDeps, type HolderOptions, underWay } from './holder-state.ts';
import { knownLong } from './known-long.ts';
import { type Lease, requireLease } from './lease-store.ts';
import { nobodyDue } from './nobody-due.ts';
import { createPacer } from './pacer.ts';
import { checkReceipts } from './receipts.ts';
import { type HandedOver, record } from './record.ts';
import { markOrphansUnknown, pauseAccount, resumeDueLanes } from './record-store.ts';
import { type Served, serveCampaigns } from './serve-campaigns.ts';
import { REQUEST_LIVES_MS, settleUnknown } from './settle.ts';
import type { TurnFacts, TurnLane } from './turn.ts';
import { readTurnFacts } from './turn-store.ts';
import { countUnexplained } from './unexplained.ts';

/** Numbers asked about side by side: what a fast account had under way when its worker died is clear within seconds, too. */
const SETTLE_AT_ONCE_MIN = 2;
const SETTLE_AT_ONCE_SECONDS = 0.25;
const RECEIPTS_AT_ONCE = 10;
/** They are due ten minutes after their text at the soonest: none of them is missed by looking less often than that. */
const RECEIPTS_LOOK_MS = 30 * SECOND_MS;

/** Runs until `drain` aborts (then finishes what is under way) or the lease is lost (then throws `LeaseLost`). */
export async function holdAccount(deps: HolderDeps, lease: Lease, drain: AbortSignal): Promise<void> {
  const now = deps.clock.now();
  const left = await readBreaker(deps.db, lease.accountId);
  const holder: Holder = {
    ...deps,
    lease,
    pacer: createPacer(now),
    breaker: createBreaker(deps.clock, left),
    unexplained: countUnexplained(),
    inFlight: new Set(),
    answered: [],
    settled: [],
    recording: undefined,
    broken: [],
    knownLong: knownLong(deps.clock, patience(deps.clock, deps.options.settleGraceMs), drain),
    templates: new Map(),
    servedTurn: new Map(),
    nobodyDue: nobodyDue(),
    turn: 0,
    running: new Set(),
    asking: undefined,
    receiptsLookAt: now,
    guard: { passed: false, askAt: now, waitMs: deps.options.guardAgainMs, texts: 0 },
    ending: undefined,
    drain,
    storedBreaker: left,
    windows: undefined,
  };
  const orphans = await runTx(deps.db, (tx) =>
    markOrphansUnknown(tx, { accountId: lease.accountId, epoch: lease.epoch, now }),
  );
  if (orphans > 0)
    deps.log.warn({ account: lease.accountId, orphans }, 'texts of a stopped worker are unknown; asking the gateway');
  while (!drain.aborted) {
    deps.pulse.turnBegan = deps.clock.now();
    const waitMs = await takeTurn(holder);
    deps.pulse.turnBegan = undefined;
    if (waitMs > 0) await deps.wake.wait(waitMs, drain);
  }
  deps.pulse.turnBegan = deps.clock.now();
  await Promise.all([...holder.inFlight, holder.asking, holder.ending]);
  await recorded(holder);
  await recordAnswers(holder);
  await recorded(holder);
}

/** One turn; returns how long to wait for the next in clock milliseconds (0: go on at once). */
async function takeTurn(holder: Holder): Promise<number> {
  holder.turn += 1;
  await recordAnswers(holder);
  const now = holder.clock.now();
  const facts = await readTurnFacts(holder.db, holder.lease.accountId, now);
  const idleMax = patience(holder.clock, holder.options.idleMs);
  if (facts === undefined) return idleMax;
  noteRunning(holder, facts);
  holder.pacer.adjust(facts, now);
  // Before anything that may hold this account back: a campaign that is over is over.
  if (facts.campaigns.some((campaign) => campaign.finished)) await closeFinished(holder);
  endCampaigns(holder, facts);
  await keepBreaker(holder);
  if (facts.lanes.some((lane) => lane.resumes))
    await runTx(holder.db, (tx) => resumeDueLanes(tx, holder.lease.accountId, now));
  const breaker = holder.breaker.state(now);
  if (breaker.kind === 'held' || breaker.kind === 'open') return Math.min(idleMax, msBetween(now, breaker.until));
  if (breaker.kind === 'half_open') {
    ask(holder, () => askWhetherBack(holder));
    return idleMax;
  }
  if (facts.account.state === 'paused') {
    // A person who resumes it may have ended a second copy meanwhile, or not.
    holder.guard.passed = false;
    holder.guard.askAt = now;
    ask(holder, async () => (await settleSome(holder, facts)) || (await reconcile(holder, facts)));
    return Math.min(idleMax, reconcileMs(holder, facts, now));
  }
  const mayAsk = holder.pacer.room(now, underWay(holder)) > 0;
  if (guardIsDue(holder, facts, now) && mayAsk) ask(holder, () => askWhoSends(holder, facts));
  let started = await startDirect(holder, facts);
  // An answer that found no room waits for the rate, not for the next look.
  const answerMs = facts.answersWait && started === 0 ? Math.max(1, holder.pacer.msUntilRoom(now)) : idleMax;
  if (!holder.guard.passed)
    return started > 0 ? 0 : Math.min(idleMs(holder, facts), answerMs, msUntilAsked(holder, now));
  const between = lookBetween(holder, (count) => {
    started += count;
  });
  const campaigns = facts.sendingPaused ? NOTHING_SERVED : await serve(holder, facts, between);
  const busy = started + campaigns.taken > 0;
  ask(
    holder,
    async () =>
      (await settleSome(holder, facts)) || (!busy && ((await askReceipts(holder)) || (await reconcile(holder, facts)))),
  );
  const nextMs = Math.min(campaigns.waitMs, answerMs, idleMs(holder, facts), reconcileMs(holder, facts, now));
  return busy ? Math.min(nextMs, msUntilMore(holder, started > 0)) : nextMs;
}

/** False when nothing of a campaign may be handed over. */
function noteRunning(holder: Holder, facts: TurnFacts): boolean {
  const stopped = facts.sendingPaused || facts.account.state === 'paused';
  holder.running = new Set(stopped ? [] : facts.campaigns.map((campaign) => campaign.id));
  return !stopped;
}

/** After a turn that began something: how long until the rate lets more begin. Infinite while too many calls are under way. */
function msUntilMore(holder: Holder, ofAnyKind: boolean): number {
  const { pacer } = holder;
  const now = holder.clock.now();
  if ((ofAnyKind ? pacer.room : pacer.campaignRoom)(now, underWay(holder)) > 0) return 0;
  const ms = ofAnyKind ? pacer.msUntilRoom(now) : pacer.msUntilCampaignRoom(now);
  return ms > 0 ? ms : Number.POSITIVE_INFINITY;
}

const NOTHING_SERVED = { taken: 0, waitMs: Number.POSITIVE_INFINITY } as const;

/** Of real time. */
const LOOK_BETWEEN_MS = 250;

/**
 * To be asked between two claims of a turn, which are many when an account has hundreds of numbers. What cannot wait for the end of the
 * turn is done four times a second: answers go out, and it is false once nothing more may be claimed, because everything was paused or
 * the gateway fails.
 */
function lookBetween(holder: Holder, onAnswers: (count: number) => void): () => Promise<boolean> {
  let lookedAt = holder.clock.now();
  return async () => {
    const now = holder.clock.now();
    const sinceMs = msBetween(lookedAt, now);
    if (sinceMs >= 0 && sinceMs < patience(holder.clock, LOOK_BETWEEN_MS)) return true;
    lookedAt = now;
    await recordAnswers(holder);
    const facts = await readTurnFacts(holder.db, holder.lease.accountId, now);
    if (facts === undefined || !noteRunning(holder, facts) || holder.breaker.state(now).kind !== 'closed') return false;
    onAnswers(await startDirect(holder, facts));
    return true;
  };
}

function serve(holder: Holder, facts: TurnFacts, goesOn: () => Promise<boolean>): Promise<Served> {
  const policy = JSON.stringify(facts.policy);
  if (holder.windows?.policy !== policy) holder.windows = { policy, book: windowBook(facts.policy) };
  const begin = (prepared: readonly Prepared[]): void => start(holder, facts.lanes, prepared);
  return serveCampaigns(holder, facts, holder.windows.book, { start: begin, goesOn });
}

async function startDirect(holder: Holder, facts: TurnFacts): Promise<number> {
  const now = holder.clock.now();
  const room = facts.answersWait ? holder.pacer.room(now, underWay(holder)) : 0;
  if (room === 0) return 0;
  const prepared = await claimDirect(holder, holder.lease, now, {
    limit: room,
    // They end by themselves within minutes, so that no copy of the database sends them again.
    automaticOnly: !holder.guard.passed,
  });
  for (const text of prepared) holder.pacer.answered(now, text);
  start(holder, facts.lanes, prepared);
  return prepared.length;
}

/** Calls the gateway for each, beside the loop. */
function start(holder: Holder, lanes: readonly TurnLane[], prepared: readonly Prepared[]): void {
  if (prepared.length > 0) {
    holder.reach('after the claim');
    holder.guard.texts += prepared.length;
  }
  for (const text of prepared) {
    const lane = lanes.find((candidate) => candidate.id === text.laneId);
    if (lane === undefined)
      throw new Error(
        `message ${text.messageId}: lane ${text.laneId} does not belong to account ${holder.lease.accountId}`,
      );
    const running: Promise<void> = handOver(holder, text, lane)
      .then((answer) => {
        holder.reach('after the gateway took it');
        holder.answered.push(answer);
      })
      .catch((error: unknown) => void holder.broken.push(error))
      .finally(() => {
        holder.inFlight.delete(running);
        holder.wake.call();
      });
    holder.inFlight.add(running);
  }
}

/**
 * Accepted texts are recorded beside the loop, on a connection of their own, while the next are claimed. Any other answer changes
 * what may be claimed (a pause, a suppression, a cap given back), so that it is written before.
 */
async function recordAnswers(holder: Holder): Promise<void> {
  throwBroken(holder);
  const plain = holder.settled.length === 0 && holder.answered.every(({ verdict }) => verdict.to === 'sent');
  if (plain && holder.recording !== undefined) return;
  await recorded(holder);
  const answered = holder.answered.splice(0).map((result) => hear(holder, result));
  if (answered.length > 0 && plain) return recordBeside(holder, answered);
  if (answered.length > 0) await record(holder, holder.lease, { from: 'handing_over', results: answered });
  const settled = holder.settled.splice(0);
  if (settled.length > 0) await record(holder, holder.lease, { from: 'unknown', results: settled });
}

/** The answer as it is to be recorded. */
function hear(holder: Holder, answer: HandedOver): HandedOver {
  const result = holder.unexplained.heard(answer);
  holder.breaker.heard(result);
  if (result.verdict.to === 'unknown' || result.verdict.sender !== undefined)
    holder.log.warn(
      { message: result.messageId, outcome: result.outcome, verdict: result.verdict },
      'hand-over did not end in accepted',
    );
  return result;
}

function recordBeside(holder: Holder, results: readonly HandedOver[]): void {
  const done = record(holder, holder.lease, { from: 'handing_over', results })
    .catch((error: unknown) => void holder.broken.push(error))
    .finally(() => {
      holder.recording = undefined;
      holder.wake.call();
    });
  holder.recording = { count: results.length, done };
}

/** Waits until nothing is being recorded beside the loop. */
async function recorded(holder: Holder): Promise<void> {
  await holder.recording?.done;
  throwBroken(holder);
}

/** What threw beside the loop ends this holder, and its successor settles what it had begun. */
function throwBroken(holder: Holder): void {
  if (holder.broken.length > 0) throw holder.broken[0];
}

/** Pages and the next holder see a breaker that opens or closes, and a gateway that asks for time. */
async function keepBreaker(holder: Holder): Promise<void> {
  const now = holder.clock.now();
  const next = toStore(holder.breaker.state(now), holder.storedBreaker, now);
  if (next === holder.storedBreaker) return;
  await runTx(holder.db, async (tx) => {
    await requireLease(tx, holder.lease);
    await saveBreaker(tx, holder.lease.accountId, next);
    await notifyLive(tx, ['status']);
  });
  holder.storedBreaker = next;
  holder.log.warn({ account: holder.lease.accountId, breaker: next }, 'breaker of the account changed');
}

/** One question at a time, beside the loop. `question` says whether it asked anything: then the next turn comes at once. */
function ask(holder: Holder, question: () => Promise<boolean>): void {
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

/** Beside the loop, because it may be about many people; needs no gateway, so that it waits for neither a breaker nor a pause. */
function endCampaigns(holder: Holder, facts: TurnFacts): void {
  const pointless = facts.campaigns.filter((campaign) => campaign.pointless && campaign.waiting > 0);
  if (pointless.length === 0 || holder.ending !== undefined) return;
  const end = async (): Promise<void> => {
    let done = false;
    for (const { id } of pointless) done = (await endPointless(holder, id, holder.drain)) || done;
    if (done) holder.wake.call();
  };
  holder.ending = end()
    .catch((error: unknown) => {
      holder.log.warn({ error }, 'a campaign whose texts are pointless could not be ended; trying again');
    })
    .finally(() => {
      holder.ending = undefined;
    });
}

async function askWhetherBack(holder: Holder): Promise<boolean> {
  holder.pacer.called(holder.clock.now(), 1);
  const answer = await holder.gateway.listNumbers();
  holder.breaker.probed(answer.ok || answer.error.kind !== 'unavailable', holder.clock.now());
  return true;
}

const GUARD_AGAIN_MAX_MS = 10 * MINUTE_MS;
const GUARD_RETRY_MS = SECOND_MS;

/** Waits until the account's rate lets one question go out, and counts it. Throws when the worker drains: its successor asks anew. */
async function tokenFor(holder: Holder): Promise<void> {
  while (holder.pacer.room(holder.clock.now(), underWay(holder)) === 0) {
    const untilRoomMs = holder.pacer.msUntilRoom(holder.clock.now());
    await holder.clock.sleep(untilRoomMs > 0 ? untilRoomMs : patience(holder.clock, CALLS_WAIT_MS), holder.drain);
    holder.drain.throwIfAborted();
  }
  holder.pacer.called(holder.clock.now(), 1);
}

/** The rate has room, but too many calls are under way. */
const CALLS_WAIT_MS = 100;

/** The questions about all lanes must fit into the tenth of the rate that campaigns leave. */
const GUARD_TEXTS_PER_LANE = 15;

function guardIsDue({ guard }: Holder, facts: TurnFacts, now: Instant): boolean {
  if (isBefore(now, guard.askAt)) return false;
  return !guard.passed || guard.texts >= GUARD_TEXTS_PER_LANE * facts.lanes.length;
}

/** While the question is under way its answer wakes the holder. */
function msUntilAsked(holder: Holder, now: Instant): number {
  if (holder.asking !== undefined) return Number.POSITIVE_INFINITY;
  return Math.max(1, msBetween(now, holder.guard.askAt), holder.pacer.msUntilRoom(now));
}

/** Whether somebody else hands over with this account; until that is answered once, this holder hands nothing over. */
async function askWhoSends(holder: Holder, facts: TurnFacts): Promise<boolean> {
  const { guard } = holder;
  guard.texts = 0;
  const mayAsk = (): Promise<void> => tokenFor(holder);
  const answer = await guardAgainstClones({ ...holder, mayAsk }, holder.lease, facts);
  const now = holder.clock.now();
  if (answer.ok) {
    guard.passed = answer.value === 0;
    guard.askAt = addMs(now, patience(holder.clock, guard.waitMs));
    guard.waitMs = Math.min(Math.max(GUARD_AGAIN_MAX_MS, guard.waitMs), guard.waitMs * 2);
    return true;
  }
  const { kind, message, retryAfterMs } = answer.error;
  if (kind === 'refused') {
    // A provider that cannot list a number cannot be asked; single texts are settled all the same.
    holder.log.warn({ account: holder.lease.accountId, message }, 'the gateway does not list what it sent last');
    guard.passed = true;
    guard.askAt = addMs(now, patience(holder.clock, GUARD_AGAIN_MAX_MS));
    return true;
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
  return true;
}

async function settleSome(holder: Holder, facts: TurnFacts): Promise<boolean> {
  const now = holder.clock.now();
  const atOnce = Math.max(SETTLE_AT_ONCE_MIN, Math.ceil(facts.account.ratePerSecond * SETTLE_AT_ONCE_SECONDS));
  const limit = !facts.unknownDue ? 0 : Math.min(atOnce, holder.pacer.room(now, underWay(holder)));
  if (limit === 0) return false;
  const lanes = new Map(facts.lanes.map((lane) => [lane.id, lane]));
  // Counted before they are asked: texts go out beside the questions.
  holder.pacer.called(now, limit);
  const { asked, results, heldUntil } = await settleUnknown(
    { ...holder, lanes, graceMs: holder.options.settleGraceMs },
    holder.lease.accountId,
    limit,
  );
  holder.pacer.notCalled(holder.clock.now(), limit - asked);
  if (asked > 0) holder.reach('after settling was asked');
  holder.settled.push(...results);
  if (heldUntil !== undefined) holder.breaker.askedForTime(heldUntil);
  return asked > 0;
}

/** Lowest priority: only in a turn that had nothing else to do. */
async function askReceipts(holder: Holder): Promise<boolean> {
  const now = holder.clock.now();
  const limit = Math.min(RECEIPTS_AT_ONCE, holder.pacer.room(now, underWay(holder)));
  if (limit === 0 || isBefore(now, holder.receiptsLookAt)) return false;
  holder.pacer.called(now, limit);
  const { asked, heldUntil } = await checkReceipts(holder, holder.lease.accountId, limit);
  holder.pacer.notCalled(holder.clock.now(), limit - asked);
  if (heldUntil !== undefined) holder.breaker.askedForTime(heldUntil);
  if (asked === 0) holder.receiptsLookAt = addMs(now, patience(holder.clock, RECEIPTS_LOOK_MS));
  return asked > 0;
}

/** Lower still: one page of the gateway's books, with a request that nothing else has wanted (docs/decisions/0027). */
async function reconcile(holder: Holder, facts: TurnFacts): Promise<boolean> {
  const now = holder.clock.now();
  if (!facts.reconciles || holder.pacer.room(now, underWay(holder)) === 0) return false;
  holder.pacer.called(now, 1);
  const { requests, heldUntil } = await takeStep(holder, holder.lease);
  holder.pacer.notCalled(holder.clock.now(), 1 - requests);
  if (heldUntil !== undefined) holder.breaker.askedForTime(heldUntil);
  return true;
}

/** Until the rate has a request for the next page. While one is being read its answer wakes the holder. */
function reconcileMs(holder: Holder, facts: TurnFacts, now: Instant): number {
  if (!facts.reconciles) return Number.POSITIVE_INFINITY;
  const untilRoomMs = holder.pacer.msUntilRoom(now);
  if (untilRoomMs > 0) return untilRoomMs;
  return holder.asking === undefined ? 1 : Number.POSITIVE_INFINITY;
}

async function closeFinished(holder: Holder): Promise<void> {
  await runTx(holder.db, async (tx) => {
    const closed = await completeFinished(tx, holder.clock.now());
    await notifyLive(tx, closed.length === 0 ? [] : ['status', ...closed.map((id) => `campaign:${id}`)]);
  });
}

/** Until a window opens or something becomes due; a wake-up call ends it earlier. */
function idleMs(holder: Holder, facts: TurnFacts): number {
  const now = holder.clock.now();
  const due = [holder.windows?.book.nextOpening(facts.campaigns, now), facts.nextDueAt ?? undefined];
  return due
    .flatMap((at) => (at === undefined ? [] : [Math.max(1, msBetween(now, at))]))
    .reduce((first, ms) => Math.min(first, ms), patience(holder.clock, holder.options.idleMs));
}

export const DEFAULT_HOLDER_OPTIONS: HolderOptions = {
  settleGraceMs: REQUEST_LIVES_MS,
  // A minute of a second copy does little harm; its first seconds, when many begin at once, are looked at soonest.
  guardAgainMs: 30 * SECOND_MS,
  windowMarginMs: WINDOW_MARGIN_MS,
  idleMs: 2 * SECOND_MS,
};
