import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, PLATFORM, processes, temporaryFolder } from './embedded-postgres-kit.fixture.ts';
import { withFolderLock } from './embedded-postgres-lock.ts';

afterEach(cleanUp);

describe('the folder lock', () => {
  const holdForever = `const { withFolderLock } = await import(process.argv[1]);
    await withFolderLock({ folder: process.argv[2] }, async () => { console.log('inside'); await new Promise((resolve) => setTimeout(resolve, 60_000)); });`;

  it('of a killed process is free', async () => {
    const folder = join(temporaryFolder(), 'lock');
    const lockFile = join(PLATFORM, 'embedded-postgres-lock.ts');
    const holder = spawn(process.execPath, ['--input-type=module', '-e', holdForever, lockFile, folder]);
    processes.push(holder);
    await once(holder.stdout, 'data');
    await expect(withFolderLock({ folder, waitMsMax: 100 }, async () => 'mine')).rejects.toThrow(
      `process ${holder.pid}`,
    );
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await withFolderLock({ folder }, async () => 'mine')).toBe('mine');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['ticket-000000001', 'choosing'])(
    'of a process whose pid now belongs to another (%s) is free',
    async (claim) => {
      const folder = join(temporaryFolder(), 'lock');
      mkdirSync(folder);
      writeFileSync(join(folder, `${claim}-${process.pid}-1b00000000-abc123`), '');
      expect(await withFolderLock({ folder, waitMsMax: 1_000 }, async () => 'mine')).toBe('mine');
    },
  );

  it('held by a living process is waited for, then refused by naming folder, process and remedy', async () => {
    const folder = join(temporaryFolder(), 'lock');
    await withFolderLock({ folder }, async () => {
      const refused = withFolderLock({ folder, waitMsMax: 50 }, async () => undefined);
      await expect(refused).rejects.toThrow(
        `data folder ${dirname(folder)}: process ${process.pid} has been starting or stopping the database for over 0.05 s ` +
          `(lock in ${folder}). Wait until it is done, or end process ${process.pid}, and start again`,
      );
    });
    expect(await withFolderLock({ folder }, async () => 'mine')).toBe('mine');
  });

  it('lets one in at a time, and is given back by work that throws', async () => {
    const folder = join(temporaryFolder(), 'lock');
    let inside = 0;
    let insideMax = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      insideMax = Math.max(insideMax, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      throw new Error('work failed');
    };
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => withFolderLock({ folder }, work)));
    expect(results.map((result) => (result.status === 'rejected' ? result.reason.message : ''))).toEqual(
      Array.from({ length: 20 }, () => 'work failed'),
    );
    expect(insideMax).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});
