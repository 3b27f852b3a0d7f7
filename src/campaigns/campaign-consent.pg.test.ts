import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { claimTexts } from '../../test/claimed.ts';
import { dncWorld } from '../../test/dnc-world.ts';
import { AS_IT_IS, insertContacts, testPhones } from '../../test/fixtures.ts';
import { heldAccount } from '../../test/held-account.ts';
import type { testWorld } from '../../test/world.ts';
import { previewAudience } from '../audiences/preview-audience.ts';
import type { ConsentToAppend } from '../compliance/append-consent.ts';
import type { ConsentPurpose } from '../compliance/consent.ts';
import { askedConsent, type ConsentPolicy } from '../compliance/consent-policy.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import { liftOptOut } from '../compliance/suppress.ts';
import { type Database, runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { addMs, HOUR_MS, type Instant } from '../platform/time.ts';
import type { Lease } from '../sending/lease-store.ts';
import { addPeople } from './add-people.ts';
import type { Campaign } from './campaign.ts';
import { enrollAudience } from './enroll-store.ts';
import { explainRecipient } from './explain-recipient.ts';
import { launchCampaign } from './launch-campaign.ts';
import { type CampaignChange, createDraft, updateDraft } from './manage-drafts.ts';
import { readWaitingFacts } from './read-waiting.ts';
import { reviewCampaign } from './review-campaign.ts';
import { waitingFor } from './waiting.ts';
import { waiveConsent, withdrawConsentWaiver } from './waive-consent.ts';

const PHONES = testPhones(6);
const [WRITTEN = '', EXPRESS = '', ENDED = '', TAKEN_BACK = '', NOTHING = '', REMINDERS = ''] = PHONES;
const DANA = { actor: 'user:1', name: 'Dana' };

let database: Database;
let world: ReturnType<typeof testWorld>;
let lease: Lease;
let laneIds: readonly Uuid[];
let contactIds: readonly Uuid[];

type Grant = Partial<ConsentToAppend & { readonly action: 'grant' }>;
const ago = (hours: number): Instant => addMs(world.clock.now(), -hours * HOUR_MS);
const agree = (phone: string, change: Grant = {}) =>
  runTx(database.db, (tx) =>
    recordConsent(tx, world, {
      action: 'grant',
      phone,
      purpose: 'marketing',
      kind: 'express_written',
      evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' },
      wording: { text: 'I agree.', version: 'v2', language: null },
      needsConfirmation: false,
      validUntil: null,
      occurredAt: ago(100),
      by: DANA,
      ...change,
    }),
  );
const takeBack = (phone: string, purpose: ConsentPurpose | 'all' = 'all') =>
  runTx(database.db, async (tx) => {
    const evidence = { source: 'member', note: 'Said so on the phone' } as const;
    const happened = { phone, evidence, occurredAt: ago(1), by: DANA };
    await recordConsent(tx, world, { action: 'revoke', purpose, ...happened });
  });
/** START lets texts through again, and gives no consent back. */
const startAgain = (phone: string) =>
  runTx(database.db, (tx) => liftOptOut(tx, world, { phone, evidence: { text: 'START' }, saidAt: world.clock.now() }));

/** Of the national do-not-call registry, on which is none of them. */
const registry = async (): Promise<Uuid> => {
  const dnc = dncWorld(database.db, world);
  const list = await dnc.create('national');
  const uploaded = await dnc.upload(list, '2015550100\n');
  if (!uploaded.ok) throw new Error(uploaded.error.message);
  return list;
};
const retireLists = () =>
  sql`update dnc_list set retired_at = ${world.clock.now()}, name = 'of before'`.execute(database.db);

beforeEach(async () => {
  const people = PHONES.map((phone) => ({ phone, state: 'MA' }));
  ({ database, world, lease, laneIds, contactIds } = await heldAccount({ people }));
  await agree(WRITTEN);
  await agree(EXPRESS, { kind: 'express', wording: null });
  await agree(ENDED, { validUntil: ago(1) });
  await agree(TAKEN_BACK);
  await takeBack(TAKEN_BACK);
  await startAgain(TAKEN_BACK);
  await agree(REMINDERS, { purpose: 'informational', kind: 'express', wording: null });
  await registry();
});

const draftWith = async (consent?: ConsentPolicy | null): Promise<Campaign> => {
  const created = await runTx(database.db, (tx) =>
    createDraft(tx, world, {
      name: 'Spring',
      audience: { all: true },
      variants: [{ label: 'A', weight: 1, body: 'Hi' }],
      laneIds,
      createdBy: 'test',
      ...(consent === undefined ? {} : { consent }),
    }),
  );
  if (!created.ok) throw new Error(created.error.message);
  return created.value;
};
const orderOf = ({ id, revision }: Campaign) => ({ id, shownId: showId('campaign', id), revision });
const launch = (campaign: Campaign) =>
  runTx(database.db, (tx) =>
    launchCampaign(tx, world, {
      ...orderOf(campaign),
      confirmName: campaign.name,
      acknowledgement: AS_IT_IS,
      actor: 'user:1',
    }),
  );
const waive = (campaign: Campaign, people: number) =>
  runTx(database.db, (tx) =>
    waiveConsent(tx, world, { ...orderOf(campaign), people, reason: 'They asked for it at the counter', by: DANA }),
  );
const granted = <T>(
  outcome:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: Error | { readonly message: string } },
): T => {
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
};
const refusalOf = (outcome: { readonly ok: boolean; readonly error?: { readonly message: string } }): string =>
  outcome.error?.message ?? 'it went through';
const enrolled = async () => {
  const { rows } = await sql<{ phone: string; what: string }>`
    select phone, coalesce(skip_reason, case when consent_waived then 'waived' else state end) as what from enrollment`.execute(
    database.db,
  );
  return Object.fromEntries(rows.map(({ phone, what }) => [phone, what]));
};
const claim = (campaignId: Uuid) => claimTexts(database.db, world, { lease, campaignId, laneId: laneIds[0] ?? '' });

describe('the consent policy of a campaign', () => {
  it.each<[string, ConsentPolicy | null | undefined, readonly string[]]>([
    ['is marketing when nothing is said: in writing', undefined, [WRITTEN]],
    ['informational: what was given for such texts', { policy: 'informational', kinds: null }, [REMINDERS]],
    ['custom: any of the kinds named', { policy: 'custom', kinds: ['express', 'express_written'] }, [WRITTEN, EXPRESS]],
    ['of before asks for none', null, PHONES],
  ])('%s', async (_case, policy, textable) => {
    const campaign = await draftWith(policy);
    const beyondLaw = campaign.consent?.policy === 'custom' ? 1 : 0;
    const ready = beyondLaw === 0 ? campaign : granted(await waive(campaign, beyondLaw));
    const preview = await previewAudience(
      database.db,
      { all: true },
      world.clock.now(),
      askedConsent(campaign.consent, { now: world.clock.now(), waived: false }),
    );
    expect(preview).toMatchObject({ matched: 6, textable: textable.length, withoutConsent: beyondLaw });
    granted(await launch(ready));
    const outcome = await enrolled();
    for (const phone of PHONES)
      expect([phone, outcome[phone]]).toEqual([
        phone,
        textable.includes(phone) ? 'pending' : phone === TAKEN_BACK ? 'consent_taken_back' : 'no_consent',
      ]);
    const prepared = await claim(campaign.id);
    expect(prepared.map(({ phone }) => phone).toSorted()).toEqual([...textable].toSorted());
  });

  it('is asked again by the claim: a consent that ended or was taken back since the launch is none', async () => {
    await agree(NOTHING, { purpose: 'informational', validUntil: addMs(world.clock.now(), HOUR_MS) });
    const campaign = granted(await launch(await draftWith({ policy: 'informational', kinds: null })));
    expect(await enrolled()).toMatchObject({ [REMINDERS]: 'pending', [NOTHING]: 'pending' });
    await takeBack(REMINDERS, 'informational');
    await world.clock.advance(HOUR_MS);
    expect(await claim(campaign.id)).toEqual([]);
    expect(await enrolled()).toMatchObject({ [REMINDERS]: 'consent_taken_back', [NOTHING]: 'no_consent' });
  });

  it('is named with what it looked at, for who is left out and for who was texted', async () => {
    const campaign = granted(await launch(await draftWith()));
    await claim(campaign.id);
    const explained = async (index: number) => {
      const asked = { campaign, contactId: contactIds[index] ?? '' };
      return granted(await explainRecipient(database.db, world.clock, asked));
    };
    const express = await explained(1);
    expect(express.answer).toMatchObject({ standing: 'not_texted', code: 'no_consent' });
    expect(express.checks.find(({ code }) => code === 'no_consent')).toMatchObject({
      forbids: true,
      sentence: 'Has not agreed as the campaign’s policy asks',
      inputs: { asked: ['express_written'], purpose: 'marketing', state: 'express', kind: 'express' },
    });
    const written = await explained(0);
    expect(written.checks.find(({ code }) => code === 'consent')?.sentence).toMatch(
      /^Express written consent of .* from web form v2; the campaign’s policy was marketing$/,
    );
  });

  it.each<readonly [string, ConsentPolicy, number, number]>([
    ['marketing', { policy: 'marketing', kinds: null }, 0, 1],
    ['custom with less than the law asks', { policy: 'custom', kinds: ['express', 'express_written'] }, 1, 1],
    ['custom without what the law asks', { policy: 'custom', kinds: ['express'] }, 1, 0],
  ])('asks of whoever joins later what the law asks: %s', async (_case, policy, beyondLaw, added) => {
    const draft = await draftWith(policy);
    const campaign = granted(await launch(beyondLaw === 0 ? draft : granted(await waive(draft, beyondLaw))));
    const people = ['+16175550191', '+16175550192', '+16175550193'];
    const [written = '', express = ''] = people;
    await agree(written);
    await agree(express, { kind: 'express', wording: null });
    const later = await insertContacts(
      database.db,
      world,
      people.map((phone) => ({ phone, state: 'MA' })),
    );
    const who = { kind: 'contacts', contactIds: later } as const;
    const of = { campaign, contactId: later[1] ?? '' };
    const whyNot = () => explainRecipient(database.db, world.clock, of).then(granted);
    const before = await whyNot();
    expect(before.answer).toMatchObject({ standing: 'not_in_campaign', code: 'no_consent' });
    expect(before.checks.find(({ code }) => code === 'consent')?.sentence).toMatch(
      added === 0
        ? /and so nobody after its launch$/
        : /the campaign asks for express written consent to marketing texts$/,
    );
    const joined = await runTx(database.db, (tx) =>
      addPeople(tx, world, { campaignId: campaign.id, who, actor: 'user:2 (manager)' }),
    );
    expect(granted(joined)).toMatchObject({ added, leftOut: [{ reason: 'no_consent', count: 3 - added }] });
    expect(await enrolled()).toMatchObject({ [express]: 'no_consent' });
    expect((await whyNot()).answer).toMatchObject({ code: 'no_consent' });
    expect((await claim(campaign.id)).map(({ phone }) => phone)).not.toContain(express);
  });
});

describe('people who have not agreed', () => {
  it('are the ones whom the owner saw: of as many others nobody gave a word', async () => {
    const opened = granted(await waive(await draftWith(), 4));
    await sql`delete from contact where phone in (${EXPRESS}, ${REMINDERS})`.execute(database.db);
    const [stranger] = await insertContacts(database.db, world, [{ phone: '+16175550198', state: 'MA' }]);
    const unseen =
      /^campaign "Spring" cannot be launched: 1 person has not agreed .* came to the audience after the reason/;
    expect((await reviewCampaign(database.db, world, opened)).problems).toMatchObject([{ field: 'audience' }]);
    expect(refusalOf(await launch(opened))).toMatch(unseen);
    // Fewer of those are texted as well.
    await sql`delete from contact where id = ${stranger}`.execute(database.db);
    granted(await launch(opened));
    expect(Object.values(await enrolled()).filter((state) => state === 'waived')).toHaveLength(2);
    expect((await sql`select 1 from waived_person`.execute(database.db)).rows).toEqual([]);
  });

  it('come in beside the launch, and are left out', async () => {
    const opened = granted(await waive(await draftWith(), 4));
    const [stranger] = await insertContacts(database.db, world, [{ phone: '+16175550198', state: 'MA' }]);
    await runTx(database.db, (tx) => enrollAudience(tx, opened, world.clock.now()));
    expect(stranger).toBeDefined();
    expect(await enrolled()).toMatchObject({ '+16175550198': 'no_consent', [EXPRESS]: 'waived' });
  });

  it('are texted by an owner’s word about as many, which is kept and told; whoever took it back stays out', async () => {
    const draft = await draftWith();
    expect(refusalOf(await waive(draft, 3))).toContain('4 people of campaign "Spring" have not agreed by now, and 3');
    const opened = granted(await waive(draft, 10));
    expect(opened.consentWaiver).toMatchObject({ people: 4, by: 'Dana', reason: 'They asked for it at the counter' });
    const review = await reviewCampaign(database.db, world, opened);
    expect(review.audience).toMatchObject({ textable: 5, withoutConsent: 4 });
    expect(review.problems).toEqual([]);
    const campaign = granted(await launch(opened));
    expect(await enrolled()).toEqual({
      [WRITTEN]: 'pending',
      [EXPRESS]: 'waived',
      [ENDED]: 'waived',
      [TAKEN_BACK]: 'consent_taken_back',
      [NOTHING]: 'waived',
      [REMINDERS]: 'waived',
    });
    await takeBack(NOTHING);
    await startAgain(NOTHING);
    await takeBack(WRITTEN, 'informational');
    const prepared = await claim(campaign.id);
    expect(prepared.map(({ phone }) => phone).toSorted()).toEqual([WRITTEN, EXPRESS, ENDED, REMINDERS].toSorted());
    const { rows } = await sql<{ consent: unknown }>`
      select decision -> 'consent' as consent from message where phone = ${ENDED}`.execute(database.db);
    const asked = { policy: 'marketing', ruleVersion: '2026-01' };
    expect(rows).toEqual([{ consent: { purpose: 'marketing', kind: null, ...asked, waived: true } }]);
    const { rows: audit } = await sql`
      select action, detail -> 'people' as people, detail -> 'withoutConsent' as launched from audit_entry
      where action in ('campaign.consent_waived', 'campaign.launched') order by action`.execute(database.db);
    expect(audit).toEqual([
      { action: 'campaign.consent_waived', people: 4, launched: null },
      { action: 'campaign.launched', people: null, launched: 4 },
    ]);
  });

  it('are not texted when there are more of them than the word was about', async () => {
    const opened = granted(await waive(await draftWith(), 4));
    await insertContacts(database.db, world, [{ phone: '+16175550199', state: 'MA' }]);
    expect(refusalOf(await launch(opened))).toContain(
      '5 people have not agreed as the law asks of such texts; the reason was given for 4',
    );
  });

  it('are not texted by a custom policy that takes less than the law, until an owner gives a reason', async () => {
    const draft = await draftWith({ policy: 'custom', kinds: ['express'] });
    expect(refusalOf(await launch(draft))).toContain('1 person has not agreed as the law asks of such texts; an owner');
    granted(await launch(granted(await waive(draft, 1))));
    expect(await enrolled()).toMatchObject({ [EXPRESS]: 'pending', [WRITTEN]: 'no_consent', [NOTHING]: 'no_consent' });
  });

  it('lose the word with another policy, other people or other words, which is told; and when it is withdrawn', async () => {
    const opened = granted(await waive(await draftWith(), 4));
    const edited = async (draft: Campaign, change: CampaignChange) =>
      granted(
        await runTx(database.db, (tx) =>
          updateDraft(tx, world, { ...orderOf(draft), change, actor: 'user:2 (manager)' }),
        ),
      );
    const same = await edited(opened, {
      name: 'Summer',
      audience: { all: true },
      variants: [{ label: 'B', weight: 2, body: 'Hi' }],
    });
    expect(same.consentWaiver).not.toBeNull();
    let latest = same;
    const changes: readonly CampaignChange[] = [
      { consent: { policy: 'informational', kinds: null } },
      { audience: { states: ['MA'] } },
      { variants: [{ label: 'A', weight: 1, body: '50% OFF everything!' }] },
      {
        variants: [
          { label: 'A', weight: 1, body: '50% OFF everything!' },
          { label: 'B', weight: 1, body: 'Hi' },
        ],
      },
    ];
    for (const change of changes) {
      const changed = await edited(latest, change);
      expect([change, changed.consentWaiver]).toEqual([change, null]);
      latest = granted(await waive(changed, 6));
    }
    const { rows } = await sql`
      select actor, detail from audit_entry where action = 'campaign.consent_waiver_withdrawn' order by detail -> 'fields'`.execute(
      database.db,
    );
    const told = (field: string) => ({ actor: 'user:2 (manager)', detail: { name: 'Summer', fields: [field] } });
    expect(rows).toEqual([told('audience'), told('consent'), told('variants'), told('variants')]);
    const withdrawn = await runTx(database.db, (tx) =>
      withdrawConsentWaiver(tx, world, { ...orderOf(latest), by: DANA }),
    );
    expect(granted(withdrawn).consentWaiver).toBeNull();
  });
});

describe('without any list of the national do-not-call registry', () => {
  const REMEDY =
    'left out: they have not agreed in writing, and the do-not-call registry’s list in which to look them up is missing or too old. Upload the newest file of the national registry under Compliance, Do-not-call lists (textwright dnc upload)';

  it('nobody is texted cold by an owner’s word, which the review explains; who agreed in writing or is exempt is', async () => {
    await retireLists();
    await sql`
      insert into dnc_exemption (id, phone, kind, reason, valid_from, valid_until, rule_version, actor, recorded_by, created_at)
      values (${world.newUuid()}, ${EXPRESS}, 'purchase', 'Roof of 2026', ${ago(9)}, ${ago(-9)}, 'x', 'user:1', 'Ann', ${ago(9)})`.execute(
      database.db,
    );
    const draft = await draftWith();
    expect((await reviewCampaign(database.db, world, draft)).audience.excluded).toContainEqual(
      expect.objectContaining({ reason: 'no_consent', count: 4 }),
    );
    const opened = granted(await waive(draft, 4));
    const review = await reviewCampaign(database.db, world, opened);
    expect(review.audience).toMatchObject({ textable: 2, withoutConsent: 1 });
    expect(review.warnings).toContainEqual({
      field: 'audience',
      message: expect.stringContaining(`3 people are ${REMEDY}`),
    });
    const campaign = granted(await launch(opened));
    expect(await enrolled()).toMatchObject({
      [WRITTEN]: 'pending',
      [EXPRESS]: 'waived',
      [ENDED]: 'do_not_call_stale',
      [NOTHING]: 'do_not_call_stale',
    });
    expect((await claim(campaign.id)).map(({ phone }) => phone).toSorted()).toEqual([WRITTEN, EXPRESS].toSorted());
  });

  it('a campaign of cold people alone is not launched, and says what to do', async () => {
    await retireLists();
    const draft = await draftWith({ policy: 'custom', kinds: ['express'] });
    expect(refusalOf(await launch(draft))).toContain(`1 person is ${REMEDY}`);
  });

  it('asks it of no informational campaign', async () => {
    await retireLists();
    const draft = await draftWith({ policy: 'informational', kinds: null });
    const campaign = granted(await launch(granted(await waive(draft, 4))));
    expect(await claim(campaign.id)).toHaveLength(5);
  });

  it('whoever is in a campaign by an owner’s word waits for one, which the campaign says', async () => {
    const campaign = granted(await launch(granted(await waive(await draftWith(), 4))));
    await retireLists();
    expect((await claim(campaign.id)).map(({ phone }) => phone)).toEqual([WRITTEN]);
    expect(waitingFor(await readWaitingFacts(database.db, world.clock, campaign))).toMatchObject({
      code: 'do_not_call_stale',
      sentence:
        'There is no list of the national do-not-call registry: 4 people wait for one, since nobody knows whether they are on it',
      action: { link: '/compliance/do-not-call' },
    });
    await registry();
    expect(await claim(campaign.id)).toHaveLength(4);
  });
});
