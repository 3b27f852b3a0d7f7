/**
 * Promise: what is in force was read wholly. A file becomes a version of its list in one transaction after its last line; whatever
 * stops it before leaves the version of before in force, and tells what stopped it.
 */
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { conflict, invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import { recordAudit } from './audit-store.ts';
import {
  deleteOrphanedStage,
  deleteSet,
  orphanedSets,
  readBlocks,
  stagedAreaCodes,
  stagedNumbers,
  writeBlocks,
} from './dnc-block-store.ts';
import { AreaBits, exchangeOf, REMOVED_BIT } from './dnc-blocks.ts';
import type { DncFormat } from './dnc-file.ts';
import {
  type DncList,
  type DncVersion,
  failSilentVersions,
  failVersion,
  getDncList,
  getDncVersion,
  insertDncVersion,
  lockDncList,
  putInForce,
  type ReadSoFar,
} from './dnc-store.ts';
import { ListFileError } from './list-lines.ts';
import { readDncFile } from './read-dnc-file.ts';
import { wakeForList } from './waiting-for-list.ts';

export const DNC_FILE_BYTES_MAX = 4 * 1024 ** 3;

export interface DncDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export interface DncUpload {
  readonly listId: Uuid;
  readonly fileName: string;
  readonly format: DncFormat;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Of when the data are, as the registry says. */
  readonly asOf: Instant;
  /** So many lines may be no numbers; whoever gives the file in has looked at them. */
  readonly refusedMax: number;
  /** A file that leaves clearly fewer numbers than before is taken for a wrong one without this; an owner's word. */
  readonly maySmaller: boolean;
  readonly by: { readonly actor: string; readonly name: string };
  readonly onProgress?: (read: ReadSoFar) => void;
}

export async function uploadDnc(deps: DncDeps, upload: DncUpload): Promise<Outcome<DncVersion>> {
  const { db, clock } = deps;
  await tidyDnc(deps);
  const list = await getDncList(db, upload.listId);
  if (list === undefined) return notFound('do-not-call list', showId('dncList', upload.listId));
  const early = refusedAtOnce(list, upload, clock.now());
  if (early !== undefined) return early;
  const version = await beginVersion(deps, upload);
  const stopped = await readAndApply(deps, upload, version);
  if (stopped !== undefined) await failVersion(db, version.id, stopped);
  await tidyDnc(deps);
  if (stopped === undefined) await wakeForList(db, clock.now());
  if (stopped === undefined) return ok(await getDncVersion(db, version.id));
  return invalid(`${upload.fileName}: ${stopped}. ${whatHolds(list)}`);
}

const whatHolds = ({ asOf, name }: DncList): string =>
  asOf === null
    ? `"${name}" has no version in force yet`
    : `"${name}" stays as it was, of ${asOf.toString().slice(0, 10)}`;

function refusedAtOnce(list: DncList, upload: DncUpload, now: Instant): Outcome<never> | undefined {
  if (list.retiredAt !== null) return conflict(`"${list.name}" is retired; make another list`);
  if (list.service !== null)
    return conflict(
      `"${list.name}" is filled by a service that is asked about each number; make another list for files`,
    );
  if (isBefore(now, upload.asOf))
    return invalid(`asOf ${upload.asOf.toString()} is in the future; give the day on which the registry made the file`);
  if (upload.format.kind === 'changes' && list.setId === null)
    return conflict(`"${list.name}" has nothing to change yet; upload the full list first`);
  const older = olderThan(list, upload.asOf);
  return older === undefined ? undefined : conflict(older);
}

const olderThan = ({ asOf, name }: DncList, uploaded: Instant): string | undefined =>
  asOf !== null && isBefore(uploaded, asOf)
    ? `the file is of ${uploaded.toString().slice(0, 10)}, and "${name}" is of ${asOf.toString().slice(0, 10)} already; upload a newer file`
    : undefined;

async function beginVersion({ db, clock, newUuid }: DncDeps, upload: DncUpload): Promise<DncVersion> {
  const id = newUuid();
  await insertDncVersion(db, {
    id,
    listId: upload.listId,
    mode: upload.format.kind === 'changes' ? 'changes' : 'full',
    fileName: upload.fileName,
    asOf: upload.asOf,
    uploadedBy: upload.by.name,
    createdAt: clock.now(),
  });
  return getDncVersion(db, id);
}

/** Why the file did not come into force, or `undefined`. */
async function readAndApply(deps: DncDeps, upload: DncUpload, version: DncVersion): Promise<string | undefined> {
  const { db } = deps;
  const read = await readWholly(deps, upload, version.id);
  if (!read.ok) return read.error;
  const { lines, refused, refusals } = read.value;
  const [first] = refusals;
  if (first !== undefined && refused > upload.refusedMax)
    return `${refused} of ${lines} lines cannot be read, the first is line ${first.line} (${JSON.stringify(first.text)}: ${first.reason}); mend the file, or allow so many`;
  if (refused === lines) return 'it has no numbers; download the list again';
  const written = version.mode === 'full' ? { setId: version.id, numbers: await writeSet(db, version.id) } : undefined;
  try {
    await runTx(db, (tx) => apply(tx, deps, { upload, version, written, lines, refused }));
  } catch (error) {
    if (error instanceof NotApplied) return error.message;
    throw error;
  }
  return undefined;
}

/** Takes back what the transaction has changed, blocks of the list too, and says why. */
class NotApplied extends Error {}

type Change = { readonly setId: Uuid; readonly numbers: number };

interface ReadFile extends Pick<ReadSoFar, 'lines' | 'refused'> {
  readonly upload: DncUpload;
  readonly version: DncVersion;
  /** Of a whole list; what a change list changes is written with the rest. */
  readonly written: Change | undefined;
}

async function apply(tx: Tx, deps: DncDeps, file: ReadFile): Promise<void> {
  const { upload, version, written, lines, refused } = file;
  const list = await lockDncList(tx, version.listId);
  const older = olderThan(list, upload.asOf);
  if (older !== undefined) throw new NotApplied(older);
  const changed = written ?? (await applyChanges(tx, list, version.id));
  const small = upload.maySmaller ? undefined : tooSmall(list, { mode: version.mode, numbers: changed.numbers });
  if (small !== undefined) throw new NotApplied(small);
  const now = deps.clock.now();
  if (!(await putInForce(tx, { version, ...changed, now })))
    throw new NotApplied('it was given up meanwhile; upload it again');
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: upload.by.actor,
    action: 'dnc_list.updated',
    subject: showId('dncList', list.id),
    detail: {
      name: list.name,
      mode: version.mode,
      file: upload.fileName,
      asOf: upload.asOf,
      lines,
      refused,
      numbers: changed.numbers,
    },
  });
}

/** Between two files of a registry more numbers come than go. */
const PERCENT_OF_BEFORE_MIN = 90;
const LOOKS_LIKE = {
  full: { leaves: 'has', what: 'a part of the file' },
  changes: { leaves: 'leaves', what: 'the changes of another list' },
} as const;
function tooSmall(
  { name, numbers: before }: DncList,
  { mode, numbers }: Pick<DncVersion, 'mode'> & { readonly numbers: number },
): string | undefined {
  if (numbers * 100 >= before * PERCENT_OF_BEFORE_MIN) return undefined;
  const { leaves, what } = LOOKS_LIKE[mode];
  return `it ${leaves} ${numbers} numbers, and "${name}" has ${before}: ${what}, as it looks; download it again, or have an owner say that it may be smaller`;
}

/** What the file or its sender did wrong; what the database does wrong is thrown. */
async function readWholly(deps: DncDeps, upload: DncUpload, versionId: Uuid): Promise<Result<ReadSoFar, string>> {
  let interruption: unknown;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    try {
      for await (const chunk of upload.chunks) {
        bytes += chunk.length;
        if (bytes > DNC_FILE_BYTES_MAX)
          throw new ListFileError('it has more than 4 GiB; upload it as a list and change lists');
        yield chunk;
      }
    } catch (error) {
      interruption = error;
      throw error;
    }
  }
  try {
    return ok(await readDncFile(deps, { ...upload, versionId, chunks: chunks() }));
  } catch (error) {
    if (error instanceof ListFileError) return err(error.message);
    if (interruption !== undefined) return err('the upload broke off before the end of the file; upload it again');
    await failVersion(deps.db, versionId, 'Reading it failed on our side; upload it again').catch(() => undefined);
    throw error;
  }
}

const blocksOf = (areaCode: number, bits: AreaBits, exchanges: readonly number[]) =>
  exchanges.map((exchange) => ({ block: areaCode * 1_000 + exchange, bits: bits.block(exchange) }));

/** The blocks of a whole list, an area code at a time, in a set of their own that nobody asks yet; answers how many numbers it has. */
async function writeSet(db: Db, versionId: Uuid): Promise<number> {
  let total = 0;
  for (const areaCode of await stagedAreaCodes(db, versionId)) {
    const bits = new AreaBits();
    for await (const numbers of stagedNumbers(db, versionId, areaCode)) for (const rest of numbers) bits.add(rest);
    const exchanges = bits.exchanges();
    await writeBlocks(db, versionId, blocksOf(areaCode, bits, exchanges));
    total += bits.count(exchanges);
  }
  return total;
}

/**
 * Changes the touched blocks of the set in force: whoever asks meanwhile sees all of them before or all of them after. A number that
 * a file both adds and takes off is on the list: the strict side.
 */
async function applyChanges(tx: Tx, list: DncList, versionId: Uuid): Promise<Change> {
  const { setId } = list;
  if (setId === null) throw new Error(`do-not-call list ${list.id} lost its numbers`);
  let { numbers: total } = list;
  for (const areaCode of await stagedAreaCodes(tx, versionId)) {
    const changes: number[] = [];
    for await (const numbers of stagedNumbers(tx, versionId, areaCode)) changes.push(...numbers);
    const rests = changes.map((change) => change & ~REMOVED_BIT);
    const exchanges = [...new Set(rests.map(exchangeOf))];
    const bits = new AreaBits();
    for (const { block, bits: before } of await readBlocks(
      tx,
      setId,
      exchanges.map((exchange) => areaCode * 1_000 + exchange),
    ))
      bits.set(block % 1_000, before);
    total -= bits.count(exchanges);
    for (const [place, change] of changes.entries()) if (change >= REMOVED_BIT) bits.remove(rests[place] ?? 0);
    for (const change of changes) if (change < REMOVED_BIT) bits.add(change);
    await writeBlocks(tx, setId, blocksOf(areaCode, bits, exchanges));
    total += bits.count(exchanges);
  }
  return { setId, numbers: total };
}

/** Takes away what versions of before, and those that failed, have left. */
export async function tidyDnc({ db, clock }: Pick<DncDeps, 'db' | 'clock'>): Promise<void> {
  await failSilentVersions(db, clock.now());
  for (const setId of await orphanedSets(db)) await deleteSet(db, setId);
  await deleteOrphanedStage(db);
}
