import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { insertAccount } from '../../../test/fixtures.ts';
import { httpWorld } from '../../../test/http-world.ts';
import { recordInbound } from '../../conversations/record-inbound.ts';
import { SUBMISSIONS_PER_HOUR_MAX } from '../../opt-in-forms/opt-in-form.ts';
import { runTx } from '../../platform/database.ts';
import { showId } from '../../platform/ids.ts';
import { DAY_MS } from '../../platform/time.ts';
import { ATTEMPTS_MAX } from '../attempt-limit.ts';
import { registerConsentRoutes } from './consent-routes.ts';
import { registerContactRoutes } from './contact-routes.ts';
import { registerOptInFormRoutes } from './opt-in-form-routes.ts';
import { registerOptInPageRoutes } from './opt-in-page-routes.ts';

const world = await httpWorld({
  registrars: [registerOptInFormRoutes, registerOptInPageRoutes, registerContactRoutes, registerConsentRoutes],
  env: { TRUSTED_PROXIES: '127.0.0.0/8' },
});
const owner = await world.owner();
const { db } = world.database;
const LANE = { gatewayRef: 'PNtest01', phone: '+16175550001' };
const account = await insertAccount(db, world.services, {
  baseUrl: 'http://127.0.0.1:1',
  apiKey: 'key',
  lanes: [LANE],
});
const SITE = 'https://acme.example';
const WORDS = {
  language: 'en',
  heading: 'Get our offers',
  wording: 'I agree to get offers by text.',
  button: 'Sign up',
};

let forms = 0;
async function makeForm(change: object = {}) {
  const made = await owner.post('/v1/opt-in-forms', {
    ...{ name: `Form ${++forms}`, laneId: showId('lane', account.laneIds[0] ?? ''), purpose: 'marketing' },
    ...{ kind: 'express_written', allowedOrigins: [SITE], redirectUrl: `${SITE}/thanks`, wordings: [WORDS] },
    ...change,
  });
  expect(made.json).toMatchObject({ version: 1, open: true });
  return made.json;
}

let clients = 0;
/** Each from an address of its own. */
const visitor = () => `198.51.100.${++clients}`;
interface Sending {
  readonly fields?: Record<string, string>;
  readonly origin?: string;
  readonly ip?: string;
}
const send = (address: string, { fields = {}, origin, ip = visitor() }: Sending = {}) =>
  fetch(address, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'x-forwarded-for': ip, 'user-agent': 'Firefox', ...(origin === undefined ? {} : { origin }) },
    body: new URLSearchParams(fields),
  });
const ticketIn = (html: string): string => /name="ticket" value="([^"]+)"/.exec(html)?.[1] ?? '';
/** Looks at our page, and takes a while to fill it in. */
async function readTicket(address: string): Promise<string> {
  const ticket = ticketIn(await (await fetch(address)).text());
  await world.clock.advance(5_000);
  return ticket;
}
let people = 0;
const newPhone = (): string => `+1617555${String(4_000 + ++people)}`;
const filledIn = async (address: string, phone: string) => ({
  phone,
  first_name: 'Ann',
  last_name: 'Lee',
  agree: 'yes',
  ticket: await readTicket(address),
});
const eventsOf = async (phone: string) =>
  (
    await sql<{ action: string; version: string; wording: string; evidence: object; confirm: boolean }>`
      select v.action, v.wording_version as version, w.wording, v.evidence, v.needs_confirmation as confirm
      from consent_event v left join consent_wording w on w.digest = v.wording_digest where v.phone = ${phone} order by v.occurred_at, v.id`.execute(
      db,
    )
  ).rows;
const requestsTo = async (phone: string): Promise<number> =>
  (await sql`select 1 from message where phone = ${phone} and purpose = 'opt_in_request'`.execute(db)).rows.length;
const contactOf = async (phone: string) =>
  (await owner.get(`/v1/contacts?search=${encodeURIComponent(phone)}`)).json.data[0];

describe('our own page of a form', () => {
  it('is read by anybody, sets nothing, and its box is empty', async () => {
    const { address } = await makeForm();
    const answer = await fetch(address);
    const html = await answer.text();
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, null]);
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(html).toContain('I agree to get offers by text.');
    expect(html).not.toMatch(/checked|<script/);
  });

  it('records what was agreed to with all that shows it, asks by text, and makes a contact of who answers YES', async () => {
    const { address, id } = await makeForm();
    const phone = newPhone();
    const fields = await filledIn(address, phone);
    const done = await send(address, {
      fields: { ...fields, phone: `${phone.slice(2, 5)} ${phone.slice(5)}` },
      ip: '203.0.113.9',
    });
    expect([done.status, await done.text()]).toEqual([
      200,
      expect.stringMatching(/Almost done.*START to \+16175550001.*acme\.example\/thanks/s),
    ]);
    expect(await eventsOf(phone)).toEqual([
      {
        ...{ action: 'grant', version: 'v1', wording: 'I agree to get offers by text.', confirm: true },
        evidence: {
          ...{ form: id, formUrl: address, formVersion: 'v1', ip: '203.0.113.9', userAgent: 'Firefox' },
          ...{ typed: `${phone.slice(2, 5)} ${phone.slice(5)}`, box: 'ticked' },
        },
      },
    ]);
    expect([await requestsTo(phone), await contactOf(phone)]).toEqual([1, undefined]);
    await sql`
      update message set state = 'sent', gateway_message_id = 'G0', lease_epoch = 1, attempted_at = created_at, sent_at = created_at
      where phone = ${phone} and purpose = 'opt_in_request'`.execute(db);
    const heard = {
      from: phone,
      to: [LANE.phone],
      laneRef: LANE.gatewayRef,
      text: 'YES',
      media: [],
      at: world.clock.now(),
    };
    const receiver = { id: account.id, kind: 'quo', environment: 'sandbox' } as const;
    await runTx(db, (tx) =>
      recordInbound(tx, world.services, receiver, {
        type: 'message_received',
        eventId: 'E',
        gatewayMessageId: 'G',
        ...heard,
      }),
    );
    const contact = await contactOf(phone);
    expect(contact).toMatchObject({ phone, firstName: 'Ann', lastName: 'Lee' });
    const { standings } = (await owner.get(`/v1/contacts/${contact.id}/consents`)).json;
    expect(standings[0].state).toBe('written');
  });

  it('sent in twice does it once, and says so twice', async () => {
    const { address } = await makeForm();
    const fields = await filledIn(address, newPhone());
    const answers = await Promise.all([send(address, { fields }), send(address, { fields })]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect([(await eventsOf(fields.phone)).length, await requestsTo(fields.phone)]).toEqual([1, 1]);
  });

  it('without double opt-in the person is a contact with a consent at once, when the owner wants it so', async () => {
    const { address } = await makeForm({ doubleOptIn: false });
    const fields = await filledIn(address, newPhone());
    expect(await (await send(address, { fields })).text()).toContain('You are signed up');
    expect((await contactOf(fields.phone)).firstName).toBe('Ann');
    expect(await requestsTo(fields.phone)).toBe(0);
  });

  it('records the words that were shown, also when they have been changed since; Spanish ones for who read those', async () => {
    const es = { language: 'es', heading: 'Ofertas', wording: 'Acepto recibir ofertas.', button: 'Enviar' };
    const { address, id } = await makeForm({ wordings: [WORDS, es] });
    const before = await filledIn(address, newPhone());
    const wordings = [{ ...WORDS, wording: 'I agree to less.' }, es];
    expect((await owner.patch(`/v1/opt-in-forms/${id}`, { wordings })).json.version).toBe(2);
    expect((await owner.patch(`/v1/opt-in-forms/${id}`, { name: `Same ${id}` })).json.version).toBe(2);
    await send(address, { fields: before });
    const after = { ...(await filledIn(`${address}?lang=es`, newPhone())) };
    expect(await (await send(address, { fields: after })).text()).toContain('Ya casi');
    expect(await eventsOf(before.phone)).toMatchObject([{ version: 'v1', wording: 'I agree to get offers by text.' }]);
    expect(await eventsOf(after.phone)).toMatchObject([{ version: 'v2', wording: 'Acepto recibir ofertas.' }]);
  });
});

describe('a form in a page of somebody else', () => {
  it('of an allowed site gets a ticket by its script, and people are led on afterwards', async () => {
    const { address, snippets } = await makeForm();
    const path = `${address}/ticket?version=1&language=en`;
    const given = await fetch(path, { headers: { origin: SITE } });
    expect(given.headers.get('access-control-allow-origin')).toBe(SITE);
    const { ticket } = (await given.json()) as { ticket: string };
    expect((await fetch(path, { headers: { origin: 'https://evil.example' } })).status).toBe(404);
    expect((await fetch(path.replace('version=1', 'version=2'), { headers: { origin: SITE } })).status).toBe(404);
    expect(await (await fetch(`${address}/form.js`)).text()).toContain(JSON.stringify(address));
    expect(snippets[0].html).toContain(`action="${address}"`);
    await world.clock.advance(5_000);
    const fields = { phone: newPhone(), agree: 'yes', ticket, page: `${SITE}/join?from=home` };
    const sent = await send(address, { fields, origin: SITE });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, `${SITE}/thanks`]);
    expect(await eventsOf(fields.phone)).toMatchObject([{ evidence: { formUrl: `${SITE}/join?from=home` } }]);
  });

  it('without a script is finished on our own page, with what was typed and an empty box', async () => {
    const { address } = await makeForm();
    const phone = newPhone();
    const first = await send(address, {
      fields: { phone, first_name: '<b>Ann', agree: 'yes', ticket: '' },
      origin: SITE,
    });
    const html = await first.text();
    expect([first.status, html]).toEqual([200, expect.stringContaining(`value="${phone}"`)]);
    expect(html).toContain('&#60;b&#62;Ann');
    expect(await eventsOf(phone)).toEqual([]);
    await world.clock.advance(5_000);
    await send(address, { fields: { phone, agree: 'yes', ticket: ticketIn(html) }, origin: world.server.url });
    expect(await eventsOf(phone)).toHaveLength(1);
  });

  it.each(['https://evil.example', 'null'])('of the origin %s is refused, and nothing is recorded', async (origin) => {
    const { address } = await makeForm();
    const fields = await filledIn(address, newPhone());
    const refused = await send(address, { fields, origin });
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining(address)]);
    expect(await eventsOf(fields.phone)).toEqual([]);
  });
});

describe('whoever sends a form in that is no person', () => {
  it.each<[string, (fields: Record<string, string>) => Record<string, string>, number]>([
    ['fills in what nobody sees', (fields) => ({ ...fields, website: 'x' }), 200],
    ['brings no ticket', ({ ticket: _, ...fields }) => fields, 200],
    ['brings a ticket of its own making', (fields) => ({ ...fields, ticket: `${fields['ticket']}x` }), 200],
    ['does not tick the box', ({ agree: _, ...fields }) => fields, 422],
    ['ticks it with something else', (fields) => ({ ...fields, agree: 'on' }), 422],
    ['names no number', (fields) => ({ ...fields, phone: 'call me' }), 422],
    ['names a number of another country', (fields) => ({ ...fields, phone: '+44 20 7946 0958' }), 422],
  ])('%s: nothing is recorded', async (_case, change, status) => {
    const { address } = await makeForm();
    const events = async () => (await sql`select 1 from consent_event`.execute(db)).rows.length;
    const fields = await filledIn(address, newPhone());
    const before = await events();
    expect((await send(address, { fields: change(fields) })).status).toBe(status);
    expect(await events()).toBe(before);
  });

  it('is faster than anybody reads', async () => {
    const { address } = await makeForm();
    const ticket = ticketIn(await (await fetch(address)).text());
    const sent = await send(address, { fields: { phone: newPhone(), agree: 'yes', ticket } });
    expect([sent.status, await sent.text()]).toEqual([422, expect.stringContaining('very fast')]);
  });

  it('sends something else than a form, or far too much', async () => {
    const { address } = await makeForm();
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': visitor() };
    expect((await fetch(address, { method: 'POST', headers, body: '{}' })).status).toBe(404);
    expect((await send(address, { fields: { phone: 'x'.repeat(20_000) } })).status).toBe(404);
  });

  it('tries over and over from one address, and no other address waits for it', async () => {
    const { address } = await makeForm();
    const ip = visitor();
    for (let n = 0; n < ATTEMPTS_MAX; n += 1) await send(address, { ip });
    expect([(await send(address, { ip })).status, (await send(address)).status]).toEqual([429, 200]);
  });

  it('enters one number all day, from everywhere', async () => {
    const { address } = await makeForm();
    const phone = newPhone();
    const tryOnce = async () => (await send(address, { fields: await filledIn(address, phone) })).status;
    expect([await tryOnce(), await tryOnce(), await tryOnce(), await tryOnce()]).toEqual([200, 200, 200, 429]);
    expect(await requestsTo(phone)).toBe(1);
    await world.clock.advance(DAY_MS);
    expect(await tryOnce()).toBe(200);
  });

  it('enters hundreds of numbers within the hour', async () => {
    const { address, id } = await makeForm();
    await sql`
      insert into opt_in_submission (id, form_id, ticket, phone, created_at)
      select gen_random_uuid(), f.id, encode(sha256(n::text::bytea), 'hex'), '+1617555' || n, ${world.clock.now()}
      from opt_in_form f, generate_series(1, ${SUBMISSIONS_PER_HOUR_MAX}) n where f.token = ${address.split('/').at(-1)}`.execute(
      db,
    );
    expect((await send(address, { fields: await filledIn(address, newPhone()) })).status).toBe(429);
    expect(id).toMatch(/^frm_/);
  });
});

describe('a form', () => {
  it('that is closed, or asks by a number that is off, takes nothing; opened again it does', async () => {
    const { address, id } = await makeForm();
    const statuses = async () => [(await fetch(address)).status, (await send(address)).status];
    expect((await owner.patch(`/v1/opt-in-forms/${id}`, { open: false })).json.open).toBe(false);
    expect(await statuses()).toEqual([410, 410]);
    await owner.patch(`/v1/opt-in-forms/${id}`, { open: true });
    expect(await statuses()).toEqual([200, 200]);
    await sql`update lane set state = 'off', state_reason = 'test'`.execute(db);
    expect(await statuses()).toEqual([410, 410]);
    await sql`update lane set state = 'active', state_reason = null`.execute(db);
    expect((await fetch(`${world.server.url}/f/aaaaaaaaaaaaaaaa`)).status).toBe(404);
  });

  it.each<[string, object, string]>([
    ['an address instead of a site', { allowedOrigins: [`${SITE}/join`] }, '/allowedOrigins'],
    ['every site', { allowedOrigins: ['*'] }, '/allowedOrigins'],
    ['an end that runs', { redirectUrl: 'javascript:alert(1)' }, '/redirectUrl'],
    ['no words', { wordings: [] }, '/wordings'],
    ['two words of one language', { wordings: [WORDS, WORDS] }, '/wordings'],
    ['a number that is not ours', { laneId: `lane_${'0'.repeat(32)}` }, '/laneId'],
  ])('with %s is refused', async (_case, change, pointer) => {
    const laneId = showId('lane', account.laneIds[0] ?? '');
    const good = {
      name: 'Bad',
      laneId,
      purpose: 'marketing',
      kind: 'express_written',
      allowedOrigins: [],
      redirectUrl: null,
    };
    const refused = await owner.post('/v1/opt-in-forms', { ...good, wordings: [WORDS], ...change });
    expect([refused.status, refused.json.errors[0].pointer]).toEqual([422, pointer]);
  });

  it('is listed, and its name is its own', async () => {
    const { name } = await makeForm();
    expect((await owner.get('/v1/opt-in-forms')).json.data.map((one: { name: string }) => one.name)).toContain(name);
    const again = await owner.post('/v1/opt-in-forms', {
      ...{ name, laneId: showId('lane', account.laneIds[0] ?? ''), purpose: 'marketing', kind: 'express_written' },
      ...{ allowedOrigins: [], redirectUrl: null, wordings: [WORDS] },
    });
    expect(again.status).toBe(409);
  });
});
