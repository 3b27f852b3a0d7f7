import { instantFromMs } from '../platform/time.ts';
import type { Wait, WaitingPeople, WaitReason } from './forecast.ts';
import { type PlayCampaign, type SpansOf, usableFrom } from './forecast-play.ts';

/** What a campaign gets done before the caps of its numbers begin anew. */
export interface FirstDay {
  readonly endsMs: number;
  texts: number;
  /** Texts that its numbers could still send at the end of it. */
  roomLeft: number;
  goesOnMs: number | undefined;
}

interface Moment {
  readonly nowMs: number;
  readonly marginMs: number;
  readonly waiting: readonly WaitingPeople[];
  readonly spansOf: SpansOf;
  readonly firstDay: FirstDay | undefined;
}

/** Who waits for what now: what goes on first in front, and what needs a person last. */
export function decideWaits(campaign: PlayCampaign, at: Moment): readonly Wait[] {
  const counts = new Map<string, { reason: WaitReason; untilMs: number | undefined; people: number }>();
  const add = (reason: WaitReason, untilMs: number | undefined, people: number): void => {
    if (people <= 0) return;
    const key = `${reason} ${untilMs}`;
    const known = counts.get(key) ?? { reason, untilMs, people: 0 };
    counts.set(key, { ...known, people: known.people + people });
  };
  let now = 0;
  for (const waiting of at.waiting) {
    const found = standsInTheWay(campaign, waiting, at);
    if (found === undefined) now += waiting.people;
    else add(found.reason, found.untilMs, waiting.people);
  }
  const first = at.firstDay;
  const inTurn = Math.min(now, Math.round(first?.texts ?? 0));
  add('turn', undefined, inTurn);
  // Numbers with room to spare are not what holds a campaign back that has a pace of its own.
  add((first?.roomLeft ?? 0) >= 1 ? 'pace' : 'cap', first?.goesOnMs, now - inTurn);
  return [...counts.values()].sort(soonestFirst).map(({ reason, untilMs, people }) => ({
    reason,
    until: untilMs === undefined ? null : instantFromMs(Math.round(untilMs)),
    people,
  }));
}

type Counted = { readonly reason: WaitReason; readonly untilMs: number | undefined };

const soonestFirst = (a: Counted, b: Counted): number => rank(a) - rank(b) || (a.reason < b.reason ? -1 : 1);
const rank = ({ reason, untilMs }: Counted): number => (reason === 'turn' ? 0 : (untilMs ?? Number.MAX_SAFE_INTEGER));

/** What these people wait for beside the rate, the caps and the pace; `undefined`: nothing. */
export function standsInTheWay(
  campaign: PlayCampaign,
  { zoneGroup, laneId, dueAt }: WaitingPeople,
  { nowMs, marginMs, spansOf }: Pick<Moment, 'nowMs' | 'marginMs' | 'spansOf'>,
): Counted | undefined {
  if (nowMs >= campaign.stopsAtMs) return { reason: 'stopped', untilMs: undefined };
  const lanes = campaign.lanes.filter(
    ({ facts: { id, state } }) =>
      state !== 'off' &&
      (laneId === null ? state !== 'draining' : id === laneId || campaign.offLaneIds.includes(laneId)),
  );
  const sendsFromMs = Math.min(...lanes.map((lane) => lane.sendsFromMs));
  if (sendsFromMs > nowMs)
    return { reason: 'lane_paused', untilMs: Number.isFinite(sendsFromMs) ? sendsFromMs : undefined };
  const dueMs = dueAt?.epochMilliseconds ?? nowMs;
  const fromMs = Math.max(nowMs, dueMs);
  const span = usableFrom(spansOf(zoneGroup, campaign.facts), fromMs, marginMs);
  if (span === undefined) return { reason: 'never_opens', untilMs: undefined };
  const opensMs = Math.max(span.opensMs, fromMs);
  if (opensMs <= nowMs) return undefined;
  return { reason: dueMs > nowMs && opensMs === dueMs ? 'put_off' : 'quiet_hours', untilMs: opensMs };
}
