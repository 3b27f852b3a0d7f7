import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { requireDataFolder } from '../platform/embedded-postgres-folder.ts';

/**
 * What a demo must know to go on after it was killed: its ports (the product's account holds the sandbox's address), its seed, and how
 * far its clock has come.
 */
const stateSchema = z.object({
  version: z.literal(1),
  seed: z.int(),
  httpPort: z.int(),
  sandboxPort: z.int(),
  clockAt: z.string(),
  finished: z.boolean(),
});
export type DemoState = z.infer<typeof stateSchema>;

export interface DemoFolder {
  readonly path: string;
  readonly journalPath: string;
  readState(): Promise<DemoState | undefined>;
  writeState(state: DemoState): Promise<void>;
  /** Forgets the sandbox's journal and the uploads; the database is emptied by its own migrations. */
  clear(): Promise<void>;
}

export async function openDemoFolder(dataDir: string): Promise<DemoFolder> {
  const path = join(dataDir, 'demo');
  const statePath = join(path, 'demo.json');
  const journalPath = join(path, 'sandbox.jsonl');
  await requireDataFolder(path);
  // Renamed into place, so that a kill in the middle leaves the old one whole.
  const replace = async (state: DemoState): Promise<void> => {
    await writeFile(`${statePath}.new`, JSON.stringify(state));
    await rename(`${statePath}.new`, statePath);
  };
  // One after the other: of two at once, one would move away what the other has just written.
  let last: Promise<void> = Promise.resolve();
  return {
    path,
    journalPath,
    async readState() {
      try {
        return stateSchema.parse(JSON.parse(await readFile(statePath, 'utf8')));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw new Error(`${statePath} cannot be read: remove the folder ${path} to start a fresh demo`, {
          cause: error,
        });
      }
    },
    writeState(state) {
      const next = (): Promise<void> => replace(state);
      last = last.then(next, next);
      return last;
    },
    async clear() {
      await Promise.all([
        rm(statePath, { force: true }),
        rm(journalPath, { force: true }),
        rm(join(path, 'imports'), { recursive: true, force: true }),
      ]);
    },
  };
}
