import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SENDING_POLICY } from '../business/sending-policy.ts';
import { addMs, HOUR_MS, type Instant, instant, instantFromMs, MINUTE_MS } from '../platform/time.ts';
import { type WaitQueue, type WaitSpan, waitSpans } from './decide-wait-spans.ts';
import { decideWaits } from './decide-waits.ts';
import type { ForecastCampaign, ForecastFacts, ForecastLane, WaitReason } from './forecast.ts';
import { type PlayCampaign, spansUnder, startPlay } from './forecast-play.ts';

const POLICY = { ...DEFAULT_SENDING_POLICY, preset: 'federal_state' } as const;
const START = instant('2026-11-17T00:00:00Z');
const SPANS = spansUnder(POLICY, START);
const MARGIN_MS = 15 * MINUTE_MS;
const GROUPS = [
  'MA|America/New_York',
  'CA|America/Los_Angeles',
  'HI|Pacific/Honolulu',
  'MA|America/New_York,Asia/Tokyo',
];
/** A number in each state, called after it, and one that was taken out of the campaign. */
const STATES = ['active', 'off', 'draining', 'paused'] as const;
const REMOVED = 'removed';

const lane = (id: string): ForecastLane => ({
  id,
  accountId: 'account',
  zone: 'America/New_York',
  state: STATES.find((state) => state === id) ?? 'active',
  pausedUntil: id === 'paused' ? instant('2026-11-17T20:00:00Z') : null,
  drains: id === 'draining',
  dailyCap: 125,
  partsPerDay: null,
  messagesPerSecond: null,
  partsPerSecond: null,
  usedTexts: 0,
  usedParts: 0,
});

const campaign = (waiting: ForecastCampaign['waiting']): ForecastCampaign => ({
  id: 'a',
  state: 'running',
  priority: 5,
  windowStartMinute: 480,
  windowEndMinute: 1260,
  laneIds: STATES,
  pace: { maxPerHour: null, maxPerDay: null, finishBy: null },
  paceUsed: null,
  stopsAt: null,
  partsPerText: 1,
  waiting,
});

function playOf(waiting: ForecastCampaign['waiting'], now: Instant): PlayCampaign {
  const facts: ForecastFacts = {
    now,
    businessZone: 'America/New_York',
    policy: POLICY,
    marginMs: MARGIN_MS,
    sendingPaused: false,
    accounts: [{ id: 'account', state: 'active', ratePerSecond: 10 }],
    lanes: [...STATES, REMOVED].map(lane),
    campaigns: [campaign(waiting)],
  };
  const [play] = startPlay(facts, SPANS).campaigns;
  if (play === undefined) throw new Error('a campaign is played');
  return play;
}

interface Person {
  readonly zoneGroup: string;
  readonly laneId: string | null;
  readonly due: Instant;
}

const person: fc.Arbitrary<Person> = fc.record({
  zoneGroup: fc.constantFrom(...GROUPS),
  laneId: fc.constantFrom(null, ...STATES, REMOVED),
  due: fc
    .oneof(
      fc.integer({ min: 0, max: 4 * 24 * 60 }),
      fc.integer({ min: 0, max: 4 * 24 * 4 }).map((quarter) => quarter * 15),
    )
    .map((minutes) => addMs(START, minutes * MINUTE_MS)),
});

/** As the forecast's rows have it (forecast-store.ts). */
const binned = (due: Instant, now: Instant): Instant | null => {
  if (due.epochMilliseconds <= now.epochMilliseconds) return null;
  const quarter = 15 * MINUTE_MS;
  return instantFromMs((Math.floor(due.epochMilliseconds / quarter) + 1) * quarter);
};

const isIn = ({ zoneGroup, laneId, due }: Person, span: WaitSpan): boolean =>
  span.zoneGroup === zoneGroup &&
  span.laneId === laneId &&
  due.epochMilliseconds >= span.fromMs &&
  due.epochMilliseconds < span.toMs;

const REASONS: readonly WaitReason[] = ['turn', 'quiet_hours', 'put_off', 'lane_paused', 'never_opens', 'stopped'];

describe('the people behind a count of the forecast', () => {
  it('are exactly as many as were counted, for each reason and each time', () => {
    fc.assert(
      fc.property(
        fc.array(person, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 0, max: 48 }),
        (people, hours) => {
          const now = addMs(START, hours * HOUR_MS + 7 * MINUTE_MS);
          const waiting = people.map(({ due, ...one }) => ({ ...one, dueAt: binned(due, now), people: 1 }));
          const play = playOf(waiting, now);
          const at = { nowMs: now.epochMilliseconds, marginMs: MARGIN_MS, spansOf: SPANS };
          const queues = [...Map.groupBy(people, ({ zoneGroup, laneId }) => `${zoneGroup} ${laneId}`).values()].flatMap(
            (same): WaitQueue[] => {
              const [first] = same;
              const last = same
                .map(({ due }) => due)
                .toSorted((a, b) => a.epochMilliseconds - b.epochMilliseconds)
                .at(-1);
              return first === undefined || last === undefined ? [] : [{ ...first, lastDueAt: last }];
            },
          );
          const counted = decideWaits(play, { ...at, waiting, firstDay: undefined });
          const found = (reason: WaitReason, untilMs: number | undefined): number => {
            const spans = waitSpans(play, queues, { reason, untilMs }, at);
            return people.filter((one) => spans.some((span) => isIn(one, span))).length;
          };
          for (const { reason, until, people: n } of counted)
            expect([reason, until?.toString(), found(reason, until?.epochMilliseconds)]).toEqual([
              reason,
              until?.toString(),
              n,
            ]);
          const everybody = REASONS.map((reason) => found(reason, undefined)).reduce((sum, n) => sum + n, 0);
          expect(everybody).toBe(people.length);
        },
      ),
      { numRuns: 200 },
    );
  });
});
