import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, type Instant, isBefore, SECOND_MS } from '../platform/time.ts';
import { type StagedNumbers, stageNumbers } from './dnc-block-store.ts';
import { REMOVED_BIT } from './dnc-blocks.ts';
import { type DncFormat, dncFileReader } from './dnc-file.ts';
import { noteProgress, type ReadSoFar } from './dnc-store.ts';
import type { RefusedLine } from './list-lines.ts';
import { unpackList } from './unpack-list.ts';

/**
 * Reads a file in constant memory, in whatever order its numbers are: they wait in the database by area code, four bytes each, and
 * every area code becomes bits later, one after the other.
 */
const NUMBERS_AT_ONCE = 8_192;
const REFUSALS_KEPT = 20;
const PROGRESS_EVERY_MS = 2 * SECOND_MS;

export interface DncFile {
  readonly versionId: Uuid;
  readonly format: DncFormat;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly onProgress?: ((read: ReadSoFar) => void) | undefined;
}

export async function readDncFile(deps: { readonly db: Db; readonly clock: Clock }, file: DncFile): Promise<ReadSoFar> {
  const { db, clock } = deps;
  const refusals: RefusedLine[] = [];
  let refused = 0;
  const areas = new Map<number, { numbers: Uint32Array; length: number; place: number }>();
  const full: StagedNumbers[] = [];
  const reader = dncFileReader(file.format, {
    entry({ areaCode, rest, removed }) {
      const area = areas.get(areaCode) ?? { numbers: new Uint32Array(NUMBERS_AT_ONCE), length: 0, place: 0 };
      areas.set(areaCode, area);
      area.numbers[area.length++] = removed ? rest | REMOVED_BIT : rest;
      if (area.length < NUMBERS_AT_ONCE) return;
      full.push({ areaCode, place: area.place, numbers: area.numbers });
      areas.set(areaCode, { numbers: new Uint32Array(NUMBERS_AT_ONCE), length: 0, place: area.place + 1 });
    },
    refused(line) {
      refused += 1;
      if (refusals.length < REFUSALS_KEPT) refusals.push(line);
    },
  });
  const soFar = (): ReadSoFar => ({ lines: reader.lines(), refused, refusals });
  const flush = async (): Promise<void> => {
    for (const staged of full.splice(0)) await stageNumbers(db, file.versionId, staged);
  };
  let toldAt: Instant = clock.now();
  try {
    for await (const chunk of unpackList(file.chunks)) {
      reader.push(chunk);
      await flush();
      const now = clock.now();
      if (isBefore(now, addMs(toldAt, PROGRESS_EVERY_MS))) continue;
      toldAt = now;
      await noteProgress(db, file.versionId, soFar(), now);
      file.onProgress?.(soFar());
    }
    reader.end();
    await flush();
    for (const [areaCode, { numbers, length, place }] of areas)
      if (length > 0) await stageNumbers(db, file.versionId, { areaCode, place, numbers: numbers.subarray(0, length) });
  } finally {
    await noteProgress(db, file.versionId, soFar(), clock.now());
  }
  return soFar();
}
