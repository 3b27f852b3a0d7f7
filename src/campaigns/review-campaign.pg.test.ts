import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { enrollmentStates, insertAccount, insertContacts, testPhones } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { putBusinessRow } from '../business/business-store.ts';
import { changeOptOutWording } from '../compliance/opt-out-wording-store.ts';
import { type Database, runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import type { Campaign } from './campaign.ts';
import type { DraftInput } from './campaign-store.ts';
import { type LaunchInput, launchCampaign } from './launch-campaign.ts';
import { createDraft } from './manage-drafts.ts';
import { reviewCampaign } from './review-campaign.ts';

const world = testWorld();
let database: Database;
let laneIds: readonly Uuid[];

/** 150 people of which three have a city: the first ones with one come in the second batch. */
beforeAll(async () => {
  database = await testDatabase();
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001' }];
  ({ laneIds } = await insertAccount(
    database.db,
    { ...world, secrets },
    { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes },
  ));
  const business = { name: 'Acme Concrete LLC', zone: 'America/New_York', phone: null, email: null };
  await runTx(database.db, (tx) => putBusinessRow(tx, business, world.clock.now()));
  await insertContacts(
    database.db,
    world,
    testPhones(150).map((phone, index) => ({ phone, firstName: 'Ana', city: index < 147 ? null : 'Boston' })),
  );
});

async function draftOf(change: Partial<DraftInput>): Promise<Campaign> {
  const variants = [{ label: 'A', weight: 1, body: 'Hi {first_name}' }];
  const draft = {
    name: 'Fall',
    audience: { all: true as const },
    variants,
    laneIds,
    priority: 5,
    consent: null,
    createdBy: 'test',
  };
  const created = await runTx(database.db, (tx) => createDraft(tx, world, { ...draft, ...change }));
  if (!created.ok) throw new Error(created.error.message);
  return created.value;
}

const review = (draft: Campaign) => reviewCampaign(database.db, world, draft);

const launch = ({ id, revision }: Campaign, acknowledgement?: LaunchInput['acknowledgement']) =>
  runTx(database.db, (tx) =>
    launchCampaign(tx, world, {
      id,
      shownId: showId('campaign', id),
      revision,
      confirmName: undefined,
      acknowledgement,
      actor: 'test',
    }),
  );

/** What the checks of content ask for of every first text. */
const PROPER = 'Acme Concrete: hi. Reply STOP to opt out.';

const bodies = (...texts: readonly string[]): Partial<DraftInput> => ({
  variants: texts.map((body, index) => ({ label: 'ABCDE'.charAt(index), weight: 1, body })),
});

describe('a draft that cannot reach anybody', () => {
  it.each<[string, Partial<DraftInput>, string, string]>([
    ['no audience', { audience: null }, 'audience', 'No audience is chosen: choose tags, places or all contacts'],
    [
      'a text that is longer than gateways take',
      bodies('x'.repeat(1_601)),
      'message',
      'The message cannot be sent to anybody: it has at least 1,601 characters, and gateways take at most 1,600. Shorten it',
    ],
    [
      'a link of a public shortener',
      bodies(`${PROPER} https://bit.ly/fall`),
      'message',
      'The message has the link https://bit.ly/fall of a public shortener, which carriers block: use a link of your own domain',
    ],
    [
      'a field that nobody has, in one of two variants',
      bodies(PROPER, 'Hi {nickname}'),
      'message',
      'Variant B cannot be sent to anybody: all 150 people have no {nickname}. Write a fallback, as in {nickname|there}, or fill in the field',
    ],
  ])(
    'with %s is named by the review and refused by the launch in the same words, and stays a draft',
    async (_, change, field, message) => {
      const draft = await draftOf(change);
      expect((await review(draft)).problems).toEqual([{ field, message }]);
      expect((await review(draft)).warnings).toEqual([]);
      expect(await launch(draft)).toEqual({
        ok: false,
        error: {
          kind: 'invalid',
          message: `campaign "Fall" cannot be launched: ${message}`,
          errors: [{ pointer: `/${field}`, message }],
        },
      });
      expect(await enrollmentStates(database.db, draft.id)).toEqual({});
    },
  );

  it('previews nobody without an audience', async () => {
    const { audience, forecast, parts } = await review(await draftOf({ audience: null }));
    expect(audience).toEqual({
      matched: 0,
      textable: 0,
      withoutConsent: 0,
      excluded: [],
      byState: [],
      sample: [],
      zoneGroups: [],
    });
    expect([forecast.perDay, parts.total]).toEqual([[], 0]);
  });
});

it('a draft that some people cannot get says how many, and can be launched', async () => {
  const draft = await draftOf(bodies(`${PROPER} {first_name} in {city}`));
  const { problems, warnings } = await review(draft);
  expect(problems).toEqual([]);
  expect(warnings.map(({ message }) => message)).toEqual([
    '147 of 150 people have no {city}: they will not be texted. Write a fallback, as in {city|there}, or fill in the field',
  ]);
  expect((await launch(draft)).ok).toBe(true);
  expect(await enrollmentStates(database.db, draft.id)).toEqual({ pending: 150 });
});

describe('first texts that say neither who sends them nor how to stop', () => {
  const NO_SENDER =
    'does not say who sends it: carriers ask for the name of your business in every text. Begin it with {business_name}';
  const NO_OPT_OUT =
    'does not tell people who have never been texted how to stop: end it with "Reply STOP to opt out", or have that added by itself (Settings, Compliance)';
  const open = async (draft: Campaign) => (await review(draft)).toAcknowledge.map(({ message }) => message);

  it('are launched by a reason only, which is kept', async () => {
    const draft = await draftOf(bodies('Hi {first_name}'));
    const lacking = [`The message ${NO_SENDER}`, `The message ${NO_OPT_OUT}`];
    expect(await open(draft)).toEqual(lacking);
    expect(await review(draft)).toMatchObject({ problems: [], warnings: [] });
    const message = `${lacking.join('; ')}. Or launch it as it is with a reason, which is kept`;
    expect(await launch(draft)).toEqual({
      ok: false,
      error: {
        kind: 'invalid',
        message: `campaign "Fall" cannot be launched: ${message}`,
        errors: [{ pointer: '/acknowledgement', message }],
      },
    });
    expect(await enrollmentStates(database.db, draft.id)).toEqual({});
    const acknowledgement = { reason: 'They all called us this morning', by: 'Dana' };
    expect((await launch(draft, acknowledgement)).ok).toBe(true);
    const { rows } = await sql`
      select detail -> 'acknowledged' as kept from audit_entry
      where subject = ${showId('campaign', draft.id)} and action = 'campaign.launched'`.execute(database.db);
    expect(rows).toEqual([{ kept: { ...acknowledgement, lacking } }]);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['both are there', [PROPER], []],
    ['the name is a field', ['{business_name}: hi {first_name}. STOP to end'], []],
    ['one of two variants says neither', [PROPER, 'Hi'], [`Variant B ${NO_SENDER}`, `Variant B ${NO_OPT_OUT}`]],
    [
      'some say them, which have no city',
      ['{if city}Hi{else}Acme Concrete: hi. Reply STOP to opt out{endif}'],
      [NO_SENDER, NO_OPT_OUT].map((words) => `The message ${words.replace(':', ' (3 of 150 looked at):')}`),
    ],
  ])('are those of people, whoever they are: %s', async (_case, texts, expected) => {
    const draft = await draftOf(bodies(...texts));
    expect(await open(draft)).toEqual(expected);
    expect((await launch(draft)).ok).toBe(expected.length === 0);
  });

  it('are not those of people who have had a text of ours: a missing name is warned of there', async () => {
    const { rows } = await sql<{ id: string }>`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id,
        not_before, created_at, sent_at)
      select gen_random_uuid(), l.account_id, l.id, 'outbound', 'reply', c.phone, 'Hi', 'GSM-7', 1, 'sent', 'AC' || c.phone,
        ${world.clock.now()}, ${world.clock.now()}, ${world.clock.now()}
      from contact c, lane l where c.city is null returning id`.execute(database.db);
    expect(rows).toHaveLength(147);
    const draft = await draftOf(bodies('Hi {city|you}'));
    expect(await open(draft)).toEqual([`The message ${NO_SENDER}`, `The message ${NO_OPT_OUT}`]);
    const known = await draftOf({ ...bodies('Hi'), audience: { tags: ['known'] } });
    await sql`update contact set tags = '{known}' where city is null`.execute(database.db);
    expect(await open(known)).toEqual([]);
    expect((await review(known)).warnings.map(({ message }) => message)).toEqual([`The message ${NO_SENDER}`]);
    expect((await launch(known)).ok).toBe(true);
    await sql`delete from message where purpose = 'reply'`.execute(database.db);
  });
});

it('counts what is added to first texts, in parts and people, and only where the text does not say it itself', async () => {
  const long = `Acme Concrete: ${'a'.repeat(130)}`;
  const silent = await draftOf(bodies(long));
  expect(await review(silent)).toMatchObject({
    optOutAdded: null,
    parts: { total: 150, histogram: [{ parts: 1, people: 150, centsEach: 1 }] },
  });
  const change = { adds: true, wording: '  Reply STOP to  opt out. ' };
  await changeOptOutWording({ ...world, db: database.db }, { change, actor: 'test' });
  const { warnings, optOutAdded, parts } = await review(silent);
  expect({ warnings, optOutAdded, parts }).toEqual({
    warnings: [],
    optOutAdded: { people: 150, wording: 'Reply STOP to opt out.' },
    parts: { total: 300, histogram: [{ parts: 2, people: 150, centsEach: 2 }] },
  });
  expect(await review(await draftOf(bodies(PROPER)))).toMatchObject({
    optOutAdded: { people: 0 },
    parts: { total: 150 },
  });
  expect(
    await changeOptOutWording({ ...world, db: database.db }, { change: { wording: 'Bye' }, actor: 'test' }),
  ).toMatchObject({
    ok: false,
    error: { message: 'wording: "Bye" does not tell people how to stop: say so as in “Reply STOP to opt out”' },
  });
});

it('a shortener that the text writes out is said once, as what refuses the launch', async () => {
  const { warnings, problems } = await review(await draftOf(bodies(`${PROPER} See bit.ly/abc`)));
  expect(warnings).toEqual([]);
  expect(problems.map(({ message }) => message)).toEqual([
    'The message has the link bit.ly/abc of a public shortener, which carriers block: use a link of your own domain',
  ]);
});
