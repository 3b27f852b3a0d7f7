import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const cli = (...args: readonly string[]): Promise<CliRun> => runCli(args, { env: { DATABASE_URL: connectionString } });
const PHONES = testPhones(4);
let contactIds: readonly Uuid[];

/** Two people are in "Spring"; one more is tagged for it, one is not. The text to the second one is unknown. */
beforeAll(async () => {
  const world = testWorld();
  const secrets = secretsWithKey(new Uint8Array(32).fill(7), world.random);
  const lanes = [{ gatewayRef: 'PN1', phone: '+16175559001' }];
  const account = { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', lanes };
  const { laneIds } = await insertAccount(db, { ...world, secrets }, account);
  const roof = { firstName: 'Ann', tags: ['roof'] };
  contactIds = await insertContacts(
    db,
    world,
    PHONES.slice(0, 2).map((phone) => ({ phone, ...roof })),
  );
  await launchTestCampaign(db, world, { laneIds, name: 'Spring', audience: { tags: ['roof'] } });
  await insertContacts(db, world, [
    { phone: PHONES[2] ?? '', ...roof },
    { phone: PHONES[3] ?? '', tags: ['other'] },
  ]);
  await sql`update enrollment set state = 'unknown', lane_id = ${laneIds[0]} where contact_id = ${contactIds[1]}`.execute(
    db,
  );
  await sql`
    insert into message (id, account_id, lane_id, contact_id, direction, purpose, enrollment_id, phone, body, encoding, parts, state,
      attempts, lease_epoch, not_before, created_at, attempted_at)
    select ${world.newUuid()}, l.account_id, l.id, e.contact_id, 'outbound', 'campaign', e.id, e.phone, 'Hi', 'GSM-7', 1, 'unknown',
      1, 1, ${world.clock.now()}, ${world.clock.now()}, ${world.clock.now()}
    from enrollment e, lane l where e.state = 'unknown'`.execute(db);
});

describe('campaign people', () => {
  const people = async (...args: readonly string[]) =>
    jsonLines(await cli('campaign', 'people', 'spring', '--json', ...args)).map(
      (row) => (row as { phone: string }).phone,
    );

  it('lists everybody, or those in one state', async () => {
    expect(await people()).toEqual([PHONES[0], PHONES[1]]);
    expect(await people('--state', 'unknown')).toEqual([PHONES[1]]);
    expect((await cli('campaign', 'people', 'spring', '--limit', '1')).out).toContain(PHONES[0]);
  });

  it('lists who waits, by what for: each person once', async () => {
    const found: unknown[] = [];
    for (const reason of ['turn', 'quiet_hours', 'put_off', 'lane_paused', 'never_opens', 'stopped'])
      found.push(...(await people('--waits', reason)));
    expect(found).toEqual([PHONES[0]]);
  });

  it('refuses a reason that there is none', async () =>
    expect(await cli('campaign', 'people', 'spring', '--waits', 'weather')).toMatchObject({ code: 2 }));
});

describe('explain eligibility', () => {
  const explain = (...args: readonly string[]) => cli('explain', 'eligibility', '--campaign', 'spring', ...args);

  it('prints every rule with what it looked at, in the shape of the API', async () => {
    const run = await explain('--contact', '(617) 555-0000', '--json');
    expect(run).toMatchObject({ code: 0, err: '' });
    const [explained] = jsonLines(run);
    expect(explained).toMatchObject({
      campaign: { name: 'Spring' },
      contact: { id: showId('contact', contactIds[0] ?? ''), phone: PHONES[0] },
      standing: 'waits',
      enrollment: { state: 'pending' },
      text: { body: 'Hi Ann, shall we come by? Reply STOP to opt out.', parts: 1, priceCents: 1 },
    });
    expect(explained).toMatchObject({ rules: expect.arrayContaining([expect.objectContaining({ code: 'no_zone' })]) });
  });

  it('tells people the answer first, with what helps', async () => {
    const run = await explain('--contact', PHONES[3] ?? '');
    expect(run.code).toBe(0);
    expect(run.out).toMatch(/Why +Does not match the audience: is not tagged roof/);
    expect(run.out).toMatch(/What helps +Add this person/);
    expect(run.out).toMatch(/no +audience_tags +Does not match/);
  });

  it.each([
    ['nobody with that number', ['--contact', '+12135559999'], 1, 'no contact has the number'],
    ['no contact', [], 2, '--contact'],
    ['both ways at once', ['--contact', '+12135559999', '--stdin'], 2, '--stdin'],
  ])('refuses %s', async (_case, args, code, message) => {
    const run = await explain(...args);
    expect(run).toMatchObject({ code, out: '' });
    expect(run.err).toContain(message);
  });
});

describe('explain eligibility --stdin', () => {
  const ask = (args: readonly string[], ...lines: readonly unknown[]) =>
    runCli(['explain', 'eligibility', '--stdin', ...args], {
      env: { DATABASE_URL: connectionString },
      stdin: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    });

  it('answers each line as one question is answered, a bad one with what is wrong, and goes on', async () => {
    const run = await ask(
      [],
      { campaign: 'spring', contact: PHONES[3] },
      { campaign: 'autumn', contact: PHONES[0] },
      { contact: PHONES[0] },
      { campaign: 'spring', contact: '+12135559999' },
      { campaign: 'Spring', contact: showId('contact', contactIds[0] ?? '') },
    );
    const [left, noCampaign, unnamed, nobody, waiting] = jsonLines(run);
    expect(left).toMatchObject({ contact: { phone: PHONES[3] }, enrollment: null, sentence: expect.any(String) });
    expect(noCampaign).toEqual({ error: { message: expect.stringContaining('"autumn"'), line: 2 } });
    expect(unnamed).toEqual({ error: { message: expect.stringContaining('"campaign"'), line: 3 } });
    expect(nobody).toEqual({ error: { message: expect.stringContaining('no contact has the number'), line: 4 } });
    const first = { standing: 'waits', contact: { phone: PHONES[0] }, rules: expect.any(Array) };
    expect(waiting).toMatchObject(first);
    expect(jsonLines(await ask(['--campaign', 'spring'], { contact: PHONES[0] }))).toMatchObject([first]);
    expect(run).toMatchObject({ code: 1, err: 'textwright: 3 lines of 5 could not be read\n' });
  });
});

describe('campaign add-people', () => {
  const add = (...args: readonly string[]) => cli('campaign', 'add-people', 'Spring', ...args);

  it('shows who would join, asks, and adds them once', async () => {
    const dry = await add('--new-matches', '--dry-run', '--json');
    expect(jsonLines(dry)).toMatchObject([{ added: 1, alreadyIn: 2, sample: [{ phone: PHONES[2] }] }]);
    const unanswered = await add('--new-matches');
    expect(unanswered).toMatchObject({ code: 2, out: '' });
    expect(unanswered.err).toContain('Adds 1 person to "Spring"; 2 in it already');
    expect(jsonLines(await add('--new-matches', '--yes', '--json'))).toEqual([{ added: 1, alreadyIn: 2, leftOut: [] }]);
    expect((await add('--tag', 'roof', '--yes')).out).toBe('Added 0 people to "Spring"; 3 in it already\n');
    expect(jsonLines(await add('--contact', PHONES[3] ?? '', '--yes', '--json'))).toMatchObject([{ added: 1 }]);
  });

  it('must be told who, in one way', async () => {
    for (const args of [[], ['--new-matches', '--tag', 'roof']])
      expect(await add(...args, '--yes')).toMatchObject({ code: 2, out: '' });
  });
});

describe('campaign settle', () => {
  const settle = (...args: readonly string[]) => cli('campaign', 'settle', 'Spring', '--contact', ...args);

  it('asks before it sends again, needs a reason, and settles once', async () => {
    const [, phone = ''] = PHONES;
    const reason = ['--reason', 'not in the portal'];
    const again = await settle(phone, '--outcome', 'send_again', ...reason);
    expect(again).toMatchObject({ code: 2, out: '' });
    expect(again.err).toContain('gets it twice');
    expect((await settle(phone, '--outcome', 'drop', '--reason', 'x')).code).toBe(2);
    expect((await settle(phone, '--outcome', 'drop', '--gateway-id', 'AC1', ...reason)).code).toBe(2);
    const [lost] = jsonLines(await cli('message', 'unknown', '--json'));
    expect(lost).toMatchObject({ phone, purpose: 'campaign', messageId: expect.stringMatching(/^msg_/) });
    const dropped = await settle(phone, '--outcome', 'drop', ...reason, '--json');
    expect(jsonLines(dropped)).toEqual([{ contactId: showId('contact', contactIds[1] ?? ''), state: 'skipped' }]);
    const later = await settle(phone, '--outcome', 'sent', ...reason);
    expect(later).toMatchObject({ code: 1, out: '' });
    expect(later.err).toContain('settled already as skipped');
    const { messageId } = lost as { readonly messageId: string };
    const byItself = await cli('message', 'settle', messageId, '--outcome', 'sent', ...reason);
    expect(byItself).toMatchObject({ code: 1, err: expect.stringContaining('settled already as skipped') });
    expect(await cli('message', 'settle', phone, '--outcome', 'sent', ...reason)).toMatchObject({ code: 2, out: '' });
  });
});
