import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from './folder.ts';

/**
 * Puts a file in place whole: flushed to the disk as `draft`, then renamed, its folder made where it is missing. A process may be killed
 * at any moment, and a draft is all that it leaves; where `path` is there already, that stays until the new one takes its place.
 */
export async function writeWholeFile(file: {
  readonly path: string;
  /** A name in the same folder that nobody else takes. */
  readonly draft: string;
  readonly text: string;
}): Promise<void> {
  const { path, text } = file;
  const folder = dirname(path);
  await makeFolder(folder, { mode: 0o700 });
  const draft = join(folder, file.draft);
  const opened = await open(draft, 'wx', 0o600);
  try {
    await opened.writeFile(text);
    await opened.sync();
  } finally {
    await opened.close();
  }
  await rename(draft, path);
  await syncFolder(folder);
}

/** The names in a folder are on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  const place = await open(folder, 'r');
  await place.sync().finally(() => place.close());
}
