import { describe, expect, it } from 'vitest';
import { runCli } from './cli.fixture.ts';

describe('wrong usage ends with 2, says what is wrong, and prints no data', () => {
  it.each([
    ['an unknown command, with a suggestion', ['explian'], 'Did you mean explain?'],
    ['an unknown verb', ['campaign', 'lunch'], 'Did you mean launch?'],
    ['an unknown option', ['contact', 'list', '--jsn'], 'Did you mean --json?'],
    ['an unknown role', ['serve', '--role', 'boss'], 'all, api, worker'],
    ['nothing to explain', ['explain', 'parts'], '--stdin'],
    ['an argument and standard input', ['explain', 'parts', 'a', '--stdin'], 'leave the argument out'],
    ['a contact that is no JSON', ['explain', 'template', 'a', '--contact', '{'], '--contact: not JSON'],
    ['too many arguments', ['explain', 'parts', 'a', 'b'], 'too many arguments'],
    ['a missing argument', ['import'], "missing required argument 'file'"],
    ['a field that does not exist', ['import', 'a.csv', '--map', 'Tel=fone'], 'expected phone'],
    ['a mapping without a column', ['import', 'a.csv', '--map', '=phone'], 'COLUMN=FIELD'],
    ['a limit of nothing', ['contact', 'list', '--limit', '0'], 'whole number from 1'],
    ['a campaign without a name', ['campaign', 'create', '--name', ' ', '--text', 'a'], '1 to 200'],
    ['no command', [], 'Examples:'],
  ])('%s', async (_case, args, message) => {
    const run = await runCli(args);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain(message);
  });
});

describe('help', () => {
  it.each([[['--help']], [['help', 'contact']], [['serve', '--help']], [['campaign', 'launch', '--help']]])(
    '%j begins with examples and ends with the exit codes',
    async (args) => {
      const run = await runCli(args, { env: { FORCE_COLOR: '1' } });
      expect(run).toMatchObject({ code: 0, err: '' });
      expect(run.out).toMatch(/^Examples:\n {2}textwright /);
      expect(run.out).toMatch(/Exit codes:\n {2}0 {2}done\n {2}1 .*\n {2}2 {2}called wrongly; nothing was tried\n$/);
      expect(run.out).not.toContain('\x1b');
    },
  );

  it('names every setting where the server is started', async () => {
    const { out } = await runCli(['serve', '--help']);
    for (const name of ['TEXTWRIGHT_DATA_DIR', 'DATABASE_URL', 'PORT', 'LOG_LEVEL']) expect(out).toContain(name);
  });

  it('prints the version', async () => {
    expect((await runCli(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('refusals end with 1 and name the thing, the value and the remedy', () => {
  it.each([
    [
      'a setting that is wrong',
      { DATABASE_URL: 'mysql://x' },
      'DATABASE_URL: expected an address starting with postgres://',
    ],
    [
      'a database that does not answer',
      { DATABASE_URL: 'postgres://ann:secret@127.0.0.1:1/shop' },
      'database shop at 127.0.0.1:1',
    ],
  ])('%s', async (_case, env, message) => {
    const run = await runCli(['contact', 'list'], { env });
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain(message);
    expect(run.err).not.toContain('secret');
  });

  it.each([
    ['a file that is not there', 'nowhere.csv', 'there is no such file'],
    ['a folder', '.', 'is no file'],
  ])('importing %s', async (_case, file, message) => {
    const run = await runCli(['import', file]);
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain(message);
  });
});
