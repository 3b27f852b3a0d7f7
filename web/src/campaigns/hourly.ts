import type { CampaignLive } from '../api/campaigns.ts';

type Hour = CampaignLive['perHour'][number];
export type HourlyFigure = Exclude<keyof Hour, 'hour'>;

const HOUR_MS = 3_600_000;

/** Fewer bars would be blocks; the hours before the launch are empty ones. */
const HOURS_MIN = 12;

/**
 * One value for each hour up to the newest, at most `hoursMax`: the server leaves out hours in which nothing happened, and a chart
 * without them would hide the nights.
 */
export function hourlySeries(perHour: readonly Hour[], figure: HourlyFigure, hoursMax: number): readonly number[] {
  const byHour = new Map(perHour.map((hour) => [Date.parse(hour.hour), hour[figure]]));
  const first = Math.min(...byHour.keys());
  const last = Math.max(...byHour.keys());
  if (byHour.size === 0) return [];
  const count = Math.min(hoursMax, Math.max(HOURS_MIN, Math.round((last - first) / HOUR_MS) + 1));
  return Array.from({ length: count }, (_, index) => byHour.get(last - (count - 1 - index) * HOUR_MS) ?? 0);
}
