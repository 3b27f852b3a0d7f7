import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whenOver } from './when-over.ts';

/** An empty folder that goes with the test, or with the test file. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'textwright-folder-'));
  whenOver(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
