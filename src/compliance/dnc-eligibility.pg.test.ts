import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { dncWorld } from '../../test/dnc-world.ts';
import { insertContacts } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { previewAudience } from '../audiences/preview-audience.ts';
import { checkEligibility, whyLeftOut } from '../audiences/why-left-out.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, DAY_MS, HOUR_MS, type Instant } from '../platform/time.ts';
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
