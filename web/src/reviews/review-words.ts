import type { OptOutReview, ReviewDecision } from '../api/opt-out-reviews.ts';
import { formatDuration } from '../patterns/format.ts';

/** A text in pieces, of which one may be marked. */
export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

export function piecesOf({ text, highlight }: Pick<OptOutReview, 'text' | 'highlight'>): readonly Piece[] {
  if (highlight === null) return [{ text, marked: false }];
  const { start, end } = highlight;
  return [
    { text: text.slice(0, start), marked: false },
    { text: text.slice(start, end), marked: true },
    { text: text.slice(end), marked: false },
  ].filter((piece) => piece.text !== '');
}

/** Less than this is pressing. */
const SOON_MS = 4 * 3_600_000;

export function timeLeft(dueAt: string, nowMs: number): { readonly words: string; readonly soon: boolean } {
  const leftMs = Date.parse(dueAt) - nowMs;
  if (leftMs <= 0) return { words: 'Time is up: it counts as an opt-out', soon: true };
  return { words: `${formatDuration(leftMs)} left to decide`, soon: leftMs < SOON_MS };
}

/** What the toast says once it is done. */
export const DONE_WORDS: Readonly<Record<ReviewDecision, string>> = {
  opt_out: 'is opted out',
  not_opt_out: 'may be texted again',
  wrong_number: 'is marked as a wrong number',
};

const DECISIONS: Readonly<Record<ReviewDecision, string>> = {
  opt_out: 'An opt-out',
  not_opt_out: 'No opt-out',
  wrong_number: 'The wrong number',
};

/** "No opt-out, decided by Olivia". */
export function decisionWords(review: Pick<OptOutReview, 'decision' | 'decidedHow' | 'decidedBy'>): string {
  const { decision, decidedHow, decidedBy } = review;
  if (decision === null) return '';
  switch (decidedHow) {
    case 'deadline':
      return `${DECISIONS[decision]}: nobody decided in time`;
    case 'suppressed':
      return `${DECISIONS[decision]}, said or recorded since (${decidedBy})`;
    case 'opted_in':
      return `${DECISIONS[decision]}: the person asked for texts`;
    default:
      return `${DECISIONS[decision]}, decided by ${decidedBy}`;
  }
}
