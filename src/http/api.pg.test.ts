import { z } from '@hono/zod-openapi';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, type HttpWorld, httpWorld } from '../../test/http-world.ts';
import { conflict, invalid, notFound, unavailable } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { idOf, jsonRoute, pageQuery } from './contract/shared.ts';
import { JSON_BODY_BYTES_MAX } from './request-input.ts';
import type { Registrar } from './server.ts';

const thing = z.object({ id: z.string(), n: z.int() });
const echo = jsonRoute({
  method: 'post',
  path: '/v1/test/echo',
  access: 'viewer',
  tag: 'Test',
  summary: 'Gives the body back',
  body: z.strictObject({ name: z.string().min(2), items: z.array(z.strictObject({ n: z.int() })).optional() }),
  response: z.object({ body: z.any() }),
});
const read = jsonRoute({
  method: 'get',
  path: '/v1/test/{id}',
  access: 'viewer',
  tag: 'Test',
  summary: 'One',
  params: z.object({ id: idOf('contact') }),
  query: pageQuery,
  response: z.object({ id: z.string(), limit: z.int() }),
});
const count = jsonRoute({
  method: 'get',
  path: '/v1/test/count',
  access: 'viewer',
  tag: 'Test',
  summary: 'Not the thing "count"',
  response: z.object({ count: z.int() }),
});
const fail = jsonRoute({
  method: 'post',
  path: '/v1/test/fail',
  access: 'viewer',
  tag: 'Test',
  summary: 'Every kind of failure',
  body: z.strictObject({ how: z.string() }),
  response: z.object({ n: z.int() }),
});
const create = jsonRoute({
  method: 'post',
  path: '/v1/test/things',
  access: 'viewer',
  tag: 'Test',
  summary: 'Adds one',
  body: z.strictObject({ n: z.int() }),
  response: thing,
  status: 201,
  idempotent: true,
});

const CONTACT = 'con_0193f6c2a1b47c3d8e5f60718293a4b5';

/** What the routes of this test share with it. */
const stage = {
  prepared: 0,
  entered: () => {},
  hold: Promise.resolve(),
};

const testRoutes: Registrar = (api) => {
  // In the wrong order on purpose.
  api.handle(read, async ({ params, query }) => ok({ id: params.id, limit: query.limit }));
  api.handle(count, async () => ok({ count: 7 }));
  api.handle(echo, async ({ body }) => ok({ body }));
  api.handle(fail, async ({ body }) => {
    if (body.how === 'not_found') return notFound('campaign', 'cmp_1');
    if (body.how === 'invalid') return invalid('name: too short', { errors: [{ pointer: '/name', message: 'short' }] });
    if (body.how === 'conflict') return conflict('it is paused', { state: 'paused', allowed: ['resume'] });
    if (body.how === 'unavailable') return unavailable('the gateway is away');
    if (body.how === 'wrong answer') return ok({ n: 1.5 });
    throw new Error('secret detail of the database');
  });
  api.effect(create, {
    prepare: async () => {
      stage.prepared += 1;
      stage.entered();
      await stage.hold;
      return ok('prepared');
    },
    effect: async (tx, { body }, prepared) => {
      await sql`insert into setting (key, value, updated_at)
        values (${`thing ${stage.prepared}`}, ${JSON.stringify({ version: 1, prepared })}::jsonb, now())`.execute(tx);
      return body.n === 0
        ? conflict('zero is refused after it was written')
        : ok({ id: `thing ${stage.prepared}`, n: body.n });
    },
  });
};

describe('the shell', () => {
  let world: HttpWorld;
  let owner: Client;
  beforeAll(async () => {
    world = await httpWorld({ registrars: [testRoutes] });
    owner = await world.owner();
  });

  describe('reading a request', () => {
    it.each([
      ['a body that fits', { name: 'Ann', items: [{ n: 1 }] }, 200, undefined],
      ['a wrong value deep inside', { name: 'Ann', items: [{ n: 1 }, { n: 'x' }] }, 422, ['/items/1/n']],
      ['an unknown field', { name: 'Ann', 'a/b~c': 1 }, 422, ['/a~1b~0c']],
      ['an unknown field deep inside', { name: 'Ann', items: [{ n: 1, m: 2 }] }, 422, ['/items/0/m']],
      ['a missing field', {}, 422, ['/name']],
      ['text that is no JSON', '{"name":', 400, undefined],
      ['a NUL character', '{"name":"A\\u0000B"}', 400, undefined],
      ['half a surrogate pair', '{"name":"A\\ud800"}', 400, undefined],
      ['an escaped emoji', '{"name":"A\\ud83d\\ude00"}', 200, undefined],
    ])('with %s', async (_, body, status, pointers) => {
      const answer = await owner.post('/v1/test/echo', body);
      expect([answer.status, answer.json.errors?.map((error: { pointer: string }) => error.pointer)]).toEqual([
        status,
        pointers,
      ]);
    });

    it('wants JSON', async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      expect((await owner.post('/v1/test/echo', 'name=Ann', headers)).status).toBe(415);
    });

    it('takes a body of 1 MB and not a byte more', async () => {
      const body = (bytes: number) => JSON.stringify({ name: 'x'.repeat(bytes - '{"name":""}'.length) });
      expect((await owner.post('/v1/test/echo', body(JSON_BODY_BYTES_MAX))).status).toBe(200);
      expect((await owner.post('/v1/test/echo', body(JSON_BODY_BYTES_MAX + 1))).status).toBe(413);
    });

    it('does not trust a body without a length', async () => {
      const chunks = async function* () {
        for (let n = 0; n <= JSON_BODY_BYTES_MAX; n += 65_536) yield Buffer.alloc(65_536, 'x');
      };
      const answer = await fetch(`${world.server.url}/v1/test/echo`, {
        method: 'POST',
        body: ReadableStream.from(chunks()),
        headers: { 'content-type': 'application/json', cookie: owner.cookie },
        duplex: 'half',
      } as RequestInit);
      expect(answer.status).toBe(413);
    });

    it.each([
      ['', 200, undefined],
      ['?limit=10', 200, undefined],
      ['?limit=0', 422, ['/query/limit']],
      ['?limit=1&limit=2', 422, ['/query/limit']],
      ['?colour=red', 422, ['/query/colour']],
      ['?cursor=%00', 400, undefined],
    ])('with the query "%s"', async (query, status, pointers) => {
      const answer = await owner.get(`/v1/test/${CONTACT}${query}`);
      expect([answer.status, answer.json.errors?.map((error: { pointer: string }) => error.pointer)]).toEqual([
        status,
        pointers,
      ]);
    });

    it('knows that an address with a malformed id leads nowhere', async () => {
      const answer = await owner.get('/v1/test/cmp_0193f6c2a1b47c3d8e5f60718293a4b5');
      expect([answer.status, answer.json.errors[0].pointer]).toEqual([404, '/path/id']);
    });

    it('prefers the literal path, in whatever order routes were added', async () => {
      expect((await owner.get('/v1/test/count')).json).toEqual({ count: 7 });
    });
  });

  describe('answering', () => {
    it.each([
      ['not_found', 404, { detail: 'campaign cmp_1 does not exist' }],
      ['invalid', 422, { errors: [{ pointer: '/name', message: 'short' }] }],
      ['conflict', 409, { state: 'paused', allowed: ['resume'] }],
      ['unavailable', 503, { title: 'Not available right now' }],
    ])('%s with its status', async (how, status, content) => {
      const answer = await owner.post('/v1/test/fail', { how });
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.json).toMatchObject({ type: `urn:textwright:problem:${how}`, status, ...content });
    });

    it.each(['a throw', 'wrong answer'])('%s with a reference into the log, and nothing else', async (how) => {
      const answer = await owner.send('POST', '/v1/test/fail', {
        body: { how },
        headers: { 'x-request-id': `ref-${how.length}-abc` },
      });
      expect(answer.status).toBe(500);
      expect(answer.json.instance).toBe(`/v1/test/fail#ref-${how.length}-abc`);
      expect(JSON.stringify(answer.json)).not.toContain('secret detail');
      const logged = world.logLines.filter((line) => line.includes(`"correlationId":"ref-${how.length}-abc"`)).join('');
      expect(logged).toContain(how === 'a throw' ? 'secret detail' : 'is not what its description says');
    });

    it('gives each request a reference, and logs path and duration without the query', async () => {
      const answer = await owner.get(`/v1/test/${CONTACT}?cursor=secret`);
      const id = answer.headers.get('x-request-id') ?? '';
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      const line = JSON.parse(world.logLines.find((text) => text.includes(id)) ?? '');
      expect(line).toMatchObject({
        method: 'GET',
        path: `/v1/test/${CONTACT}`,
        status: 200,
        durationMs: expect.any(Number),
      });
      expect(world.logLines.join('')).not.toContain('cursor=secret');
    });

    it('carries the security headers everywhere', async () => {
      for (const path of ['/v1/me', '/nothing/here', '/v1/nothing', '/health/live']) {
        const { headers } = await world.client().get(path);
        expect(headers.get('content-security-policy')).toMatch(/script-src 'self';/);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
      }
    });

    it('says what is not there as a problem', async () => {
      const answer = await owner.get('/v1/nothing');
      expect([answer.status, answer.json.type]).toEqual([404, 'urn:textwright:problem:not_found']);
    });
  });

  describe('a page of another site', () => {
    it.each([
      ['its own page', { 'sec-fetch-site': 'same-origin' }, 200],
      ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
      ['another port of this host', { 'sec-fetch-site': 'same-site' }, 403],
      ['a foreign origin in an old browser', { origin: 'https://evil.example' }, 403],
      ['a sandboxed frame', { origin: 'null' }, 403],
      ['a program', {}, 200],
    ])('request from %s', async (_, headers, status) => {
      expect((await owner.post('/v1/test/echo', { name: 'Ann' }, headers)).status).toBe(status);
      const own = { ...headers, ...('origin' in headers && status === 200 ? { origin: world.server.url } : {}) };
      expect((await owner.post('/v1/test/echo', { name: 'Ann' }, own)).status).toBe(status);
    });

    it('may not sign anybody in either', async () => {
      const headers = { origin: 'https://evil.example' };
      const answer = await world.client().post('/v1/sign-in', { email: 'a@example.com', password: 'x' }, headers);
      expect(answer.status).toBe(403);
    });

    it('of our own origin passes', async () => {
      expect((await owner.post('/v1/test/echo', { name: 'Ann' }, { origin: world.server.url })).status).toBe(200);
    });
  });

  describe('an Idempotency-Key', () => {
    const stored = async (): Promise<number> => {
      const { rows } = await sql<{ n: number }>`select count(*) as n from setting where key like 'thing%'`.execute(
        world.database.db,
      );
      return rows[0]?.n ?? 0;
    };
    const things = (n: number, key: string) => owner.post('/v1/test/things', { n }, { 'idempotency-key': key });

    it('is required', async () => {
      const answer = await owner.send('POST', '/v1/test/things', { body: { n: 1 } });
      expect([answer.status, answer.json.type]).toEqual([400, 'urn:textwright:problem:idempotency_key_missing']);
      expect((await things(1, 'has space')).status).toBe(400);
    });

    it('makes the second request give the first answer, without a second effect', async () => {
      const before = await stored();
      const first = await things(1, 'again');
      expect([first.status, first.json.n]).toEqual([201, 1]);
      const preparedBefore = stage.prepared;
      const second = await things(1, 'again');
      expect([second.status, second.json]).toEqual([201, first.json]);
      expect([await stored(), stage.prepared]).toEqual([before + 1, preparedBefore]);
    });

    it('leaves no lock behind', async () => {
      await things(0, 'refused at once');
      await things(1, 'done');
      const { rows } = await sql`select from pg_locks l join pg_database d on d.oid = l.database
        where l.locktype = 'advisory' and d.datname = current_database()`.execute(world.database.db);
      expect(rows).toEqual([]);
    });

    it('refuses another body', async () => {
      await things(1, 'other');
      const answer = await things(2, 'other');
      expect([answer.status, answer.json.type]).toEqual([422, 'urn:textwright:problem:idempotency_key_reused']);
    });

    it('belongs to its caller', async () => {
      await things(1, 'shared');
      const { secret } = (await owner.post('/v1/api-keys', { name: 'k', role: 'viewer' })).json;
      const headers = { 'idempotency-key': 'shared', authorization: `Bearer ${secret}` };
      const other = await world.client().post('/v1/test/things', { n: 2 }, headers);
      expect([other.status, other.json.n]).toEqual([201, 2]);
    });

    it('is still running while the first request is', async () => {
      const before = stage.prepared;
      const opened = Promise.withResolvers<void>();
      const entered = Promise.withResolvers<void>();
      stage.hold = opened.promise;
      stage.entered = entered.resolve;
      const first = things(1, 'slow');
      await entered.promise;
      const meanwhile = await things(1, 'slow');
      expect([meanwhile.status, meanwhile.json.type]).toEqual([409, 'urn:textwright:problem:still_running']);
      opened.resolve();
      expect((await first).status).toBe(201);
      expect((await things(1, 'slow')).json).toEqual((await first).json);
      expect(stage.prepared).toBe(before + 1);
    });

    it('keeps nothing of a refusal, so that it may succeed later', async () => {
      const before = await stored();
      expect((await things(0, 'refused')).status).toBe(409);
      expect(await stored()).toBe(before);
      expect((await things(0, 'refused')).status).toBe(409);
      expect((await things(5, 'refused')).status).toBe(201);
    });

    it('does not keep a password in a form that can be guessed', async () => {
      const user = { name: 'Pia', email: 'pia@example.com', role: 'viewer', password: 'pia likes pie' };
      await owner.post('/v1/users', user, { 'idempotency-key': 'pia' });
      const { rows } = await sql<{ requestSha256: string }>`
        select request_sha256 from idempotency_key where key = 'pia'`.execute(world.database.db);
      const content = JSON.stringify(['post', '/v1/users', {}, {}, user]);
      const { createHash } = await import('node:crypto');
      expect(rows[0]?.requestSha256).not.toBe(createHash('sha256').update(content).digest('hex'));
    });

    it('takes outdated ones away with it', async () => {
      await sql`update idempotency_key set created_at = created_at - interval '8 days'`.execute(world.database.db);
      await things(1, 'fresh');
      const { rows } = await sql<{ key: string }>`select key from idempotency_key`.execute(world.database.db);
      expect(rows).toEqual([{ key: 'fresh' }]);
    });
  });

  it('describes itself, with the role and the key of each route', async () => {
    const { json } = await owner.get('/openapi.json');
    expect(json.openapi).toBe('3.1.0');
    expect(json.paths['/v1/test/things'].post.parameters).toEqual([
      expect.objectContaining({ name: 'idempotency-key', in: 'header', required: true }),
    ]);
    expect(json.paths['/v1/test/{id}'].get.description).toContain('viewer');
    const page = await owner.get('/docs');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.json).toContain('/v1/test/things');
    expect(page.json).not.toMatch(/<script|(src|href)="https?:/);
  });
});
