import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerTexts, claimTexts } from '../../test/claimed.ts';
import { launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { heldAccount } from '../../test/held-account.ts';
import type { testWorld } from '../../test/world.ts';
import { type Database, runTx } from '../platform/database.ts';
import { addMs, type Instant, MINUTE_MS, msBetween, SECOND_MS } from '../platform/time.ts';
import type { Prepared } from '../sending/claim.ts';
import type { Lease } from '../sending/lease-store.ts';
import { applyDeliveryStatus, type StatusReport } from './apply-status.ts';

let database: Database;
let world: ReturnType<typeof testWorld>;
let lease: Lease;
let texts: readonly Prepared[];
let begunAt: Instant;

/** One text is on its way to the gateway. */
beforeEach(() => begin(1));

async function begin(people: number): Promise<void> {
  const { laneIds, ...held } = await heldAccount({ people: testPhones(people).map((phone) => ({ phone })) });
  ({ database, world, lease } = held);
  const campaignId = await launchTestCampaign(database.db, world, { laneIds });
  const [laneId = ''] = laneIds;
  const claimed: Prepared[] = [];
  while (claimed.length < people)
    claimed.push(...(await claimTexts(database.db, world, { lease, campaignId, laneId })));
  texts = claimed;
  begunAt = world.clock.now();
}

/** The gateway's answer comes five seconds after the attempt began. */
async function hearAnswer(): Promise<void> {
  await world.clock.advance(5 * SECOND_MS);
  await answerTexts(database.db, world, { lease, texts, verdict: { to: 'sent', gatewayMessageId: 'AC1' } });
}

const hearReceipt = (at: Instant, status: 'delivered' | 'failed') =>
  runTx(database.db, (tx) =>
    applyDeliveryStatus(tx, world, {
      accountId: lease.accountId,
      gatewayMessageId: 'AC1',
      status,
      errorCode: undefined,
      at,
    }),
  );

interface Times {
  readonly sentAt: Instant;
  readonly endedAt: Instant;
}

/** Seconds after the attempt began at which the text was sent and ended, by its message and by its enrollment. */
async function seconds(): Promise<readonly (readonly [sent: number, ended: number])[]> {
  const { rows } = await sql<Times>`
    select sent_at, coalesce(delivered_at, failed_at) as ended_at from message
    union all select sent_at, coalesce(delivered_at, failed_at) from enrollment`.execute(database.db);
  return rows.map(({ sentAt, endedAt }) => [
    msBetween(begunAt, sentAt) / SECOND_MS,
    msBetween(begunAt, endedAt) / SECOND_MS,
  ]);
}

const CASES: readonly [dated: string, receiptMs: number, sentS: number, endedS: number][] = [
  ['after the answer', MINUTE_MS, 5, 60],
  ['before the answer', 2 * SECOND_MS, 2, 2],
  ['before the attempt, by a clock that is behind', -2 * MINUTE_MS, 0, 0],
];

describe.each(['delivered', 'failed'] as const)('a text of which the provider says that it was %s', (status) => {
  it.each(CASES)('%s was handed over before that (our record first)', async (_, receiptMs, sentS, endedS) => {
    await hearAnswer();
    await hearReceipt(addMs(begunAt, receiptMs), status);
    const expected = [sentS, endedS];
    expect(await seconds()).toEqual([expected, expected]);
  });

  it.each(CASES)('%s was handed over before that (the report first)', async (_, receiptMs, sentS, endedS) => {
    await hearReceipt(addMs(begunAt, receiptMs), status);
    await hearAnswer();
    const expected = [sentS, endedS];
    expect(await seconds()).toEqual([expected, expected]);
  });
});

it('keeps when the answer came, and counts the text once in the hour in which it was sent', async () => {
  await hearReceipt(addMs(begunAt, SECOND_MS), 'delivered');
  await hearAnswer();
  const attempts = await sql<{ at: Instant }>`select finished_at as at from message_attempt`.execute(database.db);
  expect(attempts.rows.map(({ at }) => String(at))).toEqual([String(addMs(begunAt, 5 * SECOND_MS))]);
  const hours = await sql`select sum(sent) as sent, sum(delivered) as delivered from campaign_hour`.execute(
    database.db,
  );
  expect(hours.rows).toEqual([{ sent: 1, delivered: 1 }]);
});

describe('reports that contradict each other', () => {
  type Report = Pick<StatusReport, 'status' | 'errorCode'> & { readonly ms: number };
  const REPORTS: readonly Report[] = [
    { status: 'undelivered', errorCode: undefined, ms: 1_000 },
    { status: 'failed', errorCode: '30007', ms: 4_000 },
    { status: 'delivered', errorCode: undefined, ms: 3_000 },
    { status: 'delivered', errorCode: undefined, ms: 2_000 },
  ];

  const ordersOf = <T>(all: readonly T[]): readonly (readonly T[])[] =>
    all.length === 0
      ? [[]]
      : all.flatMap((one) => ordersOf(all.filter((other) => other !== one)).map((rest) => [one, ...rest]));

  /** Each order of some reports, with our own record of the text at each place between them. */
  const coursesOf = (reports: readonly Report[]): readonly (readonly (Report | 'recorded')[])[] =>
    ordersOf<Report | 'recorded'>([...reports, 'recorded']);

  async function hear(text: Prepared, course: readonly (Report | 'recorded')[]): Promise<void> {
    const gatewayMessageId = `AC${text.messageId}`;
    for (const heard of course)
      if (heard === 'recorded')
        await answerTexts(database.db, world, { lease, texts: [text], verdict: { to: 'sent', gatewayMessageId } });
      else
        await runTx(database.db, (tx) =>
          applyDeliveryStatus(tx, world, {
            ...heard,
            accountId: lease.accountId,
            gatewayMessageId,
            at: addMs(begunAt, heard.ms),
          }),
        );
  }

  /** Different ends of texts and of their enrollments. */
  const ends = async () =>
    (
      await sql<{ end: object }>`
        select distinct jsonb_build_object('text', m.state, 'person', e.state, 'code', m.failure_code, 'of person', e.failure_code,
          'seconds', array(select extract(epoch from at - ${begunAt}::timestamptz)::int
            from unnest(array[m.sent_at, m.delivered_at, m.failed_at, e.sent_at, e.delivered_at, e.failed_at]) at)) as end
        from message m join enrollment e on e.id = m.enrollment_id`.execute(database.db)
    ).rows.map(({ end }) => end);

  const failures = REPORTS.filter(({ status }) => status !== 'delivered');
  it.each([
    [
      'delivered, whatever else is said',
      REPORTS,
      { text: 'delivered', person: 'delivered', code: '30007', 'of person': null, seconds: [1, 2, 4, 1, 2, null] },
    ],
    [
      'failed, for the reason that one of them knows',
      [...failures, { status: 'failed', errorCode: '30005', ms: 4_500 } as const],
      { text: 'failed', person: 'failed', code: '30007', 'of person': '30007', seconds: [1, null, 4, 1, null, 4] },
    ],
  ])('end a text in one way, in all their orders: %s', { timeout: 60_000 }, async (_, reports, end) => {
    const courses = coursesOf(reports);
    await begin(courses.length);
    await world.clock.advance(5 * SECOND_MS);
    for (const [index, text] of texts.entries()) await hear(text, courses[index] ?? []);
    expect(await ends()).toEqual([end]);
  });

  it('count each text once', async () => {
    await begin(3);
    for (const [index, text] of texts.entries()) await hear(text, coursesOf(REPORTS)[index * 50] ?? []);
    const { rows } = await sql`
      select t.sent, t.delivered, t.failed, h.delivered as delivered_by_hour, h.failed as failed_by_hour
      from (select sum(sent) as sent, sum(delivered) as delivered, sum(failed) as failed from campaign_totals) t,
        (select sum(delivered) as delivered, sum(failed) as failed from campaign_hour) h`.execute(database.db);
    expect(rows).toEqual([{ sent: 0, delivered: 3, failed: 0, deliveredByHour: 3, failedByHour: 0 }]);
  });
});
