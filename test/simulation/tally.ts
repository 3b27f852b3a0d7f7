import { CRASH_POINTS } from '../../src/sending/crash-points.ts';
import { STATEMENT_CRASHES } from './statement-crashes.ts';

/**
 * How often each kind of fault struck, so that one that never does is noticed: a fault that is drawn and then misses everything
 * proves nothing.
 */
export interface Tally {
  count(kind: FaultKind): void;
  readonly counts: Readonly<Record<string, number>>;
}

const OTHER_FAULTS = [
  'request lost',
  'answer lost',
  'slow answer',
  'send timed out',
  'answer 429',
  'answer 5xx',
  'gateway outage',
  'recipient refused',
  'lane refused',
  'account refused',
  'reading failed',
  'event lost',
  'event twice',
  'event late',
  'event garbled',
  'event forged',
  'event put down on the disk',
  'event poisoned',
  'a person stops',
  'reply decided on',
  'reply decided on too late',
  'reply that nobody decides on',
  'statement lost',
  'commit without an answer',
  'serialization failure',
  'deadlock',
  'lock timeout',
  'crash after a file was taken from the disk',
  'idle transaction ended',
  'notification lost',
  'kill',
  'restart of everything',
  'stall',
  'stall before the call',
  'clock jump',
  'lease lost by a living worker',
  'edit: pause',
  'edit: cancel',
  'edit: cap',
  'edit: priority',
  'edit: pace',
  'edit: throughput',
  'edit: parts per day',
  'edit: lane drained',
  'edit: lane switched off',
  'edit: window',
  'edit: finish by',
  'edit: pointless after',
  'edit: numbers',
  'edit: people added',
  'edit: reply',
  'edit: consent given',
  'edit: consent taken back',
  'edit: person erased',
  'edit: list imported',
  'edit: contacts merged',
  'edit: opt-in asked',
  'opt-out carried later',
  'do-not-call list',
  'do-not-call changes',
  'do-not-call file broken off',
  'wait for a do-not-call list',
] as const;

export type FaultKind = (typeof OTHER_FAULTS)[number] | `crash ${string}`;

export const FAULT_KINDS: readonly FaultKind[] = [
  ...OTHER_FAULTS,
  ...CRASH_POINTS.map((point): FaultKind => `crash ${point}`),
  ...STATEMENT_CRASHES.map(({ name }): FaultKind => `crash ${name}`),
];

/** They come about by themselves, and not in every hundred seeds. */
const SPONTANEOUS: ReadonlySet<FaultKind> = new Set(['deadlock', 'idle transaction ended', 'opt-out carried later']);

/** Kinds that must have struck somewhere, and did not. */
export const neverStruck = (counts: Readonly<Record<string, number>>): readonly FaultKind[] =>
  FAULT_KINDS.filter((kind) => !SPONTANEOUS.has(kind) && (counts[kind] ?? 0) === 0);

export function createTally(): Tally {
  const counts: Record<string, number> = {};
  return {
    count(kind) {
      counts[kind] = (counts[kind] ?? 0) + 1;
    },
    counts,
  };
}

/** The sum of several runs, every kind in it. */
export function sumOf(runs: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    FAULT_KINDS.map((kind) => [kind, runs.reduce((sum, counts) => sum + (counts[kind] ?? 0), 0)]),
  );
}
