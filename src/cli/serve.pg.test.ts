import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { systemClock } from '../platform/clock.ts';
import { uuidSource } from '../platform/ids.ts';
import { systemRandom } from '../platform/random.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { FIXTURES, jsonLines, runCli, startCli } from './cli.fixture.ts';

const database = await testDatabase();
const { db, connectionString } = database;
const folder = await mkdtemp(join(tmpdir(), 'textwright-serve-'));
afterAll(() => rm(folder, { recursive: true }));

/** A server that says where it listens, and how it ended once it is told to. */
async function serve(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = startCli(args, { cwd: folder, env: { PORT: '0', LOG_LEVEL: 'warn', ...env } });
  if (child.stdout === null || child.stderr === null) throw new Error('the child has no pipes');
  const err = text(child.stderr);
  const ended = once(child, 'close');
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(async () => [await err])]);
  const over = async () => {
    await ended;
    return { code: child.exitCode, signal: child.signalCode, err: await err };
  };
  return {
    line: String(line),
    child,
    over,
    end(signal: NodeJS.Signals) {
      child.kill(signal);
      return over();
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

interface Asked {
  accept(gatewayId: string): void;
}

/** A gateway that takes a text and answers when it is told to. */
async function slowGateway() {
  const { promise: firstSend, resolve } = Promise.withResolvers<Asked>();
  const server = createServer(({ method }, response) => {
    const answer = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (method === 'POST') resolve({ accept: (id) => answer(202, { data: { id, status: 'queued' } }) });
    else answer(200, { data: [] });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gateway listens nowhere');
  return {
    url: `http://127.0.0.1:${address.port}`,
    firstSend,
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('told to end while a gateway has a text and has not answered', () => {
  const key = Buffer.alloc(32, 7);
  const env = {
    TEXTWRIGHT_DATA_DIR: join(folder, 'drain'),
    DATABASE_URL: connectionString,
    TEXTWRIGHT_SECRET_KEY: key.toString('base64'),
  };
  const world = {
    clock: systemClock,
    newUuid: uuidSource({ clock: systemClock, random: systemRandom }),
    secrets: secretsWithKey(key, systemRandom),
  };

  /** A worker, and a reply of somebody in the office on its way; replies know no quiet hours. */
  async function sending(phone: string) {
    const gateway = await slowGateway();
    const { id: accountId, laneIds } = await insertAccount(db, world, {
      baseUrl: gateway.url,
      apiKey: 'key',
      lanes: [{ gatewayRef: 'PN1', phone }],
    });
    const messageId = world.newUuid();
    const now = systemClock.now();
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, created_at)
      values (${messageId}, ${accountId}, ${laneIds[0]}, 'outbound', 'reply', '+16175550123', 'Yes', 'GSM-7', 1, 'pending', ${now}, ${now})`.execute(
      db,
    );
    const worker = await serve(['worker', '--json'], env);
    const send = await gateway.firstSend;
    const message = async () =>
      (await sql`select state, gateway_message_id from message where id = ${messageId}`.execute(db)).rows[0];
    expect(await message()).toEqual({ state: 'handing_over', gatewayMessageId: null });
    return { worker, send, message, gateway };
  }

  it('waits for the answer and records it', async () => {
    const { worker, send, message, gateway } = await sending('+16175550201');
    worker.child.kill('SIGTERM');
    if (worker.child.stderr === null) throw new Error('the child has no pipes');
    await once(worker.child.stderr, 'data');
    send.accept('AC1');
    expect(await worker.over()).toMatchObject({ code: 0, err: expect.stringContaining('finished first') });
    expect(await message()).toEqual({ state: 'sent', gatewayMessageId: 'AC1' });
    gateway.close();
  });

  it('and told once more, ends at once and leaves the text to be asked for, not to be sent again', async () => {
    const { worker, message, gateway } = await sending('+16175550202');
    const over = worker.over();
    const again = new AbortController();
    void over.then(() => again.abort());
    const toldAt = performance.now();
    // Signals that come together count once.
    while (!again.signal.aborted) {
      worker.child.kill('SIGTERM');
      await systemClock.sleep(50, again.signal);
    }
    expect(await over).toMatchObject({ code: 1, signal: null });
    expect(performance.now() - toldAt).toBeLessThan(5_000);
    expect(await message()).toEqual({ state: 'handing_over', gatewayMessageId: null });
    gateway.close();
  });
});

const NOWHERE = 'postgres://kim:s3cret@127.0.0.1:1/none';

it('waits for a database where nothing listens, says so, asks senders to come again, and can be ended', async () => {
  const env = { TEXTWRIGHT_DATA_DIR: join(folder, 'none'), DATABASE_URL: NOWHERE, PORT: '0' };
  const child = startCli(['serve'], { cwd: folder, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.stderr === null) throw new Error('the child has no pipes');
  const lines = createInterface(child.stderr);
  let said = '';
  for await (const line of lines) {
    said = line;
    if (said.startsWith('database')) break;
  }
  expect(said).toMatch(
    /^database none at 127\.0\.0\.1:1 as user kim: nothing listens there; start it, or correct DATABASE_URL\. Waiting for it at http:\S+; Ctrl-C ends$/,
  );
  const url = /http:[^\s;]+/.exec(said)?.[0];
  const asked = async (path: string, init: RequestInit = {}) => {
    const { status, headers } = await fetch(`${url}${path}`, init);
    return { status, type: headers.get('content-type'), retryAfter: headers.get('retry-after') };
  };
  const problem = { status: 503, type: 'application/problem+json', retryAfter: '5' };
  expect(await asked('/health/live')).toMatchObject({ status: 200 });
  expect(await asked('/health/ready')).toEqual(problem);
  expect(await asked('/v1/session')).toEqual(problem);
  expect(await asked('/', { headers: { accept: 'text/html' } })).toMatchObject({ status: 503, retryAfter: '5' });
  const post = { method: 'POST', body: '{}' };
  expect(await asked(`/webhooks/quo/acc_${'0'.repeat(32)}`, post)).toEqual(problem);
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

describe('refuses to start, in words and at once,', () => {
  it.each([['worker'], ['migrate']])('on a database where nothing listens: %s', async (command) => {
    const env = { TEXTWRIGHT_DATA_DIR: join(folder, 'none'), DATABASE_URL: NOWHERE };
    expect(await runCli([command], { cwd: folder, env })).toEqual({
      code: 1,
      out: '',
      err: expect.stringContaining(
        'textwright: database none at 127.0.0.1:1 as user kim: nothing listens there; start it, or correct DATABASE_URL\n',
      ),
    });
  });

  it.runIf(existsSync('/proc/self')).each([
    ['with its own database', {}],
    ['with one of somebody else', { DATABASE_URL: connectionString }],
  ])('in a data folder that cannot be made, %s', async (_, more) => {
    const run = await runCli(['serve'], { cwd: folder, env: { TEXTWRIGHT_DATA_DIR: '/proc/x', ...more } });
    expect(run).toMatchObject({ code: 1, out: '', err: expect.stringContaining('/proc takes no folders') });
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
    // Nor does an engine begin on it.
    expect(await runCli(['worker'], { cwd: folder, env: { ...env, PORT: '0' } })).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/schema is at version 1, this program needs \d+: run `textwright migrate` first/),
    });
    expect(await runCli(['migrate'], { env })).toMatchObject({ code: 0, out: expect.stringContaining('applied 0002') });
    expect(await runCli(['contact', 'list'], { env })).toMatchObject({ code: 0 });
  });

  it.each(['serve', 'worker'])(
    'refuses `%s` on a schema that is newer than the program, and says what to do',
    async (command) => {
      await sql`insert into schema_migration (version, name, sha256, applied_at) values (9999, 'future', 'x', now())`.execute(
        db,
      );
      const run = await runCli([command], { cwd: folder, env: { ...env, PORT: '0' } });
      await sql`delete from schema_migration where version = 9999`.execute(db);
      expect(run).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringMatching(
          /schema is at version \d+, newer than the \d+ that this program knows: start the newer program/,
        ),
      });
    },
  );
});
