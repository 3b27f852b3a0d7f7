import { type RawBuilder, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import type { Contact } from './contact.ts';
import { searchPatterns } from './contact-search.ts';
import {
  allMatchingQuery,
  type ContactQuery,
  countContactRows,
  countQuery,
  getContactRow,
  listContactRows,
  newestMatchingQuery,
  newestQuery,
} from './contact-store.ts';

const { db } = await testDatabase();

const EVERYONE: ContactQuery = {
  search: undefined,
  tag: undefined,
  state: undefined,
  city: undefined,
  suppressed: undefined,
};
const search = (term: string): ContactQuery => ({ ...EVERYONE, search: searchPatterns(term) });
const FIRST_PAGE = { after: undefined, limit: 51 };
const PEOPLE = 50_000;

/** Person n has the number +1617 and seven digits of n, and was added in second n; every five hundredth is suppressed, every fifth once was. */
beforeAll(async () => {
  await sql`
    insert into contact (id, phone, first_name, last_name, email, company, city, state, tags, zone_group, source, created_at, updated_at)
    select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '+1617' || lpad((2000000 + n)::text, 7, '0'),
      (array['James', 'Maria', 'Linda', 'Omar', 'Priya'])[1 + n % 5] || chr(97 + n / 5 % 26),
      (array['Smith', 'Lopez', 'Nguyen', 'Brown', 'Khan'])[1 + n / 7 % 5] || chr(97 + n / 11 % 26),
      'p' || n || '@example.com', case when n % 3 = 0 then 'Co ' || md5(n::text) end, 'City ' || n % 500,
      (array['MA', 'NH', 'TX', 'CA', 'FL'])[1 + n % 5],
      array['t' || n % 20] || case when n < 200 then array['oldest'] else '{}' end,
      'MA|America/New_York', 'import', timestamptz '2026-01-01Z' + n * interval '1 second', timestamptz '2026-01-01Z'
    from generate_series(0, ${PEOPLE - 1}::int) n`.execute(db);
  await sql`
    insert into suppression (id, phone, reason, channel, evidence, created_at)
    select gen_random_uuid(), phone, 'opt_out', 'sms', '{}', timestamptz '2026-02-01Z' from contact
    where right(phone, 5)::int % 500 = 0`.execute(db);
  await sql`
    insert into suppression (id, phone, reason, channel, evidence, created_at, lifted_at, lifted_evidence)
    select gen_random_uuid(), phone, 'opt_out', 'sms', '{}', timestamptz '2026-02-01Z', timestamptz '2026-02-02Z', '{}' from contact
    where right(phone, 5)::int % 5 = 1`.execute(db);
  await sql`vacuum analyze contact`.execute(db);
  await sql`vacuum analyze suppression`.execute(db);
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Join Type'?: string;
  readonly Plans?: readonly PlanNode[];
}

async function explain(query: RawBuilder<unknown>): Promise<Record<'indexes' | 'scanned' | 'joins', string[]>> {
  const { rows } = await sql<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>`explain (format json) ${query}`.execute(
    db.withoutPlugins(),
  );
  const nodes = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
  const all = rows.flatMap((row) => nodes(row['QUERY PLAN'][0].Plan));
  return {
    indexes: all.flatMap((node) => node['Index Name'] ?? []),
    joins: all.flatMap((node) => node['Join Type'] ?? []),
    scanned: all.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? ''),
  };
}

describe('plans with 50,000 contacts', () => {
  it('counts those who are not suppressed by a look at each that is found, not by a join over all numbers', async () => {
    const plan = await explain(countQuery({ ...EVERYONE, state: 'MA', suppressed: false }, 501));
    expect(plan.joins).toEqual([]);
    expect(plan.indexes.toSorted()).toEqual(['contact_place', 'suppression_active']);
  });

  const behind = {
    after: { createdAt: '2026-01-01T05:00:00Z', id: '00000000-0000-7000-8000-000000018000' },
    limit: 51,
  };
  it.each([
    ['the list', newestQuery(FIRST_PAGE), 'contact_newest'],
    ['a page behind a cursor', newestQuery(behind), 'contact_newest'],
    ['the window of a filtered list', newestMatchingQuery(search('maria'), FIRST_PAGE), 'contact_newest'],
    ['the window behind a cursor', newestMatchingQuery({ ...EVERYONE, tag: 't3' }, behind), 'contact_newest'],
    ['a word', allMatchingQuery(search('mariab'), FIRST_PAGE), 'contact_search'],
    ['two words', allMatchingQuery(search('maria lopezc'), FIRST_PAGE), 'contact_search'],
    ['a piece of a number', allMatchingQuery(search('(617) 200-12'), FIRST_PAGE), 'contact_search'],
    ['two letters', allMatchingQuery(search('zq'), FIRST_PAGE), 'contact_search'],
    ['one letter', allMatchingQuery(search('z'), FIRST_PAGE), 'contact_search'],
    ['a tag', allMatchingQuery({ ...EVERYONE, tag: 'oldest' }, FIRST_PAGE), 'contact_tags'],
    ['a place', allMatchingQuery({ ...EVERYONE, state: 'MA', city: 'City 10' }, FIRST_PAGE), 'contact_place'],
    ['a state that nobody lives in', allMatchingQuery({ ...EVERYONE, state: 'AK' }, FIRST_PAGE), 'contact_place'],
    ['a count by tag', countQuery({ ...EVERYONE, tag: 'oldest' }, 100_001), 'contact_tags'],
    ['a count by word', countQuery(search('mariab'), 100_001), 'contact_search'],
  ])('%s: the index is used and no table read through', async (_case, query, index) => {
    const plan = await explain(query);
    expect(plan.indexes).toContain(index);
    expect(plan.scanned).toEqual([]);
  });

  it('finds the suppressed by their suppressions, not by looking at every contact', async () => {
    const plan = await explain(allMatchingQuery({ ...EVERYONE, suppressed: true }, FIRST_PAGE));
    expect(plan.scanned).not.toContain('contact');
    expect(plan.indexes).toContain('contact_phone_key');
  });
});

const numbers = (contacts: readonly Contact[]): readonly number[] =>
  contacts.map((contact) => Number(contact.phone.slice(5)) - 2_000_000);
const list = (query: ContactQuery, limit = 5) => listContactRows(db, query, { after: undefined, limit });

describe('lists', () => {
  it('gives the newest first, and goes on behind the last of a page without gap or repetition', async () => {
    const first = await list(EVERYONE, 3);
    expect(numbers(first)).toEqual([49_999, 49_998, 49_997]);
    const last = first[2];
    const after = { createdAt: last?.createdAt.toString() ?? '', id: last?.id ?? '' };
    expect(numbers(await listContactRows(db, EVERYONE, { after, limit: 2 }))).toEqual([49_996, 49_995]);
    expect(numbers(await listContactRows(db, { ...EVERYONE, tag: 't15' }, { after, limit: 2 }))).toEqual([
      49_995, 49_975,
    ]);
  });

  it.each([
    ['found in the window', { tag: 't7' }, [49_987, 49_967, 49_947, 49_927, 49_907]],
    ['found by the index only', { tag: 'oldest' }, [199, 198, 197, 196, 195]],
    ['by state and city', { state: 'MA', city: 'City 10' }, [49_510, 49_010, 48_510, 48_010, 47_510]],
    ['suppressed', { suppressed: true }, [49_500, 49_000, 48_500, 48_000, 47_500]],
    ['not suppressed', { suppressed: false, city: 'City 0', tag: 't0' }, []],
    ['not suppressed', { suppressed: false, city: 'City 20' }, [49_520, 49_020, 48_520, 48_020, 47_520]],
    ['none', { state: 'AK' }, []],
  ])('filters: %s', async (_case, filter, expected) => {
    expect(numbers(await list({ ...EVERYONE, ...filter }))).toEqual(expected);
  });

  it.each([
    ['a number as typed', '(617) 200-0012', [12]],
    ['a number with its country code', '+1 617 200 0012', [12]],
    ['an e-mail address', 'p123@example.com', [123]],
    ['the end of a number', '049999', [49_999]],
    ['a wildcard, which means itself', 'p1_3@example', []],
    ['marks only', '%', []],
    ['an empty term of marks and blanks', ' _ ', []],
  ])('searches by %s', async (_case, term, expected) => {
    expect(numbers(await list(search(term)))).toEqual(expected);
  });

  it('searches every word, in any order and any case', async () => {
    const found = await list(search('LOPEZ maria'), 50);
    expect(found.length).toBe(50);
    expect(found.every((one) => one.firstName?.startsWith('Maria') && one.lastName?.startsWith('Lopez'))).toBe(true);
  });

  it('takes two letters as the beginning of a word', async () => {
    const found = await list(search('pr'), 50);
    expect(found.every((one) => one.firstName?.startsWith('Pr'))).toBe(true);
    expect(found.length).toBe(50);
  });

  it('counts what matches up to a limit', async () => {
    expect(await countContactRows(db, { ...EVERYONE, tag: 'oldest' }, 1_000)).toBe(200);
    expect(await countContactRows(db, EVERYONE, 1_000)).toBe(1_000);
    expect(await countContactRows(db, search('%'), 1_000)).toBe(0);
  });
});

it('shows the opt-out before an older suppression, and none that was lifted', async () => {
  const [one] = await list(search('049990'), 1);
  const phone = one?.phone;
  const suppress = (reason: string, at: string, liftedAt: string | null) =>
    sql`
    insert into suppression (id, phone, reason, channel, evidence, created_at, lifted_at, lifted_evidence)
    values (gen_random_uuid(), ${phone}, ${reason}, 'sms', '{}', ${at}, ${liftedAt}, ${liftedAt === null ? null : '{}'})`.execute(
      db,
    );
  const shown = async () => (await getContactRow(db, one?.id ?? ''))?.suppressed ?? null;
  await suppress('opt_out', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z');
  expect(await shown()).toBeNull();
  await suppress('invalid_number', '2026-03-03T00:00:00Z', null);
  expect((await shown())?.reason).toBe('invalid_number');
  await suppress('opt_out', '2026-03-04T00:00:00Z', null);
  const suppressed = await shown();
  expect([suppressed?.reason, suppressed?.since.toString()]).toEqual(['opt_out', '2026-03-04T00:00:00Z']);
});
