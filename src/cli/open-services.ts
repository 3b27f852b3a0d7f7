import { access } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../platform/clock.ts';
import { type Config, parseConfig } from '../platform/config.ts';
import { uuidSource } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { migrateUp, requireCurrentSchema } from '../platform/migrate.ts';
import { systemRandom } from '../platform/random.ts';
import type { Refusal } from '../platform/refusal.ts';
import type { Result } from '../platform/result.ts';
import type { Services } from '../services.ts';
import { explainConnection } from './explain-connection.ts';
import { CliError, type Shell } from './shell.ts';

type OpenedDatabase = Awaited<ReturnType<typeof import('../open-database.ts')['openConfiguredDatabase']>>;

export type CliServices = Pick<Services, 'config' | 'database' | 'clock' | 'newUuid'>;

/** The configuration of a command that does its work and ends: of the log, only what is wrong belongs on a terminal. */
export const commandConfig = (shell: Shell): Config =>
  parseConfig({ ...shell.env, LOG_LEVEL: shell.env['LOG_LEVEL'] ?? 'warn' }, shell.workingDir);

/**
 * Runs `work` on the configured database, beside a server that may be using it. The embedded database is brought up to date first;
 * one that somebody else looks after is migrated by `textwright migrate` only.
 */
export async function withServices<T>(shell: Shell, work: (services: CliServices) => Promise<T>): Promise<T> {
  const config = commandConfig(shell);
  return withDatabase({ shell, config }, async ({ database, migrations, asOwner }) => {
    if (config.databaseUrl === undefined)
      await asOwner((db, plan) => migrateUp(db, { ...plan, now: systemClock.now() }));
    else await requireCurrentSchema(database.db, migrations);
    const newUuid = uuidSource({ clock: systemClock, random: systemRandom });
    return work({ config, database, clock: systemClock, newUuid });
  });
}

/** The configured database with its schema as it is. */
export async function withDatabase<T>(
  { shell, config }: { readonly shell: Shell; readonly config: Config },
  work: (opened: Omit<OpenedDatabase, 'close'>) => Promise<T>,
): Promise<T> {
  // A child that is ended by a signal would leave the embedded server to nobody.
  shell.interruption();
  const isNew = config.databaseUrl === undefined && !(await exists(join(config.dataDir, 'postgres')));
  const { openConfiguredDatabase } = await import('../open-database.ts');
  const opened = await openConfiguredDatabase(config, createLog({ level: config.logLevel }));
  if (isNew)
    shell.tell(`Made a new, empty database in ${config.dataDir}; TEXTWRIGHT_DATA_DIR chooses another data folder`);
  try {
    return await work(opened);
  } catch (error) {
    throw explainConnection(error, config) ?? error;
  } finally {
    await opened.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** Who acts, for audit entries and for people. */
export function actor(): { readonly actor: string; readonly name: string } {
  const name = osUser();
  return { actor: `cli:${name}`, name: `${name} (command line)` };
}

function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the system's list of users, as containers have.
    return `uid ${process.geteuid?.() ?? 'unknown'}`;
  }
}

/** The value of a use case, or its refusal as the error that ends the command. */
export function granted<T>(outcome: Result<T, Refusal>): T {
  if (outcome.ok) return outcome.value;
  throw new CliError(outcome.error.message);
}
