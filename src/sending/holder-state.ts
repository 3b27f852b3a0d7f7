import type { LinkTokens } from '../compliance/link-token.ts';
import type { Gateway } from '../gateways/gateway.ts';
import type { Template } from '../messages/template.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import type { Instant } from '../platform/time.ts';
import type { Wake } from '../platform/wake.ts';
import type { Breaker, LeftBreaker } from './breaker.ts';
import type { KnownStanding } from './claim-store.ts';
import type { Reach } from './crash-points.ts';
import type { WindowBook } from './decide-turn.ts';
import type { KnownLong } from './known-long.ts';
import type { Lease } from './lease-store.ts';
import type { NobodyDue } from './nobody-due.ts';
import type { Pacer } from './pacer.ts';
import type { HandedOver } from './record.ts';
import type { UnexplainedRefusals } from './unexplained.ts';

export interface HolderOptions {
  /** Real milliseconds after an attempt from which the gateway not knowing a text proves that it was not sent. */
  readonly settleGraceMs: number;
  /** Real milliseconds from one question who else sends to the next, while texts go out; twice as long each time. */
  readonly guardAgainMs: number;
  /** Hand-overs end this long before a window closes. */
  readonly windowMarginMs: number;
  /** Without a wake-up call the tables are looked at again after this real time. */
  readonly idleMs: number;
}

/** By which the engine sees that a holder goes on: one that hangs must not renew its lease for ever. */
export interface Pulse {
  /** Of the turn that is under way; undefined while the holder waits. */
  turnBegan: Instant | undefined;
}

export interface HolderDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly log: Log;
  readonly gateway: Gateway;
  readonly wake: Wake;
  readonly pulse: Pulse;
  readonly options: HolderOptions;
  readonly reach: Reach;
  /** For opt-out links in texts. */
  readonly linkTokens: LinkTokens;
}

/** When the gateway is asked whether somebody else sends with this account (clone-guard.ts). */
export interface Guard {
  /** Nothing is handed over before. */
  passed: boolean;
  /** The lease says that campaigns wait for it; so it does when it is taken. */
  told: boolean;
  askAt: Instant;
  /** Real milliseconds to the next question. */
  waitMs: number;
  /** Texts that were handed over since the last question. */
  texts: number;
}

/** What a holder remembers from turn to turn; all of it may be lost at any moment. */
export interface Holder extends HolderDeps {
  readonly lease: Lease;
  readonly pacer: Pacer;
  readonly breaker: Breaker;
  readonly unexplained: UnexplainedRefusals;
  readonly inFlight: Set<Promise<void>>;
  /** Answers that wait to be recorded: of hand-overs, and of questions about unknown ones. */
  readonly answered: HandedOver[];
  readonly settled: HandedOver[];
  /** Accepted texts that are just being recorded beside the loop. */
  recording: { readonly count: number; readonly done: Promise<void> } | undefined;
  /** Whether the next turn has more to do once accepted texts are recorded: else it comes when the rate has room, as it would have. */
  awaitsRecord: boolean;
  /** What hand-overs, or recording beside the loop, threw. */
  readonly broken: unknown[];
  readonly knownLong: KnownLong;
  readonly templates: Map<Uuid, ReadonlyMap<Uuid, Template>>;
  readonly known: KnownStanding;
  readonly servedTurn: Map<Uuid, number>;
  readonly nobodyDue: NobodyDue;
  turn: number;
  /** Campaigns that may hand over, as the newest turn found them. */
  running: ReadonlySet<Uuid>;
  /** The question that is under way: about unknown outcomes, receipts, or whether the gateway is back. */
  asking: Promise<void> | undefined;
  /** No receipt was due at the last look; not looked for before. */
  receiptsLookAt: Instant;
  readonly guard: Guard;
  /** The newest turn found answers for which the rate had no room: no question goes before them. */
  answersWait: boolean;
  /** Campaigns whose texts have become pointless are being brought to their end. */
  ending: Promise<void> | undefined;
  readonly drain: AbortSignal;
  storedBreaker: LeftBreaker;
  windows: { readonly policy: string; readonly book: WindowBook } | undefined;
}

/** What a question beside the loop came to. `more`: the next turn has something to do because of it, or more to ask, and comes at once. */
export type Asked = 'nothing' | 'all' | 'more';

/** What threw beside the loop ends this holder at its next turn. */
export function endedBy(holder: Holder, error: unknown): void {
  holder.broken.push(error);
  holder.wake.call();
}

/** Texts that are with the gateway, or whose answer is not recorded yet: what a crash would leave unknown. */
export const underWay = ({ inFlight, answered, recording }: Holder): number =>
  inFlight.size + answered.length + (recording?.count ?? 0);
