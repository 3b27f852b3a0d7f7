import { DEFAULT_SENDING_POLICY } from '../src/business/sending-policy.ts';
import { forecast } from '../src/campaigns/decide-forecast.ts';
import type {
  CampaignForecast,
  ForecastCampaign,
  ForecastFacts,
  ForecastLane,
  WaitingPeople,
} from '../src/campaigns/forecast.ts';
import { spansUnder } from '../src/campaigns/forecast-play.ts';
import { instant } from '../src/platform/time.ts';

export const TUESDAY_TEN = instant('2026-11-17T15:00:00Z');
export const EAST = 'MA|America/New_York';
export const WEST = 'CA|America/Los_Angeles';
export const HAWAII = 'HI|Pacific/Honolulu';

export const people = (count: number, change: Partial<WaitingPeople> = {}): WaitingPeople => ({
  zoneGroup: EAST,
  laneId: null,
  dueAt: null,
  people: count,
  ...change,
});

export const campaign = (change: Partial<ForecastCampaign> = {}): ForecastCampaign => ({
  id: 'a',
  state: 'running',
  priority: 5,
  windowStartMinute: 480,
  windowEndMinute: 1260,
  laneIds: ['one'],
  pace: { maxPerHour: null, maxPerDay: null, finishBy: null },
  paceUsed: null,
  stopsAt: null,
  partsPerText: 1,
  waiting: [people(100)],
  ...change,
});

export const lane = (change: Partial<ForecastLane> = {}): ForecastLane => ({
  id: 'one',
  accountId: 'account',
  zone: 'America/New_York',
  state: 'active',
  pausedUntil: null,
  drains: false,
  dailyCap: 125,
  partsPerDay: null,
  messagesPerSecond: null,
  partsPerSecond: null,
  usedTexts: 0,
  usedParts: 0,
  ...change,
});

export const facts = (change: Partial<ForecastFacts> = {}): ForecastFacts => ({
  now: TUESDAY_TEN,
  businessZone: 'America/New_York',
  policy: { ...DEFAULT_SENDING_POLICY, preset: 'federal_state' },
  marginMs: 15 * 60_000,
  sendingPaused: false,
  accounts: [{ id: 'account', state: 'active', ratePerSecond: 10 }],
  lanes: [lane()],
  campaigns: [campaign()],
  ...change,
});

export const play = (change: Partial<ForecastFacts> = {}) => {
  const given = facts(change);
  return forecast(given, spansUnder(given.policy, given.now));
};
/** Of the campaign `a`. */
export const first = (change: Partial<ForecastFacts> = {}): CampaignForecast => one(change, 'a');
export const one = (change: Partial<ForecastFacts>, id: string): CampaignForecast => {
  const found = play(change).byCampaign.get(id);
  if (found === undefined) throw new Error(`no forecast of ${id}`);
  return found;
};
export const finish = ({ finishAt }: CampaignForecast): string | undefined =>
  finishAt?.round({ smallestUnit: 'second', roundingMode: 'ceil' }).toString();
