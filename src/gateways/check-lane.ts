import { invalid, type Outcome, type Refusal } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { LaneRow } from './account.ts';

export type LaneLimits = Pick<LaneRow, 'dailyCap' | 'messagesPerSecond' | 'partsPerSecond' | 'partsPerDay'>;

/** The column keeps two decimals. */
const PER_SECOND_MIN = 0.01;
const PER_SECOND_MAX = 1_000;
const DAILY_CAP_MAX = 1_000_000;
const PARTS_PER_DAY_MAX = 100_000_000;

/** Refuses what would stop a lane for good or break its counters, with the remedy; the limits themselves otherwise. */
export function checkLaneLimits<T extends Partial<LaneLimits>>(
  lane: Pick<LaneRow, 'phone' | 'name'>,
  limits: T,
): Outcome<T> {
  const problems = [
    ...whole('dailyCap', limits.dailyCap, { most: DAILY_CAP_MAX, unit: 'campaign texts a day' }),
    ...rate('messagesPerSecond', limits.messagesPerSecond, 'messages a second'),
    ...rate('partsPerSecond', limits.partsPerSecond, 'message parts a second'),
    ...whole('partsPerDay', limits.partsPerDay, { most: PARTS_PER_DAY_MAX, unit: 'message parts a day' }),
  ];
  const [first] = problems;
  return first === undefined
    ? ok(limits)
    : invalid(`number ${lane.phone} (${lane.name}): ${first.message}`, { errors: problems });
}

type Problem = NonNullable<Refusal['errors']>[number];

/** Null means: no limit. A cap that may not be null never is. */
function whole(
  field: keyof LaneLimits,
  value: number | null | undefined,
  { most, unit }: { readonly most: number; readonly unit: string },
): readonly Problem[] {
  if (value === undefined || value === null) return [];
  if (Number.isInteger(value) && value >= 1 && value <= most) return [];
  return [problem(field, `expected 1 to ${most.toLocaleString('en-US')} ${unit}`, value)];
}

function rate(field: keyof LaneLimits, value: number | null | undefined, unit: string): readonly Problem[] {
  if (value === undefined || value === null) return [];
  if (value >= PER_SECOND_MIN && value <= PER_SECOND_MAX) return [];
  return [problem(field, `expected ${PER_SECOND_MIN} to ${PER_SECOND_MAX.toLocaleString('en-US')} ${unit}`, value)];
}

const problem = (field: string, expected: string, value: number): Problem => ({
  pointer: `/${field}`,
  message: `${field}: ${expected}, got ${value}; ${value <= 0 ? 'to send nothing from it, pause it or switch it off' : 'choose a value between them'}`,
});
