import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { type Blobs, blobsIn } from '../platform/blobs.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Db, Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { invalid, notFound, type Outcome, unavailable } from '../platform/refusal.ts';
import { err, ok } from '../platform/result.ts';
import { type CsvSource, FILE_BYTES_MAX } from './csv-reader.ts';
import { getImportRun, type ImportRun, insertImportRun } from './import-run-store.ts';

/** Uploaded files wait in the data folder until their import is over. */
export const importBlobs = (config: Pick<Config, 'dataDir'>): Blobs => blobsIn(join(config.dataDir, 'imports'));

/** Contacts that do not exist, to try everything with. */
const SAMPLE = { path: join(import.meta.dirname, '../../samples/contacts.csv'), name: 'sample contacts.csv' } as const;

export interface UploadDeps {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  /** At most this much of a file is taken in; `FILE_BYTES_MAX` when absent. */
  readonly bytesMax?: number;
}

export interface Upload {
  readonly fileName: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly by: { readonly name: string };
}

/** Keeps a file for an import. Nothing is read of it yet, besides its size. */
export async function receiveUpload(deps: UploadDeps, upload: Upload): Promise<Outcome<ImportRun>> {
  const id = deps.newUuid();
  const stored = await deps.blobs.put(id, upload.chunks, { bytesMax: deps.bytesMax ?? FILE_BYTES_MAX });
  if (!stored.ok)
    return stored.error.kind === 'too_large'
      ? tooLarge()
      : unavailable('the upload was interrupted; send the file again');
  if (stored.value.bytes === 0) {
    await deps.blobs.remove(id);
    return invalid(`file "${upload.fileName}" is empty; export the contacts again`);
  }
  await insertImportRun(deps.db, {
    id,
    fileName: upload.fileName,
    fileBytes: stored.value.bytes,
    blobKey: id,
    createdAt: deps.clock.now(),
    createdBy: upload.by.name,
  });
  return getImport(deps.db, id);
}

export const uploadTooLarge = (bytes: number): boolean => bytes > FILE_BYTES_MAX;

export const tooLarge = (): Outcome<never> =>
  err({
    kind: 'too_large',
    message: `the file has more than ${FILE_BYTES_MAX / 1024 ** 3} GiB; split it and import the parts one after the other`,
  });

/** The sample contacts, as if they had been uploaded. */
export const receiveSample = (deps: UploadDeps, by: Upload['by']): Promise<Outcome<ImportRun>> =>
  receiveUpload(deps, { fileName: SAMPLE.name, chunks: createReadStream(SAMPLE.path), by });

export async function getImport(db: Db | Tx, id: Uuid): Promise<Outcome<ImportRun>> {
  const run = await getImportRun(db, id);
  return run === undefined ? notFound('import', showId('import', id)) : ok(run);
}

/** The file of a run, from its beginning. */
export const csvSource = (blobs: Blobs, run: Pick<ImportRun, 'blobKey' | 'fileBytes'>): CsvSource => ({
  chunks: blobs.open(run.blobKey),
  sizeBytes: run.fileBytes,
});
