import { describe, expect, it } from 'vitest';
import { httpWorld } from '../../../test/http-world.ts';
import { runCli } from '../../cli/cli.fixture.ts';
import { inboxFixture } from '../../conversations/inbox.fixture.ts';
import { registerContactRoutes } from './contact-routes.ts';
import { registerInboxRoutes } from './inbox-routes.ts';
import { registerTemplateRoutes } from './template-routes.ts';

const world = await httpWorld({ registrars: [registerContactRoutes, registerInboxRoutes, registerTemplateRoutes] });
const owner = await world.owner();
const fixture = await inboxFixture(world.database.db, world.services.newUuid);

/** Resolves when the next change of contacts has been told to everyone. */
const contactsChanged = () =>
  new Promise<void>((resolve) => {
    const stop = world.services.live.subscribe('contacts', () => {
      stop();
      resolve();
    });
  });

describe('contacts over HTTP', () => {
  it('are added once per Idempotency-Key, shown, found, changed and opted out', async () => {
    const body = { phone: '(617) 555-0123', firstName: 'Maria', lastName: 'Lopez', tags: ['estimate'] };
    const made = await owner.post('/v1/contacts', body, { 'idempotency-key': 'once' });
    expect(made.status).toBe(201);
    expect(made.json).toEqual({
      id: expect.stringMatching(/^con_[0-9a-f]{32}$/),
      phone: '+16175550123',
      firstName: 'Maria',
      lastName: 'Lopez',
      email: null,
      company: null,
      street: null,
      city: null,
      state: null,
      postalCode: null,
      tags: ['estimate'],
      attributes: {},
      zones: ['America/New_York'],
      suppressed: null,
      numberState: 'unverified',
      lastCampaignTextAt: null,
      createdAt: '2026-11-17T15:00:00Z',
      updatedAt: '2026-11-17T15:00:00Z',
    });
    expect((await owner.post('/v1/contacts', body, { 'idempotency-key': 'once' })).json).toEqual(made.json);
    expect((await owner.post('/v1/contacts', body)).status).toBe(409);

    const { id } = made.json;
    expect((await owner.get(`/v1/contacts/${id}`)).json).toEqual(made.json);
    expect((await owner.get('/v1/contacts?search=lopez%20617&tag=estimate')).json).toEqual({
      data: [made.json],
      nextCursor: null,
    });
    expect((await owner.get('/v1/contacts/count?suppressed=no')).json).toEqual({ count: 1, atLeast: false });
    expect((await owner.patch(`/v1/contacts/${id}`, { state: 'Florida', lastName: null })).json).toMatchObject({
      state: 'FL',
      lastName: null,
      zones: ['America/Chicago', 'America/New_York'],
    });
    const optedOut = await owner.post(`/v1/contacts/${id}/opt-out`, { note: 'Called the office' });
    expect(optedOut.json.suppressed).toEqual({
      reason: 'opt_out',
      sentence: 'Asked not to be texted',
      how: 'recorded by staff',
      since: '2026-11-17T15:00:00Z',
    });
    const timeline = await owner.get(`/v1/contacts/${id}/timeline?limit=2`);
    expect(timeline.json.data.map((entry: { title: string }) => entry.title)).toEqual([
      'Asked not to be texted (recorded by staff)',
      'Added by Olivia Owner',
    ]);
    expect(timeline.json.nextCursor).not.toBeNull();
  });

  it.each([
    ['(617) 555-0140', null],
    ['(416) 555-0140', 'A Canadian or Caribbean number; campaigns text US numbers only'],
    ['(800) 555-0140', 'A toll-free number is no one’s phone'],
  ])('say whether a campaign would text %s', async (phone, sentence) => {
    const { id } = (await owner.post('/v1/contacts', { phone })).json;
    const { leftOut } = (await owner.get(`/v1/contacts/${id}/eligibility`)).json;
    expect(leftOut?.sentence ?? null).toBe(sentence);
  });

  it('say that a person who opted out is left out, and what can be done', async () => {
    const { id } = (await owner.post('/v1/contacts', { phone: '(617) 555-0141' })).json;
    await owner.post(`/v1/contacts/${id}/opt-out`, { note: 'Called the office' });
    expect((await owner.get(`/v1/contacts/${id}/eligibility`)).json).toEqual({
      leftOut: {
        reason: 'opted_out',
        sentence: 'Asked not to be texted',
        remedy: 'Only the person can change this, by texting START',
      },
    });
    const nobody = `con_${'0'.repeat(32)}`;
    expect((await owner.get(`/v1/contacts/${nobody}/eligibility`)).status).toBe(404);
  });

  it('show a new tag among the facets as soon as the change is told', async () => {
    const tags = async () =>
      (await owner.get('/v1/contacts/facets')).json.tags.map((tag: { value: string }) => tag.value);
    expect(await tags()).not.toContain('roof');
    const changed = contactsChanged();
    await owner.post('/v1/contacts', { phone: '617-555-0124', tags: ['roof'] });
    await changed;
    expect(await tags()).toContain('roof');
  });

  it.each([
    ['an unknown field', { phone: '617-555-0125', nickname: 'x' }, '/nickname'],
    ['a number that cannot exist', { phone: '12' }, '/phone'],
    ['a wrong e-mail address', { phone: '617-555-0125', email: 'no' }, '/email'],
  ])('refuse %s', async (_case, body, pointer) => {
    const refused = await owner.post('/v1/contacts', body);
    expect([refused.status, refused.json.errors[0].pointer]).toEqual([422, pointer]);
  });

  it('refuse a cursor that is none', async () => {
    expect((await owner.get('/v1/contacts?cursor=zzz')).status).toBe(422);
  });
});

describe('the inbox over HTTP', () => {
  it('lists who waits, shows texts with their reasons, takes a reply and refuses one after an opt-out', async () => {
    const phone = '+16175550131';
    await fixture.contact({ phone, firstName: 'Omar' });
    const at = '2026-11-17T14:00:00Z';
    await fixture.message({ phone, at, body: 'Are you there?', direction: 'inbound', understoodAs: 'none' });
    await fixture.message({
      phone,
      at: '2026-11-17T14:01:00Z',
      body: 'Yes',
      state: 'failed',
      failureCode: '30003',
      createdBy: 'Ann',
    });
    await fixture.conversation({ phone, at, waitingSince: at, unread: 1 });
    const waiting = await owner.get('/v1/conversations');
    expect(waiting.json.data).toEqual([
      expect.objectContaining({ name: 'Omar', waitingSince: at, unread: 1, optedOut: false, laneName: 'Main line' }),
    ]);
    expect((await owner.get('/v1/conversations/counts')).json).toEqual({
      waiting: 1,
      missed: 0,
      held: 0,
      unread: 1,
      review: 0,
    });
    const { id, contactId } = waiting.json.data[0];
    const texts = await owner.get(`/v1/conversations/${id}/messages`);
    expect(texts.json.data).toEqual([
      expect.objectContaining({
        text: 'Yes',
        state: 'failed',
        why: 'The phone was switched off or out of reach. Try again in a later campaign',
      }),
      expect.objectContaining({ text: 'Are you there?', why: null, understoodAs: 'none' }),
    ]);
    const sent = await owner.post(`/v1/conversations/${id}/messages`, { text: ' Tomorrow at 9 ' });
    expect(sent.status).toBe(202);
    expect(sent.json).toMatchObject({ text: 'Tomorrow at 9', state: 'pending', createdBy: 'Olivia Owner', why: null });
    expect((await owner.get('/v1/conversations')).json.data).toEqual([]);

    await owner.post(`/v1/contacts/${contactId}/opt-out`, { note: 'Called the office' });
    const [pending] = (await owner.get(`/v1/conversations/${id}/messages`)).json.data;
    expect(pending).toMatchObject({
      state: 'cancelled',
      why: 'Not sent. Asked not to be texted. Only the person can change this, by texting START',
    });
    const refused = await owner.post(`/v1/conversations/${id}/messages`, { text: 'Hello?' });
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({
      detail: `no reply can be sent to Omar (${phone}). Asked not to be texted, since 17 November 2026. Only the person can change this, by texting START`,
      state: 'opt_out',
    });
    expect((await owner.get(`/v1/conversations?view=all&contactId=${contactId}`)).json.data[0].optedOut).toBe(true);
    expect((await owner.patch(`/v1/conversations/${id}`, { state: 'done' })).json.state).toBe('done');
  });
});

describe('templates over HTTP', () => {
  it('are made, changed by version, previewed and archived', async () => {
    const made = await owner.post('/v1/templates', { name: 'Spring', body: 'Hi {first_name|there}' });
    expect([made.status, made.json.version]).toEqual([201, 1]);
    const path = `/v1/templates/${made.json.id}`;
    expect((await owner.patch(path, { version: 1, body: 'Hello {first_name|there}' })).json.version).toBe(2);
    expect((await owner.patch(path, { version: 1, body: 'x' })).status).toBe(409);
    expect((await owner.get('/v1/templates?search=hello')).json.data.length).toBe(1);
    const preview = await owner.post('/v1/templates/preview', { body: 'Hi {first_name}, {business_name}' });
    expect(preview.json).toMatchObject({ text: 'Hi Maria, Solid Foundations', parts: 1, contact: null });
    expect((await owner.delete(path)).json).toEqual({ ok: true });
    expect((await owner.get(path)).status).toBe(404);
    expect((await owner.post(`${path}/restore`, {})).json).toMatchObject({ name: 'Spring', version: 2 });
    expect((await owner.get(path)).status).toBe(200);
  });
});

it('two contacts of a person become one, by the API and by the command line, shown before', async () => {
  const add = async (phone: string, more: object = {}) =>
    (await owner.post('/v1/contacts', { phone, ...more })).json as { readonly id: string };
  const into = await add('(617) 555-0161', { firstName: 'Ann' });
  const from = await add('(617) 555-0162', { email: 'ann@example.org', tags: ['estimate'] });
  const body = { from: from.id };
  const expected = {
    ended: { id: from.id, phone: '+16175550162' },
    filled: ['email'],
    addedTags: ['estimate'],
    optedOut: [],
  };
  expect((await owner.post(`/v1/contacts/${into.id}/merge/rehearsal`, body)).json).toMatchObject(expected);
  expect((await owner.get(`/v1/contacts/${from.id}`)).status).toBe(200);
  expect((await owner.post(`/v1/contacts/${into.id}/merge`, { from: into.id })).status).toBe(422);
  expect((await owner.post(`/v1/contacts/${into.id}/merge`, body)).json).toMatchObject({
    ...expected,
    contact: { id: into.id, phone: '+16175550161', firstName: 'Ann', email: 'ann@example.org', tags: ['estimate'] },
  });
  expect((await owner.get(`/v1/contacts/${from.id}`)).status).toBe(404);
  const title = expect.stringContaining('merged the contact with this number into another one');
  expect((await owner.get(`/v1/contacts/${into.id}/timeline`)).json.data).toContainEqual(
    expect.objectContaining({ title, otherNumber: '+16175550162' }),
  );

  await add('(617) 555-0163');
  const env = { DATABASE_URL: world.database.connectionString };
  const told = await runCli(['contact', 'show', '617-555-0161'], { env });
  expect(told.out).toContain('merged the contact with this number into another one (+16175550162)');
  const merge = (...flags: readonly string[]) =>
    runCli(['contact', 'merge', '617-555-0161', '--from', '617-555-0163', ...flags], { env });
  expect(await merge('--dry-run')).toMatchObject({ code: 0, out: expect.stringContaining('+16175550163 ends') });
  expect(await merge('--yes', '--json')).toMatchObject({
    code: 0,
    out: expect.stringContaining('"phone":"+16175550161"'),
  });
  expect(await merge('--yes')).toMatchObject({ code: 1, err: expect.stringContaining('no contact has the number') });
});
