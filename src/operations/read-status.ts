import type { BusinessSettings, SendingState } from '../business/business.ts';
import { getBusiness, getSending } from '../business/business-store.ts';
import { listCampaigns } from '../campaigns/campaign-store.ts';
import { type InboxCounts, inboxCounts } from '../conversations/conversation-store.ts';
import { countHeld } from '../conversations/held-store.ts';
import { countOpenReviews } from '../conversations/review-read-store.ts';
import { type AccountOverview, listAccountOverviews } from '../gateways/account-overview-store.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { addMs, type Instant } from '../platform/time.ts';
import { type Attention, attentionOf, COUNT_MAX } from './attention.ts';
import { countTrouble, listCampaignsWithoutLane, listGivenUpTargets } from './operations-store.ts';

export interface Status {
  readonly environment: 'live' | 'sandbox' | 'none';
  readonly now: Instant;
  readonly business: BusinessSettings;
  readonly sending: SendingState;
  readonly accounts: readonly AccountOverview[];
  readonly inbox: InboxCounts;
  readonly attention: readonly Attention[];
}

/** Real milliseconds after which a lost answer should have been settled. */
const SETTLED_WITHIN_MS = 10 * 60_000;
const CAMPAIGNS_MAX = 5;

/** What every page shows around itself. */
export async function readStatus(db: Db, clock: Clock): Promise<Status> {
  const now = clock.now();
  const accounts = await listAccountOverviews(db, now);
  const sending = await getSending(db);
  const inbox = await inboxCounts(db);
  const trouble = await countTrouble(db, addMs(now, -patience(clock, SETTLED_WITHIN_MS)));
  const paused = await listCampaigns(db, {
    state: 'paused',
    search: undefined,
    after: undefined,
    limit: CAMPAIGNS_MAX,
  });
  const pausedCampaigns = paused.map(({ id, name, stateReason }) => ({
    id: showId('campaign', id),
    name,
    reason: stateReason ?? 'no reason was given',
  }));
  const stuck = await listCampaignsWithoutLane(db, CAMPAIGNS_MAX);
  const openReviews = await countOpenReviews(db);
  const heldAnswers = await countHeld(db, COUNT_MAX);
  const givenUpTargets = await listGivenUpTargets(db);
  const business = await getBusiness(db);
  return {
    environment: environmentOf(accounts),
    now,
    business,
    sending,
    accounts,
    inbox,
    attention: attentionOf({
      sending,
      accounts,
      zone: business.zone,
      now,
      counts: { ...trouble, review: openReviews },
      pausedCampaigns,
      heldAnswers,
      givenUpTargets,
      stuckCampaigns: stuck.map((campaign) => ({ ...campaign, id: showId('campaign', campaign.id) })),
    }),
  };
}

/** One live account makes it live: whatever is sent may reach people. */
function environmentOf(accounts: readonly AccountOverview[]): Status['environment'] {
  if (accounts.length === 0) return 'none';
  return accounts.some((account) => account.environment === 'live') ? 'live' : 'sandbox';
}
