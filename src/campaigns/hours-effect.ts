import { sql } from 'kysely';
import { hoursOf, type SendingPolicy } from '../business/sending-policy.ts';
import { hoursAhead, type OpenSpans } from '../compliance/open-spans.ts';
import { parseZoneGroupKey } from '../contacts/zones.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';

/** Whom a change of the sending hours would reach: people who wait in campaigns that run or are paused. */
export interface HoursEffect {
  readonly campaigns: number;
  readonly people: number;
  readonly otherHours: { readonly campaigns: number; readonly people: number };
  /** Of those with other hours: whom nobody could text any more. */
  readonly noHours: number;
}

/** People of one campaign and one place who wait. */
export interface WaitingGroup {
  readonly campaignId: Uuid;
  readonly zoneGroup: string;
  readonly people: number;
  readonly windowStartMinute: number;
  readonly windowEndMinute: number;
}

/** Every kind of day is among them, but for most holidays. */
const COMPARED_DAYS = 14;

export async function readHoursEffect(
  db: Db,
  change: { readonly before: SendingPolicy; readonly after: SendingPolicy; readonly now: Instant },
): Promise<HoursEffect> {
  return decideHoursEffect(await listWaitingGroups(db), change);
}

/** Some hundred rows for each campaign. */
async function listWaitingGroups(db: Db): Promise<readonly WaitingGroup[]> {
  const { rows } = await sql<WaitingGroup>`
    select z.campaign_id, z.zone_group, z.pending as people, c.window_start_minute, c.window_end_minute
    from campaign_zone_group z join campaign c on c.id = z.campaign_id
    where c.state in ('running', 'paused') and z.pending > 0`.execute(db);
  return rows;
}

export function decideHoursEffect(
  waiting: readonly WaitingGroup[],
  { before, after, now }: { readonly before: SendingPolicy; readonly after: SendingPolicy; readonly now: Instant },
): HoursEffect {
  const spansOf = hoursAhead(now);
  const known = new Map<string, 'same' | 'other' | 'none'>();
  const changeOf = (group: WaitingGroup): 'same' | 'other' | 'none' => {
    const key = `${group.windowStartMinute} ${group.windowEndMinute} ${group.zoneGroup}`;
    let change = known.get(key);
    if (change === undefined) {
      const places = parseZoneGroupKey(group.zoneGroup);
      const [then, from] = [before, after].map((policy) => openText(spansOf(places, hoursOf(policy, group)), now));
      change = then === from ? 'same' : from === '' ? 'none' : 'other';
      known.set(key, change);
    }
    return change;
  };
  const others = waiting.filter((group) => changeOf(group) !== 'same');
  return {
    ...countOf(waiting),
    otherHours: countOf(others),
    noHours: countOf(others.filter((group) => changeOf(group) === 'none')).people,
  };
}

const countOf = (groups: readonly WaitingGroup[]): { readonly campaigns: number; readonly people: number } => ({
  campaigns: new Set(groups.map(({ campaignId }) => campaignId)).size,
  people: groups.reduce((sum, { people }) => sum + people, 0),
});

/** The open hours of the days that are compared; of hours that open later, the first. Empty when none ever opens. */
function openText(spans: OpenSpans, now: Instant): string {
  const untilMs = addMs(now, COMPARED_DAYS * DAY_MS).epochMilliseconds;
  const found: string[] = [];
  for (let atMs = now.epochMilliseconds; ; ) {
    const span = spans.from(atMs);
    if (span === undefined || (span.opensMs >= untilMs && found.length > 0)) return found.join(' ');
    found.push(`${span.opensMs}-${span.closesMs}`);
    atMs = span.closesMs;
  }
}
