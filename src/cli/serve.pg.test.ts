import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { FIXTURES, jsonLines, runCli, startCli } from './cli.fixture.ts';

const { connectionString } = await testDatabase();
const folder = await mkdtemp(join(tmpdir(), 'textwright-serve-'));
afterAll(() => rm(folder, { recursive: true }));

/** A server that says where it listens, and how it ended once it is told to. */
async function serve(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = startCli(args, { cwd: folder, env: { PORT: '0', LOG_LEVEL: 'warn', ...env } });
  if (child.stdout === null || child.stderr === null) throw new Error('the child has no pipes');
  const err = text(child.stderr);
  const ended = once(child, 'close');
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(async () => [await err])]);
  return {
    line: String(line),
    async end(signal: NodeJS.Signals) {
      child.kill(signal);
      await ended;
      return { code: child.exitCode, signal: child.signalCode, err: await err };
    },
  };
}

describe('with its own database', () => {
  const env = { TEXTWRIGHT_DATA_DIR: join(folder, 'data') };

  it('is joined by commands while it runs, ends cleanly, and leaves what they did', async () => {
    const server = await serve(['serve'], env);
    expect(await fetch(`${server.line}/health/live`)).toMatchObject({ status: 200 });
    const imported = await runCli(['import', join(FIXTURES, 'contacts-messy.csv'), '--json'], { cwd: folder, env });
    expect(imported).toMatchObject({ code: 0, err: '' });
    expect(await server.end('SIGTERM')).toMatchObject({ code: 0, err: expect.stringContaining('finished first') });

    const listed = await runCli(['contact', 'list', '--json'], { cwd: folder, env });
    expect(jsonLines(listed)).toHaveLength(1_304);
    const status = await runCli(['migrate', '--status', '--json'], { cwd: folder, env });
    expect(jsonLines(status)).toMatchObject([{ applied: [], reverted: [] }]);
  });

  it('goes back in its schema only when told to, and forward by itself', async () => {
    const refused = await runCli(['migrate', '--down-to', '0'], { cwd: folder, env });
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('0001_core') });
    const reverted = await runCli(['migrate', '--down-to', '0', '--yes', '--json'], { cwd: folder, env });
    expect(jsonLines(reverted)).toMatchObject([{ version: 0, reverted: expect.arrayContaining(['0001_core']) }]);
    expect(await runCli(['contact', 'list', '--json'], { cwd: folder, env })).toEqual({ code: 0, out: '', err: '' });
  });
});

describe('with a database of somebody else', () => {
  const env = { TEXTWRIGHT_DATA_DIR: join(folder, 'keys'), DATABASE_URL: connectionString };

  it('tells address and role as JSON', async () => {
    const server = await serve(['serve', '--role', 'api', '--json'], env);
    expect(JSON.parse(server.line)).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), role: 'api' });
    expect(await server.end('SIGINT')).toMatchObject({ code: 0 });
  });

  it('runs a worker, which listens nowhere', async () => {
    const worker = await serve(['worker', '--json'], env);
    expect(JSON.parse(worker.line)).toEqual({ url: null, role: 'worker' });
    expect(await worker.end('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('leaves its schema alone and names the remedy', async () => {
    await runCli(['migrate', '--down-to', '1', '--yes'], { env });
    const run = await runCli(['contact', 'list'], { env });
    expect(run).toMatchObject({ code: 1, out: '', err: expect.stringContaining('textwright migrate') });
    expect(await runCli(['migrate'], { env })).toMatchObject({ code: 0, out: expect.stringContaining('applied 0002') });
    expect(await runCli(['contact', 'list'], { env })).toMatchObject({ code: 0 });
  });
});
