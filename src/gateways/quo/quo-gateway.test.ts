import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  describeGatewayConformance,
  type GatewayWorld,
  type WireFault,
  type WireRefusal,
} from '../../../test/gateway-conformance.ts';
import { startWebhookReceiver } from '../../../test/webhook-receiver.ts';
import { manualClock } from '../../platform/clock.ts';
import { seededRandom } from '../../platform/random.ts';
import { instant, SECOND_MS } from '../../platform/time.ts';
import type { Gateway } from '../gateway.ts';
import { type Faults, REFUSALS, type Refusal } from '../sandbox/options.ts';
import { DEFAULT_PEOPLE, personOf } from '../sandbox/people.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { type QuoGatewayOptions, quoGateway } from './quo-gateway.ts';
import { quoWebhookEdge } from './quo-webhook.ts';

const START = instant('2026-11-02T15:00:00Z');
const KEY = 'test-key-of-the-sandbox';
const LANES = [
  { id: 'PNmain', phone: '+16175550100', name: 'Main' },
  { id: 'PNsecond', phone: '+16175550101', name: 'Second' },
];
const [MAIN, SECOND] = LANES.map(({ id, phone }) => ({ laneRef: id, phone }));

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
    now: () => clock.now(),
    suffer: (fault) => sandbox.setFaults(FAULTS[fault]),
    refuse: (refusal) => sandbox.setRefusals(refusal === undefined ? [] : [WIRE_REFUSALS[refusal]]),
    requests: sandbox.requests,
    accepted: sandbox.accepted,
    personTexts: async (text) => {
      await sandbox.personTexts(text);
    },
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
  const sends: RequestInit[] = [];
  const urls: string[] = [];
  const gatewayThatHears = (answer: () => Response | Promise<Response>, options: Partial<QuoGatewayOptions> = {}) => {
    sends.length = 0;
    urls.length = 0;
    return quoGateway({
      baseUrl: 'https://api.example.test/',
      apiKey: KEY,
      clock: manualClock(START),
      random: seededRandom(1),
      requestTimeoutMs: 10_000,
      fetch: async (url, init) => {
        urls.push(String(url));
        sends.push(init ?? {});
        return answer();
      },
      ...options,
    });
  };
  const text = { laneRef: 'PNmain', to: '+16175550142', text: 'Hi' };
  const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
    Response.json(body, { status, headers });
  const taken = (): Response => json(202, { data: { id: 'ACtest0001', status: 'sent' } });

  it('sends the raw key, the lane and exactly one recipient, and no more than was asked for', async () => {
    const outcome = await gatewayThatHears(taken).send(text);
    expect(outcome).toEqual({ kind: 'accepted', gatewayMessageId: 'ACtest0001', status: 'sent' });
    expect(urls).toEqual(['https://api.example.test/v1/messages']);
    expect(sends[0]?.headers).toMatchObject({ authorization: KEY });
    expect(JSON.parse(String(sends[0]?.body))).toEqual({ content: 'Hi', from: 'PNmain', to: ['+16175550142'] });
  });

  it('names the user and closes the conversation when told to', async () => {
    await gatewayThatHears(taken, { userId: 'UStest01', closeConversation: true }).send(text);
    expect(JSON.parse(String(sends[0]?.body))).toMatchObject({ userId: 'UStest01', setInboxStatus: 'done' });
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
    expect(await gatewayThatHears(answer).send(text)).toMatchObject({ kind: 'unknown' });
    expect(urls).toHaveLength(1);
  });

  const failure = (facts: object): TypeError =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('x'), facts) });
  it.each<[string, 'throttled' | 'unknown', Error]>([
    ['a refused connection', 'throttled', failure({ code: 'ECONNREFUSED', syscall: 'connect' })],
    ['an unknown host', 'throttled', failure({ code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
    ['a name server that fails', 'throttled', failure({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' })],
    ['no route while connecting', 'throttled', failure({ code: 'EHOSTUNREACH', syscall: 'connect' })],
    ['no route in the middle', 'unknown', failure({ code: 'EHOSTUNREACH', syscall: 'write' })],
    ['a connection that takes too long to open', 'throttled', failure({ code: 'UND_ERR_CONNECT_TIMEOUT' })],
    ['a certificate of another host', 'throttled', failure({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })],
    ['a reset', 'unknown', failure({ code: 'ECONNRESET', syscall: 'read' })],
    ['a connection closed by the other side', 'unknown', failure({ code: 'UND_ERR_SOCKET' })],
    ['no headers in time', 'unknown', failure({ code: 'UND_ERR_HEADERS_TIMEOUT' })],
    ['a time-out', 'unknown', new DOMException('timed out', 'TimeoutError')],
    ['anything else', 'unknown', new TypeError('fetch failed')],
    ['two addresses that both refuse', 'throttled', severalAddresses(['connect', 'connect'])],
    ['two addresses of which one was reached', 'unknown', severalAddresses(['connect', 'read'])],
  ])('%s: %s', async (_what, kind, error) => {
    const outcome = await gatewayThatHears(() => Promise.reject(error)).send(text);
    expect(outcome).toMatchObject(kind === 'throttled' ? { kind, reason: 'unreachable' } : { kind });
  });

  it('does not follow a redirect: the text could be taken twice', async () => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.writeHead(307, { location: '/v1/messages' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const gateway = gatewayThatHears(taken, { baseUrl: `http://127.0.0.1:${port}`, fetch });
    expect(await gateway.send(text)).toMatchObject({ kind: 'unknown' });
    expect(requests).toBe(1);
    server.close();
    server.closeAllConnections();
  });

  it('asks for one conversation with encoded numbers, every page, and a little more than the instant', async () => {
    const pages = [json(200, { data: [], nextPageToken: 'next one' }), json(200, { data: [], nextPageToken: null })];
    const gateway = gatewayThatHears(() => pages.shift() ?? taken());
    await gateway.listSent({ laneRef: 'PNmain', to: '+16175550142', since: START });
    const query =
      'phoneNumberId=PNmain&participants=%2B16175550142&createdAfter=2026-11-02T14%3A59%3A59.000Z&maxResults=100';
    expect(urls).toEqual([
      `https://api.example.test/v1/messages?${query}`,
      `https://api.example.test/v1/messages?${query}&pageToken=next+one`,
    ]);
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

  it('registers one webhook for both message events of every number', async () => {
    const gateway = gatewayThatHears(() => json(201, { data: { id: 'WHtest01', key: 'a2V5' } }));
    const answer = await gateway.registerWebhook('https://hooks.example.test/quo');
    expect(answer).toEqual({ ok: true, value: { webhookRef: 'WHtest01', secret: 'a2V5' } });
    expect(urls).toEqual(['https://api.example.test/v1/webhooks/messages']);
    expect(JSON.parse(String(sends[0]?.body))).toMatchObject({
      url: 'https://hooks.example.test/quo',
      events: ['message.received', 'message.delivered'],
      resourceIds: ['*'],
    });
  });

  it.each(['Bearer abc', '', 'line\nbreak', 'ключ'])(
    'answers as unauthorized, without asking, with the key %j',
    async (apiKey) => {
      const gateway = gatewayThatHears(taken, { apiKey });
      expect(await gateway.send(text)).toMatchObject({ kind: 'refused_sender', scope: 'account', until: 'fixed' });
      expect(await gateway.listNumbers()).toMatchObject({ ok: false, error: { kind: 'unauthorized' } });
      expect(urls).toEqual([]);
    },
  );
});

function severalAddresses(syscalls: readonly string[]): TypeError {
  const errors = syscalls.map((syscall) => Object.assign(new Error('x'), { code: 'E', syscall }));
  return new TypeError('fetch failed', { cause: new AggregateError(errors) });
}
