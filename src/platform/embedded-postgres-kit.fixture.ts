import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { hasCode } from './embedded-postgres-process.ts';

export const AS_ROOT = process.geteuid?.() === 0;
export const PLATFORM = dirname(fileURLToPath(import.meta.url));
export const FAST = { fsync: 'off', shared_buffers: '32MB' };

interface Event {
  readonly log?: string;
  readonly ready?: string;
  readonly error?: string;
  readonly name?: string;
  readonly closed?: boolean;
}

export interface OtherProcess {
  readonly pid: number;
  readonly logs: readonly string[];
  /** The connection string; rejects with what the process said instead. */
  ready(): Promise<string>;
  /** The error message; rejects when the process got ready. */
  refusal(): Promise<string>;
  close(): Promise<void>;
  /** kill -9 of the process and of whatever it started in its own process group. */
  kill(): Promise<void>;
}

/** To be removed, with the databases in them, and to be killed after the test. */
export const folders: string[] = [];
export const processes: ChildProcess[] = [];

/** A folder that every user may enter, or one that only its owner may enter (0700, as mkdtemp makes it). */
export function temporaryFolder(access: 'open' | 'closed' = 'open'): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'textwright-pg-')));
  if (access === 'open') chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

export const dataDirIn = (folder: string): string => join(folder, 'data');

export function startProcess(
  dataDir: string,
  options: {
    readonly settings?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string>>;
    readonly user?: { readonly uid: number; readonly gid: number };
    readonly platform?: string;
  } = {},
): OtherProcess {
  const { settings = FAST, env = {}, user = {}, platform = PLATFORM } = options;
  const fixture = join(platform, 'embedded-postgres.fixture.ts');
  const child = spawn(process.execPath, [fixture, dataDir, JSON.stringify(settings)], {
    cwd: '/',
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
    // A process group of its own, so that `kill` can end all of it, as a closed terminal does.
    detached: true,
    ...user,
  });
  processes.push(child);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${process.execPath} could not be started`);
  const logs: string[] = [];
  const exited = once(child, 'exit');
  const outcome = new Promise<Event>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event: Event = JSON.parse(line);
      if (event.log !== undefined) logs.push(event.log);
      if (event.ready !== undefined || event.error !== undefined) resolve(event);
    });
    child.once('exit', (code) => reject(new Error(`the process ended (${code}) without a word`)));
    child.once('error', reject);
  });
  outcome.catch(() => undefined);
  return {
    pid,
    logs,
    ready: async () => {
      const event = await outcome;
      if (event.ready === undefined) throw new Error(event.error);
      return event.ready;
    },
    refusal: async () => {
      const event = await outcome;
      expect(event).toMatchObject({ name: 'EmbeddedPostgresError' });
      return event.error ?? '';
    },
    close: async () => {
      child.stdin.write('close\n');
      const [code] = await exited;
      expect(code).toBe(0);
    },
    kill: async () => {
      process.kill(-pid, 'SIGKILL');
      await exited;
    },
  };
}

export async function query(connectionString: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** The same address for the superuser, who may see and end what others do. */
export function asSuperuser(dataDir: string, connectionString: string): string {
  const { superuserPassword } = JSON.parse(readFileSync(credentialsOf(dataDir), 'utf8'));
  return connectionString.replace(/\/\/.*@/, `//postgres:${superuserPassword}@`);
}

export const clusterOf = (dataDir: string): string => realpathSync(join(dataDir, 'postgres'));
export const pidFileOf = (dataDir: string): string => join(clusterOf(dataDir), 'postmaster.pid');
export const serverPid = (dataDir: string): number => Number(readFileSync(pidFileOf(dataDir), 'utf8').split('\n')[0]);
export const hasServer = (dataDir: string): boolean => existsSync(pidFileOf(dataDir));
export const credentialsOf = (dataDir: string): string => join(dataDir, 'postgres-credentials.json');

export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** As a power cut would: the postmaster and all of its children at once, without a chance to clean up. */
export async function killServer(dataDir: string): Promise<void> {
  const pid = hasServer(dataDir) ? serverPid(dataDir) : 0;
  if (!isRunning(pid)) return;
  const children = [...readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').matchAll(/\d+/g)].map(Number);
  // The postmaster first, or it would start new children. Some may end by themselves before their turn.
  for (const victim of [pid, ...children]) killNow(victim);
  await vi.waitFor(() => expect([pid, ...children].filter(isRunning)).toEqual([]), { timeout: 10_000, interval: 10 });
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** Whatever a failed test left: servers, processes, folders, also the cluster behind a link. */
export async function cleanUp(): Promise<void> {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) {
    for (const name of existsSync(folder) ? readdirSync(folder) : []) await removeData(join(folder, name));
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function removeData(dataDir: string): Promise<void> {
  if (!existsSync(join(dataDir, 'postgres'))) return;
  await killServer(dataDir);
  if (lstatSync(join(dataDir, 'postgres')).isSymbolicLink()) rmSync(clusterOf(dataDir), { recursive: true });
}

/**
 * Registers the clean-up, and one data folder for all tests of the file whose database exists and is stopped (to create one takes a
 * second). A test that changes more than its content puts it back with `onTestFinished`.
 */
export function shareDataFolder(): () => string {
  let used = '';
  beforeAll(async () => {
    used = dataDirIn(temporaryFolder());
    folders.splice(0);
    await (await startEmbeddedPostgres({ dataDir: used, settings: FAST })).close();
  });
  afterEach(async () => {
    await killServer(used);
    await cleanUp();
  });
  afterAll(async () => {
    await removeData(used);
    rmSync(dirname(used), { recursive: true, force: true, maxRetries: 10 });
  });
  return () => used;
}
