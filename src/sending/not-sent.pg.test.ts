import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerTexts, claimTexts } from '../../test/claimed.ts';
import { enrollmentStates, launchTestCampaign } from '../../test/fixtures.ts';
import { type SendingWorld, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { textStates, underWay } from '../../test/under-way.ts';
import { cancelCampaign } from '../campaigns/control-campaign.ts';
import type { OptOutWording } from '../compliance/opt-out-wording.ts';
import { changeOptOutWording } from '../compliance/opt-out-wording-store.ts';
import { manualClock } from '../platform/clock.ts';
import { type Database, runTx } from '../platform/database.ts';
import { addMs, type Instant, instant } from '../platform/time.ts';
import type { Verdict } from './decide-outcome.ts';
import { resumeDueLanes } from './record-store.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

/** So few people are taken off by the cancelling itself. */
const noJobs = { enqueue: () => Promise.reject(new Error('expected no job')) };

const notSent = (world: SendingWorld): Verdict => ({ to: 'pending', notBefore: world.clock.now(), detail: 'test' });

const laneStates = async (): Promise<readonly string[]> =>
  (await sql<{ state: string }>`select distinct state from lane`.execute(database.db)).rows.map((row) => row.state);

/** Of the days' caps. */
const reservedTexts = async (): Promise<number | undefined> =>
  (await sql<{ n: number }>`select sum(reserved)::integer as n from lane_usage`.execute(database.db)).rows[0]?.n;

describe('a text that was not sent', () => {
  it('waits by the hours of the place to which its person moved meanwhile', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 1);
    await sql`update contact set zone_group = 'HI|Pacific/Honolulu'`.execute(database.db);
    await answerTexts(database.db, world, { ...started, verdict: notSent(world) });
    const { rows } = await sql`
      select e.state, e.zone_group, exists (select 1 from campaign_zone_group g where g.campaign_id = e.campaign_id
        and g.zone_group = e.zone_group) as seen_by_the_engine from enrollment e`.execute(database.db);
    expect(rows).toEqual([{ state: 'pending', zoneGroup: 'HI|Pacific/Honolulu', seenByTheEngine: true }]);
  });

  it('has an end when its campaign was cancelled meanwhile', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 3);
    const { campaignId } = started;
    expect(await reservedTexts()).toBe(3);
    await runTx(database.db, (tx) =>
      cancelCampaign(
        tx,
        { ...world, jobs: noJobs },
        { id: campaignId, shownId: 'cmp_test', reason: undefined, actor: 'test' },
      ),
    );
    await answerTexts(database.db, world, { ...started, verdict: notSent(world) });
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ skipped: 3 });
    expect(await textStates(database.db)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    const { rows } = await sql`select skipped, pending, handing_over, parts from campaign_totals`.execute(database.db);
    expect(rows).toEqual([{ skipped: 3, pending: 0, handingOver: 0, parts: 0 }]);
    expect(await reservedTexts()).toBe(0);
  });

  it('has an end when it would be pointless by now and such ones are dropped', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 3);
    await sql`update campaign set pointless_after = ${world.clock.now()}, pointless_action = 'drop'`.execute(
      database.db,
    );
    await answerTexts(database.db, world, { ...started, verdict: notSent(world) });
    const { rows } = await sql`select state, skip_reason, count(*) as n from enrollment group by 1, 2`.execute(
      database.db,
    );
    expect(rows).toEqual([{ state: 'skipped', skipReason: 'pointless', n: 3 }]);
    expect(await textStates(database.db)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(await reservedTexts()).toBe(0);
  });

  it('ends with its enrollment when the campaign is cancelled while it waits again', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 2);
    await answerTexts(database.db, world, { ...started, verdict: notSent(world) });
    await runTx(database.db, (tx) =>
      cancelCampaign(
        tx,
        { ...world, jobs: noJobs },
        { id: started.campaignId, shownId: 'cmp_test', reason: undefined, actor: 'test' },
      ),
    );
    expect(await textStates(database.db)).toEqual(['cancelled', 'cancelled']);
  });

  it('that meets the carriers’ daily limit in the evening goes on when the carriers’ day begins, at midnight Pacific', async () => {
    // 00:10 in New York: the limit of the day before still holds for almost three hours.
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 1);
    const clock = manualClock(instant('2026-11-18T05:10:00Z'));
    const sender = { scope: 'account', reason: 'daily limit', until: 'next_day' } as const;
    const verdict = { to: 'pending', notBefore: clock.now(), detail: 'test', sender } as const;
    await answerTexts(database.db, { ...world, clock }, { ...started, verdict });
    const { rows } = await sql<{ until: Instant }>`select distinct paused_until as until from lane`.execute(
      database.db,
    );
    expect(rows.map(({ until }) => until.toString())).toEqual(['2026-11-18T08:00:00Z']);
  });

  it('waits until the carriers’ next day when their daily limit was reached, then goes on by itself', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 1);
    const sender = { scope: 'account', reason: 'daily limit', until: 'next_day' } as const;
    await answerTexts(database.db, world, {
      ...started,
      verdict: { to: 'pending', notBefore: world.clock.now(), detail: 'test', sender },
    });
    const { rows } = await sql`select state from gateway_account`.execute(database.db);
    expect(rows).toEqual([{ state: 'active' }]);
    expect(await laneStates()).toEqual(['paused']);
    await runTx(database.db, (tx) => resumeDueLanes(tx, started.accountId, addMs(world.clock.now(), 24 * 3_600_000)));
    expect(await laneStates()).toEqual(['active']);
  });

  it.each([
    ['all numbers', { scope: 'account', reason: 'daily limit', until: 'next_day' }],
    ['one number', { scope: 'lane', reason: 'daily limit of the number', until: 'next_day' }],
  ] as const)('drains again where it drained before (%s refused)', async (_, sender) => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 1);
    await sql`update lane set state = 'draining', state_reason = 'test'`.execute(database.db);
    await answerTexts(database.db, world, {
      ...started,
      verdict: { to: 'pending', notBefore: world.clock.now(), detail: 'test', sender },
    });
    expect(await laneStates()).toContain('paused');
    await runTx(database.db, (tx) => resumeDueLanes(tx, started.accountId, addMs(world.clock.now(), 24 * 3_600_000)));
    expect(await laneStates()).toEqual(['draining']);
  });
});

describe('the first text to a person', () => {
  const ADDED = 'Text END to stop';
  const SILENT = { variants: [{ label: 'A', weight: 1, body: 'Acme: shall we come by?' }] };
  const adding = (world: SendingWorld, change: Partial<OptOutWording>) =>
    changeOptOutWording({ ...world, db: database.db }, { change, actor: 'test' });
  const bodiesOf = async () =>
    (
      await sql<{ body: string; parts: number; added: string | null }>`
        select body, parts, decision ->> 'optOutAdded' as added from message where purpose = 'campaign' order by phone`.execute(
        database.db,
      )
    ).rows;

  it('says how to stop when an owner wants that, and the second one does not', async () => {
    const world = await sendingWorld(database);
    await adding(world, { adds: true, wording: ADDED });
    const first = await underWay(database.db, world, 1, SILENT);
    const [text] = await bodiesOf();
    expect(text).toMatchObject({ body: expect.stringMatching(/[^\n]\nText END to stop$/), parts: 1, added: ADDED });
    expect(first.texts[0]?.body).toBe(text?.body);
    await answerTexts(database.db, world, { ...first, verdict: { to: 'sent', gatewayMessageId: 'AC1' } });
    const again = await launchTestCampaign(database.db, world, {
      laneIds: [first.claim.laneId],
      name: 'Again',
      ...SILENT,
    });
    const claimed = await claimTexts(database.db, world, { ...first.claim, lease: first.lease, campaignId: again });
    expect(claimed.map(({ body }) => body.includes(ADDED))).toEqual([false]);
  });

  it('that is tried again keeps its words, whatever is set or sent meanwhile', async () => {
    const world = await sendingWorld(database);
    await adding(world, { adds: true, wording: ADDED });
    const started = await underWay(database.db, world, 1, SILENT);
    await answerTexts(database.db, world, { ...started, verdict: notSent(world) });
    await adding(world, { adds: false, wording: 'Reply STOP to opt out.' });
    const [again] = await claimTexts(database.db, world, { ...started.claim, lease: started.lease });
    expect(again?.body).toBe(started.texts[0]?.body);
    expect(again?.body).toContain(ADDED);
  });

  it('that had nothing added gets nothing when it is tried again', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 1, SILENT);
    await answerTexts(database.db, world, { ...started, verdict: notSent(world) });
    await adding(world, { adds: true });
    const [again] = await claimTexts(database.db, world, { ...started.claim, lease: started.lease });
    expect(again?.body).toBe(started.texts[0]?.body);
  });
});
