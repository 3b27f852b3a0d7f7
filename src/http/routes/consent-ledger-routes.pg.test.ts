import { expect, it } from 'vitest';
import { type Answer, httpWorld } from '../../../test/http-world.ts';
import { DAY_MS } from '../../platform/time.ts';
import { registerAuditRoutes } from './audit-routes.ts';
import { registerConsentLedgerRoutes } from './consent-ledger-routes.ts';
import { registerConsentRoutes } from './consent-routes.ts';
import { registerContactRoutes } from './contact-routes.ts';
import { registerEvidenceRoutes } from './evidence-routes.ts';

const world = await httpWorld({
  registrars: [
    ...[registerConsentLedgerRoutes, registerConsentRoutes, registerContactRoutes],
    ...[registerAuditRoutes, registerEvidenceRoutes],
  ],
});
const owner = await world.owner();

const FORM = { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' };
const GRANT = {
  ...{ action: 'grant', purpose: 'marketing', kind: 'express_written', evidence: FORM },
  wording: { text: '=HYPERLINK("I agree", "x")', version: 'v2', language: 'en' },
};
const NOTE = { source: 'member', note: 'Said so on the phone' };

/** Somebody of whom that is recorded, one after the other, a day apart. */
async function person(phone: string, firstName: string, consents: readonly object[]): Promise<void> {
  const { id } = (await owner.post('/v1/contacts', { phone, firstName })).json;
  for (const consent of consents) {
    const recorded = await owner.post(`/v1/contacts/${id}/consents`, {
      happenedAt: world.clock.now().toString(),
      ...consent,
    });
    expect(recorded.status).toBe(201);
    await world.clock.advance(DAY_MS);
  }
}
const EXPRESS = { action: 'grant', purpose: 'informational', kind: 'express', evidence: NOTE };
await person('+16175550101', 'Ann', [GRANT]);
await person('+16175550102', 'Bob', [GRANT, { action: 'revoke', purpose: 'all', evidence: NOTE }]);
await person('+16175550103', 'Cy', [{ ...EXPRESS, purpose: 'transactional' }]);
await person('+16175550104', 'Di', [{ ...EXPRESS, validUntil: '2026-11-22T00:00:00Z' }]);
await person('+16175550105', 'Eve', [{ ...GRANT, needsConfirmation: true }]);
await person('+16175550106', 'Fay', [{ ...GRANT, purpose: 'informational' }]);

const shown = ({ json }: Answer): readonly string[] =>
  json.data.map((one: { action: string; contact: { name: string } }) => `${one.contact.name} ${one.action}`);
const list = async (query: string) => shown(await owner.get(`/v1/consents?${query}`));

it('are listed newest first over everybody, page by page, and each is found again with its words and evidence', async () => {
  const first = await owner.get('/v1/consents?limit=4');
  expect(shown(first)).toEqual(['Fay grant', 'Eve grant', 'Di grant', 'Cy grant']);
  const second = await owner.get(`/v1/consents?limit=4&cursor=${first.json.nextCursor}`);
  expect([shown(second), second.json.nextCursor]).toEqual([['Bob revoke', 'Bob grant', 'Ann grant'], null]);
  const entry = second.json.data[2];
  expect((await owner.get(`/v1/consents/${entry.id}`)).json).toEqual(entry);
  expect(entry).toMatchObject({
    phone: '+16175550101',
    wording: GRANT.wording.text,
    evidence: { formUrl: FORM.formUrl, ip: FORM.ip },
    recordedBy: 'Olivia Owner',
  });
});

it.each([
  ['phone=(617) 555-0102', ['Bob revoke', 'Bob grant']],
  ['action=revoke', ['Bob revoke']],
  ['source=member', ['Di grant', 'Cy grant', 'Bob revoke']],
  ['kind=express', ['Di grant', 'Cy grant']],
  ['purpose=informational', ['Fay grant', 'Di grant', 'Cy grant', 'Bob revoke']],
  ['from=2026-11-19T15:00:00Z&until=2026-11-21T15:00:00Z', ['Cy grant', 'Bob revoke']],
  ['state=written', ['Fay grant', 'Ann grant']],
  ['state=express', ['Cy grant']],
  ['state=expired', ['Di grant']],
  ['state=pending', ['Eve grant']],
  ['state=opted_out&source=web_form', ['Bob grant']],
  ['state=unknown', []],
])('%s finds %j', async (query, expected) => {
  expect(await list(query)).toEqual(expected);
});

it('transactional is another word for informational, which is kept and shown', async () => {
  const informational = await list('purpose=informational');
  expect(informational).toEqual(['Fay grant', 'Di grant', 'Cy grant', 'Bob revoke']);
  expect(await list('purpose=transactional')).toEqual(informational);
  const cy = (await owner.get('/v1/consents?phone=6175550103')).json.data;
  expect(cy).toMatchObject([{ purpose: 'informational' }]);
});

it('who has not confirmed in time stands as one whose consent has ended', async () => {
  await world.clock.advance(3 * DAY_MS);
  expect([await list('state=pending'), await list('state=expired')]).toEqual([[], ['Eve grant', 'Di grant']]);
});

it('all that match go into a file that no spreadsheet runs, which the audit log knows of', async () => {
  const file = await fetch(`${world.server.url}/v1/consents/export?source=web_form&purpose=marketing`, {
    headers: {
      authorization: `Bearer ${(await owner.post('/v1/api-keys', { name: 'Export', role: 'manager' })).json.secret}`,
    },
  });
  expect(file.headers.get('content-type')).toContain('text/csv');
  const lines = (await file.text()).trim().split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^recorded_at,happened_at,phone,action/);
  expect(lines[3]).toContain(
    `+16175550101,grant,marketing,express_written,web_form,true,Solid Foundations,v2,en,"'=HYPERLINK(""I agree"", ""x"")"`,
  );
  const [entry] = (await owner.get('/v1/audit-entries?action=consents.exported')).json.data;
  expect(entry.detail).toEqual({ filter: { source: 'web_form', purpose: 'marketing' } });
});

it('the file is for managers, and what cannot be asked is refused', async () => {
  const { secret } = (await owner.post('/v1/api-keys', { name: 'Agent', role: 'agent' })).json;
  const headers = { authorization: `Bearer ${secret}` };
  expect((await world.client().get('/v1/consents', headers)).status).toBe(200);
  expect((await world.client().get('/v1/consents/export', headers)).status).toBe(403);
  expect((await owner.get('/v1/consents?state=asleep')).status).toBe(422);
  expect((await owner.get(`/v1/consents/cns_${'0'.repeat(32)}`)).status).toBe(404);
});

it('a consent by voice is found again with its recording: in the ledger, its file and the evidence of the number', async () => {
  const [recording, words] = ['Call 2026-11-17 09:12, box 4, tape 11.wav', 'Do you agree to offers by text? “Yes.”'];
  const phone = '+16175550107';
  await person(phone, 'Gus', [
    {
      ...{ action: 'grant', purpose: 'marketing', kind: 'express_written', evidence: { source: 'voice', recording } },
      wording: { text: words, version: 'script 3', language: 'en' },
    },
  ]);
  const { data } = (await owner.get('/v1/consents?source=voice')).json;
  expect(data).toMatchObject([
    {
      ...{ phone, source: 'voice', documented: true, wording: words, evidence: { recording } },
      sentence: expect.stringContaining('a recording'),
    },
  ]);
  expect(await list('state=written&source=voice')).toEqual(['Gus grant']);
  expect((await owner.get('/v1/consents/export?source=voice')).json).toContain(recording);
  const evidence = (await owner.get(`/v1/evidence/export?phone=${encodeURIComponent(phone)}`)).json;
  expect(evidence.consents).toMatchObject([
    { id: data[0].id, source: 'voice', wording: words, evidence: { recording } },
  ]);
  const { entries } = (await owner.get(`/v1/evidence?phone=${encodeURIComponent(phone)}`)).json;
  expect(entries.find(({ kind }: { kind: string }) => kind === 'consent')).toMatchObject({
    text: words,
    lines: expect.arrayContaining([expect.stringContaining(recording)]),
  });
});
