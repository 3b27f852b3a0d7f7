import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { putBusinessRow } from '../business/business-store.ts';
import { type Database, runTx } from '../platform/database.ts';
import { findLackingFirstTexts } from './audience-texts.ts';
import type { Campaign } from './campaign.ts';
import { createDraft } from './manage-drafts.ts';

/** One more than are looked at together; the last one alone has a city. */
const PEOPLE = 20_001;

const world = testWorld();
let database: Database;

beforeAll(async () => {
  database = await testDatabase();
  const business = { name: 'Acme Concrete LLC', zone: 'America/New_York', phone: null, email: null };
  await runTx(database.db, (tx) => putBusinessRow(tx, business, world.clock.now()));
  await sql`
    insert into contact (id, phone, city, zone_group, source, created_at, updated_at)
    select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '+1617' || (2000000 + n),
      case n when ${PEOPLE} then 'Boston' end, 'US-MA@America/New_York', 'test', ${world.clock.now()}, ${world.clock.now()}
    from generate_series(1, ${PEOPLE}::int) n`.execute(database.db);
});

async function draftOf(body: string): Promise<Campaign> {
  const draft = {
    name: 'Fall',
    audience: { all: true as const },
    variants: [{ label: 'A', weight: 1, body }],
    laneIds: [],
    priority: 5,
    consent: null,
    createdBy: 'test',
  };
  const created = await runTx(database.db, (tx) => createDraft(tx, world, draft));
  if (!created.ok) throw new Error(created.error.message);
  return created.value;
}

it.each([
  {
    lacks: 'nothing before the last person',
    body: '{if city}Hi{else}Acme Concrete: hi. Reply STOP to opt out{endif}',
    expected: { no_sender: 1, no_opt_out: 1 },
  },
  {
    lacks: 'the way out for everybody, and the name for the last person only',
    body: '{if city}Hi{else}Acme Concrete: hi{endif}',
    expected: { no_sender: 1, no_opt_out: PEOPLE },
  },
])('first texts are looked at to the last person: one that lacks $lacks', async ({ body, expected }) => {
  const draft = await draftOf(body);
  const lacking = await findLackingFirstTexts(database.db, draft, world.clock.now());
  const [variant] = lacking.values();
  expect(variant?.looked).toBe(PEOPLE);
  expect(Object.fromEntries(variant?.found.map(({ finding, people }) => [finding.code, people]) ?? [])).toEqual(
    expected,
  );
});
