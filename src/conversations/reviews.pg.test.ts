import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimNow, takeLease } from '../../test/claimed.ts';
import { enrollmentStates, insertAccount, insertContacts, launchTestCampaign } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { whyLeftOut } from '../audiences/why-left-out.ts';
import { putSetting } from '../business/business-store.ts';
import { getCampaign } from '../campaigns/campaign-store.ts';
import { explainRecipient } from '../campaigns/explain-recipient.ts';
import { warmUpClassifier } from '../compliance/opt-out.ts';
import type { ReviewDecision } from '../compliance/opt-out-review-store.ts';
import { whyKept } from '../compliance/opt-out-words.ts';
import { readConfirmationTimes } from '../compliance/report-opt-outs.ts';
import { changeReviewSettings, getReviewSettings } from '../compliance/review-settings.ts';
import { manualClock } from '../platform/clock.ts';
import { type Database, runTx } from '../platform/database.ts';
import { type Uuid, uuidSource } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { seededRandom } from '../platform/random.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import { claimCampaign } from '../sending/claim.ts';
import { endOverdueReviews } from './end-overdue-reviews.ts';
import type { InboundText } from './inbound.ts';
import { listReviews } from './list-reviews.ts';
import { recordAnswers, recordInbound } from './record-inbound.ts';
import { decideReview } from './settle-review.ts';
import { updateConversation } from './update-conversation.ts';

const PERSON = '+16175550123';
const OTHER = '+16175550124';
const BY = { actor: 'user:1', name: 'Ann' };
/** The default of the sending policy. */
const TEXTS_A_DAY = 3;
/** Tier 3: a bare refusal, of the offer or of the texts. */
const UNCLEAR = 'no';

/** Compiling the patterns takes longer on a busy machine than a transaction may be idle. */
beforeAll(warmUpClassifier);

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

/** Two people wait in a campaign, at eleven in the morning. */
async function reviewWorld() {
  const { db } = database;
  const clock = manualClock(instant('2026-11-17T16:00:00Z'));
  const random = seededRandom(1);
  const world = {
    clock,
    newUuid: uuidSource({ clock, random }),
    secrets: secretsWithKey(random.bytes(32), random),
    database,
    log: createLog({ level: 'silent' }),
  };
  const contacts = [PERSON, OTHER].map((phone) => ({ phone, state: 'MA' }));
  const [personId = ''] = await insertContacts(db, world, contacts);
  const account = await insertAccount(db, world, {
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'test-key',
    lanes: [
      { gatewayRef: 'PNtest01', phone: '+16175550001' },
      { gatewayRef: 'PNtest02', phone: '+16175550002' },
    ],
  });
  const [laneId = ''] = account.laneIds;
  const receiver = { id: account.id, kind: 'quo', environment: 'sandbox' } as const;
  let texts = 0;
  const textOf = (text: string, said: Partial<InboundText> = {}): InboundText => {
    texts += 1;
    const to = ['+16175550001'];
    const sent = { eventId: `EV${texts}`, gatewayMessageId: `MSG${texts}`, from: PERSON, to, laneRef: 'PNtest01' };
    return { type: 'message_received', ...sent, text, media: [], at: clock.now(), ...said };
  };
  const hear = (text: string, said: Partial<InboundText> = {}) =>
    runTx(db, (tx) => recordInbound(tx, world, receiver, textOf(text, said)));
  const lease = await takeLease(db, world, account.id);
  const launch = () => launchTestCampaign(db, world, { laneIds: account.laneIds });
  /** The numbers to which a claim begins texts now. */
  const claimed = async (campaignId: Uuid): Promise<readonly string[]> => {
    const claim = await claimNow(db, world, { lease, campaignId, laneId });
    if (claim === undefined) return [];
    const deps = { db, newUuid: world.newUuid, reach: () => undefined, known: { standing: undefined } };
    const { prepared } = await claimCampaign(deps, lease, claim, clock.now());
    return prepared.map(({ phone }) => phone).toSorted();
  };
  const decide = async (decision: ReviewDecision) => {
    const [review] = await reviews();
    return runTx(db, (tx) => decideReview(tx, world, { id: review?.id ?? '', decision, by: BY }));
  };
  return { ...world, db, personId, receiver, textOf, hear, launch, claimed, decide };
}

interface Review {
  readonly id: Uuid;
  readonly decision: string | null;
  readonly decidedHow: string | null;
}
/** The newest first. */
const reviews = async (): Promise<readonly Review[]> =>
  (
    await sql<Review>`select id, decision, decided_how from opt_out_review order by opened_at desc, id desc`.execute(
      database.db,
    )
  ).rows;
const overdue = async (now: Instant): Promise<boolean> =>
  (await sql`select from opt_out_review where decided_at is null and due_at <= ${now}`.execute(database.db)).rows
    .length > 0;
const outcome = async () => (await reviews()).map(({ decision, decidedHow }) => [decision, decidedHow]);
const suppressions = async () =>
  (
    await sql<{
      reason: string;
      channel: string;
    }>`select reason, channel from suppression where lifted_at is null`.execute(database.db)
  ).rows;

describe('a reply that may be an opt-out', () => {
  it('holds its number in campaigns that run and in those that begin, until a person finds that it was none', async () => {
    const { db, hear, launch, claimed, decide, clock } = await reviewWorld();
    const running = await launch();
    await hear(UNCLEAR);
    expect(await claimed(running)).toEqual([OTHER]);
    const begun = await launch();
    expect(await enrollmentStates(db, begun)).toEqual({ pending: 2 });
    expect(await claimed(begun)).toEqual([OTHER]);
    await clock.advance(HOUR_MS);
    expect([await claimed(running), await claimed(begun)]).toEqual([[], []]);
    expect(await decide('not_opt_out')).toMatchObject({ ok: true });
    expect([await claimed(running), await claimed(begun)]).toEqual([[PERSON], [PERSON]]);
    expect(await outcome()).toEqual([['not_opt_out', 'person']]);
    const { rows } = await sql`
      select action, actor, detail ->> 'undecidedSeconds' as seconds from audit_entry where action like 'opt_out_review%' order by at`.execute(
      db,
    );
    expect(rows).toEqual([
      { action: 'opt_out_review.opened', actor: 'contact', seconds: null },
      { action: 'opt_out_review.decided', actor: 'user:1', seconds: '3600' },
    ]);
  });

  it('is shown with the words that speak for an opt-out, and how likely they make it, where no rule finds one', async () => {
    const { db, hear } = await reviewWorld();
    await hear('I would just as soon not be getting any of these on Sundays or ever');
    const page = await listReviews(db, { view: 'open', cursor: undefined, limit: 10 });
    expect(page.ok && page.value.data.map(whyKept)).toEqual([
      expect.stringMatching(/^"[a-z ]+" is worded like replies that ask to stop, .* \(likelihood \d+ %\)$/),
    ]);
  });

  it('is told as the reason by eligibility, and by the explanation of who waits', async () => {
    const { db, hear, launch, clock, personId } = await reviewWorld();
    const campaignId = await launch();
    await hear(UNCLEAR);
    const leftOut = await whyLeftOut(db, { contactId: personId, now: clock.now() });
    expect(leftOut).toMatchObject({ value: { reason: 'held_for_review' } });
    const campaign = await getCampaign(db, campaignId);
    if (campaign === undefined) throw new Error('the campaign is gone');
    const explained = await explainRecipient(db, clock, { campaign, contactId: personId });
    expect(explained).toMatchObject({
      value: { answer: { standing: 'waits', code: 'held_for_review', sentence: expect.stringMatching(/^Wrote/) } },
    });
  });

  it('is an opt-out when nobody has decided in a day: the claim knows it at once, and the pass writes it down once', async () => {
    const world = await reviewWorld();
    const { db, hear, launch, claimed, decide, clock } = world;
    const campaignId = await launch();
    await hear(UNCLEAR);
    await claimed(campaignId);
    await clock.advance(24 * HOUR_MS - 1);
    await endOverdueReviews(world);
    expect(await suppressions()).toEqual([]);
    await clock.advance(1);
    expect(await decide('not_opt_out')).toMatchObject({ error: { state: 'overdue' } });
    expect(await claimed(campaignId)).toEqual([]);
    expect(await enrollmentStates(db, campaignId)).toMatchObject({ skipped: 1 });
    await Promise.all([endOverdueReviews(world), endOverdueReviews(world)]);
    expect(await suppressions()).toEqual([{ reason: 'opt_out', channel: 'review' }]);
    expect(await outcome()).toEqual([['opt_out', 'deadline']]);
  });

  it.each<[ReviewDecision, string]>([
    ['opt_out', 'opt_out'],
    ['wrong_number', 'wrong_number'],
  ])('is suppressed when a person decides %s, and cannot be decided otherwise afterwards', async (decision, reason) => {
    const { db, hear, launch, decide } = await reviewWorld();
    const campaignId = await launch();
    await hear(UNCLEAR);
    expect(await decide(decision)).toMatchObject({ ok: true });
    expect(await suppressions()).toEqual([{ reason, channel: 'review' }]);
    expect(await enrollmentStates(db, campaignId)).toMatchObject({ pending: 1, skipped: 1 });
    expect(await decide(decision)).toMatchObject({ ok: true });
    expect(await decide('not_opt_out')).toMatchObject({ error: { kind: 'conflict' } });
  });

  it.each<[string, string, ReviewDecision, number, readonly string[]]>([
    ['once within five minutes', 'no', 'opt_out', 5, ['We understood your message as a request']],
    ['also as the wrong number, in its language', '¿Alto?', 'wrong_number', 1, ['Disculpe la molestia']],
    ['later by nothing', 'no', 'opt_out', 5.1, []],
    ['not when it was none', 'no', 'not_opt_out', 1, []],
  ])('is confirmed %s', async (_, said, decision, minutes, beginnings) => {
    const { hear, decide, clock } = await reviewWorld();
    await hear(said);
    const until = clock.now().add({ minutes: 5 });
    await clock.advance(minutes * MINUTE_MS);
    for (let times = 0; times < 2; times += 1) await decide(decision);
    const { rows } = await sql<{ body: string }>`
      select body, phone, state, not_after from message where purpose = 'opt_out_confirmation'`.execute(database.db);
    expect(rows).toEqual(
      beginnings.map((body) => ({
        body: expect.stringContaining(body),
        phone: PERSON,
        state: 'pending',
        notAfter: until,
      })),
    );
  });

  it('has its confirmation timed from the decision, and from its receipt beside that', async () => {
    const { hear, clock, decide } = await reviewWorld();
    const since = clock.now();
    await hear(UNCLEAR);
    await clock.advance(4 * MINUTE_MS);
    await decide('opt_out');
    const sentAt = addMs(clock.now(), 2 * SECOND_MS);
    await sql`
      update message set state = 'sent', sent_at = ${sentAt}, attempted_at = ${sentAt}, lease_epoch = 1, gateway_message_id = 'MSGout'
      where purpose = 'opt_out_confirmation'`.execute(database.db);
    const fromReceipt = 4 * MINUTE_MS + 2 * SECOND_MS;
    const times = { p50Ms: 2 * SECOND_MS, p99Ms: 2 * SECOND_MS, p99HeardMs: fromReceipt };
    expect(await readConfirmationTimes(database.db, since)).toEqual({ sent: 1, notSent: 0, ...times });
  });

  it('is not confirmed by us where the provider alone does that', async () => {
    const { hear, decide } = await reviewWorld();
    await sql`update gateway_account set opt_outs_confirmed_by = 'provider'`.execute(database.db);
    await hear(UNCLEAR);
    await decide('opt_out');
    expect(await suppressions()).toEqual([{ reason: 'opt_out', channel: 'review' }]);
    expect((await sql`select from message where direction = 'outbound'`.execute(database.db)).rows).toEqual([]);
  });

  it('has the time that the owner gives it', async () => {
    const world = await reviewWorld();
    await runTx(world.db, (tx) => changeReviewSettings(tx, world, { settings: { hours: 2 }, by: BY }));
    await world.hear(UNCLEAR);
    await world.clock.advance(2 * HOUR_MS);
    await endOverdueReviews(world);
    expect(await outcome()).toEqual([['opt_out', 'deadline']]);
  });

  it('has a day also where a week was set, as could be done once', async () => {
    const world = await reviewWorld();
    const now = world.clock.now();
    await runTx(world.db, (tx) => putSetting(tx, { key: 'opt_out_review', value: { version: 1, hours: 168 }, now }));
    expect(await getReviewSettings(world.db, now)).toEqual({ hours: 24, hoursMax: 24 });
    await world.hear(UNCLEAR);
    await world.clock.advance(DAY_MS);
    await endOverdueReviews(world);
    expect(await outcome()).toEqual([['opt_out', 'deadline']]);
  });

  it.each<[string, string, readonly (string | null)[]]>([
    ['STOP', 'as an opt-out', ['opt_out', 'suppressed']],
    ['Wrong number', 'as the wrong number', ['wrong_number', 'suppressed']],
    ['START', 'as none', ['not_opt_out', 'opted_in']],
    ['what does it cost?', 'not at all, since it says nothing of it', [null, null]],
    ['maybe later', 'not at all, since it is no clearer', [null, null]],
    ['You can send the crew now', 'not at all, since it is an order', [null, null]],
    ['please put me back on your list', 'not at all, since only a keyword lets go', [null, null]],
  ])('is decided by %s that follows it: %s', async (text, _, expected) => {
    const { hear, clock } = await reviewWorld();
    await hear(UNCLEAR);
    await clock.advance(1_000);
    await hear(text);
    expect(await outcome()).toEqual([expected]);
  });

  it('stays undecided by a START of the same instant: the strict side wins', async () => {
    const { hear } = await reviewWorld();
    await hear(UNCLEAR);
    await hear('START');
    expect(await outcome()).toEqual([[null, null]]);
  });

  it('holds nobody who must not be texted anyway, nor by what is a year old and found when the account is connected', async () => {
    const { hear, db, textOf, receiver, clock, newUuid } = await reviewWorld();
    await hear('STOP');
    await hear(UNCLEAR);
    const old = { from: OTHER, at: instant('2025-11-17T16:00:00Z') };
    const known = { reconciled: true, connectedAt: instant('2026-11-01T00:00:00Z') };
    await runTx(db, (tx) => recordInbound(tx, { clock, newUuid }, receiver, textOf(UNCLEAR, old), known));
    expect(await reviews()).toEqual([]);
  });

  it('counts from a stranger, and at a number that is no lane any more', async () => {
    const { hear } = await reviewWorld();
    await hear(UNCLEAR, { from: '+16175550777' });
    expect(await hear(UNCLEAR, { to: ['+16175550999'], laneRef: 'PNother' })).toBe(true);
    expect(await reviews()).toHaveLength(2);
  });

  it('is never among the answers that are recorded together', async () => {
    const { db, clock, newUuid, receiver, textOf } = await reviewWorld();
    const answers = [textOf(UNCLEAR), textOf('Thursday works', { from: OTHER })];
    const recorded = await runTx(db, (tx) => recordAnswers(tx, { clock, newUuid }, receiver, answers));
    expect([...recorded].map(({ from }) => from)).toEqual([OTHER]);
  });

  it('lets no campaign text through against what was said or decided last, in whatever order things happen', async () => {
    const step = fc.constantFrom('unclear', 'STOP', 'START', 'none', 'out', 'wrong', 'day', 'pass', 'claim');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
        database = await testDatabase();
        const world = await reviewWorld();
        let may: 'text' | 'wait' | 'never' = 'text';
        let texts = 0;
        for (const what of [...steps, 'claim']) {
          await world.clock.advance(60_000);
          if (may === 'wait' && (await overdue(world.clock.now()))) may = 'never';
          if (what === 'claim') {
            // A fourth text within a day would wait for another reason.
            if (texts === TEXTS_A_DAY) continue;
            const texted = (await world.claimed(await world.launch())).includes(PERSON);
            texts += texted ? 1 : 0;
            expect(texted, `${steps.join(', ')}: may ${may}`).toBe(may === 'text');
          } else if (what === 'day') await world.clock.advance(24 * HOUR_MS);
          else if (what === 'pass') await endOverdueReviews(world);
          else if (what === 'unclear' || what === 'STOP' || what === 'START') {
            await world.hear(what === 'unclear' ? UNCLEAR : what);
            may = what === 'STOP' ? 'never' : what === 'START' ? 'text' : may === 'text' ? 'wait' : may;
          } else if (may === 'wait') {
            const decision =
              ({ none: 'not_opt_out', out: 'opt_out', wrong: 'wrong_number' } as const)[what] ?? 'opt_out';
            expect(await world.decide(decision)).toMatchObject({ ok: true });
            may = what === 'none' ? 'text' : 'never';
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is decided in the inbox when the last of the threads that wait is marked as reviewed', async () => {
    const { db, hear, clock, newUuid } = await reviewWorld();
    await hear(UNCLEAR);
    await hear('maybe later', { to: ['+16175550002'], laneRef: 'PNtest02' });
    const { rows } = await sql<{ id: Uuid }>`select id from conversation order by id`.execute(db);
    const review = (id: Uuid) =>
      runTx(db, (tx) => updateConversation(tx, { clock, newUuid }, { id, change: { reviewed: true }, by: BY }));
    await review(rows[0]?.id ?? '');
    expect(await outcome()).toEqual([[null, null]]);
    await review(rows[1]?.id ?? '');
    expect(await outcome()).toEqual([['not_opt_out', 'person']]);
  });
});
