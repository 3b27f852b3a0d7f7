import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { answerTexts, claimTexts } from '../../test/claimed.ts';
import { launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { heldAccount } from '../../test/held-account.ts';
import { MINUTE_MS } from '../platform/time.ts';

test('a text that was put off 32,767 times is tried again, and holds up nobody', async () => {
  const { database, world, lease, laneIds } = await heldAccount({ people: testPhones(2).map((phone) => ({ phone })) });
  const { db } = database;
  const [laneId = ''] = laneIds;
  const campaignId = await launchTestCampaign(db, world, { laneIds });
  const claim = () => claimTexts(db, world, { lease, campaignId, laneId });
  const texts = await claim();
  await answerTexts(db, world, {
    lease,
    texts,
    verdict: { to: 'pending', notBefore: world.clock.now(), detail: 'rate_limit' },
  });
  await sql`update message set attempts = 32767 where id = ${texts[0]?.messageId}`.execute(db);
  await world.clock.advance(MINUTE_MS);
  const again = await claim();
  for (const [index, text] of again.entries())
    await answerTexts(db, world, { lease, texts: [text], verdict: { to: 'sent', gatewayMessageId: `AC${index}` } });
  const { rows } = await sql`select state, attempts from message order by attempts`.execute(db);
  expect(rows).toEqual([
    { state: 'sent', attempts: 2 },
    { state: 'sent', attempts: 32_768 },
  ]);
});
