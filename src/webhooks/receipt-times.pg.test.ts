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
import { applyDeliveryStatus } from './apply-status.ts';

let database: Database;
let world: ReturnType<typeof testWorld>;
let lease: Lease;
let texts: readonly Prepared[];
let begunAt: Instant;

/** One text is on its way to the gateway. */
beforeEach(async () => {
  const { laneIds, ...held } = await heldAccount({ people: testPhones(1).map((phone) => ({ phone })) });
  ({ database, world, lease } = held);
  const campaignId = await launchTestCampaign(database.db, world, { laneIds });
  const [laneId = ''] = laneIds;
  texts = await claimTexts(database.db, world, { lease, campaignId, laneId });
  begunAt = world.clock.now();
});

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
