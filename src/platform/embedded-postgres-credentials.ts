import { chown, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EmbeddedPostgresError, hasCode } from './embedded-postgres-process.ts';
import { isRoot } from './embedded-postgres-user.ts';
import { systemRandom } from './random.ts';

/** How to reach the embedded database. `user` owns `database` and changes its schema, the program runs as `app`; `superuser` only runs the server. */
const credentialsSchema = z.object({
  version: z.literal(1),
  /** Port of the last start, tried first at the next. */
  port: z.int().min(1).max(65_535),
  database: z.string().min(1),
  user: z.string().min(1),
  password: z.string().min(1),
  /** Absent in a file of an earlier version. */
  app: z.object({ user: z.string().min(1), password: z.string().min(1) }).optional(),
  superuser: z.string().min(1),
  superuserPassword: z.string().min(1),
});

export type Credentials = Readonly<z.infer<typeof credentialsSchema>>;
export type AppRole = Readonly<NonNullable<Credentials['app']>>;

const PASSWORD_BYTES = 24;

export const credentialsFile = (dataDir: string): string => join(dataDir, 'postgres-credentials.json');

export const newPassword = (): string => Buffer.from(systemRandom.bytes(PASSWORD_BYTES)).toString('base64url');

/** Without the program's role, which the server itself must make (embedded-postgres-role.ts). */
export function newCredentials(port: number): Credentials {
  return {
    version: 1,
    port,
    database: 'textwright',
    user: 'textwright',
    password: newPassword(),
    superuser: 'postgres',
    superuserPassword: newPassword(),
  };
}

/** `undefined` when there is no such file; throws when it is damaged. */
export async function readCredentials(dataDir: string): Promise<Credentials | undefined> {
  const path = credentialsFile(dataDir);
  try {
    return credentialsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
    if (hasCode(cause, 'EACCES', 'EPERM')) throw cause;
    throw new EmbeddedPostgresError(
      `${path} is damaged. Restore it from a backup; or stop the database, remove the file and start again: ` +
        'new passwords are then set and no data is lost',
      { cause },
    );
  }
}

/** Readable by nobody else; whole or not at all, also after a power cut. */
export async function writeCredentials(dataDir: string, credentials: Credentials): Promise<void> {
  const path = credentialsFile(dataDir);
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(credentials, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await giveToOwnerOf(dataDir, temporary);
  await rename(temporary, path);
}

/** After one start with sudo, the owner of the data folder must still be able to use what root created in it. */
export async function giveToOwnerOf(folder: string, path: string): Promise<void> {
  if (!isRoot()) return;
  const { uid, gid } = await stat(folder);
  await chown(path, uid, gid);
}

/** Through the Unix socket in a folder, when there is one that we may use. */
export function connectionString(
  { user, password, database }: Pick<Credentials, 'user' | 'password' | 'database'>,
  port: number,
  socketFolder: string | undefined,
): string {
  const way = socketFolder === undefined ? '' : `&host=${encodeURIComponent(socketFolder)}`;
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}?sslmode=disable${way}`;
}
