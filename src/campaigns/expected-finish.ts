import type { SendingState } from '../business/business.ts';
import { getBusiness, getSending, getSendingPolicy } from '../business/business-store.ts';
import type { AccountRow, LaneRow } from '../gateways/account.ts';
import { listAccountRows, listLaneRows } from '../gateways/account-store.ts';
import { dayIn } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import { type LookAhead, lookAhead, type PeopleAt, peopleAt } from './campaign-hours.ts';
import { forecast } from './decide-forecast.ts';
import { laneUsage, pendingGroups } from './live-store.ts';

/** A lane with the campaign texts that it has reserved on its business day. */
export interface UsedLane extends LaneRow {
  readonly usedToday: number;
}

export interface FinishFacts {
  readonly ahead: LookAhead;
  readonly sending: SendingState;
  readonly accounts: readonly Pick<AccountRow, 'id' | 'state' | 'ratePerSecond'>[];
  /** All lanes; those of other campaigns are passed over. */
  readonly lanes: readonly UsedLane[];
  /** Who still waits. */
  readonly groups: readonly PeopleAt[];
}

/** About when a running campaign hands its last text over, at today's caps; null when that cannot be said. */
export function expectedFinish(campaign: Campaign, facts: FinishFacts): Instant | null {
  if (campaign.state !== 'running' || facts.sending.state === 'paused' || facts.groups.length === 0) return null;
  const lanes = facts.lanes.filter((lane) => campaign.laneIds.includes(lane.id) && lane.state === 'active');
  const accounts = facts.accounts.filter(
    ({ id, state }) => state === 'active' && lanes.some((lane) => lane.accountId === id),
  );
  const usable = lanes.filter((lane) => accounts.some(({ id }) => id === lane.accountId));
  return forecast({
    now: facts.ahead.now,
    dayOf: facts.ahead.dayOf,
    lanes: usable.map(({ dailyCap, usedToday }) => ({ dailyCap, leftToday: Math.max(0, dailyCap - usedToday) })),
    ratePerSecond: Math.max(
      RATE_MIN,
      accounts.reduce((sum, account) => sum + account.ratePerSecond, 0),
    ),
    groups: facts.ahead.groups(facts.groups, campaign),
  }).finishAt;
}

const RATE_MIN = 0.1;

/** The expected finish of each of these campaigns that has one. Seven statements, whatever the number of campaigns and people. */
export async function expectedFinishes(
  db: Db | Tx,
  clock: Clock,
  campaigns: readonly Campaign[],
): Promise<ReadonlyMap<Uuid, Instant>> {
  const running = campaigns.filter((campaign) => campaign.state === 'running');
  if (running.length === 0) return new Map();
  const now = clock.now();
  const facts = {
    ahead: lookAhead((await getBusiness(db)).zone, now, await getSendingPolicy(db)),
    sending: await getSending(db),
    accounts: await listAccountRows(db),
    lanes: await readUsedLanes(db, now),
  };
  const groups = await readWaitingGroups(
    db,
    running.map((campaign) => campaign.id),
  );
  return new Map(
    running.flatMap((campaign) => {
      const finishAt = expectedFinish(campaign, { ...facts, groups: groups.get(campaign.id) ?? [] });
      return finishAt === null ? [] : [[campaign.id, finishAt] as const];
    }),
  );
}

export async function readUsedLanes(db: Db | Tx, now: Instant): Promise<readonly UsedLane[]> {
  const lanes = await listLaneRows(db);
  const used = await laneUsage(
    db,
    lanes.map((lane) => ({ id: lane.id, day: dayIn(lane.zone, now) })),
  );
  return lanes.map((lane) => ({ ...lane, usedToday: used.get(lane.id) ?? 0 }));
}

/** Who still waits in each campaign. */
export async function readWaitingGroups(
  db: Db | Tx,
  campaignIds: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, readonly PeopleAt[]>> {
  const groups = Map.groupBy(await pendingGroups(db, campaignIds), (row) => row.campaignId);
  return new Map([...groups].map(([id, rows]) => [id, peopleAt(rows)]));
}
