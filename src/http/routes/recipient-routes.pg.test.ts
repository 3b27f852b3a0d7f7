import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../../test/fixtures.ts';
import { type Client, type HttpWorld, httpWorld, PASSWORD } from '../../../test/http-world.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import { registerRecipientRoutes } from './recipient-routes.ts';

let world: HttpWorld;
let owner: Client;
let viewer: Client;
let laneIds: readonly Uuid[];
let contactIds: readonly Uuid[];
let campaignId: Uuid;
let address: string;

beforeAll(async () => {
  world = await httpWorld({ registrars: [registerRecipientRoutes] });
  owner = await world.owner();
  const login = { email: 'vic@example.com', password: PASSWORD };
  await owner.post('/v1/users', { ...login, name: 'Vic Viewer', role: 'viewer' });
  viewer = world.client();
  await viewer.post('/v1/sign-in', login);
  const { db } = world.database;
  const account = { baseUrl: 'http://127.0.0.1:1', apiKey: 'test-key' };
  const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001' }];
  ({ laneIds } = await insertAccount(db, world.services, { ...account, lanes }));
  contactIds = await insertContacts(
    db,
    world.services,
    testPhones(4).map((phone, index) => ({ phone, tags: index < 2 ? ['roof'] : ['late'] })),
  );
  campaignId = await launchTestCampaign(db, world.services, { laneIds, audience: { tags: ['roof'] } });
  address = `/v1/campaigns/${showId('campaign', campaignId)}/recipients`;
});

const contact = (index: number): string => showId('contact', contactIds[index] ?? '');
const nobody = `con_${'0'.repeat(32)}`;

describe('an explanation', () => {
  it('is for everybody who may look, with shown ids and instants in UTC', async () => {
    const { db } = world.database;
    await sql`
      insert into suppression (id, phone, reason, channel, evidence, created_at)
      values ('00000000-0000-7000-8000-0000000000aa', ${testPhones(3)[2] ?? ''}, 'opt_out', 'sms', '{}', '2026-11-10T10:00:00Z')`.execute(
      db,
    );
    const { status, json } = await viewer.get(`${address}/${contact(2)}/explanation`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      contact: { id: contact(2) },
      standing: 'not_in_campaign',
      enrollment: null,
      code: 'audience_tags',
    });
    const rule = json.rules.find(({ code }: { code: string }) => code === 'opted_out');
    expect(rule).toMatchObject({
      forbids: true,
      inputs: { suppressionId: 'sup_000000000000700080000000000000aa', since: '2026-11-10T10:00:00Z' },
    });
    expect((await viewer.get(`${address}/${contact(0)}/explanation`)).json).toMatchObject({
      standing: 'waits',
      enrollment: { state: 'pending' },
      text: { begun: false },
    });
  });

  it('of nobody is not there', async () => {
    expect((await owner.get(`${address}/${nobody}/explanation`)).status).toBe(404);
    const other = `/v1/campaigns/cmp_${'0'.repeat(32)}/recipients/${contact(0)}/explanation`;
    expect((await owner.get(other)).status).toBe(404);
  });
});

describe('settling by hand', () => {
  const lose = () =>
    sql`
      insert into message (id, account_id, lane_id, contact_id, direction, purpose, enrollment_id, phone, body, encoding, parts, state,
        attempts, lease_epoch, not_before, created_at, attempted_at)
      select ${world.services.newUuid()}, l.account_id, l.id, e.contact_id, 'outbound', 'campaign', e.id, e.phone, 'Hi', 'GSM-7', 1, 'unknown',
        1, 1, ${world.clock.now()}, ${world.clock.now()}, ${world.clock.now()}
      from enrollment e, lane l where e.contact_id = ${contactIds[1]}`
      .execute(world.database.db)
      .then(() =>
        sql`update enrollment set state = 'unknown', lane_id = ${laneIds[0]} where contact_id = ${contactIds[1]}`.execute(
          world.database.db,
        ),
      );
  const settle = (client: Client, body: object, headers: Record<string, string> = {}) =>
    client.post(`${address}/${contact(1)}/settle`, body, headers);
  const SENT = { outcome: 'sent', reason: 'seen on the phone' };

  it('is for managers, needs a reason, and takes an id with "sent" only', async () => {
    await lose();
    expect((await settle(viewer, SENT)).status).toBe(403);
    const short = await settle(owner, { outcome: 'sent', reason: ' x ' });
    expect([short.status, short.json.errors]).toEqual([
      422,
      [{ pointer: '/reason', message: 'say in a few words how you know' }],
    ]);
    const wrong = await settle(owner, { outcome: 'drop', gatewayMessageId: 'AC1', reason: 'not there' });
    expect(wrong.json.errors[0]).toMatchObject({ pointer: '/gatewayMessageId' });
    expect((await settle(owner, { ...SENT, outcome: 'maybe' })).status).toBe(422);
  });

  it('happens once: the same key gets the same answer, a later one hears what it is', async () => {
    const key = { 'idempotency-key': 'settle-1' };
    const first = await settle(owner, SENT, key);
    expect([first.status, first.json]).toEqual([200, { contactId: contact(1), state: 'sent' }]);
    expect((await settle(owner, SENT, key)).json).toEqual(first.json);
    const later = await settle(owner, { ...SENT, outcome: 'send_again' });
    expect([later.status, later.json.state]).toEqual([409, 'sent']);
    expect(later.json.detail).toContain('settled already as sent');
    const { json } = await owner.get(`${address}/${contact(1)}/explanation`);
    expect(json.sentence).toContain('A person recorded that the text was sent');
    expect(json.enrollment.settledByHand).toBe(true);
  });
});

describe('adding people', () => {
  it('is shown before, for managers only, and happens once', async () => {
    const who = { audience: { tags: ['late'] } };
    const expected = {
      added: 1,
      alreadyIn: 0,
      leftOut: [{ reason: 'opted_out', sentence: 'Asked not to be texted', count: 1 }],
    };
    expect((await viewer.post(`${address}/preview`, who)).json).toMatchObject({
      ...expected,
      sample: [{ id: contact(3) }],
    });
    expect((await viewer.post(address, who)).status).toBe(403);
    const added = await owner.post(address, who);
    expect([added.status, added.json]).toEqual([200, expected]);
    expect((await owner.post(address, who)).json).toEqual({ added: 0, alreadyIn: 2, leftOut: [] });
  });

  it.each([
    ['no way', {}],
    ['two ways', { newMatches: true, contactIds: [nobody] }],
    ['nobody', { contactIds: [] }],
    ['too many', { contactIds: Array.from({ length: 1_001 }, () => nobody) }],
    ['an audience of nobody', { audience: {} }],
    ['an unknown contact', { contactIds: [nobody] }],
  ])('in %s is refused', async (_case, body) => {
    const { status, json } = await owner.post(address, body);
    expect(status).toBe(422);
    expect(json.errors.length).toBeGreaterThan(0);
  });
});
