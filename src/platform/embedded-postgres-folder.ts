import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EmbeddedPostgresError, hasCode } from './embedded-postgres-process.ts';
import { userName } from './embedded-postgres-user.ts';
import { makeFolder } from './folder.ts';

/** Creates the data folder when missing and gives its real path. File errors are thrown as they come: see `explainFileError`. */
export async function openDataFolder(path: string): Promise<string> {
  const folder = resolve(path);
  await makeFolder(folder);
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  return await realpath(folder);
}

/** `openDataFolder` for who needs the folder and no database in it. */
export async function requireDataFolder(path: string): Promise<void> {
  try {
    await openDataFolder(path);
  } catch (error) {
    throw await explainFileError(error, path);
  }
}

/** Turns what the file system refused into an error that names the path, the reason and the remedy; others stay as they are. */
export async function explainFileError(error: unknown, dataDir: string): Promise<unknown> {
  if (!(error instanceof Error) || error instanceof EmbeddedPostgresError) return error;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : dataDir;
  const explain = (text: string): EmbeddedPostgresError =>
    new EmbeddedPostgresError(`data folder ${resolve(dataDir)}: ${text}`, { cause: error });
  if (hasCode(error, 'EEXIST', 'ENOTDIR'))
    return explain(`${path} is a file where a folder is needed. Move it away, or choose another data folder`);
  if (hasCode(error, 'ENOSPC', 'EDQUOT'))
    return explain(`the disk of ${path} is full. Free some space, or choose a data folder on another disk`);
  if (hasCode(error, 'EROFS'))
    return explain(`${path} lies on a disk that may not be written. Choose a data folder elsewhere`);
  if (hasCode(error, 'ENOENT') && 'syscall' in error && error.syscall === 'mkdir')
    return explain(
      `${path} cannot be made, because ${dirname(path)} takes no folders. Choose another one with TEXTWRIGHT_DATA_DIR`,
    );
  if (hasCode(error, 'EACCES', 'EPERM')) return explain(await describeRefusal(path));
  return error;
}

async function describeRefusal(path: string): Promise<string> {
  const me = process.geteuid === undefined ? 'this user' : await userName(process.geteuid());
  const found = await nearestOwner(path);
  const where = found === undefined ? '' : ` (${found.path} belongs to ${found.owner})`;
  const asOwner = found === undefined ? '' : `Start as ${found.owner}, or choose`;
  return `${me} may not read or write ${path}${where}. ${asOwner === '' ? 'Choose' : asOwner} a data folder that belongs to ${me}`;
}

/** The owner of the path, or of the nearest folder above it that we are allowed to see. */
async function nearestOwner(path: string): Promise<{ path: string; owner: string } | undefined> {
  try {
    return { path, owner: await userName((await stat(path)).uid) };
  } catch {
    return dirname(path) === path ? undefined : await nearestOwner(dirname(path));
  }
}
