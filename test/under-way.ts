import { sql } from 'kysely';
import type { Db } from '../src/platform/database.ts';
import type { Uuid } from '../src/platform/ids.ts';
import { type CampaignClaim, claimCampaign, type Prepared } from '../src/sending/claim.ts';
import type { Lease } from '../src/sending/lease-store.ts';
import { claimNow, takeLease } from './claimed.ts';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from './fixtures.ts';
import { API_KEY, NUMBERS, type SendingWorld } from './sending-world.ts';

export const LANES = NUMBERS.map((number) => ({ gatewayRef: number.id, phone: number.phone, dailyCap: 1000 }));

export interface UnderWay {
  readonly accountId: Uuid;
  readonly campaignId: Uuid;
  readonly lease: Lease;
  readonly claim: CampaignClaim;
  readonly texts: readonly Prepared[];
}

/** A campaign whose people are all between their intent and the gateway's answer. */
export async function underWay(
  db: Db,
  world: SendingWorld,
  people: number,
  draft: Omit<NonNullable<Parameters<typeof launchTestCampaign>[2]>, 'laneIds'> = {},
): Promise<UnderWay> {
  const contacts = testPhones(people).map((phone) => ({ phone }));
  await insertContacts(db, world, contacts);
  const account = { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes: LANES };
  const { id: accountId, laneIds } = await insertAccount(db, world, account);
  const campaignId = await launchTestCampaign(db, world, { ...draft, laneIds });
  const lease = await takeLease(db, world, accountId);
  const claim = await claimNow(db, world, { lease, campaignId, laneId: laneIds[0] ?? '' });
  if (claim === undefined) throw new Error(`campaign ${campaignId} does not run`);
  const reach = (): void => undefined;
  const { prepared } = await claimCampaign(
    { ...world, db, reach, known: { standing: undefined } },
    lease,
    claim,
    world.clock.now(),
  );
  return { accountId, campaignId, lease, claim, texts: prepared };
}

/** The states of all texts, in their order. */
export async function textStates(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ state: string }>`select state from message order by state`.execute(db);
  return rows.map((row) => row.state);
}
