import type { Import, ImportPreview } from '../api/imports.ts';
import { listWords, plural } from '../patterns/format.ts';

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

/** "1,310 rows make 1,204 contacts: 980 new, 200 updated, 24 unchanged." */
export function becomes(counts: Counts, verb: 'make' | 'made'): string {
  const contacts = counts.created + counts.updated + counts.unchanged;
  const parts = [
    counts.created > 0 ? `${plural(counts.created, 'new', 'new')}` : '',
    counts.updated > 0 ? `${plural(counts.updated, 'updated', 'updated')}` : '',
    counts.unchanged > 0 ? `${plural(counts.unchanged, 'unchanged', 'unchanged')}` : '',
  ].filter(Boolean);
  const rows = plural(counts.rows, 'row', 'rows');
  const made = verb === 'make' && counts.rows === 1 ? 'makes' : verb;
  return `${rows} ${made} ${plural(contacts, 'contact', 'contacts')}${parts.length === 0 ? '' : `: ${listWords(parts)}`}.`;
}

/** "comma", as people say what stands between the cells. */
export function delimiterWord(delimiter: string): string {
  const words: Readonly<Record<string, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' };
  return words[delimiter] ?? delimiter;
}

/** One line of the history about what came of a file. */
export function outcomeOf({ state, result, error }: Import): string {
  switch (state) {
    case 'uploaded':
      return 'Not checked yet';
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
