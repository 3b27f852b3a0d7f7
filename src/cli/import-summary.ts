import type { ConsentReadings } from '../contacts/consent-readings.ts';
import type { ImportRefusal, ImportRefusalReason } from '../contacts/import-rows.ts';
import { REFUSAL_SENTENCES } from '../contacts/refusals-csv.ts';
import { count, table } from './words.ts';

/** What an import did, or would do. rows = created + updated + unchanged + merged + refused. */
export interface FileResult {
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly merged: number;
  /** Of the created: erased here before. */
  readonly erased: number;
  /** What the rows say of consents; null of a file without such columns. */
  readonly consents: ConsentReadings | null;
  /** All of them, in the order of the file. */
  readonly refused: readonly ImportRefusal[];
  readonly warnings: readonly string[];
}

/** The stable shape of `import --json`. */
export const importReport = (done: FileResult) => ({
  rows: done.rows,
  contacts: contactsOf(done),
  mergedRows: done.merged,
  erasedContacts: done.erased,
  consents: done.consents,
  refusedRows: done.refused.length,
  refusedByReason: Object.fromEntries([...byReason(done.refused)].map(([reason, rows]) => [reason, rows.length])),
  refused: done.refused.map(({ line, value, reason }) => ({ line, value, reason })),
});

/** The same for people. */
export function importSummary(
  done: FileResult,
  { file, dryRun }: { readonly file: string; readonly dryRun: boolean },
): readonly string[] {
  const lines: string[] = [
    `${dryRun ? 'Would import' : 'Imported'} ${count(contactsOf(done), 'contact')} from ${count(done.rows, 'row')} of ${file}`,
    `  ${count(done.created, 'new', 'new')}, ${count(done.updated, 'updated', 'updated')}, ${count(done.unchanged, 'as it was', 'as they were')}`,
    `  ${count(done.merged, 'row')} merged into another row with the same number, ${count(done.refused.length, 'row')} refused`,
  ];
  if (done.erased > 0)
    lines.push(
      `  ${count(done.erased, 'number was', 'numbers were')} erased here before: opted out until they text START`,
    );
  if (done.consents !== null) lines.push(`  Consents: ${consentWords(done.consents)}`);
  if (done.refused.length === 0) return lines;
  return [
    ...lines,
    '',
    ...table([
      ['Refused because', 'Rows', 'Lines of the file', ''],
      ...[...byReason(done.refused)].map(([reason, rows]) => [
        reason,
        rows.length.toLocaleString('en-US'),
        linesOf(rows),
        REFUSAL_SENTENCES[reason],
      ]),
    ]),
    '',
    `Each refused row with its value: add --dry-run --json${dryRun ? '' : ', or see Imports in the web page'}`,
  ];
}

const consentWords = ({ agreed, unproven, unclear, notGiven, refused, silent }: ConsentReadings): string =>
  [
    `${count(agreed, 'row')} agreed, with proof`,
    `${unproven.toLocaleString('en-US')} say yes without proof`,
    `${unclear.toLocaleString('en-US')} unclear`,
    `${(notGiven + silent).toLocaleString('en-US')} without one`,
    `${refused.toLocaleString('en-US')} asked to be left alone (opted out)`,
  ].join(', ');

const contactsOf = (done: FileResult): number => done.created + done.updated + done.unchanged;

const byReason = (refused: readonly ImportRefusal[]): ReadonlyMap<ImportRefusalReason, readonly ImportRefusal[]> =>
  Map.groupBy(refused, (row) => row.reason);

const LINES_SHOWN = 6;

function linesOf(rows: readonly ImportRefusal[]): string {
  const more = rows.length - LINES_SHOWN;
  const shown = rows.slice(0, LINES_SHOWN).map((row) => row.line);
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
