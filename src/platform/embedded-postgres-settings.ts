import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';

const MIB = 2 ** 20;
/** What PostgreSQL keeps in memory by itself: with less, the indexes of a campaign of a million people do not fit. */
const BUFFERS_MIN = 128 * MIB;
const BUFFERS_MAX = 1_024 * MIB;
const BUFFERS_SHARE = 1 / 8;

/** Bytes; an eighth of the memory that this machine, or the container that we run in, has. */
export function buffersFor(memory: number): number {
  return Math.min(BUFFERS_MAX, Math.max(BUFFERS_MIN, Math.floor(memory * BUFFERS_SHARE)));
}

/** Zero and absurdly much: no limit. */
function memoryHere(): number {
  const limit = constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** For one machine that does other things as well. What an owner sets with ALTER SYSTEM wins over these. */
export const ownSettings = (): Readonly<Record<string, string>> => ({
  max_connections: '100',
  shared_buffers: `${Math.floor(buffersFor(memoryHere()) / MIB)}MB`,
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  wal_level: 'replica',
  min_wal_size: '128MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '10min',
  random_page_cost: '1.1',
  // Compiling costs more than it saves on queries of milliseconds.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Errors of statements reach the caller; in the log they would repeat phone numbers ("Key (e164)=(+1...) already exists").
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
});
