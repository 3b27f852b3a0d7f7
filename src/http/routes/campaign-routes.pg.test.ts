import { sql } from 'kysely';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  everybodyAgrees,
  insertAccount,
  insertContacts,
  launchTestCampaign,
  testPhones,
} from '../../../test/fixtures.ts';
import { type Client, type HttpWorld, httpWorld } from '../../../test/http-world.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import { uuidOf } from '../api.ts';
import { registerCampaignRoutes } from './campaign-routes.ts';
import { registerConsentWaiverRoutes } from './consent-waiver-routes.ts';
import { registerEvidenceRoutes } from './evidence-routes.ts';
import { registerRecipientList } from './recipient-list-routes.ts';

let world: HttpWorld;
let owner: Client;
let laneIds: readonly Uuid[];
let contactIds: readonly Uuid[];
const PEOPLE = 501;

beforeAll(async () => {
  world = await httpWorld({
    registrars: [registerCampaignRoutes, registerRecipientList, registerConsentWaiverRoutes, registerEvidenceRoutes],
  });
  owner = await world.owner();
  const { db } = world.database;
  const account = { baseUrl: 'http://127.0.0.1:1', apiKey: 'test-key' };
  const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001' }];
  ({ laneIds } = await insertAccount(db, world.services, { ...account, lanes }));
  const phones = testPhones(PEOPLE);
  contactIds = await insertContacts(
    db,
    world.services,
    phones.map((phone, index) => ({ phone, tags: index === 0 ? ['everyone', 'one'] : ['everyone'] })),
  );
  await everybodyAgrees(db);
});

describe('a review', () => {
  const nameToConfirm = async (audience: object): Promise<boolean> => {
    const draft = await owner.post('/v1/campaigns', { name: 'Fall', audience });
    return (await owner.get(`/v1/campaigns/${draft.json.id}/review`)).json.nameToConfirm;
  };
  it('says that the launch of a large audience must repeat the name', async () =>
    expect(await nameToConfirm({ tags: ['everyone'] })).toBe(true));
  it('does not ask that of a small one', async () => expect(await nameToConfirm({ tags: ['one'] })).toBe(false));
});

describe('a launched campaign', () => {
  let id: Uuid;
  let address: string;
  beforeAll(async () => {
    id = await launchTestCampaign(world.database.db, world.services, { laneIds });
    address = `/v1/campaigns/${showId('campaign', id)}`;
  });

  it('finds one of its people', async () => {
    const contactId = showId('contact', contactIds[7] ?? '');
    const { data } = (await owner.get(`${address}/recipients?contactId=${contactId}`)).json;
    expect(data.map((row: { contactId: string }) => row.contactId)).toEqual([contactId]);
  });
  it('finds people by name or number, and by variant', async () => {
    const { data } = (await owner.get(`${address}/recipients?search=${encodeURIComponent('(617) 555-0123')}`)).json;
    expect(data.map((row: { phone: string }) => row.phone)).toEqual(['+16175550123']);
    const people = async (variant: string) =>
      (await owner.get(`${address}/recipients?limit=200&variant=${variant}`)).json.data.length;
    expect([await people('A'), await people('B')]).toEqual([200, 0]);
  });
  it('has one expected finish, whoever asks for it', async () => {
    // 501 people at 250 a day: the last one on the third morning, as soon as the hours are surely open.
    await sql`update lane set daily_cap = 250`.execute(world.database.db);
    const { expectedFinishAt } = (await owner.get(`${address}/live`)).json.campaign;
    expect(expectedFinishAt).toMatch(/^2026-11-19T14:00:30/);
    expect((await owner.get(address)).json.expectedFinishAt).toBe(expectedFinishAt);
    const finishes = async (path: string, name: string) =>
      (await owner.get(path)).json[name].map((row: { state: string; expectedFinishAt: string | null }) => [
        row.state,
        row.expectedFinishAt,
      ]);
    expect(await finishes('/v1/campaigns', 'data')).toEqual([
      ['running', expectedFinishAt],
      ['draft', null],
      ['draft', null],
    ]);
    expect(await finishes('/v1/home', 'campaigns')).toEqual([['running', expectedFinishAt]]);
  });
  it('has no expected finish while nothing can be sent', async () => {
    const { db } = world.database;
    const finish = async () => (await owner.get(address)).json.expectedFinishAt;
    await sql`update gateway_account set state = 'paused', state_reason = 'No credit'`.execute(db);
    expect(await finish()).toBeNull();
    await sql`update gateway_account set state = 'active', state_reason = null`.execute(db);
    await sql`update lane set state = 'off', state_reason = 'test'`.execute(db);
    expect(await finish()).toBeNull();
    await sql`update lane set state = 'active', state_reason = null`.execute(db);
    await owner.post('/v1/sending/pause', {});
    expect(await finish()).toBeNull();
    await owner.post('/v1/sending/resume');
    expect(await finish()).not.toBeNull();
  });
  it('says of each who waits why', async () => {
    const why = async () => (await owner.get(`${address}/recipients?limit=1`)).json.data[0].why;
    expect(await why()).toContain('Waits for its turn');
    await owner.post(`${address}/pause`, {});
    expect(await why()).toBe('The campaign is paused');
  });
  it('counts opt-outs by hour and marks the replies that nobody has answered', async () => {
    await reply({ campaignId: id, phone: testPhones(1)[0] ?? '', optedOut: true, waiting: false });
    await reply({ campaignId: id, phone: testPhones(2)[1] ?? '', optedOut: false, waiting: true });
    const { perHour, replies } = (await owner.get(`${address}/live`)).json;
    expect(perHour).toEqual([{ hour: '2026-11-17T15:00:00Z', sent: 0, delivered: 0, replied: 2, optedOut: 1 }]);
    expect(replies.map((row: { phone: string; waiting: boolean }) => [row.phone, row.waiting]).sort()).toEqual([
      ['+16175550000', false],
      ['+16175550001', true],
    ]);
  });
});

describe('an audience', () => {
  const make = (body: object) => owner.post('/v1/campaigns', { name: 'Winter', ...body });
  const preview = (audience: unknown) => owner.post('/v1/audiences/preview', { audience });
  const winters = async () => (await owner.get('/v1/campaigns?search=Winter')).json.data.length;

  it('that was not chosen is nobody, and cannot be launched', async () => {
    for (const body of [{}, { audience: null }]) {
      const draft = await make({ ...body, variants: [{ label: 'A', body: 'Hi' }], laneIds: shownLanes() });
      expect([draft.status, draft.json.audience]).toEqual([201, null]);
      const launched = await owner.post(`/v1/campaigns/${draft.json.id}/launch`, { revision: 1 });
      const message = 'No audience is chosen: choose tags, places or all contacts';
      expect([launched.status, launched.json.errors]).toEqual([422, [{ pointer: '/audience', message }]]);
      expect((await owner.get(`/v1/campaigns/${draft.json.id}`)).json.state).toBe('draft');
    }
    expect((await preview(null)).json).toMatchObject({ matched: 0, textable: 0, sample: [] });
  });
  it('of everybody must be said', async () => {
    expect((await make({ audience: { all: true } })).json.audience).toEqual({ all: true });
    expect((await preview({ all: true })).json.matched).toBe(PEOPLE);
  });
  it.each([
    [{}, '/audience', /nobody is chosen: give tags, states, cities or notContactedDays, or {"all": true}/],
    [{ tags: [] }, '/audience/tags', /give at least one, or leave it out/],
    [{ tags: ['one'], states: [] }, '/audience/states', /give at least one, or leave it out/],
    [{ all: false }, '/audience/all', /true/],
    [
      { all: true, tags: ['one'] },
      '/audience',
      /all chooses every contact: leave the conditions out, or leave out all/,
    ],
  ])('%j is refused everywhere, and nothing is made', async (audience, pointer, message) => {
    const before = await winters();
    const draft = (await make({})).json;
    const answers = [
      await make({ audience }),
      await preview(audience),
      await owner.patch(`/v1/campaigns/${draft.id}`, { revision: 1, audience }),
    ];
    for (const { status, json } of answers) {
      expect([status, json.errors?.length, json.errors?.[0].pointer]).toEqual([422, 1, pointer]);
      expect(json.errors[0].message).toMatch(message);
    }
    expect(await winters()).toBe(before + 1);
  });
});

describe('a draft', () => {
  it('tells other screens that it was made, changed and deleted', async () => {
    const topics: string[] = [];
    const stop = world.services.live.subscribe('campaign', (topic) => topics.push(topic));
    onTestFinished(stop);
    const { id } = (await owner.post('/v1/campaigns', { name: 'Fall' })).json;
    // What tests before this one did may be told of late.
    const toldOfIt = (times: number): Promise<void> =>
      vi.waitFor(() =>
        expect(topics.filter((topic) => topic === `campaign:${uuidOf('campaign', id)}`)).toHaveLength(times),
      );
    await toldOfIt(1);
    await owner.patch(`/v1/campaigns/${id}`, { revision: 1, name: 'Autumn' });
    await toldOfIt(2);
    await owner.delete(`/v1/campaigns/${id}`);
    await toldOfIt(3);
  });
});

it('asks for informational consent when that is called transactional', async () => {
  const consent = { policy: 'transactional' };
  const made = await owner.post('/v1/campaigns', { name: 'Reminders', consent });
  expect(made).toMatchObject({ status: 201, json: { consent: { policy: 'informational' } } });
});

const shownLanes = (): readonly string[] => laneIds.map((id) => showId('lane', id));

/** A text that came in as an answer to the campaign. */
async function reply(given: {
  readonly campaignId: Uuid;
  readonly phone: string;
  readonly optedOut: boolean;
  readonly waiting: boolean;
}): Promise<void> {
  const { newUuid, clock } = world.services;
  const { db } = world.database;
  const now = clock.now();
  const conversationId = newUuid();
  const { rows } = await sql<{ id: Uuid; contactId: Uuid }>`
    update enrollment set replied_at = ${now}, opted_out_at = ${given.optedOut ? now : null}
    where campaign_id = ${given.campaignId} and phone = ${given.phone} returning id, contact_id`.execute(db);
  await sql`
    insert into conversation (id, lane_id, phone, contact_id, state, waiting_since, last_message_at, last_message_preview,
      last_message_direction, created_at)
    values (${conversationId}, ${laneIds[0]}, ${given.phone}, ${rows[0]?.contactId}, 'open', ${given.waiting ? now : null}, ${now}, 'Hello',
      'inbound', ${now})`.execute(db);
  await sql`
    insert into message (id, account_id, lane_id, conversation_id, contact_id, direction, purpose, phone, body, encoding,
      parts, state, in_reply_to_enrollment_id, not_before, created_at)
    select ${newUuid()}, account_id, id, ${conversationId}, ${rows[0]?.contactId}, 'inbound', 'inbound', ${given.phone}, 'Hello', 'GSM-7', 1,
      'received', ${rows[0]?.id}, ${now}, ${now} from lane where id = ${laneIds[0]}`.execute(db);
}

describe('a launch that somebody answers for', () => {
  const REASON = 'They asked for it at the counter';
  const coldPeople = (...phones: readonly string[]) =>
    insertContacts(
      world.database.db,
      world.services,
      phones.map((phone) => ({ phone, tags: ['cold'], state: 'MA' })),
    );
  const launch = (draft: { readonly id: string; readonly revision: number }, more: object = {}) =>
    owner.post(`/v1/campaigns/${draft.id}/launch`, { revision: draft.revision, ...more });
  const kept = async (action: string) => {
    const { rows } = await sql<{ detail: object }>`
      select detail from audit_entry where action = ${action} order by id`.execute(world.database.db);
    return rows.map(({ detail }) => detail);
  };

  it('needs reasons that others understand, about those who were seen, which its report and the audit log keep', async () => {
    await coldPeople('+16035550101', '+16035550102');
    const { json: draft } = await owner.post('/v1/campaigns', {
      name: 'Cold',
      audience: { tags: ['cold'] },
      variants: [{ label: 'A', body: 'Shall we look? Reply STOP to opt out.' }],
      laneIds: shownLanes(),
      consent: { policy: 'informational' },
    });
    const waive = (change: object) =>
      owner.put(`/v1/campaigns/${draft.id}/consent-waiver`, {
        revision: draft.revision,
        people: 2,
        reason: REASON,
        ...change,
      });
    expect(await waive({ reason: '  too short ' })).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/reason', message: 'give a reason that somebody else understands' }] },
    });
    expect(await waive({ people: 1 })).toMatchObject({
      status: 409,
      json: {
        detail: expect.stringContaining('2 people of campaign "Cold" have not agreed by now, and 1 were counted'),
      },
    });
    expect(await waive({ revision: draft.revision + 1 })).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('was changed since it was read') },
    });
    const { status, json: waived } = await waive({});
    expect([status, waived.consentWaiver]).toEqual([
      200,
      { reason: REASON, people: 2, by: 'Olivia Owner', at: expect.any(String) },
    ]);
    await coldPeople('+16035550103');
    expect(await launch(waived)).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/audience', message: expect.stringContaining('the reason was given for 2') }] },
    });
    const { json: anew } = await waive({ revision: waived.revision, people: 3 });

    const review = (await owner.get(`/v1/campaigns/${draft.id}/review`)).json;
    expect(review).toMatchObject({ problems: [], toAcknowledge: [{ field: 'message' }] });
    const lacking = [review.toAcknowledge[0].message];
    expect(lacking[0]).toContain('does not say who sends it');
    expect(await launch(anew)).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/acknowledgement', message: expect.stringContaining(lacking[0]) }] },
    });
    expect(await launch(anew, { acknowledgement: 'because' })).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/acknowledgement' }] },
    });
    expect(await launch(anew, { acknowledgement: REASON })).toMatchObject({ status: 202, json: { state: 'running' } });

    const given = { reason: REASON, by: 'Olivia Owner' };
    expect(await kept('campaign.consent_waived')).toMatchObject([
      { ...given, people: 2 },
      { ...given, people: 3 },
    ]);
    expect((await kept('campaign.launched')).at(-1)).toMatchObject({
      withoutConsent: 3,
      consentWaiver: given,
      acknowledged: { ...given, lacking },
    });
    expect((await owner.get(`/v1/campaigns/${draft.id}/compliance-report`)).json).toMatchObject({
      consent: { waiver: { ...given, people: 3 } },
      firstTexts: { ...given, at: expect.any(String), lacking },
    });
  });
});
