import { beforeEach, describe, expect, it } from 'vitest';
import { answerTexts, claimTexts, takeLease } from '../../test/claimed.ts';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { answering } from '../../test/local-gateway.ts';
import { API_KEY, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { LANES } from '../../test/under-way.ts';
import { quoGateway } from '../gateways/quo/quo-gateway.ts';
import { manualClock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { knownLong } from './known-long.ts';
import { settleUnknown } from './settle.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

describe('a text whose answer was lost', () => {
  it('is not taken for another one of the same words that is with the gateway just now', async () => {
    const world = await sendingWorld(database);
    const { db } = database;
    await insertContacts(
      db,
      world,
      testPhones(1).map((phone) => ({ phone })),
    );
    const account = { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes: LANES };
    const { id: accountId, laneIds } = await insertAccount(db, world, account);
    const [laneId = ''] = laneIds;
    const lease = await takeLease(db, world, accountId);
    const begin = async () =>
      claimTexts(db, world, { lease, campaignId: await launchTestCampaign(db, world, { laneIds }), laneId });
    const lost = await begin();
    await answerTexts(db, world, { lease, texts: lost, verdict: { to: 'unknown', detail: 'test' } });
    const second = await begin();
    expect([lost.length, second.length, lost[0]?.body === second[0]?.body]).toEqual([1, 1, true]);

    // The gateway took the second one, and has not told us yet.
    const listed = [
      {
        id: 'AC2',
        to: [second[0]?.phone],
        from: '+16175550001',
        text: second[0]?.body,
        phoneNumberId: 'PNtest01',
        direction: 'outgoing',
        userId: 'US1',
        status: 'sent',
        createdAt: second[0]?.attemptedAt.toString(),
        updatedAt: second[0]?.attemptedAt.toString(),
      },
    ];
    const baseUrl = await answering(() => ({
      status: 200,
      body: { data: listed, totalItems: 1, nextPageToken: null },
    }));
    const clock = manualClock(world.clock.now());
    const gateway = quoGateway({ baseUrl, apiKey: API_KEY, clock, random: world.random, requestTimeoutMs: 1_000 });
    const lanes = new Map(laneIds.map((id) => [id, { gatewayRef: 'PNtest01' }]));
    const never = new AbortController().signal;
    const settle = () =>
      settleUnknown({ db, clock, gateway, graceMs: 0, knownLong: knownLong(clock, 0, never), lanes }, lease, 2);
    expect((await settle()).results).toEqual([]);
    await answerTexts(db, world, { lease, texts: second, verdict: { to: 'sent', gatewayMessageId: 'AC2' } });
    await clock.advance(60_000);
    const { results } = await settle();
    expect(results.map(({ messageId, outcome }) => ({ messageId, outcome }))).toEqual([
      { messageId: lost[0]?.messageId, outcome: 'settled_absent' },
    ]);
  });
});
