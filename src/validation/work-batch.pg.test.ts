import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { FAKE_KEYS, fakeNumverify, fakeTwilioLookup, refusal } from '../../test/fake-validators.ts';
import { insertContacts, testPhones } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { parseConfig } from '../platform/config.ts';
import { runTx } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, DAY_MS, HOUR_MS, instant, MINUTE_MS } from '../platform/time.ts';
import { getBatch, listDueBatches } from './batch-store.ts';
import { getBudget } from './budget-store.ts';
import { changeValidationSettings } from './change-validation-settings.ts';
import type { ValidatorName } from './number-validator.ts';
import { validatorOpener } from './open-validators.ts';
import { cancelBatch, startContactsBatch } from './start-batch.ts';
import { numbersQuery } from './validated-number-store.ts';
import { resumeBatches, revalidate } from './validation-jobs.ts';
import type { ValidatorInput } from './validation-settings.ts';
import { type WorkDeps, workBatch } from './work-batch.ts';

const database = await testDatabase();
const { db } = database;
const fake = await fakeNumverify();
const second = await fakeTwilioLookup();
const world = testWorld();
const { clock, newUuid, random } = world;
const services = {
  database,
  clock,
  newUuid,
  secrets: secretsWithKey(random.bytes(32), random),
  config: parseConfig({ NUMVERIFY_URL: fake.url, TWILIO_LOOKUP_URL: second.url }, '/'),
  log: createLog({ level: 'silent' }),
};
const signal = new AbortController().signal;
const never = instant('2030-01-01T00:00:00Z');

beforeEach(async () => {
  await sql`truncate contact, validation_batch, validator_budget, number_validation, setting cascade`.execute(db);
  for (const one of [fake, second]) {
    Object.assign(one, { trouble: undefined, hold: undefined });
    one.asked.length = 0;
    one.numbers.clear();
  }
  await settings({ numverify: { key: FAKE_KEYS.numverify } });
});

const PLENTY = { monthlyQuota: 1_000_000, requestsPerSecond: 100 };

async function settings(
  validators: Partial<Record<ValidatorName, Partial<ValidatorInput>>>,
  rest: { readonly revalidate?: boolean } = {},
): Promise<void> {
  const changed = await changeValidationSettings(
    { db, ...services },
    {
      change: (before) => ({
        ...before,
        ...rest,
        validators: {
          numverify: { ...PLENTY, ...validators.numverify },
          twilio: { ...PLENTY, ...validators.twilio },
        },
      }),
      actor: 'system',
    },
  );
  if (!changed.ok) expect.unreachable(changed.error.message);
}

async function begin(phones: readonly string[]): Promise<string> {
  await insertContacts(
    db,
    world,
    phones.map((phone) => ({ phone })),
  );
  const started = await runTx(db, (tx) => startContactsBatch(tx, services, 'system'));
  if (!started.ok) expect.unreachable(started.error.message);
  return started.value;
}

const work = (batchId: string, more: Partial<WorkDeps> = {}): Promise<void> =>
  workBatch({ db, clock, openValidators: validatorOpener(services), ...more }, { batchId, until: never, signal });

const openItems = async (): Promise<number> => {
  const { rows } = await sql<{
    open: number;
  }>`select count(*) as open from validation_item where outcome is null`.execute(db);
  return rows[0]?.open ?? -1;
};

describe('a batch', () => {
  it('asks about each number once, and keeps what it was told', async () => {
    fake.numbers.set('16175550001', { valid: true, lineType: 'landline', carrier: 'Example Bell' });
    fake.numbers.set('16175550002', { valid: false, lineType: null });
    const id = await begin(testPhones(20));
    await work(id);
    const batch = await getBatch(db, id);
    expect(batch).toMatchObject({
      state: 'completed',
      total: 20,
      asked: 20,
      outcomes: { mobile: 18, landline: 1, invalid: 1 },
      finishedAt: clock.now(),
    });
    expect(fake.asked.toSorted()).toEqual(testPhones(20).map((phone) => phone.slice(1)));
    const { rows } = await sql`
      select valid, line_type, carrier, validator, checked_at, raw->>'number' as number from number_validation
      where phone = '+16175550001'`.execute(db);
    expect(rows).toEqual([
      {
        valid: true,
        lineType: 'landline',
        carrier: 'Example Bell',
        validator: 'numverify',
        checkedAt: clock.now(),
        number: '16175550001',
      },
    ]);
    expect((await getBudget(db, 'numverify'))?.asked).toBe(20);
  });

  it('spends no request on what is known, on what the numbering plan tells, and on garbage', async () => {
    await work(await begin(['+16175550101']));
    await clock.advance(29 * DAY_MS);
    const id = await begin(['+18005550100', '+14165550123', '+15555550100', '+16175550102']);
    await sql`insert into validation_item (batch_id, phone) values (${id}, '+16175550101')`.execute(db);
    fake.asked.length = 0;
    await work(id);
    expect(fake.asked).toEqual(['16175550102']);
    expect(await getBatch(db, id)).toMatchObject({
      asked: 1,
      outcomes: { mobile: 2, toll_free: 1, unverified: 1, invalid: 1 },
    });
  });

  it('asks anew when an answer is more than 30 days old', async () => {
    await work(await begin(['+16175550101']));
    await clock.advance(30 * DAY_MS + 1);
    await work(await begin([]));
    expect(fake.asked).toHaveLength(2);
  });

  it('stops when it is cancelled, and keeps what it has', async () => {
    const id = await begin(testPhones(20));
    fake.hold = async () => {
      fake.hold = undefined;
      await runTx(db, (tx) => cancelBatch(tx, services, { id, actor: 'system' }));
    };
    await work(id);
    expect(await getBatch(db, id)).toMatchObject({ state: 'cancelled' });
    expect(fake.asked.length).toBeLessThan(20);
    expect(await runTx(db, (tx) => cancelBatch(tx, services, { id, actor: 'system' }))).toMatchObject({
      ok: false,
      error: { kind: 'conflict' },
    });
  });

  it('of all contacts is one at a time', async () => {
    await begin(testPhones(2));
    expect(await runTx(db, (tx) => startContactsBatch(tx, services, 'system'))).toMatchObject({
      ok: false,
      error: { kind: 'conflict' },
    });
  });

  it('without a number is over at once', async () => {
    expect(await getBatch(db, await begin([]))).toMatchObject({ state: 'completed', total: 0, outcomes: {} });
  });
});

describe('two workers', () => {
  it('share one batch: nothing is asked twice', async () => {
    const id = await begin(testPhones(60));
    await Promise.all([work(id), work(id)]);
    expect(new Set(fake.asked).size).toBe(60);
    expect(fake.asked).toHaveLength(60);
    expect(await getBatch(db, id)).toMatchObject({ state: 'completed', asked: 60 });
  });

  it('never ask more than the quota together', async () => {
    await settings({ numverify: { key: FAKE_KEYS.numverify, monthlyQuota: 25 } });
    const id = await begin(testPhones(60));
    await Promise.all([work(id), work(id), work(id)]);
    expect(fake.asked).toHaveLength(25);
    expect(await getBatch(db, id)).toMatchObject({
      state: 'open',
      asked: 25,
      wait: { kind: 'quota', until: instant('2027-02-01T00:00:00Z') },
    });
  });
});

describe('a crash', () => {
  it.each(['counted', 'answered'] as const)('after %s leaves the number to another worker', async (point) => {
    const id = await begin(testPhones(10));
    let passed = 0;
    const crashing = work(id, {
      atPoint: async (at) => {
        if (at !== point) return;
        passed += 1;
        if (passed === 3) throw new Error('killed');
      },
    });
    await expect(crashing).rejects.toThrow('killed');
    const left = await openItems();
    expect(left).toBeGreaterThan(0);
    await work(id);
    expect(await getBatch(db, id)).toMatchObject({ state: 'open' });
    await clock.advance(2 * MINUTE_MS);
    await resumeBatches(services, signal);
    expect(await getBatch(db, id)).toMatchObject({ state: 'completed', outcomes: { mobile: 10 } });
    // What was counted stays counted, also what was asked for nothing.
    expect((await getBudget(db, 'numverify'))?.asked).toBeGreaterThanOrEqual(fake.asked.length);
    expect(fake.asked.length).toBeLessThanOrEqual(14);
  });
});

/** Lets the clock go on whenever everybody waits for it. */
async function letTimePass(work: Promise<void>): Promise<void> {
  let over = false;
  const ended = work.finally(() => {
    over = true;
  });
  while (!over) {
    if (clock.sleepers > 0) await clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return ended;
}

describe('a service that does not answer', () => {
  it('lets the batch wait, longer each time, and it goes on when the service is back', async () => {
    fake.trouble = { kind: 'cut' };
    const id = await begin(testPhones(8));
    await work(id);
    const firstUntil = addMs(clock.now(), 5_000);
    expect(await getBatch(db, id)).toMatchObject({
      state: 'open',
      asked: 0,
      wait: { kind: 'down', until: firstUntil },
    });
    expect(fake.asked.length).toBeLessThanOrEqual(4);
    expect(await listDueBatches(db, clock.now())).toEqual([]);

    await clock.advance(5_000);
    expect(await listDueBatches(db, clock.now())).toEqual([id]);
    await resumeBatches(services, signal);
    expect(await getBatch(db, id)).toMatchObject({ wait: { kind: 'down', until: addMs(firstUntil, 10_000) } });

    fake.trouble = undefined;
    await clock.advance(10_000);
    await resumeBatches(services, signal);
    expect(await getBatch(db, id)).toMatchObject({ state: 'completed', outcomes: { mobile: 8 }, wait: null });
    expect((await getBudget(db, 'numverify'))?.failures).toBe(0);
  });

  it('is followed by the next one that has a key', async () => {
    await settings({ numverify: { key: FAKE_KEYS.numverify }, twilio: { key: FAKE_KEYS.twilio } });
    fake.trouble = { kind: 'body', status: 503, body: '{}' };
    second.numbers.set('16175550001', { valid: true, lineType: 'nonFixedVoip' });
    const id = await begin(testPhones(8));
    await work(id);
    expect(await getBatch(db, id)).toMatchObject({ state: 'completed', outcomes: { mobile: 7, voip: 1 } });
    expect(second.asked).toHaveLength(8);
  });
});

it('stays below the rate of a service', async () => {
  await settings({ numverify: { key: FAKE_KEYS.numverify, requestsPerSecond: 2 } });
  const id = await begin(testPhones(12));
  const began = clock.now();
  await letTimePass(work(id));
  expect(await getBatch(db, id)).toMatchObject({ state: 'completed', asked: 12 });
  // Two at once, ten more at two a second.
  expect(clock.now().epochMilliseconds - began.epochMilliseconds).toBeGreaterThanOrEqual(5_000);
});

it('slows down when a service says that it is too fast', async () => {
  const id = await begin(testPhones(4));
  fake.trouble = { kind: 'body', status: 429, body: '', headers: { 'retry-after': '30' } };
  await work(id);
  expect(await getBatch(db, id)).toMatchObject({ wait: { kind: 'throttled', until: addMs(clock.now(), 30_000) } });
});

it('waits for the next month when the service says that its quota is used up, or for another quota', async () => {
  const id = await begin(testPhones(4));
  fake.trouble = refusal(104, 'usage_limit_reached');
  await work(id);
  expect(await getBatch(db, id)).toMatchObject({ state: 'open', wait: { kind: 'quota' } });
  expect(await listDueBatches(db, addMs(clock.now(), 24 * HOUR_MS))).toEqual([]);
  fake.trouble = undefined;
  await settings({ numverify: { key: FAKE_KEYS.numverify } });
  await resumeBatches(services, signal);
  expect(await getBatch(db, id)).toMatchObject({ state: 'completed' });
});

it('waits for a person when a key is refused, and when there is none', async () => {
  await settings({ numverify: { key: 'a-wrong-key' } });
  const id = await begin(testPhones(4));
  await work(id);
  expect(await getBatch(db, id)).toMatchObject({ wait: { kind: 'refused' } });
  await settings({ numverify: { key: null } });
  await work(id);
  expect(await getBatch(db, id)).toMatchObject({ wait: { kind: 'no_validator' } });
  await settings({ numverify: { key: FAKE_KEYS.numverify } });
  await work(id);
  expect(await getBatch(db, id)).toMatchObject({ state: 'completed', wait: null });
});

describe('answers that say nothing', () => {
  it('about one number leave it unverified, and the others go on', async () => {
    const id = await begin(testPhones(6));
    fake.hold = async () => {
      fake.trouble =
        fake.asked.at(-1) === '16175550003' ? { kind: 'body', status: 200, body: '{"hello":1}' } : undefined;
    };
    await workBatchAlone(id);
    expect(await getBatch(db, id)).toMatchObject({ state: 'completed', outcomes: { mobile: 5, unverified: 1 } });
    expect(fake.asked.filter((number) => number === '16175550003')).toHaveLength(2);
    const { rows } = await sql`select 1 from number_validation where phone = '+16175550003'`.execute(db);
    expect(rows).toEqual([]);
  });

  it('about every number stop the batch before the quota is gone', async () => {
    fake.trouble = { kind: 'body', status: 200, body: '{"hello":1}' };
    const id = await begin(testPhones(100));
    await work(id);
    expect(await getBatch(db, id)).toMatchObject({ state: 'open', wait: { kind: 'unreadable' } });
    expect(fake.asked.length).toBeLessThanOrEqual(8);
  });

  /** One request at a time, so that the fake knows whom it answers. */
  async function workBatchAlone(id: string): Promise<void> {
    await settings({ numverify: { key: FAKE_KEYS.numverify, requestsPerSecond: 1 } });
    await letTimePass(work(id));
  }
});

describe('the nightly job', () => {
  it('asks anew about contacts whose answers are too old, when the owner wants it', async () => {
    await work(await begin(testPhones(3)));
    await sql`delete from contact where phone = '+16175550002'`.execute(db);
    await clock.advance(31 * DAY_MS);
    fake.asked.length = 0;
    await revalidate(services);
    expect(await listDueBatches(db, clock.now())).toEqual([]);
    await settings({ numverify: { key: FAKE_KEYS.numverify } }, { revalidate: true });
    await revalidate(services);
    await revalidate(services);
    const due = await listDueBatches(db, clock.now());
    expect(due).toHaveLength(1);
    await resumeBatches(services, signal);
    expect(fake.asked.toSorted()).toEqual(['16175550000', '16175550001']);
  });
});

it('never stores or audits a key in the clear', async () => {
  const { rows } = await sql<{ kept: string }>`
    select value::text as kept from setting union all select detail::text from audit_entry`.execute(db);
  expect(rows.length).toBeGreaterThan(1);
  for (const { kept } of rows) expect(kept).not.toContain(FAKE_KEYS.numverify);
});

it.each([
  [undefined, 'validation_item_pkey'],
  ['landline', 'validation_item_outcome'],
  ['waiting', 'validation_item_open'],
] as const)('numbers of a kind are found without reading the others: %s by %s', async (outcome, index) => {
  const batchId = newUuid();
  const now = clock.now();
  await sql`
    insert into validation_batch (id, source, state, fresh_after, total, started_by, created_at)
    values (${batchId}, 'import', 'open', ${now}, 20000, 'system', ${now})`.execute(db);
  await sql`
    insert into validation_item (batch_id, phone, outcome, known_by)
    select ${batchId}::uuid, '+1617' || (2000000 + n), case n % 1000 when 1 then 'landline' when 2 then null else 'mobile' end,
      case n % 1000 when 2 then null else 'validator' end from generate_series(1, 20000) n`.execute(db);
  await sql`analyze validation_item`.execute(db);
  const query = numbersQuery({ batchId, outcome, after: '+16172000500', limit: 101 });
  const { rows } = await sql`explain (costs off) ${query}`.execute(db);
  const plan = JSON.stringify(rows);
  expect(plan).toContain(index);
  expect(plan).not.toContain('Seq Scan on validation_item');
});
