import { sql } from 'kysely';
import { beforeEach, expect, it } from 'vitest';
import { answerTexts, claimTexts, takeLease } from '../../test/claimed.ts';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { API_KEY, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { LANES } from '../../test/under-way.ts';
import type { Database } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

/** Two campaigns that both wait for one person, who comes to know a number by the text of the first. */
async function twoCampaigns() {
  const world = await sendingWorld(database);
  const { db } = database;
  const people = testPhones(1).map((phone) => ({ phone }));
  await insertContacts(db, world, people);
  const account = { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes: LANES };
  const { id: accountId, laneIds } = await insertAccount(db, world, account);
  const [known = '', other = ''] = laneIds;
  const lease = await takeLease(db, world, accountId);
  const [first, second] = [
    await launchTestCampaign(db, world, { laneIds }),
    await launchTestCampaign(db, world, { laneIds }),
  ];
  const texts = await claimTexts(db, world, { lease, campaignId: first, laneId: known });
  await answerTexts(db, world, { lease, texts, verdict: { to: 'sent', gatewayMessageId: 'AC1' } });
  const claim = async (laneId: Uuid) => {
    const claimed = await claimTexts(db, world, { lease, campaignId: second, laneId });
    return claimed.map((text) => text.laneId);
  };
  const reason = async () => {
    const { rows } = await sql<{ lane: string }>`
      select m.decision ->> 'lane' as lane from message m join enrollment e on e.id = m.enrollment_id
      where e.campaign_id = ${second}`.execute(db);
    return rows.map(({ lane }) => lane);
  };
  return { db, known, other, claim, reason };
}

it('whoever comes to know a number while they wait is texted from it', async () => {
  const { known, other, claim, reason } = await twoCampaigns();
  expect(await claim(other)).toEqual([]);
  expect(await claim(known)).toEqual([known]);
  expect(await reason()).toEqual(['known to the person']);
});

it('whoever comes to know a number that is switched off then is texted from another', async () => {
  const { db, known, other, claim } = await twoCampaigns();
  await sql`update lane set state = 'off', state_reason = 'test' where id = ${known}`.execute(db);
  expect(await claim(other)).toEqual([other]);
});
