import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolder } from './folder.ts';

const temp = await mkdtemp(join(tmpdir(), 'textwright-folder-'));
afterAll(() => rm(temp, { recursive: true }));

it('makes the folder and those above it, also when others make them at the same time', async () => {
  for (let round = 0; round < 50; round += 1) {
    const path = join(temp, `${round}/a/b/c`);
    const others = Array.from({ length: 8 }, () => makeFolder(path));
    await Promise.all([...others, makeFolder(join(path, 'd'), { mode: 0o700 })]);
    expect((await stat(path)).isDirectory()).toBe(true);
    await makeFolder(path);
  }
});

it('keeps to the mode that is asked for', async () => {
  await makeFolder(join(temp, 'private'), { mode: 0o700 });
  expect((await stat(join(temp, 'private'))).mode & 0o777).toBe(0o700);
});

it('fails where a file or a link to nowhere stands', async () => {
  await writeFile(join(temp, 'file'), '');
  await symlink(join(temp, 'nowhere'), join(temp, 'link'));
  await expect(makeFolder(join(temp, 'file'))).rejects.toThrow('EEXIST');
  await expect(makeFolder(join(temp, 'file/below'))).rejects.toThrow('ENOTDIR');
  await expect(makeFolder(join(temp, 'link'))).rejects.toThrow('EEXIST');
});

it.runIf(existsSync('/proc/self'))('fails where a folder takes no folders, instead of asking for ever', async () => {
  await expect(makeFolder('/proc/x/y')).rejects.toThrow(/ENOENT.*'\/proc\/x'/);
});
