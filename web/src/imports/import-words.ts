import type { Import, ImportPreview } from '../api/imports.ts';
import { formatCount, listWords, plural } from '../patterns/format.ts';

/** How a file becomes contacts, counted before or after. */
export interface Counts {
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly merged: number;
  readonly refused: number;
}

export const countsOf = (preview: ImportPreview): Counts => ({
  rows: preview.rows,
  created: preview.newContacts,
  updated: preview.updatedContacts,
  unchanged: preview.unchangedContacts,
  merged: preview.mergedRows,
  refused: preview.refusedRows,
});

/** Contacts that importing changes. With a tag for everyone those that are as in the file already change too. */
export const affected = (counts: Counts, withTags: boolean): number =>
  counts.created + counts.updated + (withTags ? counts.unchanged : 0);

/** "1,310 rows make 1,204 contacts: 980 new, 200 updated and 24 unchanged." */
export function becomes(counts: Counts, verb: 'make' | 'made'): string {
  const contacts = counts.created + counts.updated + counts.unchanged;
  const kinds = (['created', 'updated', 'unchanged'] as const).filter((kind) => counts[kind] > 0);
  const [first] = kinds;
  const rows = plural(counts.rows, 'row', 'rows');
  const made = verb === 'make' && counts.rows === 1 ? 'makes' : verb;
  const sentence = `${rows} ${made} ${plural(contacts, 'contact', 'contacts')}`;
  if (first === undefined) return `${sentence}.`;
  if (kinds.length === 1) return `${sentence}, ${contacts > 1 ? 'all ' : ''}${KIND_WORDS[first]}.`;
  return `${sentence}: ${listWords(kinds.map((kind) => `${formatCount(counts[kind])} ${KIND_WORDS[kind]}`))}.`;
}
const KIND_WORDS = { created: 'new', updated: 'updated', unchanged: 'unchanged' } as const;

/** "comma", as people say what stands between the cells. */
export function delimiterWord(delimiter: string): string {
  const words: Readonly<Record<string, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' };
  return words[delimiter] ?? delimiter;
}

/** "UTF-8", "Windows-1252", as programs that save files call them. */
export const encodingWord = (encoding: string): string =>
  encoding.toLowerCase().startsWith('windows')
    ? encoding.replace(/^w/, 'W')
    : encoding.toUpperCase().replace(/^(UTF-16)-?(?:LE|BE)$/, '$1');

/** One line of the history about what came of a file. */
export function outcomeOf({ state, result, error }: Import): string {
  switch (state) {
    case 'uploaded':
      return 'Uploaded, nothing imported';
    case 'previewed':
      return 'Checked, not imported';
    case 'running':
      return 'Being imported';
    case 'failed':
      return error ?? 'Failed; nothing was kept';
    case 'completed':
      return result === null ? 'Imported' : becomes(result, 'made');
    default:
      return state satisfies never;
  }
}
