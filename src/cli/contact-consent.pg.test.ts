import { describe, expect, it } from 'vitest';
import { insertContacts } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const phone = '+16175550123';
await insertContacts(db, testWorld(), [{ phone }]);
const cli = (...args: readonly string[]): Promise<CliRun> =>
  runCli(['contact', 'consent', ...args], { env: { DATABASE_URL: connectionString } });
const FORM = ['--source', 'web_form', '--proof', 'formUrl=https://acme.example/join', '--proof', 'ip=203.0.113.7'];
const WORDS = ['--wording', 'I agree to get offers by text.', '--wording-version', 'v2'];

describe('contact consent', () => {
  it('says that nothing is recorded', async () => {
    const read = await cli('list', '(617) 555-0123');
    expect(read).toMatchObject({ code: 0, err: '' });
    expect(read.out).toMatch(/ {2}marketing +unknown +No consent is recorded\n/);
  });

  it('records a consent with its proof, and shows it', async () => {
    const done = await cli('grant', phone, '--kind', 'express_written', ...FORM, ...WORDS, '--at', '2026-05-03T14:30');
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toMatch(/marketing +written +Express written consent of 3 May 2026 from web form v2\n/);
    expect(done.out).toContain('    ip: 203.0.113.7\n');
    expect(done.out).toMatch(/ {4}\| I agree to get offers by text\.\n$/);
    const [shown] = jsonLines(await cli('list', phone, '--json'));
    expect(shown).toMatchObject({
      standings: [
        { purpose: 'marketing', state: 'written' },
        { purpose: 'informational', state: 'unknown' },
      ],
      data: [{ occurredAt: '2026-05-03T18:30:00Z', recordedBy: expect.stringMatching(/\(command line\)$/) }],
    });
  });

  it.each<[string, readonly string[], string]>([
    [
      'a proof that does not go with the source',
      ['--source', 'paper', '--proof', 'ip=203.0.113.7'],
      'evidence.document',
    ],
    ['a proof that is none', ['--source', 'paper', '--proof', 'drawer'], 'expected field=value'],
    ['no such time', [...FORM, '--at', 'yesterday'], '--at'],
    ['words without their version', [...FORM, '--wording', 'I agree'], 'go together'],
  ])('refuses %s', async (_case, args, why) => {
    const refused = await cli('grant', phone, '--kind', 'express', ...args);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain(why);
  });

  it('asks before it opts somebody out, and does so', async () => {
    const said = ['--source', 'member', '--proof', 'note=Said so on the phone'];
    const unanswered = await cli('revoke', phone, ...said);
    expect(unanswered).toMatchObject({ code: 2, out: '' });
    expect(unanswered.err).toContain('only the person can undo that');
    const [shown] = jsonLines(await cli('revoke', phone, ...said, '--yes', '--json'));
    expect(shown).toMatchObject({ standings: [{ state: 'opted_out' }, { state: 'opted_out' }] });
    const refused = await cli('grant', phone, '--kind', 'express', ...said);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('has opted out');
  });
});

describe('explain consent', () => {
  const at = (time: string, purpose?: string) => ({ phone, at: time, ...(purpose === undefined ? {} : { purpose }) });

  it('answers each line in order: what was in force then, to which words, and what is wrong with a line', async () => {
    const lines = [
      at('2026-05-03T18:29:59Z'),
      at('2026-05-03T14:30:00-04:00'),
      at('2026-05-03T18:30:00Z', 'transactional'),
      { phone: '(617) 555-0123' },
      { phone: '+16175550199' },
      { phone: 'Ann' },
      { phone, purpose: 'calls' },
    ];
    const run = await runCli(['explain', 'consent', '--stdin'], {
      env: { DATABASE_URL: connectionString },
      stdin: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    });
    const answers = jsonLines(run);
    const nothing = { state: 'unknown', kind: null, since: null, validUntil: null, eventId: null, wording: null };
    expect(answers[1]).toEqual({
      phone,
      purpose: 'marketing',
      at: '2026-05-03T18:30:00Z',
      state: 'written',
      kind: 'express_written',
      since: '2026-05-03T18:30:00Z',
      validUntil: null,
      eventId: expect.stringMatching(/^cns_/),
      wording: 'I agree to get offers by text.',
      wordingVersion: 'v2',
      sentence: 'Express written consent of 3 May 2026 from web form v2',
    });
    expect(answers).toMatchObject([
      nothing,
      {},
      { ...nothing, purpose: 'informational' },
      { state: 'opted_out', eventId: null },
      { ...nothing, phone: '+16175550199' },
      { error: { line: 6, message: expect.stringContaining('"Ann"') } },
      { error: { line: 7, message: expect.stringContaining('marketing, informational') } },
    ]);
    expect(run).toMatchObject({ code: 1, err: 'textwright: 2 lines of 7 could not be read\n' });
  });

  it('answers one number in words', async () => {
    const env = { DATABASE_URL: connectionString };
    const run = await runCli(['explain', 'consent', '617-555-0123', '--at', '2026-06-01T00:00:00Z'], { env });
    expect(run).toEqual({ code: 0, out: 'written: Express written consent of 3 May 2026 from web form v2\n', err: '' });
  });
});
