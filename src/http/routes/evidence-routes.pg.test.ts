import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { extractText, getDocumentProxy } from 'unpdf';
import { describe, expect, it } from 'vitest';
import { fakeBlacklistAlliance, SCRUB_KEY } from '../../../test/fake-scrubs.ts';
import { FAKE_KEYS, fakeNumverify } from '../../../test/fake-validators.ts';
import { AS_IT_IS, insertAccount, insertContacts, launchTestCampaign } from '../../../test/fixtures.ts';
import { type Client, httpWorld, PASSWORD } from '../../../test/http-world.ts';
import { recordConsent } from '../../compliance/record-consent.ts';
import { PUBLISHED } from '../../compliance/rules-digests.fixture.ts';
import { sealWaiting } from '../../compliance/seal-audit.ts';
import { recordInbound } from '../../conversations/record-inbound.ts';
import { type ChainProof, verifyProof } from '../../evidence/chain-proof.ts';
import { digestOfAll } from '../../evidence/read-evidence.ts';
import { countRecords } from '../../evidence/report-store.ts';
import { runTx } from '../../platform/database.ts';
import { showId } from '../../platform/ids.ts';
import { addMs, SECOND_MS } from '../../platform/time.ts';
import { resumeScrub } from '../../scrubbing/scrub-jobs.ts';
import { resumeBatches } from '../../validation/validation-jobs.ts';
import { registerDncRoutes } from './dnc-routes.ts';
import { registerErasureRoutes } from './erasure-routes.ts';
import { registerEvidenceRoutes } from './evidence-routes.ts';
import { registerNumberValidationRoutes } from './number-validation-routes.ts';
import { registerScrubbingRoutes } from './scrubbing-routes.ts';

/** What the version says that each decision here names. */
const CONSENT_DIGEST = PUBLISHED['consent.json']?.['2026-01'];
const CONSENT_THEN = {
  ...{ purpose: 'marketing', kind: 'express_written', policy: 'marketing' },
  ruleVersion: '2026-01',
};
const scrubs = await fakeBlacklistAlliance();
const validator = await fakeNumverify();
const world = await httpWorld({
  env: { BLACKLIST_ALLIANCE_URL: scrubs.url, NUMVERIFY_URL: validator.url, SCRUB_NETWORKS: '127.0.0.1' },
  registrars: [
    registerDncRoutes,
    registerErasureRoutes,
    registerEvidenceRoutes,
    registerNumberValidationRoutes,
    registerScrubbingRoutes,
  ],
});
const { services, clock } = world;
const { db } = world.database;
const owner = await world.owner();
async function signedIn(role: 'agent' | 'manager'): Promise<Client> {
  const login = { email: `${role}@example.com`, password: PASSWORD };
  await owner.post('/v1/users', { ...login, name: role, role });
  const client = world.client();
  await client.post('/v1/sign-in', login);
  return client;
}
const manager = await signedIn('manager');
const agent = await signedIn('agent');

const phone = '+16175550123';
const WORDS = 'Acepto recibir ofertas de Acme por mensaje de texto. 😀 No es condición de compra.';
const TEXT = '¡Hola Zoë! ¿Pasamos mañana? 🏠 Responda ALTO para cancelar.';
const by = { actor: 'user:1', name: 'Kim' };
const [contactId = ''] = await insertContacts(db, services, [{ phone, firstName: 'Zoë', state: 'MA' }]);
const account = await insertAccount(db, services, {
  baseUrl: 'http://x',
  apiKey: 'k',
  lanes: [{ gatewayRef: 'PN1', phone: '+16175550001' }],
});
const consentAt = clock.now();
await runTx(db, (tx) =>
  recordConsent(tx, services, {
    action: 'grant',
    phone,
    purpose: 'marketing',
    kind: 'express_written',
    evidence: { source: 'web_form', formUrl: 'https://acme.example/si', ip: '203.0.113.7' },
    wording: { text: WORDS, version: 'es-2', language: 'es' },
    needsConfirmation: false,
    validUntil: 'by_policy',
    occurredAt: consentAt,
    by,
  }),
);
const campaignId = await launchTestCampaign(db, services, {
  ...{ laneIds: account.laneIds, name: 'Primavera' },
  consent: { policy: 'marketing', kinds: null },
});
await sql`
  insert into message (id, account_id, lane_id, contact_id, direction, purpose, enrollment_id, phone, body, encoding, parts, state,
    gateway_message_id, not_before, created_at, sent_at, attempted_at, lease_epoch, consent_event_id, decision)
  select ${services.newUuid()}, ${account.id}, ${account.laneIds[0]}, ${contactId}, 'outbound', 'campaign', id, phone, ${TEXT}, 'UCS-2', 1, 'sent',
    'AC1', ${clock.now()}, ${clock.now()}, ${clock.now()}, ${clock.now()}, 1, (select id from consent_event), ${JSON.stringify(
      {
        v: 2,
        quietHours: {
          table: '2026-01',
          holidays: '2026-01',
          rule: 'MA',
          closesAt: '2026-11-18T01:00:00Z',
          zoneGroup: 'MA|America/New_York',
        },
        frequency: { texts: 0, allowed: 3 },
        eligibility: { rules: ['opted_out', 'no_consent'], areaCodes: '2026-10', numberState: 'textable' },
        consent: CONSENT_THEN,
        lane: 'most room',
        limits: { day: '2026-11-17', laneTexts: 0, laneTextsAllowed: 125 },
        priceCents: 2,
      },
    )}
  from enrollment`.execute(db);
await sql`update enrollment set state = 'sent', sent_at = ${clock.now()}, lane_id = ${account.laneIds[0]}`.execute(db);
clock.advance(60 * SECOND_MS);
/** A text of theirs of two seconds ago. */
const hear = (text: string, { id, from = phone }: { readonly id: string; readonly from?: string }): Promise<boolean> =>
  runTx(db, (tx) =>
    recordInbound(
      tx,
      services,
      { id: account.id, kind: 'quo', environment: 'sandbox' },
      {
        ...{ type: 'message_received', eventId: `EV ${id}`, gatewayMessageId: id, from, to: ['+16175550001'] },
        ...{ laneRef: 'PN1', text, media: [], at: addMs(clock.now(), -2 * SECOND_MS) },
      },
    ),
  );
await hear('ALTO por favor 🛑', { id: 'AC2' });

/** What was asked about the number: a validator, a service, a list of the business. */
const allowed = { monthlyQuota: 100, requestsPerSecond: 10 };
validator.numbers.set(phone.slice(1), { valid: true, lineType: 'mobile', carrier: 'Fjord Wireless' });
scrubs.listed.set(phone.slice(2), 'federal-dnc');
const signal = new AbortController().signal;
const done = async (answer: Promise<{ status: number; json: { id: string } }>): Promise<string> => {
  const { status, json } = await answer;
  expect(status, JSON.stringify(json)).toBeLessThan(300);
  return json.id;
};
await done(
  owner.put('/v1/number-validation', {
    importMode: 'optional',
    excludes: { landline: true, voip: false, tollFree: true, invalid: true, unverified: false },
    ...{ maxAgeDays: 30, revalidate: false },
    validators: { numverify: { ...allowed, key: FAKE_KEYS.numverify }, twilio: allowed },
  }),
);
await done(owner.post('/v1/number-validation/batches', {}));
await resumeBatches(services, signal);
await done(owner.put('/v1/scrubbing', { service: 'blacklist_alliance', key: SCRUB_KEY, nightly: false, ...allowed }));
await done(owner.post('/v1/scrubbing/batches', { audience: { all: true } }));
await resumeScrub(services, signal);
const listId = await done(owner.post('/v1/dnc-lists', { kind: 'custom', name: 'Do not text' }));
await done(
  owner.post(`/v1/dnc-lists/${listId}/versions?fileName=a.txt&asOf=2026-11-16`, `${phone.slice(2)}\n`, {
    'content-type': 'application/octet-stream',
  }),
);
await done(
  owner.post('/v1/dnc-exemptions', {
    ...{ phone, kind: 'purchase', reason: 'Bought a roof', happenedAt: '2026-03-31T12:00:00Z' },
  }),
);
await sealWaiting({ db, clock });

const file = (format: 'json' | 'pdf') => `/v1/evidence/export?format=${format}&phone=%28617%29%20555-0123`;

async function textOfPdf(path: string): Promise<string> {
  const answer = await fetch(world.server.url + path, { headers: { cookie: manager.cookie } });
  expect(answer.headers.get('content-type')).toBe('application/pdf');
  const pdf = await getDocumentProxy(new Uint8Array(await answer.arrayBuffer()));
  return (await extractText(pdf, { mergePages: true })).text.replace(/\s+/g, ' ');
}

describe('the evidence of one number', () => {
  it('has what was agreed to, what went out and why, and how soon the opt-out held, and proves it without the program', async () => {
    const { status, json } = await manager.get(file('json'));
    expect(status).toBe(200);
    expect(json).toMatchObject({
      number: phone,
      contact: { firstName: 'Zoë' },
      texts: [
        { purpose: 'opt_out_confirmation', state: 'pending' },
        { direction: 'inbound', text: 'ALTO por favor 🛑', classification: { outcome: 'opt_out' } },
        {
          ...{ purpose: 'campaign', text: TEXT, campaign: { name: 'Primavera', variant: 'A' } },
          decision: {
            v: 2,
            quietHours: { table: '2026-01', rule: 'MA', closesAt: '2026-11-18T01:00:00Z' },
            eligibility: { rules: ['opted_out', 'no_consent'], areaCodes: '2026-10' },
            consent: CONSENT_THEN,
          },
        },
      ],
      optOuts: [{ channel: 'sms', latencySeconds: 2, liftedAt: null }],
      complete: true,
    });
    expect(json.consents.at(-1)).toMatchObject({
      wording: WORDS,
      wordingVersion: 'es-2',
      evidence: { ip: '203.0.113.7' },
    });
    expect(json.texts[2].consentId).toBe(json.consents.at(-1).id);
    expect(json.findings.map((finding: { holds: boolean }) => finding.holds)).toEqual([true, true, true]);
    const { digest, ...rest } = json;
    expect(digestOfAll(rest)).toBe(digest);
    const proof: ChainProof = json.proof;
    expect(proof.entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['consent.granted', 'number.suppressed']),
    );
    expect(verifyProof(proof)).toMatchObject({ state: 'whole', entries: proof.entries.length });
    const [first, ...others] = proof.entries;
    if (first === undefined) throw new Error('no entries');
    expect(
      verifyProof({ ...proof, entries: [{ ...first, at: first.at.replace('15:', '16:') }, ...others] }),
    ).toMatchObject({ state: 'broken' });
    expect(verifyProof({ ...proof, entries: others, links: proof.links.slice(1) })).toMatchObject({ state: 'broken' });
  });

  it('has every check of the number: validation, services, lists and exemptions', async () => {
    const { json } = await manager.get(file('json'));
    expect(json.validation).toMatchObject({
      ...{ valid: true, lineType: 'mobile', carrier: 'Fjord Wireless', validator: 'numverify' },
    });
    expect(json.doNotCall).toMatchObject({
      listedOn: expect.arrayContaining([expect.objectContaining({ id: listId, name: 'Do not text' })]),
      scrubbed: [{ service: 'blacklist_alliance', codes: 'federal-dnc' }],
      exemptions: [
        { kind: 'purchase', reason: 'Bought a roof', validUntil: '2027-09-30T12:00:00Z', ruleVersion: '2026-01' },
      ],
    });
    const words = await textOfPdf(file('pdf'));
    for (const said of [
      'Validated by numverify: mobile',
      'Carrier: Fjord Wireless.',
      'Asked blacklist alliance about do-not-call lists: federal-dnc',
      'Exempt from do-not-call registries: purchase',
      'Bought a roof. Until 2027-09-30T12:00:00Z (rules 2026-01).',
      'On Do not text, as of 2026-11-16.',
    ])
      expect(words).toContain(said);
  });

  it('is a PDF that has the exact words, accents, pictures and all, and why each text was allowed', async () => {
    const { json } = await manager.get(file('json'));
    const words = await textOfPdf(file('pdf'));
    for (const said of [
      '¡Hola Zoë! ¿Pasamos mañana?',
      'No es condición de compra',
      'Records about +16175550123',
      '2 seconds later',
      'Head of the log',
      'version es-2, language es',
      '😀',
      '🏠',
      `Rested on the consent ${json.consents.at(-1).id}.`,
      'Checked: Has not asked to be left alone.',
      '(rules 2026-01, holidays 2026-01); may be in MA|',
      'Checked: consent for marketing texts: express written (policy marketing, rules 2026-01).',
    ])
      expect(words).toContain(said);
    expect(json.ruleVersions).toContainEqual(
      expect.objectContaining({ file: 'consent.json', version: '2026-01', digest: CONSENT_DIGEST }),
    );
    expect(words.replaceAll(' ', '')).toContain(CONSENT_DIGEST);
  });

  it('says of a START that it had no effect, and why', async () => {
    const from = '+16175550177';
    await hear('Start', { id: 'AC3', from });
    clock.advance(60 * SECOND_MS);
    await hear('STOP', { id: 'AC4', from });
    await hear('Unstop', { id: 'AC5', from });
    await sealWaiting({ db, clock });
    const { json } = await manager.get(file('json').replace('555-0123', '555-0177'));
    expect(json.optInsWithoutEffect).toMatchObject([
      { stillSuppressed: [], evidence: { text: 'Start' } },
      { stillSuppressed: ['opt_out'], evidence: { text: 'Unstop' } },
    ]);
    const page = await manager.get('/v1/evidence?phone=6175550177');
    const words = await textOfPdf(file('pdf').replace('555-0123', '555-0177'));
    for (const said of [
      'Asked to be texted again, which had no effect',
      'No opt-out was in force that it could have lifted.',
      'What was said at the same moment or later stays in force: Asked not to be texted',
    ]) {
      expect(JSON.stringify(page.json)).toContain(said);
      expect(words).toContain(said);
    }
  });

  it('is not for everybody, and the log has who took it along', async () => {
    expect(await agent.get(file('json'))).toMatchObject({ status: 403 });
    expect(await agent.get('/v1/evidence?phone=6175550123')).toMatchObject({ status: 403 });
    const page = await manager.get('/v1/evidence?phone=6175550123');
    expect(page).toMatchObject({ status: 200, json: { name: 'Zoë', erased: false } });
    const { rows } =
      await sql`select 1 from audit_entry where action = 'evidence.exported' and phone = ${phone}`.execute(db);
    expect(rows).toHaveLength(6);
    expect(await manager.get('/v1/evidence?phone=12')).toMatchObject({ status: 422 });
  });

  it('names who answered for a text without consent, when and why', async () => {
    const waiver = { reason: 'They asked at the counter', people: 3, by: 'Kim', at: '2026-11-17T15:00:00Z' };
    await sql`update campaign set consent_waiver = ${JSON.stringify(waiver)}`.execute(db);
    await sql`update message set decision = jsonb_set(decision, '{consent,waived}', 'true') where decision is not null`.execute(
      db,
    );
    const words = await textOfPdf(file('pdf'));
    expect(words).toContain(
      'waived by Kim, 2026-11-17T15:00:00Z, for 3 people without it: They asked at the counter (policy marketing',
    );
    await sql`update message set decision = decision #- '{consent,waived}' where decision is not null`.execute(db);
    await sql`update campaign set consent_waiver = null`.execute(db);
  });
});

describe('the compliance report of a campaign', () => {
  const path = `/v1/campaigns/${showId('campaign', campaignId)}/compliance-report`;
  it('says by which rules it was sent, that they were kept, and how soon opt-outs held; and names nobody', async () => {
    const { status, json } = await manager.get(path);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      campaign: { name: 'Primavera', texts: [{ variant: 'A' }] },
      rules: {
        consent: '2026-01',
        doNotCall: '2026-01',
        holidays: '2026-01',
        content: '2026-11',
        optOutTimes: '2025-04',
      },
      consent: { asks: 'express written consent to marketing texts', waiver: null },
      firstTexts: { ...AS_IT_IS, lacking: [expect.stringContaining('does not say who sends it')] },
      hours: { sent: [{ rule: 'MA', texts: 1, late: 0 }] },
      ruleVersions: expect.arrayContaining([
        expect.objectContaining({ file: 'consent.json', version: '2026-01', digest: CONSENT_DIGEST }),
      ]),
      people: [{ state: 'sent', code: null, people: 1 }],
      optOuts: { count: 1, medianSeconds: 2, list: [{ phone: '+1617•••0123', latencySeconds: 2 }] },
      records: { texts: 1, decided: 1, rested: 1, suppressed: 0 },
    });
    expect(json.findings.every((finding: { holds: boolean }) => finding.holds)).toBe(true);
    expect(JSON.stringify(json)).not.toContain(phone);
    expect(verifyProof(json.proof)).toMatchObject({ state: 'whole' });
    expect(json.proof.entries.map(({ action }: { action: string }) => action)).toContain('campaign.launched');
    await sql`update message set attempted_at = '2026-11-18T02:00:00Z' where purpose = 'campaign'`.execute(db);
    const late = (await manager.get(path)).json.findings.map((finding: { holds: boolean }) => finding.holds);
    expect(late).toEqual([false, false, true, false, true]);
    await sql`update message set attempted_at = sent_at where purpose = 'campaign'`.execute(db);
  });

  it.each([
    ['as it was given', {}, 1],
    ['that nobody has confirmed', { needs_confirmation: true, confirm_until: '2026-12-01T00:00:00Z' }, 0],
    ['that had ended', { valid_until: '2026-11-17T00:00:00Z' }, 0],
    ['that was given later', { occurred_at: '2026-11-19T00:00:00Z' }, 0],
  ])('counts a text as resting on a consent %s: %o', async (_, given, rested) => {
    const counting = runTx(db, async (tx) => {
      const grant = { id: services.newUuid(), occurred_at: '2026-11-16T00:00:00Z', ...given };
      await sql`
        insert into consent_event
        select (jsonb_populate_record(e, ${JSON.stringify(grant)}::jsonb)).* from consent_event e where e.action = 'grant' and e.phone = ${phone}`.execute(
        tx,
      );
      await sql`update message set consent_event_id = ${grant.id} where purpose = 'campaign'`.execute(tx);
      throw new Error(`${(await countRecords(tx, campaignId)).rested} rested`);
    });
    await expect(counting).rejects.toThrow(`${rested} rested`);
  });

  it.each([
    ['marketing', '2026-11-16T00:00:00Z', 1],
    ['marketing', 'now', 0],
    ['all', 'now', 0],
    ['informational', 'now', 1],
  ])('counts no text as resting on a consent for %s that was taken back (%s)', async (purpose, at, rested) => {
    const counting = runTx(db, async (tx) => {
      // Of the instant of the text itself: the same moment counts as taken back.
      const takenBack = at === 'now' ? consentAt.toString() : at;
      await sql`
        insert into consent_event
        select (jsonb_populate_record(e, jsonb_build_object('id', ${services.newUuid()}::text, 'purpose', ${purpose}::text,
          'occurred_at', ${takenBack}::text, 'recorded_at', ${takenBack}::text))).* from consent_event e where e.action = 'revoke' and e.phone = ${phone} limit 1`.execute(
        tx,
      );
      throw new Error(`${(await countRecords(tx, campaignId)).rested} rested`);
    });
    await expect(counting).rejects.toThrow(`${rested} rested`);
  });

  it('is a PDF too, for those who may', async () => {
    const text = await textOfPdf(`${path}?format=pdf`);
    for (const words of ['Compliance report: Primavera', AS_IT_IS.reason]) expect(text).toContain(words);
    expect(await agent.get(path)).toMatchObject({ status: 403 });
  });
});

describe('erasing over HTTP', () => {
  const reason = 'Asked by letter';
  it('is rehearsed and done by owners only, who type the number, and is done once', async () => {
    expect(await manager.post('/v1/erasures', { phone, confirmPhone: phone, reason })).toMatchObject({ status: 403 });
    expect(await owner.post('/v1/erasures', { phone, confirmPhone: '+16175550124', reason })).toMatchObject({
      status: 422,
    });
    const rehearsed = await owner.post('/v1/erasures/rehearsal', { phone });
    expect(rehearsed).toMatchObject({ status: 200, json: { id: null, removed: { contacts: 1, texts: 3 } } });
    const done = await owner.post(
      '/v1/erasures',
      { phone, confirmPhone: '(617) 555-0123', reason },
      { 'idempotency-key': 'once' },
    );
    expect(done).toMatchObject({
      status: 201,
      json: { id: expect.stringMatching(/^era_/), removed: rehearsed.json.removed },
    });
    const again = await owner.post(
      '/v1/erasures',
      { phone, confirmPhone: '(617) 555-0123', reason },
      { 'idempotency-key': 'once' },
    );
    expect(again.json).toEqual(done.json);
  });

  it('leaves evidence that is found by the number, without its words, and still proves itself', async () => {
    await sealWaiting({ db, clock });
    const { json } = await manager.get(file('json'));
    expect(JSON.stringify(json)).not.toContain('Zoë');
    expect(json).toMatchObject({
      contact: null,
      erasures: [{ by: 'Olivia Owner', removed: { contacts: 1 } }],
      texts: [{ state: 'cancelled' }, { text: null }, { text: null, digest: digestOfText(TEXT), decision: { v: 2 } }],
      optOuts: [{ latencySeconds: 2 }],
    });
    expect(json.consents.at(-1)).toMatchObject({ wording: WORDS, evidence: { source: 'web_form', erased: true } });
    expect(verifyProof(json.proof)).toMatchObject({ state: 'whole' });
    const { rows } = await sql`select 1 from audit_entry where phone = ${phone} or subject = ${phone}`.execute(db);
    expect(rows).toEqual([]);
    expect(await manager.get('/v1/evidence?phone=6175550123')).toMatchObject({ json: { name: null, erased: true } });
  });
});

const digestOfText = (text: string): string => createHash('sha256').update(text).digest('hex');
