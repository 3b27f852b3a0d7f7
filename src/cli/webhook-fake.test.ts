import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { signForm } from '../../test/fake-twilio-wire.ts';
import { type PostedWebhook, startWebhookReceiver } from '../../test/webhook-receiver.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { twilioWebhookEdge } from '../gateways/twilio/twilio-webhook.ts';
import { systemClock } from '../platform/clock.ts';
import { MINUTE_MS } from '../platform/time.ts';
import { type CliRun, finished, jsonLines, runCli, startCli } from './cli.fixture.ts';

const SECRET = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';

const receiver = await startWebhookReceiver();
afterAll(() => receiver.close());
let seen = 0;
beforeEach(() => {
  seen = receiver.posts.length;
  receiver.answerWith(200);
});

const fake = (...args: readonly string[]): Promise<CliRun> =>
  runCli(['webhook', 'fake', ...args, '--url', receiver.url, '--secret', SECRET]);
const posted = (): readonly PostedWebhook[] => receiver.posts.slice(seen);
const verified = (post: PostedWebhook) =>
  quoWebhookEdge.verify({ url: '', ...post, secrets: [SECRET], now: systemClock.now(), toleranceMs: MINUTE_MS });
const parsed = ({ rawBody }: PostedWebhook) => quoWebhookEdge.parse(rawBody, systemClock.now());
const eventIdOf = (post: PostedWebhook): string => {
  const event = parsed(post);
  if (!event.ok) throw new Error(event.error.message);
  return event.value.eventId;
};

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
  return `http://127.0.0.1:${address.port}/`;
}

describe('textwright webhook fake', () => {
  it.each([
    ['v2', 'openphone-signature'],
    ['v3', 'openphone-signature'],
    ['v4', 'openphone-signature'],
    ['2026-03-30', 'webhook-signature'],
  ])('posts what was asked for in %s, signed as that generation is', async (generation, header) => {
    const ends = ['--from', '+16175550123', '--to', '+16175550001,+16175550002', '--text', 'STOP 🙂'];
    const run = await fake('message.received', '--generation', generation, ...ends, '--json');
    expect(run).toMatchObject({ code: 0, err: '' });
    const [post, ...others] = posted();
    if (post === undefined) throw new Error('nothing was posted');
    expect(others).toEqual([]);
    expect(post.header(header)).toBeDefined();
    expect(verified(post)).toEqual({ ok: true, value: { secretIndex: 0 } });
    expect(parsed(post)).toMatchObject({
      ok: true,
      value: { type: 'message_received', from: '+16175550123', to: ['+16175550001', '+16175550002'], text: 'STOP 🙂' },
    });
    expect(jsonLines(run)).toMatchObject([
      {
        type: 'message.received',
        generation,
        url: receiver.url,
        posts: 1,
        accepted: 1,
        answers: { 200: 1 },
        latencyMs: { p50: expect.any(Number), p95: expect.any(Number), p99: expect.any(Number) },
        postsPerSecond: expect.any(Number),
        firstRefusal: null,
      },
    ]);
  });

  it.each(['v2', 'v3', 'v4', '2026-03-30'])(
    'posts a call of %s that nobody took, which is a missed one',
    async (generation) => {
      const run = await fake('call.completed', '--generation', generation, '--unanswered');
      expect(run).toMatchObject({ code: 0, err: '' });
      const [post] = posted();
      if (post === undefined) throw new Error('nothing was posted');
      expect(quoWebhookEdge.parse(post.rawBody, systemClock.now())).toMatchObject({
        value: { type: 'call_progress', step: 'missed' },
      });
    },
  );

  it.each([
    [['call.no-answer', '--gateway', 'twilio'], 'Twilio has call.no-answer'],
    [['message.received'], 'goes with call.completed only'],
  ])('takes nothing else for one that nobody took: %s', async (typed, words) => {
    expect(await fake(...typed, '--unanswered')).toMatchObject({ code: 2, err: expect.stringContaining(words) });
  });

  it('posts many at one time, some of them twice and the same to the letter, each signed for itself', async () => {
    const run = await fake('call.completed', '--count', '200', '--repeat', '0.25', '--shuffle', '--concurrency', '20');
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toMatch(/^250 posts of call\.completed \(v4\) to http:\S+ in [\d.]+ s, [\d.]+ a second\n/);
    expect(run.out).toMatch(/\nanswers {2}200: 250\nlatency {2}p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms, slowest/);
    const posts = posted();
    expect(posts).toHaveLength(250);
    expect(posts.filter((post) => !verified(post).ok)).toEqual([]);
    expect(new Set(posts.map(eventIdOf)).size).toBe(200);
    expect(new Set(posts.map(({ rawBody }) => Buffer.from(rawBody).toString())).size).toBe(200);
    const callers = new Set(
      posts.map((post) => JSON.parse(Buffer.from(post.rawBody).toString()).data.object.participants[0]),
    );
    expect(callers.size).toBeGreaterThan(100);
  });

  it("posts Twilio's, each signed over the address and its own form, repetitions the same to the letter", async () => {
    const ends = ['--from', '+16175550123', '--to', '+16175550001', '--text', 'a+b&c=d é 🙂'];
    const media = ['--media', 'https://example.com/1.jpg', '--media', 'https://example.com/2.jpg'];
    const amount = ['--count', '20', '--repeat', '0.5', '--rate', '1000/s'];
    const run = await fake('message.received', '--gateway', 'twilio', ...ends, ...media, ...amount, '--json');
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(jsonLines(run)).toMatchObject([{ gateway: 'twilio', generation: null, posts: 30, accepted: 30 }]);
    const posts = posted();
    for (const post of posts) {
      const form = new URLSearchParams(Buffer.from(post.rawBody).toString());
      expect(post.header('x-twilio-signature')).toBe(signForm(receiver.url, form, SECRET));
      expect(twilioWebhookEdge.parse(post.rawBody, systemClock.now())).toMatchObject({
        ok: true,
        value: {
          type: 'message_received',
          from: '+16175550123',
          to: ['+16175550001'],
          text: 'a+b&c=d é 🙂',
          media: [
            { url: 'https://example.com/1.jpg', type: 'image/jpeg' },
            { url: 'https://example.com/2.jpg', type: 'image/jpeg' },
          ],
        },
      });
    }
    expect(new Set(posts.map(({ rawBody }) => Buffer.from(rawBody).toString())).size).toBe(20);
  });

  it('keeps to a rate', async () => {
    const run = await fake('contact.updated', '--profile', 'steady', '--rate', '40/s', '--seconds', '1', '--json');
    // The fortieth is due 975 ms after the first: a machine can only be slower.
    const [report] = jsonLines(run);
    expect(report).toMatchObject({ generation: '2026-03-30', posts: 40, answers: { 200: 40 } });
    expect(report).toHaveProperty(
      'seconds',
      expect.toSatisfy((seconds: number) => seconds >= 0.97),
    );
  });

  it('ends with 1 when an answer was not 2xx, and shows the first', async () => {
    receiver.answerWith(401);
    const run = await fake('message.delivered', '--count', '3', '--json');
    expect(run).toMatchObject({
      code: 1,
      err: expect.stringContaining('3 of 3 posts were not answered 2xx; the first: 401'),
    });
    expect(jsonLines(run)).toMatchObject([{ posts: 3, accepted: 0, answers: { 401: 3 }, firstRefusal: '401' }]);
  });

  it('ends with 1 when nobody answers, and says the remedy', async () => {
    const closed = await startWebhookReceiver();
    await closed.close();
    const run = await runCli(['webhook', 'fake', 'call.ringing', '--url', closed.url, '--secret', SECRET, '--json']);
    expect(run).toMatchObject({
      code: 1,
      err: expect.stringContaining('ECONNREFUSED; textwright serve starts a server'),
    });
    expect(jsonLines(run)).toMatchObject([{ answers: { ECONNREFUSED: 1 }, latencyMs: null }]);
  });

  it('an answer that is cut short is none', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => response.destroy());
    });
    const url = await listening(server);
    const run = await runCli(['webhook', 'fake', 'call.ringing', '--url', url, '--secret', SECRET]);
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('1 of 1 post was not answered 2xx') });
    await new Promise((resolve) => server.close(resolve));
  });

  it('interrupted once, finishes what is under way and reports it', async () => {
    const { promise: arrived, resolve } = Promise.withResolvers<() => void>();
    const server = createServer((_request, response) => resolve(() => response.writeHead(204).end()));
    const url = await listening(server);
    const args = ['message.received', '--count', '1000', '--concurrency', '1', '--json'];
    const child = startCli(['webhook', 'fake', ...args, '--url', url, '--secret', SECRET]);
    const ended = finished(child);
    const answer = await arrived;
    if (child.stderr === null) throw new Error('the child has no pipes');
    const announced = once(child.stderr, 'data');
    child.kill('SIGINT');
    await announced;
    answer();
    const run = await ended;
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('interrupted after 1 of 1,000 posts') });
    expect(jsonLines(run)).toMatchObject([{ posts: 1, accepted: 1, answers: { 204: 1 } }]);
    await new Promise((closed) => server.close(closed));
  });

  it('lists every type with its generations', async () => {
    const run = await runCli(['webhook', 'fake', '--list', '--json']);
    expect(jsonLines(run)).toHaveLength(31 + 25);
    expect(jsonLines(run)).toContainEqual({
      gateway: 'quo',
      type: 'contact.deleted',
      generations: ['v3', '2026-03-30'],
    });
    expect((await runCli(['webhook', 'fake', '--list'])).out).toMatch(/\nquo +message\.failed +2026-03-30\n/);
    const twilio = jsonLines(await runCli(['webhook', 'fake', '--list', '--gateway', 'twilio', '--json']));
    expect(twilio).toHaveLength(25);
    expect(twilio).toContainEqual({ gateway: 'twilio', type: 'message.undelivered', generations: [] });
  });

  it.each([
    ['no type', [], '--list'],
    ['a type that does not exist', ['message.seen'], 'no type of event is called "message.seen"'],
    ['a type that is on every object', ['constructor'], 'no type of event is called "constructor"'],
    [
      'a generation without the type',
      ['message.failed', '--generation', 'v4'],
      'v4 does not have message.failed; expected 2026-03-30',
    ],
    ['a generation of Twilio', ['message.undelivered', '--gateway', 'twilio', '--generation', 'v4'], 'Twilio has none'],
    ['a type that Twilio lacks', ['contact.updated', '--gateway', 'twilio'], 'Twilio has no contact.updated'],
    ['a type that only Twilio has', ['call.no-answer'], 'Quo has no call.no-answer'],
    [
      "a group of Twilio's",
      ['message.received', '--gateway', 'twilio', '--to', '+16175550001,+16175550002'],
      'Twilio has no groups',
    ],
    ['a profile without a rate', ['call.ringing', '--profile', 'ramp', '--seconds', '5'], 'needs --rate and --seconds'],
    ['a profile and a count', ['call.ringing', '--profile', 'ramp', '--count', '5'], '--count: a profile has'],
    ['seconds without a profile', ['call.ringing', '--seconds', '5'], '--seconds: goes with --profile'],
    ['more than memory holds', ['call.ringing', '--count', '1000001'], 'at most 1,000,000 events, got 1000001'],
    ['a share of more than all', ['call.ringing', '--repeat', '1.5'], 'a share from 0 to 1'],
    ['a rate of nothing', ['call.ringing', '--rate', '0/s'], 'posts a second'],
    [
      'an address of another kind',
      ['call.ringing', '--url', 'ftp://127.0.0.1/'],
      'expected an address starting with http://',
    ],
  ])('%s is called wrongly, and nothing is posted', async (_what, args, message) => {
    const run = await runCli([
      'webhook',
      'fake',
      ...args,
      '--secret',
      SECRET,
      ...(args.includes('--url') ? [] : ['--url', receiver.url]),
    ]);
    expect(run).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
    expect(posted()).toEqual([]);
  });

  it('posts nothing to the outside world by itself', async () => {
    const run = await runCli(['webhook', 'fake', 'call.ringing', '--url', 'https://192.0.2.1/', '--secret', SECRET]);
    expect(run).toMatchObject({ code: 1, out: '', err: expect.stringContaining('--anywhere') });
  });
});
