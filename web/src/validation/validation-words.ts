import type { Validation } from '../api/number-validation.ts';
import { formatCount, plural } from '../patterns/format.ts';

const KINDS: readonly (readonly [keyof Validation['outcomes'], one: string, many: string])[] = [
  ['mobile', 'mobile phone', 'mobile phones'],
  ['landline', 'landline', 'landlines'],
  ['voip', 'internet number', 'internet numbers'],
  ['toll_free', 'toll-free number', 'toll-free numbers'],
  ['other', 'other number', 'other numbers'],
  ['invalid', 'number not in use', 'numbers not in use'],
  ['unverified', 'of which nothing is known', 'of which nothing is known'],
];

/** "18 mobile phones, 1 landline"; empty while nothing is known. */
export const outcomeWords = ({ outcomes }: Pick<Validation, 'outcomes'>): string =>
  KINDS.flatMap(([kind, one, many]) => (outcomes[kind] === 0 ? [] : [plural(outcomes[kind], one, many)])).join(', ');

const SOURCES: Readonly<Record<Validation['source'], string>> = {
  import: 'Numbers of an import',
  contacts: 'All contacts without an answer',
  revalidation: 'Answers that had become too old',
};

export const sourceWords = ({ source }: Pick<Validation, 'source'>): string => SOURCES[source];

export function stateWords({ state, done, total, wait }: Validation): string {
  const of = `${formatCount(done)} of ${formatCount(total)}`;
  switch (state) {
    case 'completed':
      return `Done: ${plural(total, 'number', 'numbers')}`;
    case 'cancelled':
      return `Cancelled after ${of}`;
    case 'open':
      return wait === null ? `Under way: ${of}` : `Waiting: ${of}`;
    default:
      return state satisfies never;
  }
}
