import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyTables } from '../../test/around-triggers.ts';
import { somebodyWaits } from '../../test/concurrency.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { tidyImports } from '../contacts/tidy-imports.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database.ts';
import { type CliRun, FIXTURES, jsonLines, runCli, startCli } from './cli.fixture.ts';

const database = await testDatabase();
const { db, connectionString } = database;
const MESSY = join(FIXTURES, 'contacts-messy.csv');
const expected = JSON.parse(await readFile(join(FIXTURES, 'contacts-messy.expected.json'), 'utf8'));
const folder = await mkdtemp(join(tmpdir(), 'textwright-cli-'));
afterAll(() => rm(folder, { recursive: true }));
const NO_RUN: CliRun = { code: null, out: '', err: '' };

const cli = (...args: readonly string[]): Promise<CliRun> =>
  runCli(args, { cwd: folder, env: { DATABASE_URL: connectionString } });

async function contactCount(): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from contact`.execute(db);
  return rows[0]?.n ?? -1;
}

describe('the messy file, checked, imported, and imported again', () => {
  const runs: Record<'checked' | 'imported' | 'listed' | 'importedAgain' | 'listedAgain', CliRun> = {
    checked: NO_RUN,
    imported: NO_RUN,
    listed: NO_RUN,
    importedAgain: NO_RUN,
    listedAgain: NO_RUN,
  };
  let contactsAfterCheck = -1;
  beforeAll(async () => {
    runs.checked = await cli('import', MESSY, '--json', '--dry-run');
    contactsAfterCheck = await contactCount();
    runs.imported = await cli('import', MESSY, '--json');
    runs.listed = await cli('contact', 'list', '--json');
    runs.importedAgain = await cli('import', MESSY);
    runs.listedAgain = await cli('contact', 'list', '--json');
  });

  it.each(['checked', 'imported'] as const)('is %s as its makers counted, with every refused row', (step) => {
    expect(runs[step]).toMatchObject({ code: 0, err: '' });
    const [report] = jsonLines(runs[step]) as { readonly refused: readonly unknown[] }[];
    expect(report).toEqual({
      rows: expected.rows,
      contacts: expected.contacts,
      mergedRows: expected.mergedRows,
      erasedContacts: 0,
      consents: null,
      refusedRows: expected.refusedRows,
      refusedByReason: expected.refusedByReason,
      refused: expect.any(Array),
    });
    expect(report?.refused).toHaveLength(expected.refusedRows);
    expect(report?.refused.slice(0, expected.refusedFirst.length)).toEqual(expected.refusedFirst);
  });

  it('is only read by the check', () => {
    expect(contactsAfterCheck).toBe(0);
  });

  it('comes out of contact list as it should, each contact once', () => {
    const listed = jsonLines(runs.listed) as { readonly phone: string }[];
    expect(listed).toHaveLength(expected.contacts);
    expect(new Set(listed.map((contact) => contact.phone)).size).toBe(expected.contacts);
    for (const sample of expected.samples)
      expect(listed.find((contact) => contact.phone === sample.phone)).toMatchObject(sample);
    expect(Object.keys(listed[0] ?? {})).toEqual([
      'phone',
      'firstName',
      'lastName',
      'email',
      'company',
      'street',
      'city',
      'state',
      'postalCode',
      'tags',
    ]);
  });

  it('changes nothing the second time, and says so to people', () => {
    expect(runs.importedAgain).toMatchObject({ code: 0, err: '' });
    expect(runs.importedAgain.out).toContain('0 new, 0 updated, 1,304 as they were');
    expect(runs.importedAgain.out).toMatch(/invalid_phone +66 +54, 76, 81/);
    expect(runs.listedAgain.out).toBe(runs.listed.out);
  });

  it('is kept with who imported it', async () => {
    const { rows } = await sql<{ actor: string; action: string }>`select actor, action from audit_entry`.execute(db);
    const imported = { actor: expect.stringMatching(/^cli:.+/), action: 'import.completed' };
    expect(rows).toEqual([imported, imported]);
  });
});

const emptyImports = () => emptyTables(db, 'contact', 'import_run', 'import_refusal', 'audit_entry');

it('takes the columns from --map and gives the tags of --tag', async () => {
  await emptyImports();
  await writeFile(join(folder, 'odd.csv'), 'a=b,Src\n617-555-0123,fair\n');
  const run = await cli('import', 'odd.csv', '--map', 'a=b=Phone', '--map', '1=attribute:source', '--tag', 'home show');
  expect(run).toMatchObject({ code: 0 });
  const shown = await cli('contact', 'show', '(617) 555-0123', '--json');
  expect(jsonLines(shown)).toMatchObject([
    { phone: '+16175550123', tags: ['home show'], attributes: { source: 'fair' }, timeline: [{ kind: 'import' }] },
  ]);
});

it('keeps stray quotes whose meaning is clear, and names the place of any other', async () => {
  await emptyImports();
  await writeFile(join(folder, 'inches.csv'), 'Phone,Note\n6175550123,"needs 12" pipe, soon"\n');
  expect(await cli('import', 'inches.csv')).toMatchObject({ code: 0, err: '' });
  const shown = await cli('contact', 'show', '6175550123', '--json');
  expect(jsonLines(shown)).toMatchObject([{ attributes: { notes: 'needs 12" pipe, soon' } }]);

  await writeFile(join(folder, 'open.csv'), 'Name,Phone\n"Ann,6175550123\n"Bob",6175550124\n');
  const refused = await cli('import', 'open.csv');
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toMatch(
    /^textwright: open.csv: the row that begins on line 2 has a quote .*“"Ann,6175550123 "Bob"/,
  );
  expect(await contactCount()).toBe(1);
});

it('killed in the middle is said to be interrupted, and runs again', async () => {
  await emptyImports();
  const other = openDatabase({ connectionString, applicationName: 'other', maxConnections: 1 });
  await sql`begin`.execute(other.db);
  await sql`lock table contact in exclusive mode`.execute(other.db);
  const child = startCli(['import', MESSY], { cwd: folder, env: { DATABASE_URL: connectionString } });
  const ended = once(child, 'close');
  await somebodyWaits(db);
  child.kill('SIGKILL');
  await ended;
  await sql`rollback`.execute(other.db);
  await other.close();

  const runs = sql<{ state: string; error: string | null }>`select state, error from import_run`;
  let [run] = (await runs.execute(db)).rows;
  expect(run).toEqual({ state: 'running', error: null });
  // Its connection notices with its next word to the command that the latter is gone.
  while (run?.state === 'running') {
    await tidyImports({ config: { dataDir: folder }, database, clock: systemClock, newUuid: testWorld().newUuid });
    [run] = (await runs.execute(db)).rows;
  }
  expect(run).toEqual({ state: 'failed', error: expect.stringContaining('interrupted: ') });
  expect(await contactCount()).toBe(0);
  expect((await cli('import', MESSY)).out).toContain('1,304 new');
});

describe('a file that cannot be imported leaves nothing behind', () => {
  beforeAll(emptyImports);

  it.each([
    ['empty', '', [], 'is empty'],
    ['binary', '\x7fELF\0\0\0\x01', [], 'CSV UTF-8'],
    ['a header alone', 'Phone\n', [], 'no row below it'],
    ['without numbers', 'a,b\n1,2\n', [], '--map'],
    ['mapped by a column that it lacks', 'Phone\n617-555-0123\n', ['--map', 'Tel=phone'], 'column "Tel"'],
    ['with a quote that is never closed', 'Phone,Name\n617-555-0123,"Ann\n', [], 'quote'],
  ])('%s', async (_case, content, options, message) => {
    await writeFile(join(folder, 'bad.csv'), content);
    for (const dryRun of [['--dry-run'], []]) {
      const run = await cli('import', 'bad.csv', '--json', ...options, ...dryRun);
      expect(run).toMatchObject({ code: 1, out: '' });
      expect(run.err).toContain('bad.csv: ');
      expect(run.err).toContain(message);
    }
    expect(await contactCount()).toBe(0);
  });
});

it('a file beyond the limit is refused by its size, before anything is made for it', async () => {
  await writeFile(join(folder, 'huge.csv'), 'Phone\n617-555-0123\n');
  // Sparse: it has this size and takes no room.
  await truncate(join(folder, 'huge.csv'), 2 * 1024 ** 3 + 1);
  const runs: CliRun[] = [];
  for (const dryRun of [['--dry-run'], []])
    runs.push(
      await runCli(['import', 'huge.csv', ...dryRun], {
        cwd: folder,
        env: { TEXTWRIGHT_DATA_DIR: join(folder, 'none') },
      }),
    );
  for (const run of runs) {
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toMatch(
      /^textwright: huge\.csv: this file has .* at most 2,048 MiB can be imported at once: split it into parts\n$/,
    );
  }
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

describe('contact', () => {
  beforeAll(async () => {
    await emptyImports();
    await sql`
      insert into contact (id, phone, first_name, state, tags, zone_group, source, created_at, updated_at)
      select ('00000000-0000-7000-8000-00000000000' || n)::uuid, '+1617555010' || n, (array['Ann', 'Cy', 'Bo'])[n],
        (array['MA', 'MA', 'NH'])[n], (array['{lead}', '{}', '{lead}'])[n]::text[], 'MA|America/New_York', 'staff',
        timestamptz '2026-01-01Z' + n * interval '1 minute', '2026-01-01Z'
      from generate_series(1, 3) n`.execute(db);
  });

  it.each([
    [
      ['--state', 'massachusetts'],
      ['Cy', 'Ann'],
    ],
    [['--tag', 'lead', '--limit', '1'], ['Bo']],
    [['--search', '0102'], ['Cy']],
    [['--state', 'TX'], []],
  ])('list %j', async (options, names) => {
    const run = await cli('contact', 'list', '--json', ...options);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(jsonLines(run)).toMatchObject(names.map((firstName) => ({ firstName })));
  });

  it.each([
    ['a number that nobody has', '617-555-0199', 'no contact has the number +16175550199'],
    ['an id that nobody has', `con_${'0'.repeat(32)}`, 'does not exist'],
    ['neither number nor id', 'Ann', 'neither a phone number nor an id'],
  ])('show refuses %s', async (_case, reference, message) => {
    const run = await cli('contact', 'show', reference);
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain(message);
  });
});
