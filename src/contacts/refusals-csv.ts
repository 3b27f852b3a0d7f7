import { type NoteDeps, noteExport } from '../compliance/note-export.ts';
import { csvCell } from '../platform/csv-cell.ts';
import type { Db } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import type { ImportRefusalReason } from './import-rows.ts';
import { type ImportRun, listRefusals } from './import-run-store.ts';

/** What each reason means and what to do about it, for people. */
export const REFUSAL_SENTENCES: Readonly<Record<ImportRefusalReason, string>> = {
  missing_phone: 'The row has no phone number. Add one to import it.',
  invalid_phone: 'This is not a phone number that can exist. Expected ten digits, such as 617-555-0123.',
  unsupported_country: 'This number belongs to a country outside of +1 (United States, Canada, Caribbean).',
  too_many_columns: 'The row has more cells than the header. Usually a comma inside of a cell lacks its quotes.',
  value_too_long: 'A value is longer than the field. Shorten it, or leave the column out.',
  broken_quotes: 'A quote (") inside of a cell is not doubled, so that the cell runs over several lines.',
};

const PAGE_ROWS = 5_000;

/**
 * The refused rows of an import, which have numbers of people in them: that somebody took them along is on record before the file begins.
 */
export async function exportRefusals(
  services: NoteDeps,
  { id, fileName }: Pick<ImportRun, 'id' | 'fileName'>,
  actor: string,
): Promise<AsyncGenerator<string>> {
  const subject = showId('import', id);
  await noteExport(services, { actor, action: 'import.refusals_exported', subject, detail: { name: fileName } });
  return refusalsCsv(services.db, id);
}

/** CSV text, piece by piece: line, value, reason, what it means. */
async function* refusalsCsv(db: Db, importId: Uuid): AsyncGenerator<string> {
  yield 'line,value,reason,meaning\r\n';
  for (let afterLine = 0; ; ) {
    const page = await listRefusals(db, { importId, afterLine, limit: PAGE_ROWS });
    if (page.length === 0) return;
    yield page
      .map(({ line, value, reason }) => `${line},${csvCell(value)},${reason},${csvCell(REFUSAL_SENTENCES[reason])}\r\n`)
      .join('');
    afterLine = page.at(-1)?.line ?? afterLine;
  }
}
