import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { togetherBehind } from '../../test/concurrency.ts';
import { type Client, type HttpWorld, httpWorld, PASSWORD } from '../../test/http-world.ts';
import { ATTEMPTS_MAX, WINDOW_MS } from './attempt-limit.ts';

const ownerInput = {
  name: 'Olivia Owner',
  email: 'Olivia@Example.com',
  password: PASSWORD,
  businessName: 'Solid Foundations',
  zone: 'america/new_york',
};

describe('the first visit', () => {
  let world: HttpWorld;
  beforeAll(async () => {
    world = await httpWorld();
  });

  it('asks for an owner, and of two at the same instant makes exactly one', async () => {
    expect((await world.client().get('/v1/setup')).json).toEqual({ needed: true });
    const refused = await world.client().post('/v1/setup', { ...ownerInput, zone: 'Mars/Olympus' });
    expect(refused.status).toBe(422);
    expect(refused.json.errors).toEqual([{ pointer: '/zone', message: expect.stringContaining('America/Chicago') }]);

    const answers = await Promise.all(
      [1, 2, 3].map((n) => world.client().post('/v1/setup', { ...ownerInput, email: `owner${n}@example.com` })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    const { rows } = await sql<{ n: number }>`select count(*) as n from auth_user`.execute(world.database.db);
    expect(rows).toEqual([{ n: 1 }]);
    expect((await world.client().get('/v1/setup')).json).toEqual({ needed: false });
  });

  it('keeps the business in the usual spelling of its zone', async () => {
    const made = await world.client().get('/v1/me');
    expect(made.status).toBe(401);
    const { rows } = await sql<{ value: unknown }>`select value from setting where key = 'business'`.execute(
      world.database.db,
    );
    expect(rows[0]?.value).toMatchObject({ version: 1, name: 'Solid Foundations', zone: 'America/New_York' });
  });
});

describe('a session', () => {
  let world: HttpWorld;
  let owner: Client;
  const signIn = (client: Client, email: string, password: string) => client.post('/v1/sign-in', { email, password });
  beforeAll(async () => {
    world = await httpWorld();
    owner = await world.owner();
  });

  it('begins with the right password, in a cookie that scripts cannot read', async () => {
    const client = world.client();
    const answer = await signIn(client, 'OLIVIA@example.com', PASSWORD);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      user: {
        id: expect.stringMatching(/^usr_[0-9a-f]{32}$/),
        name: 'Olivia Owner',
        email: 'olivia@example.com',
        role: 'owner',
      },
      business: { name: 'Solid Foundations', zone: 'America/New_York' },
    });
    const cookie = answer.headers.getSetCookie().join('\n');
    expect(cookie).toMatch(/^textwright\.session_token=\S+; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/i);
    expect((await client.get('/v1/me')).json).toEqual(answer.json);
  });

  it('tells a wrong password and an unknown address in the same words', async () => {
    const wrong = await signIn(world.client(), 'olivia@example.com', 'not the password');
    const unknown = await signIn(world.client(), 'nobody@example.com', 'not the password');
    expect(wrong.status).toBe(401);
    expect(wrong.headers.getSetCookie()).toEqual([]);
    const { instance: _, ...words } = wrong.json;
    expect(unknown.json).toMatchObject(words);
  });

  it('ends with sign-out', async () => {
    const client = world.client();
    await signIn(client, 'olivia@example.com', PASSWORD);
    const before = client.cookie;
    expect((await client.post('/v1/sign-out')).json).toEqual({ ok: true });
    expect(client.cookie).toBe('');
    const again = await world.client().get('/v1/me', { cookie: before });
    expect(again.status).toBe(401);
    expect(again.json.type).toBe('urn:textwright:problem:session_expired');
  });

  it('that has expired is told so, and its cookie removed', async () => {
    const client = world.client();
    await signIn(client, 'olivia@example.com', PASSWORD);
    await sql`update auth_session set expires_at = now() - interval '1 minute'`.execute(world.database.db);
    const answer = await client.get('/v1/me');
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({
      type: 'urn:textwright:problem:session_expired',
      title: 'The session has ended',
    });
    expect(client.cookie).toBe('');
    await signIn(owner, 'olivia@example.com', PASSWORD);
  });

  it('with a forged cookie is none', async () => {
    const answer = await world.client().get('/v1/me', { cookie: 'textwright.session_token=abc.def' });
    expect(answer.status).toBe(401);
  });

  it('leaves no way into better-auth itself', async () => {
    for (const path of ['/api/auth/sign-up/email', '/v1/sign-up', '/v1/api/auth/sign-up/email'])
      expect((await world.client().post(path, { name: 'x', email: 'x@example.com', password: PASSWORD })).status).toBe(
        404,
      );
  });

  it('is slowed down after too many attempts, and forgiven after a while', async () => {
    await owner.post('/v1/users', { name: 'Greta', email: 'greta@example.com', role: 'viewer', password: PASSWORD });
    for (let n = 0; n < ATTEMPTS_MAX; n += 1)
      expect((await signIn(world.client(), 'greta@example.com', `guess ${n}`)).status).toBe(401);
    const limited = await signIn(world.client(), 'Greta@example.com', PASSWORD);
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('300');
    expect((await signIn(world.client(), 'olivia@example.com', PASSWORD)).status).toBe(200);
    await world.clock.advance(WINDOW_MS);
    expect((await signIn(world.client(), 'greta@example.com', PASSWORD)).status).toBe(200);
  });

  it('is slowed down for one client of a proxy of ours, and for no other', async () => {
    const behind = await httpWorld({ env: { TRUSTED_PROXIES: '127.0.0.1' } });
    await behind.owner();
    const attempt = async (password: string, from: string) => {
      const body = { email: 'olivia@example.com', password };
      return (await behind.client().post('/v1/sign-in', body, { 'x-forwarded-for': from })).status;
    };
    for (let n = 0; n < ATTEMPTS_MAX; n += 1) expect(await attempt(`guess ${n}`, `8.8.8.${n}, 203.0.113.5`)).toBe(401);
    expect(await attempt(PASSWORD, '8.8.8.8, 203.0.113.5')).toBe(429);
    expect(await attempt(PASSWORD, '203.0.113.6')).toBe(200);
  });
});

describe('people', () => {
  let world: HttpWorld;
  let owner: Client;
  beforeAll(async () => {
    world = await httpWorld();
    owner = await world.owner();
  });
  const add = (name: string, role: string) =>
    owner.post('/v1/users', { name, email: `${name}@example.com`, role, password: PASSWORD });

  it('are added by an owner with a role, sign in, and are seen', async () => {
    const made = await add('Max', 'manager');
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      name: 'Max',
      email: 'max@example.com',
      role: 'manager',
      active: true,
      lastSeenAt: null,
    });
    const max = world.client();
    await max.post('/v1/sign-in', { email: 'max@example.com', password: PASSWORD });
    await max.get('/v1/me');
    const listed = await max.get('/v1/users');
    expect(listed.json.data.map((user: { name: string; lastSeenAt: string }) => [user.name, user.lastSeenAt])).toEqual([
      ['Olivia Owner', expect.any(String)],
      ['Max', '2026-11-17T15:00:00Z'],
    ]);
  });

  it('cannot share an address', async () => {
    const answer = await add('MAX', 'viewer');
    expect(answer.status).toBe(409);
    expect(answer.json.errors).toEqual([{ pointer: '/email', message: 'is already used' }]);
  });

  it('are signed out everywhere when switched off, and cannot sign in', async () => {
    const made = await add('Vera', 'viewer');
    const vera = world.client();
    await vera.post('/v1/sign-in', { email: 'vera@example.com', password: PASSWORD });
    expect((await vera.get('/v1/me')).status).toBe(200);
    const before = vera.cookie;
    expect((await owner.patch(`/v1/users/${made.json.id}`, { active: false })).json).toMatchObject({ active: false });
    expect((await vera.get('/v1/me')).status).toBe(401);
    const again = await vera.post('/v1/sign-in', { email: 'vera@example.com', password: PASSWORD });
    expect(again.status).toBe(403);
    expect(again.json.detail).toContain('switched off');
    expect((await vera.get('/v1/me')).status).toBe(401);
    await owner.patch(`/v1/users/${made.json.id}`, { active: true });
    expect((await world.client().get('/v1/me', { cookie: before })).status).toBe(401);
    expect((await vera.post('/v1/sign-in', { email: 'vera@example.com', password: PASSWORD })).status).toBe(200);
  });

  it('who are switched off cannot use a session that came to be at the same instant', async () => {
    const made = await add('Sven', 'viewer');
    const sven = world.client();
    await sven.post('/v1/sign-in', { email: 'sven@example.com', password: PASSWORD });
    await sql`update auth_user set active = false where email = 'sven@example.com'`.execute(world.database.db);
    expect((await sven.get('/v1/me')).status).toBe(401);
    await owner.patch(`/v1/users/${made.json.id}`, { active: false });
  });

  it('act at once in their new role', async () => {
    const made = await add('Rob', 'viewer');
    const rob = world.client();
    await rob.post('/v1/sign-in', { email: 'rob@example.com', password: PASSWORD });
    expect((await rob.get('/v1/users')).status).toBe(403);
    await owner.patch(`/v1/users/${made.json.id}`, { role: 'manager' });
    expect((await rob.get('/v1/users')).status).toBe(200);
  });

  it('get a new password from an owner, which signs them out everywhere', async () => {
    const made = await add('Nina', 'agent');
    const nina = world.client();
    const signIn = (password: string) => nina.post('/v1/sign-in', { email: 'nina@example.com', password });
    await signIn(PASSWORD);
    const path = `/v1/users/${made.json.id}/password`;
    expect((await nina.put(path, { password: 'a new password' })).status).toBe(403);
    expect((await owner.put(path, { password: 'too short' })).json.errors).toEqual([
      { pointer: '/password', message: 'use at least 10 characters' },
    ]);
    expect((await nina.get('/v1/me')).status).toBe(200);
    expect((await owner.put(path, { password: 'a new password' })).json).toEqual({ ok: true });
    expect((await nina.get('/v1/me')).status).toBe(401);
    expect((await signIn(PASSWORD)).status).toBe(401);
    expect((await signIn('a new password')).status).toBe(200);
    expect((await owner.get('/v1/me')).status).toBe(200);
  });

  it('change their own password with the old one only, and stay signed in where they do', async () => {
    await add('Paul', 'viewer');
    const [here, elsewhere] = [world.client(), world.client()];
    const signIn = (client: Client, password: string) =>
      client.post('/v1/sign-in', { email: 'paul@example.com', password });
    await signIn(here, PASSWORD);
    await signIn(elsewhere, PASSWORD);
    const change = (oldPassword: string) => here.put('/v1/me/password', { oldPassword, newPassword: 'a new password' });
    const wrong = await change('not the password');
    expect([wrong.status, wrong.json.errors]).toEqual([
      422,
      [{ pointer: '/oldPassword', message: 'is not your password' }],
    ]);
    expect((await elsewhere.get('/v1/me')).status).toBe(200);
    expect((await change(PASSWORD)).json).toEqual({ ok: true });
    expect((await here.get('/v1/me')).status).toBe(200);
    expect((await elsewhere.get('/v1/me')).status).toBe(401);
    expect((await signIn(elsewhere, PASSWORD)).status).toBe(401);
    expect((await signIn(elsewhere, 'a new password')).status).toBe(200);
    for (let n = 0; n < ATTEMPTS_MAX; n += 1) await change(`guess ${n}`);
    expect((await change('a new password')).status).toBe(429);
  });

  it('cannot use the way of owners for their own password, and a key has none', async () => {
    const { id } = (await owner.get('/v1/me')).json.user;
    const own = await owner.put(`/v1/users/${id}/password`, { password: 'a new password' });
    expect([own.status, own.json.detail]).toEqual([403, expect.stringContaining('PUT /v1/me/password')]);
    const { secret } = (await owner.post('/v1/api-keys', { name: 'Script', role: 'owner' })).json;
    const byKey = await world.client().send('PUT', '/v1/me/password', {
      body: { oldPassword: PASSWORD, newPassword: 'a new password' },
      headers: { authorization: `Bearer ${secret}` },
    });
    expect([byKey.status, byKey.json.detail]).toEqual([403, expect.stringContaining('an API key has no password')]);
    expect(
      (await owner.put('/v1/users/usr_00000000000070008000000000000000/password', { password: PASSWORD })).status,
    ).toBe(404);
  });

  it('always include one active owner, also when two step down together', async () => {
    const me = (await owner.get('/v1/me')).json.user.id;
    const alone = await owner.patch(`/v1/users/${me}`, { role: 'manager' });
    expect(alone.status).toBe(409);
    expect(alone.json).toMatchObject({ state: 'last_owner', detail: expect.stringContaining('last active owner') });
    const second = (await add('Otto', 'owner')).json.id;
    const { secret } = (await owner.post('/v1/api-keys', { name: 'Robot', role: 'owner' })).json;
    const stepDown = (id: string, body: object) =>
      world.client().send('PATCH', `/v1/users/${id}`, { body, headers: { authorization: `Bearer ${secret}` } });
    const both = await togetherBehind(world.database.db, sql`select from auth_user where role = 'owner' for share`, [
      () => stepDown(me, { active: false }),
      () => stepDown(second, { role: 'viewer' }),
    ]);
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
  });

  it('that do not exist are not found', async () => {
    const otto = world.client();
    await sql`update auth_user set role = 'owner', active = true`.execute(world.database.db);
    await otto.post('/v1/sign-in', { email: 'otto@example.com', password: PASSWORD });
    for (const id of ['usr_00000000000070008000000000000000', 'nonsense'])
      expect((await otto.patch(`/v1/users/${id}`, { name: 'x' })).status).toBe(404);
  });

  it('leave their comings, goings and changes in the audit log', async () => {
    const otto = world.client();
    await otto.post('/v1/sign-in', { email: 'otto@example.com', password: PASSWORD });
    await otto.post('/v1/sign-out');
    await otto.post('/v1/sign-in', { email: 'nobody@example.com', password: PASSWORD });
    const { rows } = await sql<{
      action: string;
    }>`select distinct action from audit_entry where subject like 'usr_%' order by 1`.execute(world.database.db);
    expect(rows.map((row) => row.action)).toEqual([
      'user.changed',
      'user.created',
      'user.deactivated',
      'user.password_changed',
      'user.password_set',
      'user.sign_in_failed',
      'user.signed_in',
      'user.signed_out',
    ]);
  });
});

describe('an API key', () => {
  let world: HttpWorld;
  let owner: Client;
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
  beforeAll(async () => {
    world = await httpWorld();
    owner = await world.owner();
  });

  it('is shown once, kept as a hash, and acts in its role', async () => {
    const made = await owner.post('/v1/api-keys', { name: 'Reports', role: 'viewer' });
    expect(made.status).toBe(201);
    const { secret, key } = made.json;
    expect(secret).toMatch(/^tw_[\w-]{43}$/);
    expect(key).toMatchObject({ name: 'Reports', role: 'viewer', prefix: secret.slice(0, 9), lastUsedAt: null });
    const stored = await sql`select * from api_key`.execute(world.database.db);
    expect(JSON.stringify(stored.rows)).not.toContain(secret);

    const script = world.client();
    expect((await script.get('/v1/me', bearer(secret))).json.user).toMatchObject({ name: 'Reports', role: 'viewer' });
    expect((await script.get('/v1/users', bearer(secret))).status).toBe(403);
    const listed = await owner.get('/v1/api-keys');
    expect(listed.json.data).toEqual([{ ...key, lastUsedAt: '2026-11-17T15:00:00Z' }]);
  });

  it('notes its use at most once a minute', async () => {
    const { secret } = (await owner.post('/v1/api-keys', { name: 'Often', role: 'viewer' })).json;
    const usedAt = async () => {
      await world.client().get('/v1/me', bearer(secret));
      const { data } = (await owner.get('/v1/api-keys')).json;
      return data.find((key: { name: string }) => key.name === 'Often').lastUsedAt;
    };
    const first = await usedAt();
    await world.clock.advance(59_000);
    expect(await usedAt()).toBe(first);
    await world.clock.advance(2_000);
    expect(await usedAt()).toBe('2026-11-17T15:01:01Z');
  });

  it('ends at its expiry, when revoked, and is never a wrong one', async () => {
    const past = await owner.post('/v1/api-keys', { name: 'x', role: 'viewer', expiresAt: '2026-01-01T00:00:00Z' });
    expect(past.json.errors[0].pointer).toBe('/expiresAt');
    const odd = await owner.post('/v1/api-keys', { name: 'x', role: 'viewer', expiresAt: 'tomorrow' });
    expect(odd.status).toBe(422);
    const expiresAt = world.clock.now().add({ minutes: 5 }).toString();
    const { secret, key } = (await owner.post('/v1/api-keys', { name: 'Short', role: 'viewer', expiresAt })).json;
    expect((await world.client().get('/v1/me', bearer(secret))).status).toBe(200);
    await world.clock.advance(5 * 60_000);
    const expired = await world.client().get('/v1/me', bearer(secret));
    expect([expired.status, expired.json.detail]).toEqual([401, expect.stringContaining('expired')]);

    const other = (await owner.post('/v1/api-keys', { name: 'Gone', role: 'viewer' })).json;
    expect((await owner.delete(`/v1/api-keys/${other.key.id}`)).json).toEqual({ ok: true });
    expect((await world.client().get('/v1/me', bearer(other.secret))).json.detail).toContain('revoked');
    expect((await owner.delete(`/v1/api-keys/${key.id.replace(/.$/, 'f')}`)).status).toBe(404);
    for (const wrong of ['tw_unknown', 'Basic abc'])
      expect((await world.client().get('/v1/me', { authorization: wrong })).status).toBe(401);
  });
});
