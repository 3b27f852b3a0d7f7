import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { everybodyAgrees, insertAccount, insertContacts, nameBusiness, testPhones } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const cli = (...args: readonly string[]): Promise<CliRun> => runCli(args, { env: { DATABASE_URL: connectionString } });

beforeAll(async () => {
  const world = testWorld();
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  const lanes = ['1', '2'].map((n) => ({ gatewayRef: `PN${n}`, phone: `+1617555900${n}` }));
  await insertAccount(db, { ...world, secrets }, { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes });
  await insertContacts(
    db,
    world,
    testPhones(2).map((phone) => ({ phone })),
  );
  await everybodyAgrees(db);
  await nameBusiness(db);
});

const create = (name: string, ...options: readonly string[]): Promise<CliRun> =>
  cli(
    'campaign',
    'create',
    '--name',
    name,
    '--text',
    'Acme: hi! Reply STOP to opt out.',
    '--all',
    '--json',
    ...options,
  );
const shown = async (name: string) => jsonLines(await cli('campaign', 'show', name, '--json'))[0];

describe('create', () => {
  it('takes how the campaign sends', async () => {
    const run = await create(
      'Slow',
      ...['--window', '9:00-18:00', '--max-per-hour', '20', '--max-per-day', '100', '--priority', '3'],
      // Local to the business, in New York.
      ...['--finish-by', '2036-11-20T17:00', '--pointless-hours', '2', '--pointless-action', 'ask', '--lane', 'PN2'],
    );
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(jsonLines(run)).toMatchObject([
      {
        window: { start: '09:00', end: '18:00' },
        pace: { maxPerHour: 20, maxPerDay: 100, finishBy: '2036-11-20T22:00:00Z' },
        pointless: { after: null, hoursAfterWindow: 2, action: 'ask', asks: false },
        priority: 3,
        laneIds: [expect.stringMatching(/^lane_/)],
      },
    ]);
    const page = (await cli('campaign', 'show', 'Slow')).out;
    for (const words of [
      /Hours +09:00 to 18:00 where people are/,
      /Pace +at most 20 texts an hour, at most 100 texts a day, spread evenly until Thu, Nov 20, 17:00 EST/,
      /Priority +3 of 1 \(first\) to 9 \(last\)/,
      /Pointless +2 hours after the window of the day of the launch; then a person is asked/,
    ])
      expect(page).toMatch(words);
  });

  it.each([
    ['hours that are none', ['--window', 'morning'], 'Expected hours as 09:00-18:00.'],
    ['hours that never open', ['--window', '18:00-09:00'], 'the hours from 18:00 to 09:00 never open'],
    ['no text an hour', ['--max-per-hour', '0'], 'Expected a whole number from 1.'],
    ['a time that is none', ['--finish-by', 'soon'], '--finish-by: expected a time as 2026-11-20T17:00'],
    ['a priority that does not exist', ['--priority', '10'], 'from 1 (first) to 9 (last), got 10'],
    ['pointless without what then', ['--pointless-hours', '2'], '--pointless-action drop, ask or go-on'],
    ['pointless without when', ['--pointless-action', 'drop'], '--pointless-after or --pointless-hours'],
    [
      'pointless at two times',
      ['--pointless-hours', '2', '--pointless-after', '2036-11-20T17:00', '--pointless-action', 'drop'],
      'give one of them',
    ],
  ])('refuses %s and makes nothing', async (_, options, message) => {
    const run = await create('Refused', ...options);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain(message);
    expect((await cli('campaign', 'list', '--search', 'Refused', '--json')).out).toBe('');
  });
});

describe('edit', () => {
  it('changes a draft, leaves what is not named, and takes limits away', async () => {
    await create(
      'Draft',
      '--max-per-hour',
      '20',
      '--priority',
      '3',
      '--pointless-hours',
      '2',
      '--pointless-action',
      'ask',
    );
    const run = await cli('campaign', 'edit', 'Draft', '--pointless-action', 'drop', '--lane', 'PN1', '--json');
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(jsonLines(run)).toMatchObject([
      { priority: 3, pace: { maxPerHour: 20 }, pointless: { hoursAfterWindow: 2, action: 'drop' }, revision: 2 },
    ]);
    await cli('campaign', 'edit', 'Draft', '--max-per-hour', 'none', '--pointless-after', 'none');
    expect(await shown('Draft')).toMatchObject({ pace: { maxPerHour: null }, pointless: null, revision: 3 });
  });

  it('changes a running campaign, says so, and keeps who did it', async () => {
    await create('Running');
    await cli('campaign', 'launch', 'Running', '--yes');
    const run = await cli('campaign', 'edit', 'Running', '--window', '10:00-17:00', '--max-per-day', '50');
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toContain('Changed "Running" (running); the engine obeys from its next turn');
    expect(run.out).toContain('at most 50 texts a day');
    expect(await shown('Running')).toMatchObject({ window: { start: '10:00', end: '17:00' }, pace: { maxPerDay: 50 } });
    const { rows } = await sql<{ actor: string }>`
      select actor from audit_entry where action = 'campaign.sending_changed'`.execute(db);
    expect(rows).toEqual([{ actor: expect.stringMatching(/^cli:/) }]);
  });

  it.each([
    ['nothing at all', [], 2, 'nothing to change'],
    ['hours outside of the law', ['--window', '04:00-06:00'], 1, 'Nobody can be texted from 04:00 to 06:00'],
    ['an end that is past', ['--finish-by', '2020-01-01T12:00:00Z'], 1, 'which is past'],
    ['a number that is not there', ['--lane', 'PN9'], 1, 'no number is called that'],
  ])('refuses %s and changes nothing', async (_, options, code, message) => {
    const before = await shown('Running');
    const run = await cli('campaign', 'edit', 'Running', ...options);
    expect(run).toMatchObject({ code, out: '' });
    expect(run.err).toContain(message);
    expect(await shown('Running')).toMatchObject({ revision: (before as { revision: number }).revision });
  });

  it('refuses a campaign that is over', async () => {
    await cli('campaign', 'cancel', 'Running', '--yes');
    const run = await cli('campaign', 'edit', 'Running', '--priority', '1');
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('is cancelled and cannot be edited') });
  });
});
