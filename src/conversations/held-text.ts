import { numbersPage } from '../gateways/numbers-page.ts';
import { showId, type Uuid } from '../platform/ids.ts';

/** What holds an answer to a person that waits: only another person can let it go. */
export interface HeldBy {
  /** Its number is switched off; otherwise its account is paused. */
  readonly lane: boolean;
  readonly laneId: Uuid;
  readonly accountId: Uuid;
  /** Of that number or account. */
  readonly name: string;
  readonly reason: string | null;
}

export interface HeldCount extends HeldBy {
  /** Of the number. */
  readonly phone: string;
  readonly answers: number;
}

/** "because the number Office is switched off: Moved out" */
export const heldWords = ({ lane, name, reason }: HeldBy): string =>
  `because the ${lane ? 'number' : 'account'} ${name} is ${lane ? 'switched off' : 'paused'}${reason === null ? '' : `: ${reason}`}`;

/** Where that is ended. */
export const heldPage = ({ lane, laneId, accountId }: HeldBy): string =>
  numbersPage(lane ? showId('lane', laneId) : showId('account', accountId));
