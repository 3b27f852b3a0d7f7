import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { explainFileError } from './embedded-postgres-folder.ts';
import {
  AS_ROOT,
  credentialsOf,
  dataDirIn,
  FAST,
  hasServer,
  query,
  serverPid,
  shareDataFolder,
  startProcess,
  temporaryFolder,
} from './embedded-postgres-kit.fixture.ts';

const usedDataDir = shareDataFolder();

describe('a start is refused with the reason and the remedy', () => {
  const refusal = (dataDir: string): Promise<string> =>
    startEmbeddedPostgres({ dataDir, settings: FAST }).then(
      async (started) => {
        await started.close();
        return 'started';
      },
      (error: Error) => `${error.name}: ${error.message}`,
    );

  it.each([
    ['the data folder is a file', ''],
    ['a folder above it is a file', 'below'],
  ])('when %s', async (_, below) => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'mine');
    const dataDir = join(file, below);
    expect(await refusal(dataDir)).toMatch(
      /^EmbeddedPostgresError: data folder .*file.* is a file where a folder is needed\. Move .* choose another data folder$/,
    );
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it.runIf(existsSync('/proc/self'))('when the folder above takes no folders', async () => {
    expect(await refusal('/proc/x/data')).toBe(
      'EmbeddedPostgresError: data folder /proc/x/data: /proc/x cannot be made, because /proc takes no folders. Choose another one with TEXTWRIGHT_DATA_DIR',
    );
  });

  it('when the data were made by another major version', async () => {
    const dataDir = usedDataDir();
    const versionFile = join(dataDir, 'postgres', 'PG_VERSION');
    writeFileSync(versionFile, '17\n');
    onTestFinished(() => writeFileSync(versionFile, '18\n'));
    expect(await refusal(dataDir)).toMatch(
      /database folder .*data\/postgres was made by PostgreSQL 17, and this installation brings PostgreSQL 18 .* pg_dump/,
    );
  });

  it('when the database folder holds something else', async () => {
    const dataDir = dataDirIn(temporaryFolder());
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres', 'holiday.jpg'), 'x');
    expect(await refusal(dataDir)).toContain(
      'holds files but no PostgreSQL database (PG_VERSION is missing). Move it away',
    );
  });

  it('when the database folder is a link to a folder that is gone', async () => {
    const dataDir = dataDirIn(temporaryFolder());
    mkdirSync(dataDir);
    symlinkSync(join(dataDir, 'gone'), join(dataDir, 'postgres'));
    expect(await refusal(dataDir)).toContain(`${dataDir}/postgres is a link to a database folder that is gone. Bring`);
  });

  it.each([
    [
      'do not fit',
      'it does not accept the passwords in',
      (text: string) => text.replaceAll(/assword": "./g, 'assword": "~'),
    ],
    ['are missing', 'postgres-credentials.json is missing. Put it back; or', undefined],
  ])('when a server runs there and its credentials %s', async (_, reason, change) => {
    const dataDir = usedDataDir();
    const holder = startProcess(dataDir);
    const address = await holder.ready();
    const credentials = readFileSync(credentialsOf(dataDir), 'utf8');
    onTestFinished(() => writeFileSync(credentialsOf(dataDir), credentials));
    if (change === undefined) rmSync(credentialsOf(dataDir));
    else writeFileSync(credentialsOf(dataDir), change(credentials));
    const message = await refusal(dataDir);
    expect(message).toContain(`data folder ${dataDir}: PostgreSQL (pid ${serverPid(dataDir)}, user `);
    expect(message).toContain(reason);
    expect(message).toContain(`kill -INT ${serverPid(dataDir)}`);
    expect(await query(address, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('when the server that it started does not accept the credentials, and that server is stopped', async () => {
    const dataDir = usedDataDir();
    const credentials = readFileSync(credentialsOf(dataDir), 'utf8');
    writeFileSync(credentialsOf(dataDir), credentials.replaceAll(/assword": "./g, 'assword": "~'));
    onTestFinished(() => writeFileSync(credentialsOf(dataDir), credentials));
    expect(await refusal(dataDir)).toMatch(
      /does not accept the passwords in .*\. Put back that file as it was; or .* remove the file and start again/,
    );
    expect(hasServer(dataDir)).toBe(false);
  });

  it('when the folder was moved under a running server', async () => {
    const dataDir = usedDataDir();
    const moved = `${dataDir}-moved`;
    const holder = startProcess(dataDir);
    await holder.ready();
    renameSync(dataDir, moved);
    try {
      expect(await refusal(moved)).toContain(`it serves ${dataDir}/postgres, which may have been moved while it ran`);
    } finally {
      renameSync(moved, dataDir);
    }
  });

  it('when the credentials are damaged', async () => {
    const dataDir = usedDataDir();
    const credentials = readFileSync(credentialsOf(dataDir), 'utf8');
    writeFileSync(credentialsOf(dataDir), '{');
    onTestFinished(() => writeFileSync(credentialsOf(dataDir), credentials));
    expect(await refusal(dataDir)).toContain(`${credentialsOf(dataDir)} is damaged. Restore it from a backup; or`);
  });

  it('when PostgreSQL does not like a setting, in its own words', async () => {
    const dataDir = usedDataDir();
    const started = startEmbeddedPostgres({ dataDir, settings: { ...FAST, shared_buffers: 'plenty' } });
    await expect(started).rejects.toThrow(/PostgreSQL did not start in .*shared_buffers.*postgres\.log/s);
    await (await startEmbeddedPostgres({ dataDir, settings: FAST })).close();
  });

  it('when the disk is full for our own files', async () => {
    const full = await writeFile('/dev/full', 'x').catch((error: unknown) => error);
    expect(await explainFileError(full, '/data')).toMatchObject({
      name: 'EmbeddedPostgresError',
      message: 'data folder /data: the disk of /data is full. Free some space, or choose a data folder on another disk',
      cause: full,
    });
  });

  it.runIf(AS_ROOT)('when the disk is full, before and after the database was created', async () => {
    const disk = temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100m,mode=755', 'tmpfs', disk]);
    try {
      const dataDir = dataDirIn(disk);
      const fill = (leaveBytes: number): void => {
        execFileSync('sh', [
          '-c',
          `dd if=/dev/zero of="$1/filling" bs=64k status=none || true; truncate -s -${leaveBytes} "$1/filling"`,
          'sh',
          disk,
        ]);
      };
      fill(3_000_000);
      expect(await refusal(dataDir)).toMatch(
        /data folder .*(The|the) disk .*is full.*choose a data folder on another disk/s,
      );
      expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
      rmSync(join(disk, 'filling'));
      await (await startEmbeddedPostgres({ dataDir, settings: FAST })).close();
      fill(0);
      expect(await refusal(dataDir)).toMatch(/data folder .*disk.* is full.*space/s);
      rmSync(join(disk, 'filling'));
      await (await startEmbeddedPostgres({ dataDir, settings: FAST })).close();
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      expect(await refusal(dataDir)).toContain(`${dataDir} lies on a disk that may not be written. Choose`);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
