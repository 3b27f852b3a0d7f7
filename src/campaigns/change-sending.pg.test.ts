import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { AS_IT_IS, insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { type Database, runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, HOUR_MS, instant } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import { getCampaign } from './campaign-store.ts';
import { changeCampaign } from './change-sending.ts';
import { cancelCampaign, pauseCampaign } from './control-campaign.ts';
import { launchCampaign } from './launch-campaign.ts';
import { type CampaignChange, createDraft, type NewDraft } from './manage-drafts.ts';
import type { Pointless } from './sending-options.ts';

let database: Database;
let world: ReturnType<typeof testWorld>;
let laneIds: readonly Uuid[];
beforeEach(async () => {
  database = await testDatabase();
  world = testWorld();
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  const lanes = ['1', '2', '3'].map((n) => ({ gatewayRef: `PN${n}`, phone: `+1617555000${n}` }));
  ({ laneIds } = await insertAccount(
    database.db,
    { ...world, secrets },
    { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes },
  ));
  await insertContacts(
    database.db,
    world,
    testPhones(5).map((phone) => ({ phone, state: 'MA' })),
  );
});

const read = async (id: Uuid): Promise<Campaign> => {
  const campaign = await getCampaign(database.db, id);
  if (campaign === undefined) throw new Error('no campaign');
  return campaign;
};
const launched = async (change: Partial<NewDraft> = {}): Promise<Campaign> =>
  read(await launchTestCampaign(database.db, world, { laneIds: laneIds.slice(0, 2), ...change }));
const edit = (campaign: Campaign, change: CampaignChange, revision = campaign.revision) =>
  runTx(database.db, (tx) =>
    changeCampaign(tx, world, {
      id: campaign.id,
      shownId: showId('campaign', campaign.id),
      revision,
      change,
      actor: 'user:test',
    }),
  );
const order = ({ id }: Campaign) => ({ id, shownId: showId('campaign', id), reason: undefined, actor: 'test' });
const noJobs = { enqueue: () => Promise.reject(new Error('no job was expected')) };
const pointless = (change: Partial<Pointless>): Pointless => ({
  after: null,
  hoursAfterWindow: null,
  action: 'drop',
  ...change,
});

describe('a campaign that runs', () => {
  it('takes every sending option, leaves the others as they are, and keeps who changed what', async () => {
    const campaign = await launched({ priority: 4 });
    const after = instant('2026-11-19T22:00:00Z');
    const change: CampaignChange = {
      windowStartMinute: 10 * 60,
      windowEndMinute: 18 * 60,
      pace: { maxPerHour: 30 },
      pointless: pointless({ after, action: 'ask' }),
      laneIds: laneIds.slice(1),
    };
    expect(await edit(campaign, change)).toMatchObject({ ok: true });
    const changed = await read(campaign.id);
    expect(changed).toMatchObject({
      state: 'running',
      revision: campaign.revision + 1,
      priority: 4,
      windowStartMinute: 600,
      windowEndMinute: 1080,
      pace: { maxPerHour: 30, maxPerDay: null, finishBy: null },
      pointless: { after, hoursAfterWindow: null, action: 'ask' },
    });
    expect(new Set(changed.laneIds)).toEqual(new Set(laneIds.slice(1)));
    const { rows } = await sql`
      select actor, subject, detail from audit_entry where action = 'campaign.sending_changed'`.execute(database.db);
    const lanes = (ids: readonly Uuid[]) => ids.map((id) => showId('lane', id)).toSorted();
    expect(rows).toEqual([
      {
        actor: 'user:test',
        subject: showId('campaign', campaign.id),
        detail: {
          name: 'Test campaign',
          before: { window: '08:00-21:00', maxPerHour: null, pointless: null, laneIds: lanes(laneIds.slice(0, 2)) },
          after: {
            window: '10:00-18:00',
            maxPerHour: 30,
            pointless: { after: '2026-11-19T22:00:00Z', action: 'ask' },
            laneIds: lanes(laneIds.slice(1)),
          },
        },
      },
    ]);
  });

  it('is changed while it is paused too, and stays so', async () => {
    const campaign = await launched();
    await runTx(database.db, (tx) => pauseCampaign(tx, world, order(campaign)));
    expect(await edit(campaign, { priority: 1 })).toMatchObject({ ok: true, value: { state: 'paused', priority: 1 } });
  });

  it('counts what it has sent in this hour and on this day towards a pace that comes later', async () => {
    const campaign = await launched();
    const sentAt = (minutes: number) => addMs(world.clock.now(), -minutes * 60_000);
    const mark = (phone: number, change: string, at = world.clock.now()) =>
      sql`update enrollment set ${sql.raw(change)}, lane_id = ${laneIds[0]}, sent_at = ${at} where phone = ${testPhones(5)[phone]}`.execute(
        database.db,
      );
    await world.clock.advance(20 * 60_000);
    await mark(0, `state = 'sent'`, sentAt(1));
    await mark(1, `state = 'sent'`, sentAt(90));
    // Of yesterday.
    await mark(2, `state = 'sent'`, sentAt(20 * 60));
    await sql`update enrollment set state = 'unknown', lane_id = ${laneIds[0]} where phone = ${testPhones(5)[3]}`.execute(
      database.db,
    );
    await edit(campaign, { pace: { maxPerHour: 3 } });
    const { rows } = await sql`select hour_start, hour_texts, day, day_texts, next_at from campaign_pace`.execute(
      database.db,
    );
    expect(rows).toEqual([
      {
        hourStart: instant('2026-11-17T15:00:00Z'),
        hourTexts: 2,
        day: '2026-11-17',
        dayTexts: 3,
        nextAt: world.clock.now(),
      },
    ]);
  });

  it.each<[string, CampaignChange, string, RegExp]>([
    [
      'hours that the law closes',
      { windowStartMinute: 300, windowEndMinute: 420 },
      '/window',
      /^Nobody can be texted from 05:00 to 07:00: the law and your settings leave 09:00 to 20:00/,
    ],
    [
      'an end in the past',
      { pace: { finishBy: instant('2026-11-17T14:00:00Z') } },
      '/pace/finishBy',
      /until Tue, Nov 17, 09:00 EST, which is past/,
    ],
    [
      'hours that open only after the texts are to be done',
      { windowStartMinute: 1080, windowEndMinute: 1200, pace: { finishBy: instant('2026-11-17T20:00:00Z') } },
      '/pace/finishBy',
      /nobody may be texted before Tue, Nov 17, 18:00 EST/,
    ],
    [
      'texts that are pointless already',
      { pointless: pointless({ after: instant('2026-11-17T14:00:00Z') }) },
      '/pointless/after',
      /which is past/,
    ],
    ['no number at all', { laneIds: [] }, '/laneIds', /keep at least one/],
    [
      'a number that does not exist',
      { laneIds: ['00000000-0000-7000-8000-000000000099'] },
      '/laneIds',
      /^lane lane_0000\w+99 does not exist/,
    ],
  ])('refuses %s and changes nothing', async (_, change, pointer, message) => {
    const campaign = await launched();
    expect(await edit(campaign, change)).toMatchObject({
      ok: false,
      error: { kind: 'invalid', errors: [{ pointer, message: expect.stringMatching(message) }] },
    });
    expect(await read(campaign.id)).toEqual(campaign);
  });

  it('takes a change although something else in it is past meanwhile', async () => {
    const campaign = await launched({
      pace: { maxPerHour: null, maxPerDay: null, finishBy: addMs(world.clock.now(), HOUR_MS) },
      pointless: pointless({ after: addMs(world.clock.now(), HOUR_MS), action: 'go_on' }),
    });
    await world.clock.advance(2 * HOUR_MS);
    expect(await edit(campaign, { priority: 2, windowStartMinute: 600, windowEndMinute: 1200 })).toMatchObject({
      ok: true,
    });
  });

  it('keeps its text, its audience and its name, and says what can be changed', async () => {
    const campaign = await launched();
    expect(await edit(campaign, { name: 'Other', priority: 1 })).toMatchObject({
      ok: false,
      error: {
        kind: 'conflict',
        message:
          'campaign "Test campaign" is running: name cannot be changed after the launch; priority, window, pace, pointless and laneIds can',
        errors: [{ pointer: '/name' }],
        state: 'running',
      },
    });
    expect(await read(campaign.id)).toEqual(campaign);
  });

  it('refuses a change of what somebody else has changed since', async () => {
    const campaign = await launched();
    await edit(campaign, { priority: 2 });
    expect(await edit(campaign, { priority: 3 })).toMatchObject({
      ok: false,
      error: { kind: 'conflict', message: expect.stringContaining('read it again') },
    });
    expect((await read(campaign.id)).priority).toBe(2);
  });
});

it('a campaign that is over refuses every change', async () => {
  const campaign = await launched();
  await runTx(database.db, (tx) => cancelCampaign(tx, { ...world, jobs: noJobs }, order(campaign)));
  for (const change of [{ priority: 1 }, { name: 'Other' }])
    expect(await edit(campaign, change)).toMatchObject({
      ok: false,
      error: { kind: 'conflict', state: 'cancelled', allowed: [] },
    });
});

describe('a draft', () => {
  const draft = async (change: Partial<NewDraft> = {}): Promise<Campaign> => {
    const created = await runTx(database.db, (tx) =>
      createDraft(tx, world, {
        name: 'Fall',
        audience: { all: true },
        variants: [{ label: 'A', weight: 1, body: 'Hi' }],
        laneIds: laneIds.slice(0, 1),
        consent: null,
        createdBy: 'test',
        ...change,
      }),
    );
    if (!created.ok) throw new Error(created.error.message);
    return created.value;
  };
  const launch = ({ id, revision }: Campaign) =>
    runTx(database.db, (tx) =>
      launchCampaign(tx, world, {
        id,
        shownId: showId('campaign', id),
        revision,
        confirmName: undefined,
        acknowledgement: AS_IT_IS,
        actor: 'test',
      }),
    );

  it('may say what is wrong until the launch, which refuses it and leaves the draft as it was', async () => {
    const made = await draft();
    const wrong = { windowStartMinute: 300, windowEndMinute: 420, pace: { finishBy: instant('2026-11-01T00:00:00Z') } };
    expect(await edit(made, wrong)).toMatchObject({ ok: true, value: { revision: 2 } });
    const changed = await read(made.id);
    expect(await launch(changed)).toMatchObject({
      ok: false,
      error: {
        kind: 'invalid',
        errors: [
          { pointer: '/schedule', message: expect.stringMatching(/^Nobody can be texted from 05:00 to 07:00/) },
          { pointer: '/schedule', message: expect.stringMatching(/which is past/) },
        ],
      },
    });
    expect(await read(made.id)).toEqual(changed);
  });

  it('keeps the hours after its window, which the launch makes an instant', async () => {
    const made = await draft({ pointless: pointless({ hoursAfterWindow: 3, action: 'ask' }) });
    expect(made.pointless).toEqual({ after: null, hoursAfterWindow: 3, action: 'ask' });
    expect(await launch(made)).toMatchObject({ ok: true });
    // Nine in the evening in New York, and three hours.
    expect((await read(made.id)).pointless).toEqual({
      after: instant('2026-11-18T05:00:00Z'),
      hoursAfterWindow: 3,
      action: 'ask',
    });
  });

  it('may take its limits away again', async () => {
    const made = await draft({
      pace: { maxPerHour: 5, maxPerDay: 50, finishBy: null },
      pointless: pointless({ hoursAfterWindow: 3 }),
    });
    await edit(made, { pace: { maxPerHour: null }, pointless: null });
    expect(await read(made.id)).toMatchObject({
      pace: { maxPerHour: null, maxPerDay: 50, finishBy: null },
      pointless: null,
    });
  });

  it('refuses a number that does not exist', async () => {
    const lane = '00000000-0000-7000-8000-000000000099';
    expect(await edit(await draft(), { laneIds: [lane] })).toMatchObject({ ok: false, error: { kind: 'invalid' } });
  });
});
