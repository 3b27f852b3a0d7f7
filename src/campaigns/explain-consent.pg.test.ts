import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { claimTexts } from '../../test/claimed.ts';
import { launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { heldAccount } from '../../test/held-account.ts';
import type { testWorld } from '../../test/world.ts';
import type { ConsentToRecord } from '../compliance/append-consent.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { DAY_MS, HOUR_MS, instant } from '../platform/time.ts';
import type { Lease } from '../sending/lease-store.ts';
import { getCampaign } from './campaign-store.ts';
import { explainRecipient } from './explain-recipient.ts';

const PHONES = testPhones(3);
let database: Database;
let world: ReturnType<typeof testWorld>;
let lease: Lease;
let laneIds: readonly Uuid[];
let campaignId: Uuid;
let contactIds: readonly Uuid[];

/** Three people of a campaign; ten in the morning; a worker holds the account. */
beforeEach(async () => {
  const people = PHONES.map((phone) => ({ phone, state: 'MA' }));
  ({ database, world, lease, laneIds, contactIds } = await heldAccount({ people }));
  campaignId = await launchTestCampaign(database.db, world, { laneIds, audience: { all: true } });
});

const given = (change: Partial<ConsentToRecord & { readonly action: 'grant' }> = {}) =>
  runTx(database.db, (tx) =>
    recordConsent(tx, world, {
      action: 'grant',
      phone: PHONES[0] ?? '',
      purpose: 'marketing',
      kind: 'express_written',
      evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' },
      wording: { text: 'I agree.', version: 'v2', language: null },
      needsConfirmation: false,
      validUntil: null,
      occurredAt: instant('2026-05-03T18:30:00Z'),
      by: { actor: 'user:1', name: 'Ann' },
      ...change,
    }),
  );
const takenBack = () =>
  runTx(database.db, (tx) =>
    recordConsent(tx, world, {
      action: 'expire',
      phone: PHONES[0] ?? '',
      purpose: 'all',
      evidence: { source: 'member', note: 'The number changed hands' },
      occurredAt: world.clock.now(),
      by: { actor: 'user:1', name: 'Ann' },
    }),
  );
const claim = () => claimTexts(database.db, world, { lease, campaignId, laneId: laneIds[0] ?? '' });
const consentOf = async (contactId = contactIds[0]) => {
  const campaign = await getCampaign(database.db, campaignId);
  if (campaign === undefined || contactId === undefined) throw new Error('no campaign');
  const explained = await explainRecipient(database.db, world.clock, { campaign, contactId });
  if (!explained.ok) throw new Error(explained.error.message);
  return explained.value.checks.find(({ code }) => code === 'consent');
};
const records = async () => {
  const { rows } = await sql<{ phone: string; consentEventId: Uuid | null; consent: unknown }>`
    select phone, consent_event_id, decision -> 'consent' as consent from message order by phone`.execute(database.db);
  return rows;
};

describe('a text that was begun', () => {
  it('keeps the consent that was in force then, and its kind, whatever became of it', async () => {
    await given();
    await given({ phone: PHONES[1] ?? '', kind: 'express', wording: null });
    await claim();
    await world.clock.advance(HOUR_MS);
    await takenBack();
    expect(await records()).toEqual([
      {
        phone: PHONES[0],
        consentEventId: expect.any(String),
        consent: { purpose: 'marketing', kind: 'express_written' },
      },
      { phone: PHONES[1], consentEventId: expect.any(String), consent: { purpose: 'marketing', kind: 'express' } },
      { phone: PHONES[2], consentEventId: null, consent: { purpose: 'marketing', kind: null } },
    ]);
    const [first] = await records();
    expect(await consentOf()).toMatchObject({
      forbids: false,
      sentence: 'Express written consent of 3 May 2026 from web form v2; the campaign’s policy did not ask for it',
      inputs: {
        purpose: 'marketing',
        consentId: first?.consentEventId,
        kind: 'express_written',
        givenAt: '2026-05-03T18:30:00Z',
        source: 'web_form',
        wordingVersion: 'v2',
        validUntil: null,
      },
    });
    expect((await consentOf(contactIds[2]))?.sentence).toBe(
      'No consent was in force; the campaign’s policy did not ask for it',
    );
  });

  it.each<[string, Parameters<typeof given>[0]]>([
    ['for another purpose', { purpose: 'informational' }],
    ['that has ended', { validUntil: instant('2026-11-17T15:00:00Z') }],
    ['that waits for its confirmation', { needsConfirmation: true, occurredAt: instant('2026-11-17T14:00:00Z') }],
    ['that a file claims', { evidence: { source: 'import', file: 'leads.csv', row: 2 }, wording: null }],
  ])('rests on no consent %s', async (_case, change) => {
    expect((await given(change)).ok).toBe(true);
    await claim();
    expect((await records())[0]).toMatchObject({ consentEventId: null, consent: { kind: null } });
  });

  it('by an earlier version has no word about it', async () => {
    await claim();
    await sql`update message set decision = decision - 'consent'`.execute(database.db);
    expect(await consentOf()).toBeUndefined();
  });
});

describe('a text that waits', () => {
  it('says what holds now, and that nothing asks for it', async () => {
    const says = async () => (await consentOf())?.sentence;
    const nothingAsks = '; the campaign’s policy does not ask for it';
    expect(await says()).toBe(`No consent is recorded${nothingAsks}`);
    await given({ evidence: { source: 'import', file: 'leads.csv', row: 2 }, wording: null });
    expect(await says()).toBe(`An import claims a consent of 3 May 2026 without proof${nothingAsks}`);
    await given({ needsConfirmation: true, occurredAt: world.clock.now() });
    expect(await says()).toBe(`An opt-in of 17 November 2026 waits for the person’s confirmation${nothingAsks}`);
    await world.clock.advance(4 * DAY_MS);
    expect(await says()).toBe(`The consent ended on 20 November 2026${nothingAsks}`);
    await given({ occurredAt: world.clock.now() });
    expect(await says()).toBe(`Express written consent of 21 November 2026 from web form v2${nothingAsks}`);
    await takenBack();
    expect(await says()).toBe(`The consent ended on 21 November 2026${nothingAsks}`);
  });
});
