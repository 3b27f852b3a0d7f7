import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayWorld, WireFault, WireRefusal } from '../../../test/gateway-conformance/world.ts';
import { describeGatewayConformance } from '../../../test/gateway-conformance.ts';
import { startWebhookReceiver } from '../../../test/webhook-receiver.ts';
import { manualClock, systemClock } from '../../platform/clock.ts';
import { seededRandom } from '../../platform/random.ts';
import { addMs, instant, SECOND_MS } from '../../platform/time.ts';
import { ensureWebhooks, NOTHING_KNOWN } from '../ensure-webhooks.ts';
import type { Gateway } from '../gateway.ts';
import { type Faults, REFUSALS, type Refusal } from '../sandbox/options.ts';
import { DEFAULT_PEOPLE, personOf } from '../sandbox/people.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { WebhookRegistration } from '../webhook-registration.ts';
import { quoGateway } from './quo-gateway.ts';
import { quoWebhookEdge } from './quo-webhook.ts';
import type { QuoGatewayOptions } from './quo-wire.ts';

const START = instant('2026-11-02T15:00:00Z');
const KEY = 'test-key-of-the-sandbox';
const LANES = [
  { id: 'PNmain', phone: '+16175550100', name: 'Main' },
  { id: 'PNsecond', phone: '+16175550101', name: 'Second' },
];
const [MAIN, SECOND] = LANES.map(({ id, phone }) => ({ laneRef: id, phone }));

const A_REGISTRATION: WebhookRegistration = {
  part: 'all',
  topics: [],
  ref: 'WH1',
  name: 'WH1',
  url: 'https://hooks.example.test/quo',
  enabled: true,
  lacks: [],
  narrowed: false,
  secret: undefined,
};

const FAULTS: Readonly<Record<WireFault, Faults>> = {
  none: {},
  request_lost: { loseRequestShare: 1 },
  answer_lost: { loseAnswerShare: 1 },
  answer_cut: { cutAnswerShare: 1 },
  answer_slow: { slowAnswerShare: 1, slowAnswerMs: 60 * SECOND_MS },
  error_before_acceptance_or_after: { status500Share: 1 },
};

const WIRE_REFUSALS: Readonly<Record<WireRefusal, Refusal>> = {
  registration_missing: REFUSALS.registrationMissing,
  no_credit: REFUSALS.noCredit,
  subscription_expired: REFUSALS.subscriptionExpired,
  sender_not_allowed: REFUSALS.notPhoneNumberUser,
  daily_cap: REFUSALS.dailyCap,
  rate_limit: REFUSALS.rateLimited,
  rate_limit_for_7_seconds: { ...REFUSALS.rateLimited, retryAfter: '7' },
};

async function openWorld(): Promise<GatewayWorld> {
  const clock = manualClock(START);
  const seed = 20_261_102;
  const sandbox = await startSandbox({
    clock,
    seed,
    accounts: [{ apiKey: KEY, numbers: LANES }],
    people: { replyShare: 0 },
    faults: {},
    limits: { requestsPerSecond: Number.POSITIVE_INFINITY },
  });
  const receiver = await startWebhookReceiver();
  const gatewayWith = (changed: Partial<QuoGatewayOptions>): Gateway =>
    quoGateway({
      baseUrl: sandbox.url,
      apiKey: KEY,
      clock,
      random: seededRandom(1),
      requestTimeoutMs: 10_000,
      ...changed,
    });
  if (MAIN === undefined || SECOND === undefined) throw new Error('two lanes expected');
  return {
    gateway: gatewayWith({}),
    strangerGateway: gatewayWith({ apiKey: 'nobody' }),
    unreachableGateway: gatewayWith({ baseUrl: await addressWhereNobodyListens() }),
    impatientGateway: gatewayWith({ requestTimeoutMs: 200 }),
    edge: quoWebhookEdge,
    lane: MAIN,
    otherLane: SECOND,
    deadNumber: firstDeadNumber(seed),
    webhookUrl: receiver.url,
    posts: receiver.posts,
    wire: {
      resolutionMs: 1,
      signsTime: true,
      rotatesKeys: true,
      numbersTellRegistration: true,
      hasConversations: true,
    },
    now: () => clock.now(),
    suffer: (fault) => sandbox.setFaults(FAULTS[fault]),
    refuse: (refusal) => sandbox.setRefusals(refusal === undefined ? [] : [WIRE_REFUSALS[refusal]]),
    requests: sandbox.requests,
    accepted: sandbox.accepted,
    personTexts: async (text) => {
      await sandbox.personTexts(text);
    },
    personCalls: (call) => void sandbox.personCalls(call),
    pass: (ms) => clock.advance(ms),
    step: async () => {
      await sandbox.quiet();
      const next = sandbox.nextDueAt();
      if (next !== undefined) await clock.set(next);
      return next !== undefined;
    },
    close: async () => {
      await sandbox.crash();
      await receiver.close();
    },
  };
}

/** A port that was free a moment ago. */
async function addressWhereNobodyListens(): Promise<string> {
  const receiver = await startWebhookReceiver();
  await receiver.close();
  return new URL(receiver.url).origin;
}

function firstDeadNumber(seed: number): string {
  for (let last = 200; ; last += 1) {
    const phone = `+16175551${last}`;
    if (personOf({ seed, phone, model: DEFAULT_PEOPLE }).line !== 'mobile') return phone;
  }
}

describeGatewayConformance('quo against the sandbox', openWorld);

describe('quo gateway', () => {
  const urls: string[] = [];
  const sends: Heard[] = [];
  let server: Server;
  let answer: ((path: string) => Response | 'reset' | 'reset in the middle' | 'nothing') | undefined;
  beforeEach(async () => {
    urls.length = 0;
    sends.length = 0;
    server = createServer(async (request, response) => {
      urls.push(request.url ?? '');
      sends.push({ headers: request.headers, body: await text(request) });
      await give(response, answer?.(request.url ?? '') ?? 'nothing');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = (): string => {
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  };
  const gatewayThatHears = (answers: NonNullable<typeof answer>, options: Partial<QuoGatewayOptions> = {}) => {
    answer = answers;
    return quoGateway({
      baseUrl: `${origin()}/`,
      apiKey: KEY,
      clock: manualClock(START),
      random: seededRandom(1),
      requestTimeoutMs: 10_000,
      ...options,
    });
  };
  const oneText = { laneRef: 'PNmain', to: '+16175550142', text: 'Hi' };
  const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
    Response.json(body, { status, headers });
  const taken = (): Response => json(202, { data: { id: 'ACtest0001', status: 'sent' } });

  it('sends the raw key, the lane and exactly one recipient, and no more than was asked for', async () => {
    const outcome = await gatewayThatHears(taken).send(oneText);
    expect(outcome).toEqual({ kind: 'accepted', gatewayMessageId: 'ACtest0001', status: 'sent' });
    expect(urls).toEqual(['/v1/messages']);
    expect(sends[0]?.headers).toMatchObject({ authorization: KEY, 'content-type': 'application/json' });
    expect(JSON.parse(sends[0]?.body ?? '')).toEqual({ content: 'Hi', from: 'PNmain', to: ['+16175550142'] });
  });

  it('names the user and closes the conversation when told to', async () => {
    await gatewayThatHears(taken, { userId: 'UStest01', closeConversation: true }).send(oneText);
    expect(JSON.parse(sends[0]?.body ?? '')).toMatchObject({ userId: 'UStest01', setInboxStatus: 'done' });
  });

  it.each<[string, () => Response]>([
    ['has no body', () => new Response(null, { status: 202 })],
    ['has no id', () => json(202, { data: {} })],
    ['has an empty id', () => json(202, { data: { id: '' } })],
    ['is a page of some proxy', () => new Response('<html>', { status: 200 })],
    [
      'is longer than any answer can be',
      () => json(202, { data: { id: 'ACtest0001' }, filling: 'x'.repeat(5 * 1024 * 1024) }),
    ],
  ])('calls the outcome unknown when the answer %s', async (_what, answer) => {
    expect(await gatewayThatHears(answer).send(oneText)).toMatchObject({ kind: 'unknown' });
    expect(urls).toHaveLength(1);
  });

  it.each<[string, 'throttled' | 'unknown', Partial<QuoGatewayOptions>]>([
    ['a refused connection', 'throttled', { baseUrl: 'http://127.0.0.1:1' }],
    ['a refused secure connection', 'throttled', { baseUrl: 'https://127.0.0.1:1' }],
    ['an unknown host', 'throttled', { baseUrl: 'http://nobody.invalid' }],
    ['two addresses that both refuse', 'throttled', { baseUrl: 'http://localhost:1' }],
    ['no answer in time', 'unknown', { requestTimeoutMs: 50 }],
  ])('%s: %s', async (_what, kind, options) => {
    const outcome = await gatewayThatHears(() => 'nothing', options).send(oneText);
    expect(outcome).toMatchObject(kind === 'throttled' ? { kind, reason: 'unreachable' } : { kind });
  });

  it.each(['reset', 'reset in the middle'] as const)('%s: unknown', async (how) => {
    expect(await gatewayThatHears(() => how).send(oneText)).toMatchObject({ kind: 'unknown' });
    expect(urls).toHaveLength(1);
  });

  it('a connection that cannot be made safe has carried nothing', async () => {
    const gateway = gatewayThatHears(taken, { baseUrl: origin().replace('http:', 'https:') });
    expect(await gateway.send(oneText)).toMatchObject({ kind: 'throttled', reason: 'unreachable' });
    expect(urls).toEqual([]);
  });

  it.each([
    ['a new connection', 0],
    ['a connection that is open already', 1],
  ])(
    'writes no text after its last moment when the process stood still before the request, on %s',
    async (_, before) => {
      const gateway = gatewayThatHears(taken, { clock: systemClock });
      for (let time = 0; time < before; time += 1) await gateway.send(oneText);
      const sending = gateway.send({ ...oneText, notAfter: addMs(systemClock.now(), 20) });
      standStill(60);
      expect(await sending).toMatchObject({ kind: 'not_called' });
      expect(await gateway.send({ ...oneText, notAfter: addMs(systemClock.now(), 10_000) })).toMatchObject({
        kind: 'accepted',
      });
      expect(urls).toHaveLength(before + 1);
    },
  );

  it('writes no text whose sender says no by then', async () => {
    const gateway = gatewayThatHears(taken);
    expect(await gateway.send({ ...oneText, mayBegin: () => false })).toMatchObject({ kind: 'not_called' });
    expect(await gateway.send({ ...oneText, mayBegin: () => true })).toMatchObject({ kind: 'accepted' });
    expect(urls).toHaveLength(1);
  });

  it('sends more texts at once than it has connections', async () => {
    const gateway = gatewayThatHears(taken);
    const outcomes = await Promise.all(Array.from({ length: 250 }, () => gateway.send(oneText)));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['accepted']));
    expect(urls).toHaveLength(250);
  });

  it('resets the connection of a request that it gives up: what was written must not be delivered later', async () => {
    const ends: string[] = [];
    const listener = createTcpServer((socket) => {
      socket.on('error', (error) => ends.push('code' in error ? String(error.code) : 'error'));
      socket.on('end', () => ends.push('closed'));
      socket.resume();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const gateway = gatewayThatHears(taken, { baseUrl: `http://127.0.0.1:${port}`, requestTimeoutMs: 50 });
    expect(await gateway.send(oneText)).toEqual({ kind: 'unknown', detail: 'no answer in time' });
    await expect.poll(() => ends).toEqual(['ECONNRESET']);
    listener.close();
  });

  it('does not follow a redirect: the text could be taken twice', async () => {
    const redirect = (): Response => new Response(null, { status: 307, headers: { location: '/v1/messages' } });
    expect(await gatewayThatHears(redirect).send(oneText)).toMatchObject({ kind: 'unknown' });
    expect(urls).toHaveLength(1);
  });

  it('asks for one conversation with encoded numbers, every page, and a little more than the instant', async () => {
    const pages = [json(200, { data: [], nextPageToken: 'next one' }), json(200, { data: [], nextPageToken: null })];
    const gateway = gatewayThatHears(() => pages.shift() ?? taken());
    const askedBefore: number[] = [];
    const mayGoOn = async (): Promise<void> => void askedBefore.push(urls.length);
    await gateway.listSent({ laneRef: 'PNmain', to: '+16175550142', since: START, mayGoOn });
    expect(askedBefore).toEqual([1]);
    const query =
      'phoneNumberId=PNmain&participants=%2B16175550142&createdAfter=2026-11-02T14%3A59%3A59.000Z&maxResults=100';
    expect(urls).toEqual([`/v1/messages?${query}`, `/v1/messages?${query}&pageToken=next+one`]);
  });

  it('calls an endless list unavailable, because a part of it would look like proof', async () => {
    const gateway = gatewayThatHears(() => json(200, { data: [], nextPageToken: 'again' }));
    const answer = await gateway.listSent({ laneRef: 'PNmain', to: '+16175550142', since: START });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
  });

  it('does not take the 404 of a proxy for the absence of a message', async () => {
    const proxy = gatewayThatHears(() => new Response('<html>not found</html>', { status: 404 }));
    expect(await proxy.getMessage('ACtest0001')).toMatchObject({ ok: false, error: { kind: 'refused' } });
    const provider = gatewayThatHears(() => json(404, { code: '0200404', title: 'Not Found' }));
    expect(await provider.getMessage('ACtest0001')).toEqual({ ok: true, value: undefined });
  });

  it('reads the disagreements between sources: text null, one recipient as a string, incoming called delivered', async () => {
    const message = {
      id: 'ACtest0001',
      from: '+16175550142',
      to: '+16175550100',
      text: null,
      direction: 'incoming',
      status: 'delivered',
      createdAt: '2026-11-02T15:00:00.000Z',
      media: [{ url: 'https://example.test/a.jpg' }],
    };
    const gateway = gatewayThatHears(() => json(200, { data: message }));
    expect(await gateway.getMessage('ACtest0001')).toMatchObject({
      ok: true,
      value: { direction: 'inbound', to: ['+16175550100'], text: '', status: 'received' },
    });
  });

  it('registers one webhook for each family of events of every number, and keeps each key', async () => {
    let made = 0;
    const url = 'https://hooks.example.test/quo';
    const gateway = gatewayThatHears(() => {
      made += 1;
      return made <= 2 ? json(200, { data: [] }) : json(201, { data: { id: `WHtest${made}`, key: `a2V5${made}` } });
    });
    const answer = await ensureWebhooks(gateway, {
      url,
      known: NOTHING_KNOWN,
      laneRefs: new Set(),
      generation: 'proven',
    });
    expect(answer.ok && answer.value.keys).toEqual([
      { ref: 'WHtest3', part: 'messages', secret: 'a2V53' },
      { ref: 'WHtest4', part: 'calls', secret: 'a2V54' },
      { ref: 'WHtest5', part: 'call-summaries', secret: 'a2V55' },
      { ref: 'WHtest6', part: 'call-transcripts', secret: 'a2V56' },
    ]);
    expect(urls).toEqual([
      '/v1/webhooks',
      '/webhooks?limit=50',
      ...['messages', 'calls', 'call-summaries', 'call-transcripts'].map((family) => `/v1/webhooks/${family}`),
    ]);
    expect(sends.slice(2).map(({ body }) => JSON.parse(body))).toMatchObject([
      { url, events: ['message.received', 'message.delivered'], resourceIds: ['*'] },
      { url, events: ['call.ringing', 'call.completed', 'call.recording.completed'] },
      { url, events: ['call.summary.completed'] },
      { url, events: ['call.transcript.completed'] },
    ]);
  });

  it('goes on without what a smaller plan does not have, and stops at anything else', async () => {
    const url = 'https://hooks.example.test/quo';
    const smaller = gatewayThatHears((path) => {
      if (path.includes('/call-')) return json(403, { title: 'Forbidden', message: 'Business plan only' });
      if (/[?]|\/v1\/webhooks$/.test(path)) return json(200, { data: [] });
      return json(201, { data: { id: path, key: 'a2V5' } });
    });
    expect(
      await ensureWebhooks(smaller, { url, known: NOTHING_KNOWN, laneRefs: new Set(), generation: 'proven' }),
    ).toMatchObject({
      ok: true,
      value: {
        complete: true,
        keys: [{ part: 'messages' }, { part: 'calls' }],
        refused: ['call-summaries', 'call-transcripts'],
      },
    });
    const gateway = gatewayThatHears((path) => {
      if (path.endsWith('/calls')) return json(403, { title: 'Forbidden', message: 'Ask the owner' });
      return path.endsWith('/messages') ? json(201, { data: { id: 'WH1', key: 'a2V5' } }) : json(200, { data: [] });
    });
    const answer = await ensureWebhooks(gateway, {
      url,
      known: NOTHING_KNOWN,
      laneRefs: new Set(),
      generation: 'proven',
    });
    expect(answer).toMatchObject({
      ok: true,
      value: {
        complete: false,
        keys: [{ ref: 'WH1', secret: 'a2V5' }],
        problem: { kind: 'refused', message: expect.stringContaining('Ask the owner') },
      },
    });
  });

  it.each<[string, boolean, () => Response | 'reset' | 'nothing', Partial<QuoGatewayOptions>]>([
    ['a reset connection', true, () => 'reset', {}],
    ['no answer in time', true, () => 'nothing', { requestTimeoutMs: 50 }],
    ['an error of the server', true, () => json(500, {}), {}],
    ['an answer without the key', true, () => json(200, { data: {} }), {}],
    ['a refusal', false, () => json(403, { message: 'Ask the owner' }), {}],
    ['a refused connection', false, () => 'nothing', { baseUrl: 'http://127.0.0.1:1' }],
  ])('knows of %s whether another key may have been made: %s', async (_what, mayBeDone, answer, options) => {
    const { webhooks } = gatewayThatHears(answer, options);
    const rotated = await webhooks.rotate(A_REGISTRATION, A_REGISTRATION.url);
    expect(rotated.ok ? undefined : (rotated.error.mayBeDone ?? false)).toBe(mayBeDone);
  });

  it.each(['Bearer abc', '', 'line\nbreak', 'ключ'])(
    'answers as unauthorized, without asking, with the key %j',
    async (apiKey) => {
      const gateway = gatewayThatHears(taken, { apiKey });
      expect(await gateway.send(oneText)).toMatchObject({ kind: 'refused_sender', scope: 'account', until: 'fixed' });
      expect(await gateway.listNumbers()).toMatchObject({ ok: false, error: { kind: 'unauthorized' } });
      expect(urls).toEqual([]);
    },
  );
});

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function give(
  response: ServerResponse,
  answer: Response | 'reset' | 'reset in the middle' | 'nothing',
): Promise<void> {
  if (answer === 'nothing') return;
  if (answer === 'reset') return void response.destroy();
  if (answer === 'reset in the middle') {
    response.writeHead(202, { 'content-length': 100 });
    return void response.write('{', () => response.destroy());
  }
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
}

/** As a paused machine does: nothing of this process runs. */
const standStill = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
