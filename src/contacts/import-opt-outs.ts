import { sql } from 'kysely';
import { recordAudit } from '../compliance/audit-store.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { CsvFileError } from './csv-file-error.ts';
import type { CsvRecord } from './csv-parser.ts';
import { openCsv } from './csv-reader.ts';
import { numbersBeside, type OptOutColumn, optOutColumn, type RefusedRow, readOptOutRow } from './opt-out-rows.ts';

export interface OptOutList {
  readonly fileName: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The header of the numbers, when the list has several columns of them. */
  readonly column: string | undefined;
  readonly by: { readonly actor: string; readonly name: string };
  readonly onProgress?: (soFar: OptOutsRead) => void;
}

export interface OptOutsRead {
  /** Rows that are not empty, without the header. */
  readonly rows: number;
  readonly optedOut: number;
  /** Had asked before, or stand in the list more than once. */
  readonly already: number;
  readonly refused: number;
  /** The first `REFUSALS_MAX`. */
  readonly refusals: readonly RefusedRow[];
}

export const OPT_OUT_LIST_BYTES_MAX = 256 * 1024 ** 2;
/** The numbers of a list that is only looked at are held in memory: 16 MiB are 1,400,000 of them. */
export const LOOKED_AT_BYTES_MAX = 16 * 1024 ** 2;
export const REFUSALS_MAX = 1_000;
/** Numbers that are opted out beside each other. */
const AT_ONCE = 4;

/**
 * Opts out every number of a list. Each is a transaction of its own, since whoever waits for one number may hold no other; what was
 * read before a file breaks off stays opted out, and the same list may be given again: it says again what it says.
 */
export async function importOptOuts(deps: Deps, list: OptOutList): Promise<Outcome<OptOutsRead>> {
  const read: Reading = { rows: 0, optedOut: 0, already: 0, refused: 0, refusals: [] };
  try {
    const refusal = await readList(list, read, { bytesMax: OPT_OUT_LIST_BYTES_MAX, take: optOutAll(deps, list, read) });
    if (refusal !== undefined) return invalid(`${list.fileName}: ${refusal}`);
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    await tell(deps, list, { ...read, broken: error.message });
    return invalid(brokenSentence(list, read, error.message));
  }
  await tell(deps, list, read);
  return ok(read);
}

/** What importing the list would do; changes nothing. */
export async function previewOptOuts(db: Db, list: Omit<OptOutList, 'by'>): Promise<Outcome<OptOutsRead>> {
  const read: Reading = { rows: 0, optedOut: 0, already: 0, refused: 0, refusals: [] };
  const seen = new Set<string>();
  const take = async (phones: readonly string[]): Promise<void> => {
    const already = await outAlready(db, phones);
    const before = seen.size;
    for (const phone of phones) if (!already.has(phone)) seen.add(phone);
    read.optedOut = seen.size;
    read.already += phones.length - (seen.size - before);
  };
  try {
    const refusal = await readList(list, read, { bytesMax: LOOKED_AT_BYTES_MAX, take });
    return refusal === undefined ? ok(read) : invalid(`${list.fileName}: ${refusal}`);
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    return invalid(`${list.fileName}: ${error.problem === 'file_too_large' ? TOO_LARGE_TO_LOOK_AT : error.message}`);
  }
}

const mebibytes = (bytes: number): string => `${bytes / 1024 ** 2} MiB`;
const TOO_LARGE_TO_LOOK_AT = `a list of at most ${mebibytes(LOOKED_AT_BYTES_MAX)} can be looked at before it is imported: split it into parts, or import it as it is (at most ${mebibytes(OPT_OUT_LIST_BYTES_MAX)})`;

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

type Reading = { -readonly [K in keyof Omit<OptOutsRead, 'refusals'>]: OptOutsRead[K] } & {
  readonly refusals: RefusedRow[];
};

interface Walk {
  readonly bytesMax: number;
  /** Given the numbers piece by piece, as often as each of them stands there. */
  readonly take: (phones: readonly string[]) => Promise<void>;
}

/** Counts the rows in `read`; returns why the list cannot be begun with. */
async function readList(
  list: Omit<OptOutList, 'by'>,
  read: Reading,
  { bytesMax, take }: Walk,
): Promise<string | undefined> {
  const file = await openCsv({ chunks: list.chunks }, { bytesMax });
  const column = optOutColumn(file.head, list.column);
  if (!column.ok) {
    await file.close();
    return column.error;
  }
  let skipsFirst = column.value.hasHeader;
  for await (const records of file.batches) {
    await take(numbersOf(skipsFirst ? records.slice(1) : records, column.value, read));
    skipsFirst &&= records.length === 0;
    list.onProgress?.(read);
  }
  return undefined;
}

const optOutAll =
  (deps: Deps, list: OptOutList, read: Reading): Walk['take'] =>
  async (phones) => {
    const once = [...new Set(phones)];
    const already = await outAlready(deps.db, once);
    for (let at = 0; at < once.length; at += AT_ONCE) {
      const group = once.slice(at, at + AT_ONCE);
      await Promise.all(group.map((phone) => optOut(deps, list, phone)));
      read.optedOut += group.filter((phone) => !already.has(phone)).length;
    }
    read.already += phones.length - once.filter((phone) => !already.has(phone)).length;
  };

function numbersOf(records: readonly CsvRecord[], column: OptOutColumn, read: Reading): readonly string[] {
  const rows = records.flatMap((record) => readOptOutRow(record, column) ?? []);
  const refused = [
    ...rows.flatMap((row) => (row.ok ? [] : [row.error])),
    ...records.flatMap((record) => numbersBeside(record, column)),
  ];
  read.rows += rows.length;
  read.refused += refused.length;
  read.refusals.push(...refused.slice(0, REFUSALS_MAX - read.refusals.length));
  return rows.flatMap((row) => (row.ok ? [row.value] : []));
}

/** Index suppression_active. */
async function outAlready(db: Db, phones: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ phone: string }>`
    select s.phone from suppression s where s.phone = any(${phones}::text[]) and s.reason = 'opt_out' and s.lifted_at is null`.execute(
    db,
  );
  return new Set(rows.map(({ phone }) => phone));
}

const optOut = ({ db, ...deps }: Deps, { fileName, by }: OptOutList, phone: string): Promise<unknown> =>
  runTx(db, (tx) =>
    suppressNumber(tx, deps, {
      phone,
      reason: 'opt_out',
      channel: 'import',
      evidence: { file: fileName, by: by.name },
      actor: by.actor,
      recordedBy: by.name,
    }),
  );

const tell = (
  { db, clock, newUuid }: Deps,
  { fileName, by }: OptOutList,
  { refusals: _, broken, ...counts }: OptOutsRead & { readonly broken?: string },
): Promise<void> =>
  runTx(db, async (tx) => {
    const act = { id: newUuid(), at: clock.now(), actor: by.actor, subject: fileName };
    const detail = { by: by.name, ...counts, ...(broken === undefined ? {} : { broken }) };
    await recordAudit(tx, { ...act, action: 'opt_outs.imported', detail });
    await notifyLive(tx, ['contacts', 'inbox']);
  });

const brokenSentence = ({ fileName }: OptOutList, { rows, optedOut, already }: OptOutsRead, broken: string): string =>
  rows === 0
    ? `${fileName}: ${broken}`
    : `${fileName}: ${broken}. Up to there ${optedOut + already} numbers are opted out; mend the list and import it again, nothing is counted twice`;
