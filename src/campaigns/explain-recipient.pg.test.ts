import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerTexts, claimTexts } from '../../test/claimed.ts';
import { insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { heldAccount } from '../../test/held-account.ts';
import type { testWorld } from '../../test/world.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { HOUR_MS, MINUTE_MS } from '../platform/time.ts';
import type { Lease } from '../sending/lease-store.ts';
import { askAgainAt } from '../sending/settle-store.ts';
import { applyDeliveryStatus } from '../webhooks/apply-status.ts';
import { getCampaign } from './campaign-store.ts';
import { type Explanation, explainRecipient } from './explain-recipient.ts';
import { createDraft } from './manage-drafts.ts';

let database: Database;
let world: ReturnType<typeof testWorld>;
let lease: Lease;
let laneIds: readonly Uuid[];
let campaignId: Uuid;
let contactId: Uuid;

/** One person of a campaign for those tagged "roof" in Massachusetts; ten in the morning; a worker holds the account. */
beforeEach(async () => {
  const people = testPhones(1).map((phone) => ({ phone, firstName: 'Ann', state: 'MA', tags: ['roof'] }));
  const held = await heldAccount({ dailyCap: 125, people });
  ({ database, world, lease, laneIds } = held);
  [contactId = ''] = held.contactIds;
  campaignId = await launchTestCampaign(database.db, world, { laneIds, audience: { tags: ['roof'], states: ['MA'] } });
});

const run = (statement: string) => sql.raw(statement).execute(database.db);
const claim = () => claimTexts(database.db, world, { lease, campaignId, laneId: laneIds[0] ?? '' });
async function explain(contact = contactId): Promise<Explanation> {
  const campaign = await getCampaign(database.db, campaignId);
  if (campaign === undefined) throw new Error('no campaign');
  const explained = await explainRecipient(database.db, world.clock, { campaign, contactId: contact });
  if (!explained.ok) throw new Error(explained.error.message);
  return explained.value;
}
const rule = ({ checks }: Explanation, code: string) => checks.find((check) => check.code === code);
describe('somebody who was texted', () => {
  it('has the record of the decision, the exact text, its price, every attempt and what came of it', async () => {
    const texts = await claim();
    await answerTexts(database.db, world, { lease, texts, verdict: { to: 'sent', gatewayMessageId: 'AC1' } });
    const explained = await explain();
    expect(explained.answer).toEqual({
      standing: 'texted',
      code: null,
      sentence: 'Texted; there is no delivery report yet',
      remedy: '',
    });
    expect(explained).toMatchObject({
      variant: 'A',
      lane: { phone: '+16175550001', why: 'most room' },
      text: {
        body: 'Hi Ann, shall we come by? Reply STOP to opt out.',
        encoding: 'GSM-7',
        parts: 1,
        priceCents: 1,
        begun: true,
      },
      attempts: [{ attempt: 1, outcome: 'accepted', worker: 'test' }],
    });
    expect(rule(explained, 'quiet_hours')).toMatchObject({
      sentence: 'Texting was allowed where this person is until Tue 20:00 EST',
      version: expect.stringMatching(/^20/),
      inputs: { closesAt: '2026-11-18T01:00:00Z', zoneGroup: 'MA|America/New_York', holidays: '2026-01' },
    });
    expect(rule(explained, 'frequency_cap')?.inputs).toEqual({ texts: 0, allowed: 3, newestTextAt: null });
    expect(rule(explained, 'lane')?.inputs).toEqual({
      day: '2026-11-17',
      laneTexts: 0,
      laneTextsAllowed: 125,
      why: 'most room',
    });
    const asked = [
      'opted_out',
      'wrong_number',
      'number_reassigned',
      'invalid_number',
      'blocked_lately',
      'toll_free',
      'outside_us',
      'no_zone',
      'do_not_call',
      'do_not_call_registry',
      'do_not_call_stale',
      'number_not_valid',
      'number_landline',
      'number_voip',
      'number_toll_free',
      'number_unverified',
      'consent_taken_back',
      'no_consent',
      'held_for_review',
    ];
    const codes = [...asked, 'quiet_hours', 'frequency_cap', 'lane', 'consent'];
    expect(explained.checks.map((check) => check.code)).toEqual(codes);

    const report = { accountId: lease.accountId, gatewayMessageId: 'AC1', errorCode: undefined, at: world.clock.now() };
    await runTx(database.db, (tx) => applyDeliveryStatus(tx, world, { ...report, status: 'delivered' }));
    expect((await explain()).answer.sentence).toBe('Texted, and the carrier says that it was delivered');
  });

  it('keeps the record of then, whatever the rules say now', async () => {
    const texts = await claim();
    await answerTexts(database.db, world, { lease, texts, verdict: { to: 'sent', gatewayMessageId: 'AC1' } });
    await run(`update contact set number_state = 'invalid', first_name = 'Bob'`);
    await world.clock.advance(12 * HOUR_MS);
    const explained = await explain();
    expect(explained.checks.every((check) => !check.forbids)).toBe(true);
    expect(explained.text?.body).toContain('Hi Ann');
    expect(explained.checkedAt.toString()).toBe('2026-11-17T15:00:00Z');
  });

  it('keeps with each rule what it had looked at, and the price, whatever is true now', async () => {
    const audience = { tags: ['roof'], notContactedDays: 2 };
    campaignId = await launchTestCampaign(database.db, world, { laneIds, name: 'Later', audience });
    await run(`
      update campaign set max_per_hour = 40;
      update lane set parts_per_day = 300, daily_cap = 90;
      update contact set last_campaign_text_at = '2026-11-14T10:00:00Z';
      insert into lane_usage select id, '2026-11-17', 7, 9 from lane`);
    await claim();
    await run(`
      update contact set number_state = 'invalid', zone_group = 'HI|Pacific/Honolulu', phone = '+18085550100';
      update lane set daily_cap = 1; update campaign set max_per_hour = 1, audience = '{"all": true}'`);
    await run(`update message set decision = jsonb_set(decision, '{priceCents}', '3')`);
    const explained = await explain();
    expect(Object.fromEntries(explained.checks.map(({ code, inputs }) => [code, inputs]))).toEqual({
      opted_out: { suppressionId: null },
      wrong_number: { suppressionId: null },
      number_reassigned: {},
      invalid_number: { numberState: 'unverified', suppressionId: null },
      blocked_lately: { until: null },
      toll_free: { areaCode: '617' },
      outside_us: { areaCode: '617' },
      no_zone: { zoneGroup: 'MA|America/New_York' },
      do_not_call: {},
      do_not_call_registry: {},
      do_not_call_stale: {},
      number_not_valid: {},
      number_landline: {},
      number_voip: {},
      number_toll_free: {},
      number_unverified: {},
      consent_taken_back: {},
      no_consent: {},
      held_for_review: { reviewId: null },
      contacted_recently: { days: 2, newestTextAt: null },
      quiet_hours: expect.objectContaining({ zoneGroup: 'MA|America/New_York' }),
      frequency_cap: { texts: 0, allowed: 3, newestTextAt: null },
      lane: {
        day: '2026-11-17',
        laneTexts: 7,
        laneTextsAllowed: 90,
        laneParts: 9,
        lanePartsAllowed: 300,
        why: 'most room',
      },
      pace: { hourTexts: 0, maxPerHour: 40, dayTexts: 0, maxPerDay: null, finishBy: null },
      consent: expect.objectContaining({ purpose: 'marketing', consentId: null }),
    });
    expect(rule(explained, 'toll_free')?.version).toMatch(/^nanp-/);
    expect(explained.text?.priceCents).toBe(3);
  });

  it('has a record of some hundred bytes, one for all who are alike, whatever their area codes', async () => {
    const phones = ['+15085550100', '+17815550100', '+14135550100'];
    await insertContacts(
      database.db,
      world,
      phones.map((phone) => ({ phone, state: 'MA', tags: ['roof'] })),
    );
    campaignId = await launchTestCampaign(database.db, world, { laneIds, name: 'Four', audience: { states: ['MA'] } });
    expect(await claim()).toHaveLength(4);
    const { rows } = await sql<{ records: number; bytes: number }>`
      select count(distinct decision) as records, max(length(decision::text)) as bytes from message`.execute(
      database.db,
    );
    expect(rows).toEqual([{ records: 1, bytes: expect.any(Number) }]);
    expect(rows[0]?.bytes).toBeLessThan(850);
  });

  it('by an earlier version has what that version stored', async () => {
    await claim();
    await run(`update message set decision = '{"v":1,"quietHours":{"table":"2026-01-01","rule":"MA","closesAt":"2026-11-18T01:00:00Z"},
      "frequency":{"texts":1,"allowed":3},"eligibility":["opted_out"],"lane":"most room"}'`);
    const explained = await explain();
    expect(explained.checks.map(({ code, inputs }) => [code, inputs])).toEqual([
      ['opted_out', {}],
      ['quiet_hours', { rule: 'MA', closesAt: '2026-11-18T01:00:00Z' }],
      ['frequency_cap', { texts: 1, allowed: 3 }],
    ]);
    expect(explained.text?.priceCents).toBe(1);
  });

  it('or refused: the reason with its remedy', async () => {
    const texts = await claim();
    const verdict = { to: 'failed', code: '21614', message: 'not mobile' } as const;
    await answerTexts(database.db, world, { lease, texts, verdict });
    expect((await explain()).answer).toEqual({
      standing: 'not_texted',
      code: '21614',
      sentence: 'The number cannot receive texts',
      remedy: 'Ask for another number',
    });
  });
});

/** What is changed, the rule that answers, what it says, and an input. */
const OBSTACLES: readonly [string, string | null, string, string, Readonly<Record<string, unknown>>][] = [
  ['nothing', null, 'select 1', 'It is this person’s turn', {}],
  [
    'a paused campaign',
    'campaign',
    `update campaign set state = 'paused', state_reason = 'Rain'`,
    'is paused',
    { reason: 'Rain' },
  ],
  [
    'a pause of everything',
    'sending',
    `insert into setting values ('sending', '{"version":1,"state":"paused","reason":"Wrong price","since":"2026-11-17T14:00:00Z"}', now())`,
    'paused everywhere: Wrong price',
    {},
  ],
  [
    'a number that was found to be dead',
    'invalid_number',
    `update contact set number_state = 'invalid', number_state_reason = 'carrier'`,
    'Will not be texted: the number cannot receive texts',
    { numberState: 'invalid', numberStateReason: 'carrier' },
  ],
  [
    'an opt-out',
    'opted_out',
    `insert into suppression select '00000000-0000-7000-8000-0000000000aa', phone, 'opt_out', 'sms', '{}', '2026-11-16T10:00:00Z' from contact`,
    'asked not to be texted',
    { suppressionId: '00000000-0000-7000-8000-0000000000aa', reason: 'opt_out', channel: 'sms' },
  ],
  [
    'hours that are over where the person is',
    'quiet_hours',
    `update campaign set window_end_minute = 600`,
    'Quiet hours where this person is: from Wed 09:00 EST',
    { opensAt: '2026-11-18T14:00:00Z', localTimes: ['Tue 10:00 EST (America/New_York)'] },
  ],
  [
    'a gateway that asked for time',
    'not_before',
    `update enrollment set not_before = '2026-11-17T16:00:00Z'`,
    'from Tue 11:00 EST',
    {},
  ],
  [
    'a cap that is used up',
    'lane',
    `insert into lane_usage select id, '2026-11-17', 125 from lane`,
    'begins anew at Wed 00:00',
    {},
  ],
  [
    'a number that is switched off',
    'lane',
    `update lane set state = 'off', state_reason = 'Holiday'`,
    'No number can send',
    {},
  ],
  [
    'a number that is paused',
    'lane',
    `update lane set state = 'paused', state_reason = 'Cap'`,
    'PN1 is paused (Cap)',
    {},
  ],
  [
    'a pace that is used up',
    'pace',
    `update campaign set max_per_hour = 5;
     insert into campaign_pace select id, '2026-11-17T15:00:00Z', 5, '2026-11-17', 5, '2026-11-17T15:00:00Z' from campaign`,
    'pace is used up',
    { maxPerHour: 5, hourTexts: 5 },
  ],
  [
    'texts that lost their point',
    'pointless_after',
    `update campaign set pointless_after = '2026-11-17T14:00:00Z', pointless_action = 'ask'`,
    'pointless since Tue 09:00 EST',
    {},
  ],
];

describe('somebody who waits', () => {
  it.each(OBSTACLES)('because of %s', async (_case, code, change, sentence, inputs) => {
    await run(change);
    const explained = await explain();
    expect(explained.answer).toMatchObject({ standing: 'waits', code, sentence: expect.stringContaining(sentence) });
    expect(explained.answer.remedy).not.toBe('');
    if (code !== null) expect(rule(explained, code)).toMatchObject({ forbids: true, inputs });
    // The one who is told to be next is the one whom the engine takes, and nobody else.
    const engineAsks = !['sending', 'pointless_after', 'pace'].includes(code ?? '');
    if (engineAsks) expect(await claim()).toHaveLength(code === null ? 1 : 0);
  });

  it('because of the texts of 24 hours, until the oldest is a day old, as the claim finds', async () => {
    const other = await launchTestCampaign(database.db, world, { laneIds, name: 'Other' });
    await run(`
      insert into message (id, account_id, lane_id, direction, purpose, enrollment_id, phone, body, encoding, parts, state,
        gateway_message_id, not_before, created_at, attempted_at, step)
      select gen_random_uuid(), '${lease.accountId}', '${laneIds[0]}', 'outbound', 'campaign', e.id, e.phone, 'Hi', 'GSM-7', 1, 'sent',
        'old' || n, '2026-11-17T14:00:00Z', '2026-11-17T14:00:00Z', timestamptz '2026-11-17T14:00:00Z' - n * interval '1 minute', n
      from enrollment e, generate_series(1, 3) n where e.campaign_id = '${other}'`);
    await run(`update contact set last_campaign_text_at = '2026-11-17T13:59:00Z'`);
    const explained = await explain();
    expect(explained.answer).toMatchObject({
      code: 'frequency_cap',
      sentence: 'Had 3 of 3 campaign texts in 24 hours: from Wed 09:00 EST',
    });
    expect(rule(explained, 'frequency_cap')?.inputs).toMatchObject({ texts: 3, allowed: 3 });
    expect(await claim()).toEqual([]);
    const after = await explain();
    expect(after.enrollment?.notBefore.toString()).toBe('2026-11-18T13:57:00Z');
  });

  it('has the text, its size and the number as they would be now', async () => {
    expect(await explain()).toMatchObject({
      text: { body: expect.stringContaining('Hi Ann'), parts: 1, priceCents: 1, begun: false },
      lane: { phone: '+16175550001', why: 'most room' },
      attempts: [],
    });
  });

  it('for the gateway’s sake shows the attempt that came back', async () => {
    const texts = await claim();
    const notBefore = world.clock.now().add({ minutes: 5 });
    const verdict = { to: 'pending', notBefore, detail: 'Retry-After 300' } as const;
    await answerTexts(database.db, world, { lease, texts, verdict });
    const explained = await explain();
    expect(explained.answer.sentence).toBe('The gateway asked for time: from Tue 10:05 EST');
    expect(explained.attempts).toMatchObject([{ outcome: 'throttled', detail: 'Retry-After 300' }]);
  });
});

describe('a text whose answer was lost', () => {
  it('says when the gateway was asked last, what it said, and that it is asked again', async () => {
    const texts = await claim();
    await answerTexts(database.db, world, { lease, texts, verdict: { to: 'unknown', detail: 'time-out' } });
    expect((await explain()).answer.sentence).toBe(
      'The gateway did not say whether it took the text. It is asked right now',
    );
    const askedAt = world.clock.now().add({ seconds: 5 });
    const asked = texts.map(({ messageId, attempt }) => ({ id: messageId, attempts: attempt }));
    await askAgainAt(database.db, lease, asked, { askedAt, at: askedAt.add({ seconds: 30 }), outcome: 'no_answer' });
    await world.clock.advance(10_000);
    const explained = await explain();
    expect(explained.answer.sentence).toBe(
      'The gateway did not say whether it took the text. It was asked last at Tue 10:00:05 EST and did not answer; it is asked again at Tue 10:00:35 EST',
    );
    expect(explained.answer.remedy).toContain('settle it by hand');
    expect(explained.asking).toMatchObject({ outcome: 'no_answer' });
  });
});

describe('somebody who was left out', () => {
  const late = async (phone: string, change: { readonly state?: string; readonly tags?: readonly string[] }) =>
    (await insertContacts(database.db, world, [{ phone, ...change }]))[0] ?? '';

  it('hears the reason, what it rests on, and that it is over when it is', async () => {
    await run(`update enrollment set state = 'skipped', skip_reason = 'opted_out';
      insert into suppression select '00000000-0000-7000-8000-0000000000aa', phone, 'opt_out', 'sms', '{}', '2026-11-16T10:00:00Z' from contact`);
    const explained = await explain();
    expect(explained.answer).toEqual({
      standing: 'not_texted',
      code: 'opted_out',
      sentence: 'Asked not to be texted',
      remedy: 'Only the person can change this, by texting START',
    });
    expect(rule(explained, 'opted_out')?.inputs).toMatchObject({ channel: 'sms' });
    await run(`update suppression set lifted_at = '2026-11-17T14:00:00Z', lifted_evidence = '{}'`);
    expect((await explain()).answer.remedy).toBe('This is not so any more: another campaign can reach this person');
  });

  it('hears which condition of the audience does not hold', async () => {
    const explained = await explain(await late('+16175550002', { state: 'MA', tags: ['flood'] }));
    expect(explained.answer).toMatchObject({
      standing: 'not_in_campaign',
      code: 'audience_tags',
      sentence: 'Does not match the audience: is not tagged roof',
    });
    expect(rule(explained, 'audience_tags')?.inputs).toEqual({ tags: ['flood'] });
    expect(rule(explained, 'audience_states')).toMatchObject({ forbids: false, inputs: { state: 'MA' } });
    expect(explained.enrollment).toBeUndefined();
  });

  it('hears that the campaign was launched before, and can be added', async () => {
    await world.clock.advance(5 * MINUTE_MS);
    const explained = await explain(await late('+16175550002', { state: 'MA', tags: ['roof'] }));
    expect(explained.answer).toEqual({
      standing: 'not_in_campaign',
      code: 'not_enrolled',
      sentence: 'Became a contact at Tue 10:05 EST, after the campaign was launched',
      remedy: 'Add this person to the campaign',
    });
  });

  it('hears of a field that is missing, before anything is sent', async () => {
    const body = 'Hi {first_name}!';
    campaignId = await launchTestCampaign(database.db, world, {
      laneIds,
      variants: [{ label: 'A', weight: 1, body }],
    });
    await run(`update contact set first_name = null`);
    expect((await explain()).answer).toMatchObject({
      standing: 'waits',
      code: 'text',
      sentence: 'Will not be texted: the text needs first_name, which this contact does not have',
    });
    await claim();
    expect((await explain()).answer).toMatchObject({ standing: 'not_texted', code: 'missing_field:first_name' });
  });

  it('is not sent a link of a public shortener that a field brings, and hears which', async () => {
    campaignId = await launchTestCampaign(database.db, world, {
      laneIds,
      variants: [{ label: 'A', weight: 1, body: 'Acme: see {company|acme.example}. Reply STOP to opt out' }],
    });
    await run(`update contact set company = 'https://bit.ly/3xYz'`);
    const sentence = 'the text would have a link of the public shortener bit.ly, which carriers block';
    const remedy = 'Put a link of your own domain into the field that it comes from';
    expect((await explain()).answer).toMatchObject({
      standing: 'waits',
      sentence: `Will not be texted: ${sentence}`,
      remedy,
    });
    await claim();
    expect(await explain()).toMatchObject({
      answer: { standing: 'not_texted', code: 'public_shortener:bit.ly', remedy },
    });
  });

  it('does not exist: that is said', async () => {
    const campaign = await getCampaign(database.db, campaignId);
    if (campaign === undefined) throw new Error('no campaign');
    const unknown = await explainRecipient(database.db, world.clock, { campaign, contactId: world.newUuid() });
    expect(unknown).toMatchObject({ ok: false, error: { kind: 'not_found' } });
  });
});

describe('a draft', () => {
  const draft = async (audience: { readonly tags: readonly string[] } | null) => {
    const input = { name: 'Draft', audience, laneIds, priority: 5, consent: null, createdBy: 'test' };
    const variants = [{ label: 'A', weight: 1, body: 'Hi {first_name|there}' }];
    const created = await runTx(database.db, (tx) => createDraft(tx, world, { ...input, variants }));
    campaignId = created.ok ? created.value.id : '';
  };

  it('would text somebody, and how', async () => {
    await draft({ tags: ['roof'] });
    expect(await explain()).toMatchObject({
      answer: { standing: 'would_be_texted', sentence: 'Would be texted, if the campaign was launched now' },
      text: { body: 'Hi Ann', begun: false },
      variant: 'A',
    });
    await world.clock.advance(14 * HOUR_MS);
    expect((await explain()).answer.sentence).toBe(
      'Would be texted, though not at once: quiet hours where this person is: from Wed 09:00 EST',
    );
  });

  it('would not text somebody, and why not', async () => {
    await draft({ tags: ['flood'] });
    expect((await explain()).answer).toMatchObject({ standing: 'would_not_be_texted', code: 'audience_tags' });
    await draft({ tags: ['roof'] });
    await run(`update contact set number_state = 'invalid'`);
    expect((await explain()).answer).toMatchObject({ standing: 'would_not_be_texted', code: 'invalid_number' });
    await draft(null);
    expect((await explain()).answer.sentence).toBe('Would not be texted: no audience is chosen');
  });
});
