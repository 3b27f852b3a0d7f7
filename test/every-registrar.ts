import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Registrar } from '../src/http/server.ts';

const FOLDER = join(import.meta.dirname, '../src/http/routes');
/** Registered by `createApp` itself. */
const OWN_FILES = ['session-routes.ts', 'account-routes.ts', 'operations-routes.ts', 'shell-routes.ts'];

/** Every `register...Routes` of every file in routes/: a new file is covered without a word here. */
export async function everyRegistrar(): Promise<readonly Registrar[]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('-routes.ts') && !OWN_FILES.includes(name));
  const modules = await Promise.all(files.map((file) => import(join(FOLDER, file))));
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) => (/^register\w+Routes$/.test(name) ? [value as Registrar] : [])),
  );
}
