import { sql } from 'kysely';
import { expect } from 'vitest';
import type { NewAlert } from '../src/alerts/alert.ts';
import { raiseAlert } from '../src/alerts/raise-alert.ts';
import { endPointless } from '../src/campaigns/end-pointless.ts';
import type { AuditAction } from '../src/compliance/audit-action.ts';
import { runTx } from '../src/platform/database.ts';
import { parseId } from '../src/platform/ids.ts';
import { addMs, MINUTE_MS } from '../src/platform/time.ts';
import type { ActRow, ActsWorld } from './acts-world.ts';
import { everybodyAgrees } from './fixtures.ts';
import { PASSWORD } from './http-world.ts';
import { until } from './proxy-world.ts';

const allowed = { monthlyQuota: 100, requestsPerSecond: 10 };
/** More events than fit into the buffers between a server and its reader. */
const WHOLE = 2_000;
const REASON = 'They asked for it by telephone';
const ALERT: NewAlert = {
  ...{ kind: 'lane_paused', subject: 'lane:1', headline: 'Office: paused' },
  ...{ summary: 'Resume it', link: '/settings/numbers' },
};
const replay = { filter: { type: 'call.ringing' }, reason: 'Mended' };

/** What people of the business do: campaigns, templates, sign-ins, settings. */
export function actsOfTheOffice(world: ActsWorld): readonly ActRow[] {
  const { db, owner, person, campaign, launched, events, next, stream } = world;
  const template = async () => (await owner.post('/v1/templates', { name: `T${next()}`, body: 'Hello' })).json;
  const isLogged = (action: AuditAction) => async () =>
    (await sql`select from audit_entry where action = ${action}`.execute(db)).rows.length > 0;
  const member = () =>
    owner.post('/v1/users', { name: 'Max', email: `m${next()}@example.com`, role: 'agent', password: PASSWORD });
  const waived = async () => {
    await person();
    const { id, revision } = await campaign();
    return owner.put(`/v1/campaigns/${id}/consent-waiver`, { revision, people: 1_000, reason: REASON });
  };
  const stopSending = () => owner.post('/v1/sending/pause', { reason: 'A storm' });
  const pointless = async (action: 'drop' | 'ask') => {
    const { id } = await launched();
    const campaignId = parseId('campaign', id) ?? '';
    await sql`update campaign set pointless_after = ${addMs(world.clock.now(), -MINUTE_MS)}, pointless_hours = null,
      pointless_action = ${action} where id = ${campaignId}`.execute(db);
    await endPointless({ ...world.services, db }, campaignId, new AbortController().signal);
  };
  return [
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
      { 'campaign.sending_changed': { before: { priority: 5 }, after: { priority: 2 } } },
    ],
    [
      'a pause',
      async () => owner.post(`/v1/campaigns/${(await launched()).id}/pause`, { reason: 'Wait' }),
      { 'campaign.paused': { name: 'Fall', reason: 'Wait' } },
    ],
    [
      'an export of events, also when its reader hangs up',
      async () => {
        await events.fill(WHOLE, '2026-11-16T14:00:00Z');
        await sql`update gateway_event set payload = repeat('{"much": "of it"}', 1000)`.execute(db);
        await stream('/v1/webhook-events/export');
        await until(isLogged('events.export_ended'));
      },
      {
        'events.exported': { filter: {}, limit: null },
        'events.export_ended': { isWhole: false, rows: expect.toSatisfy((rows) => rows < WHOLE) },
      },
    ],
    [
      'a sign-in',
      async () => world.client().post('/v1/sign-in', { email: 'olivia@example.com', password: PASSWORD }),
      { 'user.signed_in': { address: '127.0.0.1' } },
    ],
    [
      'one that fails',
      async () => {
        const answer = await world
          .client()
          .post('/v1/sign-in', { email: 'olivia@example.com', password: 'wrong horse' });
        return { ...answer, status: answer.status === 401 ? 200 : answer.status };
      },
      { 'user.sign_in_failed': { reason: 'wrong password', address: '127.0.0.1' } },
      'anonymous',
    ],
    [
      'the business',
      async () => owner.put('/v1/business', { name: 'Acme', zone: 'America/New_York', phone: null, email: null }),
      { 'business.changed': { before: { name: 'Solid Foundations' }, after: { name: 'Acme' } } },
    ],
    [
      'the sending policy',
      async () =>
        owner.put('/v1/sending-policy', { preset: 'strict', businessHours: null, blackouts: [], messagesPerDay: 2 }),
      { 'sending_policy.changed': { before: { preset: 'standard' }, after: { preset: 'strict' } } },
    ],
    [
      'a replay',
      async () => {
        await events.put({ at: '2026-11-17T14:00:00Z', type: 'call.ringing', state: 'failed', error: 'broken' });
        return owner.post('/v1/event-replays', replay);
      },
      { 'replay.started': { total: 1, reason: 'Mended' } },
    ],
    [
      'an export of the report of a campaign',
      async () => stream(`/v1/campaigns/${(await launched()).id}/compliance-report`),
      { 'campaign.report_exported': { format: 'json' } },
    ],
    [
      'how numbers are validated',
      async () =>
        owner.put('/v1/number-validation', {
          importMode: 'optional',
          excludes: { landline: true, voip: false, tollFree: true, invalid: true, unverified: false },
          ...{ maxAgeDays: 30, revalidate: false, validators: { numverify: allowed, twilio: allowed } },
        }),
      { 'number_validation.settings_changed': { after: { importMode: 'optional' } } },
    ],
    [
      'which service is asked about lists',
      async () => owner.put('/v1/scrubbing', { service: null, nightly: false, ...allowed }),
      { 'scrubbing.settings_changed': { after: { allowance: allowed }, changedKey: false } },
    ],
    [
      'whom alerts reach',
      async () =>
        owner.put('/v1/alert-settings', {
          recipients: ['a@example.com'],
          minimumSeverity: 'warning',
          quietHours: null,
        }),
      { 'alerts.settings_changed': { before: { recipients: [] }, after: { recipients: ['a@example.com'] } } },
    ],
    [
      'a key',
      async () => owner.post('/v1/api-keys', { name: 'Books', role: 'viewer' }),
      { 'api_key.created': { name: 'Books', role: 'viewer' } },
    ],
    [
      'the end of a key',
      async () => {
        const { key } = (await owner.post('/v1/api-keys', { name: 'Old', role: 'viewer' })).json;
        return owner.delete(`/v1/api-keys/${key.id}`);
      },
      { 'api_key.revoked': { name: 'Old' } },
    ],
    [
      'a template',
      async () => owner.post('/v1/templates', { name: 'New', body: 'Hello' }),
      { 'template.created': { name: 'New' } },
    ],
    [
      'a change of a template',
      async () => {
        const { id, version } = await template();
        return owner.patch(`/v1/templates/${id}`, { version, body: 'Good day' });
      },
      { 'template.changed': { fromVersion: 1 } },
    ],
    [
      'the end of a template',
      async () => owner.delete(`/v1/templates/${(await template()).id}`),
      { 'template.archived': { by: 'Olivia Owner' } },
    ],
    [
      'its return',
      async () => {
        const { id } = await template();
        await owner.delete(`/v1/templates/${id}`);
        return owner.post(`/v1/templates/${id}/restore`);
      },
      { 'template.restored': { by: 'Olivia Owner' } },
    ],
    [
      'the end of a pause',
      async () => {
        const { id } = await launched();
        await owner.post(`/v1/campaigns/${id}/pause`, {});
        return owner.post(`/v1/campaigns/${id}/resume`, {});
      },
      { 'campaign.resumed': { name: 'Fall' } },
    ],
    [
      'the end of a campaign by a person',
      async () => owner.post(`/v1/campaigns/${(await launched()).id}/cancel`, { reason: 'Rain' }),
      { 'campaign.cancelled': { reason: 'Rain', skipped: expect.any(Number) } },
    ],
    [
      'people who are added',
      async () => {
        const { id } = await launched();
        const contactIds = [await person()];
        await everybodyAgrees(db);
        return owner.post(`/v1/campaigns/${id}/recipients`, { contactIds });
      },
      { 'campaign.people_added': { added: 1 } },
    ],
    [
      'a reason to text people without consent',
      async () => waived(),
      { 'campaign.consent_waived': { reason: REASON, people: expect.any(Number) } },
    ],
    [
      'its withdrawal',
      async () => {
        const { id, revision } = (await waived()).json;
        return owner.delete(`/v1/campaigns/${id}/consent-waiver?revision=${revision}`);
      },
      { 'campaign.consent_waiver_withdrawn': { name: 'Fall' } },
    ],
    [
      'texts that have become pointless, left out',
      () => pointless('drop'),
      { 'campaign.dropped_pointless': { name: 'Fall', waiting: expect.any(Number) } },
      'system',
    ],
    [
      'texts that have become pointless, asked about',
      () => pointless('ask'),
      { 'campaign.asked_about_pointless': { name: 'Fall', waiting: expect.any(Number) } },
      'system',
    ],
    ['a stop of all sending', stopSending, { 'sending.paused': { reason: 'A storm' } }],
    [
      'its end',
      async () => {
        await stopSending();
        return owner.post('/v1/sending/resume');
      },
      { 'sending.resumed': {} },
    ],
    [
      'what new campaigns ask for',
      () => owner.put('/v1/default-consent', { policy: 'transactional' }),
      { 'default_consent.changed': { after: { policy: 'informational' } } },
    ],
    [
      'how people are asked to confirm',
      () => owner.patch('/v1/double-opt-in', { confirmWithinDays: 5 }),
      { 'double_opt_in.changed': { before: { confirmWithinDays: 3 }, after: { confirmWithinDays: 5 } } },
    ],
    [
      'a verification of the log',
      () => owner.post('/v1/audit-chain/verify', {}),
      { 'audit.verified': { state: 'whole', broken: null } },
    ],
    [
      'an alert that somebody takes on',
      async () => {
        await runTx(db, (tx) => raiseAlert(tx, world.services, ALERT));
        const [{ id }] = (await owner.get('/v1/alerts')).json.data;
        return owner.post(`/v1/alerts/${id}/acknowledge`);
      },
      { 'alert.acknowledged': { kind: ALERT.kind, headline: ALERT.headline } },
    ],
    ['a test of the alerts', () => owner.post('/v1/alerts/test'), { 'alerts.tested': { outcomes: [] } }],
    ['a member', () => member(), { 'user.created': { role: 'agent', email: expect.any(String) } }],
    [
      'a change of one',
      async () => owner.patch(`/v1/users/${(await member()).json.id}`, { role: 'manager' }),
      { 'user.changed': { before: { role: 'agent' }, after: { role: 'manager' } } },
    ],
    [
      'the end of one',
      async () => owner.patch(`/v1/users/${(await member()).json.id}`, { active: false }),
      { 'user.deactivated': { before: { active: true }, after: { active: false } } },
    ],
    [
      'a password that is given',
      async () => owner.put(`/v1/users/${(await member()).json.id}/password`, { password: PASSWORD }),
      { 'user.password_set': {} },
    ],
    [
      'a password that is changed, and a sign-out',
      async () => {
        const { email } = (await member()).json;
        const one = world.client();
        await one.post('/v1/sign-in', { email, password: PASSWORD });
        await one.put('/v1/me/password', { oldPassword: PASSWORD, newPassword: `${PASSWORD} two` });
        return one.post('/v1/sign-out');
      },
      { 'user.password_changed': {}, 'user.signed_out': { address: '127.0.0.1' } },
    ],
  ];
}
