import { spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type CliRun, finished, NODE, ROOT } from './cli.fixture.ts';

const BIN = join(ROOT, 'bin/textwright');
const temp = await mkdtemp(join(tmpdir(), 'textwright bin '));
afterAll(() => rm(temp, { recursive: true }));

const SYSTEM_PATH = '/usr/bin:/bin';
const run = (program: string, options: { args?: readonly string[]; path?: string } = {}): Promise<CliRun> =>
  finished(
    spawn(program, options.args ?? ['explain', 'parts', 'a b'], {
      cwd: '/',
      env: { PATH: [options.path, SYSTEM_PATH].filter(Boolean).join(delimiter) },
    }),
  );
const WORKS = { code: 0, out: 'GSM-7, 3 units, 1 part\n', err: '' };

/** A `node` that says to be of this version and runs nothing. */
async function nodeOfVersion(version: string): Promise<string> {
  const folder = await mkdtemp(join(temp, 'node '));
  // What comes first and is no option of node is the program.
  const program = 'for arg; do case $arg in -*) ;; *) echo "ran $(basename "$arg")"; exit ;; esac; done';
  await script(join(folder, 'node'), `[ "$1" = --version ] && echo ${version} && exit\n${program}`);
  return folder;
}

async function script(path: string, text: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
}

describe('in a checkout', () => {
  it('runs from another folder', async () => {
    expect(await run(BIN)).toEqual(WORKS);
  });

  it('runs through links, also relative ones and links to links, in folders with blanks', async () => {
    await mkdir(join(temp, 'some bin'), { recursive: true });
    await symlink(BIN, join(temp, 'some bin/first link'));
    await symlink('some bin/first link', join(temp, 'second link'));
    expect(await run(join(temp, 'second link'))).toEqual(WORKS);
  });

  it.each([
    ['v20.20.2', WORKS.out],
    ['v22.17.1', WORKS.out],
    ['v23.5.0', WORKS.out],
    ['v22.18.0', 'ran main.ts\n'],
    ['v23.6.0', 'ran main.ts\n'],
    ['v24.0.0', 'ran main.ts\n'],
    ['v100.1.0', 'ran main.ts\n'],
    ['nonsense', WORKS.out],
  ])('with a node that is %s', async (version, out) => {
    const folder = await nodeOfVersion(version);
    expect((await run(BIN, { path: folder })).out).toBe(out);
  });

  it('makes the pages before it serves them, and keeps standard output for data', async () => {
    const root = await mkdtemp(join(temp, 'checkout '));
    await mkdir(join(root, 'node_modules/vite'), { recursive: true });
    for (const folder of ['bin', 'scripts', 'src/cli']) await mkdir(join(root, folder), { recursive: true });
    await copyFile(BIN, join(root, 'bin/textwright'));
    await writeFile(join(root, 'scripts/ensure-web.ts'), 'console.log("building")');
    await writeFile(join(root, 'src/cli/main.ts'), 'console.log(process.argv.slice(2).join("|"))');
    const bin = (...args: readonly string[]) => run(join(root, 'bin/textwright'), { args, path: dirname(NODE) });
    expect(await bin('serve', '--json')).toEqual({ code: 0, out: 'serve|--json\n', err: 'building\n' });
    expect(await bin('demo')).toMatchObject({ out: 'demo\n', err: 'building\n' });
    for (const args of [['serve', '--help'], ['serve', '--role', 'worker'], ['worker'], ['import', 'serve']])
      expect(await bin(...args)).toMatchObject({ code: 0, err: '' });
    await writeFile(join(root, 'scripts/ensure-web.ts'), 'process.exit(1)');
    expect(await bin('serve')).toMatchObject({ code: 0, out: 'serve\n', err: expect.stringContaining('not built') });
    await rm(join(root, 'node_modules/vite'), { recursive: true });
    expect(await bin('serve')).toMatchObject({ code: 0, err: '' });
  });

  it('keeps the working folder and the arguments as they are', async () => {
    const text = `it's "a"  b\n$HOME *`;
    expect((await run(BIN, { args: ['explain', 'opt-out', text, '--json'] })).out).toContain(JSON.stringify(text));
    expect((await run(BIN, { args: ['import', 'nowhere.csv'] })).err).toContain('looked for /nowhere.csv');
  });
});

describe('elsewhere', () => {
  /** A folder with the launcher and these files. */
  async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
    const root = await mkdtemp(join(temp, 'package '));
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
    await mkdir(join(root, 'bin'));
    await copyFile(BIN, join(root, 'bin/textwright'));
    return root;
  }

  it('asks for npm ci in a checkout without packages', async () => {
    const root = await folderWith({ 'src/cli/main.ts': '' });
    const { code, err } = await run(join(root, 'bin/textwright'));
    expect({ code, err }).toEqual({
      code: 1,
      err: `textwright: the packages are not installed: run npm ci first in ${root}\n`,
    });
  });

  it('runs dist/ of an installed package', async () => {
    const root = await folderWith({
      'dist/cli/main.js': 'console.log(process.argv.slice(2).join("|"))',
      'package.json': '{"type":"module"}',
    });
    expect((await run(join(root, 'bin/textwright'), { path: dirname(NODE) })).out).toBe('explain|parts|a b\n');
  });

  it('needs the versions that package.json says', async () => {
    const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    expect(manifest.engines.node).toBe('^22.18.0 || >=23.6.0');
    const root = await folderWith({ 'dist/cli/main.js': '' });
    const code = async (version: string) =>
      (await run(join(root, 'bin/textwright'), { path: await nodeOfVersion(version) })).code;
    for (const version of ['v20.20.2', 'v22.17.9', 'v23.5.9'])
      expect([version, await code(version)]).toEqual([version, 1]);
    for (const version of ['v22.18.0', 'v22.99.0', 'v23.6.0', 'v24.0.0'])
      expect([version, await code(version)]).toEqual([version, 0]);
  });

  it('names the version that it needs when there is only an old node', async () => {
    const root = await folderWith({ 'dist/cli/main.js': '' });
    const { code, err } = await run(join(root, 'bin/textwright'), { path: await nodeOfVersion('v20.20.2') });
    expect(code).toBe(1);
    expect(err).toContain('Node.js 22.18 or newer is needed, found v20.20.2');
  });
});
