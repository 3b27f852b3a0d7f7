import { stat } from 'node:fs/promises';
import { CliError } from './shell.ts';

/** The bytes of a file that was named on the command line; `shown` is its name as it was written. */
export async function sizeOf(path: string, shown: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw new CliError(
      code === 'ENOENT'
        ? `${shown}: there is no such file (looked for ${path})`
        : `${shown} cannot be read (${String(code)})`,
      { cause: error },
    );
  });
  if (!found.isFile())
    throw new CliError(`${shown} is no file: name a text file; what comes through a pipe must be saved first`);
  return found.size;
}
