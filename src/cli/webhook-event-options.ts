import { type Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../platform/clock.ts';
import { addMs, DAY_MS, HOUR_MS, MINUTE_MS } from '../platform/time.ts';
import type { EventState } from '../webhooks/event-filter.ts';

/** What `textwright webhook list`, `replay` and `export` narrow events by. */
export interface FilterOptions {
  readonly type?: string;
  readonly phone?: string;
  readonly state?: EventState;
  readonly error?: string;
  readonly account?: string;
  /** ISO 8601. */
  readonly since?: string;
  readonly until?: string;
}

export interface ListOptions extends FilterOptions {
  readonly limit?: number;
  readonly json?: true;
}

const STATES: readonly EventState[] = ['received', 'retrying', 'applied', 'failed', 'discarded'];

export const withFilterOptions = (command: Command): Command =>
  command
    .option('--type <type>', 'as the gateways call it: message.received')
    .addOption(new Option('--state <state>', 'failed: those that rest with their error').choices(STATES))
    .option('--phone <number>', 'of the person whom they are about, in any spelling')
    .option('--account <account>', 'id or name of the account that they are of')
    .option('--error <text>', 'a part of the text of the error')
    .option('--since <time>', 'received at or after: 2026-11-17, 2026-11-17T15:00:00Z, or 90m, 6h, 2d ago', timeOption)
    .option('--until <time>', 'received before', timeOption);

const AGO = /^(\d{1,6})(m|h|d)$/;
const UNIT_MS = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS } as const;

function timeOption(text: string): string {
  const [, count, unit] = AGO.exec(text) ?? [];
  if (count !== undefined)
    return addMs(systemClock.now(), -Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]).toString();
  const named = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text);
  const at = named ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new InvalidArgumentError('Expected 2026-11-17 (UTC), 2026-11-17T15:00:00Z, or how long ago: 90m, 6h, 2d.');
  return new Date(at).toISOString();
}
