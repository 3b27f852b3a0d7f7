import { beforeAll, describe, expect, it } from 'vitest';
import { everyRegistrar } from '../../test/every-registrar.ts';
import { type Client, type HttpWorld, httpWorld } from '../../test/http-world.ts';
import type { Access } from './contract/shared.ts';
import { ROUTES_BY_ACCESS } from './route-access.fixture.ts';

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
  const title = (route: { method: string; path: string }): string => `${route.method.toUpperCase()} ${route.path}`;

  it('asks for the role that is written down for it, and for no other', () => {
    const asked = (access: Access) => world.http.routes.filter((route) => route.access === access).map(title);
    for (const access of ['public', ...ROLES] as const)
      expect({ [access]: asked(access).sort() }).toEqual({ [access]: ROUTES_BY_ACCESS[access].toSorted() });
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

  it('answers 403 to each role below the one that is written down for it', async () => {
    const tries = ROLES.flatMap((access, rank) =>
      ROUTES_BY_ACCESS[access].flatMap((route) => ROLES.slice(0, rank).map((role) => ({ route, role }))),
    );
    const answers = await Promise.all(
      tries.map(async ({ route, role }) => {
        const [method = '', path = ''] = route.split(' ');
        const answer = await clients.get(role)?.(method, addressOf(path));
        return `${role} ${route} ${answer?.status}`;
      }),
    );
    expect(answers).toEqual(tries.map(({ role, route }) => `${role} ${route} 403`));
    expect(tries.length).toBeGreaterThan(200);
  });
});
