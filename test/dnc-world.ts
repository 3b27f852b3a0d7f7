import { createDncList } from '../src/compliance/dnc-lists.ts';
import type { DncKind } from '../src/compliance/dnc-rules.ts';
import { type DncUpload, uploadDnc } from '../src/compliance/upload-dnc.ts';
import { type Db, runTx } from '../src/platform/database.ts';
import type { Uuid } from '../src/platform/ids.ts';
import type { FixtureWorld } from './fixtures.ts';

/** Do-not-call lists in a test: made, and filled from text as from a file. */
export const ANN = { actor: 'user:1', name: 'Ann' };

export const chunksOf = async function* (text: string | Buffer, size = 100): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
};

export function dncWorld(db: Db, world: Pick<FixtureWorld, 'clock' | 'newUuid'>) {
  const upload = (listId: Uuid, text: string, given: Partial<DncUpload> = {}) =>
    uploadDnc(
      { db, ...world },
      {
        listId,
        fileName: 'list.txt',
        format: { kind: 'numbers' },
        chunks: chunksOf(text),
        asOf: world.clock.now(),
        refusedMax: 0,
        maySmaller: false,
        by: ANN,
        ...given,
      },
    );
  const create = async (kind: DncKind, state: string | null = null): Promise<Uuid> => {
    const name = [kind, ...(state === null ? [] : [state]), 'list'].join(' ');
    const made = await runTx(db, (tx) => createDncList(tx, world, { kind, name, state, by: ANN }));
    if (!made.ok) throw new Error(made.error.message);
    return made.value.id;
  };
  return { create, upload };
}
