import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readlink, stat } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What went wrong, where, and what to do about it; the message is meant for the person who started the program. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** An account of the operating system under which PostgreSQL runs. */
export interface OsUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Where useradd, id and ps lie; the PATH of who called us may know none of these. */
const SYSTEM_PATH = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Nothing of the caller's environment may reach PostgreSQL (PGDATA, PGPORT, LC_ALL, TZ); PATH only finds system tools. */
const CLEAN_ENV: Readonly<Record<string, string>> = {
  // An empty element would mean the working folder.
  PATH: [process.env['PATH'] ?? '', ...SYSTEM_PATH].filter((element) => element !== '').join(delimiter),
  LC_ALL: 'C',
  TZ: 'UTC',
  ...(process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'] ?? 'C:\\Windows' } : {}),
};

/** Options of every spawn: a working folder that each user may enter, the clean environment, and the account to run as. */
export const spawnOptions = (user: OsUser | undefined) => ({
  cwd: '/',
  env: CLEAN_ENV,
  ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
});

export interface CommandOutcome {
  /** Exit code; -1 when a signal ended the command. */
  readonly code: number;
  readonly output: string;
}

/**
 * Runs a command to its end, in a process group of its own: a Ctrl-C, or the SIGTERM of `timeout`, goes to the whole group of this
 * program, which finishes what it began; initdb or pg_ctl must not be cut off in the middle of that. Rejects only when it cannot be
 * started at all.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly user?: OsUser | undefined; readonly input?: string } = {},
): Promise<CommandOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...spawnOptions(options.user),
      // On Windows this would open a console window.
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A command that ends before it has read its input breaks the pipe; its exit code tells the story.
    child.stdin.on('error', () => undefined);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, output: Buffer.concat(chunks).toString('utf8').trim() }));
    child.stdin.end(options.input ?? '');
  });
}

/** Seen in place of an identity when a process runs but may not be looked at (hidepid, or no /proc at all). */
const HIDDEN = 'hidden';

/**
 * A text that no other process has, now or after the pid was given to another one: start time (and boot, as ticks start again
 * with each). `undefined` when no such process runs; a zombie does not run.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return await linuxIdentity(pid);
  if (process.platform === 'win32') return pidExists(pid) ? HIDDEN : undefined;
  const { code, output } = await runCommand('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
  return code !== 0 || output === '' || output.startsWith('Z') ? undefined : shortHash(output.replace(/^\S+\s+/, ''));
}

async function linuxIdentity(pid: number): Promise<string | undefined> {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    // proc_pid_stat(5): the name in parentheses may hold anything; state and start time are fields 3 and 22.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X') return undefined;
    return `${startTicks}b${shortHash(await readFile('/proc/sys/kernel/random/boot_id', 'utf8'))}`;
  } catch (error) {
    // A process that ends between open and read gives ESRCH.
    if (hasCode(error, 'ENOENT', 'ESRCH')) return pidExists(pid) ? HIDDEN : undefined;
    throw error;
  }
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** Whether the process that had this identity still runs; true when that cannot be told. */
export async function isStillRunning(pid: number, identity: string): Promise<boolean> {
  const current = await processIdentity(pid);
  return current !== undefined && (current === identity || current === HIDDEN);
}

/** True for a zombie too: PostgreSQL judges by this alone. */
export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** Whether `pid` is a running PostgreSQL of this cluster folder, and not a stranger that was given the pid of a dead one. */
export async function isServerOf(pid: number, clusterFolder: string): Promise<boolean> {
  if ((await processIdentity(pid)) === undefined) return false;
  if (process.platform === 'linux' && existsSync('/proc/self/stat')) return await linuxIsServerOf(pid, clusterFolder);
  if (process.platform === 'linux' || process.platform === 'win32') return true;
  const { output } = await runCommand('ps', ['-o', 'comm=', '-p', String(pid)]);
  return output.includes('postgres');
}

async function linuxIsServerOf(pid: number, clusterFolder: string): Promise<boolean> {
  try {
    // PostgreSQL runs as the owner of its folder, and enters it before it writes its pid there.
    const [processFolder, folder] = await Promise.all([stat(`/proc/${pid}`), stat(clusterFolder)]);
    if (processFolder.uid !== folder.uid) return false;
    return (await readlink(`/proc/${pid}/cwd`)) === clusterFolder;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return false;
    // Not ours to look into: better a refusal later than a second server on one folder.
    if (hasCode(error, 'EACCES', 'EPERM')) return true;
    throw error;
  }
}

/** Whether the operating system (`ENOENT`) or PostgreSQL (`28P01`) gave the error one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

/** Asks `attempt` every `everyMs` until it gives a value, at most `waitMsMax`; then gives `undefined`. */
export async function pollUntil<T>(
  attempt: () => Promise<T | undefined>,
  options: { readonly everyMs: number; readonly waitMsMax: number },
): Promise<T | undefined> {
  const deadline = performance.now() + options.waitMsMax;
  for (;;) {
    const value = await attempt();
    if (value !== undefined || performance.now() > deadline) return value;
    await sleep(options.everyMs);
  }
}
