import { beforeAll, describe, expect, it } from 'vitest';
import { everyRegistrar } from '../../test/every-registrar.ts';
import { type Client, type HttpWorld, httpWorld } from '../../test/http-world.ts';
import type { Access } from './contract/shared.ts';

const ROLES = ['viewer', 'agent', 'manager', 'owner'] as const;
describe('every route', () => {
  let world: HttpWorld;
  const clients = new Map<string, (method: string, path: string) => ReturnType<Client['send']>>();
  beforeAll(async () => {
    world = await httpWorld({ registrars: await everyRegistrar() });
    const owner = await world.owner();
    for (const role of ROLES) {
      const { secret } = (await owner.post('/v1/api-keys', { name: role, role })).json;
      const headers = { authorization: `Bearer ${secret}` };
      clients.set(role, (method, path) => world.client().send(method, path, { headers }));
    }
  });
  const addressOf = (path: string): string => path.replaceAll(/\{\w+\}/g, 'x');
  const title = (route: { method: string; path: string }): string => `${route.method} ${route.path}`;

  it('is public only when it must be', () => {
    const known = [
      'get /v1/setup',
      'post /v1/setup',
      'post /v1/sign-in',
      'get /health/live',
      'get /health/ready',
      'get /f/{token}',
      'post /f/{token}',
      'get /f/{token}/form.js',
      'get /f/{token}/ticket',
      'get /u/{token}',
      'post /u/{token}',
      'post /webhooks/quo/{account}',
      'post /webhooks/twilio/{account}',
    ];
    const open = world.http.routes.filter((route) => route.access === 'public').map(title);
    expect(open.filter((route) => !known.includes(route))).toEqual([]);
    expect(world.http.routes.length).toBeGreaterThan(30);
  });

  it('is for owners where it takes an owner’s word', () => {
    const owners = world.http.routes.filter((route) => route.access === 'owner').map(title);
    expect(owners).toEqual(
      expect.arrayContaining(['put /v1/campaigns/{id}/consent-waiver', 'delete /v1/campaigns/{id}/consent-waiver']),
    );
  });

  it('is registered once', () => {
    const titles = world.http.routes.map(title);
    expect(titles.filter((text, index) => titles.indexOf(text) !== index)).toEqual([]);
  });

  it('answers 401 to nobody', async () => {
    const closed = world.http.routes.filter((route) => route.access !== 'public');
    const answers = await Promise.all(
      closed.map(async (route) => {
        const answer = await world.client().send(route.method.toUpperCase(), addressOf(route.path), {});
        return [title(route), answer.status, answer.json.type];
      }),
    );
    expect(answers).toEqual(closed.map((route) => [title(route), 401, 'urn:textwright:problem:unauthorized']));
  });

  it('answers 403 to each role below the one it needs', async () => {
    const below = (access: Access) => ROLES.slice(0, access === 'public' ? 0 : ROLES.indexOf(access));
    const tries = world.http.routes.flatMap((route) => below(route.access).map((role) => ({ route, role })));
    const answers = await Promise.all(
      tries.map(async ({ route, role }) => {
        const answer = await clients.get(role)?.(route.method.toUpperCase(), addressOf(route.path));
        return `${role} ${title(route)} ${answer?.status}`;
      }),
    );
    expect(answers).toEqual(tries.map(({ route, role }) => `${role} ${title(route)} 403`));
    expect(tries.length).toBeGreaterThan(20);
  });
});
