import type { ReassignedCheck } from '../api/reassigned-numbers.ts';
import { formatCount, plural } from '../patterns/format.ts';
import { dayWords } from './dnc-words.ts';

/** "412 questions; 3 people were left out, who have neither agreed nor written." */
export const questionWords = ({ questions, undated }: Pick<ReassignedCheck, 'questions' | 'undated'>): string =>
  `${plural(questions, 'question', 'questions')}${undated === 0 ? '' : `; ${plural(undated, 'person was', 'people were')} left out, who have neither agreed nor written`}`;

/** "3 given up and left out of campaigns, 400 not, 9 without data, of Tue 17 Nov 2026." */
export function answerWords({ answers }: Pick<ReassignedCheck, 'answers'>): string {
  if (answers === null) return 'Not answered yet.';
  const { yes, no, noData, unanswered, asOf } = answers;
  const open = unanswered === 0 ? '' : `, ${formatCount(unanswered)} unanswered`;
  return `${formatCount(yes)} given up and left out of campaigns, ${formatCount(no)} not, ${formatCount(noData)} without data${open}, of ${dayWords(asOf)}.`;
}
