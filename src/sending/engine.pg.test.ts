import { join } from 'node:path';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { takeLease } from '../../test/claimed.ts';
import {
  enrollmentStates,
  insertAccount,
  insertContacts,
  launchTestCampaign,
  testPhones,
} from '../../test/fixtures.ts';
import { API_KEY, NUMBERS, type SendingWorld, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { getCampaign } from '../campaigns/campaign-store.ts';
import { pauseCampaign, resumeCampaign } from '../campaigns/control-campaign.ts';
import { readWaitingFacts } from '../campaigns/read-waiting.ts';
import { waitingFor } from '../campaigns/waiting.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { REFUSALS } from '../gateways/sandbox/options.ts';
import { type Database, runTx } from '../platform/database.ts';
import { migrateUp, readMigrations } from '../platform/migrate.ts';
import { isBefore, MINUTE_MS } from '../platform/time.ts';
import { readBreaker } from './breaker-store.ts';
import { readHolderFailures } from './holder-failure-store.ts';
import { LeaseLost, requireLease } from './lease-store.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

const LANES = NUMBERS.map((number) => ({ gatewayRef: number.id, phone: number.phone, dailyCap: 1000 }));

async function campaignFor(
  world: SendingWorld,
  people: number,
  account: Partial<Parameters<typeof insertAccount>[2]> = {},
) {
  const phones = testPhones(people);
  await insertContacts(
    database.db,
    world,
    phones.map((phone) => ({ phone })),
  );
  const { id, laneIds } = await insertAccount(database.db, world, {
    baseUrl: world.sandbox.url,
    apiKey: API_KEY,
    lanes: LANES,
    ...account,
  });
  const campaignId = await launchTestCampaign(database.db, world, { laneIds });
  return { accountId: id, laneIds, campaignId, phones };
}

/** Numbers that the gateway has taken more than one text for. */
const textedTwice = (world: SendingWorld): readonly string[] => {
  const seen = new Map<string, number>();
  for (const text of world.sandbox.accepted()) seen.set(text.to, (seen.get(text.to) ?? 0) + 1);
  return [...seen].filter(([, count]) => count > 1).map(([phone]) => phone);
};

describe('a campaign', () => {
  it('texts everyone once with two workers on one account, and completes', async () => {
    const world = await sendingWorld(database);
    const { campaignId, phones } = await campaignFor(world, 60);
    world.startWorker('one');
    world.startWorker('two');
    await world.until('completed', () => world.completed(campaignId));
    expect(
      world.sandbox
        .accepted()
        .map((text) => text.to)
        .sort(),
    ).toEqual([...phones].sort());
    // Some are delivered by now, when the machine is slow.
    const { sent = 0, delivered = 0, ...others } = await enrollmentStates(database.db, campaignId);
    expect({ texted: sent + delivered, others }).toEqual({ texted: 60, others: {} });
    const { rows } =
      await sql`select 1 from campaign_totals where campaign_id = ${campaignId} and sent = 60 and pending = 0 and handing_over = 0 and parts = 60`.execute(
        database.db,
      );
    expect(rows).toHaveLength(1);
  });

  it('spreads new contacts over its numbers and keeps to the daily cap of each until the next day', async () => {
    const world = await sendingWorld(database, { factor: 14_400 });
    const lanes = NUMBERS.map((number) => ({ gatewayRef: number.id, phone: number.phone, dailyCap: 7 }));
    const { campaignId } = await campaignFor(world, 30, { lanes });
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    const perLaneAndDay = Map.groupBy(
      world.sandbox.accepted(),
      (text) => `${text.laneRef} ${text.acceptedAt.toZonedDateTimeISO('America/New_York').toPlainDate()}`,
    );
    const counts = [...perLaneAndDay.values()].map((texts) => texts.length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(7);
    expect(perLaneAndDay.size).toBeGreaterThanOrEqual(5);
    expect(textedTwice(world)).toEqual([]);
  });

  it('waits for eight in the morning where the person is', async () => {
    const world = await sendingWorld(database, { startsAt: '2026-11-17T12:30:00Z', factor: 7_200 });
    const phones = [...testPhones(3, '617'), ...testPhones(3, '808')];
    await insertContacts(
      database.db,
      world,
      phones.map((phone) => ({ phone })),
    );
    const { laneIds } = await insertAccount(database.db, world, {
      baseUrl: world.sandbox.url,
      apiKey: API_KEY,
      lanes: LANES,
    });
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    const hours = world.sandbox
      .accepted()
      .map(
        (text) =>
          text.acceptedAt.toZonedDateTimeISO(text.to.startsWith('+1808') ? 'Pacific/Honolulu' : 'America/New_York')
            .hour,
      );
    expect(hours).toHaveLength(6);
    for (const hour of hours) expect(hour).toBeGreaterThanOrEqual(8);
    for (const hour of hours) expect(hour).toBeLessThan(21);
    expect(
      world.sandbox
        .accepted()
        .slice(0, 3)
        .every((text) => text.to.startsWith('+1617')),
    ).toBe(true);
  });

  it('stops within the turn when it is paused and goes on where it stopped', async () => {
    const world = await sendingWorld(database, {
      factor: 1,
      sandbox: { limits: { requestsPerSecond: Number.POSITIVE_INFINITY } },
    });
    const { campaignId } = await campaignFor(world, 40, { ratePerSecond: 40 });
    const control = { id: campaignId, shownId: 'cmp_test', reason: undefined, actor: 'test' };
    world.startWorker('one');
    await world.until('under way', async () => world.sandbox.accepted().length >= 5);
    await runTx(database.db, (tx) => pauseCampaign(tx, world, control));
    await world.until(
      'nothing in flight',
      async () => (await enrollmentStates(database.db, campaignId))['handing_over'] === undefined,
    );
    const whenPaused = world.sandbox.accepted().length;
    expect(whenPaused).toBeLessThan(40);
    await world.clock.sleep(500);
    expect(world.sandbox.accepted()).toHaveLength(whenPaused);
    await runTx(database.db, (tx) => resumeCampaign(tx, world, control));
    await world.until('completed', () => world.completed(campaignId));
    expect(world.sandbox.accepted()).toHaveLength(40);
    expect(textedTwice(world)).toEqual([]);
  });

  it('fails only the person whose text cannot be made, with the field', async () => {
    const world = await sendingWorld(database);
    await insertContacts(database.db, world, [{ phone: '+16175550110', firstName: 'Ana' }, { phone: '+16175550111' }]);
    const { laneIds } = await insertAccount(database.db, world, {
      baseUrl: world.sandbox.url,
      apiKey: API_KEY,
      lanes: LANES,
    });
    const campaignId = await launchTestCampaign(database.db, world, {
      laneIds,
      variants: [{ label: 'A', weight: 1, body: 'Hi {first_name}!' }],
    });
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    expect(world.sandbox.accepted().map((text) => text.text)).toEqual(['Hi Ana!']);
    const { rows } =
      await sql`select 1 from enrollment where campaign_id = ${campaignId} and state = 'failed' and failure_code = 'missing_field:first_name'`.execute(
        database.db,
      );
    expect(rows).toHaveLength(1);
  });
});

describe('a gateway that loses things', () => {
  it('leads to no second text and no missing one: lost answers and errors are settled by asking', async () => {
    const world = await sendingWorld(database, {
      sandbox: { faults: { loseAnswerShare: 0.15, cutAnswerShare: 0.1, status500Share: 0.1, loseRequestShare: 0.1 } },
    });
    const { campaignId, phones } = await campaignFor(world, 60, { ratePerSecond: 20 });
    world.startWorker('one');
    await world.until('unknown ones that were taken, and others', async () => {
      const { rows } = await sql<{ phone: string }>`select phone from enrollment where state = 'unknown'`.execute(
        database.db,
      );
      const taken = new Set(world.sandbox.accepted().map(({ to }) => to));
      return new Set(rows.map(({ phone }) => taken.has(phone))).size === 2;
    });
    world.sandbox.setFaults({});
    await world.until('completed', () => world.completed(campaignId));
    expect(
      world.sandbox
        .accepted()
        .map((text) => text.to)
        .sort(),
    ).toEqual([...phones].sort());
    const { rows } = await sql<{ outcome: string }>`select distinct outcome from message_attempt order by 1`.execute(
      database.db,
    );
    expect(rows.map((row) => row.outcome)).toEqual(
      expect.arrayContaining(['accepted', 'settled_absent', 'settled_sent']),
    );
  });

  it('gives 429 its time: no attempt is lost and the limit of the key holds', async () => {
    const world = await sendingWorld(database, { factor: 20, sandbox: { limits: { requestsPerSecond: 10 } } });
    const { campaignId } = await campaignFor(world, 50, { ratePerSecond: 60 });
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    expect(world.sandbox.accepted()).toHaveLength(50);
    expect(textedTwice(world)).toEqual([]);
    const { rows } = await sql`select 1 from message_attempt where outcome = 'throttled' limit 1`.execute(database.db);
    expect(rows).toHaveLength(1);
  });

  it('keeps still for as long as the gateway asked, also when another worker takes over', async () => {
    const refusals = [{ ...REFUSALS.rateLimited, retryAfter: '7200' }];
    const world = await sendingWorld(database, { factor: 3_600, sandbox: { refusals } });
    const { accountId, campaignId } = await campaignFor(world, 10);
    const first = world.startWorker('one');
    const stored = async () => (await readBreaker(database.db, accountId)).heldUntil;
    await world.until('stored', async () => (await stored()) !== undefined);
    await first.drain();
    world.sandbox.setRefusals([]);
    world.startWorker('two');
    await world.until('completed', () => world.completed(campaignId));
    const heldUntil = await stored();
    const early = world.sandbox.accepted().filter(({ acceptedAt }) => !heldUntil || isBefore(acceptedAt, heldUntil));
    expect(early).toEqual([]);
    expect(world.sandbox.accepted()).toHaveLength(10);
  });

  it('says on the campaign until when it waits for a gateway that asked for time', async () => {
    const refusals = [{ ...REFUSALS.rateLimited, retryAfter: '3600' }];
    const world = await sendingWorld(database, { sandbox: { refusals } });
    const { accountId, campaignId } = await campaignFor(world, 3);
    world.startWorker('one');
    const stored = async () => (await readBreaker(database.db, accountId)).heldUntil;
    await world.until('stored', async () => (await stored()) !== undefined);
    const campaign = await getCampaign(database.db, campaignId);
    if (campaign === undefined) throw new Error('no campaign');
    const facts = await readWaitingFacts(database.db, world.clock, campaign);
    const waiting = waitingFor(facts);
    expect(waiting).toMatchObject({ code: 'throttled', sentence: expect.stringContaining('asked for time until') });
    expect(waiting?.until?.toString()).toBe(facts.accounts[0]?.breakerHeldUntil?.toString());
  });

  it('pauses what is refused until a person acts, and loses nobody', async () => {
    const world = await sendingWorld(database, { sandbox: { refusals: [REFUSALS.registrationMissing] } });
    const { campaignId, accountId } = await campaignFor(world, 12);
    world.startWorker('one');
    const paused = async (): Promise<string | undefined> => {
      const { rows } = await sql<{ reason: string }>`
        select state_reason as reason from gateway_account where id = ${accountId} and state = 'paused'
        union all select state_reason from lane where state = 'paused'`.execute(database.db);
      return rows[0]?.reason;
    };
    await world.until('paused', async () => (await paused()) !== undefined);
    expect(await paused()).toContain('0206400');
    await world.until(
      'nothing in flight',
      async () => (await enrollmentStates(database.db, campaignId))['handing_over'] === undefined,
    );
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ pending: 12 });
    const { rows } = await sql<{
      reserved: number;
    }>`select coalesce(sum(reserved), 0) as reserved from lane_usage`.execute(database.db);
    expect(rows[0]?.reserved).toBe(0);
    world.sandbox.setRefusals([]);
    await sql`update gateway_account set state = 'active', state_reason = null`.execute(database.db);
    await sql`update lane set state = 'active', state_reason = null`.execute(database.db);
    await world.until('completed', () => world.completed(campaignId));
    expect(world.sandbox.accepted()).toHaveLength(12);
  });
});

describe('an opt-out', () => {
  it('in the middle of sending is wholly before or wholly after each intent', async () => {
    const world = await sendingWorld(database, { factor: 10 });
    const { campaignId, phones } = await campaignFor(world, 80, { ratePerSecond: 30 });
    world.startWorker('one');
    const suppressedAt = new Map<string, number>();
    for (const phone of phones.filter((_, index) => index % 3 === 0)) {
      await runTx(database.db, (tx) =>
        suppressNumber(tx, world, { phone, reason: 'opt_out', channel: 'sms', evidence: {}, actor: 'contact' }),
      );
      suppressedAt.set(phone, world.clock.now().epochMilliseconds);
    }
    await world.until('completed', () => world.completed(campaignId));
    const { rows } = await sql<{
      phone: string;
      at: { epochMilliseconds: number };
    }>`select phone, attempted_at as at from message`.execute(database.db);
    const late = rows.filter(
      (row) => row.at.epochMilliseconds > (suppressedAt.get(row.phone) ?? Number.POSITIVE_INFINITY),
    );
    expect(late).toEqual([]);
    const states = await enrollmentStates(database.db, campaignId);
    expect((states['sent'] ?? 0) + (states['skipped'] ?? 0)).toBe(80);
    expect(states['skipped'] ?? 0).toBeGreaterThan(0);
    expect(world.sandbox.accepted()).toHaveLength(states['sent'] ?? 0);
  });
});

describe('a worker', () => {
  it('hands its accounts over at once when it drains', async () => {
    const world = await sendingWorld(database, {
      factor: 1,
      sandbox: { limits: { requestsPerSecond: Number.POSITIVE_INFINITY } },
    });
    const { campaignId } = await campaignFor(world, 30, { ratePerSecond: 30 });
    const first = world.startWorker('first');
    await world.until('under way', async () => world.sandbox.accepted().length >= 3);
    await first.drain();
    const { rows } = await sql`select 1 from account_lease where owner is null`.execute(database.db);
    expect(rows).toHaveLength(1);
    expect((await enrollmentStates(database.db, campaignId))['handing_over']).toBeUndefined();
    world.startWorker('second');
    await world.until('completed', () => world.completed(campaignId));
    expect(world.sandbox.accepted()).toHaveLength(30);
    expect(textedTwice(world)).toEqual([]);
  });

  it('begins nothing more once another program version has changed the schema, says so, and goes on when it fits again', async () => {
    const world = await sendingWorld(database);
    const { accountId, campaignId } = await campaignFor(world, 60);
    world.startWorker('old');
    await world.until('under way', async () => world.sandbox.accepted().length >= 3);
    await sql`insert into schema_migration (version, name, sha256, applied_at) values (9999, 'future', 'x', now())`.execute(
      database.db,
    );
    const begun = async () => (await sql`select id from message`.execute(database.db)).rows.length;
    const before = await begun();
    await world.until('people can see why', async () =>
      /newer than .* start the newer program/.test(
        (await readHolderFailures(database.db)).get(accountId)?.detail ?? '',
      ),
    );
    await world.clock.sleep(5 * MINUTE_MS);
    expect(await begun()).toBe(before);
    expect(before).toBeLessThan(60);
    await sql`delete from schema_migration where version = 9999`.execute(database.db);
    await world.until('completed', () => world.completed(campaignId));
    expect(world.sandbox.accepted()).toHaveLength(60);
    expect(textedTwice(world)).toEqual([]);
  });

  it('in the midst of a claim is waited for by a migration, and neither of the two has to begin again', async () => {
    const world = await sendingWorld(database);
    const { accountId, laneIds } = await campaignFor(world, 1);
    const lease = await takeLease(database.db, world, accountId);
    const known = await readMigrations(join(import.meta.dirname, '../../migrations'));
    const next = {
      version: known.length + 1,
      name: 'future',
      up: `alter table message add column later text; select nextval('tries')`,
      down: '',
      sha256: 'x',
    };
    // Counts also what is rolled back.
    await sql`create sequence tries`.execute(database.db);
    const begun = Promise.withResolvers<void>();
    const claim = runTx(database.db, async (tx) => {
      await requireLease(tx, lease);
      begun.resolve();
      await untilWaited(database.db);
      await sql`select from message where lane_id = ${laneIds[0]}`.execute(tx);
    });
    await begun.promise;
    const migrated = migrateUp(database.db, { migrations: [...known, next], now: world.clock.now() });
    await expect(claim).resolves.toBeUndefined();
    expect(await migrated).toEqual([next]);
    expect((await sql`select last_value from tries`.execute(database.db)).rows).toEqual([{ lastValue: 1 }]);
    await expect(runTx(database.db, (tx) => requireLease(tx, lease))).rejects.toThrow(LeaseLost);
  });
});

/** Somebody waits for a lock. */
async function untilWaited(db: Database['db']): Promise<void> {
  for (;;) {
    const { rows } =
      await sql`select from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database()
      where not l.granted union all select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
        db,
      );
    if (rows.length > 0) return;
  }
}
