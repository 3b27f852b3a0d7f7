import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emptyTables } from '../../../test/around-triggers.ts';
import { type Client, type HttpWorld, httpWorld, PASSWORD } from '../../../test/http-world.ts';
import { type Fixture, inboxFixture } from '../../conversations/inbox.fixture.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import { registerContactRoutes } from './contact-routes.ts';
import { registerInboxRoutes } from './inbox-routes.ts';

const PHONE = '+16175550161';

/** A person has written and has been answered; then something happens to the number before the engine comes to it. */
describe('an answer that cannot go out', () => {
  let world: HttpWorld;
  let owner: Client;
  let fixture: Fixture;
  let contactId: Uuid;
  let conversationId: Uuid;
  let messageId: string;
  const run = (statement: string) => sql.raw(statement).execute(world.database.db);
  const switchOff = () => run(`update lane set state = 'off', state_reason = 'Moved out'`);
  const pauseAccount = () => run(`update gateway_account set state = 'paused', state_reason = 'No credit'`);
  const newest = async () =>
    (await owner.get(`/v1/conversations/${showId('conversation', conversationId)}/messages`)).json.data[0];
  const drop = (body: object = {}) => owner.post(`/v1/messages/${messageId}/drop`, body);

  beforeAll(async () => {
    world = await httpWorld({ registrars: [registerInboxRoutes, registerContactRoutes] });
    owner = await world.owner();
    fixture = await inboxFixture(world.database.db, world.services.newUuid);
    contactId = await fixture.contact({ phone: PHONE, firstName: 'Maria' });
  });
  beforeEach(async () => {
    await emptyTables(world.database.db, 'message', 'conversation', 'audit_entry');
    await run(`update lane set state = 'active', state_reason = null`);
    await run(`update gateway_account set state = 'active', state_reason = null`);
    const at = '2026-11-17T14:00:00Z';
    conversationId = await fixture.conversation({ phone: PHONE, at, waitingSince: at });
    await fixture.message({ phone: PHONE, at, body: 'When do you come?', direction: 'inbound' });
    const sent = await owner.post(`/v1/conversations/${showId('conversation', conversationId)}/messages`, {
      text: 'Tomorrow at nine',
    });
    if (sent.status !== 202) throw new Error(JSON.stringify(sent.json));
    messageId = sent.json.id;
  });

  it('is held by nothing while its number is on', async () => {
    expect(await newest()).toMatchObject({ id: messageId, state: 'pending', held: null });
    expect((await owner.get('/v1/conversations?view=held')).json.data).toEqual([]);
  });

  it.each([
    ['because the number Main line is switched off: Moved out', 'Switch it on, or decide not to send it', switchOff],
    ['because the account Main is paused: No credit', 'Resume it, or decide not to send it', pauseAccount],
  ])('is told everywhere: %s', async (why, remedy, happens) => {
    await happens();
    expect((await newest()).held).toEqual({
      sentence: `Waits ${why}`,
      link: expect.stringMatching(/^\/settings\/numbers\?show=(lane|acc)_/),
    });
    const { attention } = (await owner.get('/v1/status')).json;
    expect(attention).toContainEqual({
      kind: 'answers_held',
      sentence: `1 answer to a person waits ${why}. ${remedy}`,
      link: '/inbox?view=held',
    });
    const held = (await owner.get('/v1/conversations?view=held')).json.data;
    expect(held.map(({ id }: { id: string }) => id)).toEqual([showId('conversation', conversationId)]);
    expect((await owner.get('/v1/conversations/counts')).json.held).toBe(1);
    const timeline = (await owner.get(`/v1/contacts/${showId('contact', contactId)}/timeline`)).json.data;
    expect(timeline[0].title).toBe(`Reply by Olivia Owner from Main line, waits ${why}`);
    expect((await owner.get('/metrics')).json).toMatch(/textwright_account_answers_held\{account="acc_\w+"\} 1/);
  });

  it('ends when a person decides so, on the record, and its person waits for an answer again', async () => {
    await switchOff();
    const answer = await drop({ reason: 'We called instead' });
    expect(answer.json).toMatchObject({
      state: 'cancelled',
      why: 'Not sent. Somebody here decided not to send it',
      held: null,
    });
    const { rows } =
      await sql`select action, subject, phone, detail from audit_entry where action = 'message.dropped'`.execute(
        world.database.db,
      );
    expect(rows).toEqual([
      {
        action: 'message.dropped',
        subject: messageId,
        phone: PHONE,
        detail: { by: 'Olivia Owner', purpose: 'reply', reason: 'We called instead' },
      },
    ]);
    const waiting = (await owner.get('/v1/conversations?view=waiting')).json.data;
    expect(waiting).toMatchObject([{ waitingSince: '2026-11-17T14:00:00Z' }]);
    expect((await owner.get('/v1/conversations?view=held')).json.data).toEqual([]);
  });

  it('is not taken back twice, nor once its hand-over has begun', async () => {
    await run(
      `update message set state = 'handing_over', attempts = 1, lease_epoch = 1, attempted_at = created_at where state = 'pending'`,
    );
    expect(await drop()).toMatchObject({ status: 409, json: { detail: expect.stringContaining('is handing over') } });
    await run(`update message set state = 'pending', attempts = 0 where state = 'handing_over'`);
    expect((await drop()).status).toBe(200);
    expect((await drop()).status).toBe(409);
  });

  it('leaves its person answered by whoever else has answered', async () => {
    await owner.post(`/v1/conversations/${showId('conversation', conversationId)}/messages`, { text: 'Or at ten' });
    await drop();
    expect((await owner.get('/v1/conversations?view=waiting')).json.data).toEqual([]);
  });

  it('is neither a check of the program itself nor a text of the person', async () => {
    const inbound = (await run(`select id from message where direction = 'inbound'`)).rows as { id: Uuid }[];
    expect((await owner.post(`/v1/messages/${showId('message', inbound[0]?.id ?? '')}/drop`, {})).status).toBe(404);
    await run(`update message set purpose = 'health_check' where direction = 'outbound'`);
    expect((await drop()).status).toBe(409);
  });

  it('whose answer was lost is settled by a manager who knows what became of it', async () => {
    const settle = (client: Client, body: object) => client.post(`/v1/messages/${messageId}/settle`, body);
    const sent = { outcome: 'sent', gatewayMessageId: 'AC1', reason: 'seen on the phone' };
    expect(await settle(owner, sent)).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('nothing to settle') },
    });
    await run(
      `update message set state = 'unknown', attempts = 1, lease_epoch = 1, attempted_at = '2026-11-17T14:01:00Z' where purpose = 'reply'`,
    );
    const login = { email: 'art@example.com', password: PASSWORD };
    await owner.post('/v1/users', { ...login, name: 'Art Agent', role: 'agent' });
    const agent = world.client();
    await agent.post('/v1/sign-in', login);
    expect((await settle(agent, sent)).status).toBe(403);
    expect((await settle(owner, { outcome: 'sent', reason: 'x' })).status).toBe(422);
    expect(await settle(owner, sent)).toMatchObject({ status: 200, json: { id: messageId, state: 'sent' } });
    expect((await settle(owner, sent)).status).toBe(409);
  });
});
