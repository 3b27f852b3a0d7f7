import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpWorld, httpWorld, PASSWORD } from '../../test/http-world.ts';
import { DEFAULT_PORT } from '../platform/config.ts';
import { ok } from '../platform/result.ts';
import { listen } from './listen.ts';
import { rawRoute } from './route-types.ts';
import type { Registrar } from './server.ts';

const slow = rawRoute({
  method: 'get',
  path: '/v1/test/slow',
  access: 'public',
  summary: 'Answers when the test lets it',
  tag: 'Test',
  produces: 'text/plain',
});
const stage = { entered: () => {}, hold: Promise.resolve() };
const testRoutes: Registrar = (api) =>
  api.raw(slow, async () => {
    stage.entered();
    await stage.hold;
    return ok(new Response('done'));
  });

const html = { accept: 'text/html' };

describe('the web pages', () => {
  let world: HttpWorld;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'textwright-web-'));
    const webDir = join(folder, 'web');
    await mkdir(join(webDir, 'assets'), { recursive: true });
    await writeFile(join(webDir, 'index.html'), '<!doctype html><title>Textwright</title>');
    await writeFile(join(webDir, 'assets/app-abc123.js'), 'export {};');
    await writeFile(join(webDir, 'favicon.svg'), '<svg/>');
    await writeFile(join(folder, 'outside.txt'), 'not for the world');
    world = await httpWorld({ webDir });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['a built file', '/assets/app-abc123.js', {}, 200, 'public, max-age=31536000, immutable', 'export {};'],
    ['another file', '/favicon.svg', {}, 200, 'no-cache', '<svg/>'],
    ['the start page', '/', html, 200, 'no-cache', '<!doctype html><title>Textwright</title>'],
    ['a page of the web app', '/campaigns/cmp_1', html, 200, 'no-cache', '<!doctype html><title>Textwright</title>'],
  ])('%s is served with its caching', async (_, path, headers, status, caching, text) => {
    const answer = await world.client().get(path, headers);
    expect([answer.status, answer.headers.get('cache-control'), answer.json]).toEqual([status, caching, text]);
  });

  it.each([
    ['an old built file', '/assets/app-gone.js', {}],
    ['a path of the API that does not exist', '/v1/nothing', html],
    ['a webhook address that does not exist', '/webhooks/nothing', html],
    ['a path that leads outside', '/..%2foutside.txt', {}],
    ['a path that leads outside, plainly', '/assets/../../outside.txt', {}],
  ])('%s is a problem, not a page', async (_, path, headers) => {
    const answer = await world.client().get(path, headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });
});

describe('a server', () => {
  let world: HttpWorld;
  beforeAll(async () => {
    world = await httpWorld({ registrars: [testRoutes] });
  });
  const options = () => ({ host: '127.0.0.1', clock: world.clock, log: world.services.log });

  it('says how to build the pages when there are none', async () => {
    const answer = await world.client().get('/', html);
    expect([answer.status, answer.json]).toEqual([503, expect.stringContaining('npm run build')]);
  });

  it('is alive and ready', async () => {
    expect((await world.client().get('/health/live')).json).toEqual({ status: 'ok' });
    expect((await world.client().get('/health/ready')).json).toEqual({ status: 'ok' });
  });

  it('refuses a taken port that somebody chose, with the remedy', async () => {
    const { port } = world.server;
    await expect(listen(world.http, { ...options(), port })).rejects.toThrow(`port ${port} is taken`);
  });

  it('takes the next free port when the default one is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.once('error', () => resolve());
      other.listen(DEFAULT_PORT, '127.0.0.1', resolve);
    });
    const next = await listen(world.http, { ...options(), port: DEFAULT_PORT });
    expect(next.port).toBeGreaterThan(DEFAULT_PORT);
    expect((await fetch(`${next.url}/health/live`)).status).toBe(200);
    const address = other.address() as AddressInfo | null;
    if (address !== null) other.close();
  });

  it('finishes what runs before it closes', async () => {
    const closing = await httpWorld({ registrars: [testRoutes] });
    const opened = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    stage.hold = opened.promise;
    stage.entered = entered.resolve;
    const running = closing.client().get('/v1/test/slow');
    await entered.promise;
    const closed = closing.server.close();
    await expect(fetch(`${closing.server.url}/health/live`)).rejects.toThrow();
    opened.resolve();
    expect((await running).json).toBe('done');
    await closed;
  });

  it('cuts off what does not finish', async () => {
    const closing = await httpWorld({ registrars: [testRoutes] });
    const entered = Promise.withResolvers<void>();
    stage.hold = new Promise(() => {});
    stage.entered = entered.resolve;
    const running = closing.client().get('/v1/test/slow');
    const cutOff = expect(running).rejects.toThrow();
    await entered.promise;
    const closed = closing.server.close();
    while (closing.clock.sleepers === 0) await new Promise((resolve) => setImmediate(resolve));
    await closing.clock.advance(10_000);
    await cutOff;
    await closed;
  });
});

describe('behind https', () => {
  it('cookies are secure, and browsers are told to stay with https', async () => {
    const world = await httpWorld({ publicUrl: 'https://texts.example.com' });
    const owner = world.client();
    const made = await owner.send('POST', '/v1/setup', {
      headers: { origin: 'https://texts.example.com' },
      body: { name: 'O', email: 'o@example.com', password: PASSWORD, businessName: 'B', zone: 'America/Chicago' },
    });
    expect(made.status).toBe(201);
    expect(made.headers.getSetCookie()[0]).toMatch(/^__Secure-textwright\.session_token=.*; Secure;? /i);
    expect(made.headers.get('strict-transport-security')).toContain('max-age=');
    expect((await owner.get('/v1/me')).status).toBe(200);
  });
});
