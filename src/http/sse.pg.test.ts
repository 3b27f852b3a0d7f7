import { beforeAll, describe, expect, it } from 'vitest';
import { type HttpWorld, httpWorld } from '../../test/http-world.ts';
import { notifyLive } from '../platform/live.ts';
import { err, ok } from '../platform/result.ts';
import { rawRoute } from './route-types.ts';
import type { Registrar } from './server.ts';
import { HEARTBEAT_MS } from './sse.ts';

const counter = rawRoute({
  method: 'get',
  path: '/v1/test/counter',
  access: 'viewer',
  summary: 'Counts its own events',
  tag: 'Test',
  produces: 'text/event-stream',
});
const refused = rawRoute({ ...counter, path: '/v1/test/refused' });

const testRoutes: Registrar = (api) => {
  api.stream(counter, async () => {
    let n = 0;
    return ok({
      topics: [],
      refreshMs: 2_000,
      events: async () => {
        n += 1;
        return [{ event: 'count', data: { n } }];
      },
    });
  });
  api.stream(refused, async () => err({ kind: 'not_found', message: 'there is no such campaign' }));
};

describe('an event stream', () => {
  let world: HttpWorld;
  let cookie: string;
  beforeAll(async () => {
    world = await httpWorld({ registrars: [testRoutes] });
    cookie = (await world.owner()).cookie;
  });

  /** Reads piece by piece; each piece is what the server wrote at once. */
  async function open(path: string) {
    const leaving = new AbortController();
    const response = await fetch(world.server.url + path, { headers: { cookie }, signal: leaving.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const next = async (): Promise<string | undefined> => (await reader?.read())?.value;
    return { response, next, leave: () => leaving.abort() };
  }
  /** The stream waits for the clock: time may go on. */
  async function rest(sleepers = 1): Promise<void> {
    while (world.clock.sleepers < sleepers) await new Promise((resolve) => setImmediate(resolve));
  }
  const tell = (...topics: string[]) => notifyLive(world.database.db, topics);
  /** Our own listener is told after the stream's, on the same connection. */
  async function told(...topics: string[]): Promise<void> {
    const heard = Promise.withResolvers<void>();
    const stop = world.services.live.subscribe('test-fence', () => heard.resolve());
    await tell(...topics, 'test-fence');
    await heard.promise;
    stop();
  }

  it('tells what changed, once for many changes, with shown ids, at most twice a second', async () => {
    const stream = await open('/v1/events');
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers.get('cache-control')).toContain('no-store');
    expect(await stream.next()).toContain('retry: ');
    await rest();
    await told('inbox', 'inbox', 'campaign:0193f6c2-a1b4-7c3d-8e5f-60718293a4b5', 'engine');
    await told('inbox', 'import:0193f6c2-a1b4-7c3d-8e5f-60718293a4b5');
    await world.clock.advance(499);
    expect(world.clock.sleepers).toBe(1);
    await world.clock.advance(1);
    const text = await stream.next();
    expect(text?.split('\n\n').filter((line) => line !== '' && !line.startsWith(':'))).toEqual([
      'event: changed\ndata: {"topic":"inbox"}',
      'event: changed\ndata: {"topic":"campaign:cmp_0193f6c2a1b47c3d8e5f60718293a4b5"}',
      'event: changed\ndata: {"topic":"import:imp_0193f6c2a1b47c3d8e5f60718293a4b5"}',
    ]);
    stream.leave();
  });

  it('is woken by a change that comes later', async () => {
    await rest(0);
    const stream = await open('/v1/events');
    await stream.next();
    await rest();
    await world.clock.advance(600);
    await rest();
    await told('contacts');
    let text = '';
    while (!text.includes('changed')) text += (await stream.next()) ?? 'ended, not changed';
    expect(text).toContain('data: {"topic":"contacts"}');
    stream.leave();
  });

  it('stays alive while nothing happens', async () => {
    const stream = await open('/v1/events');
    await stream.next();
    await rest();
    await world.clock.advance(600);
    await rest();
    await world.clock.advance(HEARTBEAT_MS);
    let text = '';
    while (!text.includes(': alive')) text += (await stream.next()) ?? ': alive was never said';
    expect(text).not.toContain('changed');
    stream.leave();
  });

  it('tells again after its interval when its content depends on the time', async () => {
    const stream = await open('/v1/test/counter');
    let text = '';
    while (!text.includes('"n":1')) text += (await stream.next()) ?? '"n":1 was never said';
    await rest();
    await world.clock.advance(500);
    await rest();
    await world.clock.advance(1_500);
    while (!text.includes('"n":2')) text += (await stream.next()) ?? '"n":2 was never said';
    expect(text).not.toContain('"n":3');
    stream.leave();
  });

  it('that is refused is a problem like any other', async () => {
    const { response } = await open('/v1/test/refused');
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });

  it('ends when the server drains, which then answers that it is not ready', async () => {
    const stream = await open('/v1/events');
    await stream.next();
    world.http.drain();
    let last: string | undefined = '';
    while (last !== undefined) last = await stream.next();
    expect((await world.client().get('/health/live')).status).toBe(200);
    expect((await world.client().get('/health/ready')).status).toBe(503);
    const late = await open('/v1/events');
    while ((await late.next()) !== undefined);
  });
});
