import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, where missing. `mkdir` with `recursive` asks for ever where a folder exists and takes no new
 * ones, as those of /proc do (Node 24): there this fails with ENOENT.
 */
export async function makeFolder(path: string, options: { readonly mode?: number } = {}): Promise<void> {
  try {
    await mkdir(path, options);
  } catch (error) {
    if (await isFolder(path)) return;
    const above = dirname(path);
    if (!isMissing(error) || (await isFolder(above))) throw error;
    await makeFolder(above, options);
    // Now at most somebody else is making it as well.
    await mkdir(path, options).catch(async (again: unknown) => {
      if (!(await isFolder(path))) throw again;
    });
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
