import type { Reconciliation } from '../api/reconciliations.ts';
import { formatCount, formatDuration, plural } from '../patterns/format.ts';

type Counts = Pick<Reconciliation, 'missingHere' | 'staleHere' | 'missingThere' | 'differs' | 'unreadable'>;

export const isOpen = ({ state }: Pick<Reconciliation, 'state'>): boolean => state === 'waiting' || state === 'running';

const KINDS: Readonly<Record<Reconciliation['kind'], string>> = {
  daily: 'nightly',
  manual: 'asked for',
  history: 'history of the account',
};
export const kindWords = ({ kind }: Pick<Reconciliation, 'kind'>): string => KINDS[kind];

const PHASES: Readonly<Record<Reconciliation['phase'], string>> = {
  texts: 'Reading texts',
  calls: 'Reading calls',
  conversations: 'Looking through conversations',
  unlisted: 'Asking about texts that were not listed',
};

/** "Reading calls, 62%, about 3 min left" */
export function progressWords(run: Reconciliation): string {
  if (run.state === 'waiting') return 'Begins as soon as the account has a request to spare';
  const left = run.remainingSeconds === null ? '' : `, ${leftWords(run.remainingSeconds)}`;
  return `${PHASES[run.phase]}, ${Math.floor(run.progress * 100)}%${left}`;
}

const leftWords = (seconds: number): string =>
  seconds < 60 ? 'less than a minute left' : `about ${formatDuration(seconds * 1_000)} left`;

/** What a run came to, in one line. */
export function foundWords(run: Counts): string {
  const found = [
    run.missingHere === 0 ? '' : `${formatCount(run.missingHere)} missing here`,
    run.staleHere === 0 ? '' : `${formatCount(run.staleHere)} brought up to date`,
    run.missingThere === 0 ? '' : `${formatCount(run.missingThere)} without a record at the provider`,
    run.differs === 0 ? '' : `${plural(run.differs, 'contradiction', 'contradictions')}`,
    run.unreadable === 0 ? '' : `${formatCount(run.unreadable)} unreadable`,
  ].filter((words) => words !== '');
  return found.length === 0 ? 'Nothing was missing' : found.join(' · ');
}

/** The page's question, answered: are our books those of the provider? */
export function answerOf(run: Reconciliation): string {
  if (isOpen(run)) return `${progressWords(run)}.`;
  if (run.state === 'failed') return 'It ended before everything was compared; what was found until then is stored.';
  if (run.state === 'cancelled') return 'It was cancelled; what was found until then is stored.';
  const repaired = run.missingHere + run.staleHere;
  const open = run.missingThere + run.differs + run.unreadable;
  const here = repaired === 0 ? 'Nothing was missing here' : `${formatCount(repaired)} found and stored`;
  return open === 0
    ? `${here}; the books are equal now.`
    : `${here}; ${plural(open, 'thing needs', 'things need')} a look.`;
}
