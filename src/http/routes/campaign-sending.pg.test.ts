import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  everybodyAgrees,
  insertAccount,
  insertContacts,
  launchTestCampaign,
  testPhones,
} from '../../../test/fixtures.ts';
import { type Client, type HttpWorld, httpWorld } from '../../../test/http-world.ts';
import { endPointless } from '../../campaigns/end-pointless.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import { MINUTE_MS } from '../../platform/time.ts';
import { registerCampaignRoutes } from './campaign-routes.ts';

let world: HttpWorld;
let owner: Client;
let laneIds: readonly Uuid[];

beforeAll(async () => {
  world = await httpWorld({ registrars: [registerCampaignRoutes] });
  owner = await world.owner();
  const { db } = world.database;
  const lanes = ['1', '2'].map((n) => ({ gatewayRef: `PN${n}`, phone: `+1617555000${n}` }));
  ({ laneIds } = await insertAccount(db, world.services, { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes }));
  await insertContacts(
    db,
    world.services,
    testPhones(3).map((phone) => ({ phone })),
  );
  await everybodyAgrees(db);
});

const SENDING = {
  priority: 2,
  window: { start: '09:00', end: '24:00' },
  pace: { maxPerHour: 100, maxPerDay: null, finishBy: '2026-11-20T22:00:00Z' },
  pointless: { hoursAfterWindow: 2, action: 'ask' },
};
const DEFAULTS = {
  priority: 5,
  window: { start: '08:00', end: '21:00' },
  pace: { maxPerHour: null, maxPerDay: null, finishBy: null },
  pointless: null,
};
const draft = (body: object = {}) => owner.post('/v1/campaigns', { name: 'Fall', ...body });
const running = async () => {
  const id = showId('campaign', await launchTestCampaign(world.database.db, world.services, { laneIds }));
  return { address: `/v1/campaigns/${id}`, id };
};
const change = (address: string, body: object, client = owner) => client.patch(address, { revision: 1, ...body });

describe('a draft', () => {
  it('has defaults, takes every option when it is made and when it is changed, and shows them', async () => {
    expect((await draft()).json).toMatchObject(DEFAULTS);
    const made = await draft(SENDING);
    expect([made.status, made.json]).toMatchObject([
      201,
      { ...SENDING, pointless: { after: null, hoursAfterWindow: 2, action: 'ask', asks: false } },
    ]);
    const address = `/v1/campaigns/${made.json.id}`;
    const after = '2026-11-21T17:00:00-05:00';
    const changed = await change(address, {
      pace: { maxPerDay: 500, finishBy: null },
      pointless: { after, action: 'drop' },
    });
    expect(changed.json).toMatchObject({
      revision: 2,
      window: SENDING.window,
      pace: { maxPerHour: 100, maxPerDay: 500, finishBy: null },
      pointless: { after: '2026-11-21T22:00:00Z', hoursAfterWindow: null, action: 'drop' },
    });
    expect((await owner.get(address)).json).toEqual(changed.json);
  });

  it('is reviewed with what its schedule and its numbers would do', async () => {
    const lanes = laneIds.map((id) => showId('lane', id));
    const made = await draft({
      audience: { all: true },
      variants: [{ label: 'A', body: 'Hi' }],
      laneIds: lanes,
      window: { start: '05:00', end: '07:00' },
    });
    const { db } = world.database;
    await sql`update lane set state = 'off', state_reason = 'test' where id = ${laneIds[1]}`.execute(db);
    const review = (await owner.get(`/v1/campaigns/${made.json.id}/review`)).json;
    await sql`update lane set state = 'active', state_reason = null`.execute(db);
    expect(review.problems).toEqual([
      { field: 'schedule', message: expect.stringMatching(/^Nobody can be texted from 05:00 to 07:00/) },
    ]);
    expect(review.warnings.filter(({ field }: { readonly field: string }) => field !== 'message')).toEqual([
      { field: 'lanes', message: 'PN2 +16175550002 is switched off: nothing goes out from it' },
    ]);
  });
});

describe('what cannot be is refused with what it was and what to do, and changes nothing:', () => {
  it.each<[string, object, string, RegExp]>([
    [
      'no text an hour',
      { pace: { maxPerHour: 0 } },
      '/pace/maxPerHour',
      /texts an hour from 1 to 1000000, or null for no limit, got 0; to send nothing, pause/,
    ],
    ['less than none a day', { pace: { maxPerDay: -5 } }, '/pace/maxPerDay', /got -5/],
    ['half a text', { pace: { maxPerHour: 1.5 } }, '/pace/maxPerHour', /got 1.5/],
    [
      'an end that is no time',
      { pace: { finishBy: 'tomorrow' } },
      '/pace/finishBy',
      /expected an instant like .*, got "tomorrow"/,
    ],
    [
      'hours that end before they begin',
      { window: { start: '18:00', end: '09:00' } },
      '/window',
      /from 18:00 to 09:00 never open/,
    ],
    ['hours of no length', { window: { start: '09:00', end: '09:00' } }, '/window', /never open/],
    ['a minute that does not exist', { window: { start: '08:60', end: '21:00' } }, '/window/start', /got "08:60"/],
    ['half of the hours', { window: { start: '09:00' } }, '/window/end', /expected/],
    ['a priority that does not exist', { priority: 0 }, '/priority', /from 1 \(first\) to 9 \(last\), got 0/],
    ['pointless without saying when', { pointless: { action: 'drop' } }, '/pointless', /give either after/],
    [
      'pointless at two times',
      { pointless: { action: 'drop', hoursAfterWindow: 1, after: '2026-11-21T17:00:00Z' } },
      '/pointless',
      /give either after/,
    ],
    ['pointless without saying what then', { pointless: { hoursAfterWindow: 1 } }, '/pointless/action', /drop/],
    ['an unknown field', { pace: { perMinute: 3 } }, '/pace/perMinute', /unknown field/],
  ])('%s', async (_, body, pointer, message) => {
    const { address } = await running();
    const before = (await owner.get(address)).json;
    for (const answer of [await change(address, body), await draft(body)]) {
      expect([answer.status, answer.json.errors?.[0]?.pointer]).toEqual([422, pointer]);
      expect(answer.json.errors[0].message).toMatch(message);
    }
    expect((await owner.get(address)).json).toEqual(before);
  });
});

describe('a running campaign', () => {
  it('takes the sending options and tells the engine and every screen', async () => {
    const { address } = await running();
    const topics = new Set<string>();
    const told = Promise.withResolvers<void>();
    const stop = ['engine', 'status', 'campaign'].map((topic) =>
      world.services.live.subscribe(topic, (one) => {
        topics.add(one.split(':')[0] ?? '');
        if (topics.size === 3) told.resolve();
      }),
    );
    const changed = await change(address, SENDING);
    await told.promise;
    for (const end of stop) end();
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({
      revision: 2,
      ...SENDING,
      // Midnight in New York, and two hours.
      pointless: { after: '2026-11-18T07:00:00Z', hoursAfterWindow: 2, action: 'ask', asks: false },
    });
    expect((await owner.get(`${address}/live`)).json.campaign).toMatchObject({ priority: 2 });
  });

  it('refuses what is frozen with 409 and its field, and an old revision', async () => {
    const { address } = await running();
    const frozen = await change(address, { name: 'Other' });
    expect([frozen.status, frozen.json.errors, frozen.json.allowed]).toEqual([
      409,
      [{ pointer: '/name', message: 'cannot be changed after the launch' }],
      ['priority', 'window', 'pace', 'pointless', 'laneIds'],
    ]);
    expect((await change(address, { priority: 1, revision: 7 })).status).toBe(409);
  });

  it('is changed by managers, and by nobody below', async () => {
    const { address } = await running();
    for (const [role, status] of [
      ['viewer', 403],
      ['agent', 403],
      ['manager', 200],
    ] as const) {
      const { secret } = (await owner.post('/v1/api-keys', { name: role, role })).json;
      const headers = { authorization: `Bearer ${secret}` };
      const answer = await world.client().send('PATCH', address, { headers, body: { revision: 1, priority: 1 } });
      expect([role, answer.status]).toEqual([role, status]);
    }
  });

  it('that is paused with a question says so until it is answered', async () => {
    const { address, id } = await running();
    await change(address, { pointless: { after: '2026-11-17T15:10:00Z', action: 'ask' } });
    await world.clock.advance(11 * MINUTE_MS);
    const { db } = world.database;
    const { rows } = await sql<{
      id: Uuid;
    }>`select id from campaign where state = 'running' order by created_at desc, id desc limit 1`.execute(db);
    expect(showId('campaign', rows[0]?.id ?? '')).toBe(id);
    expect((await owner.get(`${address}/live`)).json.waiting?.sentence).toBe(
      'Its texts are pointless since Tue 10:10 EST: a worker pauses it and asks you what becomes of the 3 people who still wait',
    );
    await endPointless({ ...world.services, db }, rows[0]?.id ?? '', new AbortController().signal);
    const asking = (await owner.get(address)).json;
    expect(asking).toMatchObject({
      state: 'paused',
      stateReason: expect.stringContaining('3 people still wait'),
      pointless: { asks: true },
    });
    expect((await owner.post(`${address}/resume`, {})).json).toMatchObject({
      state: 'running',
      pointless: { asks: false },
    });
  });
});
