import { type Random, seededRandom } from '../../src/platform/random.ts';
import { type DatabaseFaults, NO_DATABASE_FAULTS } from './database-faults.ts';
import { drawLists, type PlannedList } from './draw-lists.ts';
import {
  askForConsent,
  drawMerges,
  drawOptIns,
  drawPeopleEdits,
  drawReviews,
  drawUnclear,
  type PlannedDecision,
} from './draw-people.ts';
import { NO_FAULTS, type OutsideFaults } from './outside-faults.ts';
import { PLACES } from './people.ts';

/** Everything that a seed decides before its run begins: who, how fast, and which faults (each run has its own mix). */
export interface Plan {
  readonly startsAt: string;
  readonly workers: number;
  readonly accounts: readonly PlannedAccount[];
  readonly campaigns: readonly PlannedCampaign[];
  /** Indexes into PLACES. */
  readonly places: readonly number[];
  readonly leaseMs: number;
  readonly idleMs: number;
  /** Between two questions who else sends. */
  readonly guardAgainMs: number;
  /** Most campaign texts to one person in 24 hours. */
  readonly messagesPerDay: number;
  /** Clocks of workers differ by as much. */
  readonly skewMs: number;
  /** Until then there are faults; 0: nothing goes wrong, and nobody sets anything right. */
  readonly troubleMs: number;
  /** Share of workers that die at a named point. */
  readonly crashes: number;
  /** Where the first of them dies, the others at the points after it. */
  readonly firstCrash: number;
  readonly kills: readonly number[];
  readonly restarts: readonly number[];
  /** From when on the API is to die at a named point. */
  readonly apiCrashes: readonly number[];
  /** The gateway answers everything with an error of its own. */
  readonly outages: readonly { readonly atMs: number; readonly ms: number }[];
  readonly stalls: readonly {
    readonly atMs: number;
    readonly worker: number;
    readonly ms: number;
    /** When its next hand-over is committed, long enough for another worker to take over and settle what was begun. */
    readonly atIntent: boolean;
  }[];
  readonly jumps: readonly { readonly atMs: number; readonly worker: number; readonly ms: number }[];
  readonly stops: readonly { readonly atMs: number; readonly person: number; readonly text: string }[];
  readonly edits: readonly PlannedEdit[];
  /** Of replies that may be opt-outs: how long a person may decide, and who is decided on. */
  readonly reviews: { readonly hours: number; readonly decisions: readonly PlannedDecision[] };
  /** The gateway tells of deliveries in rounds so far apart, as providers do that are busy; 1: of each by itself. */
  readonly reportsEveryMs: number;
  /** Do-not-call lists. */
  readonly lists: readonly PlannedList[];
  readonly notificationLost: number;
  readonly outside: OutsideFaults;
  readonly database: Readonly<DatabaseFaults>;
}

/** A run in which nothing goes wrong and nobody interferes. */
export const WITHOUT_TROUBLE = {
  skewMs: 0,
  troubleMs: 0,
  crashes: 0,
  firstCrash: 0,
  kills: [],
  restarts: [],
  apiCrashes: [],
  outages: [],
  stalls: [],
  jumps: [],
  stops: [],
  edits: [],
  reviews: { hours: 24, decisions: [] },
  reportsEveryMs: 1,
  lists: [],
  notificationLost: 0,
  outside: NO_FAULTS,
  database: NO_DATABASE_FAULTS,
} as const satisfies Partial<Plan>;

export const EDIT_KINDS = [
  'pause',
  'cancel',
  'cap',
  'priority',
  'pace',
  'throughput',
  'parts per day',
  'lane drained',
  'lane switched off',
  'window',
] as const;

/** Both drawn apart from the others. */
const PEOPLE_EDIT_KINDS = [
  'consent given',
  'consent taken back',
  'person erased',
  'list imported',
  'contacts merged',
  'opt-in asked',
] as const;
const MORE_EDIT_KINDS = ['finish by', 'pointless after', 'numbers', 'people added', 'reply', 'reply'] as const;

export interface PlannedEdit {
  readonly atMs: number;
  readonly kind: (typeof EDIT_KINDS)[number] | (typeof MORE_EDIT_KINDS)[number] | (typeof PEOPLE_EDIT_KINDS)[number];
  readonly target: number;
  readonly value: number;
}

export interface PlannedAccount {
  readonly name: string;
  readonly rate: number;
  readonly lanes: readonly PlannedLane[];
}

export interface PlannedLane {
  readonly ref: string;
  readonly phone: string;
  readonly dailyCap: number;
  readonly messagesPerSecond: number | null;
  readonly partsPerSecond: number | null;
  readonly partsPerDay: number | null;
}

export interface PlannedCampaign {
  readonly tag: string;
  /** After the start of the run. */
  readonly launchAtMs: number;
  readonly people: number;
  /** Number of its first person: campaigns overlap. */
  readonly offset: number;
  readonly priority: number;
  readonly allLanes: boolean;
  readonly maxPerHour: number | null;
  readonly maxPerDay: number | null;
  /** Spread evenly until then, after the start of the run. */
  readonly finishByMs: number | null;
  /** Who has not agreed in writing is not to be texted. */
  readonly asksWritten: boolean;
}

/**
 * When a run begins, and who is asked to wait until then: most people can be texted at once or within minutes, since what happens in
 * an idle night shows little. Indexes into PLACES where only some can.
 */
const STARTS: readonly [Start, ...Start[]] = [
  // A working day: its morning in the east, its noon, the minute before New York's three o'clock.
  { at: '2026-11-17T15:00:00Z', places: [0, 2, 3, 5] },
  { at: '2026-11-17T18:30:00Z' },
  { at: '2026-11-17T19:58:30Z' },
  // Massachusetts opens.
  { at: '2026-11-17T12:58:30Z', places: [0] },
  // The evening: some have minutes left, some hours.
  { at: '2026-11-18T00:40:00Z' },
  // Midnight of UTC, and of New York, where the numbers are.
  { at: '2026-11-17T23:59:50Z', tight: true },
  { at: '2026-11-18T04:59:50Z', places: [4], tight: true },
  // The mornings after the clocks were changed.
  { at: '2026-11-01T12:58:30Z', places: [0, 2] },
  { at: '2026-03-08T11:58:30Z', places: [0, 2] },
  // A Sunday, and the Saturday evening before it; Thanksgiving.
  { at: '2026-11-22T17:00:00Z' },
  { at: '2026-11-22T00:30:00Z' },
  { at: '2026-11-26T15:00:00Z', places: [0, 2, 3, 5] },
];

interface Start {
  readonly at: string;
  readonly places?: readonly number[];
  /** The caps are to be met there and then. */
  readonly tight?: true;
}

export function drawPlan(seed: number, enrollments: number): Plan {
  // Another stream than the run's: a change of the plan's drawing leaves the drawing of the run alone.
  const random = seededRandom(seed ^ 0x5eed);
  const some = (share: number, chance = 0.5): number => (random.next() < chance ? random.next() * share : 0);
  const times = <T>(max: number, make: (index: number) => T): readonly T[] =>
    Array.from({ length: random.int(0, max) }, (_, index) => make(index));
  const rarely = <T>(chance: number, max: number, make: (index: number) => T): readonly T[] =>
    random.next() < chance ? times(max, make) : [];
  const start = random.pick(STARTS);
  const accounts = drawAccounts(random, enrollments, random.next() < (start.tight ? 0.8 : 0.2));
  const sendingMs = 1_000 + (1_500 * enrollments) / accounts.reduce((sum, { rate }) => sum + rate, 0);
  const troubleMs = random.int(20, 240) * 1_000;
  // Half of it while most texts go out, half of it until everything that went wrong has been set right.
  const untilMs = Math.min(sendingMs, troubleMs);
  const whileTrouble = (): number => random.int(50, random.next() < 0.5 ? untilMs : troubleMs);
  const leaseMs = random.pick([15_000, 30_000, 60_000, 600_000]);
  const stalls = times(4, (worker) => {
    const atIntent = random.next() < 0.4;
    const shortMs = random.pick([random.int(100, 30_000), Math.ceil(leaseMs * (0.9 + random.next()))]);
    const ms = atIntent ? 1.2 * leaseMs + 200_000 : shortMs;
    return { atMs: atIntent ? random.int(0, 2_000) : whileTrouble(), worker, ms, atIntent };
  });
  // Somebody else holds the account by then.
  const lapsed = stalls.find(({ ms, atIntent }) => !atIntent && ms > 1.3 * leaseMs && ms < 120_000);
  // A launch takes some hundred milliseconds: at best its people are just being claimed when the worker wakes.
  const wakesAtMs =
    lapsed === undefined || random.next() < 0.1 ? undefined : lapsed.atMs + lapsed.ms - random.int(0, 800);
  const workers = random.int(1, 4);
  const campaigns = askForConsent(seed, drawCampaigns(random, enrollments, wakesAtMs));
  return {
    startsAt: start.at,
    workers,
    accounts,
    campaigns,
    places: drawPlaces(random, start.places ?? [...PLACES.keys()]),
    leaseMs,
    idleMs: random.pick([30_000, 60_000, 300_000]),
    guardAgainMs: 30_000,
    messagesPerDay: random.pick([1, 2, 3, 3]),
    skewMs: random.pick([0, 0, 500, 5_000]),
    troubleMs,
    crashes: random.pick([0, 0.6, 1, 1]),
    // A prime, so that the seeds begin at every point of a list, however long it is.
    firstCrash: 7_919 * seed,
    kills: times(3, whileTrouble),
    restarts: rarely(0.25, 2, whileTrouble),
    apiCrashes: times(4, () => (random.next() < 0.3 ? 0 : whileTrouble())),
    outages: rarely(0.5, 2, () => ({ atMs: whileTrouble(), ms: random.int(5_000, 60_000) })),
    stalls,
    jumps: [...rarely(0.3, 2, (worker) => ({ atMs: whileTrouble(), worker, ms: jump(random) })), ...leapAhead(seed)],
    stops: [
      ...times(30, () => ({
        atMs: whileTrouble(),
        person: random.int(0, 10_000),
        text: random.pick(['STOP', 'stop please', 'Alto', 'START', 'take me off your list']),
      })),
      ...drawUnclear(seed, untilMs),
    ],
    edits: [
      ...times(6, () => ({
        atMs: whileTrouble(),
        kind: random.pick(EDIT_KINDS),
        target: random.int(0, 9),
        value: random.int(1, 80),
      })),
      ...drawMoreEdits(seed, untilMs),
      ...drawPeopleEdits(seed, untilMs),
      ...drawMerges(seed, untilMs),
      ...drawOptIns(seed, untilMs),
      ...drawPointless(seed, untilMs),
    ],
    reviews: drawReviews(seed),
    // Drawn apart from everything else, as what people say is.
    reportsEveryMs: seededRandom(seed ^ 0x2e90).pick([1, 1_000, 3_000, 3_000]),
    lists: drawLists(seed, { campaigns, untilMs }),
    notificationLost: some(0.5),
    outside: {
      ...NO_FAULTS,
      requestLost: some(0.1),
      answerLost: some(0.1),
      slow: some(0.2),
      serverError: some(0.1),
      throttled: some(0.1),
      refusedRecipient: some(0.05),
      senderRefused: some(0.02, 0.25),
      readFails: some(0.3),
      eventLost: some(0.3),
      eventTwice: some(0.3),
      eventLateMs: random.pick([0, 1_000, 60_000]),
      eventGarbled: some(0.05),
      eventForged: some(0.05),
      reports: random.pick([1, 0.3, 0.1]),
      replies: some(0.1),
      stops: some(0.15),
    },
    database: {
      statementLost: some(0.003),
      serialization: some(0.003),
      commitAnswerLost: some(0.02),
      poison: some(0.5),
      lockGivenUp: some(0.05),
    },
  };
}

/** One in ten is from anywhere. */
const drawPlaces = (random: Random, near: readonly number[]): readonly number[] =>
  Array.from({ length: 10 }, (_, index) =>
    index === 0 ? random.int(0, PLACES.length - 1) : (near[random.int(0, near.length - 1)] ?? 0),
  );

/**
 * While slow requests of the first texts are still on their way: a clock that leaps ahead then makes each look older than any request
 * lives. Drawn apart, so that seeds without it are what they were.
 */
function leapAhead(seed: number): Plan['jumps'] {
  const random = seededRandom(seed ^ 0x1ea9);
  if (random.next() < 0.6) return [];
  return [{ atMs: random.int(500, 25_000), worker: random.int(0, 3), ms: random.int(200_000, 3_600_000) }];
}

/** While most texts go out. Drawn apart, as the leaps are. */
function drawMoreEdits(seed: number, untilMs: number): Plan['edits'] {
  const random = seededRandom(seed ^ 0xed17);
  return Array.from({ length: random.int(0, 8) }, () => ({
    atMs: random.int(50, untilMs),
    kind: random.pick(MORE_EDIT_KINDS),
    target: random.int(0, 9),
    value: random.int(1, 80),
  }));
}

/** In most runs a campaign's texts lose their point within seconds, while it sends. Drawn apart, as the leaps are. */
function drawPointless(seed: number, untilMs: number): Plan['edits'] {
  const random = seededRandom(seed ^ 0x90e5);
  if (random.next() < 0.3) return [];
  return [
    {
      atMs: random.int(50, untilMs),
      kind: 'pointless after',
      target: random.int(0, 9),
      value: random.int(1, 8),
    },
  ];
}

/** Minutes to an hour, either way. */
const jump = (random: Random): number => (random.next() < 0.5 ? 1 : -1) * random.int(60_000, 3_600_000);

function drawAccounts(random: Random, enrollments: number, tight: boolean): readonly PlannedAccount[] {
  const rarely = <T>(chance: number, make: () => T): T | null => (random.next() < chance ? make() : null);
  return ['one', 'two'].slice(0, random.int(1, 2)).map((name, account) => ({
    name,
    // Slow ones show what fast ones do, one text at a time.
    rate: random.next() < 0.08 ? 8 : random.pick([60, 200, 400, 400, 400]),
    lanes: Array.from({ length: random.pick([1, 1, 2, 3]) }, (_, lane) => ({
      ref: `PN${name}${lane}`,
      phone: `+1212555${String(1_000 + account * 10 + lane)}`,
      dailyCap: tight ? Math.ceil(enrollments / 4) : random.int(enrollments, 2 * enrollments),
      messagesPerSecond: rarely(0.1, () => random.pick([3, 10, 40])),
      partsPerSecond: rarely(0.1, () => random.pick([5, 20, 60])),
      partsPerDay: rarely(0.15, () => random.int(Math.ceil(enrollments / 3), enrollments)),
    })),
  }));
}

/** `wakesAtMs`: when a worker who stood still too long goes on; the last campaign begins about then, so that it finds work that is another's. */
function drawCampaigns(random: Random, enrollments: number, wakesAtMs: number | undefined): readonly PlannedCampaign[] {
  const count = random.pick([1, 1, 2, 2, 3]);
  // A small one ends while the others go on; one of very few people even in the midst of the faults.
  const small = count > 1 && random.next() < 0.7 ? Math.ceil(enrollments / random.pick([12, 100, 300])) : 0;
  return Array.from({ length: count }, (_, index) => {
    const people =
      small === 0
        ? Math.floor(enrollments / count)
        : index === 0
          ? small
          : Math.floor((enrollments - small) / (count - 1));
    return {
      tag: `c${index}`,
      launchAtMs:
        index === 0
          ? 0
          : index === count - 1 && wakesAtMs !== undefined
            ? wakesAtMs - random.int(0, 600)
            : random.pick([0, random.int(1, 3_000), random.int(1, 20_000)]),
      people,
      offset: random.pick([0, Math.floor(people / 2) * index, people * index]),
      priority: random.int(1, 9),
      allLanes: random.next() < 0.8,
      maxPerHour: random.next() < 0.1 ? random.int(60, 250) : null,
      maxPerDay: random.next() < 0.1 ? random.int(100, 250) : null,
      finishByMs: random.next() < 0.02 ? random.int(1, 8) * 3_600_000 : null,
      asksWritten: false,
    };
  });
}
