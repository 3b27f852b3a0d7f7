import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, type HttpWorld, httpWorld, PASSWORD } from '../../test/http-world.ts';
import { jsonLines, runCli } from './cli.fixture.ts';
import { runProgram } from './program.ts';
import { Output } from './shell.ts';

const folder = await mkdtemp(join(tmpdir(), 'textwright-user-'));
afterAll(() => rm(folder, { recursive: true }));

describe('the only owner, who has forgotten the password,', () => {
  let world: HttpWorld;
  let owner: Client;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    world = await httpWorld();
    owner = await world.owner();
    env = { DATABASE_URL: world.database.connectionString };
  });
  const set = (email: string, stdin: string) =>
    runCli(['user', 'set-password', email, '--stdin', '--json'], { cwd: folder, env, stdin });
  const signIn = async (password: string) =>
    (await world.client().post('/v1/sign-in', { email: 'olivia@example.com', password })).status;

  it('gives a new one on standard input, and is signed out elsewhere', async () => {
    const run = await set('Olivia@Example.com', 'battery staple horse\n');
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(jsonLines(run)).toEqual([{ email: 'olivia@example.com', role: 'owner', active: true, endedSessions: 1 }]);
    expect(await signIn('battery staple horse')).toBe(200);
    expect(await signIn(PASSWORD)).toBe(401);
    expect((await owner.get('/v1/me')).status).toBe(401);
    const { rows } = await sql<{ actor: string; detail: object }>`
      select actor, detail from audit_entry where action = 'user.password_set'`.execute(world.database.db);
    expect(rows).toEqual([{ actor: expect.stringMatching(/^cli:/), detail: {} }]);
  });

  it.each([
    ['a password that is too short', 'olivia@example.com', 'short', 'expected 10 to 200 characters, got 5'],
    [
      'an unknown address',
      'oliva@example.com',
      'battery staple',
      'nobody signs in with oliva@example.com; there are olivia',
    ],
  ])('is refused %s', async (_, email, password, words) => {
    expect(await set(email, password)).toMatchObject({ code: 1, out: '', err: expect.stringContaining(words) });
    expect(await signIn('battery staple horse')).toBe(200);
  });

  it('must say so when nobody can be asked', async () => {
    const run = await runCli(['user', 'set-password', 'olivia@example.com'], { cwd: folder, env });
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining('--stdin') });
  });

  it.each([
    [['typed by hand 1', 'typed by hand 1'], 0, 200],
    [['typed by hand 2', 'typed by hend 2'], 1, 401],
    [['typed by hand 3', undefined], 1, 401],
  ])('is asked twice on a terminal: %j', async (answers, code, status) => {
    const questions: string[] = [];
    const told: string[] = [];
    const stdout = new PassThrough();
    const exitCode = await runProgram(['user', 'set-password', 'olivia@example.com'], {
      env,
      workingDir: folder,
      out: new Output(stdout, undefined),
      tell: (line) => told.push(line),
      columns: undefined,
      progress: () => undefined,
      stdin: () => Readable.from([]),
      ask: undefined,
      askSecretly: async (question) => answers[questions.push(question) - 1],
      interruption: () => new AbortController().signal,
    });
    stdout.end();
    expect([exitCode, questions]).toEqual([code, ['New password: ', 'Once more: ']]);
    expect(`${await text(stdout)}${told.join('')}`).not.toContain('by hand');
    expect(await signIn(answers[0] ?? '')).toBe(status);
  });
});
