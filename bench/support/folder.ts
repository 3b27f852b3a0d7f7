import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For the data of one bench, which removes it. As root the server runs as another user, who must be able to enter: its cluster would stay elsewhere. */
export async function benchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'textwright-bench-'));
  await chmod(folder, 0o755);
  return folder;
}
