import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import {
  AS_ROOT,
  asSuperuser,
  clusterOf,
  credentialsOf,
  dataDirIn,
  FAST,
  hasServer,
  isRunning,
  killServer,
  PLATFORM,
  pidFileOf,
  processes,
  query,
  serverPid,
  shareDataFolder,
  startProcess,
  temporaryFolder,
} from './embedded-postgres-kit.fixture.ts';

const usedDataDir = shareDataFolder();

describe('a first start', () => {
  it('creates a database that belongs to a role without superuser rights', async () => {
    const postgres = await startEmbeddedPostgres({ dataDir: usedDataDir() });
    const rows = await query(
      postgres.connectionString,
      `select d.datname, r.rolname as owner, r.rolsuper, r.rolcreatedb, pg_encoding_to_char(d.encoding) as encoding,
        d.datlocprovider as provider, d.datlocale as locale, upper('é') as upper
      from pg_database d join pg_roles r on r.oid = d.datdba where d.datname = current_database()`,
    );
    expect(rows).toEqual([
      {
        datname: 'textwright',
        owner: 'textwright',
        rolsuper: false,
        rolcreatedb: true,
        encoding: 'UTF8',
        provider: 'b',
        locale: 'C.UTF-8',
        upper: 'É',
      },
    ]);
    await postgres.close();
  });

  it('runs a durable server in UTC that only this machine can reach', async () => {
    const dataDir = usedDataDir();
    const postgres = await startEmbeddedPostgres({
      dataDir,
      settings: { work_mem: '7MB', search_path: `"it's", public` },
    });
    const rows = await query(
      postgres.connectionString,
      `select name, setting from pg_settings where name in ('listen_addresses', 'fsync', 'synchronous_commit',
        'full_page_writes', 'data_checksums', 'jit', 'TimeZone', 'max_connections', 'password_encryption', 'work_mem',
        'search_path')`,
    );
    expect(Object.fromEntries(rows.map((row) => [row['name'], row['setting']]))).toEqual({
      listen_addresses: '127.0.0.1',
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      jit: 'off',
      TimeZone: 'UTC',
      max_connections: '100',
      password_encryption: 'scram-sha-256',
      work_mem: '7168',
      search_path: `"it's", public`,
    });
    const { searchParams, port } = new URL(postgres.connectionString);
    const socket = join(searchParams.get('host') ?? 'none', `.s.PGSQL.${port}`);
    expect(statSync(socket).isSocket()).toBe(true);
    expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
    const [reached] = await query(postgres.connectionString, 'select inet_client_addr() as address');
    expect(reached).toEqual({ address: null });
    const wrong = postgres.connectionString.replace(/:[^:@]+@/, ':wrong@');
    await expect(query(wrong, 'select 1')).rejects.toThrow('password authentication failed');
    await postgres.close();
  });

  it('keeps the passwords from everybody else', async () => {
    const dataDir = dataDirIn(temporaryFolder());
    const postgres = await startEmbeddedPostgres({ dataDir, settings: FAST });
    const password = new URL(postgres.connectionString).password;
    expect(password.length).toBeGreaterThanOrEqual(32);
    expect(statSync(credentialsOf(dataDir)).mode & 0o777).toBe(0o600);
    expect(statSync(clusterOf(dataDir)).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).not.toContain(password);
    await postgres.close();
    expect(readdirSync(dataDir).sort()).toEqual([
      'postgres',
      'postgres-credentials.json',
      'postgres-lock',
      'postgres.log',
    ]);
    expect(readdirSync(join(dataDir, 'postgres-lock'))).toEqual([]);
  });

  it('does not depend on the path or on the environment', async () => {
    const dataDir = join(temporaryFolder(), `Größe 数据 'a" $b \\c`);
    const holder = startProcess(dataDir, {
      env: {
        ...{
          PGHOST: '203.0.113.1',
          PGPORT: '1',
          PGDATA: '/nowhere',
          PGUSER: 'nobody',
          PGPASSWORD: 'x',
          PGDATABASE: 'x',
        },
        ...{ PGSSLMODE: 'require', PGSSLNEGOTIATION: 'direct', PGOPTIONS: '-c role=nobody', PGAPPNAME: 'x' },
        ...{ LC_ALL: 'xx_YY.bogus', LANG: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu', PGTZ: 'Asia/Kathmandu' },
      },
    });
    const rows = await query(
      await holder.ready(),
      `select current_setting('TimeZone') as zone, current_setting('lc_messages') as messages`,
    );
    expect(rows).toEqual([{ zone: 'UTC', messages: 'C' }]);
    await holder.close();
    expect(hasServer(dataDir)).toBe(false);
  });
});

describe('a folder that can hold no socket', () => {
  const expectTcp = async ({ connectionString }: { readonly connectionString: string }): Promise<void> => {
    expect(new URL(connectionString).searchParams.get('host')).toBeNull();
    const [reached] = await query(connectionString, 'select host(inet_client_addr()) as address');
    expect(reached).toEqual({ address: '127.0.0.1' });
  };

  it('because it is too deep, is served over TCP', async () => {
    const dataDir = join(temporaryFolder(), 'deep'.repeat(30));
    const postgres = await startEmbeddedPostgres({ dataDir, settings: FAST });
    await expectTcp(postgres);
    await postgres.close();
  });

  it('because the system lets none be made there, is served over TCP', async () => {
    const dataDir = dataDirIn(temporaryFolder());
    const first = await startEmbeddedPostgres({ dataDir, settings: FAST });
    const { port } = new URL(first.connectionString);
    await first.close();
    mkdirSync(join(clusterOf(dataDir), `.s.PGSQL.${port}.lock`));
    const logs: string[] = [];
    const second = await startEmbeddedPostgres({ dataDir, settings: FAST, log: (line) => logs.push(line) });
    await expectTcp(second);
    expect(logs).toContainEqual(expect.stringContaining('no socket can lie in'));
    await second.close();
  });
});

describe('a later start', () => {
  it('finds the data and, when it is free, the port again', async () => {
    const dataDir = usedDataDir();
    const first = await startEmbeddedPostgres({ dataDir, settings: FAST });
    await query(first.connectionString, 'create or replace view kept as select 42 as answer');
    await first.close();
    expect(hasServer(dataDir)).toBe(false);
    const second = await startEmbeddedPostgres({ dataDir, settings: FAST });
    expect(second.connectionString).toBe(first.connectionString);
    expect(await query(second.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.close();
  });

  it('takes another port when its own is taken, and remembers that one', async () => {
    const dataDir = usedDataDir();
    const first = await startEmbeddedPostgres({ dataDir, settings: FAST });
    await first.close();
    const port = Number(new URL(first.connectionString).port);
    const stranger = createServer().listen(port, '127.0.0.1');
    await once(stranger, 'listening');
    const second = await startEmbeddedPostgres({ dataDir, settings: FAST });
    expect(new URL(second.connectionString).port).not.toBe(String(port));
    await second.close();
    stranger.close();
    const third = await startEmbeddedPostgres({ dataDir, settings: FAST });
    expect(third.connectionString).toBe(second.connectionString);
    await third.close();
  });

  it('sets new passwords when the credentials are lost, without losing data', async () => {
    const dataDir = usedDataDir();
    const first = await startEmbeddedPostgres({ dataDir, settings: FAST });
    await query(first.connectionString, 'create or replace view kept as select 42 as answer');
    await first.close();
    rmSync(credentialsOf(dataDir));
    const second = await startEmbeddedPostgres({ dataDir, settings: FAST });
    expect(new URL(second.connectionString).password).not.toBe(new URL(first.connectionString).password);
    expect(await query(second.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }]);
    const { username } = new URL(second.appConnectionString);
    expect(await query(second.appConnectionString, 'select current_user as name')).toEqual([{ name: username }]);
    await second.close();
  });
});

describe('several processes on one folder', () => {
  it('share one server, and the last one out stops it', async () => {
    const dataDir = usedDataDir();
    const first = startProcess(dataDir);
    const address = await first.ready();
    const second = startProcess(dataDir);
    expect(await second.ready()).toBe(address);
    const pid = serverPid(dataDir);
    await first.close();
    expect(await query(address, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(serverPid(dataDir)).toBe(pid);
    await second.close();
    expect(hasServer(dataDir)).toBe(false);
  });

  it('may all start and all stop at the same moment', async () => {
    const dataDir = dataDirIn(temporaryFolder());
    const crowd = Array.from({ length: 4 }, () => startProcess(dataDir));
    const addresses = await Promise.all(crowd.map((one) => one.ready()));
    expect(new Set(addresses).size).toBe(1);
    expect(crowd.flatMap((one) => one.logs).filter((line) => line.startsWith('started PostgreSQL'))).toHaveLength(1);
    await Promise.all(crowd.map((one) => one.close()));
    expect(hasServer(dataDir)).toBe(false);
  });

  it('count also within one process', async () => {
    const dataDir = usedDataDir();
    const [first, second] = await Promise.all([
      startEmbeddedPostgres({ dataDir, settings: FAST }),
      startEmbeddedPostgres({ dataDir, settings: FAST }),
    ]);
    await Promise.all([first.close(), first.close()]);
    expect(await query(second.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
    await second.close();
    expect(hasServer(dataDir)).toBe(false);
  });

  it('can join when the product has taken every connection', async () => {
    const dataDir = usedDataDir();
    const first = await startEmbeddedPostgres({ dataDir, settings: { ...FAST, max_connections: '10' } });
    const pool = new pg.Pool({ connectionString: first.connectionString, max: 20 });
    const held: pg.PoolClient[] = [];
    await expect(
      (async () => {
        for (;;) held.push(await pool.connect());
      })(),
    ).rejects.toThrow('reserved');
    const second = await startEmbeddedPostgres({ dataDir });
    await second.close();
    for (const client of held) client.release();
    await pool.end();
    await first.close();
  });

  it('keep the server although its keepers were thrown out', async () => {
    const dataDir = usedDataDir();
    const first = await startEmbeddedPostgres({ dataDir, settings: FAST });
    const second = startProcess(dataDir);
    await second.ready();
    const address = asSuperuser(dataDir, first.connectionString);
    const keepers = `select pid from pg_stat_activity where application_name like 'textwright-keeper%'`;
    const before = await query(address, keepers);
    await query(address, `select pg_terminate_backend(pid) from (${keepers}) as keeper`);
    await vi.waitFor(
      async () => {
        const after = await query(address, keepers);
        expect(after).toHaveLength(2);
        expect(after).not.toContainEqual(before[0]);
      },
      { timeout: 10_000, interval: 20 },
    );
    await second.close();
    expect(await query(first.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
    await first.close();
    expect(hasServer(dataDir)).toBe(false);
  });
});

describe('after kill -9', () => {
  it('of the process that started it, the server goes on and is used by the next', async () => {
    const dataDir = usedDataDir();
    const first = startProcess(dataDir);
    const address = await first.ready();
    const pid = serverPid(dataDir);
    await first.kill();
    const logs: string[] = [];
    const second = await startEmbeddedPostgres({ dataDir, log: (line) => logs.push(line) });
    expect(second.connectionString).toBe(address);
    expect(logs).toEqual([expect.stringContaining(`using the PostgreSQL (pid ${pid})`)]);
    await second.close();
    expect(hasServer(dataDir)).toBe(false);
  });

  it('of another user of the server, the last living one still stops it', async () => {
    const dataDir = usedDataDir();
    const first = startProcess(dataDir);
    const second = startProcess(dataDir);
    const [address] = await Promise.all([first.ready(), second.ready()]);
    const [keeper] = await query(
      asSuperuser(dataDir, address),
      `select pid from pg_stat_activity where application_name like 'textwright-keeper ${second.pid} %'`,
    );
    // Its connection lingers as long as we want, and so does the stopping of the server.
    const backend = Number(keeper?.['pid']);
    process.kill(backend, 'SIGSTOP');
    await second.kill();
    const closed = first.close();
    await vi.waitFor(() => expect(readFileSync(pidFileOf(dataDir), 'utf8')).toContain('stopping'), { interval: 10 });
    process.kill(backend, 'SIGCONT');
    await closed;
    expect(hasServer(dataDir)).toBe(false);
  });

  it('of everything, committed rows survive', async () => {
    const dataDir = usedDataDir();
    const first = startProcess(dataDir, { settings: {} });
    await query(await first.ready(), 'create or replace view kept as select 42 as answer');
    await Promise.all([first.kill(), killServer(dataDir)]);
    expect(hasServer(dataDir)).toBe(true);
    const second = await startEmbeddedPostgres({ dataDir });
    expect(await query(second.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toContain('automatic recovery in progress');
    await second.close();
  });

  it('of the server alone, its user can still close', async () => {
    const dataDir = usedDataDir();
    const first = startProcess(dataDir);
    await first.ready();
    await killServer(dataDir);
    await first.close();
    const second = await startEmbeddedPostgres({ dataDir, settings: FAST });
    await second.close();
  });

  it('of the postmaster alone, a busy child of it is waited for', async () => {
    const dataDir = usedDataDir();
    const first = startProcess(dataDir);
    const busy = new pg.Client({ connectionString: await first.ready() });
    busy.on('error', () => undefined);
    await busy.connect();
    const { rows } = await busy.query('select pg_backend_pid() as pid');
    const child: number = rows[0].pid;
    process.kill(child, 'SIGSTOP');
    const postmaster = serverPid(dataDir);
    process.kill(postmaster, 'SIGKILL');
    await first.kill();
    const second = startProcess(dataDir);
    await vi.waitFor(
      () => expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toContain('pre-existing shared memory block'),
      { timeout: 10_000, interval: 10 },
    );
    process.kill(child, 'SIGKILL');
    await second.ready();
    await second.close();
    await busy.end().catch(() => undefined);
  });

  it.each([
    ['an unrelated process', (stranger: number) => `${stranger}\n`],
    ['nobody, being empty', () => ''],
    ['nobody, being nonsense', () => 'nonsense\n'],
  ])('a pid file that names %s does not stand in the way', async (_, firstLine) => {
    const dataDir = usedDataDir();
    const first = startProcess(dataDir);
    await first.ready();
    await Promise.all([first.kill(), killServer(dataDir)]);
    const { uid, gid } = statSync(clusterOf(dataDir));
    const stranger = spawn('sleep', ['60'], { cwd: '/', stdio: 'ignore', ...(AS_ROOT ? { uid, gid } : {}) });
    processes.push(stranger);
    await once(stranger, 'spawn');
    const rest = readFileSync(pidFileOf(dataDir), 'utf8').split('\n').slice(1).join('\n');
    const line = firstLine(stranger.pid ?? 0);
    writeFileSync(pidFileOf(dataDir), line === '' ? '' : `${line}${rest}`);
    // The lock of its socket was left behind as well.
    const [lock = 'none'] = readdirSync(clusterOf(dataDir)).filter((name) => /^\.s\.PGSQL\.\d+\.lock$/.test(name));
    const lockFile = join(clusterOf(dataDir), lock);
    writeFileSync(lockFile, readFileSync(lockFile, 'utf8').replace(/^\d+/, String(stranger.pid)));
    const second = await startEmbeddedPostgres({ dataDir, settings: FAST });
    await second.close();
    expect(isRunning(stranger.pid ?? 0)).toBe(true);
  });

  it('in the middle of creating the database, the next start creates it', async () => {
    const dataDir = dataDirIn(temporaryFolder());
    const first = startProcess(dataDir);
    await vi.waitFor(
      () => expect(readdirSync(dataDir).some((name) => name.startsWith('postgres.initialising-'))).toBe(true),
      { timeout: 10_000, interval: 5 },
    );
    await first.kill();
    const second = await startEmbeddedPostgres({ dataDir, settings: FAST });
    await second.close();
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.initialising-'))).toEqual([]);
  });
});

describe('a process that forgets to close', () => {
  it('can end, and its server is found by the next', async () => {
    const dataDir = usedDataDir();
    const script = `const { startEmbeddedPostgres } = await import(process.argv[1]);
      await startEmbeddedPostgres({ dataDir: process.argv[2], settings: { fsync: 'off' } });`;
    const entry = join(PLATFORM, 'embedded-postgres.ts');
    execFileSync(process.execPath, ['--input-type=module', '-e', script, entry, dataDir], { timeout: 15_000 });
    expect(isRunning(serverPid(dataDir))).toBe(true);
    const next = await startEmbeddedPostgres({ dataDir });
    await next.close();
    expect(hasServer(dataDir)).toBe(false);
  });
});
