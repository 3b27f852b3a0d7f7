import { describe, expect, it } from 'vitest';
import { httpWorld } from '../../../test/http-world.ts';
import { endOldConsents } from '../../compliance/end-old-consents.ts';
import { DAY_MS, instant } from '../../platform/time.ts';
import { registerAuditRoutes } from './audit-routes.ts';
import { registerConsentRoutes } from './consent-routes.ts';
import { registerContactRoutes } from './contact-routes.ts';

const world = await httpWorld({ registrars: [registerConsentRoutes, registerContactRoutes, registerAuditRoutes] });
const owner = await world.owner();

let numbers = 0;
async function person(): Promise<string> {
  const phone = `+1617555${String(3_000 + ++numbers)}`;
  return (await owner.post('/v1/contacts', { phone })).json.id;
}
const FORM = { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7', userAgent: 'Firefox' };
const WRITTEN = {
  action: 'grant',
  purpose: 'marketing',
  kind: 'express_written',
  evidence: FORM,
  wording: { text: 'I agree to get offers.', version: 'v2', language: 'en' },
  happenedAt: '2026-05-03T14:30:00-04:00',
};
const NOTE = { source: 'member', note: 'Said so on the phone' };

describe('consents over HTTP', () => {
  it('are recorded once per Idempotency-Key, listed with their proof, and taken back', async () => {
    const path = `/v1/contacts/${await person()}/consents`;
    expect((await owner.get(path)).json).toEqual({
      standings: ['marketing', 'informational'].map((purpose) => ({
        purpose,
        state: 'unknown',
        since: null,
        consentId: null,
        kind: null,
        validUntil: null,
        confirmUntil: null,
        sentence: 'No consent is recorded',
      })),
      data: [],
      nextCursor: null,
    });
    const made = await owner.post(path, WRITTEN, { 'idempotency-key': 'agreed' });
    expect(made.status).toBe(201);
    expect((await owner.post(path, WRITTEN, { 'idempotency-key': 'agreed' })).json).toEqual(made.json);
    expect((await owner.get(path)).json).toEqual(made.json);
    const [event] = made.json.data;
    expect(made.json.data).toEqual([
      {
        id: expect.stringMatching(/^cns_[0-9a-f]{32}$/),
        action: 'grant',
        purpose: 'marketing',
        kind: 'express_written',
        source: 'web_form',
        documented: true,
        seller: 'Solid Foundations',
        wording: 'I agree to get offers.',
        wordingVersion: 'v2',
        language: 'en',
        sentence: 'Express written consent to marketing texts by web form v2',
        evidence: { formUrl: FORM.formUrl, ip: FORM.ip, userAgent: 'Firefox' },
        needsConfirmation: false,
        validUntil: null,
        recordedBy: 'Olivia Owner',
        occurredAt: '2026-05-03T18:30:00Z',
        recordedAt: '2026-11-17T15:00:00Z',
      },
    ]);
    expect(made.json.standings[0]).toMatchObject({ state: 'written', consentId: event.id, kind: 'express_written' });

    const back = { action: 'revoke', purpose: 'all', evidence: NOTE, happenedAt: '2026-11-17T14:00:00Z' };
    const taken = await owner.post(path, back);
    expect(taken.json.standings.map(({ state }: { state: string }) => state)).toEqual(['opted_out', 'opted_out']);
    const older = await owner.get(`${path}?limit=1`);
    expect(older.json.data[0]).toMatchObject({ action: 'revoke', evidence: { note: NOTE.note } });
    expect((await owner.get(`${path}?limit=1&cursor=${older.json.nextCursor}`)).json.data).toEqual([event]);
    expect((await owner.get(path.replace('/consents', ''))).json.suppressed).toMatchObject({ reason: 'opt_out' });
    expect(
      (await owner.post(path, { ...WRITTEN, kind: 'express', evidence: NOTE, happenedAt: '2026-11-17T14:30:00Z' }))
        .json,
    ).toMatchObject({
      status: 409,
      state: 'opted_out',
    });
    const titles = (await owner.get(`${path.replace('/consents', '')}/timeline`)).json.data;
    expect(titles.map(({ title }: { title: string }) => title)).toContain(
      'Olivia Owner recorded express written consent to marketing texts',
    );
  });

  it('shows what was said at an opt-out', async () => {
    const id = await person();
    await owner.post(`/v1/contacts/${id}/opt-out`, { note: 'Called the office' });
    const { data } = (await owner.get(`/v1/contacts/${id}/consents`)).json;
    expect(data).toMatchObject([
      {
        sentence: 'Consent to all texts taken back by an opt-out',
        recordedBy: 'Olivia Owner',
        evidence: { reason: 'opt_out', channel: 'staff', note: 'Called the office' },
      },
    ]);
  });

  it.each<[string, object, string]>([
    ['an unknown source', { evidence: { source: 'hearsay' } }, '/evidence/source'],
    ['proof of another source', { evidence: { ...FORM, recording: 'x.mp3' } }, '/evidence/recording'],
    ['an address that is none', { evidence: { ...FORM, ip: '999.1.1.1' } }, '/evidence/ip'],
    ['a form address that runs', { evidence: { ...FORM, formUrl: 'javascript:alert(1)' } }, '/evidence/formUrl'],
    ['a local time', { happenedAt: '2026-05-03T14:30' }, '/happenedAt'],
    ['a time to come', { happenedAt: '2026-11-18T15:00:00Z' }, '/happenedAt'],
    ['a member’s word for a signature', { evidence: NOTE }, '/evidence/source'],
    ['a signature under nothing', { wording: undefined }, '/wording'],
    ['words without end', { wording: { text: 'x'.repeat(10_001), version: 'v2' } }, '/wording/text'],
    ['a purpose that is none', { purpose: 'all' }, '/purpose'],
  ])('refuse %s, and record nothing', async (_case, change, pointer) => {
    const path = `/v1/contacts/${await person()}/consents`;
    const refused = await owner.post(path, { ...WRITTEN, ...change });
    expect([refused.status, refused.json.errors[0].pointer]).toEqual([422, pointer]);
    expect((await owner.get(path)).json.data).toEqual([]);
  });

  it('of nobody are 404', async () => {
    const path = `/v1/contacts/con_${'0'.repeat(32)}/consents`;
    expect([(await owner.get(path)).status, (await owner.post(path, WRITTEN)).status]).toEqual([404, 404]);
  });
});

describe('how long a consent lasts of which nobody has said until when', () => {
  const EXPRESS = { action: 'grant', purpose: 'informational', kind: 'express', evidence: NOTE };
  const endOf = async (consent: object) => {
    const path = `/v1/contacts/${await person()}/consents`;
    const made = await owner.post(path, { happenedAt: '2026-05-31T12:00:00Z', ...consent });
    return made.json.data[0].validUntil;
  };

  it('is 18 months for an inquiry, for ever in writing, and what the owner says from then on', async () => {
    expect((await owner.get('/v1/consent-validity')).json).toEqual({
      express: 18,
      express_written: null,
      alsoRecorded: false,
    });
    expect(await endOf(EXPRESS)).toBe('2027-11-30T12:00:00Z');
    expect(await endOf({ ...EXPRESS, validUntil: null })).toBeNull();
    expect(await endOf({ ...WRITTEN, happenedAt: '2026-05-31T12:00:00Z' })).toBeNull();
    expect((await owner.patch('/v1/consent-validity', { express: 6 })).json).toEqual({
      express: 6,
      express_written: null,
      alsoRecorded: false,
    });
    expect(await endOf(EXPRESS)).toBe('2026-11-30T12:00:00Z');
  });
});

it('how long an opt-in waits for its word is the owner’s to say, for those from then on, and is recorded', async () => {
  const askedFor = async (): Promise<string> => {
    const path = `/v1/contacts/${await person()}/consents`;
    const made = await owner.post(path, { ...WRITTEN, happenedAt: '2026-11-17T15:00:00Z', needsConfirmation: true });
    return made.json.standings[0].confirmUntil;
  };
  expect((await owner.get('/v1/double-opt-in')).json).toEqual({ confirmWithinDays: 3, askAgainAfterDays: 30 });
  const before = instant(await askedFor());
  const changed = { confirmWithinDays: 10, askAgainAfterDays: 30 };
  expect((await owner.patch('/v1/double-opt-in', { confirmWithinDays: 10 })).json).toEqual(changed);
  expect(instant(await askedFor()).epochMilliseconds - before.epochMilliseconds).toBe(7 * DAY_MS);
  expect((await owner.patch('/v1/double-opt-in', { confirmWithinDays: 31 })).status).toBe(422);
  const [entry] = (await owner.get('/v1/audit-entries?action=double_opt_in.changed')).json.data;
  expect(entry.detail).toMatchObject({ before: { confirmWithinDays: 3 }, after: changed });
});

describe('what a validity would change', () => {
  const effect = async (query: string) => (await owner.get(`/v1/consent-validity/effect?${query}`)).json;

  it('is told before, and changes nothing that is recorded, unless it is to end that too', async () => {
    await owner.patch('/v1/consent-validity', { express: null, express_written: null });
    const made = async (happenedAt: string, change: object = {}) => {
      const id = await person();
      await owner.post(`/v1/contacts/${id}/consents`, { ...WRITTEN, happenedAt, validUntil: null, ...change });
      const read = async () => (await owner.get(`/v1/contacts/${id}/consents`)).json;
      const state = async (): Promise<string> => (await read()).standings[0].state;
      return Object.assign(state, { newest: async () => (await read()).data[0].sentence });
    };
    const before = await effect('express=never&express_written=24');
    const old = await made('2024-05-03T12:00:00Z');
    const fresh = await made('2026-05-03T12:00:00Z');
    const asked = await made('2024-05-03T12:00:00Z', { kind: 'express', evidence: NOTE, wording: undefined });
    const after = await effect('express=never&express_written=24');
    expect([after.express_written.inForce, after.express_written.older]).toEqual([
      before.express_written.inForce + 2,
      before.express_written.older + 1,
    ]);
    expect((await effect('express=24&express_written=never')).express.older).toBe(1);
    expect((await effect('express=0&express_written=never')).status).toBe(422);

    const deps = { ...world.services, database: world.database };
    await owner.patch('/v1/consent-validity', { express_written: 24 });
    await endOldConsents(deps);
    expect([await old(), await fresh(), await asked()]).toEqual(['written', 'written', 'express']);
    await owner.patch('/v1/consent-validity', { alsoRecorded: true });
    await Promise.all([endOldConsents(deps), endOldConsents(deps)]);
    expect([await old(), await fresh(), await asked()]).toEqual(['expired', 'written', 'express']);
    expect(await old.newest()).toBe('Consent to marketing texts ended by the policy that such consents last 24 months');
    const [entry] = (await owner.get('/v1/audit-entries?action=consent.expired')).json.data;
    expect(entry).toMatchObject({ actor: 'system', detail: { purpose: 'marketing' } });
    expect((await effect('express=never&express_written=24')).express_written.older).toBe(0);
  });
});
