import { type RawBuilder, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { insertAccount, launchTestCampaign } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { searchPatterns } from '../contacts/contact-search.ts';
import type { Database } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { getCampaign } from './campaign-store.ts';
import type { WaitSpan } from './decide-wait-spans.ts';
import {
  listRecipients,
  nearQuery,
  pageQuery,
  type RecipientPlace,
  type RecipientQuery,
  searchQuery,
} from './recipient-store.ts';
import { NO_LANE_ID } from './wait-spans-store.ts';

const PEOPLE = 20_000;
const world = testWorld();
let database: Database;
let everybody: RecipientQuery;
/** One person in 400 gets variant B. */
let rareVariant: Uuid;

beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001' }];
  const { laneIds } = await insertAccount(
    db,
    { ...world, secrets },
    { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes },
  );
  // Every name is that of one person in 200; the last person alone is called Quentin.
  await sql`
    insert into contact (id, phone, first_name, last_name, zone_group, source, created_at, updated_at)
    select gen_random_uuid(), '+1617' || 2000000 + n, case n when ${PEOPLE} then 'Quentin' else 'Maria' end, 'Name' || n % 200,
      'MA|America/New_York', 'test', ${world.clock.now()}, ${world.clock.now()}
    from generate_series(1, ${PEOPLE}::int) n`.execute(db);
  const variants = [
    { label: 'A', weight: 399, body: 'One' },
    { label: 'B', weight: 1, body: 'Two' },
  ];
  const campaignId = await launchTestCampaign(db, world, { laneIds, variants });
  await sql`update enrollment set state = 'skipped', skip_reason = 'opted_out' where phone like '%00'`.execute(db);
  await sql`vacuum analyze enrollment, contact`.execute(db);
  const campaign = await getCampaign(db, campaignId);
  rareVariant = campaign?.variants.find(({ label }) => label === 'B')?.id ?? '';
  everybody = {
    campaignId,
    state: undefined,
    reason: undefined,
    contactId: undefined,
    variantId: undefined,
    search: undefined,
    waits: undefined,
  };
});

const list = (change: Partial<RecipientQuery>, limit = PEOPLE) =>
  listRecipients(database.db, { ...everybody, ...change }, { after: undefined, limit });

describe('the people of a campaign', () => {
  it.each([
    ['a name', 'quentin', ['+16172020000']],
    ['a part of a number, as it is written', '(617) 201-9999', ['+16172019999']],
    ['words in any order', 'name7 maria 2000207', ['+16172000207']],
    ['nobody', 'zacharias', []],
    ['marks alone', '..', []],
  ])('are found by %s', async (_, term, phones) => {
    const found = await list({ search: searchPatterns(term) });
    expect(found.map((row) => row.phone)).toEqual(phones);
  });

  it('are found page by page, each once, in one order, whichever way the page was found', async () => {
    const query = { ...everybody, search: searchPatterns('maria') };
    const pages: string[] = [];
    let after: { state: string; id: Uuid } | undefined;
    for (let page = 0; page < 4; page += 1) {
      const rows = await listRecipients(database.db, query, { after, limit: 6_000 });
      pages.push(...rows.map((row) => row.phone));
      const last = rows.at(-1);
      if (last !== undefined) after = { state: last.state, id: last.enrollmentId };
    }
    expect(pages).toHaveLength(PEOPLE - 1);
    expect(new Set(pages).size).toBe(PEOPLE - 1);
  });

  it('are narrowed by state, reason, variant and search together', async () => {
    const skipped = await list({ state: 'skipped', reason: 'opted_out', search: searchPatterns('name100') });
    expect(skipped).toHaveLength(PEOPLE / 200);
    const rare = await list({ variantId: rareVariant });
    expect(rare.length).toBeGreaterThan(0);
    expect(new Set(rare.map((row) => row.variant))).toEqual(new Set(['B']));
    const [one] = rare;
    const same = await list({ variantId: rareVariant, search: searchPatterns(one?.phone ?? '') });
    expect(same.map((row) => row.phone)).toEqual([one?.phone]);
  });
});

/** Everybody is in Boston; of those whose number ends in 3 none has waited for long, and one in two knows the number. */
describe('people who wait', () => {
  const EAST = 'MA|America/New_York';
  const start = world.clock.now().epochMilliseconds;
  const HOURS_MS = 3_600_000;
  let lane: Uuid;
  beforeAll(async () => {
    const { rows } = await sql<{ id: Uuid }>`select id from lane`.execute(database.db);
    lane = rows[0]?.id ?? '';
    await sql`update enrollment set not_before = not_before + interval '2 hours' where phone like '%3'`.execute(
      database.db,
    );
    await sql`update enrollment set lane_id = ${lane} where phone ~ '[02468]$'`.execute(database.db);
    await sql`vacuum analyze enrollment`.execute(database.db);
  });
  const span = (laneId: Uuid | null, fromMs: number, toMs: number): WaitSpan => ({
    zoneGroup: EAST,
    laneId,
    fromMs,
    toMs,
  });
  const now = (): readonly WaitSpan[] => [
    span(null, Number.NEGATIVE_INFINITY, start + 1),
    span(lane, Number.NEGATIVE_INFINITY, start + 1),
  ];
  const later = (): readonly WaitSpan[] => [
    span(null, start + 1, start + HOURS_MS),
    span(null, start + 2 * HOURS_MS, Number.POSITIVE_INFINITY),
  ];
  const endings = async (waits: readonly WaitSpan[], change: Partial<RecipientQuery> = {}) => {
    const rows = await list({ waits, ...change });
    return [...new Set(rows.map(({ phone }) => phone.at(-1)))].toSorted();
  };

  it('are those of the given hours, number and time', async () => {
    expect(await endings(now())).toEqual(['0', '1', '2', '4', '5', '6', '7', '8', '9']);
    expect(await endings(now().slice(1))).toEqual(['0', '2', '4', '6', '8']);
    expect(await endings(later())).toEqual(['3']);
    expect(await endings([span(lane, start + 1, Number.POSITIVE_INFINITY)])).toEqual([]);
    expect(await endings([])).toEqual([]);
  });

  it('are found by name among them, and by no state but their own', async () => {
    const search = searchPatterns('name103');
    expect(await endings(later(), { search })).toEqual(['3']);
    expect(await endings(now(), { search })).toEqual([]);
    expect(await endings(now(), { state: 'skipped' })).toEqual([]);
  });

  it.each<[string, string | undefined]>([
    ['all', undefined],
    ['with a word that many have', 'maria'],
    ['with a word that few have', 'name102'],
  ])('are listed page by page, each once, in one order: %s', async (_, term) => {
    const query = { ...everybody, waits: now(), search: term === undefined ? undefined : searchPatterns(term) };
    const whole = await listRecipients(database.db, query, { after: undefined, limit: PEOPLE });
    const pages: string[] = [];
    const size = Math.ceil(whole.length / 4) + 1;
    for (let after: RecipientPlace | undefined; ; ) {
      const rows = await listRecipients(database.db, query, { after, limit: size });
      pages.push(...rows.map(({ phone }) => phone));
      const last = rows.at(-1);
      if (last === undefined) break;
      const { zoneGroup, laneId, notBefore, enrollmentId: id } = last;
      after = { zoneGroup, laneId: laneId ?? NO_LANE_ID, notBefore, id };
    }
    expect(pages).toEqual(whole.map(({ phone }) => phone));
    expect(new Set(pages).size).toBe(whole.length);
    expect(whole.length).toBeGreaterThan(90);
  });

  it('are walked by the claim’s index, and no further than a page', async () => {
    const after = { zoneGroup: EAST, laneId: NO_LANE_ID, notBefore: world.clock.now(), id: NO_LANE_ID };
    for (const place of [undefined, after]) {
      const plan = await explain(pageQuery({ ...everybody, waits: now() }, { after: place, limit: 51 }));
      const walk = plan.find((node) => node['Index Name'] === 'enrollment_claim');
      expect(walk?.['Index Cond']).toMatch(/zone_group = .*lane_id.* = .*ROW\(not_before, id\) > .*not_before < /);
      expect(plan.filter((node) => node['Relation Name'] === 'enrollment')).toHaveLength(1);
      expect(plan.map((node) => node['Node Type'])).toContain('Incremental Sort');
    }
  });
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

async function explain(query: RawBuilder<unknown>): Promise<readonly PlanNode[]> {
  const { rows } = await sql<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>`explain (format json) ${query}`.execute(
    database.db.withoutPlugins(),
  );
  const nodes = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
  return rows.flatMap((row) => nodes(row['QUERY PLAN'][0].Plan));
}

describe('plans with 20,000 people', () => {
  const page = { after: undefined, limit: 51 };
  const rare = searchPatterns('quentin');
  it.each<[string, () => RawBuilder<unknown>, string]>([
    ['everybody', () => pageQuery(everybody, page), 'enrollment_recipients'],
    ['one state', () => pageQuery({ ...everybody, state: 'skipped' }, page), 'enrollment_recipients'],
    ['a rare variant', () => pageQuery({ ...everybody, variantId: rareVariant }, page), 'enrollment_recipients'],
    ['the next who match a search', () => nearQuery(everybody, rare, page), 'enrollment_recipients'],
    ['all who match a search', () => searchQuery(everybody, rare, page), 'contact_search'],
  ])('%s: the index is used and no large table read through', async (_, query, index) => {
    const plan = await explain(query());
    expect(plan.map((node) => node['Index Name'])).toContain(index);
    const scanned = plan.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']);
    expect(scanned).not.toContain('enrollment');
    expect(scanned).not.toContain('contact');
  });

  it('a variant is a condition of the index, so that the rows of the others are not visited', async () => {
    const plan = await explain(pageQuery({ ...everybody, variantId: rareVariant }, page));
    const walk = plan.find((node) => node['Index Name'] === 'enrollment_recipients');
    expect(walk?.['Index Cond']).toContain('variant_id');
  });
});
