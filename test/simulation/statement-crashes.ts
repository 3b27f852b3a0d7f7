import type { CrashPoint } from '../../src/sending/crash-points.ts';

/**
 * Crash points of which the product knows nothing: a process dies when it has come to a statement. Before it or its commit nothing
 * of its transaction stays; after it all does, and nobody in the process knows.
 */
export interface StatementCrash {
  readonly name: string;
  readonly of: 'worker' | 'api';
  /** The statement contains it. */
  readonly text: string;
  readonly when: 'after it' | 'before its commit' | 'after its commit';
  /** Nobody comes there before something else has happened: drawn so many times as often, so that it strikes as the others do. */
  readonly times?: number;
}

export const STATEMENT_CRASHES: readonly StatementCrash[] = [
  { name: 'after the lease was taken', of: 'worker', text: 'insert into account_lease', when: 'after it' },
  { name: 'after a renewal of the lease', of: 'worker', text: 'update account_lease set expires_at', when: 'after it' },
  {
    name: 'inside the marking of orphans',
    of: 'worker',
    text: 'with orphan as',
    when: 'before its commit',
    times: 3,
  },
  {
    name: 'after the marking of orphans',
    of: 'worker',
    text: 'with orphan as',
    when: 'after its commit',
    times: 3,
  },
  {
    name: 'inside the claim of answers',
    of: 'worker',
    text: 'update message set state =',
    when: 'before its commit',
    times: 3,
  },
  {
    name: 'after the cap is reserved',
    of: 'worker',
    text: 'update lane_usage set reserved = reserved +',
    when: 'after it',
  },
  {
    name: 'inside the record of what was settled',
    of: 'worker',
    text: "m.state = 'unknown' and m.account_id",
    when: 'before its commit',
    times: 3,
  },
  {
    name: 'inside the save of the breaker',
    of: 'worker',
    text: 'set breaker_open_since',
    when: 'before its commit',
    times: 6,
  },
  { name: 'inside the STOP transaction', of: 'api', text: 'insert into suppression', when: 'before its commit' },
  { name: 'after the STOP transaction', of: 'api', text: 'insert into suppression', when: 'after its commit' },
  { name: 'after the intake of an event', of: 'api', text: 'insert into gateway_event', when: 'after it' },
  {
    name: 'inside putting an event aside',
    of: 'api',
    text: 'with failed as',
    when: 'before its commit',
    times: 3,
  },
  {
    name: 'after putting an event aside',
    of: 'api',
    text: 'with failed as',
    when: 'after its commit',
    times: 3,
  },
  { name: 'inside applying an event', of: 'api', text: "set state = 'applied'", when: 'before its commit' },
  { name: 'after applying an event', of: 'api', text: "set state = 'applied'", when: 'after its commit' },
  { name: 'inside enrolling', of: 'api', text: 'insert into enrollment', when: 'before its commit', times: 3 },
  { name: 'after enrolling', of: 'api', text: 'insert into enrollment', when: 'after its commit', times: 3 },
];

/** How often a point stands in the list of those that a process may be told to die at. */
export const asOften = <Point extends CrashPoint | StatementCrash>(point: Point): readonly Point[] => {
  const times = typeof point === 'string' ? (point === 'after settling was asked' ? 3 : 1) : (point.times ?? 1);
  return Array<Point>(times).fill(point);
};

export interface Step {
  readonly text: string;
  readonly values: readonly unknown[] | undefined;
}

/** Whether a process that is to die there has come to it, with this statement behind those of its transaction. */
export function comesTo(
  crash: StatementCrash,
  when: 'before' | 'after',
  statement: Step,
  transaction: readonly Step[],
): boolean {
  const fits = ({ text }: Step): boolean => text.includes(crash.text);
  if (crash.when === 'after it') return when === 'after' && fits(statement);
  const commits = /^commit\b/i.test(statement.text);
  return commits && when === (crash.when === 'after its commit' ? 'after' : 'before') && transaction.some(fits);
}
