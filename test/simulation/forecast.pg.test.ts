import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, MINUTE_MS, msBetween } from '../../src/platform/time.ts';
import { DEFAULT_HOLDER_OPTIONS } from '../../src/sending/holder.ts';
import type { Backends } from './backends.ts';
import { type Compared, paced, playQuietly, type QuietRun } from './quiet-run.ts';
import { withSimulationDatabase } from './server.ts';

const EAST = 0;
const WEST = 1;
const HAWAII = 4;
const TUESDAY_TEN = '2026-11-17T15:00:00Z';
const HOUR = 60 * MINUTE_MS;

/** What is spread evenly: the end of a day cuts the time to the next text short, and those that are left share the rest among them. */
const CUT_SHORT_MS = 10_000;

/**
 * One turn: the product's longest look away, the claims with their statements, and the time of one text at the slowest rate, which the
 * engine waits for between two texts. Counts may be wrong by one text, where that falls on a border or in the rounding of equal shares.
 */
const turnMs = ({ ratePerSecond, slowestPerSecond = ratePerSecond, isSpread = false }: QuietRun): number =>
  DEFAULT_HOLDER_OPTIONS.idleMs + 2_000 + 1_000 / slowestPerSecond + (isSpread ? CUT_SHORT_MS : 0);

/** All texts of the first campaign have two parts. */
const LONG_BODY = `Hi there, [campaign 0]${' we are in your street next week.'.repeat(6)} Reply STOP to opt out.`;
const twoParts = sql`update campaign_variant set body = ${LONG_BODY}`;

const RUNS: readonly [string, QuietRun][] = [
  [
    'a small cap over several days',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 8,
      dailyCaps: [60],
      campaigns: [{ people: 130 }],
      middleMs: 20 * HOUR,
    },
  ],
  [
    'a tight rate, of which a tenth is kept',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 0.1,
      dailyCaps: [500],
      campaigns: [{ people: 400 }],
      middleMs: 20 * MINUTE_MS,
    },
  ],
  [
    'a rate that the window’s end cuts off, its last quarter of an hour left out',
    {
      startsAt: '2026-11-18T01:00:00Z',
      places: [EAST],
      ratePerSecond: 0.1,
      dailyCaps: [500],
      campaigns: [{ people: 300 }],
      middleMs: 20 * MINUTE_MS,
    },
  ],
  [
    'two priorities on one number',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 0.1,
      dailyCaps: [70],
      campaigns: [
        { people: 60, priority: 5 },
        { people: 50, priority: 2 },
      ],
      middleMs: 10 * MINUTE_MS,
    },
  ],
  [
    'two equals, one of which ends first',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 0.1,
      dailyCaps: [80],
      campaigns: [{ people: 90 }, { people: 30 }],
      middleMs: 10 * MINUTE_MS,
    },
  ],
  [
    'a pace per hour',
    {
      startsAt: '2026-11-17T15:20:00Z',
      places: [EAST, WEST],
      ratePerSecond: 8,
      dailyCaps: [500],
      campaigns: [{ people: 150, maxPerHour: 60 }],
      middleMs: HOUR,
      idleMs: DEFAULT_HOLDER_OPTIONS.idleMs,
    },
  ],
  [
    'a pace per day beside one without',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 8,
      dailyCaps: [100],
      campaigns: [{ people: 50 }, { people: 120 }],
      change: paced({ max_per_day: 20 }),
      middleMs: 15 * HOUR,
    },
  ],
  [
    'texts that are spread over two days',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST, WEST],
      ratePerSecond: 8,
      dailyCaps: [500],
      campaigns: [{ people: 250 }],
      isSpread: true,
      change: paced({ finish_by: '2026-11-18T22:00:00Z' }),
      middleMs: 6 * HOUR,
    },
  ],
  [
    'texts that are spread over a day and two accounts, one of which has more room',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 8,
      dailyCaps: [60],
      other: { dailyCaps: [100] },
      campaigns: [{ people: 90 }],
      isSpread: true,
      change: paced({ finish_by: '2026-11-17T22:00:00Z' }),
      middleMs: 2 * HOUR,
    },
  ],
  [
    'texts that are spread over two accounts, one of which many people know',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 8,
      dailyCaps: [100],
      other: { dailyCaps: [200] },
      campaigns: [{ people: 150 }],
      isSpread: true,
      async change(db, launched) {
        await sql`update enrollment set lane_id = ${launched.laneIds[1]} where id in (select id from enrollment order by phone limit 80)`.execute(
          db,
        );
        await paced({ finish_by: '2026-11-17T20:00:00Z' })(db, launched);
      },
      middleMs: HOUR,
    },
  ],
  [
    'an urgent campaign that is spread evenly, beside one that takes what is left',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 1,
      dailyCaps: [600],
      campaigns: [
        { people: 150, priority: 1 },
        { people: 250, priority: 5 },
      ],
      isSpread: true,
      change: paced({ finish_by: '2026-11-17T15:08:00Z' }),
      middleMs: 2 * MINUTE_MS,
    },
  ],
  [
    'two accounts, each as fast as it may',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 2,
      dailyCaps: [60, 30],
      other: { dailyCaps: [80] },
      campaigns: [{ people: 300 }],
      middleMs: 20 * 1_000,
    },
  ],
  [
    'two numbers, of which many people know one',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 0.1,
      dailyCaps: [60, 90],
      campaigns: [{ people: 220 }],
      async change(db, { laneIds }) {
        await sql`update enrollment set lane_id = ${laneIds[0]} where id in (select id from enrollment order by phone limit 130)`.execute(
          db,
        );
      },
      middleMs: 8 * HOUR,
    },
  ],
  [
    'a slow number beside a fast one',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 0.2,
      slowestPerSecond: 0.02,
      dailyCaps: [300, 100],
      campaigns: [{ people: 200 }],
      change: (db, { laneIds }) =>
        sql`update lane set messages_per_second = 0.02 where id = ${laneIds[0]}`.execute(db).then(() => undefined),
      middleMs: 10 * MINUTE_MS,
    },
  ],
  [
    'two equals on a number that is slower than its account',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 8,
      slowestPerSecond: 0.1 / 2,
      dailyCaps: [300],
      campaigns: [{ people: 130 }, { people: 50 }],
      change: (db) => sql`update lane set messages_per_second = 0.1`.execute(db).then(() => undefined),
      middleMs: 5 * MINUTE_MS,
    },
  ],
  [
    'parts that the carrier counts in a second, looked after every two seconds',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 8,
      dailyCaps: [500],
      campaigns: [{ people: 30 }],
      async change(db) {
        await sql`update lane set parts_per_second = 0.5`.execute(db);
        await twoParts.execute(db);
      },
      middleMs: MINUTE_MS,
      idleMs: DEFAULT_HOLDER_OPTIONS.idleMs,
    },
  ],
  [
    'parts that the carrier counts in a day',
    {
      startsAt: TUESDAY_TEN,
      places: [EAST],
      ratePerSecond: 8,
      dailyCaps: [500],
      campaigns: [{ people: 60 }],
      async change(db) {
        await sql`update lane set parts_per_day = 70`.execute(db);
        await twoParts.execute(db);
      },
      middleMs: 18 * HOUR,
    },
  ],
  [
    'East, West and Hawaii from the night on, over the midnight of the numbers',
    {
      startsAt: '2026-11-18T03:30:00Z',
      places: [EAST, WEST, HAWAII],
      ratePerSecond: 8,
      dailyCaps: [60],
      campaigns: [{ people: 200 }],
      middleMs: 30 * HOUR,
    },
  ],
  [
    'a number whose day is that of Hawaii',
    {
      startsAt: '2026-11-18T03:30:00Z',
      places: [HAWAII, EAST],
      ratePerSecond: 8,
      dailyCaps: [60],
      campaigns: [{ people: 150 }],
      change: (db) => sql`update lane set zone = 'Pacific/Honolulu'`.execute(db).then(() => undefined),
      middleMs: 6 * HOUR,
    },
  ],
  [
    'a launch at the very midnight of New York',
    {
      startsAt: '2026-11-18T05:00:00Z',
      places: [EAST, HAWAII],
      ratePerSecond: 8,
      dailyCaps: [60],
      campaigns: [{ people: 100 }],
      middleMs: HOUR,
    },
  ],
  [
    'the night in which the clocks go back',
    {
      startsAt: '2026-10-31T22:00:00Z',
      places: [EAST, WEST, HAWAII],
      ratePerSecond: 8,
      dailyCaps: [60],
      campaigns: [{ people: 180 }],
      middleMs: 12 * HOUR,
    },
  ],
  [
    'the night in which the clocks go forward, spread over the days around it',
    {
      startsAt: '2027-03-13T20:00:00Z',
      places: [EAST],
      ratePerSecond: 8,
      dailyCaps: [500],
      campaigns: [{ people: 250 }],
      isSpread: true,
      change: paced({ finish_by: '2027-03-15T16:00:00Z' }),
      middleMs: 20 * HOUR,
    },
  ],
];

/** One server for all runs. */
let backends: Backends | undefined;
let letGo: () => void = () => undefined;
let server: Promise<void> = Promise.resolve();
beforeAll(async () => {
  const ready = Promise.withResolvers<Backends>();
  const done = Promise.withResolvers<void>();
  letGo = done.resolve;
  server = withSimulationDatabase(async (opened) => {
    ready.resolve(opened);
    await done.promise;
  });
  backends = await ready.promise;
}, 60_000);
afterAll(async () => {
  letGo();
  await server;
});

/** What a forecast said and what happened, in words that show the difference. */
function differences({ name, foretold, lastMs, happened }: Compared, withinMs: number): readonly string[] {
  const found: string[] = [];
  const told = new Map(
    foretold?.perDay.flatMap(({ day, lanes }) => lanes.map((lane) => [`${day} ${lane.laneId}`, lane.count])),
  );
  for (const key of new Set([...told.keys(), ...happened.keys()])) {
    const [foretoldCount, count] = [told.get(key) ?? 0, happened.get(key) ?? 0];
    if (Math.abs(foretoldCount - count) > 1) found.push(`${name}: ${foretoldCount} foretold for ${key}, ${count} sent`);
  }
  if (lastMs === undefined) return found;
  const finishAt = foretold?.finishAt;
  if (!finishAt) return [...found, `${name}: no finish, because ${foretold?.noFinish}`];
  const lateMs = lastMs - finishAt.epochMilliseconds;
  if (Math.abs(lateMs) > withinMs)
    found.push(`${name}: foretold for ${finishAt.toString()}, ended ${Math.round(lateMs / 1_000)} s later`);
  return found;
}

describe('a forecast of a quiet run is right to within one turn', () => {
  it.each(RUNS)('%s', { timeout: 300_000 }, async (_, run) => {
    if (backends === undefined) throw new Error('the server did not start');
    const { compared, violations } = await playQuietly(run, backends);
    expect(violations).toEqual([]);
    expect(compared).toHaveLength(2 * run.campaigns.length);
    expect(compared.flatMap((one) => differences(one, turnMs(run)))).toEqual([]);
    // Both forecasts spoke of something.
    expect(compared.some(({ name, lastMs }) => name.endsWith('middle') && lastMs !== undefined)).toBe(true);
    expect(msBetween(instant(run.startsAt), compared[0]?.foretold?.finishAt ?? instant(run.startsAt))).toBeGreaterThan(
      0,
    );
  });
});
