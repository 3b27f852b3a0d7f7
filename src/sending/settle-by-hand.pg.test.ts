import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerTexts, claimTexts } from '../../test/claimed.ts';
import { enrollmentStates, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { heldAccount } from '../../test/held-account.ts';
import type { testWorld } from '../../test/world.ts';
import { cancelCampaign } from '../campaigns/control-campaign.ts';
import { warmUpClassifier } from '../compliance/opt-out.ts';
import { recordInbound } from '../conversations/record-inbound.ts';
import { sendReply } from '../conversations/send-reply.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Refusal } from '../platform/refusal.ts';
import type { Result } from '../platform/result.ts';
import { MINUTE_MS } from '../platform/time.ts';
import { applyDeliveryStatus } from '../webhooks/apply-status.ts';
import { claimDirect, type Prepared } from './claim.ts';
import { DEFAULT_HOLDER_OPTIONS } from './holder.ts';
import type { Lease } from './lease-store.ts';
import { type HandDecision, settleByHand } from './settle-by-hand.ts';
import { dueReceipts, listUnknown } from './settle-store.ts';

let database: Database;
let world: ReturnType<typeof testWorld>;
let lease: Lease;
let laneId: Uuid;
let campaignId: Uuid;
let contactId: Uuid;
let texts: readonly Prepared[];

/** One person whose text was begun, and whose answer was lost two minutes ago. */
beforeEach(async () => {
  const held = await heldAccount({ people: testPhones(1).map((phone) => ({ phone })) });
  ({ database, world, lease } = held);
  [laneId = ''] = held.laneIds;
  [contactId = ''] = held.contactIds;
  campaignId = await launchTestCampaign(database.db, world, { laneIds: held.laneIds });
  texts = await claimTexts(database.db, world, { lease, campaignId, laneId });
  await answerTexts(database.db, world, { lease, texts, verdict: { to: 'unknown', detail: 'time-out' } });
  await world.clock.advance(4 * MINUTE_MS);
});

const settle = (decision: HandDecision) =>
  runTx(database.db, (tx) =>
    settleByHand(tx, world, {
      text: { campaignId, contactId },
      decision,
      reason: 'seen on the phone',
      by: { actor: 'user:1', name: 'Olivia' },
    }),
  );
const SENT: HandDecision = { outcome: 'sent', gatewayMessageId: undefined };
const one = async <T>(query: ReturnType<typeof sql<T>>): Promise<T | undefined> =>
  (await query.execute(database.db)).rows[0];
const text = () =>
  one(sql`
    select m.state, m.gateway_message_id, m.settled_by, m.failure_message, a.outcome, a.detail
    from message m join message_attempt a on a.message_id = m.id and a.attempt = m.attempts`);
const reserved = async () => (await one<{ reserved: number }>(sql`select reserved from lane_usage`))?.reserved;
const refusal = <T>(outcome: Result<T, Refusal>): string => (outcome.ok ? 'granted' : outcome.error.message);

describe('a person who knows what became of a text', () => {
  it('can say that it was sent, without the gateway’s id: the cap stays used and nobody asks about a receipt', async () => {
    expect(await settle(SENT)).toEqual({ ok: true, value: { state: 'sent' } });
    expect(await text()).toEqual({
      state: 'sent',
      gatewayMessageId: null,
      settledBy: 'user:1',
      failureMessage: null,
      outcome: 'said_sent',
      detail: 'Olivia: seen on the phone',
    });
    expect(await reserved()).toBe(1);
    await world.clock.advance(60 * MINUTE_MS);
    const query = { accountId: lease.accountId, now: world.clock.now(), firstAfterMs: 1, giveUpAfterMs: 1e9, limit: 9 };
    expect(await dueReceipts(database.db, query)).toEqual([]);
  });

  it('can name its id: a delivery report that came before is applied', async () => {
    const report = { accountId: lease.accountId, gatewayMessageId: 'AC1', status: 'delivered' as const };
    await runTx(database.db, (tx) =>
      applyDeliveryStatus(tx, world, { ...report, errorCode: undefined, at: world.clock.now() }),
    );
    expect(await settle({ outcome: 'sent', gatewayMessageId: 'AC1' })).toEqual({
      ok: true,
      value: { state: 'delivered' },
    });
  });

  it('cannot give it the id of another text', async () => {
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id, not_before, created_at)
      values (${world.newUuid()}, ${lease.accountId}, ${laneId}, 'outbound', 'reply', '+16175559999', 'Hi', 'GSM-7', 1, 'sent', 'AC1',
        ${world.clock.now()}, ${world.clock.now()})`.execute(database.db);
    expect(refusal(await settle({ outcome: 'sent', gatewayMessageId: 'AC1' }))).toContain(
      'AC1 belongs to another text',
    );
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ unknown: 1 });
  });

  it('can let it be sent again: its cap is given back, and the engine takes it up under its old id', async () => {
    expect(await settle({ outcome: 'send_again' })).toEqual({ ok: true, value: { state: 'pending' } });
    expect(await reserved()).toBe(0);
    const again = await claimTexts(database.db, world, { lease, campaignId, laneId });
    expect(again).toMatchObject([{ messageId: texts[0]?.messageId, attempt: 2 }]);
    expect(await reserved()).toBe(1);
  });

  it('must wait with that while the request may still be under way', async () => {
    await settle({ outcome: 'send_again' });
    const again = await claimTexts(database.db, world, { lease, campaignId, laneId });
    await answerTexts(database.db, world, { lease, texts: again, verdict: { to: 'unknown', detail: 'time-out' } });
    // As long as the engine itself takes no absence for proof.
    await world.clock.advance(DEFAULT_HOLDER_OPTIONS.settleGraceMs - 40_000);
    expect(refusal(await settle({ outcome: 'send_again' }))).toContain('could get the text twice. Try again in 40 sec');
    expect(await settle(SENT)).toMatchObject({ ok: true });
  });

  it('can drop it: the person is left out and the cap is given back', async () => {
    expect(await settle({ outcome: 'drop' })).toEqual({ ok: true, value: { state: 'skipped' } });
    expect(await text()).toMatchObject({ state: 'cancelled', outcome: 'said_absent' });
    expect(await one(sql`select skip_reason, parts from enrollment`)).toEqual({
      skipReason: 'dropped_by_hand',
      parts: null,
    });
    expect(await reserved()).toBe(0);
  });

  it('sends nothing again for a campaign that was cancelled', async () => {
    const jobs = { enqueue: async () => undefined };
    const order = { id: campaignId, shownId: 'c', reason: undefined, actor: 'test' };
    await runTx(database.db, (tx) => cancelCampaign(tx, { ...world, jobs }, order));
    expect(await settle({ outcome: 'send_again' })).toEqual({ ok: true, value: { state: 'skipped' } });
  });

  it('is on record with the reason, for good', async () => {
    await settle({ outcome: 'drop' });
    expect(await one(sql`select actor, action, detail from audit_entry where action like 'message.%'`)).toMatchObject({
      actor: 'user:1',
      action: 'message.settled_by_hand',
      detail: { outcome: 'drop', reason: 'seen on the phone' },
    });
  });
});

describe('of a person and the engine who settle one text', () => {
  it('the engine wins when it was first', async () => {
    const verdict = { to: 'sent', gatewayMessageId: 'AC7' } as const;
    await answerTexts(database.db, world, { lease, texts, from: 'unknown', verdict });
    expect(refusal(await settle({ outcome: 'send_again' }))).toBe('the text is settled already as sent: read it again');
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ sent: 1 });
  });

  it('the person wins when they were first, and the engine changes nothing', async () => {
    await settle(SENT);
    await answerTexts(database.db, world, {
      lease,
      texts,
      from: 'unknown',
      verdict: { to: 'pending', notBefore: world.clock.now(), detail: 'not listed' },
    });
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ sent: 1 });
    expect(await reserved()).toBe(1);
  });

  it.each(Array.from({ length: 8 }, (_, round) => [round]))(
    'at the same moment, one of the two counts (%i)',
    async () => {
      const verdict = { to: 'sent', gatewayMessageId: 'AC7' } as const;
      const [byHand] = await Promise.all([
        settle({ outcome: 'send_again' }),
        answerTexts(database.db, world, { lease, texts, from: 'unknown', verdict }),
      ]);
      const states = await enrollmentStates(database.db, campaignId);
      expect(states).toEqual(byHand.ok ? { pending: 1 } : { sent: 1 });
      expect(await reserved()).toBe(byHand.ok ? 0 : 1);
      if (!byHand.ok) expect(byHand.error.message).toContain('settled already as sent');
    },
  );

  it('two people at once settle it once', async () => {
    const outcomes = await Promise.all([settle(SENT), settle({ outcome: 'drop' })]);
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
  });
});

describe('a reply whose answer was lost', () => {
  const FROM = '+16175559999';
  let messageId: Uuid;
  const conversation = () => one(sql`select id, waiting_since, state from conversation`);
  const settleReply = (decision: HandDecision) =>
    runTx(database.db, (tx) =>
      settleByHand(tx, world, {
        text: { messageId },
        decision,
        reason: 'seen on the phone',
        by: { actor: 'user:1', name: 'Olivia' },
      }),
    );
  beforeAll(warmUpClassifier);
  beforeEach(async () => {
    const account = { id: lease.accountId, kind: 'quo', environment: 'sandbox' } as const;
    const heard = { eventId: 'EV1', gatewayMessageId: 'IN1', from: FROM, to: ['+16175550001'], text: 'When?' };
    await runTx(database.db, (tx) =>
      recordInbound(tx, world, account, {
        ...heard,
        type: 'message_received',
        laneRef: 'PN1',
        media: [],
        at: world.clock.now(),
      }),
    );
    const found = await one<{ id: Uuid }>(sql`select id from conversation`);
    const sent = await runTx(database.db, (tx) =>
      sendReply(tx, world, { conversationId: found?.id ?? '', text: 'At nine.', by: { name: 'Olivia' } }),
    );
    if (!sent.ok) throw new Error(sent.error.message);
    messageId = sent.value.id;
    const direct = { limit: 1, automaticOnly: false };
    const reach = () => undefined;
    const begun = await claimDirect({ db: database.db, ...world, reach }, lease, world.clock.now(), direct);
    await answerTexts(database.db, world, { lease, texts: begun, verdict: { to: 'unknown', detail: 'time-out' } });
    await world.clock.advance(4 * MINUTE_MS);
    expect(await conversation()).toMatchObject({ waitingSince: null });
  });

  it('is among the texts without an answer, and can be said to have been sent', async () => {
    expect(await listUnknown(database.db, 10)).toMatchObject([
      { purpose: 'campaign', campaignId },
      { id: messageId, purpose: 'reply', campaignId: null, phone: FROM, attempts: 1 },
    ]);
    expect(await settleReply(SENT)).toEqual({ ok: true, value: { state: 'sent' } });
    expect(refusal(await settleReply({ outcome: 'drop' }))).toContain('settled already as sent');
    expect(await listUnknown(database.db, 10)).toHaveLength(1);
  });

  it('goes out again under its own id', async () => {
    expect(await settleReply({ outcome: 'send_again' })).toEqual({ ok: true, value: { state: 'pending' } });
    const direct = { limit: 1, automaticOnly: false };
    const reach = () => undefined;
    expect(await claimDirect({ db: database.db, ...world, reach }, lease, world.clock.now(), direct)).toMatchObject([
      { messageId, attempt: 2 },
    ]);
  });

  it('leaves the person waiting when it is dropped', async () => {
    expect(await settleReply({ outcome: 'drop' })).toEqual({ ok: true, value: { state: 'cancelled' } });
    expect(await conversation()).toMatchObject({ waitingSince: expect.anything(), state: 'open' });
    expect(await one(sql`select failure_code from message where id = ${messageId}`)).toEqual({
      failureCode: 'not_wanted',
    });
    expect(await one(sql`select detail from audit_entry where action = 'message.settled_by_hand'`)).toEqual({
      detail: { outcome: 'drop', reason: 'seen on the phone', purpose: 'reply' },
    });
  });
});
