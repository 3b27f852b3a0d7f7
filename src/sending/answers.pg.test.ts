import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { answerTexts, takeLease } from '../../test/claimed.ts';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { API_KEY, type SendingWorld, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { LANES } from '../../test/under-way.ts';
import { pauseCampaign } from '../campaigns/control-campaign.ts';
import { recordInbound } from '../conversations/record-inbound.ts';
import type { Gateway, SendOutcome } from '../gateways/gateway.ts';
import { quoGateway } from '../gateways/quo/quo-gateway.ts';
import { stopwatch } from '../platform/clock.ts';
import { type Database, runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { addMs, DAY_MS, MINUTE_MS } from '../platform/time.ts';
import { claimDirect } from './claim.ts';
import { DEFAULT_ENGINE_OPTIONS, startEngine } from './engine.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

const FROM = '+16175559999';
const reach = (): void => undefined;

async function heardWorld() {
  const world = await sendingWorld(database);
  const { id } = await insertAccount(database.db, world, { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes: LANES });
  const lease = await takeLease(database.db, world, id);
  let count = 0;
  const say = (text: string, { agoMs = 0 } = {}): Promise<unknown> => {
    count += 1;
    const heard = { eventId: `EV${count}`, gatewayMessageId: `IN${count}`, from: FROM, to: ['+16175550001'], text };
    return runTx(database.db, (tx) =>
      recordInbound(
        tx,
        world,
        { id, kind: 'quo', environment: 'sandbox' },
        {
          ...heard,
          type: 'message_received',
          laneRef: LANES[0]?.gatewayRef,
          media: [],
          at: addMs(world.clock.now(), -agoMs),
        },
      ),
    );
  };
  const claim = (choice: { readonly automaticOnly: boolean; readonly afterMs?: number }) =>
    claimDirect({ ...world, db: database.db, reach }, lease, addMs(world.clock.now(), choice.afterMs ?? 0), {
      limit: 10,
      automaticOnly: choice.automaticOnly,
    });
  return { world, lease, say, claim };
}

describe('an answer of the program', () => {
  it.each(['STOP', 'Wrong number'])(
    'that says "you are signed up" and was put off goes to nobody who has said "%s" since',
    async (said) => {
      const { world, lease, say, claim } = await heardWorld();
      await say('STOP', { agoMs: MINUTE_MS });
      await say('START');
      const texts = await claim({ automaticOnly: false });
      expect(texts).toHaveLength(1);
      await say(said);
      const verdict = { to: 'pending', notBefore: world.clock.now(), detail: 'rate_limit' } as const;
      await answerTexts(database.db, world, { lease, texts, verdict });
      await claim({ automaticOnly: false });
      const { rows } = await sql`select purpose, state, failure_code as code from message
      where purpose = 'opt_in_confirmation'`.execute(database.db);
      expect(rows).toEqual([{ purpose: 'opt_in_confirmation', state: 'cancelled', code: 'opted_out' }]);
    },
  );

  it('goes out within minutes or not at all: a backup that is restored days later sends none', async () => {
    const { say, claim } = await heardWorld();
    await say('HELP');
    expect(await claim({ automaticOnly: true, afterMs: 3 * DAY_MS })).toEqual([]);
    await say('help');
    const { rows } = await sql`select purpose, state, failure_code as code from message where purpose = 'help'`.execute(
      database.db,
    );
    expect(rows[0]).toEqual({ purpose: 'help', state: 'cancelled', code: 'too_late' });
  });
});

const insertConfirmation = (world: SendingWorld, account: { readonly id: Uuid; readonly laneIds: readonly Uuid[] }) =>
  sql`
    with told as (select pg_notify('textwright_live', 'engine'))
    insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, created_at)
    select ${world.newUuid()}, ${account.id}, ${account.laneIds[0]}, 'outbound', 'opt_out_confirmation', ${FROM}, 'Bye', 'GSM-7', 1,
      'pending', ${world.clock.now()}, ${world.clock.now()} from told`.execute(database.db);

describe('a confirmation is handed over within a second and a half', () => {
  it('while a slow account asks the gateway about all its numbers', async () => {
    const [ratePerSecond, numbers] = [2, 12];
    const world = await sendingWorld(database, { factor: 1 });
    const lanes = Array.from({ length: numbers }, (_, index) => ({
      gatewayRef: `PN${index}`,
      phone: `+1617555${1_000 + index}`,
    }));
    const account = { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes, ratePerSecond };
    const inserted = await insertAccount(database.db, world, account);
    let asked = 0;
    let passedMs = stopwatch();
    const sentAfterMs: number[] = [];
    const gateway: Gateway = {
      ...quoGateway({ ...world, baseUrl: world.sandbox.url, apiKey: API_KEY, requestTimeoutMs: 1_000 }),
      async listNewest() {
        asked += 1;
        return { ok: true, value: { messages: [], olderThan: undefined } };
      },
      async send() {
        sentAfterMs.push(passedMs());
        return { kind: 'accepted', gatewayMessageId: 'AC1', status: 'queued' };
      },
    };
    const engine = startEngine({ ...world, openGateway: () => gateway }, { ...DEFAULT_ENGINE_OPTIONS, owner: 'one' });
    onTestFinished(() => engine.drain());
    await world.until('the gateway is asked', async () => asked >= 3);
    passedMs = stopwatch();
    await insertConfirmation(world, inserted);
    await world.until('it is sent', async () => sentAfterMs.length > 0);
    expect(asked).toBeLessThan(numbers);
    expect(sentAfterMs[0]).toBeLessThan(1_500);
  });

  it('also the sixth of several, while all calls of a campaign wait for a slow gateway', async () => {
    const world = await sendingWorld(database, { factor: 1 });
    const lanes = LANES.slice(0, 1);
    const account = await insertAccount(database.db, world, { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes });
    const phones = testPhones(100);
    await insertContacts(
      database.db,
      world,
      phones.map((phone) => ({ phone })),
    );
    await launchTestCampaign(database.db, world, { laneIds: account.laneIds });
    const answers: (() => void)[] = [];
    let passedMs = stopwatch();
    const sentAfterMs: number[] = [];
    const gateway: Gateway = {
      ...quoGateway({ ...world, baseUrl: world.sandbox.url, apiKey: API_KEY, requestTimeoutMs: 1_000 }),
      listNewest: async () => ({ ok: true, value: { messages: [], olderThan: undefined } }),
      send: ({ isCampaign }) => {
        if (!isCampaign) sentAfterMs.push(passedMs());
        const { promise, resolve } = Promise.withResolvers<SendOutcome>();
        answers.push(() => resolve({ kind: 'not_called', detail: 'test' }));
        return promise;
      },
    };
    const engine = startEngine({ ...world, openGateway: () => gateway }, { ...DEFAULT_ENGINE_OPTIONS, owner: 'one' });
    onTestFinished(() => {
      for (const answer of answers) answer();
      return engine.drain();
    });
    await world.until('all calls of campaigns are under way', async () => answers.length === 14);
    passedMs = stopwatch();
    for (let answer = 0; answer < 6; answer += 1) await insertConfirmation(world, account);
    await world.until('all are sent', async () => sentAfterMs.length === 6);
    expect(Math.max(...sentAfterMs)).toBeLessThan(1_500);
  });

  it('while texts of a campaign wait for a slow gateway on all their connections; a pause stops those that wait for one', async () => {
    const world = await sendingWorld(database, { factor: 1 });
    const TIME_OUT_MS = 4_000;
    let texts = 0;
    let passedMs = stopwatch();
    let confirmedAfterMs: number | undefined;
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const answer = (status: number, json: object): void => {
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
        };
        if (request.method === 'GET') return answer(200, { data: [], totalItems: 0, nextPageToken: null });
        if (!body.includes('Bye')) {
          texts += 1;
          return;
        }
        confirmedAfterMs ??= passedMs();
        answer(202, { data: { id: 'ACbye', status: 'queued' } });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await insertContacts(
      database.db,
      world,
      testPhones(1_200).map((phone) => ({ phone })),
    );
    const accounts = await Promise.all(
      [0, 1].map((index) =>
        insertAccount(database.db, world, {
          baseUrl,
          apiKey: API_KEY,
          ratePerSecond: 400,
          lanes: [{ gatewayRef: `PN${index}`, phone: `+1617555000${index}`, dailyCap: 10_000 }],
        }),
      ),
    );
    const laneIds = accounts.flatMap((account) => account.laneIds);
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    const engine = startEngine(
      { ...world, openGateway: (of) => quoGateway({ ...of, ...world, requestTimeoutMs: TIME_OUT_MS }) },
      { ...DEFAULT_ENGINE_OPTIONS, owner: 'one' },
    );
    onTestFinished(() => engine.drain());
    await world.until('every connection of campaigns is taken', async () => texts >= 500);
    passedMs = stopwatch();
    const [first] = accounts;
    if (first === undefined) throw new Error('no account');
    await insertConfirmation(world, first);
    await world.until('it is sent', async () => confirmedAfterMs !== undefined);
    expect(confirmedAfterMs).toBeLessThan(1_500);

    // A second after a pause nothing begins any more, not even what has waited for a connection since before.
    const control = { id: campaignId, shownId: showId('campaign', campaignId), reason: 'Filtered', actor: 'user:1' };
    expect(await runTx(database.db, (tx) => pauseCampaign(tx, world, control))).toMatchObject({ ok: true });
    await world.clock.sleep(1_000);
    const begun = texts;
    await world.clock.sleep(TIME_OUT_MS);
    const { rows } = await sql<{ waited: number }>`
      select count(*) as waited from message where purpose = 'campaign' and attempts = 1 and state = 'pending'`.execute(
      database.db,
    );
    expect(rows[0]?.waited).toBeGreaterThan(50);
    expect(texts).toBe(begun);
  });
});
