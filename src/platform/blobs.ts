import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { makeFolder } from './folder.ts';
import type { Uuid } from './ids.ts';
import { err, ok, type Result } from './result.ts';

/**
 * Files that are too large for the database, in one folder. A blob's name is its id and nothing else, so that no name from outside
 * ever becomes a path. A blob is whole or absent: it is written beside its place, flushed to the disk, and then moved there.
 *
 * Several processes share a folder; on several machines it must be a shared one.
 */
export interface Blobs {
  /** Keeps the bytes of `source`, without holding more than a chunk of them in memory. A refused blob leaves nothing behind. */
  put(
    id: Uuid,
    source: AsyncIterable<Uint8Array>,
    options: { readonly bytesMax: number },
  ): Promise<Result<{ readonly bytes: number }, BlobRefusal>>;
  /** The bytes from the beginning. Reading fails with ENOENT when there is no such blob. */
  open(id: Uuid): Readable;
  /** The blobs that there are, also those that are only being put in, or were when their process was killed. */
  list(): Promise<readonly Uuid[]>;
  /** Takes away the blob, and what there is of an unfinished one. Does nothing when there is none. */
  remove(id: Uuid): Promise<void>;
}

/** `interrupted`: the source failed, as an upload does whose sender goes away. */
export type BlobRefusal = { readonly kind: 'too_large' } | { readonly kind: 'interrupted'; readonly cause: unknown };

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function blobsIn(folder: string): Blobs {
  const pathOf = (id: Uuid): string => {
    if (!ID.test(id)) throw new Error(`blob ${JSON.stringify(id)}: expected a UUID`);
    return join(folder, id);
  };
  const partOf = (id: Uuid): string => `${pathOf(id)}.part`;
  return {
    async put(id, source, { bytesMax }) {
      const path = pathOf(id);
      const part = partOf(id);
      const counted = countBytes(source, bytesMax);
      await makeFolder(folder, { mode: 0o700 });
      try {
        await pipeline(counted.chunks, createWriteStream(part, { mode: 0o600, flush: true }));
        await rename(part, path);
        return ok({ bytes: counted.bytes() });
      } catch (error) {
        await rm(part, { force: true });
        const refusal = counted.refusal();
        if (refusal === undefined) throw error;
        return err(refusal);
      }
    },
    open: (id) => createReadStream(pathOf(id)),
    async list() {
      const names = await readdir(folder).catch((error: unknown) => {
        // Nothing was ever put in.
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
        throw error;
      });
      return [...new Set(names.map((name) => name.replace(/\.part$/, '')))].filter((name) => ID.test(name));
    },
    async remove(id) {
      for (const path of [pathOf(id), partOf(id)]) await rm(path, { force: true });
    },
  };
}

/** Passes the chunks on and remembers why it stopped; what fails without its doing is the disk. */
function countBytes(source: AsyncIterable<Uint8Array>, bytesMax: number) {
  let bytes = 0;
  let refusal: BlobRefusal | undefined;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of guarded()) {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        refusal = { kind: 'too_large' };
        throw new Error(`blob of more than ${bytesMax} bytes`);
      }
      yield chunk;
    }
  }
  async function* guarded(): AsyncGenerator<Uint8Array> {
    try {
      yield* source;
    } catch (cause) {
      refusal = { kind: 'interrupted', cause };
      throw cause;
    }
  }
  return { chunks: Readable.from(chunks()), bytes: () => bytes, refusal: () => refusal };
}
