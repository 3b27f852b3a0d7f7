import { expect } from 'vitest';
import type { ActRow, ActsWorld } from './acts-world.ts';
import { everybodyAgrees } from './fixtures.ts';

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

/** What may be texted to whom: opt-outs, consents, do-not-call lists, their settings, and what is taken along of them. */
export function actsOfCompliance({ db, owner, contact, person, laneIds, next, stream }: ActsWorld): readonly ActRow[] {
  const list = async () => (await owner.post('/v1/dnc-lists', { kind: 'custom', name: `List ${next()}` })).json.id;
  const form = () =>
    owner.post('/v1/opt-in-forms', {
      ...{
        name: `Form ${next()}`,
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
  const exemption = () =>
    owner.post('/v1/dnc-exemptions', {
      ...{ phone: '617-555-0199', reason: 'Bought a roof', kind: 'purchase', happenedAt: '2026-03-31T12:00:00Z' },
    });
  return [
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
      { 'dnc_list.created': { kind: 'custom', name: 'One' } },
    ],
    [
      'a version of it',
      async () =>
        owner.post(`/v1/dnc-lists/${await list()}/versions?fileName=a.txt&asOf=2026-11-16`, '5125550123\n', {
          'content-type': 'application/octet-stream',
        }),
      { 'dnc_list.updated': { file: 'a.txt', asOf: '2026-11-16T00:00:00Z', mode: 'full', numbers: 1 } },
    ],
    [
      'an export of the log',
      async () => stream('/v1/audit-entries/export'),
      { 'audit.exported': { after: 0, rows: 0 } },
    ],
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
    ['an export of consents', async () => stream('/v1/consents/export'), { 'consents.exported': { filter: {} } }],
    [
      'an export of opt-outs',
      async () => stream('/v1/opt-out-report/opt-outs.csv'),
      { 'opt_outs.exported': { campaignId: null } },
    ],
    [
      'an export of the evidence of a number',
      async () => stream('/v1/evidence/export?format=json&phone=6175553001'),
      { 'evidence.exported': { format: 'json' } },
    ],
    [
      'how long reviews may take',
      async () => owner.put('/v1/opt-out-review-settings', { hours: 12 }),
      { 'opt_out_review_settings.changed': { before: { hours: 24 }, after: { hours: 12 } } },
    ],
    [
      'what is added to first texts',
      async () => owner.patch('/v1/opt-out-wording', { adds: true }),
      { 'opt_out_wording.changed': { after: { adds: true } } },
    ],
    [
      'how long consents last',
      async () => owner.patch('/v1/consent-validity', { express: 12 }),
      { 'consent_validity.changed': { before: { express: 18 }, after: { express: 12 } } },
    ],
    [
      'the end of a do-not-call list',
      async () => owner.post(`/v1/dnc-lists/${await list()}/retire`),
      { 'dnc_list.retired': { numbers: 0 } },
    ],
    [
      'an export of one',
      async () => stream(`/v1/dnc-lists/${await list()}/export`),
      { 'dnc_list.exported': { numbers: 0 } },
    ],
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
        await everybodyAgrees(db);
        const { id } = (await owner.post('/v1/reassigned-checks', { audience: { all: true } })).json;
        return stream(`/v1/reassigned-checks/${id}/questions`);
      },
      { 'reassigned_numbers.exported': { what: 'questions', questions: expect.any(Number) } },
    ],
    ['a form', form, { 'opt_in_form.created': { version: 1, wordings: expect.any(Array) } }],
    [
      'a change of a form',
      async () => owner.patch(`/v1/opt-in-forms/${(await form()).json.id}`, { open: false }),
      { 'opt_in_form.changed': { open: false, changed: expect.arrayContaining(['open']) } },
    ],
    [
      'an erasure',
      async () => {
        const { phone } = await contact();
        return owner.post('/v1/erasures', { phone, confirmPhone: phone, reason: 'Asked by letter' });
      },
      { 'person.erased': { by: 'Olivia Owner' } },
    ],
  ];
}
