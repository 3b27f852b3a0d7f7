import {
  fieldsOf,
  type ListReader,
  listReader,
  numberIn,
  type RefusedLine,
  shown,
  textOf,
} from '../compliance/list-lines.ts';
import { answerOf, type ReassignedAnswer, type ReassignedRules, readDay } from '../compliance/reassigned-rules.ts';

export const ANSWER_COLUMNS = ['phone', 'date', 'answer', 'other'] as const;
export type AnswerColumn = (typeof ANSWER_COLUMNS)[number];
/** As a file of questions comes back with one more column. */
export const DEFAULT_ANSWER_COLUMNS: readonly AnswerColumn[] = ['phone', 'date', 'answer'];

export interface ReadAnswer {
  readonly answer: ReassignedAnswer;
  readonly day: string | null;
}

export interface ReadAnswers {
  /** By the number, ten digits. */
  readonly answers: ReadonlyMap<number, ReadAnswer>;
  readonly refused: number;
  /** The first of them. */
  readonly refusals: readonly RefusedLine[];
}

const REFUSALS_KEPT = 20;

/** Reads a file of answers; the first line may be a header. What is not wholly understood is refused, and so is a second answer that differs. */
export function answersReader(
  columns: readonly AnswerColumn[],
  rules: Pick<ReassignedRules, 'answerWords'>,
): { readonly reader: ListReader; readonly read: () => ReadAnswers } {
  const [phoneAt, dateAt, answerAt] = [columns.indexOf('phone'), columns.indexOf('date'), columns.indexOf('answer')];
  const answers = new Map<number, ReadAnswer>();
  const refusals: RefusedLine[] = [];
  let refused = 0;
  const reader = listReader((bytes, line) => {
    const text = textOf(bytes, line);
    if (text.trim() === '' || (line === 1 && !/\d/.test(text))) return;
    const fields = fieldsOf(text);
    const refuse = (reason: string): void => {
      refused += 1;
      if (refusals.length < REFUSALS_KEPT) refusals.push({ line, text: shown(bytes), reason });
    };
    const number = numberIn(fields[phoneAt] ?? '');
    if (number === undefined) return refuse('no ten-digit number where expected');
    const day = dateAt < 0 ? null : readDay(fields[dateAt] ?? '');
    if (day === undefined) return refuse('no day like 2026-11-17 where expected');
    const answer = answerOf(fields[answerAt] ?? '', rules);
    if (answer === undefined) return refuse('expected yes, no or no data as the answer');
    const before = answers.get(number);
    if (before !== undefined && (before.answer !== answer || before.day !== day))
      return refuse('another line says something else about this number');
    answers.set(number, { answer, day });
  });
  return { reader, read: () => ({ answers, refused, refusals }) };
}
