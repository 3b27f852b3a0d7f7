import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { claimTexts, takeLease } from '../../../test/claimed.ts';
import { insertAccount, insertContacts, launchTestCampaign } from '../../../test/fixtures.ts';
import { httpWorld } from '../../../test/http-world.ts';
import { whyLeftOut } from '../../audiences/why-left-out.ts';
import { recordConsent } from '../../compliance/record-consent.ts';
import { createContact } from '../../contacts/create-contact.ts';
import { decideTimeline } from '../../evidence/decide-timeline.ts';
import { erasePerson } from '../../evidence/erase-person.ts';
import { readEvidence } from '../../evidence/read-evidence.ts';
import { runTx } from '../../platform/database.ts';
import { addMs, DAY_MS, type Instant, instant } from '../../platform/time.ts';
import { registerReassignedRoutes } from './reassigned-routes.ts';

/** Ann agreed, Bob wrote, Cal did neither, Dee is opted out. */
const [ANN, BOB, CAL, DEE] = ['+16175550123', '+16175550124', '+16175550125', '+16175550126'] as const;
const world = await httpWorld({ registrars: [registerReassignedRoutes] });
const { database, services, clock } = world;
const { db } = database;
const owner = await world.owner();
await insertContacts(
  db,
  services,
  [ANN, BOB, CAL, DEE].map((phone) => ({ phone })),
);

const agrees = (phone: string, occurredAt: Instant) =>
  runTx(db, (tx) =>
    recordConsent(tx, services, {
      action: 'grant',
      phone,
      purpose: 'marketing',
      kind: 'express_written',
      evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' },
      wording: { text: 'I agree to get offers by text.', version: 'v2', language: 'en' },
      needsConfirmation: false,
      validUntil: null,
      occurredAt,
      by: { actor: 'user:1', name: 'Ann' },
    }),
  );
const account = await insertAccount(db, services, {
  baseUrl: 'http://127.0.0.1:1',
  apiKey: 'k',
  lanes: [{ gatewayRef: 'PN1', phone: '+16175550001' }],
});
// Three in the morning of the 2nd in UTC is still the 1st for the business.
await agrees(ANN, instant('2026-03-02T03:00:00Z'));
const writes = (phone: string, at: string) =>
  sql`
  insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, created_at)
  values (${services.newUuid()}, ${account.id}, ${account.laneIds[0]}, 'inbound', 'inbound', ${phone}, 'Yes, Friday', 'GSM-7', 1, 'received',
    ${at}, ${at})`.execute(db);
await writes(BOB, '2026-05-05T15:00:00Z');
await sql`
  insert into suppression (id, phone, reason, channel, evidence, created_at)
  values (${services.newUuid()}, ${DEE}, 'opt_out', 'sms', '{}', ${clock.now()})`.execute(db);

const reason = async (phone: string): Promise<string | null> => {
  const { rows } = await sql<{ id: string }>`select id from contact where phone = ${phone}`.execute(db);
  const left = await whyLeftOut(db, { contactId: rows[0]?.id ?? '', now: clock.now() });
  if (!left.ok) throw new Error(left.error.message);
  return left.value?.reason ?? null;
};
const ask = (body: object = {}) => owner.post('/v1/reassigned-checks', { audience: { all: true }, ...body });
const answer = (id: string, text: string, query = 'fileName=a.csv&asOf=2026-11-17') =>
  owner.post(`/v1/reassigned-checks/${id}/answers?${query}`, text, { 'content-type': 'application/octet-stream' });
const questions = async (id: string, query = '') =>
  (await owner.get(`/v1/reassigned-checks/${id}/questions${query}`)).json;

let first = '';

it('asks about whoever is chosen and not opted out, with the newest day that shows the number to be theirs', async () => {
  const asked = await ask();
  expect(asked).toMatchObject({
    status: 201,
    json: { state: 'asked', chosen: 'all contacts', questions: 2, undated: 1, ruleVersion: '2026-01', answers: null },
  });
  first = asked.json.id;
  expect(await questions(first)).toBe('6175550123,2026-03-01\r\n6175550124,2026-05-05\r\n');
  expect(await questions(first, '?dateFormat=MM/DD/YYYY&header=true')).toBe(
    'phone,date\r\n6175550123,03/01/2026\r\n6175550124,05/05/2026\r\n',
  );
  expect(await ask({ audience: { tags: ['nobody'] } })).toMatchObject({ status: 409 });
});

it.each([
  ['', /has no answers/],
  ['6175550123,2026-03-01,yes\n', /1 of 2 questions: half a file/],
  ['6175550123,2026-03-01,yes\n617555012X,2026-05-05,no\n', /line 2 \(.*617555012X.*no ten-digit number/],
  ['6175550123,2026-03-01,yes\n6175550124,2026-05-05,perhaps\n', /expected yes, no or no data/],
  ['6175550123,2026-03-01,yes\n6175550124,someday,no\n', /no day like/],
  ['6175550123,2026-03-01,yes\n6175550123,2026-03-01,no\n6175550124,2026-05-05,no\n', /says something else/],
  ['6175550123,2026-03-01,yes\n6175550199,2026-05-05,no\n', /\+16175550199, which was not asked about/],
  ['6175550123,2026-03-02,yes\n6175550124,2026-05-05,no\n', /2026-03-01 was asked about/],
  ['PK\u0003\u0004', /ZIP archive/],
])('a bad file of answers changes nothing: %j', async (text, words) => {
  expect(await answer(first, text)).toMatchObject({ status: 422, json: { detail: expect.stringMatching(words) } });
  expect((await owner.get(`/v1/reassigned-checks/${first}`)).json.state).toBe('asked');
  const { rows } = await sql`select phone from reassigned_number union all
    select phone from reassigned_question where answer is not null`.execute(db);
  expect(rows).toEqual([]);
});

it('refuses answers of the future, and of before the questions', async () => {
  for (const [day, words] of [
    ['2026-11-18', /in the future/],
    ['2026-11-16', /before the questions/],
  ] as const)
    expect(await answer(first, 'x', `fileName=a.csv&asOf=${day}`)).toMatchObject({
      status: 422,
      json: { detail: expect.stringMatching(words) },
    });
});

const ANSWERS = 'Phone,Date,Answer\r\n(617) 555-0123,03/01/2026,Yes\r\n16175550124,20260505,NO\r\n';

it('a number that was given up leaves campaigns at once, also running ones; “no” is kept as evidence', async () => {
  const campaignId = await launchTestCampaign(db, services, { laneIds: account.laneIds, audience: { all: true } });
  const answered = await answer(first, ANSWERS);
  const digest = createHash('sha256').update(ANSWERS).digest('hex');
  expect(answered).toMatchObject({
    status: 201,
    json: { state: 'answered', answers: { yes: 1, no: 1, noData: 0, unanswered: 0, digest, asOf: '2026-11-17' } },
  });
  expect([await reason(ANN), await reason(BOB), await reason(CAL)]).toEqual(['number_reassigned', null, null]);
  const lease = await takeLease(db, services, account.id);
  await claimTexts(db, services, { lease, campaignId, laneId: account.laneIds[0] ?? '' });
  const { rows } = await sql<{ skipReason: string }>`
    select skip_reason from enrollment where campaign_id = ${campaignId} and phone = ${ANN}`.execute(db);
  expect(rows).toEqual([{ skipReason: 'number_reassigned' }]);
  expect(await answer(first, ANSWERS)).toMatchObject({ status: 409 });
  expect((await owner.get(`/v1/reassigned-checks/${first}/record`)).json).toMatch(
    new RegExp(`\\+16175550124,2026-05-05,reply,msg_\\w+,no,2026-11-17T15:00:00Z,2026-11-17,a.csv,${digest}`),
  );
  const evidence = await readEvidence(db, { phone: BOB, now: clock.now(), version: 'test' });
  expect(evidence.reassigned).toMatchObject([
    { knownOn: '2026-05-05', answer: 'no', answersDigest: digest, id: first },
  ]);
  expect(decideTimeline(evidence).map(({ title }) => title)).toContain(
    'Reassigned Numbers Database, whether the number was given up on 2026-05-05 or later: it was not',
  );
});

it('what is not known lets nobody through; a “no” to a newer question does, and so does a new consent', async () => {
  await clock.advance(DAY_MS);
  // Of a number that was given up, no text shows whose it is.
  await writes(ANN, '2026-11-18T14:00:00Z');
  const again = async (word: string, askedAbout = '2026-03-01'): Promise<string | null> => {
    const { id } = (await ask()).json;
    expect(await questions(id)).toBe(`6175550123,${askedAbout}\r\n6175550124,2026-05-05\r\n`);
    const text = `6175550123,${word}\n`;
    await answer(
      id,
      text,
      `fileName=b.csv&asOf=${clock.now().toString().slice(0, 10)}&columns=phone,answer&partial=true`,
    );
    return reason(ANN);
  };
  expect(await again('no data')).toBe('number_reassigned');
  await clock.advance(DAY_MS);
  expect(await again('no')).toBeNull();
  await clock.advance(DAY_MS);
  // Now that the number is known to have been theirs then, what they wrote shows it.
  expect(await again('yes', '2026-11-18')).toBe('number_reassigned');
  await agrees(ANN, addMs(clock.now(), -2 * DAY_MS));
  expect(await reason(ANN)).toBe('number_reassigned');
  await clock.advance(DAY_MS);
  await agrees(ANN, clock.now());
  expect(await reason(ANN)).toBeNull();
  const { id } = (await ask()).json;
  expect(await questions(id)).toContain('6175550123,2026-11-21\r\n');
  expect((await ask({ notAskedForDays: 30 })).json).toMatchObject({
    detail: expect.stringMatching(/neither agreed nor/),
  });
});

it('an erased person’s answers stay under a key, may still come in, and hold when the number comes back', async () => {
  const { id } = (await ask()).json;
  const by = { actor: 'user:1', name: 'Olive' };
  const done = await runTx(db, (tx) => erasePerson(tx, services, { phone: ANN, reason: 'Asked by letter', by }));
  expect(done.ok).toBe(true);
  const gone = await sql`select phone from reassigned_question where phone = ${ANN}
    union all select phone from reassigned_number where phone = ${ANN}`.execute(db);
  expect(gone.rows).toEqual([]);
  const today = clock.now().toString().slice(0, 10);
  const file = '6175550123,2026-11-21,yes\n6175550124,2026-05-05,no\n';
  expect(await answer(id, file, `fileName=c.csv&asOf=${today}`)).toMatchObject({ status: 201 });
  const back = await runTx(db, (tx) => createContact(tx, services, { phone: ANN, by }));
  expect(back.ok).toBe(true);
  const held = await sql`select answer from reassigned_number where phone = ${ANN}`.execute(db);
  expect(held.rows).toEqual([{ answer: 'yes' }]);
});
