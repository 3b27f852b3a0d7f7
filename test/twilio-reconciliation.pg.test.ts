import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../src/http/contract/alerts.ts';
import type { Campaign } from '../src/http/contract/campaigns.ts';
import type { Account } from '../src/http/contract/operations.ts';
import type { OptOutDifference, ProviderOptOut } from '../src/http/contract/opt-outs.ts';
import type { Page } from '../src/platform/cursor.ts';
import { type Database, runTx } from '../src/platform/database.ts';
import { parseId, type Uuid } from '../src/platform/ids.ts';
import { addMs, HOUR_MS, MINUTE_MS } from '../src/platform/time.ts';
import type { Run } from '../src/reconciliation/run.ts';
import { getRun, listRunRows } from '../src/reconciliation/run-store.ts';
import { startRun } from '../src/reconciliation/start-run.ts';
import { booksAreEqual, expectEqualBooks } from './equal-books.ts';
import { type FakeTwilio, startFakeTwilio } from './fake-twilio.ts';
import { AS_IT_IS, everybodyAgrees, insertContacts, testPhones } from './fixtures.ts';
import { type RunningWorld, runningWorld } from './running-world.ts';
import { testDatabase } from './test-database.ts';

/** The whole program against a Twilio whose webhooks are lost, and which never repeats one: what did not come is in its books. */
const ACCOUNT = 'ACtest0001';
const TOKEN = 'the-primary-token';
const [OFFICE, ESTIMATES] = ['+16175550100', '+16175550101'] as const;
const CONTACTS = testPhones(40);
const STRANGERS = testPhones(90, '508');
const [DEAD = '', STUCK = ''] = CONTACTS;

let database: Database;
let world: RunningWorld;
let twilio: FakeTwilio;
let account: Account;

beforeAll(async () => {
  database = await testDatabase();
  world = await runningWorld(database, { startsAt: '2026-11-17T18:30:00Z', factor: 1200 });
  twilio = await startFakeTwilio({
    clock: world.clock,
    accountSid: ACCOUNT,
    authTokens: [TOKEN],
    numbers: [
      { sid: 'PNtest0001', phone: OFFICE, name: 'Office' },
      { sid: 'PNtest0002', phone: ESTIMATES, name: 'Estimates' },
    ],
    dead: { [DEAD]: '30006' },
    stuck: [STUCK],
  });
  await insertContacts(
    database.db,
    world.running.services,
    CONTACTS.map((phone) => ({ phone, state: 'MA', tags: ['test'] })),
  );
  await everybodyAgrees(database.db);
  return () => twilio.close();
});

const finished = async (id: Uuid): Promise<Run | false> => {
  const run = await getRun(database.db, id);
  if (run === undefined) throw new Error('the run vanished');
  return run.finishedAt !== null && run;
};

async function reconciled(hours: number, of: Account = account, kind: Run['kind'] = 'manual'): Promise<Run> {
  const { services } = world.running;
  const now = services.clock.now();
  const accountId = parseId('account', of.id) ?? '';
  const range = { since: addMs(now, -hours * HOUR_MS), until: now };
  const started = await runTx(database.db, (tx) =>
    startRun(tx, services, { accountId, kind, ...range, actor: 'test' }),
  );
  if (!started.ok) throw new Error(started.error.message);
  return world.until('reconciled', () => finished(started.value));
}

const applied = (): Promise<true> =>
  world.until('everything is applied', async () => {
    const { rows } = await sql`select 1 from gateway_event where state in ('received', 'retrying') limit 1`.execute(
      database.db,
    );
    return rows.length === 0;
  });

/** Everybody who has something to say says it, through both numbers. */
async function peopleWriteAndCall(people: readonly string[]): Promise<void> {
  for (const [nth, phone] of people.entries()) {
    const to = nth % 2 === 0 ? OFFICE : ESTIMATES;
    await twilio.personTexts({ from: phone, to, text: nth % 5 === 0 ? 'STOP' : `Question ${nth}?` });
    if (nth % 3 === 0) twilio.personCalls({ from: phone, to });
    if (nth % 4 === 0) twilio.staffTexts({ from: to, to: phone, text: `We will call you, ${nth}` });
  }
  await world.clock.sleep(HOUR_MS);
  await twilio.quiet();
}

async function launched(from: Account, audience: Campaign['audience']): Promise<Campaign> {
  const draft = await world.client.send<Campaign>(
    'POST',
    '/v1/campaigns',
    {
      ...{ name: `Estimates of ${from.name}`, audience },
      variants: [{ label: 'A', weight: 1, body: 'Still need that estimate? Reply STOP to opt out.' }],
      laneIds: from.lanes.map(({ id }) => id),
    },
    `create-${from.id}`,
  );
  const order = { revision: draft.revision, acknowledgement: AS_IT_IS.reason };
  return world.client.send<Campaign>('POST', `/v1/campaigns/${draft.id}/launch`, order, `launch-${from.id}`);
}

const optedOut = async (phone: string | undefined): Promise<boolean> =>
  (await sql`select 1 from suppression where phone = ${phone} and reason = 'opt_out'`.execute(database.db)).rows
    .length === 1;

describe('a Twilio account', () => {
  it('is connected with the texts and calls from before it', async () => {
    await peopleWriteAndCall(STRANGERS.slice(0, 20));
    await world.clock.sleep(3 * MINUTE_MS);
    const input = { kind: 'twilio', name: 'Office', accountSid: ACCOUNT, authToken: TOKEN, historyDays: 30 };
    account = await world.client.send<Account>('POST', '/v1/accounts', { ...input, baseUrl: twilio.url }, 'connect');
    const history = await world.until('the first run is over', async () => {
      const [first] = await listRunRows(database.db, { accountId: undefined, before: undefined, limit: 1 });
      return first !== undefined && finished(first.id);
    });
    expect(history).toMatchObject({ kind: 'history', state: 'completed', seenTexts: 25, seenCalls: 7, error: null });
    await applied();
    await expectEqualBooks(database.db, twilio.books());
    expect([await optedOut(STRANGERS[5]), await optedOut(STRANGERS[6])]).toEqual([true, false]);
  });

  it('has the same books as Twilio after a run, where a third of the webhooks was lost', async () => {
    twilio.setFaults({ loseWebhookShare: 0.33 });
    const { id } = await launched(account, { all: true });
    await world.until('completed', async () => {
      const { state } = await world.client.get<Campaign>(`/v1/campaigns/${id}`);
      return state === 'completed';
    });
    await peopleWriteAndCall(STRANGERS.slice(20, 60));
    await applied();
    expect(await booksAreEqual(database.db, twilio.books())).toBe(false);

    const first = await reconciled(24 * 7);
    expect(first).toMatchObject({ state: 'completed', error: null, missingThere: 0, differs: 0 });
    expect(first.missingHere).toBeGreaterThan(10);
    expect(first.staleHere).toBeGreaterThan(5);
    await applied();
    await expectEqualBooks(database.db, twilio.books());

    const second = await reconciled(24 * 7);
    expect(second).toMatchObject({ missingHere: 0, staleHere: 0, missingThere: 0, differs: 0 });
    expect(second.seenTexts).toBe(twilio.texts().length);
    // The text that never left the queue is in no list of a day: it was asked for by its id.
    const { rows } = await sql<{ code: string }>`
      select failure_code as code from message where phone in (${DEAD}, ${STUCK}) and state = 'failed' order by 1`.execute(
      database.db,
    );
    expect(rows).toEqual([{ code: '30001' }, { code: '30006' }]);
  });

  it('has the same books after an hour without any webhook, and answers nobody for it by machine', async () => {
    twilio.setFaults({ loseWebhookShare: 1 });
    await peopleWriteAndCall(STRANGERS.slice(60));
    twilio.setFaults({});
    await world.clock.sleep(3 * MINUTE_MS);
    const found = await reconciled(6);
    expect(found.missingHere).toBeGreaterThan(30);
    await applied();
    await expectEqualBooks(database.db, twilio.books());
    expect(await optedOut(STRANGERS[65])).toBe(true);
    const { rows } = await sql`select 1 from message where phone = ${STRANGERS[65]} and direction = 'outbound'`.execute(
      database.db,
    );
    expect(rows).toEqual([]);
  });
});

describe('people whom Twilio has unsubscribed, and of whom nothing came here', () => {
  // In Hawaii, where it is still day when the clock of this file has run for long.
  const [LINE, REFUSED = '', UNHEARD = ''] = ['+16175550102', ...testPhones(2, '808')];
  let strict: FakeTwilio;
  let second: Account;

  beforeAll(async () => {
    const [accountSid, token] = ['ACtest0002', 'another-token'];
    strict = await startFakeTwilio({
      ...{ clock: world.clock, accountSid, authTokens: [token], handlesStop: true },
      numbers: [{ sid: 'PNtest0003', phone: LINE, name: 'Second' }],
    });
    const input = { kind: 'twilio', name: 'Second', accountSid, authToken: token, historyDays: 0 };
    second = await world.client.send<Account>('POST', '/v1/accounts', { ...input, baseUrl: strict.url }, 'second');
    strict.setFaults({ loseWebhookShare: 1 });
    for (const from of [REFUSED, UNHEARD]) await strict.personTexts({ from, to: LINE, text: 'STOP' });
    return () => strict.close();
  });

  it('are opted out by the refusal of a text, which is explained, and an alert is open', async () => {
    await insertContacts(database.db, world.running.services, [{ phone: REFUSED, state: 'HI', tags: ['second'] }]);
    await everybodyAgrees(database.db);
    await launched(second, { tags: ['second'] });
    const refused = await world.until('refused', async () =>
      (await world.client.get<Page<ProviderOptOut>>('/v1/opt-outs/provider')).data.find(
        ({ phone }) => phone === REFUSED,
      ),
    );
    expect(refused).toMatchObject({ accountId: second.id, code: '21610', difference: 'never_heard' });
    expect(strict.accepted()).toEqual([]);
    const alert = await world.until('alerted', async () =>
      (await world.client.get<Page<Alert>>('/v1/alerts?state=open')).data.find(({ headline }) =>
        headline.startsWith('Second: opted out with the provider'),
      ),
    );
    expect(alert).toMatchObject({ kind: 'opt_outs_unheard', link: '/compliance/opt-out-report/differences' });
  });

  it('are found in the books at night, explained and opted out, those that are known by then left alone', async () => {
    await world.clock.sleep(3 * MINUTE_MS);
    expect(await reconciled(24, second, 'daily')).toMatchObject({ state: 'completed', error: null });
    await applied();
    const { data } = await world.client.get<Page<OptOutDifference>>('/v1/opt-outs/differences');
    expect(data.filter(({ accountId }) => accountId === second.id)).toMatchObject([
      {
        ...{ phone: UNHEARD, kind: 'stop', laneId: second.lanes[0]?.id },
        sentence: expect.stringContaining('It never reached us. They are opted out here now'),
      },
    ]);
    expect([await optedOut(REFUSED), await optedOut(UNHEARD)]).toEqual([true, true]);
    expect(await reconciled(24, second, 'daily')).toMatchObject({ optOutDifferences: 0 });
  });
});
