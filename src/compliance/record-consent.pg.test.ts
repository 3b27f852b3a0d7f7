import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertContacts } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { type Database, runTx } from '../platform/database.ts';
import { addMs, HOUR_MS, type Instant, instant } from '../platform/time.ts';
import type { ConsentToRecord } from './append-consent.ts';
import { type ConsentPurpose, consentStanding } from './consent.ts';
import { listConsentEvents, readConsentEvent, readConsentFacts } from './consent-store.ts';
import { recordConsent } from './record-consent.ts';
import { liftOptOut, suppressNumber } from './suppress.ts';

const PHONE = '+16175550123';
const WORDS = { text: 'I agree to get offers by text. Not a condition of purchase.', version: 'v2', language: 'en' };
const FORM = { source: 'web_form', formUrl: 'https://solid.example/estimate', ip: '203.0.113.7' } as const;
const ANN = { actor: 'user:1', name: 'Ann' };

let database: Database;
let world: ReturnType<typeof testWorld>;
beforeEach(async () => {
  database = await testDatabase();
  world = testWorld();
});

const hoursAgo = (hours: number): Instant => addMs(world.clock.now(), -hours * HOUR_MS);
type Given = Partial<ConsentToRecord & { readonly action: 'grant' }>;
const written = (given: Given = {}): ConsentToRecord => ({
  action: 'grant',
  phone: PHONE,
  purpose: 'marketing',
  kind: 'express_written',
  evidence: FORM,
  wording: WORDS,
  needsConfirmation: false,
  validUntil: null,
  occurredAt: hoursAgo(1),
  by: ANN,
  ...given,
});
const revoked = (purpose: ConsentPurpose | 'all', occurredAt = hoursAgo(0)): ConsentToRecord => ({
  action: 'revoke',
  phone: PHONE,
  purpose,
  evidence: { source: 'member', note: 'Said so on the phone' },
  occurredAt,
  by: ANN,
});
const record = (input: ConsentToRecord) => runTx(database.db, (tx) => recordConsent(tx, world, input));
const stop = (saidAt: Instant) =>
  runTx(database.db, (tx) =>
    suppressNumber(tx, world, {
      phone: PHONE,
      reason: 'opt_out',
      channel: 'sms',
      evidence: { text: 'STOP', saidAt: saidAt.toString() },
      actor: 'contact',
      saidAt,
    }),
  );
const rows = async (of: string) => (await sql<Record<string, unknown>>`${sql.raw(of)}`.execute(database.db)).rows;
const inForce = async (purpose: ConsentPurpose = 'marketing') =>
  (await rows(`select state, consent_event_id, kind from consent where purpose = '${purpose}'`))[0];
const events = () => listConsentEvents(database.db, { phone: PHONE, after: undefined, limit: 50 });

describe('recording a consent', () => {
  it('keeps the exact words, the proof, who and when, and names the consent in force', async () => {
    const text = 'I agree —\r\n to get offers.  No condition of purchase \u{1F44D}\n';
    await record(written({ wording: { ...WORDS, text } }));
    const [event] = await events();
    expect(event).toMatchObject({
      action: 'grant',
      wording: text,
      wordingVersion: 'v2',
      language: 'en',
      seller: 'Our business',
      evidence: { formUrl: FORM.formUrl, ip: FORM.ip },
      recordedBy: 'Ann',
      occurredAt: hoursAgo(1),
      recordedAt: world.clock.now(),
    });
    expect(await inForce()).toMatchObject({ state: 'written', consentEventId: event?.id, kind: 'express_written' });
    expect(await inForce('informational')).toMatchObject({ state: 'unknown', consentEventId: null });
    expect(await rows('select action, actor, phone from audit_entry')).toEqual([
      { action: 'consent.granted', actor: 'user:1', phone: PHONE },
    ]);
  });

  it('keeps words that many agreed to once', async () => {
    for (const phone of [PHONE, '+16175550124', '+16175550125']) await record(written({ phone }));
    expect(await rows('select wording from consent_wording')).toEqual([{ wording: WORDS.text }]);
  });

  it('is never changed or taken out again', async () => {
    await record(written());
    for (const act of [
      'update consent_event set actor = actor',
      'delete from consent_event',
      'delete from consent_wording',
    ])
      await expect(rows(act)).rejects.toThrow('is only ever added to');
  });

  it.each<[string, Given, string]>([
    ['that is still to come', { occurredAt: instant('2026-11-17T15:00:00.001Z') }, 'still to come'],
    ['that ends before it begins', { validUntil: instant('2026-11-17T14:00:00Z') }, 'cannot end at'],
    ['in writing on a member’s word', { evidence: { source: 'member', note: 'Said yes' } }, 'no written consent'],
    ['in writing without words', { wording: null }, 'give the words'],
  ])('refuses one %s, and changes nothing', async (_case, given, why) => {
    const refused = await record(written(given));
    expect(refused.ok ? '' : refused.error.message).toContain(why);
    expect(
      await rows('select 1 from consent_event union all select 1 from consent union all select 1 from audit_entry'),
    ).toEqual([]);
  });

  it('takes a row of a file without its proof for a claim', async () => {
    await record(written({ evidence: { source: 'import', file: 'leads.csv', row: 7 }, wording: null }));
    expect(await inForce()).toMatchObject({ state: 'imported_unverified', consentEventId: null });
    await record(written({ evidence: { source: 'import', file: 'leads.csv', row: 7, method: 'form' } }));
    expect(await inForce()).toMatchObject({ state: 'written' });
  });
});

describe('a STOP', () => {
  it('takes every consent back in the transaction of the suppression, and START gives none again', async () => {
    await record(written());
    await record(written({ purpose: 'informational', kind: 'express', wording: null }));
    await stop(hoursAgo(0));
    expect(await inForce()).toMatchObject({ state: 'opted_out', consentEventId: null });
    expect(await inForce('informational')).toMatchObject({ state: 'opted_out' });
    expect((await events())[0]).toMatchObject({
      action: 'revoke',
      purpose: 'all',
      source: 'opt_out',
      recordedBy: 'The person',
      evidence: { reason: 'opt_out', channel: 'sms', said: { text: 'STOP' } },
    });
    await world.clock.advance(HOUR_MS);
    const evidence = { text: 'START' };
    await runTx(database.db, (tx) => liftOptOut(tx, world, { phone: PHONE, saidAt: world.clock.now(), evidence }));
    expect(await rows('select 1 from suppression where lifted_at is null')).toEqual([]);
    expect(await inForce()).toMatchObject({ state: 'opted_out', consentEventId: null });
  });

  it('of somebody who never agreed to anything outlives what is recorded later with an earlier date', async () => {
    await stop(hoursAgo(2));
    await record(written({ occurredAt: hoursAgo(3) }));
    expect(await inForce()).toMatchObject({ state: 'opted_out' });
  });

  it('that is said again counts from then on', async () => {
    await stop(hoursAgo(5));
    await record(written({ occurredAt: hoursAgo(3) }));
    expect(await inForce()).toMatchObject({ state: 'written' });
    await stop(hoursAgo(2));
    expect(await inForce()).toMatchObject({ state: 'opted_out' });
  });

  it('is not undone by a member’s word or a file', async () => {
    await stop(hoursAgo(2));
    const note = { source: 'member', note: 'They changed their mind' } as const;
    const refused = await record(written({ kind: 'express', evidence: note }));
    expect(refused.ok ? '' : refused.error.message).toBe(
      '+16175550123 has opted out, and a member’s word cannot undo that: only what the person did counts, by a form, a text, a signed paper or a recording',
    );
    const earlier = await record(written({ kind: 'express', evidence: note, occurredAt: hoursAgo(9) }));
    expect(earlier.ok).toBe(true);
    expect(await inForce()).toMatchObject({ state: 'opted_out' });
  });

  it('and a consent at once: one is wholly first, and the later word counts', async () => {
    const late = written({ occurredAt: hoursAgo(3) });
    await Promise.all([
      stop(hoursAgo(2)),
      record(late),
      stop(hoursAgo(1)),
      record({ ...late, occurredAt: hoursAgo(1) }),
    ]);
    expect(await inForce()).toMatchObject({ state: 'opted_out' });
    expect(await events()).toHaveLength(4);
  });
});

describe('taking a consent back', () => {
  it.each(['marketing', 'all'] as const)('to %s suppresses the number: campaigns are marketing', async (purpose) => {
    await record(written());
    await record(revoked(purpose));
    expect(await inForce()).toMatchObject({ state: 'opted_out' });
    expect(await rows('select phone, reason, channel from suppression')).toEqual([
      { phone: PHONE, reason: 'opt_out', channel: 'staff' },
    ]);
    expect((await events())[0]).toMatchObject({ action: 'revoke', purpose, source: 'member', recordedBy: 'Ann' });
  });

  it('to informational texts leaves the rest', async () => {
    await record(written());
    await record(revoked('informational'));
    expect(await inForce()).toMatchObject({ state: 'written' });
    expect(await rows('select 1 from suppression')).toEqual([]);
    expect(await rows(`select action from audit_entry order by id desc limit 1`)).toEqual([
      { action: 'consent.revoked' },
    ]);
  });
});

describe('what the claim finds', () => {
  it('is what the events come to, whatever was recorded in whichever order', async () => {
    const told = [
      written({ occurredAt: hoursAgo(9), validUntil: hoursAgo(-9) }),
      revoked('informational', hoursAgo(8)),
      written({ occurredAt: hoursAgo(7), needsConfirmation: true, purpose: 'informational' }),
      { ...revoked('all', hoursAgo(6)), action: 'confirm', purpose: 'informational' } as const,
      { ...revoked('all', hoursAgo(4)), action: 'expire', purpose: 'all' } as const,
      written({ occurredAt: hoursAgo(3), kind: 'express' }),
    ];
    for (const input of [5, 2, 0, 4, 1, 3].flatMap((place) => told[place] ?? [])) {
      expect((await record(input)).ok).toBe(true);
      const facts = await readConsentFacts(database.db, PHONE);
      for (const purpose of ['marketing', 'informational'] as const) {
        const { state, inForce: held } = consentStanding(facts, purpose);
        expect(await inForce(purpose)).toEqual({
          state,
          consentEventId: held?.eventId ?? null,
          kind: held?.kind ?? null,
        });
      }
    }
  });

  it('belongs to the number: it is there before the contact and after it', async () => {
    await record(written());
    const [id = ''] = await insertContacts(database.db, world, [{ phone: PHONE }]);
    await sql`delete from contact where id = ${id}`.execute(database.db);
    expect(await inForce()).toMatchObject({ state: 'written' });
    const [event] = await events();
    expect(await readConsentEvent(database.db, event?.id ?? '')).toEqual(event);
  });
});
