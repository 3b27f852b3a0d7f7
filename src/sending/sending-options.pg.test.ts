import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
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
import { changeCampaign } from '../campaigns/change-sending.ts';
import { pauseCampaign, resumeCampaign } from '../campaigns/control-campaign.ts';
import { endPointless } from '../campaigns/end-pointless.ts';
import type { CampaignChange } from '../campaigns/manage-drafts.ts';
import type { PointlessAction } from '../campaigns/sending-options.ts';
import { TAKE_OFF_BATCH } from '../campaigns/take-off-job.ts';
import { outcomeText } from '../messages/outcome-sentences.ts';
import { type Database, runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { addMs, instant, isBefore, MINUTE_MS } from '../platform/time.ts';
import { runningCampaign } from './claim-store.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

const LANES = NUMBERS.map((number) => ({ gatewayRef: number.id, phone: number.phone, dailyCap: 1000 }));
const ACTOR = 'user:test';
/** When the world of a test begins. */
const START = instant('2026-11-17T15:00:00Z');

const account = (world: SendingWorld) =>
  insertAccount(database.db, world, { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes: LANES });

const people = (world: SendingWorld, phones: readonly string[], tag = 'all') =>
  insertContacts(
    database.db,
    world,
    phones.map((phone) => ({ phone, tags: [tag] })),
  );

const read = async (id: Uuid) => {
  const campaign = await getCampaign(database.db, id);
  if (campaign === undefined) throw new Error('no campaign');
  return campaign;
};
const order = (id: Uuid) => ({ id, shownId: showId('campaign', id), reason: undefined, actor: ACTOR });
const resume = (world: SendingWorld, id: Uuid) => runTx(database.db, (tx) => resumeCampaign(tx, world, order(id)));
const pause = (world: SendingWorld, id: Uuid) => runTx(database.db, (tx) => pauseCampaign(tx, world, order(id)));

async function edit(world: SendingWorld, id: Uuid, change: CampaignChange): Promise<void> {
  const { revision } = await read(id);
  const changed = await runTx(database.db, (tx) =>
    changeCampaign(tx, world, { id, shownId: showId('campaign', id), revision, change, actor: ACTOR }),
  );
  if (!changed.ok) throw new Error(changed.error.message);
}

const audited = async (action: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from audit_entry where action = ${action}`.execute(
    database.db,
  );
  return rows[0]?.n ?? 0;
};

describe('texts that have become pointless before a worker came', () => {
  async function late(
    action: PointlessAction,
  ): Promise<{ readonly world: SendingWorld; readonly campaignId: Uuid; readonly laneIds: readonly Uuid[] }> {
    const world = await sendingWorld(database);
    await people(world, testPhones(6));
    const { laneIds } = await account(world);
    const after = addMs(world.clock.now(), MINUTE_MS);
    const pointless = { after, hoursAfterWindow: null, action };
    const campaignId = await launchTestCampaign(database.db, world, { laneIds, pointless });
    await world.until('past', async () => !isBefore(world.clock.now(), after));
    return { world, campaignId, laneIds };
  }
  const claimable = (world: SendingWorld, campaignId: Uuid, laneIds: readonly Uuid[]) =>
    runTx(database.db, async (tx) => {
      const { rows } = await runningCampaign({ campaignId, laneId: laneIds[0] ?? '' }, world.clock.now()).execute(tx);
      return rows.length === 1;
    });

  it('are dropped: everybody is left out with the reason, and the campaign is completed', async () => {
    const { world, campaignId, laneIds } = await late('drop');
    expect(await claimable(world, campaignId, laneIds)).toBe(false);
    world.startWorker('one');
    world.startWorker('two');
    await world.until('completed', () => world.completed(campaignId));
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ skipped: 6 });
    expect(world.sandbox.accepted()).toEqual([]);
    const { rows } = await sql<{ reason: string }>`select distinct skip_reason as reason from enrollment`.execute(
      database.db,
    );
    expect(rows.map(({ reason }) => outcomeText(reason))).toEqual([
      'Was not texted in time: the text would have been pointless by then. A later campaign can reach this person',
    ]);
    expect(await audited('campaign.dropped_pointless')).toBe(1);
  });

  it('are dropped although the account is paused', async () => {
    const { world, campaignId } = await late('drop');
    await sql`update gateway_account set state = 'paused', state_reason = 'test'`.execute(database.db);
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
  });

  it('are asked about, and whoever resumes the campaign has answered', async () => {
    const { world, campaignId, laneIds } = await late('ask');
    expect(await claimable(world, campaignId, laneIds)).toBe(false);
    world.startWorker('one');
    await world.until('paused', async () => (await read(campaignId)).state === 'paused');
    expect((await read(campaignId)).stateReason).toBe(
      'Its texts were to be pointless after Tue, Nov 17, 10:01 EST, and 6 people still wait: resume to text them all the same, or cancel the campaign',
    );
    expect(world.sandbox.accepted()).toEqual([]);
    await resume(world, campaignId);
    await world.until('completed', () => world.completed(campaignId));
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ sent: 6 });
    expect(await audited('campaign.asked_about_pointless')).toBe(1);
  });

  it('are asked about when a person had paused the campaign for another reason and resumes it', async () => {
    const { world, campaignId } = await late('ask');
    await pause(world, campaignId);
    await resume(world, campaignId);
    world.startWorker('one');
    await world.until('asked', async () => (await read(campaignId)).pointlessAsked !== null);
    expect((await read(campaignId)).state).toBe('paused');
    expect(world.sandbox.accepted()).toEqual([]);
  });

  it('are asked about anew when another instant is set and passes too', async () => {
    const { world, campaignId } = await late('ask');
    world.startWorker('one');
    await world.until('paused', async () => (await read(campaignId)).state === 'paused');
    const after = addMs(world.clock.now(), 30_000);
    await edit(world, campaignId, { pointless: { after, hoursAfterWindow: null, action: 'ask' } });
    await world.until('past', async () => !isBefore(world.clock.now(), after));
    expect(await resume(world, campaignId)).toMatchObject({ ok: true });
    await world.until('paused again', async () => (await read(campaignId)).state === 'paused');
    expect((await read(campaignId)).pointlessAsked).toEqual((await read(campaignId)).pointless?.after);
  });

  it('go on when that is said', async () => {
    const { world, campaignId } = await late('go_on');
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ sent: 6 });
  });
});

it('what was begun in time is settled, and what provably was not sent is dropped', async () => {
  const world = await sendingWorld(database, { sandbox: { faults: { loseAnswerShare: 0.3, loseRequestShare: 0.3 } } });
  await people(world, testPhones(20));
  const { laneIds } = await account(world);
  const after = addMs(world.clock.now(), 5 * MINUTE_MS);
  const campaignId = await launchTestCampaign(database.db, world, {
    laneIds,
    pointless: { after, hoursAfterWindow: null, action: 'drop' },
  });
  world.startWorker('one', { settleGraceMs: 2_500 });
  await world.until('past', async () => !isBefore(world.clock.now(), after));
  // Questions would be lost, too, and each one lost doubles the time until the next.
  world.sandbox.setFaults({});
  await world.until('completed', () => world.completed(campaignId));
  const states = await enrollmentStates(database.db, campaignId);
  const taken = new Set(world.sandbox.accepted().map((text) => text.to));
  expect(world.sandbox.accepted()).toHaveLength(taken.size);
  expect((states['sent'] ?? 0) + (states['delivered'] ?? 0)).toBe(taken.size);
  expect(states['skipped']).toBe(20 - taken.size);
  expect(taken.size).toBeLessThan(20);
});

it('a slow campaign stops at the instant and leaves out the others', async () => {
  const world = await sendingWorld(database, { factor: 1_200 });
  await people(world, testPhones(40));
  const { laneIds } = await account(world);
  const after = addMs(world.clock.now(), 90 * MINUTE_MS);
  const campaignId = await launchTestCampaign(database.db, world, {
    laneIds,
    pace: { maxPerHour: 5, maxPerDay: null, finishBy: null },
    pointless: { after, hoursAfterWindow: null, action: 'drop' },
  });
  world.startWorker('one', { idleMs: 100 });
  await world.until('completed', () => world.completed(campaignId));
  expect(world.sandbox.accepted()).toHaveLength(10);
  expect(await enrollmentStates(database.db, campaignId)).toMatchObject({ skipped: 30 });
  // Nor may the gateway be called later for those that were claimed in time.
  const { rows } = await sql`select max(not_after) as latest from message where purpose = 'campaign'`.execute(
    database.db,
  );
  expect(rows).toEqual([{ latest: after }]);
});

it('many thousands are dropped in batches, each of which lets others at the campaign, and a stop loses nothing', async () => {
  const world = await sendingWorld(database);
  const count = 2 * TAKE_OFF_BATCH + 1;
  await sql`
    insert into contact (id, phone, zone_group, source, created_at, updated_at)
    select gen_random_uuid(), '+1617' || 2000000 + n, 'MA|America/New_York', 'test', ${world.clock.now()}, ${world.clock.now()}
    from generate_series(1, ${count}::int) n`.execute(database.db);
  const { laneIds } = await account(world);
  const after = addMs(world.clock.now(), MINUTE_MS);
  const campaignId = await launchTestCampaign(database.db, world, {
    laneIds,
    pointless: { after, hoursAfterWindow: null, action: 'drop' },
  });
  await world.until('past', async () => !isBefore(world.clock.now(), after));
  const stopping = new AbortController();
  const stop = world.live.subscribe(`campaign:${campaignId}`, () => stopping.abort());
  // Told to stop after the first batch, while nobody else can be at it.
  expect(await endPointless(world, campaignId, stopping.signal)).toBe(true);
  stop();
  const waiting = (await read(campaignId)).totals.pending;
  expect([TAKE_OFF_BATCH + 1, 1, 0]).toContain(waiting);
  await endPointless(world, campaignId, new AbortController().signal);
  expect(await read(campaignId)).toMatchObject({ state: 'completed', totals: { pending: 0, skipped: count } });
});

it('is left alone by a second worker while the first one is just dropping it', async () => {
  const world = await sendingWorld(database);
  await people(world, testPhones(2));
  const { laneIds } = await account(world);
  const after = addMs(world.clock.now(), MINUTE_MS);
  const campaignId = await launchTestCampaign(database.db, world, {
    laneIds,
    pointless: { after, hoursAfterWindow: null, action: 'drop' },
  });
  await world.until('past', async () => !isBefore(world.clock.now(), after));
  await runTx(database.db, async (tx) => {
    await sql`select 1 from campaign where id = ${campaignId} for no key update`.execute(tx);
    expect(await endPointless(world, campaignId, new AbortController().signal)).toBe(false);
  });
});

describe('a change of a running campaign is obeyed from the next turn on', () => {
  it('of its pace', async () => {
    const world = await sendingWorld(database);
    await people(world, testPhones(12));
    const { laneIds } = await account(world);
    const pace = { maxPerHour: 2, maxPerDay: null, finishBy: null };
    const campaignId = await launchTestCampaign(database.db, world, { laneIds, pace });
    world.startWorker('one');
    await world.until('two sent', async () => world.sandbox.accepted().length === 2);
    await edit(world, campaignId, { pace: { maxPerHour: 5 } });
    await world.until('five sent', async () => world.sandbox.accepted().length === 5);
    await edit(world, campaignId, { pace: { maxPerHour: null } });
    await world.until('completed', () => world.completed(campaignId));
    expect(hoursOf(world)).toEqual(['2026-11-17T15']);
  });

  it('of its pace, which counts what went out before it', async () => {
    const world = await sendingWorld(database, { factor: 1_800 });
    await people(world, testPhones(20));
    const { laneIds } = await account(world);
    // Slow enough to be caught in the middle.
    await sql`update lane set messages_per_second = 0.01`.execute(database.db);
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    world.startWorker('one');
    await world.until('some sent', async () => world.sandbox.accepted().length >= 6);
    await edit(world, campaignId, { pace: { maxPerHour: 8 } });
    await sql`update lane set messages_per_second = null`.execute(database.db);
    await world.until('completed', () => world.completed(campaignId));
    const perHour = Map.groupBy(world.sandbox.accepted(), (text) => text.acceptedAt.toString().slice(0, 13));
    // A text that is begun in the last second of an hour may arrive in the next.
    for (const [, texts] of perHour) expect(texts.length).toBeLessThanOrEqual(9);
  });

  it('of its hours', async () => {
    const world = await sendingWorld(database);
    await people(world, testPhones(5));
    const { laneIds } = await account(world);
    const campaignId = await launchTestCampaign(database.db, world, {
      laneIds,
      windowStartMinute: 15 * 60,
      windowEndMinute: 18 * 60,
    });
    world.startWorker('one');
    await world.until('turns were taken', async () => isBefore(addMs(START, MINUTE_MS), world.clock.now()));
    expect(world.sandbox.accepted()).toEqual([]);
    await edit(world, campaignId, { windowStartMinute: 9 * 60 });
    await world.until('completed', () => world.completed(campaignId));
    expect(hoursOf(world)).toEqual(['2026-11-17T15']);
  });

  it('of its priority', async () => {
    const world = await sendingWorld(database, { factor: 20 });
    await people(world, testPhones(40), 'first');
    await people(world, testPhones(40, '508'), 'second');
    const { laneIds } = await account(world);
    const first = await launchTestCampaign(database.db, world, { laneIds, audience: { tags: ['first'] } });
    const second = await launchTestCampaign(database.db, world, { laneIds, audience: { tags: ['second'] } });
    await edit(world, second, { priority: 1 });
    world.startWorker('one');
    await world.until('both', async () => (await world.completed(first)) && (await world.completed(second)));
    const order = world.sandbox.accepted().map((text) => (text.to.startsWith('+1508') ? 'second' : 'first'));
    expect(order.slice(0, 35)).toEqual(Array.from({ length: 35 }, () => 'second'));
  });
});

const hoursOf = (world: SendingWorld): readonly string[] => [
  ...new Set(world.sandbox.accepted().map((text) => text.acceptedAt.toString().slice(0, 13))),
];

describe('a number that is taken out of a running campaign', () => {
  /** Three people know the first number, three the second, three none. */
  async function launched() {
    const world = await sendingWorld(database);
    await people(world, testPhones(9));
    const { laneIds } = await account(world);
    const [first, second] = laneIds;
    if (first === undefined || second === undefined) throw new Error('expected two lanes');
    for (const [index, laneId] of [first, second].entries())
      await sql`update contact set lane_id = ${laneId} where phone = any(${testPhones(9).slice(index * 3, index * 3 + 3)}::text[])`.execute(
        database.db,
      );
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    await pause(world, campaignId);
    return { world, campaignId, first, second };
  }
  const from = (world: SendingWorld) => world.sandbox.accepted().map((text) => text.laneRef);

  it('sends nothing any more, and the people who know it are texted from the others', async () => {
    const { world, campaignId, first, second } = await launched();
    await edit(world, campaignId, { laneIds: [second] });
    expect((await read(campaignId)).laneIds).toEqual([second]);
    await resume(world, campaignId);
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    expect(from(world)).toEqual(Array.from({ length: 9 }, () => NUMBERS[1].id));
    const { rows } = await sql<{ reason: string; n: number }>`
      select decision ->> 'lane' as reason, count(*) as n from message where purpose = 'campaign' group by 1 order by 1`.execute(
      database.db,
    );
    expect(rows).toEqual([
      { reason: 'known to the person', n: 3 },
      { reason: 'most room', n: 3 },
      { reason: 'the known number was taken out of the campaign', n: 3 },
    ]);
    expect(first).not.toBe(second);
  });

  it('serves its people again when it comes back', async () => {
    const { world, campaignId, first, second } = await launched();
    await edit(world, campaignId, { laneIds: [second] });
    await edit(world, campaignId, { laneIds: [first, second] });
    await resume(world, campaignId);
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    const known = world.sandbox.accepted().filter((text) => testPhones(3).includes(text.to));
    expect(known.map((text) => text.laneRef)).toEqual(Array.from({ length: 3 }, () => NUMBERS[0].id));
  });
});
