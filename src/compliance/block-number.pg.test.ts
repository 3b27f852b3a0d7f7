import { beforeEach, describe, expect, it } from 'vitest';
import { answerTexts, claimTexts, takeLease } from '../../test/claimed.ts';
import { launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { heldAccount } from '../../test/held-account.ts';
import type { testWorld } from '../../test/world.ts';
import { whyLeftOut } from '../audiences/why-left-out.ts';
import { getCampaign } from '../campaigns/campaign-store.ts';
import { explainRecipient } from '../campaigns/explain-recipient.ts';
import { activeSuppression } from '../conversations/reply-store.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { DAY_MS, HOUR_MS } from '../platform/time.ts';
import type { Lease } from '../sending/lease-store.ts';
import { applyDeliveryStatus } from '../webhooks/apply-status.ts';
import { liftOptOut } from './suppress.ts';

let database: Database;
let world: ReturnType<typeof testWorld>;
let lease: Lease;
let laneIds: readonly Uuid[];
let contactId: Uuid;
let blocked: Uuid;

const [PHONE = '', OTHER = ''] = testPhones(2);
/** A Tuesday at ten in Boston; 30 days later it is a Thursday. */
const UNTIL = 'Thu, Dec 17, 10:00 EST';

/** A carrier has blocked a campaign's text to somebody. */
beforeEach(async () => {
  const held = await heldAccount({ people: [{ phone: PHONE, firstName: 'Ann' }, { phone: OTHER }] });
  ({ database, world, lease, laneIds } = held);
  [contactId = ''] = held.contactIds;
  blocked = await launch();
  const texts = await claim(blocked);
  await answerTexts(database.db, world, { lease, texts, verdict: { to: 'sent', gatewayMessageId: 'AC1' } });
});

const launch = () => launchTestCampaign(database.db, world, { laneIds });
/** The text to Ann, when there is one; somebody else can always be texted. */
async function claim(campaignId: Uuid) {
  lease = await takeLease(database.db, world, lease.accountId);
  const texts = await claimTexts(database.db, world, { lease, campaignId, laneId: laneIds[0] ?? '' });
  return texts.filter(({ phone }) => phone === PHONE);
}
const block = (gatewayMessageId = 'AC1') =>
  runTx(database.db, (tx) =>
    applyDeliveryStatus(tx, world, {
      accountId: lease.accountId,
      gatewayMessageId,
      status: 'failed',
      errorCode: '30004',
      at: world.clock.now(),
    }),
  );

async function answerFor(campaignId: Uuid) {
  const campaign = await getCampaign(database.db, campaignId);
  if (campaign === undefined) throw new Error('no campaign');
  const explained = await explainRecipient(database.db, world.clock, { campaign, contactId });
  if (!explained.ok) throw new Error(explained.error.message);
  return explained.value.answer;
}
const remedy = `Campaigns leave the number alone until ${UNTIL}; a later one can reach this person`;

describe('a number to which a text was blocked', () => {
  it('is left out of campaigns for 30 days, and not for longer', async () => {
    await block();
    await world.clock.advance(30 * DAY_MS - HOUR_MS);
    const early = await launch();
    expect(await answerFor(early)).toMatchObject({ standing: 'not_texted', code: 'blocked_lately', remedy });
    await world.clock.advance(HOUR_MS);
    expect(await claim(await launch())).toHaveLength(1);
  });

  it('is passed over by a campaign that had it on its list already', async () => {
    const other = await launch();
    await block();
    expect(await answerFor(other)).toEqual({
      standing: 'waits',
      code: 'blocked_lately',
      sentence: 'Will not be texted: a text to the number was blocked less than 30 days ago',
      remedy,
    });
    expect(await claim(other)).toEqual([]);
    expect(await answerFor(other)).toMatchObject({
      standing: 'not_texted',
      sentence: 'A text to the number was blocked less than 30 days ago',
      remedy,
    });
  });

  it('says until when, of the blocked text and on the contact’s own page', async () => {
    await block();
    expect(await answerFor(blocked)).toEqual({
      standing: 'not_texted',
      code: '30004',
      sentence: 'The text was blocked by the person or the carrier',
      remedy,
    });
    const leftOut = await whyLeftOut(database.db, { contactId, now: world.clock.now() });
    expect(leftOut).toMatchObject({ ok: true, value: { reason: 'blocked_lately', remedy } });
  });

  it('can be answered all the same: it is no opt-out', async () => {
    await block();
    expect(await runTx(database.db, (tx) => activeSuppression(tx, PHONE))).toBeUndefined();
  });

  it('is blocked for 30 days from the last time', async () => {
    const texts = await claim(await launch());
    await answerTexts(database.db, world, { lease, texts, verdict: { to: 'sent', gatewayMessageId: 'AC2' } });
    await block();
    await world.clock.advance(20 * DAY_MS);
    await block('AC2');
    await world.clock.advance(29 * DAY_MS);
    expect(await answerFor(await launch())).toMatchObject({ code: 'blocked_lately' });
  });

  it.each([
    ['asks for texts after that can be texted', HOUR_MS, 1],
    ['had asked for texts before that cannot', -HOUR_MS, 0],
  ])('whose person %s', async (_, saidMs, texted) => {
    await block();
    const saidAt = world.clock.now().add({ milliseconds: saidMs });
    await runTx(database.db, (tx) => liftOptOut(tx, world, { phone: PHONE, saidAt, evidence: {} }));
    expect(await claim(await launch())).toHaveLength(texted);
  });
});

it('is marked, too, when the gateway refuses at once', async () => {
  await world.clock.advance(HOUR_MS);
  const texts = await claim(await launch());
  const verdict = { to: 'failed', code: '30004', message: 'blocked', blocked: true } as const;
  await answerTexts(database.db, world, { lease, texts, verdict });
  expect(await answerFor(await launch())).toMatchObject({ code: 'blocked_lately' });
});
