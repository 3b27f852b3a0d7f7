import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { insertContacts } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { sealWaiting } from '../compliance/seal-audit.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { runTx } from '../platform/database.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const world = testWorld();
const folder = await mkdtemp(join(tmpdir(), 'evidence-'));
afterAll(() => rm(folder, { recursive: true }));
const cli = (...args: readonly string[]): Promise<CliRun> =>
  runCli(args, { env: { DATABASE_URL: connectionString, TEXTWRIGHT_DATA_DIR: folder } });

const phone = '+16175550123';
await insertContacts(db, world, [{ phone, firstName: 'Zelda' }]);
await runTx(db, (tx) =>
  suppressNumber(tx, world, {
    ...{ phone, reason: 'opt_out', channel: 'sms', actor: 'contact' },
    evidence: { text: 'STOP', saidAt: '2026-11-17T15:00:00Z' },
    saidAt: world.clock.now(),
  }),
);
await sealWaiting({ db, clock: world.clock });

it('exports what is known of a number, verifies the file without a database, and names what was changed in it', async () => {
  const read = await cli('compliance', 'evidence', '(617) 555-0123');
  expect(read).toMatchObject({ code: 0 });
  expect(read.out).toMatch(/Asked not to be texted \(by text\)\n {4}\| STOP\n/);
  const pdf = join(folder, 'evidence.pdf');
  const exported = await cli('compliance', 'evidence', phone, '--json', '--pdf', pdf);
  expect((await readFile(pdf)).subarray(0, 5).toString()).toBe('%PDF-');
  const path = join(folder, 'evidence.json');
  await writeFile(path, exported.out);
  const verify = () => runCli(['compliance', 'verify', path]);
  expect(await verify()).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+:[0-9a-f]{64}\n$/) });
  const draft = await cli('compliance', 'report', 'No such campaign');
  expect(draft).toMatchObject({ code: 1, err: expect.stringContaining('no campaign is called') });
  await writeFile(path, exported.out.replace('"STOP"', '"Stop by on Tuesday"'));
  expect(await verify()).toMatchObject({ code: 1, out: '', err: expect.stringContaining('was changed') });
});

it('rehearses an erasure, asks for the number, and erases', async () => {
  const args = ['contact', 'erase', phone, '--reason', 'Asked by letter'];
  const rehearsed = await cli(...args, '--dry-run');
  expect(rehearsed).toMatchObject({ code: 0, err: expect.stringContaining('Nothing was changed') });
  expect(rehearsed.out).toMatch(/ {2}1 contact\n/);
  expect(await cli(...args)).toMatchObject({ code: 2, err: expect.stringContaining('add --yes') });
  const [done] = jsonLines(await cli(...args, '--yes', '--json'));
  expect(done).toMatchObject({ id: expect.stringMatching(/^era_/), removed: { contacts: 1 } });
  expect(await cli('contact', 'show', phone)).toMatchObject({ code: 1, err: expect.stringContaining('no contact') });
  const after = await cli('compliance', 'evidence', phone);
  expect(after.out).toContain('The person was erased by');
  expect(after.out).not.toContain('| STOP');
});
