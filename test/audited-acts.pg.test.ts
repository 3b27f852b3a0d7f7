import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
/** A file is no JSON document. It is read to its end: some acts are written with its first piece. */
const stream = async (path: string): Promise<Answer> => {
  const response = await fetch(world.server.url + path, { headers: { cookie: owner.cookie } });
  await response.text();
  return { status: response.status, headers: response.headers, json: undefined };
};
const form = () =>
  owner.post('/v1/opt-in-forms', {
    ...{
      name: `Form ${++numbers}`,
      laneId: laneIds[0],
      doubleOptIn: false,
      purpose: 'marketing',
      kind: 'express_written',
    },
    ...{ allowedOrigins: [], redirectUrl: null },
    wordings: [
      {
        language: 'en',
        heading: 'Texts from Acme',
        wording:
          'I agree to get marketing texts from Acme, up to 4 each month. Message and data rates may apply. Reply STOP to end, HELP for help. Consent is not a condition of any purchase.',
        button: 'Sign up',
      },
    ],
  });
const template = async () => (await owner.post('/v1/templates', { name: `T${++numbers}`, body: 'Hello' })).json;
const exemption = () =>
  owner.post('/v1/dnc-exemptions', {
    ...{ phone: '617-555-0199', reason: 'Bought a roof', kind: 'purchase', happenedAt: '2026-03-31T12:00:00Z' },
  });
const allowed = { monthlyQuota: 100, requestsPerSecond: 10 };
const replay = { filter: { type: 'message.delivered' }, reason: 'Mended' };

const ACTS: readonly [string, () => Promise<Answer>, Record<string, object>][] = [
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
  [
    'an export of the refused rows of an import',
    async () => {
      const { id } = (
        await owner.post('/v1/imports?fileName=people.csv', 'name,phone\nAnn,12\n', { 'content-type': 'text/csv' })
      ).json;
      return stream(`/v1/imports/${id}/refusals.csv`);
    },
    { 'import.refusals_exported': { name: 'people.csv' } },
  ],
  ['an export of consents', async () => stream('/v1/consents/export'), { 'consents.exported': {} }],
  [
    'an export of opt-outs',
    async () => stream('/v1/opt-out-report/opt-outs.csv'),
    { 'opt_outs.exported': { campaignId: null } },
  ],
  [
    'an export of the evidence of a number',
    async () => stream('/v1/evidence/export?format=json&phone=6175553001'),
    { 'evidence.exported': {} },
  ],
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
  [
    'the end of a do-not-call list',
    async () => owner.post(`/v1/dnc-lists/${await list()}/retire`),
    { 'dnc_list.retired': {} },
  ],
  ['an export of one', async () => stream(`/v1/dnc-lists/${await list()}/export`), { 'dnc_list.exported': {} }],
  ['an exemption', exemption, { 'dnc_exemption.recorded': { kind: 'purchase' } }],
  [
    'the end of an exemption',
    async () => owner.post(`/v1/dnc-exemptions/${(await exemption()).json.id}/end`),
    { 'dnc_exemption.ended': { reason: 'Bought a roof' } },
  ],
  [
    'an export of questions about numbers',
    async () => {
      await person();
      const { id } = (await owner.post('/v1/reassigned-checks', { audience: { all: true } })).json;
      return stream(`/v1/reassigned-checks/${id}/questions`);
    },
    { 'reassigned_numbers.exported': {} },
  ],
  [
    'an export of the report of a campaign',
    async () => stream(`/v1/campaigns/${(await launched()).id}/compliance-report`),
    { 'campaign.report_exported': {} },
  ],
  [
    'how numbers are validated',
    async () =>
      owner.put('/v1/number-validation', {
        importMode: 'optional',
        excludes: { landline: true, voip: false, tollFree: true, invalid: true, unverified: false },
        ...{ maxAgeDays: 30, revalidate: false, validators: { numverify: allowed, twilio: allowed } },
      }),
    { 'number_validation.settings_changed': {} },
  ],
  [
    'which service is asked about lists',
    async () => owner.put('/v1/scrubbing', { service: null, nightly: false, ...allowed }),
    { 'scrubbing.settings_changed': {} },
  ],
  [
    'whom alerts reach',
    async () =>
      owner.put('/v1/alert-settings', { recipients: ['a@example.com'], minimumSeverity: 'warning', quietHours: null }),
    { 'alerts.settings_changed': {} },
  ],
  ['a key', async () => owner.post('/v1/api-keys', { name: 'Books', role: 'viewer' }), { 'api_key.created': {} }],
  [
    'the end of a key',
    async () => {
      const { key } = (await owner.post('/v1/api-keys', { name: 'Old', role: 'viewer' })).json;
      return owner.delete(`/v1/api-keys/${key.id}`);
    },
    { 'api_key.revoked': {} },
  ],
  ['a form', form, { 'opt_in_form.created': {} }],
  [
    'a change of a form',
    async () => owner.patch(`/v1/opt-in-forms/${(await form()).json.id}`, { open: false }),
    { 'opt_in_form.changed': {} },
  ],
  ['a template', async () => owner.post('/v1/templates', { name: 'New', body: 'Hello' }), { 'template.created': {} }],
  [
    'a change of a template',
    async () => {
      const { id, version } = await template();
      return owner.patch(`/v1/templates/${id}`, { version, body: 'Good day' });
    },
    { 'template.changed': {} },
  ],
  [
    'the end of a template',
    async () => owner.delete(`/v1/templates/${(await template()).id}`),
    { 'template.archived': {} },
  ],
  [
    'its return',
    async () => {
      const { id } = await template();
      await owner.delete(`/v1/templates/${id}`);
      return owner.post(`/v1/templates/${id}/restore`);
    },
    { 'template.restored': {} },
  ],
  [
    'an erasure',
    async () => {
      await person();
      const phone = `+1617555${3_000 + numbers}`;
      return owner.post('/v1/erasures', { phone, confirmPhone: phone, reason: 'Asked by letter' });
    },
    { 'person.erased': {} },
  ],
];
it.each(ACTS)('%s is in the audit log', async (_what, act, entries) => {
  const before = (await owner.get('/v1/audit-entries?limit=1')).json.data[0].id;
  const answer = await act();
  expect(answer, JSON.stringify(answer.json)).toMatchObject({ status: expect.toSatisfy((status) => status < 300) });
  const { rows } = await sql<{ action: string; detail: object }>`
    select action, detail from audit_entry where id > ${before.replace('aud_', '')}::uuid order by id`.execute(db);
  const found = Object.fromEntries(rows.map(({ action, detail }) => [action, detail]));
  expect(found).toMatchObject(entries);
});

/** Acts that have no row above: of gateways, workers and the people on the phone, and some of members. The list only gets shorter. */
const WITHOUT_ROW = [
  'account.changed',
  'account.connected',
  'account.moved',
  'account.stopped_foreign_texts',
  'alert.acknowledged',
  'alerts.tested',
  'campaign.consent_waived',
  'campaign.consent_waiver_withdrawn',
  'campaign.people_added',
  'confirmation.withheld',
  'contact.changed',
  'contact.created',
  'contact.left_gateway',
  'conversation.reviewed',
  'events.discarded',
  'health.changed',
  'help.answered',
  'import.completed',
  'lane.changed',
  'message.dropped',
  'message.settled_by_hand',
  'number.blocked',
  'number.opt_out_overtaken',
  'number_validation.cancelled',
  'number_validation.exported',
  'number_validation.started',
  'opt_in.asked',
  'opt_out_review.decided',
  'opt_out_review.opened',
  'opt_outs.imported',
  'proxy_target.added',
  'proxy_target.changed',
  'proxy_target.given_up',
  'proxy_target.removed',
  'proxy_target.resent',
  'reassigned_numbers.answered',
  'reassigned_numbers.asked',
  'reconciliation.cancelled',
  'reconciliation.started',
  'replay.cancelled',
  'replay.completed',
  'scrubbing.cancelled',
  'scrubbing.started',
  'user.created',
  'user.password_changed',
  'user.password_set',
  'user.signed_out',
  'webhooks.keys_retired',
  'webhooks.keys_rotated',
  'webhooks.repaired',
];
const SRC = join(import.meta.dirname, '../src');

it('every act that is written down has a row, so that none is forgotten', async () => {
  const files = (await readdir(SRC, { recursive: true })).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const sources = await Promise.all(files.map((name) => readFile(join(SRC, name), 'utf8')));
  const written = sources.flatMap((source) =>
    [...source.matchAll(/action: '([a-z_]+\.[a-z_]+)'/g)].map(([, act]) => act),
  );
  const rows = new Set(ACTS.flatMap(([, , entries]) => Object.keys(entries)));
  expect([...new Set(written)].filter((act) => !rows.has(act ?? '')).sort()).toEqual(WITHOUT_ROW);
});
