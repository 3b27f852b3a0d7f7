import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { startWebhookReceiver, type WebhookReceiver } from '../../../test/webhook-receiver.ts';
import { type ManualClock, manualClock, warpClock } from '../../platform/clock.ts';
import { HOUR_MS, instant, MINUTE_MS, SECOND_MS } from '../../platform/time.ts';
import { REFUSALS, type SandboxOptions } from './options.ts';
import { DEFAULT_PEOPLE, personOf } from './people.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

const START = instant('2026-11-02T15:00:00Z');
const SEED = 11;
const KEY = 'key-of-the-first-account';
const OTHER_KEY = 'key-of-the-second-account';
const LANE = { id: 'PNmain', phone: '+16175550100', name: 'Main' };
const SECOND_LANE = { id: 'PNsecond', phone: '+16175550101', name: 'Second' };
const OTHER_LANE = { id: 'PNother', phone: '+12125550100', name: 'Other' };
const PERSON = '+16175550142';
const unlimited = { limits: { requestsPerSecond: Number.POSITIVE_INFINITY } };
const silent = { people: { replyShare: 0 } };

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function open(options: Partial<SandboxOptions> = {}): Promise<{ sandbox: Sandbox; clock: ManualClock }> {
  const clock = manualClock(START);
  const sandbox = await startSandbox({
    clock,
    seed: SEED,
    accounts: [
      { apiKey: KEY, numbers: [LANE, SECOND_LANE] },
      { apiKey: OTHER_KEY, numbers: [OTHER_LANE] },
    ],
    faults: {},
    ...options,
  });
  opened.push(sandbox.crash);
  return { sandbox, clock };
}

async function openReceiver(): Promise<WebhookReceiver> {
  const receiver = await startWebhookReceiver();
  opened.push(receiver.close);
  return receiver;
}

interface Called {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are compared as they come from the wire
  readonly body: any;
}

async function call(
  sandbox: Sandbox,
  target: string,
  request: { readonly key?: string; readonly json?: unknown; readonly method?: string } = {},
): Promise<Called> {
  const [method = '', path = ''] = target.split(' ');
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    headers: { authorization: request.key ?? KEY, 'content-type': 'application/json' },
    ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const textTo = (to: string, changed: object = {}) => ({ content: 'Hi Sam', from: LANE.id, to: [to], ...changed });
const send = (sandbox: Sandbox, to: string, changed: object = {}): Promise<Called> =>
  call(sandbox, 'POST /v1/messages', { json: textTo(to, changed) });
const register = (sandbox: Sandbox, url: string): Promise<Called> =>
  call(sandbox, 'POST /v1/webhooks/messages', { json: { url, events: ['message.received', 'message.delivered'] } });

/** Moves from one thing to the next until nothing is left, or until the instant has come. */
async function play({ sandbox, clock }: { sandbox: Sandbox; clock: ManualClock }, untilMs = Number.POSITIVE_INFINITY) {
  for (;;) {
    await sandbox.quiet();
    const next = sandbox.nextDueAt();
    if (next === undefined || next.epochMilliseconds > untilMs) return;
    await clock.set(next);
  }
}

const bodyOf = (post: { readonly rawBody: Uint8Array }) => JSON.parse(Buffer.from(post.rawBody).toString('utf8'));
const typesOf = (receiver: WebhookReceiver): readonly string[] => receiver.posts.map((post) => bodyOf(post).type);
const mobile = (seed = SEED): readonly string[] =>
  Array.from({ length: 400 }, (_, index) => `+1617555${2_000 + index}`).filter(
    (phone) => personOf({ seed, phone, model: DEFAULT_PEOPLE }).line === 'mobile',
  );

describe('who may call', () => {
  it.each([
    ['the raw key', KEY, 200],
    ['the key with Bearer', `Bearer ${KEY}`, 401],
    ['another key', 'nobody', 401],
    ['no key', '', 401],
  ])('%s', async (_what, key, status) => {
    const { sandbox } = await open();
    expect((await call(sandbox, 'GET /v1/phone-numbers', { key })).status).toBe(status);
  });

  it('lets ten requests per second and key through, by its own clock', async () => {
    const { sandbox, clock } = await open();
    const statuses = async (count: number): Promise<readonly number[]> => {
      const answers = [];
      for (let request = 0; request < count; request += 1) answers.push((await send(sandbox, PERSON)).status);
      return answers;
    };
    expect(await statuses(11)).toEqual([...Array(10).fill(202), 429]);
    await clock.advance(999);
    expect(await statuses(1)).toEqual([429]);
    expect((await call(sandbox, 'GET /v1/phone-numbers', { key: OTHER_KEY })).status).toBe(200);
    await clock.advance(1);
    expect(await statuses(11)).toEqual([...Array(10).fill(202), 429]);
    expect(sandbox.accepted()).toHaveLength(20);
  });
});

describe('what a send must be', () => {
  it.each<[string, unknown, number, string | undefined]>([
    ['a good text', textTo(PERSON), 202, undefined],
    ['a number as sender', textTo(PERSON, { from: LANE.phone }), 202, undefined],
    ['the deprecated name of the sender', { content: 'x', phoneNumberId: LANE.id, to: [PERSON] }, 202, undefined],
    ['1,600 characters', textTo(PERSON, { content: 'x'.repeat(1_600) }), 202, undefined],
    ['1,601 characters', textTo(PERSON, { content: 'x'.repeat(1_601) }), 400, '/content'],
    ['white space', textTo(PERSON, { content: ' \n ' }), 400, '/content'],
    ['no text', textTo(PERSON, { content: undefined }), 400, '/content'],
    ['two recipients', textTo(PERSON, { to: [PERSON, '+16175550143'] }), 400, '/to'],
    ['no recipient', textTo(PERSON, { to: [] }), 400, '/to'],
    ['a recipient that is no list', textTo(PERSON, { to: PERSON }), 400, '/to'],
    ['a number without plus', textTo('16175550142'), 400, '/to/0'],
    ['a sender that is neither id nor number', textTo(PERSON, { from: 'Main' }), 400, '/from'],
    ['a status that is not done', textTo(PERSON, { setInboxStatus: 'open' }), 400, '/setInboxStatus'],
    ['a user id of another shape', textTo(PERSON, { userId: 7 }), 400, '/userId'],
    ['a list', [], 400, ''],
    ['an unknown sender', textTo(PERSON, { from: 'PNnobody' }), 404, undefined],
    ["another account's sender", textTo(PERSON, { from: OTHER_LANE.id }), 404, undefined],
    ['an unknown user', textTo(PERSON, { userId: 'USnobody' }), 404, undefined],
    ['a body of 100 kB', textTo(PERSON, { content: 'x'.repeat(100_000) }), 413, undefined],
  ])('%s', async (_what, json, status, path) => {
    const { sandbox } = await open();
    const answer = await call(sandbox, 'POST /v1/messages', { json });
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([status, path]);
    expect(sandbox.accepted()).toHaveLength(status === 202 ? 1 : 0);
  });

  it('answers errors in the documented shape', async () => {
    const { sandbox } = await open();
    const { body } = await send(sandbox, '555');
    expect(body).toEqual({
      message: 'The input was invalid',
      code: '0200400',
      status: 400,
      docs: 'https://openphone.com/docs',
      title: 'Bad Request',
      trace: 'sandbox',
      errors: [
        { path: '/to/0', message: 'Expected string to match pattern', value: '555', schema: { type: 'string' } },
      ],
    });
  });

  it('answers an accepted text in the documented shape', async () => {
    const { sandbox } = await open();
    const { body } = await send(sandbox, PERSON);
    expect(body).toEqual({
      data: {
        id: sandbox.accepted()[0]?.id,
        to: [PERSON],
        from: LANE.phone,
        text: 'Hi Sam',
        phoneNumberId: LANE.id,
        conversationId: expect.stringMatching(/^CN/),
        direction: 'outgoing',
        userId: 'USsandbox0',
        status: 'queued',
        createdAt: '2026-11-02T15:00:00.000Z',
        updatedAt: '2026-11-02T15:00:00.000Z',
        media: [],
      },
    });
  });

  it('refuses only the sends that a refusal is about', async () => {
    const { sandbox } = await open();
    sandbox.setRefusals([
      { ...REFUSALS.dailyCap, laneRef: LANE.id },
      { ...REFUSALS.noCredit, to: '+16175550143' },
    ]);
    expect((await send(sandbox, PERSON)).body).toMatchObject({ status: 403, code: '0204403' });
    expect((await send(sandbox, PERSON, { from: SECOND_LANE.id })).status).toBe(202);
    expect((await send(sandbox, '+16175550143', { from: SECOND_LANE.id })).body.code).toBe('0200402');
  });

  it.each([
    'GET /v1/calls',
    'POST /messages',
    'PUT /v1/messages',
    'GET /v1/messages/a/b',
    'GET /',
    'GET /v1/messages/%',
  ])('does not have %s', async (target) => {
    const { sandbox } = await open();
    expect((await call(sandbox, target)).status).toBe(404);
  });
});

describe('reading messages', () => {
  const person = encodeURIComponent(PERSON);
  it.each([
    ['everything that is required', `phoneNumberId=PNmain&participants=${person}&maxResults=10`, 200],
    ['no maxResults', `phoneNumberId=PNmain&participants=${person}`, 400],
    ['maxResults over 100', `phoneNumberId=PNmain&participants=${person}&maxResults=101`, 400],
    ['no participants', 'phoneNumberId=PNmain&maxResults=10', 400],
    ['participants in brackets', `phoneNumberId=PNmain&participants[]=${person}&maxResults=10`, 400],
    ['a plus that was not encoded', `phoneNumberId=PNmain&participants=${PERSON}&maxResults=10`, 400],
    ['no number', `participants=${person}&maxResults=10`, 400],
    ["another account's number", `phoneNumberId=PNother&participants=${person}&maxResults=10`, 404],
    ['an unreadable time', `phoneNumberId=PNmain&participants=${person}&maxResults=10&createdAfter=today`, 400],
    ['an invented page token', `phoneNumberId=PNmain&participants=${person}&maxResults=10&pageToken=2`, 400],
  ])('with %s', async (_what, query, status) => {
    const { sandbox } = await open();
    expect((await call(sandbox, `GET /v1/messages?${query}`)).status).toBe(status);
  });

  it('pages through one conversation, newest first, between two instants, with a total that cannot be trusted', async () => {
    const { sandbox, clock } = await open({ ...unlimited, ...silent });
    for (let minute = 0; minute < 7; minute += 1) {
      await send(sandbox, PERSON, { content: `minute ${minute}` });
      await clock.advance(MINUTE_MS);
    }
    await send(sandbox, '+16175550143');
    const query = `phoneNumberId=PNmain&participants=${person}&maxResults=2&createdAfter=2026-11-02T15:00:00Z&createdBefore=2026-11-02T15:06:00Z`;
    const pages: string[][] = [];
    let token: string | null = '';
    while (token !== null) {
      const page = await call(sandbox, `GET /v1/messages?${query}${token === '' ? '' : `&pageToken=${token}`}`);
      pages.push(page.body.data.map(({ text }: { text: string }) => text));
      expect(page.body.totalItems).toBeLessThan(7);
      token = page.body.nextPageToken;
    }
    expect(pages).toEqual([['minute 5', 'minute 4'], ['minute 3', 'minute 2'], ['minute 1']]);
  });

  it("keeps one account's messages from another", async () => {
    const { sandbox } = await open();
    const { body } = await send(sandbox, PERSON);
    expect((await call(sandbox, `GET /v1/messages/${body.data.id}`)).status).toBe(200);
    expect((await call(sandbox, `GET /v1/messages/${body.data.id}`, { key: OTHER_KEY })).status).toBe(404);
  });
});

describe('webhooks', () => {
  it('can be created, read, listed and removed by their account', async () => {
    const { sandbox } = await open();
    const created = await register(sandbox, 'http://127.0.0.1:9/hook');
    expect(created.status).toBe(201);
    expect(Buffer.from(created.body.data.key, 'base64')).toHaveLength(32);
    const { id } = created.body.data;
    expect((await call(sandbox, 'GET /v1/webhooks')).body.data).toEqual([created.body.data]);
    expect((await call(sandbox, `GET /v1/webhooks/${id}`)).body).toEqual(created.body);
    expect((await call(sandbox, `DELETE /v1/webhooks/${id}`, { key: OTHER_KEY })).status).toBe(404);
    expect((await call(sandbox, `DELETE /v1/webhooks/${id}`)).status).toBe(204);
    expect((await call(sandbox, 'GET /v1/webhooks')).body.data).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['an event of calls', { url: 'http://127.0.0.1:9/', events: ['call.ringing'] }, '/events'],
    ['no event', { url: 'http://127.0.0.1:9/', events: [] }, '/events'],
    ['no address', { events: ['message.received'] }, '/url'],
    [
      'eleven numbers',
      { url: 'http://127.0.0.1:9/', events: ['message.received'], resourceIds: Array(11).fill('PN') },
      '/resourceIds',
    ],
  ])('are refused with %s', async (_what, json, path) => {
    const { sandbox } = await open();
    const answer = await call(sandbox, 'POST /v1/webhooks/messages', { json });
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, path]);
  });

  it('carry the captured v4 payload and a signature over their raw bytes', async () => {
    const world = await open();
    const receiver = await openReceiver();
    const { body } = await register(world.sandbox, receiver.url);
    const received = await world.sandbox.personTexts({ from: PERSON, to: LANE.phone, text: 'Sí 👍' });
    await play(world);
    const [post] = receiver.posts;
    if (post === undefined) throw new Error('nothing was posted');
    expect(bodyOf(post)).toEqual({
      id: expect.stringMatching(/^EV/),
      object: 'event',
      apiVersion: 'v4',
      createdAt: '2026-11-02T15:00:00.000Z',
      type: 'message.received',
      data: {
        object: {
          id: received.id,
          object: 'message',
          from: PERSON,
          to: LANE.phone,
          direction: 'incoming',
          text: 'Sí 👍',
          status: 'received',
          createdAt: '2026-11-02T15:00:00.000Z',
          userId: 'USsandbox0',
          phoneNumberId: LANE.id,
          contactIds: [],
        },
        deepLink: expect.stringContaining(`?at=${received.id}`),
      },
    });
    const [scheme, version, timestamp = '', signature] = post.header('openphone-signature')?.split(';') ?? [];
    const expected = createHmac('sha256', Buffer.from(body.data.key, 'base64'))
      .update(`${timestamp}.`)
      .update(post.rawBody)
      .digest('base64');
    expect([scheme, version, signature]).toEqual(['hmac', '1', expected]);
    expect(Number(timestamp)).toBe(world.clock.now().epochMilliseconds);
    expect(world.sandbox.inbound()[0]?.answeredAt).toEqual(world.clock.now());
  });

  it('are tried eight times over more than a day with fresh timestamps, then given up', async () => {
    const world = await open();
    const receiver = await openReceiver();
    await register(world.sandbox, receiver.url);
    receiver.answerWith(500);
    await world.sandbox.personTexts({ from: PERSON, to: LANE.phone, text: 'Hello?' });
    await play(world);
    const stamps = receiver.posts.map((post) => Number(post.header('openphone-signature')?.split(';')[2]));
    const waits = stamps.slice(1).map((stamp, index) => stamp - (stamps[index] ?? 0));
    expect(waits).toEqual([5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000]);
    expect(new Set(receiver.posts.map((post) => bodyOf(post).id)).size).toBe(1);
    expect(world.sandbox.inbound()[0]?.answeredAt).toBeUndefined();
  });

  it('follow the business to the endpoint that it registered last', async () => {
    const world = await open();
    await register(world.sandbox, 'http://127.0.0.1:9/gone');
    await world.sandbox.personTexts({ from: PERSON, to: LANE.phone, text: 'Hello?' });
    await play(world, START.epochMilliseconds + 2 * SECOND_MS);
    const receiver = await openReceiver();
    await register(world.sandbox, receiver.url);
    await play(world);
    expect(typesOf(receiver)).toEqual(['message.received']);
  });

  it('do not exist for what happened before anybody asked for them', async () => {
    const world = await open();
    await world.sandbox.personTexts({ from: PERSON, to: LANE.phone, text: 'Hello?' });
    const receiver = await openReceiver();
    await register(world.sandbox, receiver.url);
    await play(world);
    expect(receiver.posts).toEqual([]);
  });

  it.each([
    ['twice', { duplicateWebhookShare: 1 }, 2],
    ['never', { loseWebhookShare: 1 }, 0],
    ['late, but once', { reorderWebhookShare: 1 }, 1],
  ])('come %s when told so', async (_what, faults, posts) => {
    const world = await open({ faults });
    const receiver = await openReceiver();
    await register(world.sandbox, receiver.url);
    await world.sandbox.personTexts({ from: PERSON, to: LANE.phone, text: 'Hello?' });
    await play(world);
    expect(receiver.posts).toHaveLength(posts);
    expect(world.sandbox.pending()).toBe(0);
  });
});

describe('what becomes of a text', () => {
  it('tells nobody that a text to a landline failed; only its status does', async () => {
    const world = await open({ ...silent, people: { replyShare: 0, landlineShare: 1 } });
    const receiver = await openReceiver();
    await register(world.sandbox, receiver.url);
    expect((await send(world.sandbox, PERSON)).status).toBe(202);
    await play(world);
    expect(world.sandbox.accepted()).toMatchObject([{ status: 'undelivered' }]);
    expect(receiver.posts).toEqual([]);
  });

  it('delivers no more to a person who sent the exact keyword, from any number of the account, until START', async () => {
    const world = await open({ ...unlimited, ...silent });
    const [person = ''] = mobile();
    const statusAfter = async (lane: string): Promise<string | undefined> => {
      expect((await send(world.sandbox, person, { from: lane })).status).toBe(202);
      await play(world);
      return world.sandbox.accepted().at(-1)?.status;
    };
    await world.sandbox.personTexts({ from: person, to: LANE.phone, text: 'please stop' });
    expect(await statusAfter(LANE.id)).toBe('delivered');
    await world.sandbox.personTexts({ from: person, to: LANE.phone, text: 'Stop' });
    expect([await statusAfter(LANE.id), await statusAfter(SECOND_LANE.id)]).toEqual(['undelivered', 'undelivered']);
    await world.sandbox.personTexts({ from: person, to: LANE.phone, text: 'START' });
    expect(await statusAfter(LANE.id)).toBe('delivered');
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('sends its own opt-out confirmation: %s', async (providerSendsOptOutConfirmation, count) => {
    const world = await open({ providerSendsOptOutConfirmation });
    await world.sandbox.personTexts({ from: PERSON, to: LANE.phone, text: 'STOP' });
    await play(world);
    const query = `phoneNumberId=PNmain&participants=${encodeURIComponent(PERSON)}&maxResults=10`;
    const { body } = await call(world.sandbox, `GET /v1/messages?${query}`);
    const outgoing = body.data.filter(({ direction }: { direction: string }) => direction === 'outgoing');
    expect(outgoing).toHaveLength(count);
    expect(world.sandbox.accepted()).toEqual([]);
  });

  it('brings a text from one own number to another in as a webhook', async () => {
    const world = await open({ people: { landlineShare: 1 } });
    const receiver = await openReceiver();
    await register(world.sandbox, receiver.url);
    await send(world.sandbox, SECOND_LANE.phone, { content: 'health check' });
    await play(world);
    expect([...typesOf(receiver)].sort()).toEqual(['message.delivered', 'message.received']);
    expect(world.sandbox.inbound()).toMatchObject([{ from: LANE.phone, to: SECOND_LANE.phone, text: 'health check' }]);
  });

  it('is not answered in the middle of a conversation, and is again a day later', async () => {
    const world = await open({ people: { replyShare: 1 } });
    const [person = ''] = mobile();
    await world.sandbox.personTexts({ from: person, to: SECOND_LANE.phone, text: 'Are you open?' });
    await send(world.sandbox, person, { content: 'Yes' });
    await play(world);
    expect(world.sandbox.inbound()).toHaveLength(1);
    await world.clock.advance(25 * HOUR_MS);
    await send(world.sandbox, person);
    await play(world);
    expect(world.sandbox.inbound()).toHaveLength(2);
  });

  it('is never answered by those who asked for peace, in whatever words', async () => {
    const replyMix = { ...DEFAULT_PEOPLE.replyMix, question: 0, interest: 0, reaction: 0, not_interested: 0 };
    const world = await open({ ...unlimited, people: { replyShare: 1, replyMix } });
    const people = mobile().slice(0, 60);
    for (let campaign = 0; campaign < 2; campaign += 1) {
      for (const person of people) await send(world.sandbox, person);
      await play(world);
      await world.clock.advance(48 * HOUR_MS);
    }
    expect(world.sandbox.inbound()).toHaveLength(60);
    expect(new Set(world.sandbox.inbound().map(({ text }) => text)).size).toBeGreaterThan(8);
  });

  it('can begin with the person', async () => {
    const world = await open({
      spontaneous: [
        { from: PERSON, to: LANE.phone, afterMs: HOUR_MS },
        { from: '+16175550143', to: SECOND_LANE.phone, text: 'Are you open?', afterMs: MINUTE_MS },
      ],
    });
    await play(world);
    expect(world.sandbox.inbound().map(({ from }) => from)).toEqual(['+16175550143', PERSON]);
    expect(world.sandbox.inbound()[0]).toMatchObject({ text: 'Are you open?', laneRef: SECOND_LANE.id });
  });

  it('follows from the seed, whatever the order of sending', async () => {
    const repliesWith = async (seed: number, turned: boolean): Promise<readonly string[]> => {
      const world = await open({ ...unlimited, seed });
      const people = mobile().slice(0, 150);
      for (const person of turned ? people.toReversed() : people) await send(world.sandbox, person);
      await play(world);
      return world.sandbox
        .inbound()
        .map(({ from, text, sentAt }) => `${sentAt} ${from} ${text}`)
        .sort();
    };
    const replies = await repliesWith(SEED, false);
    expect(replies.length).toBeGreaterThan(5);
    expect(await repliesWith(SEED, true)).toEqual(replies);
    expect(await repliesWith(SEED + 1, false)).not.toEqual(replies);
  });

  it('comes to rest by itself under a fast clock', async () => {
    const clock = warpClock({ startsAt: START, factor: 2_000_000 });
    const { sandbox } = await open({ ...unlimited, clock });
    for (const person of mobile().slice(0, 50)) await send(sandbox, person);
    await sandbox.idle();
    expect(sandbox.pending()).toBe(0);
    expect(sandbox.accepted().filter(({ status }) => status === 'delivered')).toHaveLength(50);
  });
});
