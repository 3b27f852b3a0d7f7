import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerTexts, claimTexts } from '../../test/claimed.ts';
import { enrollmentStates, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { heldAccount } from '../../test/held-account.ts';
import type { testWorld } from '../../test/world.ts';
import { previewAudience } from '../audiences/preview-audience.ts';
import { ensureConversation } from '../conversations/inbound-store.ts';
import { type Database, runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { addMs, DAY_MS, HOUR_MS, MINUTE_MS } from '../platform/time.ts';
import type { Prepared } from './claim.ts';
import type { Verdict } from './decide-outcome.ts';
import type { Lease } from './lease-store.ts';
import { settleByHand } from './settle-by-hand.ts';

let database: Database;
let world: ReturnType<typeof testWorld>;
let lease: Lease;
let office: Uuid;
let field: Uuid;
let laneIds: readonly Uuid[];
let contactId: Uuid;

/** One person whom nobody has texted; two numbers; ten in the morning; a worker holds the account. */
beforeEach(async () => {
  const held = await heldAccount({ lanes: 2, people: testPhones(1).map((phone) => ({ phone })) });
  ({ database, world, lease, laneIds } = held);
  [office = '', field = ''] = laneIds;
  [contactId = ''] = held.contactIds;
  await world.clock.advance(MINUTE_MS);
});

const launch = () => launchTestCampaign(database.db, world, { laneIds });
const claim = (campaignId: Uuid, laneId: Uuid) => claimTexts(database.db, world, { lease, campaignId, laneId });
const answer = (texts: readonly Prepared[], verdict: Verdict, from?: 'unknown') =>
  answerTexts(database.db, world, { lease, texts, verdict, ...(from === undefined ? {} : { from }) });

const REFUSED = { to: 'failed', code: '21612', message: 'not from this number' } as const;
const LOST = { to: 'unknown', detail: 'test' } as const;
const putOff = (): Verdict => ({ to: 'pending', notBefore: world.clock.now(), detail: 'test' });
const accepted = (): Verdict => ({ to: 'sent', gatewayMessageId: `AC${world.newUuid()}` });

/** Begins a campaign's text from a number, an hour after whatever came before, and lets it end so. */
async function text(laneId: Uuid, verdict: () => Verdict): Promise<Uuid> {
  await world.clock.advance(HOUR_MS);
  const campaignId = await launch();
  await answer(await claim(campaignId, laneId), verdict());
  return campaignId;
}

async function known(): Promise<{ readonly contact: Uuid | null; readonly waitsFor: Uuid | null | undefined }> {
  const { rows } = await sql<{ contact: Uuid | null; waits: boolean; waitsFor: Uuid | null }>`
    select c.lane_id as contact, e.id is not null as waits, e.lane_id as waits_for
    from contact c left join enrollment e on e.contact_id = c.id and e.state = 'pending'`.execute(database.db);
  const [row] = rows;
  if (row === undefined) throw new Error('no contact');
  return { contact: row.contact, waitsFor: row.waits ? row.waitsFor : undefined };
}

const untextedFor30Days = async (): Promise<number> =>
  (await previewAudience(database.db, { notContactedDays: 30 }, world.clock.now())).matched;

describe('the number that a person knows', () => {
  it('is none after a text that the gateway put off, and any number may try again', async () => {
    const campaignId = await text(office, putOff);
    expect(await known()).toEqual({ contact: null, waitsFor: null });
    const again = await claim(campaignId, field);
    expect(again).toHaveLength(1);
    await answer(again, accepted());
    expect(await known()).toMatchObject({ contact: field });
  });

  it('is none after a text that was refused for good', async () => {
    await text(office, () => REFUSED);
    expect(await known()).toEqual({ contact: null, waitsFor: undefined });
  });

  it('is the one whose answer was lost, until that text is known not to have arrived', async () => {
    const campaignId = await launch();
    const texts = await claim(campaignId, office);
    await answer(texts, LOST);
    expect(await known()).toMatchObject({ contact: office });
    await answer(texts, putOff(), 'unknown');
    expect(await known()).toEqual({ contact: null, waitsFor: null });
  });

  it('is none when a person says that the text was not sent', async () => {
    const campaignId = await launch();
    const texts = await claim(campaignId, office);
    await answer(texts, LOST);
    await world.clock.advance(HOUR_MS);
    const by = { actor: 'test', name: 'Sam' };
    const settled = await runTx(database.db, (tx) =>
      settleByHand(tx, world, {
        text: { campaignId, contactId },
        decision: { outcome: 'send_again' },
        reason: 'asked',
        by,
      }),
    );
    expect(settled).toMatchObject({ ok: true });
    expect(await known()).toEqual({ contact: null, waitsFor: null });
    expect(await untextedFor30Days()).toBe(1);
  });

  it('stays the one from which another text arrived', async () => {
    await text(office, accepted);
    await text(office, putOff);
    expect(await known()).toEqual({ contact: office, waitsFor: office });
  });

  it('is found again by who waited for it, when another number that stood in for it was refused', async () => {
    await text(office, accepted);
    await sql`update lane set state = 'off', state_reason = 'test' where id = ${office}`.execute(database.db);
    await text(field, putOff);
    expect(await known()).toEqual({ contact: office, waitsFor: office });
  });

  it('stays the one to which the person wrote, whatever became of our text', async () => {
    const campaignId = await launch();
    const texts = await claim(campaignId, office);
    await write(office);
    await answer(texts, putOff());
    expect(await known()).toEqual({ contact: office, waitsFor: office });
  });

  it('is the one to which somebody wrote whom nobody has texted', async () => {
    await write(field);
    expect(await known()).toMatchObject({ contact: field });
    await launch();
    expect(await known()).toEqual({ contact: field, waitsFor: field });
  });
});

/** An inbound text as its event stores it. */
async function write(laneId: Uuid): Promise<void> {
  const [phone = ''] = testPhones(1);
  const at = world.clock.now();
  const last = { kind: 'text', direction: 'inbound', preview: 'Hi' } as const;
  await runTx(database.db, async (tx) => {
    const id = world.newUuid();
    await ensureConversation(tx, { id, laneId, phone, contactId, at, last, needsPerson: true });
    await sql`
      insert into message (id, account_id, lane_id, conversation_id, contact_id, direction, purpose, phone, body, encoding, parts, state,
        gateway_message_id, not_before, created_at)
      values (${world.newUuid()}, ${lease.accountId}, ${laneId}, ${id}, ${contactId}, 'inbound', 'inbound', ${phone}, 'Hi', 'GSM-7', 1,
        'received', ${showId('message', id)}, ${at}, ${at})`.execute(tx);
  });
}

describe('somebody to be texted only after some days without a text', () => {
  const ENDS: readonly [sentence: string, verdict: () => Verdict, chosen: number][] = [
    ['is chosen after a text that the gateway put off', putOff, 1],
    ['is chosen after a text that the gateway refused', () => REFUSED, 1],
    ['is not chosen after a text that the gateway took', accepted, 0],
    ['is not chosen after a text whose answer was lost', () => LOST, 0],
  ];
  it.each(ENDS)('%s', async (_, verdict, chosen) => {
    await text(office, verdict);
    expect(await untextedFor30Days()).toBe(chosen);
  });

  it.each([
    ['left out by a campaign that waited meanwhile, 29 days after the text of another one', 29, 0, 'skipped'],
    ['texted by it 30 days after', 30, 1, 'handing_over'],
  ])('is %s', async (_, days, texts, state) => {
    const audience = { notContactedDays: 30 };
    const waiting = await launchTestCampaign(database.db, world, { laneIds, audience });
    await text(office, accepted);
    await world.clock.advance(days * DAY_MS);
    expect(await claim(waiting, office)).toHaveLength(texts);
    expect(await enrollmentStates(database.db, waiting)).toEqual({ [state]: 1 });
  });

  it('was texted last when a text last went out, not when one was refused after it', async () => {
    await text(office, accepted);
    const textedAt = world.clock.now();
    await text(office, () => REFUSED);
    const { rows } = await sql<{ at: string }>`select last_campaign_text_at as at from contact`.execute(database.db);
    expect(rows.map(({ at }) => String(at))).toEqual([String(textedAt)]);
    await world.clock.advance(30 * 24 * HOUR_MS - 30 * MINUTE_MS);
    expect(await untextedFor30Days()).toBe(1);
  });

  it('was never texted when texts of two campaigns are put off together', async () => {
    const first = await claim(await launch(), office);
    await world.clock.advance(10);
    const second = await claim(await launch(), office);
    await answer([...first, ...second], putOff());
    expect(await untextedFor30Days()).toBe(1);
  });

  it('keeps the text of another campaign that was begun after the refused one', async () => {
    const first = await launch();
    const texts = await claim(first, office);
    await text(office, accepted);
    const textedAt = world.clock.now();
    await answer(texts, REFUSED);
    const { rows } = await sql<{ at: string }>`select last_campaign_text_at as at from contact`.execute(database.db);
    expect(rows.map(({ at }) => String(at))).toEqual([String(textedAt)]);
  });
});

describe('the cap of campaign texts to one person in 24 hours', () => {
  it('does not count what was refused, and counts what may have arrived', async () => {
    await text(office, () => REFUSED);
    await text(office, putOff);
    await text(office, () => REFUSED);
    await text(office, accepted);
    await text(office, () => LOST);
    const third = await launch();
    expect(await claim(third, office)).toHaveLength(1);
    const fourth = await launch();
    expect(await claim(fourth, office)).toEqual([]);
    const { rows } = await sql<{ notBefore: string }>`
      select not_before from enrollment where campaign_id = ${fourth} and state = 'pending'`.execute(database.db);
    const firstAt = addMs(world.clock.now(), -HOUR_MS);
    expect(rows.map(({ notBefore }) => String(notBefore))).toEqual([String(addMs(firstAt, 24 * HOUR_MS))]);
  });
});
