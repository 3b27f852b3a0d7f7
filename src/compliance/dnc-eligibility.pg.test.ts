import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { claimTexts, takeLease } from '../../test/claimed.ts';
import { dncWorld } from '../../test/dnc-world.ts';
import { insertAccount, insertContacts, launchTestCampaign } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { previewAudience } from '../audiences/preview-audience.ts';
import { checkEligibility, whyLeftOut } from '../audiences/why-left-out.ts';
import { getCampaign } from '../campaigns/campaign-store.ts';
import { explainRecipient } from '../campaigns/explain-recipient.ts';
import { readWaitingFacts } from '../campaigns/read-waiting.ts';
import { waitingFor } from '../campaigns/waiting.ts';
import { type Database, runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, DAY_MS, HOUR_MS, type Instant } from '../platform/time.ts';
import type { Decision } from '../sending/decision.ts';
import { recordConsent } from './record-consent.ts';

const PHONE = '+16175550123';
const NUMBER = '6175550123\n';
const OTHERS = '6175550122\n6175550124\n6185550123\n';

let database: Database;
let world: ReturnType<typeof testWorld>;
let dnc: ReturnType<typeof dncWorld>;
let contactId: Uuid;
beforeEach(async () => {
  database = await testDatabase();
  world = testWorld();
  dnc = dncWorld(database.db, world);
  [contactId = ''] = await insertContacts(database.db, world, [{ phone: PHONE }]);
});

const run = (text: string) => sql`${sql.raw(text)}`.execute(database.db);
const reason = async (): Promise<string | null> => {
  const left = await whyLeftOut(database.db, { contactId, now: world.clock.now() });
  if (!left.ok) throw new Error(left.error.message);
  return left.value?.reason ?? null;
};
const daysAgo = (days: number): Instant => addMs(world.clock.now(), -days * DAY_MS);
const agree = (kind: 'express' | 'express_written') =>
  runTx(database.db, (tx) =>
    recordConsent(tx, world, {
      action: 'grant',
      phone: PHONE,
      purpose: 'marketing',
      kind,
      evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' },
      wording: { text: 'I agree to get offers by text.', version: 'v2', language: 'en' },
      needsConfirmation: false,
      validUntil: null,
      occurredAt: addMs(world.clock.now(), -HOUR_MS),
      by: { actor: 'user:1', name: 'Ann' },
    }),
  );
const exempt = (from: Instant, until: Instant) =>
  run(`insert into dnc_exemption (id, phone, kind, reason, valid_from, valid_until, rule_version, actor, recorded_by, created_at)
    values ('${world.newUuid()}', '${PHONE}', 'purchase', 'Roof of 2026', '${from}', '${until}', 'x', 'user:1', 'Ann', '${from}')`);

describe('who is on a do-not-call list', () => {
  it.each(['internal', 'litigator', 'custom'] as const)(
    'of kind %s is never texted, whatever they agreed to',
    async (kind) => {
      await dnc.upload(await dnc.create(kind), NUMBER);
      await agree('express_written');
      await exempt(daysAgo(9), addMs(world.clock.now(), DAY_MS));
      expect(await reason()).toBe('do_not_call');
    },
  );

  it('of the nation is texted only with an agreement in writing', async () => {
    const list = await dnc.create('national');
    await dnc.upload(list, NUMBER);
    expect(await reason()).toBe('do_not_call_registry');
    await agree('express');
    expect(await reason()).toBe('do_not_call_registry');
    await agree('express_written');
    expect(await reason()).toBeNull();
  });

  it('or with an exemption while it lasts, which a wish to be left alone ends for good', async () => {
    await dnc.upload(await dnc.create('state', 'TX'), NUMBER);
    await exempt(daysAgo(9), addMs(world.clock.now(), -DAY_MS));
    expect(await reason()).toBe('do_not_call_registry');
    await exempt(daysAgo(9), addMs(world.clock.now(), DAY_MS));
    expect(await reason()).toBeNull();
    await run(`insert into consent (phone, purpose, state) values ('${PHONE}', 'marketing', 'opted_out')`);
    expect(await reason()).toBe('do_not_call_registry');
  });

  it('is told apart from the neighbours', async () => {
    for (const kind of ['internal', 'national'] as const) await dnc.upload(await dnc.create(kind), OTHERS);
    expect(await reason()).toBeNull();
  });

  it('is texted again once the list is retired', async () => {
    await dnc.upload(await dnc.create('custom'), NUMBER);
    await run(`update dnc_list set retired_at = now()`);
    expect(await reason()).toBeNull();
  });
});

describe('a list of a registry that is too old', () => {
  it('keeps cold texts back after 31 days, and not the people who agreed in writing', async () => {
    await dnc.upload(await dnc.create('national'), OTHERS, { asOf: daysAgo(31) });
    expect(await reason()).toBeNull();
    await world.clock.advance(1_000);
    expect(await reason()).toBe('do_not_call_stale');
    await agree('express_written');
    expect(await reason()).toBeNull();
  });

  it('is one without any file, too', async () => {
    await dnc.create('national');
    expect(await reason()).toBe('do_not_call_stale');
  });

  it('of a state matters to whoever may be there', async () => {
    await dnc.create('state', 'TX');
    expect(await reason()).toBeNull();
    await run(`update contact set zone_group = 'MA,TX|America/Chicago,America/New_York'`);
    expect(await reason()).toBe('do_not_call_stale');
    await run(`update contact set zone_group = '|America/New_York'`);
    expect(await reason()).toBe('do_not_call_stale');
  });

  it('is no matter of the lists that the business keeps itself', async () => {
    await dnc.upload(await dnc.create('internal'), OTHERS, { asOf: daysAgo(900) });
    await dnc.create('litigator');
    expect(await reason()).toBeNull();
  });
});

it('previews count them, and the check names the list with its date', async () => {
  await dnc.upload(await dnc.create('national'), NUMBER, { asOf: daysAgo(3) });
  const preview = await previewAudience(database.db, { all: true }, world.clock.now());
  expect(preview).toMatchObject({ textable: 0, excluded: [{ reason: 'do_not_call_registry', count: 1 }] });
  const checks = await checkEligibility(database.db, { contactId, now: world.clock.now() });
  expect(checks).toMatchObject({
    value: expect.arrayContaining([
      {
        code: 'do_not_call_registry',
        forbids: true,
        inputs: { list: 'national list', dataOf: '2026-11-14', agreedInWriting: false, exempted: false },
      },
    ]),
  });
});

describe('who is in a campaign while a registry’s list becomes too old', () => {
  const people = async () =>
    (
      await sql<Record<string, unknown>>`
        select state, skip_reason, waits_for, not_before <= ${world.clock.now()} as due from enrollment`.execute(
        database.db,
      )
    ).rows;
  async function launched() {
    const { db } = database;
    const list = await dnc.create('national');
    await dnc.upload(list, OTHERS, { asOf: daysAgo(30) });
    const secrets = secretsWithKey(world.random.bytes(32), world.random);
    const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001', dailyCap: 60 }];
    const account = { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes };
    const { id, laneIds } = await insertAccount(db, { ...world, secrets }, account);
    const campaignId = await launchTestCampaign(db, world, { laneIds });
    await world.clock.advance(DAY_MS + HOUR_MS);
    const claiming = { lease: await takeLease(db, world, id), campaignId, laneId: laneIds[0] ?? '' };
    const claim = () => claimTexts(db, world, claiming);
    const says = async () => {
      const campaign = await getCampaign(db, campaignId);
      return campaign && waitingFor(await readWaitingFacts(db, world.clock, campaign));
    };
    return { list, claim, says };
  }

  it('and is texted before has a record of the lists with their dates, what exempted them and what a service said', async () => {
    const { db } = database;
    await insertContacts(db, world, [{ phone: '+16175550198' }, { phone: '+16175550199' }]);
    await exempt(daysAgo(9), addMs(world.clock.now(), 9 * DAY_MS));
    await dnc.upload(await dnc.create('internal'), OTHERS, { asOf: daysAgo(1) });
    await run(`insert into number_validation (phone, valid, line_type, validator, checked_at, raw)
values ('${PHONE}', true, 'mobile', 'numverify', '${daysAgo(2)}', '{}')`);
    const { list, claim } = await launched();
    await dnc.upload(list, NUMBER + OTHERS);
    expect(await claim()).toHaveLength(3);
    const { rows } = await sql<{ phone: string; eligibility: Decision['eligibility'] }>`
      select phone, decision -> 'eligibility' as eligibility from message order by phone`.execute(db);
    const [mine, ...others] = rows;
    const lists = ['internal list of 2026-11-16', 'national list of 2026-11-18'];
    const [{ id } = { id: '' }] = (await sql<{ id: Uuid }>`select id from dnc_exemption`.execute(db)).rows;
    expect(mine?.eligibility).toMatchObject({
      doNotCall: { lists, exemptionId: showId('dncExemption', id), ruleVersion: '2026-01' },
      validation: { service: 'numverify', lineType: 'mobile', checkedOn: '2026-11-15' },
    });
    const asked = { lists, ruleVersion: '2026-01' };
    expect(others.map(({ eligibility }) => eligibility.doNotCall)).toEqual([asked, asked]);
    expect(new Set(others.map(({ eligibility }) => JSON.stringify(eligibility))).size).toBe(1);
    await run(`update dnc_exemption set ended_at = now(); update dnc_list set retired_at = now(), name = name || '!'`);
    const campaign = await getCampaign(
      db,
      (await sql<{ id: Uuid }>`select id from campaign`.execute(db)).rows[0]?.id ?? '',
    );
    const explained = campaign && (await explainRecipient(db, world.clock, { campaign, contactId }));
    if (!explained?.ok) throw new Error('not explained');
    const versions = explained.value.checks.filter(({ code }) => code.startsWith('do_not_call'));
    expect(versions.map(({ version }) => version)).toEqual(['2026-01', '2026-01', '2026-01']);
    const inputs = Object.fromEntries(explained.value.checks.map((check) => [check.code, check.inputs]));
    const rests = { lists, exemptionId: showId('dncExemption', id) };
    expect(inputs).toMatchObject({ do_not_call: rests, do_not_call_registry: rests, do_not_call_stale: rests });
    expect(inputs.number_landline).toEqual({ service: 'numverify', lineType: 'mobile', checkedOn: '2026-11-15' });
  });

  it('waits, the campaign says for what, and a newer file lets the text go', async () => {
    const { list, claim, says } = await launched();
    expect(await claim()).toEqual([]);
    expect(await people()).toEqual([{ state: 'pending', skipReason: null, waitsFor: 'do_not_call_stale', due: false }]);
    expect(await says()).toMatchObject({
      code: 'do_not_call_stale',
      sentence:
        'The do-not-call list "national list" is older than the law allows: 1 person waits for a newer file, since nobody knows whether they are on it',
      action: { link: `/compliance/do-not-call/${showId('dncList', list)}` },
    });
    await dnc.upload(list, OTHERS);
    expect(await people()).toEqual([{ state: 'pending', skipReason: null, waitsFor: null, due: true }]);
    expect(await claim()).toHaveLength(1);
  });

  it('is left out when the newer file names them', async () => {
    const { list, claim } = await launched();
    await claim();
    await dnc.upload(list, NUMBER + OTHERS);
    expect(await claim()).toEqual([]);
    expect(await people()).toMatchObject([{ state: 'skipped', skipReason: 'do_not_call_registry', waitsFor: null }]);
  });

  it('is texted within hours when they agree meanwhile', async () => {
    const { claim } = await launched();
    await claim();
    await agree('express_written');
    await world.clock.advance(6 * HOUR_MS);
    expect(await claim()).toHaveLength(1);
  });

  it('is not taken in by a launch', async () => {
    await dnc.create('national');
    const { db } = database;
    const secrets = secretsWithKey(world.random.bytes(32), world.random);
    const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001' }];
    await insertContacts(db, world, [{ phone: '+16175550199' }]);
    await exempt(daysAgo(9), addMs(world.clock.now(), DAY_MS));
    const { laneIds } = await insertAccount(
      db,
      { ...world, secrets },
      { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes },
    );
    await launchTestCampaign(db, world, { laneIds });
    expect((await people()).map(({ skipReason }) => skipReason).sort()).toEqual(['do_not_call_stale', null]);
  });
});
