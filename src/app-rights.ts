import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, '../migrations/app-role.sql');
/** The name in the file, and the role of the embedded database. */
const APP_ROLE = 'textwright_app';

/** Names that SQL takes without quotes. */
export const ROLE_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** SQL by which the owner of the tables lets the program's role do its work, and no more. */
export async function readAppRights(role = APP_ROLE): Promise<string> {
  return (await readFile(FILE, 'utf8')).replaceAll(APP_ROLE, role);
}
