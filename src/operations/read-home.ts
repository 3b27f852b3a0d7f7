import type { Campaign } from '../campaigns/campaign.ts';
import { listCampaigns } from '../campaigns/campaign-store.ts';
import type { Conversation } from '../conversations/conversation.ts';
import { listConversations } from '../conversations/list-conversations.ts';
import { dayIn, daysUpTo, startOfDay } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { Attention } from './attention.ts';
import { countDays, type DayCounts, type Extent, readExtent } from './operations-store.ts';
import { readStatus } from './read-status.ts';

export interface Home {
  readonly checklist: { readonly lane: boolean; readonly contacts: boolean; readonly campaign: boolean };
  readonly today: DayCounts & { readonly cap: number };
  /** The last 30 days of the business, today included, oldest first. */
  readonly trend: readonly DayCounts[];
  readonly campaigns: readonly Campaign[];
  readonly extent: Extent;
  readonly attention: readonly Attention[];
  /** Who has waited longest for an answer. */
  readonly waiting: readonly Conversation[];
  readonly waitingCount: number;
}

const TREND_DAYS = 30;
const CAMPAIGNS_MAX = 5;
const WAITING_MAX = 5;

/** The dashboard. Nothing here grows with the number of texts: see campaign_hour (migration 0002). */
export async function readHome(db: Db, clock: Clock): Promise<Home> {
  const { business, accounts, attention, inbox, now } = await readStatus(db, clock);
  const { zone } = business;
  const today = dayIn(zone, now);
  const days = daysUpTo(today, TREND_DAYS);
  const counts = await countDays(db, { zone, from: startOfDay(zone, days[0] ?? today) });
  const trend = days.map((day) => counts.get(day) ?? { day, ...NOTHING });
  const extent = await readExtent(db);
  const lanes = accounts.filter((account) => account.state === 'active').flatMap((account) => account.lanes);
  const sending = lanes.filter((lane) => lane.state === 'active' || lane.state === 'draining');
  return {
    checklist: {
      lane: accounts.some((account) => account.lanes.length > 0),
      contacts: extent.contacts > 0,
      campaign: extent.campaignLaunched,
    },
    today: {
      ...(trend.at(-1) ?? { day: today, ...NOTHING }),
      cap: sending.reduce((sum, lane) => sum + lane.dailyCap, 0),
    },
    trend,
    campaigns: await activeCampaigns(db),
    extent,
    attention,
    waiting: await longestWaiting(db),
    waitingCount: inbox.waiting,
  };
}

const NOTHING = { sent: 0, delivered: 0, failed: 0, replied: 0, optedOut: 0 };

async function activeCampaigns(db: Db): Promise<readonly Campaign[]> {
  const page = { search: undefined, after: undefined, limit: CAMPAIGNS_MAX };
  const running = await listCampaigns(db, { ...page, state: 'running' });
  const paused = await listCampaigns(db, { ...page, state: 'paused' });
  return [...running, ...paused].slice(0, CAMPAIGNS_MAX);
}

async function longestWaiting(db: Db): Promise<readonly Conversation[]> {
  const page = await listConversations(db, {
    view: 'waiting',
    search: undefined,
    contactId: undefined,
    cursor: undefined,
    limit: WAITING_MAX,
  });
  if (!page.ok) throw new Error(`the first page of the inbox was refused: ${page.error.message}`);
  return page.value.data;
}
