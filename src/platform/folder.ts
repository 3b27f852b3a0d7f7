import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, where missing. `mkdir` with `recursive` asks for ever where a folder exists and takes no new
 * ones, as those of /proc do (Node 24): there this fails with ENOENT.
 */
export async function makeFolder(path: string, options: { readonly mode?: number } = {}): Promise<void> {
  const missing: string[] = [];
  for (let folder = path; folder !== dirname(folder) && !(await exists(folder)); folder = dirname(folder))
    missing.unshift(folder);
  for (const folder of [...missing, path])
    await mkdir(folder, options).catch(async (error: unknown) => {
      // Somebody else may have made it meanwhile.
      if (!(await isFolder(folder))) throw error;
    });
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
