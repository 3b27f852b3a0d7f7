import { z } from 'zod';
import { dated, readerOf, readRules } from './dated-rules.ts';
import reassignedData from './rules/reassigned-numbers.json' with { type: 'json' };

export const REASSIGNED_ANSWERS = ['yes', 'no', 'no_data'] as const;
/** Whether a number was given up for good on or after the day that the question names. `no_data`: nobody knows, and nothing is proved. */
export type ReassignedAnswer = (typeof REASSIGNED_ANSWERS)[number];

export const DATE_FORMATS = ['YYYY-MM-DD', 'MM/DD/YYYY', 'YYYYMMDD'] as const;
export type DateFormat = (typeof DATE_FORMATS)[number];

const words = z.array(z.string().min(1)).min(1);
/** What is known of the Reassigned Numbers Database from one day to another. */
const rules = z.strictObject({
  ...dated,
  /** Of days before it the database knows little, and answers `no_data`. */
  dataFrom: z.iso.date(),
  /** A number rests so long before somebody else gets it. */
  agingDays: z.int().min(0),
  /** Carriers report so often: an answer that is older is not the newest. */
  updatedEveryDays: z.int().min(1),
  /** In which a file of questions writes days. */
  dateFormat: z.enum(DATE_FORMATS),
  answerWords: z.strictObject({ yes: words, no: words, no_data: words }),
});
export type ReassignedRules = z.infer<typeof rules>;

export const REASSIGNED_RULES = readRules(
  { name: 'Reassigned numbers', file: 'reassigned-numbers.json', schema: rules },
  reassignedData,
);

export const reassignedRulesAt = readerOf(REASSIGNED_RULES);

export function answerOf(
  word: string,
  { answerWords }: Pick<ReassignedRules, 'answerWords'>,
): ReassignedAnswer | undefined {
  const wanted = word.trim().toLowerCase().replace(/\s+/g, ' ');
  return REASSIGNED_ANSWERS.find((answer) => answerWords[answer].includes(wanted));
}

/** `2026-11-17` as files write it. */
export function showDay(day: string, format: DateFormat): string {
  const [year = '', month = '', date = ''] = day.split('-');
  switch (format) {
    case 'YYYY-MM-DD':
      return day;
    case 'MM/DD/YYYY':
      return `${month}/${date}/${year}`;
    case 'YYYYMMDD':
      return `${year}${month}${date}`;
    default:
      return format satisfies never;
  }
}

const SHAPES: readonly (readonly [RegExp, readonly [year: number, month: number, date: number]])[] = [
  [/^(\d{4})-(\d{2})-(\d{2})$/, [1, 2, 3]],
  [/^(\d{2})\/(\d{2})\/(\d{4})$/, [3, 1, 2]],
  [/^(\d{4})(\d{2})(\d{2})$/, [1, 2, 3]],
];

/** A day in any of these formats as `2026-11-17`, or `undefined`. */
export function readDay(text: string): string | undefined {
  for (const [shape, places] of SHAPES) {
    const found = shape.exec(text.trim());
    if (found !== null) {
      const day = places.map((place) => found[place]).join('-');
      return z.iso.date().safeParse(day).success ? day : undefined;
    }
  }
  return undefined;
}
