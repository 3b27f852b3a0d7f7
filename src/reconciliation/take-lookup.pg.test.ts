import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { answering, type WireAnswer } from '../../test/local-gateway.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { quoGateway } from '../gateways/quo/quo-gateway.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import type { Database } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, HOUR_MS, MINUTE_MS } from '../platform/time.ts';
import { acquireLease } from '../sending/lease-store.ts';
import { applyWaiting } from '../webhooks/apply-event.ts';
import { describeEvent } from '../webhooks/describe-event.ts';
import { insertEvents } from '../webhooks/event-store.ts';
import { takeLookup } from './take-lookup.ts';

const [OURS, ANN] = ['+16175550001', '+16175550123'];
const AT = '2026-11-17T14:59:00.000Z';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

/** An account whose gateway answers as the test wants, and whose v4 webhooks come in. */
async function lookupWorld(answer: (path: string) => WireAnswer) {
  const world = testWorld();
  const { clock, random } = world;
  const paths: string[] = [];
  const baseUrl = await answering((path) => {
    paths.push(path);
    return answer(path);
  });
  const secrets = secretsWithKey(random.bytes(32), random);
  const lanes = [{ gatewayRef: 'PN1', phone: OURS }];
  const account = await insertAccount(database.db, { ...world, secrets }, { baseUrl, apiKey: 'key', lanes });
  const { db } = database;
  const log = createLog({ level: 'silent' });
  const gateway = quoGateway({ baseUrl, apiKey: 'key', clock, random, requestTimeoutMs: 5_000 });
  const lease = await acquireLease(db, {
    accountId: account.id,
    owner: 'test',
    now: clock.now(),
    latestEnd: addMs(clock.now(), HOUR_MS),
    expiresAt: addMs(clock.now(), HOUR_MS),
  });
  if (lease === undefined) throw new Error('the account has another holder');
  const deps = { ...world, db, log, gateway };
  const apply = () =>
    applyWaiting({
      ...world,
      database,
      log,
      webhookEdge: () => quoWebhookEdge,
      jobs: {
        enqueue: async () => {
          throw new Error('an event failed');
        },
        close: async () => {},
      },
    });
  return {
    ...world,
    paths,
    apply,
    /** A webhook of v4, applied. */
    async comes(type: string, object: object) {
      const payload = JSON.stringify({
        id: `EV${type}`,
        object: 'event',
        apiVersion: 'v4',
        createdAt: AT,
        type,
        data: { object },
      });
      const event = quoWebhookEdge.parse(Buffer.from(payload), clock.now());
      if (!event.ok) throw new Error(event.error.message);
      const label = describeEvent(event.value, new Set([OURS]));
      const stored = { id: world.newUuid(), accountId: account.id, eventId: event.value.eventId, ...label, payload };
      const came = {
        headers: {},
        receivedAt: clock.now(),
        source: 'webhook',
        signedBy: null,
        unreadable: null,
      } as const;
      await insertEvents(db, [{ ...stored, ...came }]);
      await apply();
    },
    lookUp: (reach: () => void = () => undefined) => takeLookup({ ...deps, reach }, lease),
    open: async () => (await sql`select kind, gateway_id, attempts from gateway_lookup`.execute(db)).rows,
  };
}

const TEXT = {
  id: 'AC1',
  object: 'message',
  from: ANN,
  to: OURS,
  direction: 'incoming',
  status: 'received',
  createdAt: AT,
};
const RECEIVED = { ...TEXT, text: 'The crack', phoneNumberId: 'PN1' };
const MEDIA = [{ url: 'https://media.example.test/crack.jpg', type: 'image/jpeg' }];
const LISTED = { ...RECEIVED, to: [OURS], updatedAt: AT };
const CALL = {
  id: 'CA1',
  object: 'call',
  direction: 'incoming',
  phoneNumberId: 'PN1',
  createdAt: AT,
  status: 'completed',
};
const ENDED = { ...CALL, answeredAt: null, completedAt: AT };

describe('what an event leaves out is asked for at once', () => {
  it('the pictures of a text, and none of the texts that had none is asked about again', async () => {
    const world = await lookupWorld(() => ({ status: 200, body: { data: { ...LISTED, media: MEDIA } } }));
    await world.comes('message.received', RECEIVED);
    expect(await world.open()).toEqual([{ kind: 'text', gatewayId: 'AC1', attempts: 0 }]);
    expect(await world.lookUp()).toEqual({ requests: 1 });
    await world.apply();
    const { rows } = await sql`select body, media from message`.execute(database.db);
    expect(rows).toEqual([{ body: 'The crack', media: MEDIA }]);
    expect(await world.open()).toEqual([]);
    expect(await world.lookUp()).toEqual({ requests: 0 });
    expect(world.paths).toEqual(['/v1/messages/AC1']);
  });

  it('who called', async () => {
    const participants = [{ phoneNumber: OURS }, { phoneNumber: ANN }];
    const world = await lookupWorld(() => ({ status: 200, body: { data: { ...ENDED, participants } } }));
    await world.comes('call.completed', { ...ENDED, participants: [] });
    await world.lookUp();
    await world.apply();
    const { rows } = await sql`
      select c.phone, v.phone as conversation from call c join conversation v on v.id = c.conversation_id`.execute(
      database.db,
    );
    expect(rows).toEqual([{ phone: ANN, conversation: ANN }]);
    expect(await world.open()).toEqual([]);
    expect(world.paths).toEqual(['/calls/CA1']);
  });

  it.each<[string, string, object]>([
    ['a text that says that it has no pictures', 'message.received', { ...RECEIVED, media: [] }],
    ['a call of somebody who hides the number', 'call.completed', { ...ENDED, participants: ['Anonymous', OURS] }],
    ['a call whose people are known', 'call.completed', { ...ENDED, participants: [OURS, ANN] }],
  ])('nothing of %s', async (_what, type, object) => {
    const world = await lookupWorld(() => ({ status: 500, body: {} }));
    await world.comes(type, object);
    expect(await world.open()).toEqual([]);
  });
});

describe('a question', () => {
  it('is asked again after its process died before the answer was stored', async () => {
    const world = await lookupWorld(() => ({ status: 200, body: { data: { ...LISTED, media: MEDIA } } }));
    await world.comes('message.received', RECEIVED);
    const dies = (): void => {
      throw new Error('killed');
    };
    await expect(world.lookUp(dies)).rejects.toThrow('killed');
    expect(await world.open()).toHaveLength(1);
    await world.lookUp();
    await world.apply();
    expect((await sql`select media from message`.execute(database.db)).rows).toEqual([{ media: MEDIA }]);
  });

  it('that brings nothing is asked less and less often, and then left to the nightly comparison', async () => {
    const world = await lookupWorld(() => ({ status: 500, body: { message: 'not now' } }));
    await world.comes('message.received', RECEIVED);
    for (let minute = 0; minute < 30; minute += 1) {
      await world.lookUp();
      await world.clock.advance(MINUTE_MS);
    }
    expect(await world.open()).toEqual([]);
    expect(world.paths.length).toBe(6);
  });

  it('about a call that is not over waits, and begins anew with its next event', async () => {
    const world = await lookupWorld(() => ({ status: 200, body: { data: { ...CALL, completedAt: null } } }));
    await world.comes('call.ringing', { ...CALL, participants: [], status: 'ringing' });
    await world.lookUp();
    expect(await world.open()).toEqual([{ kind: 'call', gatewayId: 'CA1', attempts: 1 }]);
    await world.comes('call.completed', { ...ENDED, participants: [] });
    expect(await world.open()).toEqual([{ kind: 'call', gatewayId: 'CA1', attempts: 0 }]);
  });

  it('waits for as long as the gateway asks for, and loses no try by that', async () => {
    const world = await lookupWorld(() => ({ status: 429, body: {}, headers: { 'retry-after': '30' } }));
    await world.comes('message.received', RECEIVED);
    expect(await world.lookUp()).toMatchObject({ requests: 1, heldUntil: expect.anything() });
    expect(await world.open()).toEqual([{ kind: 'text', gatewayId: 'AC1', attempts: 0 }]);
    expect(await world.lookUp()).toEqual({ requests: 0 });
  });
});
