import type { SendingState } from '../business/business.ts';
import type { SendingPolicy } from '../business/sending-policy.ts';
import type { ListWait } from '../compliance/waiting-for-list.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import type { SpansOf } from './forecast-play.ts';
import type { UsedLane } from './used-lane-store.ts';
import type { WaitingAction } from './waiting-actions.ts';

/**
 * What a running campaign waits for. Every campaign that makes no progress has exactly one of these: what ends first, or else the
 * first thing that stands in its way, in the order in which a person would mend it.
 */
export interface Waiting {
  readonly code: WaitingCode;
  /** For the campaign's page: "Quiet hours: goes on at Wed 08:00 EST with the first 7 people". */
  readonly sentence: string;
  /** For a table cell: "quiet hours until Wed 08:00 EST". */
  readonly short: string;
  readonly since: Instant | null;
  /** When it goes on by itself; null when that is not known or a person must act. */
  readonly until: Instant | null;
  /** Null where only time helps: then `until` says when. */
  readonly action: WaitingAction | null;
}

/** What keeps a number from handing over, in the order in which it is told. */
export type LaneCode =
  | 'worker_failing'
  | 'no_worker'
  | 'breaker_open'
  | 'throttled'
  | 'asking_gateway'
  | 'daily_cap'
  | 'daily_parts'
  | 'account_paused'
  | 'draining'
  | 'numbers_off'
  | 'numbers_paused';

export type WaitingCode =
  | LaneCode
  | 'paused'
  | 'pointless'
  | 'sending_paused'
  | 'settling'
  | 'hours'
  | 'put_off'
  | 'do_not_call_stale'
  | 'pace'
  | 'priority'
  | 'stalled';

export interface WaitingAccount {
  readonly id: Uuid;
  readonly name: string;
  readonly state: 'active' | 'paused';
  readonly stateReason: string | null;
  readonly ratePerSecond: number;
  /** The worker whose lease is valid. */
  readonly heldBy: string | null;
  readonly leaseUntil: Instant | null;
  /** The holder asks the gateway about all its numbers before the first text (sending/clone-guard.ts). */
  readonly asksSince: Instant | null;
  /** All numbers of the account, each a question. */
  readonly numbers: number;
  readonly breakerOpenSince: Instant | null;
  readonly breakerDetail: string | null;
  /** The gateway asked for time until then; it may have passed. */
  readonly breakerHeldUntil: Instant | null;
  /** Times in a row that its holder stopped by itself. */
  readonly failures: number;
  readonly failure: string | null;
}

/** People of one zone group who know the same number, in the order in which the claim takes them. */
export interface WaitingQueue {
  readonly zoneGroup: string;
  /** Null: they know no number yet. */
  readonly laneId: Uuid | null;
  /** When the first of them is due. */
  readonly dueAt: Instant;
}

export interface WaitingFacts {
  readonly campaign: Campaign;
  /** Of the campaign; whoever knows one that is not among them knows one that was taken out. */
  readonly lanes: readonly UsedLane[];
  readonly accounts: readonly WaitingAccount[];
  readonly sending: SendingState;
  readonly groups: readonly { readonly zoneGroup: string; readonly people: number }[];
  /** All that have somebody in them. */
  readonly queues: readonly WaitingQueue[];
  /** Of those who are put off; null when nobody waits for a do-not-call list. */
  readonly listWait: ListWait | null;
  readonly policy: SendingPolicy;
  readonly spansOf: SpansOf;
  /** Before the end of a window in which nothing is handed over. */
  readonly marginMs: number;
  /** When its pace lets or let the next text begin; null when it always does. */
  readonly paceUntil: Instant | null;
  /** When a person last changed the campaign, its numbers, their accounts or the switch for everything. */
  readonly changedAt: Instant;
  /** The newest text of the campaign that was handed over. */
  readonly lastSentAt: Instant | null;
  /** Running campaigns of smaller priority number with people who wait, on its accounts. */
  readonly before: readonly string[];
  /** Of the business: times are told in it. */
  readonly zone: string;
  readonly now: Instant;
  /** Clock milliseconds without a text after which one that nothing stands in the way of counts as stalled. */
  readonly stalledAfterMs: number;
}

export const waits = (fields: Pick<Waiting, 'code' | 'sentence' | 'short'> & Partial<Waiting>): Waiting => ({
  since: null,
  until: null,
  action: null,
  ...fields,
});

/** What ends the waiting first comes first. */
interface Ending {
  readonly code: LaneCode | 'hours' | 'put_off';
  readonly until: Instant | null;
}

const ORDER: readonly Ending['code'][] = [
  'worker_failing',
  'no_worker',
  'breaker_open',
  'throttled',
  'asking_gateway',
  'daily_cap',
  'daily_parts',
  'account_paused',
  'draining',
  'numbers_off',
  'numbers_paused',
  'put_off',
  'hours',
];
/** End by themselves within moments, when a worker or a gateway is back. */
const ANY_MOMENT: readonly Ending['code'][] = ['worker_failing', 'no_worker', 'breaker_open'];

/**
 * What may end at any moment, then what ends at a known instant, the earliest in front, then what is up to a person. `held`: somebody
 * would be texted now, but for it.
 */
export function byEnd(a: Ending & { readonly held?: boolean }, b: Ending & { readonly held?: boolean }): number {
  const rank = ({ code, until, held = true }: typeof a): number =>
    held && ANY_MOMENT.includes(code) ? 0 : until === null ? 2 : 1;
  const ms = ({ until }: typeof a): number => until?.epochMilliseconds ?? 0;
  return rank(a) - rank(b) || ms(a) - ms(b) || ORDER.indexOf(a.code) - ORDER.indexOf(b.code);
}
