import type { Uuid } from '../platform/ids.ts';
import { type Instant, MINUTE_MS } from '../platform/time.ts';
import { standsInTheWay } from './decide-waits.ts';
import type { WaitReason } from './forecast.ts';
import { type PlayCampaign, type SpansOf, usableFrom } from './forecast-play.ts';

/** Those of one queue (people of the same hours who know the same number) who become due within a span of time. */
export interface WaitSpan {
  readonly zoneGroup: string;
  readonly laneId: Uuid | null;
  /** Due from then on; -Infinity: since whenever. */
  readonly fromMs: number;
  /** And before then. */
  readonly toMs: number;
}

/** Everybody of a campaign who waits, by hours and number, and when the last of each is due. */
export interface WaitQueue {
  readonly zoneGroup: string;
  readonly laneId: Uuid | null;
  readonly lastDueAt: Instant;
}

/** What is asked for: one line of the forecast's counts, or with `until` one time of it. */
export interface WaitChoice {
  readonly reason: WaitReason;
  readonly untilMs: number | undefined;
}

interface Moment {
  readonly nowMs: number;
  readonly marginMs: number;
  readonly spansOf: SpansOf;
}

/**
 * The people who wait for one thing, as the forecast counts them (decide-waits.ts), in pieces that an index finds. Whom nothing but
 * rates, caps and the pace holds back is one answer: who of them comes first is decided from turn to turn.
 */
export function waitSpans(
  campaign: PlayCampaign,
  queues: readonly WaitQueue[],
  choice: WaitChoice,
  at: Moment,
): readonly WaitSpan[] {
  const reason = IN_TURN.includes(choice.reason) ? 'turn' : choice.reason;
  return queues.flatMap(({ zoneGroup, laneId, lastDueAt }) =>
    piecesOf(campaign, { zoneGroup, laneId, lastDueMs: lastDueAt.epochMilliseconds }, at)
      .filter((piece) => piece.reason === reason)
      .map((piece) => cut(piece, choice))
      .filter(({ fromMs, toMs }) => fromMs < toMs)
      .map(({ fromMs, toMs }) => ({ zoneGroup, laneId, fromMs, toMs })),
  );
}

const IN_TURN: readonly WaitReason[] = ['turn', 'cap', 'pace'];

interface Piece {
  readonly reason: WaitReason;
  readonly untilMs: number | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Forecasts count who is put off by quarters of an hour (forecast-store.ts): so do these, or their people would not be the counted ones. */
const DUE_STEP_MS = 15 * MINUTE_MS;
const countedAs = (dueMs: number): number => (Math.floor(dueMs / DUE_STEP_MS) + 1) * DUE_STEP_MS;
/** From when on they are counted as due at an instant or later. */
const countedFrom = (ms: number): number => (Math.ceil(ms / DUE_STEP_MS) - 1) * DUE_STEP_MS;

function piecesOf(
  campaign: PlayCampaign,
  queue: { readonly zoneGroup: string; readonly laneId: Uuid | null; readonly lastDueMs: number },
  at: Moment,
): readonly Piece[] {
  const { nowMs, marginMs } = at;
  const found = standsInTheWay(campaign, { ...queue, dueAt: null, people: 1 }, at);
  const now: Piece = {
    reason: found?.reason ?? 'turn',
    untilMs: found?.untilMs,
    fromMs: Number.NEGATIVE_INFINITY,
    toMs: nowMs + 1,
  };
  // These hold whoever is put off, too, and never hold what is due later in another way.
  if (WHOLE.includes(now.reason)) return [{ ...now, toMs: Number.POSITIVE_INFINITY }];
  const pieces = [now];
  const spans = at.spansOf(queue.zoneGroup, campaign.facts);
  for (let dueMs = nowMs + 1; dueMs <= queue.lastDueMs; ) {
    const span = usableFrom(spans, countedAs(dueMs), marginMs);
    if (span === undefined) {
      pieces.push({ reason: 'never_opens', untilMs: undefined, fromMs: dueMs, toMs: Number.POSITIVE_INFINITY });
      break;
    }
    const opensMs = Math.max(dueMs, countedFrom(span.opensMs));
    const closesMs = Math.max(opensMs + 1, countedFrom(span.closesMs));
    pieces.push(
      { reason: 'quiet_hours', untilMs: span.opensMs, fromMs: dueMs, toMs: opensMs },
      { reason: 'put_off', untilMs: undefined, fromMs: opensMs, toMs: closesMs },
    );
    dueMs = closesMs;
  }
  return pieces;
}

const WHOLE: readonly WaitReason[] = ['stopped', 'lane_paused', 'never_opens'];

/** Of those who are put off, each goes on when they are due; the others of a piece together. */
function cut(piece: Piece, { untilMs }: WaitChoice): Piece {
  if (untilMs === undefined || piece.reason === 'turn') return piece;
  if (piece.reason === 'put_off')
    return {
      ...piece,
      fromMs: Math.max(piece.fromMs, untilMs - DUE_STEP_MS),
      toMs: Math.min(piece.toMs, untilMs),
    };
  return piece.untilMs === untilMs ? piece : { ...piece, toMs: piece.fromMs };
}
