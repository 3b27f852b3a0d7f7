import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerTexts, claimTexts } from '../../test/claimed.ts';
import { insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { heldAccount } from '../../test/held-account.ts';
import type { testWorld } from '../../test/world.ts';
import { liftOptOut } from '../compliance/suppress.ts';
import { remedyOfPause } from '../messages/outcome-sentences.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../platform/time.ts';
import type { Prepared } from '../sending/claim.ts';
import type { Lease } from '../sending/lease-store.ts';
import { applyDeliveryStatus } from './apply-status.ts';

let database: Database;
let world: ReturnType<typeof testWorld>;
let lease: Lease;
let laneIds: readonly Uuid[];

/** Two numbers; ten in the morning; a worker holds the account. */
beforeEach(async () => {
  ({ database, world, lease, laneIds } = await heldAccount({ lanes: 2 }));
  await world.clock.advance(MINUTE_MS);
});

const people = (count: number) =>
  insertContacts(
    database.db,
    world,
    testPhones(count).map((phone) => ({ phone })),
  );
/** Begun by a campaign, with nobody's answer yet. */
async function begin(): Promise<{ readonly campaignId: Uuid; readonly texts: readonly Prepared[] }> {
  const campaignId = await launchTestCampaign(database.db, world, { laneIds });
  const [laneId = ''] = laneIds;
  return { campaignId, texts: await claimTexts(database.db, world, { lease, campaignId, laneId }) };
}
/** The gateway took them, one by one, a second apart. */
async function take(texts: readonly Prepared[]): Promise<void> {
  for (const text of texts) {
    await world.clock.advance(1_000);
    const verdict = { to: 'sent', gatewayMessageId: idOf(text) } as const;
    await answerTexts(database.db, world, { lease, texts: [text], verdict });
  }
}
const idOf = (text: Prepared): string => `AC${text.messageId}`;
const receipt = (text: Prepared, errorCode: string | undefined, status: 'failed' | 'delivered' = 'failed') =>
  runTx(database.db, (tx) =>
    applyDeliveryStatus(tx, world, {
      accountId: lease.accountId,
      gatewayMessageId: idOf(text),
      status,
      errorCode,
      at: world.clock.now(),
    }),
  );
function at(texts: readonly Prepared[], index: number): Prepared {
  const text = texts[index];
  if (text === undefined) throw new Error(`expected a text ${index}`);
  return text;
}
const one = async (): Promise<Prepared> => {
  await people(1);
  return at((await begin()).texts, 0);
};

interface Standing {
  readonly suppressed: readonly string[];
  readonly lanes: readonly string[];
  readonly account: string;
  readonly reasons: readonly string[];
}
async function standing(): Promise<Standing> {
  const { rows } = await sql<Standing>`
    select (select coalesce(jsonb_agg(reason), '[]') from suppression where lifted_at is null) as suppressed,
      (select jsonb_agg(state order by gateway_ref) from lane) as lanes, (select state from gateway_account) as account,
      (select coalesce(jsonb_agg(distinct reason), '[]') from (
        select state_reason as reason from lane union select state_reason from gateway_account) r where reason is not null) as reasons`.execute(
    database.db,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('no standing');
  return row;
}
const audited = async (action: string): Promise<number> =>
  (await sql`select 1 from audit_entry where action = ${action}`.execute(database.db)).rows.length;

const free: Omit<Standing, 'reasons'> = { suppressed: [], lanes: ['active', 'active'], account: 'active' };
const CODES: readonly [code: string, expected: Partial<Standing>][] = [
  ['21610', { suppressed: ['provider_opt_out'] }],
  ['30004', {}],
  ['30006', { suppressed: ['invalid_number'] }],
  ['30005', {}],
  ['30003', {}],
  ['30007', {}],
  ['39999', {}],
  ['30034', { lanes: ['paused', 'active'] }],
  ['30002', { account: 'paused' }],
  ['30023', { lanes: ['paused', 'paused'] }],
];

describe('a text that the gateway took and a carrier did not deliver', () => {
  it.each(CODES)('with %s', async (code, expected) => {
    const text = await one();
    await take([text]);
    await receipt(text, code);
    expect(await standing()).toMatchObject({ ...free, ...expected });
    const { rows } = await sql`select state, failure_code from message`.execute(database.db);
    expect(rows).toEqual([{ state: 'failed', failureCode: code }]);
  });

  it.each(CODES)('with %s, which was reported before our own record of the text', async (code, expected) => {
    const text = await one();
    await receipt(text, code);
    expect(await standing()).toMatchObject(free);
    await take([text]);
    expect(await standing()).toMatchObject({ ...free, ...expected });
    const { rows } = await sql`select state, failure_code from message`.execute(database.db);
    expect(rows).toEqual([{ state: 'failed', failureCode: code }]);
  });

  it('has its consequence once, however often it is reported: a START between the two stands', async () => {
    const text = await one();
    await take([text]);
    await receipt(text, '21610');
    await world.clock.advance(MINUTE_MS);
    await runTx(database.db, (tx) =>
      liftOptOut(tx, world, { phone: text.phone, saidAt: world.clock.now(), evidence: {} }),
    );
    await receipt(text, '21610');
    await receipt(text, '30034');
    expect(await standing()).toMatchObject(free);
    expect(await audited('number.suppressed')).toBe(1);
  });

  it.each([
    ['before', ['delivered', '21610']],
    ['after', ['21610', 'delivered', '21610']],
  ])('has its consequence also when it is said to be delivered %s that', async (_, said) => {
    const text = await one();
    await take([text]);
    for (const word of said) await (word === 'delivered' ? receipt(text, undefined, 'delivered') : receipt(text, word));
    expect(await standing()).toMatchObject({ ...free, suppressed: ['provider_opt_out'] });
    expect(await audited('number.suppressed')).toBe(1);
    const { rows } = await sql`select state, failure_code from message`.execute(database.db);
    expect(rows).toEqual([{ state: 'delivered', failureCode: '21610' }]);
  });

  it('ends what else waits for that number', async () => {
    const text = await one();
    const other = await launchTestCampaign(database.db, world, { laneIds, name: 'Other' });
    await take([text]);
    await receipt(text, '21610');
    const { rows } = await sql`select state, skip_reason from enrollment where campaign_id = ${other}`.execute(
      database.db,
    );
    expect(rows).toEqual([{ state: 'skipped', skipReason: 'opted_out' }]);
  });

  it('names the cause and the remedy of a pause', async () => {
    const text = await one();
    await take([text]);
    await receipt(text, '30034');
    const { reasons } = await standing();
    expect(reasons).toEqual(['The sender number is not registered with the US carriers (10DLC) (30034)']);
    expect(remedyOfPause(reasons[0] ?? null)).toContain('Finish the carrier registration');
  });

  it.each([
    ['30034', 'lane'],
    ['30002', 'gateway_account'],
  ])('with %s does not stop again what a person has resumed since', async (code, table) => {
    await people(2);
    const { texts } = await begin();
    await take(texts);
    await receipt(at(texts, 0), code);
    await world.clock.advance(MINUTE_MS);
    await sql`update ${sql.table(table)} set state = 'active', state_reason = null, updated_at = ${world.clock.now()}`.execute(
      database.db,
    );
    await receipt(at(texts, 1), code);
    expect(await standing()).toMatchObject(free);
  });

  it('with the daily limit of a day that is over stops nothing', async () => {
    const text = await one();
    await take([text]);
    await world.clock.advance(DAY_MS);
    await receipt(text, '30023');
    expect(await standing()).toMatchObject(free);
  });
});

describe('a number that is out of use', () => {
  const again = async (afterMs: number, between?: 'delivered'): Promise<void> => {
    const text = await one();
    await take([text]);
    await receipt(text, '30005');
    for (const [waitMs, code] of between === undefined
      ? [[afterMs, '30005'] as const]
      : [[HOUR_MS, undefined] as const, [afterMs - HOUR_MS, '30005'] as const]) {
      await world.clock.advance(waitMs);
      const next = at((await begin()).texts, 0);
      await take([next]);
      await receipt(next, code, code === undefined ? 'delivered' : 'failed');
    }
  };

  it('is believed to be so when that is said again a day later', async () => {
    await again(DAY_MS);
    expect(await standing()).toMatchObject({ ...free, suppressed: ['invalid_number'] });
  });

  it('is not when it is said twice in an hour', async () => {
    await again(HOUR_MS);
    expect(await standing()).toMatchObject(free);
  });

  it('is not when a text arrived between', async () => {
    await again(DAY_MS, 'delivered');
    expect(await standing()).toMatchObject(free);
  });
});

describe('a campaign whose words carriers filter', () => {
  const campaign = async () =>
    (
      await sql<{ state: string; reason: string | null }>`select state, state_reason as reason from campaign`.execute(
        database.db,
      )
    ).rows[0];

  it('is paused at the fifth in a row, not before, and its lane goes on', async () => {
    await people(7);
    const { texts } = await begin();
    const taken = texts.slice(0, 6);
    await take(taken);
    await receipt(at(taken, 0), undefined, 'delivered');
    for (const text of taken.slice(1, 5)) await receipt(text, '30007');
    expect(await campaign()).toMatchObject({ state: 'running' });
    await receipt(at(taken, 5), '30007');
    expect(await campaign()).toEqual({
      state: 'paused',
      reason:
        'Carriers filtered 5 of its last 6 texts as unwanted. Cancel it, and send a copy in other words to those who still wait',
    });
    expect(await standing()).toMatchObject(free);
    expect(await audited('campaign.paused')).toBe(1);
  });

  it('is paused by one whose report was faster than our record, too', async () => {
    await people(6);
    const { texts } = await begin();
    for (const text of texts.slice(0, 5)) await receipt(text, '30007');
    await take(texts.slice(0, 5));
    expect(await campaign()).toMatchObject({ state: 'paused' });
  });

  it('is counted anew after a person has resumed it', async () => {
    await people(8);
    const { texts } = await begin();
    await take(texts.slice(0, 6));
    for (const text of texts.slice(0, 5)) await receipt(text, '30007');
    await world.clock.advance(MINUTE_MS);
    await sql`update campaign set state = 'running', state_reason = null, updated_at = ${world.clock.now()}`.execute(
      database.db,
    );
    await receipt(at(texts, 5), '30007');
    expect(await campaign()).toMatchObject({ state: 'running' });
  });
});
