import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertContacts } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { readEligibilityFacts } from '../audiences/eligibility-facts.ts';
import { previewAudience } from '../audiences/preview-audience.ts';
import { addMs, DAY_MS } from '../platform/time.ts';
import { eligibilityChecksSql, skipReasonSql } from './eligibility.ts';
import { DEFAULT_NUMBER_POLICY, type NumberPolicy } from './number-policy.ts';
import { NUMBER_RULES } from './number-rules.ts';

const { db } = await testDatabase();
const world = testWorld();
const now = world.clock.now();

/** One contact per line type, named for it. */
const KINDS = ['mobile', 'landline', 'voip', 'toll_free', 'unknown', 'not_valid', 'never_asked', 'old_landline'];
const phoneOf = (kind: string): string => `+1617555000${KINDS.indexOf(kind)}`;

beforeEach(async () => {
  await sql`truncate contact, number_validation, setting cascade`.execute(db);
  await insertContacts(
    db,
    world,
    KINDS.map((kind) => ({ phone: phoneOf(kind), firstName: kind })),
  );
  for (const kind of KINDS.filter((one) => one !== 'never_asked')) {
    const lineType = kind === 'old_landline' ? 'landline' : kind === 'not_valid' ? 'unknown' : kind;
    await sql`
      insert into number_validation (phone, valid, line_type, validator, checked_at, raw)
      values (${phoneOf(kind)}, ${kind !== 'not_valid'}, ${lineType}, 'numverify',
        ${addMs(now, kind === 'old_landline' ? -31 * DAY_MS : -DAY_MS)}, '{}')`.execute(db);
  }
});

const save = (value: object): Promise<unknown> =>
  sql`insert into setting (key, value, updated_at) values ('number_validation', ${JSON.stringify(value)}::jsonb, ${now})`.execute(
    db,
  );

async function leftOut(numberPolicy?: NumberPolicy): Promise<Readonly<Record<string, string>>> {
  const facts = { ...(await readEligibilityFacts(db, now)), ...(numberPolicy === undefined ? {} : { numberPolicy }) };
  const { rows } = await sql<{ kind: string; reason: string }>`
    select c.first_name as kind, ${skipReasonSql(facts)} as reason from contact c
    where ${skipReasonSql(facts)} is not null order by c.phone`.execute(db);
  return Object.fromEntries(rows.map(({ kind, reason }) => [kind, reason]));
}

const NOBODY = { landline: false, voip: false, tollFree: false, invalid: false, unverified: false };

describe('whom a policy leaves out', () => {
  it('without a saved one: landlines, toll-free numbers and those that are not in use', async () => {
    const expected = {
      landline: 'number_landline',
      toll_free: 'number_toll_free',
      not_valid: 'number_not_valid',
      old_landline: 'number_landline',
    };
    expect(await leftOut()).toEqual(expected);
    expect(await leftOut(DEFAULT_NUMBER_POLICY)).toEqual(expected);
  });

  it.each([
    ['landline', { landline: 'number_landline', old_landline: 'number_landline' }],
    ['voip', { voip: 'number_voip' }],
    ['tollFree', { toll_free: 'number_toll_free' }],
    ['invalid', { not_valid: 'number_not_valid' }],
    ['unverified', { never_asked: 'number_unverified', old_landline: 'number_unverified' }],
  ] as const)('%s alone, saved or tried', async (excluded, expected) => {
    const policy = { excludes: { ...NOBODY, [excluded]: true }, maxAgeDays: 30 };
    expect(await leftOut(policy)).toEqual(expected);
    await save({ version: 1, ...policy });
    expect(await leftOut()).toEqual(expected);
    expect(await leftOut({ ...policy, excludes: NOBODY })).toEqual({});
  });

  it('an answer counts as long as the owner says', async () => {
    const policy = { excludes: { ...NOBODY, unverified: true }, maxAgeDays: 60 };
    expect(await leftOut(policy)).toEqual({ never_asked: 'number_unverified' });
    await save({ version: 1, ...policy, maxAgeDays: 1 });
    expect(Object.keys(await leftOut())).toHaveLength(KINDS.length);
  });

  it('is said by the audience in the same words, and counted', async () => {
    const preview = await previewAudience(db, { all: true }, now);
    expect(preview).toMatchObject({ matched: 8, textable: 4 });
    expect(preview.excluded).toContainEqual(
      expect.objectContaining({
        reason: 'number_landline',
        sentence: 'A landline, says the service that was asked',
        count: 2,
      }),
    );
  });

  it('another reason comes first', async () => {
    await sql`update contact set number_state = 'invalid' where first_name = 'landline'`.execute(db);
    expect(await leftOut()).toMatchObject({ landline: 'invalid_number' });
  });
});

it('tells what each rule looked at', async () => {
  const { rows } = await sql<{ checks: readonly { readonly code: string; readonly forbids: boolean }[] }>`
    select ${eligibilityChecksSql(await readEligibilityFacts(db, now))} as checks from contact c
    where c.first_name in ('landline', 'never_asked') order by c.phone`.execute(db);
  const codes: readonly string[] = NUMBER_RULES.map(({ code }) => code);
  const [landline, neverAsked] = rows.map(({ checks }) => checks.filter(({ code }) => codes.includes(code)));
  expect(landline?.map(({ code }) => code)).toEqual(codes);
  expect(landline?.filter(({ forbids }) => forbids)).toEqual([
    {
      code: 'number_landline',
      forbids: true,
      inputs: {
        valid: true,
        lineType: 'landline',
        carrier: null,
        validator: 'numverify',
        checkedAt: '2026-11-16T15:00:00Z',
      },
    },
  ]);
  expect(neverAsked?.every(({ forbids }) => forbids === false)).toBe(true);
});

it('looks a number up by the primary key, once for all rules', async () => {
  await sql`insert into number_validation (phone, valid, line_type, validator, checked_at, raw)
    select '+1617' || n, true, 'mobile', 'numverify', ${now}::timestamptz, '{}' from generate_series(6000000, 6020000) n`.execute(
    db,
  );
  await sql`analyze number_validation`.execute(db);
  const plan = await planOfReason();
  expect(plan.match(/number_validation_pkey/g)).toHaveLength(1);
  expect(plan).not.toMatch(/Seq Scan on number_validation/);
});

it('looks nowhere while no service was ever asked, unless whoever was not asked is left out', async () => {
  await sql`truncate number_validation`.execute(db);
  expect(await planOfReason()).not.toMatch(/number_validation/);
  await save({ excludes: { ...NOBODY, unverified: true }, maxAgeDays: 30 });
  expect(await planOfReason()).toMatch(/number_validation/);
  expect(Object.keys(await leftOut())).toHaveLength(KINDS.length);
});

async function planOfReason(): Promise<string> {
  const { rows } = await sql<Record<string, string>>`
    explain (analyze, costs off, timing off, summary off)
    select ${skipReasonSql(await readEligibilityFacts(db, now))} from contact c`.execute(db);
  return rows.map((row) => Object.values(row)[0] ?? '').join('\n');
}
