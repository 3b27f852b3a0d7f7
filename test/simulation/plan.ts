import { type Random, seededRandom } from '../../src/platform/random.ts';
import { NO_FAULTS, type OutsideFaults } from './outside.ts';
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
  /** Most campaign texts to one person in 24 hours. */
  readonly messagesPerDay: number;
  /** Clocks of workers differ by as much. */
  readonly skewMs: number;
  /** Until then there are faults. */
  readonly troubleMs: number;
  /** Share of workers that die at a named point. */
  readonly crashes: number;
  readonly kills: readonly number[];
  readonly stalls: readonly { readonly atMs: number; readonly worker: number; readonly ms: number }[];
  readonly stops: readonly { readonly atMs: number; readonly person: number; readonly text: string }[];
  readonly edits: readonly {
    readonly atMs: number;
    readonly kind: 'pause' | 'cap' | 'priority';
    readonly target: number;
    readonly value: number;
  }[];
  readonly notificationLost: number;
  readonly outside: OutsideFaults;
  readonly database: { readonly statementLost: number; readonly commitAnswerLost: number };
}

export interface PlannedAccount {
  readonly name: string;
  readonly rate: number;
  readonly lanes: readonly { readonly ref: string; readonly phone: string; readonly dailyCap: number }[];
}

export interface PlannedCampaign {
  readonly tag: string;
  readonly people: number;
  /** Number of its first person: campaigns overlap. */
  readonly offset: number;
  readonly priority: number;
  readonly allLanes: boolean;
  readonly maxPerHour: number | null;
}

/** A working morning, an evening near its end, midnight of UTC and of New York, the days on which the clocks change, a Saturday, Thanksgiving. */
const STARTS = [
  '2026-11-17T15:00:00Z',
  '2026-11-17T15:00:00Z',
  '2026-11-18T00:40:00Z',
  '2026-11-17T23:59:55Z',
  '2026-11-17T23:59:52Z',
  '2026-11-18T04:59:40Z',
  '2026-11-01T05:30:00Z',
  '2026-03-08T06:30:00Z',
  '2026-11-22T00:30:00Z',
  '2026-11-26T15:00:00Z',
] as const;

export function drawPlan(seed: number, enrollments: number): Plan {
  // Another stream than the run's: a change of the plan's drawing leaves the drawing of the run alone.
  const random = seededRandom(seed ^ 0x5eed);
  const some = (share: number, chance = 0.5): number => (random.next() < chance ? random.next() * share : 0);
  const times = <T>(max: number, make: (index: number) => T): readonly T[] =>
    Array.from({ length: random.int(0, max) }, (_, index) => make(index));
  const troubleMs = random.int(20, 240) * 1_000;
  const whileTrouble = (): number => random.int(200, troubleMs);
  return {
    startsAt: random.pick(STARTS),
    workers: random.int(1, 4),
    accounts: drawAccounts(random, enrollments),
    campaigns: drawCampaigns(random, enrollments),
    places: times(4, () => random.int(0, PLACES.length - 1)).concat(0),
    leaseMs: random.pick([300_000, 600_000, 3_600_000]),
    idleMs: random.pick([300_000, 900_000, 3_600_000]),
    messagesPerDay: random.int(1, 3),
    skewMs: random.pick([0, 0, 500, 5_000]),
    troubleMs,
    crashes: some(0.9),
    kills: times(4, whileTrouble),
    stalls: times(4, (worker) => ({
      atMs: whileTrouble(),
      worker,
      ms: random.pick([random.int(100, 120_000), random.int(300_000, 900_000)]),
    })),
    stops: times(30, () => ({
      atMs: random.int(0, troubleMs),
      person: random.int(0, 10_000),
      text: random.pick(['STOP', 'stop please', 'Alto', 'START', 'take me off your list']),
    })),
    edits: times(6, () => ({
      atMs: whileTrouble(),
      kind: random.pick(['pause', 'cap', 'priority']),
      target: random.int(0, 9),
      value: random.int(1, 80),
    })),
    notificationLost: some(0.5),
    outside: {
      ...NO_FAULTS,
      requestLost: some(0.1),
      answerLost: some(0.1),
      slow: some(0.2),
      serverError: some(0.1),
      throttled: some(0.1),
      refusedRecipient: some(0.05),
      senderRefused: some(0.004, 0.15),
      readFails: some(0.3),
      eventLost: some(0.3),
      eventTwice: some(0.5),
      eventLateMs: random.pick([0, 1_000, 60_000]),
      replies: some(0.3),
      stops: some(0.15),
    },
    database: { statementLost: some(0.003), commitAnswerLost: some(0.02) },
  };
}

function drawAccounts(random: Random, enrollments: number): readonly PlannedAccount[] {
  const tight = random.next() < 0.4;
  return ['one', 'two'].slice(0, random.int(1, 2)).map((name, account) => ({
    name,
    rate: random.pick([8, 25, 100, 400]),
    lanes: Array.from({ length: random.int(1, 3) }, (_, lane) => ({
      ref: `PN${name}${lane}`,
      phone: `+1212555${String(1_000 + account * 10 + lane)}`,
      dailyCap: tight ? Math.ceil(enrollments / 4) : random.int(enrollments, 2 * enrollments),
    })),
  }));
}

function drawCampaigns(random: Random, enrollments: number): readonly PlannedCampaign[] {
  const count = random.int(1, 3);
  return Array.from({ length: count }, (_, index) => {
    const people = Math.floor(enrollments / count);
    return {
      tag: `c${index}`,
      people,
      offset: random.pick([0, Math.floor(people / 2) * index, people * index]),
      priority: random.int(1, 9),
      allLanes: random.next() < 0.8,
      maxPerHour: random.next() < 0.1 ? random.int(30, 200) : null,
    };
  });
}
