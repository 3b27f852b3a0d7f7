import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const ROOM_BYTES = 4 * 2 ** 30;

/**
 * Where databases of tests lie: in memory where there is room. Each test begins by copying the files of a database, which takes a
 * disk ten times as long.
 */
export function quickFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize >= ROOM_BYTES ? '/dev/shm' : tmpdir();
  } catch {
    // Only Linux has it.
    return tmpdir();
  }
}
