import { chown, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  EmbeddedPostgresError,
  hasCode,
  isStillRunning,
  pollUntil,
  processIdentity,
} from './embedded-postgres-process.ts';
import { systemRandom } from './random.ts';

/**
 * Mutual exclusion between processes, kept in a folder of empty files (Lamport's bakery, 1974).
 *
 * Each claimant owns exactly one file whose name says all: `choosing-<pid>-<identity>-<nonce>`, renamed to
 * `ticket-<number>-<pid>-<identity>-<nonce>` once it has seen every ticket before it. The lowest ticket holds the lock.
 * A single lock file would need "delete it if its holder is dead", which two claimants can interleave so that one deletes the
 * other's fresh lock. Here a name never comes back, so that anybody may delete the file of a dead process at any time.
 */
const POLL_MS = 20;
const WAIT_MS_MAX = 60_000;

interface Claim {
  readonly file: string;
  /** `undefined` while choosing. */
  readonly ticket: number | undefined;
  readonly pid: number;
  readonly identity: string;
}

/**
 * Runs `work` while no other process (and no other call in this one) runs under the same folder, first come, first served.
 * Throws `EmbeddedPostgresError` naming the holder after `waitMsMax` (default one minute). The folder is created when missing.
 */
export async function withFolderLock<T>(
  options: { readonly folder: string; readonly waitMsMax?: number },
  work: () => Promise<T>,
): Promise<T> {
  const { folder, waitMsMax = WAIT_MS_MAX } = options;
  const file = await takeTicket(folder);
  try {
    if ((await pollUntil(() => isMyTurn(folder, file), { everyMs: POLL_MS, waitMsMax })) === undefined)
      throw await waitedTooLong(folder, file, waitMsMax);
    return await work();
  } finally {
    await rm(join(folder, file), { force: true });
  }
}

async function takeTicket(folder: string): Promise<string> {
  await createLockFolder(folder);
  const identity = await processIdentity(process.pid);
  const me = `${process.pid}-${identity}-${Buffer.from(systemRandom.bytes(6)).toString('hex')}`;
  const choosing = join(folder, `choosing-${me}`);
  await (await open(choosing, 'wx')).close();
  try {
    const tickets = (await liveClaims(folder)).map((claim) => claim.ticket ?? 0);
    const file = `ticket-${String(Math.max(0, ...tickets) + 1).padStart(9, '0')}-${me}`;
    await rename(choosing, join(folder, file));
    return file;
  } catch (error) {
    await rm(choosing, { force: true });
    throw error;
  }
}

async function isMyTurn(folder: string, file: string): Promise<true | undefined> {
  // Two listings, in this order: who is gone from the first as a chooser has a ticket that the second shows.
  if ((await liveClaims(folder)).some((claim) => claim.ticket === undefined)) return undefined;
  return (await firstTicket(folder))?.file === file ? true : undefined;
}

async function firstTicket(folder: string): Promise<Claim | undefined> {
  const tickets = (await liveClaims(folder)).filter((claim) => claim.ticket !== undefined);
  return tickets.sort((a, b) => (a.file < b.file ? -1 : 1))[0];
}

/** The claims of running processes; those of dead ones are removed on the way. */
async function liveClaims(folder: string): Promise<Claim[]> {
  const claims = (await readdir(folder)).map(parseClaim).filter((claim) => claim !== undefined);
  const alive = await Promise.all(claims.map((claim) => isStillRunning(claim.pid, claim.identity)));
  await Promise.all(claims.filter((_, i) => !alive[i]).map((claim) => rm(join(folder, claim.file), { force: true })));
  return claims.filter((_, i) => alive[i]);
}

function parseClaim(file: string): Claim | undefined {
  const match = /^(?:choosing|ticket-(\d+))-(\d+)-(\w+)-[0-9a-f]+$/.exec(file);
  if (match === null) return undefined;
  const [, ticket, pid = '', identity = ''] = match;
  return { file, ticket: ticket === undefined ? undefined : Number(ticket), pid: Number(pid), identity };
}

async function createLockFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    throw error;
  }
  // After one start with sudo, the owner of the data folder must still be able to take the lock.
  const parent = await stat(dirname(folder));
  if (process.geteuid?.() === 0) await chown(folder, parent.uid, parent.gid);
}

async function waitedTooLong(folder: string, file: string, waitedMs: number): Promise<EmbeddedPostgresError> {
  const holder = await firstTicket(folder);
  const who = holder === undefined || holder.file === file ? 'another process' : `process ${holder.pid}`;
  return new EmbeddedPostgresError(
    `data folder ${dirname(folder)}: ${who} has been starting or stopping the database for over ${waitedMs / 1000} s ` +
      `(lock in ${folder}). Wait until it is done, or end ${who}, and start again`,
  );
}
