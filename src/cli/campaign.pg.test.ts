import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { everybodyAgrees, nameBusiness } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { TAKE_OFF_BATCH, takeOffQueue } from '../campaigns/take-off-job.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const cli = (...args: readonly string[]): Promise<CliRun> => runCli(args, { env: { DATABASE_URL: connectionString } });

/** Two lanes, of which one is off, and three contacts, of which one has opted out. */
beforeAll(async () => {
  await sql`
    insert into gateway_account (id, kind, name, base_url, environment, api_key_sealed, state, created_at, updated_at)
    values ('00000000-0000-7000-8000-000000000001', 'quo', 'Office', 'http://127.0.0.1:1', 'sandbox', 'sealed', 'active',
      '2026-01-01Z', '2026-01-01Z')`.execute(db);
  await sql`
    insert into lane (id, account_id, gateway_ref, phone, name, zone, state, state_reason, created_at, updated_at)
    select ('00000000-0000-7000-8000-00000000001' || n)::uuid, '00000000-0000-7000-8000-000000000001', 'PN' || n,
      '+1617555900' || n, 'Line ' || n, 'America/New_York', case n when 1 then 'active' else 'off' end,
      case n when 1 then null else 'not used' end, '2026-01-01Z', '2026-01-01Z'
    from generate_series(1, 2) n`.execute(db);
  await sql`
    insert into contact (id, phone, first_name, state, tags, zone_group, source, created_at, updated_at)
    select ('00000000-0000-7000-8000-00000000002' || n)::uuid, '+1617555010' || n, 'Ann', 'MA', array['lead'],
      'MA|America/New_York', 'import', '2026-01-01Z', '2026-01-01Z'
    from generate_series(1, 3) n`.execute(db);
  await sql`
    insert into suppression (id, phone, reason, channel, evidence, created_at)
    values ('00000000-0000-7000-8000-000000000030', '+16175550103', 'opt_out', 'sms', '{}', '2026-01-01Z')`.execute(db);
  await everybodyAgrees(db);
  await nameBusiness(db);
});

const TEXT = ['--text', 'Hi {first_name|there}, Acme here. Reply STOP to opt out.'];

async function createDraft(name: string, ...audience: readonly string[]): Promise<string> {
  const everyone = audience.length === 0 ? ['--all'] : [];
  const run = await cli('campaign', 'create', '--name', name, ...TEXT, '--json', ...everyone, ...audience);
  const [draft] = jsonLines(run) as { readonly id: string }[];
  return draft?.id ?? '';
}

describe('create', () => {
  it('makes a draft of labelled texts, an audience and a lane', async () => {
    const texts = ['--text', 'Long=Hi {first_name|there}, see a=b', '--text', 'see you: a=b'];
    const audience = ['--tag', 'lead', '--state', 'massachusetts', '--not-contacted-days', '30'];
    const run = await cli('campaign', 'create', '--name', ' Two ', ...texts, ...audience, '--lane', 'line 1', '--json');
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(jsonLines(run)).toMatchObject([
      {
        id: expect.stringMatching(/^cmp_/),
        name: 'Two',
        state: 'draft',
        audience: { tags: ['lead'], states: ['MA'], notContactedDays: 30 },
        variants: [
          { label: 'Long', body: 'Hi {first_name|there}, see a=b' },
          { label: 'B', body: 'see you: a=b' },
        ],
        laneIds: ['lane_00000000000070008000000000000011'],
      },
    ]);
  });

  it('is for every contact when that is said', async () => {
    const run = await cli('campaign', 'create', '--name', 'Everyone', ...TEXT, '--all');
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toContain('to all contacts');
    expect(jsonLines(await cli('campaign', 'show', 'Everyone', '--json'))).toMatchObject([{ audience: { all: true } }]);
  });

  it('takes every active lane when none is named', async () => {
    await createDraft('Every lane');
    expect(jsonLines(await cli('campaign', 'show', 'every lane', '--json'))).toMatchObject([
      { laneIds: ['lane_00000000000070008000000000000011'] },
    ]);
  });

  it.each([
    ['a brace that is not closed', ['--all', '--text', 'Hi {first_name'], 1, 'position 3'],
    ['a lane that does not exist', ['--all', ...TEXT, '--lane', 'Line 9'], 1, 'there are Line 1 +16175559001, Line 2'],
    ['six texts', ['--all', ...Array.from('abcdef').flatMap((text) => ['--text', text])], 2, 'variants'],
    [
      'no audience',
      TEXT,
      2,
      'no audience is chosen: give --tag, --state, --city or --not-contacted-days, or --all for every contact',
    ],
    ['everybody and a condition', [...TEXT, '--all', '--tag', 'lead'], 2, '--all is every contact: leave it out, or'],
  ])('refuses %s and makes nothing', async (_case, options, code, message) => {
    const run = await cli('campaign', 'create', '--name', 'Refused', ...options);
    expect(run).toMatchObject({ code, out: '' });
    expect(run.err).toContain(message);
    expect((await cli('campaign', 'list', '--search', 'Refused', '--json')).out).toBe('');
  });
});

describe('launch', () => {
  it('is refused before anybody has said which business sends', async () => {
    await sql`delete from setting where key = 'business'`.execute(db);
    await createDraft('Nameless');
    const message = 'Nobody has said yet which business sends';
    const review = await cli('campaign', 'launch', 'Nameless', '--dry-run', '--json');
    expect(jsonLines(review)).toMatchObject([{ problems: [{ message: expect.stringContaining(message) }] }]);
    const refused = await cli('campaign', 'launch', 'Nameless', '--yes');
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining(message) });
    expect(jsonLines(await cli('campaign', 'show', 'Nameless', '--json'))).toMatchObject([{ state: 'draft' }]);
    await nameBusiness(db);
  });

  it('is reviewed, refused without an answer, launched with --yes, paused, resumed and cancelled', async () => {
    const id = await createDraft('Spring');
    const reviewed = await cli('campaign', 'launch', 'spring', '--dry-run', '--json');
    expect(reviewed).toMatchObject({ code: 0, err: '' });
    const [review] = jsonLines(reviewed);
    expect(review).toMatchObject({
      campaign: { id, name: 'Spring' },
      matched: 3,
      textable: 2,
      excluded: [{ reason: 'opted_out', count: 1 }],
      problems: [],
      parts: { total: 2 },
      costCents: 2,
      lanes: [{ name: 'Line 1', leftToday: 125 }],
    });

    const unanswered = await cli('campaign', 'launch', 'Spring');
    expect(unanswered).toMatchObject({ code: 2, out: '' });
    for (const shown of [
      '2 people of 3 contacts',
      '1: Asked not to be texted',
      '$0.02',
      '$0.01 for a text of 1 part: 2 people',
      'Line 1 +16175559001',
      '--yes',
    ])
      expect(unanswered.err).toContain(shown);
    expect(jsonLines(await cli('campaign', 'show', id, '--json'))).toMatchObject([{ state: 'draft' }]);

    const launched = await cli('campaign', 'launch', id, '--yes', '--json');
    expect(jsonLines(launched)).toMatchObject([{ state: 'running', totals: { enrolled: 3, pending: 2, skipped: 1 } }]);
    expect(await cli('campaign', 'launch', id, '--yes')).toMatchObject({ code: 1, out: '' });

    const paused = await cli('campaign', 'pause', 'Spring', '--reason', 'rain', '--json');
    expect(jsonLines(paused)).toMatchObject([{ state: 'paused', stateReason: 'rain' }]);
    expect((await cli('campaign', 'show', 'Spring')).out).toMatch(/State +paused \(rain\)/);
    expect(jsonLines(await cli('campaign', 'resume', 'Spring', '--json'))).toMatchObject([{ state: 'running' }]);

    expect((await cli('campaign', 'cancel', 'Spring')).code).toBe(2);
    expect(jsonLines(await cli('campaign', 'cancel', 'Spring', '--dry-run', '--json'))).toMatchObject([
      { state: 'running' },
    ]);
    const cancelled = await cli('campaign', 'cancel', 'Spring', '--yes', '--json');
    expect(jsonLines(cancelled)).toMatchObject([{ state: 'cancelled', totals: { pending: 0, skipped: 3 } }]);

    const { rows } = await sql<{ actor: string; action: string }>`
      select actor, action from audit_entry where subject = ${id} order by id`.execute(db);
    expect(rows.map((row) => row.action)).toEqual([
      'campaign.launched',
      'campaign.paused',
      'campaign.resumed',
      'campaign.cancelled',
    ]);
    expect(rows.every((row) => row.actor.startsWith('cli:'))).toBe(true);
  });

  it('of many thousands says when it ends, and is cancelled at once: the server takes the last people off its list', async () => {
    const people = TAKE_OFF_BATCH + 1;
    await sql`
      insert into contact (id, phone, tags, zone_group, source, created_at, updated_at)
      select gen_random_uuid(), '+1508' || 2000000 + n, array['many'], 'MA|America/New_York', 'import', '2026-01-01Z', '2026-01-01Z'
      from generate_series(1, ${people}::int) n`.execute(db);
    const id = await createDraft('Many', '--tag', 'many');
    await sql`
      insert into dnc_list (id, kind, name, set_id, version_id, as_of, created_by, created_at)
      values (gen_random_uuid(), 'national', 'National', gen_random_uuid(), gen_random_uuid(), now(), 'test', now())`.execute(
      db,
    );
    const reason = 'They asked for it at the counter';
    const launched = await cli('campaign', 'launch', id, '--yes', '--without-consent', reason);
    expect(launched.err).toContain('5,001 people have not agreed as the law asks and are texted all the same, says');
    const listed = (await cli('campaign', 'list', '--search', 'Many')).out;
    expect(listed).toMatch(/sent 0 of 5001 people \(0\.0%\), ends about \w{3}, \w{3} \d+, \d\d:\d\d E[SD]T +Many/);
    expect(jsonLines(await cli('campaign', 'list', '--search', 'Many', '--json'))).toMatchObject([
      { state: 'running', expectedFinishAt: expect.stringMatching(/^20\d\d-/) },
    ]);
    const shown = (await cli('campaign', 'show', id)).out;
    expect(shown).toMatch(/Sent +0 of 5001 people \(0\.0%\)/);
    for (const line of [
      /Costs +about \$0\.00 so far, \$\d+\.\d\d to come/,
      /Ends about +\w{3}, \w{3} \d+/,
      /On 20\d\d-\d\d-\d\d +\d+\n/,
      /Later +\d+ on \d+ more days/,
      /Waiting +\d+: /,
    ])
      expect(shown).toMatch(line);
    const cancelled = await cli('campaign', 'cancel', id, '--yes');
    expect(cancelled).toMatchObject({
      code: 0,
      out: '"Many" is cancelled; nobody is texted any more; the server takes the other 1 person off its list\n',
    });
    const { rows } = await sql`select name, state from pgboss.job`.execute(db);
    expect(rows).toEqual([{ name: takeOffQueue.name, state: 'created' }]);
  });

  it('of a first text that says neither who sends it nor how to stop asks for a reason', async () => {
    await cli('campaign', 'create', '--name', 'Bare', '--text', 'Hi!', '--tag', 'lead');
    const reason = 'They all called us this morning';
    for (const option of ['--dry-run', '--yes']) {
      const refused = await cli('campaign', 'launch', 'Bare', option);
      expect(refused.code).toBe(1);
      for (const words of ['does not say who sends it', 'how to stop', 'or launch it as it is with --acknowledge'])
        expect(refused.err).toContain(words);
    }
    expect(await cli('campaign', 'launch', 'Bare', '--yes', '--acknowledge', 'because')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--acknowledge: give a reason that somebody else understands'),
    });
    expect((await cli('campaign', 'launch', 'Bare', '--dry-run', '--acknowledge', reason)).code).toBe(0);
    expect(await cli('campaign', 'launch', 'Bare', '--yes', '--acknowledge', reason)).toMatchObject({
      code: 0,
      out: 'Launched: 2 people to be texted\n',
    });
  });

  it('says what is missing, in the review too, and launches nothing', async () => {
    await createDraft('Nobody', '--tag', 'no such tag');
    for (const option of ['--dry-run', '--yes']) {
      const run = await cli('campaign', 'launch', 'Nobody', option);
      expect(run.code).toBe(1);
      expect(run.err).toContain('The audience is empty');
    }
    expect(jsonLines(await cli('campaign', 'show', 'Nobody', '--json'))).toMatchObject([{ state: 'draft' }]);
  });

  it('says that nobody can get the text, and of some people why they cannot', async () => {
    const text = (body: string) => cli('campaign', 'create', '--name', body, '--text', body, '--tag', 'lead');
    for (const body of ['Hi {nickname}', 'x'.repeat(180).concat('{city}')]) await text(body);
    const refused = await cli('campaign', 'launch', 'Hi {nickname}', '--yes');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(
      'The message cannot be sent to anybody: all 2 people have no {nickname}. Write a fallback, as in {nickname|there}',
    );
    await sql`update contact set city = 'Boston' where phone = '+16175550101'`.execute(db);
    expect((await cli('campaign', 'launch', 'x'.repeat(180).concat('{city}'), '--dry-run')).out).toContain(
      '1 of 2 people has no {city}: this person will not be texted.',
    );
  });
});

describe('a campaign by name', () => {
  it('must be the only one that is called so', async () => {
    const ids = [await createDraft('Twin'), await createDraft('Twin')];
    const run = await cli('campaign', 'pause', 'Twin');
    expect(run.code).toBe(1);
    for (const id of ids) expect(run.err).toContain(id);
  });

  it('must exist', async () => {
    const run = await cli('campaign', 'pause', 'Nothing');
    expect(run).toMatchObject({
      code: 1,
      err: 'textwright: no campaign is called "Nothing": textwright campaign list shows the names\n',
    });
  });
});

it('lists campaigns by state, the newest first, one JSON object per line', async () => {
  await createDraft('Older');
  await createDraft('Newer');
  const listed = jsonLines(await cli('campaign', 'list', '--state', 'draft', '--limit', '2', '--json'));
  expect(listed).toMatchObject([{ name: 'Newer' }, { name: 'Older' }]);
});
