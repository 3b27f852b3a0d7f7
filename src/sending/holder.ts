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
import { runTx, type Tx } from '../platform/database.ts';
import { notifyLive } from '../platform/live.ts';
import { addMs, type Instant, msBetween, SECOND_MS } from '../platform/time.ts';
import { createBreaker, toStore } from './breaker.ts';
import { readBreaker, saveBreaker } from './breaker-store.ts';
import { claimDirect, type Prepared } from './claim.ts';
import { endLateDirect } from './claim-store.ts';
import { windowBook } from './decide-turn.ts';
import { handOver } from './hand-over.ts';
import { recordAccepted, recordAnswers, recorded } from './holder-answers.ts';
import { askWhoSends, guardIsDue, msUntilAsked } from './holder-guard.ts';
import { ask, askFirst, askReceipts, askWhetherBack, readBooks, readBooksMs, settleSome } from './holder-questions.ts';
import { endedBy, type Holder, type HolderDeps, type HolderOptions, underWay } from './holder-state.ts';
import { knownLong } from './known-long.ts';
import { type Lease, LeaseLost, requireLease } from './lease-store.ts';
import { nobodyDue } from './nobody-due.ts';
import { countedAhead, createPacer } from './pacer.ts';
import { markOrphansUnknown, resumeDueLanes } from './record-store.ts';
import { type Served, serveCampaigns } from './serve-campaigns.ts';
import { REQUEST_LIVES_MS } from './settle.ts';
import type { TurnFacts, TurnLane } from './turn.ts';
import { readTurnFacts } from './turn-store.ts';
import { countUnexplained } from './unexplained.ts';

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
    awaitsRecord: true,
    broken: [],
    knownLong: knownLong(deps.clock, patience(deps.clock, deps.options.settleGraceMs), drain),
    templates: new Map(),
    known: { standing: undefined },
    servedTurn: new Map(),
    nobodyDue: nobodyDue(),
    turn: 0,
    running: new Set(),
    asking: undefined,
    receiptsLookAt: now,
    guard: { passed: false, told: true, askAt: now, waitMs: deps.options.guardAgainMs, texts: 0 },
    answersWait: false,
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
    if (waitMs > 0) await rest(holder, waitMs);
  }
  deps.pulse.turnBegan = deps.clock.now();
  await Promise.all([...holder.inFlight, holder.asking, holder.ending]);
  await recorded(holder);
  await recordAnswers(holder);
  await recorded(holder);
}

/** Of clock time. */
const GATHER_MS = 25;

/**
 * Until the next turn. What the first moments bring (answers, room for one more text of a fast account) is gathered: a turn costs the
 * database the same for one text as for ten. Accepted texts alone take no turn: one comes when they are recorded, if it has more to do then.
 */
async function rest(holder: Holder, ms: number): Promise<void> {
  const { clock, wake, drain } = holder;
  const endsAt = addMs(clock.now(), ms);
  for (let leftMs = ms; leftMs > 0; leftMs = Math.min(leftMs, msBetween(clock.now(), endsAt))) {
    const gatherMs = Math.min(GATHER_MS, leftMs);
    await clock.sleep(gatherMs, drain);
    leftMs -= gatherMs;
    if (leftMs <= 0) return;
    if ((await wake.wait(leftMs, drain)) !== 'nudged' || !recordAccepted(holder)) return;
  }
}

/** One turn; returns how long to wait for the next in clock milliseconds (0: go on at once). */
async function takeTurn(holder: Holder): Promise<number> {
  holder.turn += 1;
  holder.answersWait = false;
  holder.awaitsRecord = true;
  await recordAnswers(holder);
  const now = holder.clock.now();
  const facts = await readTurnFacts(holder.db, holder.lease.accountId, now);
  const idleMax = patience(holder.clock, holder.options.idleMs);
  if (facts === undefined) return idleMax;
  noteRunning(holder, facts);
  forgetOthers(holder, facts);
  holder.pacer.adjust(facts, now);
  // Before anything that may hold this account back: a campaign that is over is over.
  if (facts.campaigns.some((campaign) => campaign.finished)) await closeFinished(holder);
  endCampaigns(holder, facts);
  if (facts.answersLate) await endLateAnswers(holder, now);
  await keepBreaker(holder);
  if (facts.lanes.some((lane) => lane.resumes))
    await fenced(holder, (tx) => resumeDueLanes(tx, holder.lease.accountId, now));
  const breaker = holder.breaker.state(now);
  if (breaker.kind === 'held' || breaker.kind === 'open') return Math.min(idleMax, msBetween(now, breaker.until));
  if (breaker.kind === 'half_open') {
    ask(holder, () => askWhetherBack(holder));
    return idleMax;
  }
  const settle = () => settleSome(holder, facts);
  const read = () => readBooks(holder, facts);
  if (facts.account.state === 'paused') {
    // A person who resumes it may have ended a second copy meanwhile, or not.
    holder.guard.passed = false;
    holder.guard.askAt = now;
    ask(holder, () => askFirst([settle, read]));
    return Math.min(idleMax, readBooksMs(holder, facts, now));
  }
  const mayAsk = holder.pacer.room(now, underWay(holder)) > 0;
  if (guardIsDue(holder, facts, now) && mayAsk) ask(holder, () => askWhoSends(holder, facts));
  let started = await startDirect(holder, facts);
  // An answer that found no room waits for the rate, not for the next look.
  const answerMs = facts.answersWait && started === 0 ? answersAgainMs(holder, now) : idleMax;
  if (!holder.guard.passed)
    return started > 0 ? 0 : Math.min(idleMs(holder, facts), answerMs, msUntilAsked(holder, now));
  const between = lookBetween(holder, (count) => {
    started += count;
  });
  const campaigns = facts.sendingPaused ? NOTHING_SERVED : await serve(holder, facts, between);
  const busy = started + campaigns.taken > 0;
  ask(holder, () => askFirst(busy ? [settle] : [settle, () => askReceipts(holder, facts), read]));
  holder.awaitsRecord =
    holder.pacer.isFull(underWay(holder)) || facts.campaigns.some(({ waiting }) => waiting <= campaigns.taken);
  const nextMs = Math.min(campaigns.waitMs, answerMs, idleMs(holder, facts), readBooksMs(holder, facts, now));
  return started > 0 || campaigns.more ? Math.min(nextMs, msUntilMore(holder, started > 0)) : nextMs;
}

/** False when nothing of a campaign may be handed over. */
function noteRunning(holder: Holder, facts: TurnFacts): boolean {
  const stopped = facts.sendingPaused || facts.account.state === 'paused';
  holder.running = new Set(stopped ? [] : facts.campaigns.map((campaign) => campaign.id));
  return !stopped;
}

/** A holder may live for months; what it remembers of campaigns that run no more is of no use. */
function forgetOthers({ servedTurn, templates, nobodyDue }: Holder, { campaigns }: TurnFacts): void {
  const running = new Set(campaigns.map(({ id }) => id));
  for (const known of [servedTurn, templates]) for (const id of known.keys()) if (!running.has(id)) known.delete(id);
  nobodyDue.keep(running);
}

/** Answers are due, and none of them could begin. */
function answersAgainMs(holder: Holder, now: Instant): number {
  // Another transaction has them, or they wait for the answer who else sends.
  if (!holder.answersWait) return patience(holder.clock, LOOK_BETWEEN_MS);
  const ms = holder.pacer.msUntilRoom(now);
  return ms > 0 ? ms : Number.POSITIVE_INFINITY;
}

/** After a turn that could have begun more: how long until the rate lets it. Infinite while too many calls are under way. */
function msUntilMore(holder: Holder, ofAnyKind: boolean): number {
  const { pacer } = holder;
  const now = holder.clock.now();
  if ((ofAnyKind ? pacer.room : pacer.campaignRoom)(now, underWay(holder)) > 0) return 0;
  const ms = ofAnyKind ? pacer.msUntilRoom(now) : pacer.msUntilCampaignRoom(now);
  return ms > 0 ? ms : Number.POSITIVE_INFINITY;
}

const NOTHING_SERVED = { taken: 0, more: false, waitMs: Number.POSITIVE_INFINITY } as const;

/** Of real time. */
const LOOK_BETWEEN_MS = 250;

/**
 * To be asked between two claims of a turn, which are many when an account is fast or has hundreds of numbers. It is false once nothing
 * more may be claimed before the facts have been read again: an answer says something else than accepted, the gateway fails, or everything
 * was paused. What cannot wait for the end of the turn is done four times a second: answers go out.
 */
function lookBetween(holder: Holder, onAnswers: (count: number) => void): () => Promise<boolean> {
  let lookedAt = holder.clock.now();
  return async () => {
    if (!(await recordAnswers(holder))) return false;
    const now = holder.clock.now();
    if (holder.breaker.state(now).kind !== 'closed') return false;
    const sinceMs = msBetween(lookedAt, now);
    if (sinceMs >= 0 && sinceMs < patience(holder.clock, LOOK_BETWEEN_MS)) return true;
    lookedAt = now;
    const facts = await readTurnFacts(holder.db, holder.lease.accountId, now);
    if (facts === undefined || !noteRunning(holder, facts)) return false;
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
  holder.answersWait = facts.answersWait && room === 0;
  if (room === 0) return 0;
  const prepared = await countedAhead(holder.pacer, { now, count: room }, () =>
    claimDirect(holder, holder.lease, now, {
      limit: room,
      // They end by themselves within minutes, so that no copy of the database sends them again.
      automaticOnly: !holder.guard.passed,
    }),
  );
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
        holder.wake.nudge();
      });
    holder.inFlight.add(running);
  }
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

/** Beside the loop, because it may be about many people; needs no gateway, so that it waits for neither a breaker nor a pause. */
function endCampaigns(holder: Holder, facts: TurnFacts): void {
  const pointless = facts.campaigns.filter((campaign) => campaign.pointless && campaign.waiting > 0);
  if (pointless.length === 0 || holder.ending !== undefined) return;
  const deps = { ...holder, mayWrite: (tx: Tx) => requireLease(tx, holder.lease) };
  const end = async (): Promise<void> => {
    let done = false;
    for (const { id } of pointless) done = (await endPointless(deps, id, holder.drain)) || done;
    if (done) holder.wake.call();
  };
  holder.ending = end()
    .catch((error: unknown) => {
      if (error instanceof LeaseLost) return endedBy(holder, error);
      holder.log.warn({ error }, 'a campaign whose texts are pointless could not be ended; trying again');
    })
    .finally(() => {
      holder.ending = undefined;
    });
}

/** Writes nothing once the account is another's. */
const fenced = ({ db, lease }: Holder, write: (tx: Tx) => Promise<void>): Promise<void> =>
  runTx(db, async (tx) => {
    await requireLease(tx, lease);
    await write(tx);
  });

async function endLateAnswers(holder: Holder, now: Instant): Promise<void> {
  await fenced(holder, async (tx) => {
    await endLateDirect(tx, holder.lease.accountId, now);
    await notifyLive(tx, ['inbox', 'status']);
  });
}

async function closeFinished(holder: Holder): Promise<void> {
  await fenced(holder, async (tx) => {
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
