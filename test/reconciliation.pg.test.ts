import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CampaignLive } from '../src/http/contract/campaign-live.ts';
import type { Campaign } from '../src/http/contract/campaigns.ts';
import type { Account } from '../src/http/contract/operations.ts';
import { type Database, runTx } from '../src/platform/database.ts';
import { parseId, type Uuid } from '../src/platform/ids.ts';
import { HOUR_MS, instant, MINUTE_MS } from '../src/platform/time.ts';
import type { Run } from '../src/reconciliation/run.ts';
import { getRun, listRunRows } from '../src/reconciliation/run-store.ts';
import { startRun } from '../src/reconciliation/start-run.ts';
import { booksAreEqual, expectEqualBooks } from './equal-books.ts';
import { AS_IT_IS, everybodyAgrees, insertContacts, testPhones } from './fixtures.ts';
import { type RunningWorld, runningWorld } from './running-world.ts';
import { API_KEY, NUMBERS } from './sending-world.ts';
import { testDatabase } from './test-database.ts';

/** The whole program against a gateway whose webhooks are lost: what never arrived is found in its books. */
let database: Database;
let world: RunningWorld;
let account: Account;
const STARTS_AT = instant('2026-11-17T15:00:00Z');
/** A busy machine may take half a minute for what is to happen within one working day. */
const WORKING = 60;
/** Replies take hours, and nothing else is waited for. */
const WAITING = 1200;
const CONTACTS = testPhones(60);
const STRANGERS = testPhones(80, '508');
const [OFFICE, ESTIMATES] = NUMBERS.map(({ phone }) => phone);

beforeAll(async () => {
  database = await testDatabase();
  world = await runningWorld(database, {
    startsAt: STARTS_AT.toString(),
    factor: WORKING,
    sandbox: {
      people: { replyShare: 0.6, landlineShare: 0.1, unreachableShare: 0.1 },
      faults: { loseWebhookShare: 0.3, duplicateWebhookShare: 0.1, reorderWebhookShare: 0.1 },
    },
  });
  await insertContacts(
    database.db,
    world.running.services,
    CONTACTS.map((phone) => ({ phone, state: 'MA', tags: ['test'] })),
  );
  await everybodyAgrees(database.db);
});

const run = async (id: Uuid): Promise<Run> => {
  const found = await getRun(database.db, id);
  if (found === undefined) throw new Error('the run vanished');
  return found;
};

/** From the beginning on: how much of the warped time has passed is the machine's affair. */
async function reconciled(): Promise<Run> {
  const { services } = world.running;
  const started = await runTx(database.db, (tx) =>
    startRun(tx, services, {
      accountId: parseId('account', account.id) ?? '',
      kind: 'manual',
      since: STARTS_AT,
      until: services.clock.now(),
      actor: 'test',
    }),
  );
  if (!started.ok) throw new Error(started.error.message);
  return world.until('reconciled', async () => {
    const current = await run(started.value);
    return current.finishedAt !== null && current;
  });
}

const applied = (): Promise<true> =>
  world.until('everything is applied', async () => {
    const { rows } = await sql`select 1 from gateway_event where state in ('received', 'retrying') limit 1`.execute(
      database.db,
    );
    return rows.length === 0;
  });

describe('a gateway whose webhooks are lost', () => {
  it('connects, and looks for history of which there is none', async () => {
    account = await world.client.send<Account>(
      'POST',
      '/v1/accounts',
      { kind: 'quo', name: 'Office', apiKey: API_KEY, baseUrl: world.sandbox.url, historyDays: 30 },
      'connect',
    );
    const history = await world.until('the first run is over', async () => {
      const [first] = await listRunRows(database.db, { accountId: undefined, before: undefined, limit: 1 });
      return first?.state === 'completed' && first;
    });
    expect(history).toMatchObject({ kind: 'history', seenTexts: 0, progress: 1, error: null });
  });

  it('has the same books as the gateway after a run, where a third of the webhooks was lost', async () => {
    const draft = await world.client.send<Campaign>(
      'POST',
      '/v1/campaigns',
      {
        name: 'Boston estimates',
        audience: { all: true },
        variants: [{ label: 'A', weight: 1, body: 'Still need that estimate? Reply STOP to opt out.' }],
        laneIds: account.lanes.map((lane) => lane.id),
      },
      'create',
    );
    await world.client.send(
      'POST',
      `/v1/campaigns/${draft.id}/launch`,
      { revision: draft.revision, acknowledgement: AS_IT_IS.reason },
      'launch',
    );
    for (const [nth, phone] of STRANGERS.slice(0, 40).entries()) {
      const to = (nth % 2 === 0 ? OFFICE : ESTIMATES) ?? '';
      await world.sandbox.personTexts({ from: phone, to, text: nth % 5 === 0 ? 'STOP' : `Question ${nth}?` });
      if (nth % 3 === 0) world.sandbox.personCalls({ from: phone, to });
      if (nth % 4 === 0) world.sandbox.staffTexts({ from: to, to: phone, text: `We will call you, ${nth}` });
    }
    await world.until('completed', async () => {
      const now = await world.client.get<CampaignLive>(`/v1/campaigns/${draft.id}/live`);
      return now.campaign.state === 'completed';
    });
    world.clock.setFactor(WAITING);
    await world.sandbox.idle();
    await applied();
    expect(await booksAreEqual(database.db, world.sandbox)).toBe(false);

    await world.clock.sleep(3 * MINUTE_MS);
    const first = await reconciled();
    expect(first).toMatchObject({ state: 'completed', error: null, missingThere: 0, differs: 0 });
    expect(first.missingHere).toBeGreaterThan(10);
    expect(first.staleHere).toBeGreaterThan(5);
    await applied();
    await expectEqualBooks(database.db, world.sandbox);

    const second = await reconciled();
    expect(second).toMatchObject({ missingHere: 0, staleHere: 0, missingThere: 0, differs: 0 });
    expect(second.seenTexts).toBe(world.sandbox.texts().length);
  });

  it('has the same books after an hour without any webhook', async () => {
    world.sandbox.setFaults({ loseWebhookShare: 1 });
    for (const [nth, phone] of STRANGERS.slice(40).entries()) {
      await world.sandbox.personTexts({ from: phone, to: OFFICE ?? '', text: nth === 7 ? 'please stop' : 'Hello?' });
      if (nth % 3 === 0) world.sandbox.personCalls({ from: phone, to: OFFICE ?? '' });
      await world.clock.sleep(MINUTE_MS);
    }
    await world.sandbox.idle();
    await world.clock.sleep(HOUR_MS);
    world.sandbox.setFaults({});
    const found = await reconciled();
    expect(found.missingHere).toBeGreaterThan(50);
    await applied();
    await expectEqualBooks(database.db, world.sandbox);
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from suppression where phone = ${STRANGERS[47]} and reason = 'opt_out'`.execute(database.db);
    expect(rows[0]?.n).toBe(1);
  });

  it('answers nobody by machine for what was said hours ago', async () => {
    const { rows } = await sql`
      select 1 from message where phone = ${STRANGERS[47]} and direction = 'outbound'`.execute(database.db);
    expect(rows).toEqual([]);
  });
});
