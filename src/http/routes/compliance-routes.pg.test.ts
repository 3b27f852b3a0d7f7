import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  everybodyAgrees,
  insertAccount,
  insertContacts,
  launchTestCampaign,
  testPhones,
} from '../../../test/fixtures.ts';
import { type Client, httpWorld, PASSWORD } from '../../../test/http-world.ts';
import { sendWaiting } from '../../../test/sent-texts.ts';
import { createDraft } from '../../campaigns/manage-drafts.ts';
import { type ConsentPolicy, DEFAULT_CONSENT_POLICY } from '../../compliance/consent-policy.ts';
import { suppressNumber } from '../../compliance/suppress.ts';
import { tallyTexts } from '../../compliance/tally-texts.ts';
import { dayIn } from '../../platform/calendar.ts';
import { runTx } from '../../platform/database.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import { addMs, DAY_MS, MINUTE_MS } from '../../platform/time.ts';
import { registerAuditRoutes } from './audit-routes.ts';
import { registerCompliancePolicyRoutes } from './compliance-policy-routes.ts';
import { registerComplianceRoutes } from './compliance-routes.ts';
import { registerDncRoutes } from './dnc-routes.ts';

/** A hundred people in Boston, texted with two variants from one number at 10:00; eight opt out afterwards, one before any text. */
const world = await httpWorld({
  registrars: [registerAuditRoutes, registerComplianceRoutes, registerCompliancePolicyRoutes, registerDncRoutes],
});
const { db } = world.database;
const PHONES = testPhones(100);
let owner: Client;
let campaignId: Uuid;
let laneId: Uuid;

const suppress = (phone: string, channel: 'sms' | 'staff' | 'link', afterMs: number) =>
  runTx(db, (tx) =>
    suppressNumber(tx, world.services, {
      phone,
      reason: 'opt_out',
      channel,
      evidence: { note: '=HYPERLINK("x")' },
      actor: 'contact',
      ...(channel === 'sms' ? { how: 'keyword' as const, heardAt: addMs(world.clock.now(), -afterMs) } : {}),
    }),
  );

beforeAll(async () => {
  owner = await world.owner();
  const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001' }];
  const account = await insertAccount(db, world.services, { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes });
  laneId = account.laneIds[0] ?? '';
  await insertContacts(
    db,
    world.services,
    PHONES.map((phone) => ({ phone, state: 'MA' })),
  );
  await insertContacts(db, world.services, [{ phone: '+16175559999', state: 'MA' }]);
  await everybodyAgrees(db);
  await suppress('+16175559999', 'staff', 0);
  campaignId = await launchTestCampaign(db, world.services, {
    laneIds: [laneId],
    name: 'Fall',
    variants: ['A', 'B'].map((label) => ({ label, weight: 1, body: 'Acme: hi. Reply STOP' })),
  });
  await sendWaiting(db, { campaignId, laneId, at: world.clock.now() });
  await world.clock.advance(90 * MINUTE_MS);
  for (const phone of PHONES.slice(0, 6)) await suppress(phone, 'sms', 200);
  for (const phone of PHONES.slice(6, 8)) await suppress(phone, 'link', 0);
  await tallyTexts(world.services);
});

const report = async (query: string) => (await owner.get(`/v1/opt-out-report?${query}`)).json;

describe('the report of opt-outs', () => {
  it.each<[string, number, object]>([
    ['by=campaign', 1, { name: 'Fall', texts: 100, optOuts: 8, alarm: 'flagged' }],
    ['by=lane', 1, { texts: 100, optOuts: 8 }],
    ['by=state', 1, { key: 'MA', name: null, texts: 100, optOuts: 8 }],
    // An opt-out belongs to the hour of its text.
    ['by=hour', 1, { key: '10', texts: 100, optOuts: 8 }],
    ['by=day&state=MA', 1, { key: '2026-11-17', texts: 100, optOuts: 8 }],
    ['by=campaign&state=TX', 0, {}],
  ])('%s has both sides of each rate from the same texts', async (query, rows, first) => {
    const { rates } = await report(query);
    expect(rates).toHaveLength(rows);
    if (rows > 0) expect(rates[0]).toMatchObject(first);
  });

  it('says the same of a campaign as the campaign itself, and adds up over its variants', async () => {
    const { rows } = await sql<{ texts: number; optOuts: number }>`
      select sum(accepted) as texts, sum(opted_out) as opt_outs from campaign_totals where campaign_id = ${campaignId}`.execute(
      db,
    );
    const sums = (rates: readonly { texts: number; optOuts: number }[]) => ({
      texts: rates.reduce((sum, { texts }) => sum + texts, 0),
      optOuts: rates.reduce((sum, { optOuts }) => sum + optOuts, 0),
    });
    const { rates, total } = await report(`by=variant&campaignId=${showId('campaign', campaignId)}`);
    expect(rates.map(({ name }: { name: string }) => name).sort()).toEqual(['Fall, A', 'Fall, B']);
    expect(sums(rates)).toEqual(rows[0]);
    expect(total).toMatchObject({ ...rows[0], alarm: 'flagged' });
  });

  it('tells how they came, how long it took, and which followed no text', async () => {
    expect((await report('by=day')).byWay).toEqual([
      { how: 'keyword', count: 6, withoutText: 0, p50Ms: 200, p99Ms: 200 },
      { how: 'link', count: 2, withoutText: 0, p50Ms: 0, p99Ms: 0 },
      { how: 'person', count: 1, withoutText: 1, p50Ms: 0, p99Ms: 0 },
    ]);
  });

  it('makes an hour anew when its texts have changed since', async () => {
    const moved = sql`update enrollment set sent_at = sent_at + interval '1 hour' where phone = ${PHONES[50]}`;
    await moved.execute(db);
    await tallyTexts(world.services);
    const { rates } = await report('by=hour');
    expect(rates.map(({ key, texts }: { key: string; texts: number }) => [key, texts])).toEqual([
      ['10', 99],
      ['11', 1],
    ]);
  });

  it('is a file for managers, streamed, and that somebody took it is in the audit log', async () => {
    const fetched = async (client: Client) =>
      fetch(`${world.server.url}/v1/opt-out-report/opt-outs.csv?days=7`, { headers: { cookie: client.cookie } });
    const file = await fetched(owner);
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = (await file.text()).trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^phone,reason,how,said_at,heard_at,in_force_at,latency_ms/);
    expect(lines).toHaveLength(10);
    expect(lines[2]).toMatch(/^\+\d{11},opt_out,keyword,,.*,200,,2026-11-17T15:00:00Z,Fall,[AB],\+16175550001,MA$/);
    const email = 'ann@example.com';
    await owner.post('/v1/users', { name: 'Ann', email, role: 'agent', password: PASSWORD });
    const agent = world.client();
    await agent.post('/v1/sign-in', { email, password: PASSWORD });
    expect((await fetched(agent)).status).toBe(403);
    const { rows } = await sql`select 1 from audit_entry where action = 'opt_outs.exported'`.execute(db);
    expect(rows).toHaveLength(1);
  });
});

it('the state of compliance has counts beside every rate, and the versions of the rules', async () => {
  const { json } = await owner.get('/v1/compliance/status');
  expect(json).toMatchObject({
    days: 30,
    levels: { warning: 0.03, flagged: 0.05, suspended: 0.1 },
    optOuts: { total: { texts: 100, optOuts: 8 }, byCampaign: [{ name: 'Fall', texts: 100, optOuts: 8 }] },
    confirmations: { sent: 0, notSent: 0, p50Ms: null },
    people: { contacts: 101, textable: 92, writtenConsent: 92, takenBack: 9 },
    blocked: [{ reason: 'opted_out', count: 1, sentence: expect.any(String) }],
    heldNumbers: 0,
    unheardOptOuts: 0,
    dncLists: [],
    audit: { overdue: expect.any(Number), verified: null },
  });
  expect(json.optOuts.byDay).toHaveLength(30);
  expect(json.rules).toContainEqual(
    expect.objectContaining({
      name: 'Opt-out rates',
      version: '2026-11',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    }),
  );
});

it('the state of compliance tells of days, campaigns, variants and senders what the report tells of each', async () => {
  const { optOuts } = (await owner.get('/v1/compliance/status')).json;
  const told = async (by: string) => (await report(`by=${by}&days=30`)).rates;
  expect(optOuts.byCampaign).toEqual(await told('campaign'));
  expect(optOuts.byVariant).toEqual(await told('variant'));
  expect(optOuts.byVariant).toHaveLength(2);
  expect(optOuts.byLane).toEqual(await told('lane'));
  expect(optOuts.byDay.filter(({ texts }: { texts: number }) => texts > 0)).toEqual(await told('day'));
  expect(optOuts.byWay).toEqual((await report('by=day&days=30')).byWay);
});

it('says when the audit log was last verified, by whom, and what they found', async () => {
  const found = async () => (await owner.get('/v1/compliance/status')).json.audit.verified;
  await owner.post('/v1/audit-chain/verify', {});
  expect(await found()).toMatchObject({ byName: expect.any(String), state: expect.stringMatching(/whole|behind/) });
  await owner.post('/v1/audit-chain/verify', { expect: { seq: 999, hash: 'a'.repeat(64) } });
  expect(await found()).toMatchObject({ state: 'broken', sentence: 'Entry 999 does not fit the chain.' });
});

it('a new campaign asks for the consent that an owner has chosen, unless it is given another', async () => {
  expect((await owner.get('/v1/default-consent')).json).toEqual({ policy: 'marketing', kinds: null });
  expect((await owner.put('/v1/default-consent', { policy: 'custom', kinds: [] })).status).toBe(422);
  const chosen = await owner.put('/v1/default-consent', { policy: 'informational' });
  expect(chosen.json).toEqual({ policy: 'informational', kinds: null });
  const made = (consent?: ConsentPolicy) =>
    runTx(db, (tx) =>
      createDraft(tx, world.services, {
        ...{ name: 'New', audience: null, laneIds: [laneId], createdBy: 'Olivia' },
        variants: [{ label: 'A', weight: 1, body: 'Acme: hi. Reply STOP' }],
        ...(consent === undefined ? {} : { consent }),
      }),
    );
  expect(await made()).toMatchObject({ value: { consent: { policy: 'informational' } } });
  expect(await made(DEFAULT_CONSENT_POLICY)).toMatchObject({ value: { consent: { policy: 'marketing' } } });
  const { rows } = await sql`select detail from audit_entry where action = 'default_consent.changed'`.execute(db);
  expect(rows).toEqual([
    {
      detail: {
        before: { policy: 'marketing', kinds: null },
        after: { policy: 'informational', kinds: null },
      },
    },
  ]);
});

it('settings are told with whom they reach', async () => {
  await sql`analyze contact`.execute(db);
  expect((await owner.get('/v1/compliance/policy-effects')).json).toEqual({
    contacts: 101,
    neverTexted: 1,
    estimated: false,
    heldNumbers: 0,
    textsOfDay: [{ texts: 1, people: 100 }],
  });
  const changed = await owner.patch('/v1/opt-out-wording', { adds: true, wording: 'Text END to stop' });
  expect(changed.json).toEqual({ adds: true, wording: 'Text END to stop' });
  expect(await owner.patch('/v1/opt-out-wording', { wording: 'Bye' })).toMatchObject({
    status: 422,
    json: { errors: [{ pointer: '/wording' }] },
  });
});

it('what waits and what went out is counted: a held number, a list that ages, confirmations and how soon they went', async () => {
  const now = world.clock.now();
  await sql`
    insert into opt_out_review (id, phone, said, family, classifier_version, said_at, opened_at, due_at)
    values (gen_random_uuid(), '+16175559998', 'no more maybe', 'test', '1', ${now}, ${now}, ${addMs(now, DAY_MS)})`.execute(
    db,
  );
  // Heard 200 ms before each opt-out was in force, which is when its confirmation was made.
  await sql`
    insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id, lease_epoch,
      not_before, created_at, attempted_at, sent_at)
    select gen_random_uuid(), (select account_id from lane), ${laneId}, 'outbound', 'opt_out_confirmation', o.phone, 'Done', 'GSM-7', 1, 'sent',
      'c' || o.phone, 1, o.created_at, o.created_at, o.created_at, o.created_at + case when o.phone = ${PHONES[0]} then 4800 else 800 end * interval '1 ms'
    from suppression o where o.phone = any(${PHONES.slice(0, 3)}::text[])`.execute(db);
  const { id } = (await owner.post('/v1/dnc-lists', { kind: 'national', name: 'National' })).json;
  const asOf = dayIn('UTC', addMs(now, -27 * DAY_MS));
  const file = { 'content-type': 'application/octet-stream' };
  await owner.post(`/v1/dnc-lists/${id}/versions?fileName=a.txt&asOf=${asOf}`, '5125550123\n', file);
  expect((await owner.get('/v1/compliance/status')).json).toMatchObject({
    heldNumbers: 1,
    dncLists: [{ id, name: 'National', age: 'ageing', asOf: `${asOf}T00:00:00Z`, numbers: 1 }],
    confirmations: { sent: 3, notSent: 0, p50Ms: 1_000, p99Ms: 5_000, p99HeardMs: 5_000 },
  });
});
