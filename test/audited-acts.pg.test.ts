import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { showId } from '../src/platform/ids.ts';
import { everyRegistrar } from './every-registrar.ts';
import { everybodyAgrees } from './fixtures.ts';
import { type Answer, httpWorld, PASSWORD } from './http-world.ts';
import { storedEvents } from './stored-events.ts';

/** What must be provable years later leaves an entry in the log, whoever does it: one act of each kind, over HTTP. */
const world = await httpWorld({ registrars: await everyRegistrar() });
const { db } = world.database;
const owner = await world.owner();
const events = await storedEvents(db, world.services as never);
const [lane] = (await sql<{ id: string }>`select id from lane`.execute(db)).rows;
const laneIds = [showId('lane', lane?.id ?? '')];

let numbers = 0;
const person = async (): Promise<string> => {
  const phone = `+1617555${3_000 + ++numbers}`;
  return (await owner.post('/v1/contacts', { phone, tags: ['everyone'], state: 'MA' })).json.id;
};
const granted = {
  action: 'grant',
  purpose: 'marketing',
  kind: 'express_written',
  evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7', userAgent: 'Firefox' },
  wording: { text: 'I agree.', version: 'v1', language: 'en' },
  happenedAt: '2026-05-03T14:30:00-04:00',
};
const takenBack = {
  action: 'revoke',
  purpose: 'informational',
  evidence: { source: 'member', note: 'Called' },
  happenedAt: '2026-11-16T14:30:00-04:00',
};
const draft = {
  name: 'Fall',
  audience: { tags: ['everyone'] },
  variants: [{ label: 'A', weight: 1, body: 'Acme: shall we look?' }],
  laneIds,
};
const list = async () => (await owner.post('/v1/dnc-lists', { kind: 'custom', name: `List ${++numbers}` })).json.id;
const campaign = async () => (await owner.post('/v1/campaigns', draft)).json;
const launched = async () => {
  await person();
  await everybodyAgrees(db);
  const { id, revision } = await campaign();
  const answer = await owner.post(`/v1/campaigns/${id}/launch`, { revision, confirmName: 'Fall' });
  return { id, answer };
};
/** A file is no JSON document. */
const stream = async (path: string): Promise<Answer> => {
  const { status, headers, body } = await fetch(world.server.url + path, { headers: { cookie: owner.cookie } });
  await body?.cancel();
  return { status, headers, json: undefined };
};
const replay = { filter: { type: 'message.delivered' }, reason: 'Mended' };

it.each<[string, () => Promise<Answer>, Record<string, object>]>([
  [
    'an opt-out, with how long it took',
    async () => owner.post('/v1/opt-outs', { phone: '617-555-0160', note: 'Asked', saidAt: '2026-11-16T15:00:00Z' }),
    {
      'number.suppressed': {
        channel: 'api',
        saidAt: '2026-11-16T15:00:00Z',
        heardAt: expect.any(String),
        inForceAt: expect.any(String),
        latencyMs: 0,
      },
    },
  ],
  [
    'a merge',
    async () => owner.post(`/v1/contacts/${await person()}/merge`, { from: await person() }),
    { 'contact.merged': { fields: [] }, 'contact.ended_by_merge': { fields: [] } },
  ],
  [
    'a suppression by a member',
    async () => owner.post(`/v1/contacts/${await person()}/opt-out`, { note: 'Called the office' }),
    { 'number.suppressed': { reason: 'opt_out', channel: 'staff' } },
  ],
  [
    'a consent',
    async () => owner.post(`/v1/contacts/${await person()}/consents`, granted),
    { 'consent.granted': { purpose: 'marketing' } },
  ],
  [
    'the end of one',
    async () => owner.post(`/v1/contacts/${await person()}/consents`, takenBack),
    { 'consent.revoked': { purpose: 'informational' } },
  ],
  [
    'a do-not-call list',
    async () => owner.post('/v1/dnc-lists', { kind: 'custom', name: 'One' }),
    { 'dnc_list.created': {} },
  ],
  [
    'a version of it',
    async () =>
      owner.post(`/v1/dnc-lists/${await list()}/versions?fileName=a.txt&asOf=2026-11-16`, '5125550123\n', {
        'content-type': 'application/octet-stream',
      }),
    { 'dnc_list.updated': { numbers: 1 } },
  ],
  [
    'an edit of a draft',
    async () => {
      const { id, revision } = await campaign();
      return owner.patch(`/v1/campaigns/${id}`, { revision, name: 'Winter' });
    },
    { 'campaign.draft_edited': { fields: ['name'] } },
  ],
  [
    'a launch',
    async () => (await launched()).answer,
    { 'campaign.launched': { name: 'Fall', variants: expect.any(Array) } },
  ],
  [
    'an edit of a campaign that runs',
    async () => {
      const { id, answer } = await launched();
      return owner.patch(`/v1/campaigns/${id}`, { revision: answer.json.revision, priority: 2 });
    },
    { 'campaign.sending_changed': {} },
  ],
  [
    'a pause',
    async () => owner.post(`/v1/campaigns/${(await launched()).id}/pause`, { reason: 'Wait' }),
    { 'campaign.paused': {} },
  ],
  ['an export of the log', async () => stream('/v1/audit-entries/export'), { 'audit.exported': {} }],
  ['an export of events', async () => stream('/v1/webhook-events/export'), { 'events.exported': {} }],
  [
    'a sign-in',
    async () => world.client().post('/v1/sign-in', { email: 'olivia@example.com', password: PASSWORD }),
    { 'user.signed_in': {} },
  ],
  [
    'one that fails',
    async () => {
      const answer = await world.client().post('/v1/sign-in', { email: 'olivia@example.com', password: 'wrong horse' });
      return { ...answer, status: answer.status === 401 ? 200 : answer.status };
    },
    { 'user.sign_in_failed': {} },
  ],
  [
    'the business',
    async () => owner.put('/v1/business', { name: 'Acme', zone: 'America/New_York', phone: null, email: null }),
    { 'business.changed': {} },
  ],
  [
    'the sending policy',
    async () =>
      owner.put('/v1/sending-policy', { preset: 'strict', businessHours: null, blackouts: [], messagesPerDay: 2 }),
    { 'sending_policy.changed': {} },
  ],
  [
    'how long reviews may take',
    async () => owner.put('/v1/opt-out-review-settings', { hours: 12 }),
    { 'opt_out_review_settings.changed': {} },
  ],
  [
    'what is added to first texts',
    async () => owner.patch('/v1/opt-out-wording', { adds: true }),
    { 'opt_out_wording.changed': { after: { adds: true } } },
  ],
  [
    'how long consents last',
    async () => owner.patch('/v1/consent-validity', { express: 12 }),
    { 'consent_validity.changed': {} },
  ],
  [
    'a replay',
    async () => {
      await events.put({ at: '2026-11-17T14:00:00Z', state: 'failed', error: 'broken' });
      return owner.post('/v1/event-replays', replay);
    },
    { 'replay.started': {} },
  ],
])('%s is in the audit log', async (_what, act, entries) => {
  const before = (await owner.get('/v1/audit-entries?limit=1')).json.data[0].id;
  const answer = await act();
  expect(answer, JSON.stringify(answer.json)).toMatchObject({ status: expect.toSatisfy((status) => status < 300) });
  const { rows } = await sql<{ action: string; detail: object }>`
    select action, detail from audit_entry where id > ${before.replace('aud_', '')}::uuid order by id`.execute(db);
  const found = Object.fromEntries(rows.map(({ action, detail }) => [action, detail]));
  expect(found).toMatchObject(entries);
});
