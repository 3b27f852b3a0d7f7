import type { PolicyEffect, ValidatedNumber, Validation } from '../api/number-validation.ts';
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

const LABELS: Readonly<Record<keyof Validation['outcomes'], string>> = {
  mobile: 'Mobile phone',
  landline: 'Landline',
  voip: 'Internet number',
  toll_free: 'Toll-free number',
  other: 'Other number',
  invalid: 'Not in use',
  unverified: 'Nothing known',
};

export const kindLabel = (outcome: ValidatedNumber['outcome']): string =>
  outcome === null ? 'Waiting' : LABELS[outcome];

/** The kinds that a batch has, with how many there are of each. */
export const kindChoices = ({ outcomes, state, total, done }: Validation) =>
  [
    ...KINDS.map(([kind]) => ({ value: kind, label: LABELS[kind], count: outcomes[kind] })),
    { value: 'waiting', label: 'Waiting', count: state === 'completed' ? 0 : total - done },
  ].filter(({ count }) => count > 0);

const KNOWN_BY: Readonly<Record<NonNullable<ValidatedNumber['knownBy']>, string>> = {
  validator: 'A request',
  earlier_answer: 'An earlier answer',
  numbering_plan: 'The numbering plan',
};

export const knownWords = ({ knownBy }: Pick<ValidatedNumber, 'knownBy'>): string =>
  knownBy === null ? '' : KNOWN_BY[knownBy];

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

/** What a policy that is typed would change: whom it leaves out, and how that differs from now. */
export function effectWords({ rules, newlyLeftOut, newlyTextable }: PolicyEffect): string {
  const leftOut = rules.reduce((sum, { after }) => sum + after, 0);
  const people = leftOut === 0 ? 'nobody' : plural(leftOut, 'contact', 'contacts');
  if (newlyLeftOut === 0 && newlyTextable === 0) return `Campaigns leave out ${people} for their number, as now.`;
  const changes = [
    ...(newlyLeftOut === 0 ? [] : [`${formatCount(newlyLeftOut)} of them can be texted now`]),
    ...(newlyTextable === 0 ? [] : [`${plural(newlyTextable, 'contact', 'contacts')} could be texted again`]),
  ];
  return `Campaigns would leave out ${people} for their number: ${changes.join(', ')}.`;
}
