import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertContacts } from '../../../test/fixtures.ts';
import { httpWorld } from '../../../test/http-world.ts';
import { linkTokens } from '../../compliance/link-token.ts';
import { ATTEMPTS_MAX } from '../attempt-limit.ts';
import { registerOptOutLinkRoutes } from './opt-out-link-routes.ts';

const world = await httpWorld({ registrars: [registerOptOutLinkRoutes] });
await world.owner();
const { db } = world.database;
const ANN = '+16175550123';
await insertContacts(db, world.services, [{ phone: ANN, firstName: 'Ann' }]);
const link = (phone: string): string => `${world.server.url}/u/${linkTokens(world.services.secrets).tokenOf(phone)}`;
const suppressions = async () =>
  (await sql`select phone, reason, channel, evidence ->> 'ip' as ip from suppression order by created_at`.execute(db))
    .rows;

it('a look at the link changes nothing and shows one button and no number; the button opts out without a sign-in', async () => {
  const looked = await fetch(link(ANN));
  const html = await looked.text();
  expect(looked.status).toBe(200);
  expect(looked.headers.get('content-type')).toContain('text/html');
  expect(html.match(/<button/g)).toHaveLength(1);
  expect(html).not.toMatch(/0123|Ann|<script/);
  await fetch(link(ANN), { method: 'HEAD' });
  expect(await suppressions()).toEqual([]);
  const pressed = await fetch(link(ANN), { method: 'POST' });
  expect(await pressed.text()).toContain('No more texts from');
  expect(await suppressions()).toEqual([{ phone: ANN, reason: 'opt_out', channel: 'link', ip: expect.anything() }]);
});

it('one press is enough for a program too, and for a number that is no contact', async () => {
  const body = 'List-Unsubscribe=One-Click';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await fetch(link('+16175550199'), { method: 'POST', headers, body })).status).toBe(200);
  expect(await suppressions()).toHaveLength(2);
});

it('a link that was never made leads to what works instead, whatever is done with it', async () => {
  for (const method of ['GET', 'POST']) {
    const answer = await fetch(`${world.server.url}/u/AAAAAAAAAAAAAAAAAAAAAA`, { method });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('STOP');
  }
  expect(await suppressions()).toHaveLength(2);
});

it('a link that is pressed over and over is told to wait, and no other is', async () => {
  const press = async (phone: string) => (await fetch(link(phone), { method: 'POST' })).status;
  for (let n = 0; n < ATTEMPTS_MAX; n += 1) await press('+16175550150');
  expect([await press('+16175550150'), await press('+16175550151')]).toEqual([429, 200]);
});
