import type { DncExemption, DncList, DncVersion, NewExemption } from '../api/dnc-lists.ts';
import { formatCount, formatDay, plural } from '../patterns/format.ts';
import { fromLocalInput } from '../patterns/zoned-input.ts';

export const KINDS: Readonly<Record<DncList['kind'], { readonly label: string; readonly about: string }>> = {
  internal: { label: 'Our own list', about: 'People who asked us not to be texted. Nobody on it is texted.' },
  national: {
    label: 'The national registry',
    about:
      'Its files grow old: without a fresh one only people who agreed in writing or do business with us are texted.',
  },
  state: { label: 'The registry of a state', about: 'As the national one, for the people of one state.' },
  litigator: { label: 'People who go to court', about: 'A list that a service sells. Nobody on it is texted.' },
  custom: { label: 'Another list', about: 'Nobody on it is texted.' },
};

export const kindWords = ({ kind, state }: Pick<DncList, 'kind' | 'state'>): string =>
  state === null ? KINDS[kind].label : `The registry of ${state}`;

/** Exemptions are from registries only; nobody is exempt from a list of one's own. */
export const isRegistry = (kind: DncList['kind']): boolean => kind === 'national' || kind === 'state';

/** Bought lists are not given on. */
export const isOurs = ({ kind, service }: Pick<DncList, 'kind' | 'service'>): boolean =>
  service === null && (kind === 'internal' || kind === 'custom');

/** "Tue 17 Nov 2026" of the day that a file is of, whatever the zone. */
export const dayWords = (iso: string): string => `${formatDay(iso.slice(0, 10))} ${iso.slice(0, 4)}`;

/** "12,403 numbers, of Tue 17 Nov 2026. In force." */
export const standingWords = ({ numbers, asOf, sentence }: Pick<DncList, 'numbers' | 'asOf' | 'sentence'>): string =>
  [...(asOf === null ? [] : [`${plural(numbers, 'number', 'numbers')}, of ${dayWords(asOf)}`]), sentence]
    .map((words) => `${words}.`)
    .join(' ');

/** How it stands in the vocabulary of states. */
export const listState = ({ age, retiredAt }: Pick<DncList, 'age' | 'retiredAt'>): DncList['age'] | 'retired' =>
  retiredAt === null ? age : 'retired';

/** The answer of the page: which lists need somebody. */
export function listsWords(lists: readonly DncList[]): string {
  const asked = lists.filter(({ retiredAt }) => retiredAt === null);
  if (asked.length === 0) return 'No list is asked before a campaign texts somebody.';
  const numbers = asked.reduce((sum, list) => sum + list.numbers, 0);
  const whole = `${plural(asked.length, 'list', 'lists')} with ${plural(numbers, 'number', 'numbers')}${asked.length === 1 ? '' : ' together'}`;
  const late = asked.filter((list) => list.age === 'stale' || (list.age === 'missing' && isRegistry(list.kind)));
  const soon = asked.filter(({ age }) => age === 'ageing');
  if (late.length > 0) return `${whole}. ${names(late)} ${late.length === 1 ? 'needs' : 'need'} a fresh file.`;
  if (soon.length > 0) return `${whole}. ${names(soon)} will soon be too old.`;
  return `${whole}, asked before each text of a campaign.`;
}

const names = (lists: readonly DncList[]): string => lists.map(({ name }) => `“${name}”`).join(', ');

/** What a file was and became. */
export function versionWords({
  mode,
  numbers,
  lines,
  refused,
}: Pick<DncVersion, 'mode' | 'numbers' | 'lines' | 'refused'>): string {
  return [
    mode === 'changes' ? 'Changes' : 'Whole list',
    `${plural(lines, 'line', 'lines')} read`,
    ...(refused === 0 ? [] : [`${formatCount(refused)} refused`]),
    ...(numbers === null ? [] : [`${plural(numbers, 'number', 'numbers')} on the list then`]),
  ].join(' · ');
}

export const FORMATS = [
  { value: 'numbers', label: 'Numbers: the whole list' },
  { value: 'csv', label: 'A table with a header' },
  { value: 'changes', label: 'Changes: numbers added and deleted' },
] as const;
export type UploadFormat = (typeof FORMATS)[number]['value'];
export const formatOf = (value: string): UploadFormat => FORMATS.find((one) => one.value === value)?.value ?? 'numbers';

/** What is said about a file before it is sent. */
export interface UploadForm {
  /** Empty: today. */
  readonly asOf: string;
  readonly format: UploadFormat;
  readonly column: string;
  readonly columns: string;
  readonly refusedMax: number;
  readonly maySmaller: boolean;
}

/** As the national registry writes its changes. */
export const CHANGE_COLUMNS_USUAL = 'areaCode,number,other,changeType';

export const newUpload = (): UploadForm => ({
  asOf: '',
  format: 'numbers',
  column: 'phone',
  columns: CHANGE_COLUMNS_USUAL,
  refusedMax: 0,
  maySmaller: false,
});

/** As the API takes it; what does not belong to the format is left out. */
export const uploadQueryOf = (form: UploadForm, fileName: string): Readonly<Record<string, unknown>> => ({
  fileName,
  asOf: form.asOf,
  format: form.format,
  ...(form.format === 'csv' ? { column: form.column.trim() } : {}),
  ...(form.format === 'changes' ? { columns: form.columns.replaceAll(' ', '') } : {}),
  ...(form.refusedMax === 0 ? {} : { refusedMax: form.refusedMax }),
  ...(form.maySmaller ? { maySmaller: true } : {}),
});

export const EXEMPTIONS: Readonly<
  Record<DncExemption['kind'], { readonly label: string; readonly day: string; readonly about: string }>
> = {
  purchase: { label: 'Bought from us', day: 'When', about: 'How long it counts is said by the rules in force.' },
  inquiry: { label: 'Asked about our work', day: 'When', about: 'How long it counts is said by the rules in force.' },
  other: { label: 'Another reason', day: 'Until', about: 'At most a year; look at it again then.' },
};
export const exemptionKind = (value: string): DncExemption['kind'] =>
  value === 'inquiry' || value === 'other' ? value : 'purchase';

/** A day in the zone of the business: something that was begins with it, something that lasts ends with it. Undefined: no day yet. */
export function exemptionOf(
  form: { readonly kind: DncExemption['kind']; readonly reason: string; readonly day: string },
  about: { readonly phone: string; readonly zone: string },
): NewExemption | undefined {
  const at = fromLocalInput(`${form.day}T${form.kind === 'other' ? '23:59' : '00:00'}`, about.zone);
  if (at === undefined) return undefined;
  const same = { phone: about.phone, reason: form.reason.trim() };
  return form.kind === 'other' ? { kind: form.kind, ...same, until: at } : { kind: form.kind, ...same, happenedAt: at };
}
