/** What the benches have in common: how a rate is taken, where references come from, how figures are told and judged. */

const ROUNDS = 5;
const ROUND_MS_MIN = 300;

/** Items per second in the best of some rounds, the first of which warms up: whatever else the machine does can only slow it. */
export function perSecond<T>(items: readonly T[], work: (item: T) => void): number {
  let best = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const startedAt = performance.now();
    let done = 0;
    let elapsedMs = 0;
    while (elapsedMs < ROUND_MS_MIN) {
      for (const item of items) work(item);
      done += items.length;
      elapsedMs = performance.now() - startedAt;
    }
    if (round > 0) best = Math.max(best, (done * 1_000) / elapsedMs);
  }
  return Math.round(best);
}

/** The value below which `percent` of the values lie (nearest rank). */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** `--name=N` of the command line; the figures asked for are those of the default. */
export function countOption(name: string, byDefault: number): number {
  const given = process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const count = Number(given ?? byDefault);
  if (!Number.isInteger(count) || count <= 0)
    throw new Error(`--${name}: expected a whole number from 1, got "${given}"`);
  return count;
}

/** A package that only benches use. */
export async function reference<T>(name: string, version: string): Promise<T> {
  try {
    return await import(name);
  } catch (cause) {
    throw new Error(`the reference ${name} is not installed: npm install --save-dev ${name}@${version}`, { cause });
  }
}

export interface Requirement {
  readonly figure: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Tells the figures, as JSON with `--json`; a figure that falls short is named on standard error and ends the bench with exit code 1. */
export function report(done: {
  readonly bench: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly requirements: readonly Requirement[];
  /** For people. */
  readonly lines: readonly string[];
}): void {
  const { bench, figures, requirements, lines } = done;
  const text = process.argv.includes('--json') ? JSON.stringify({ bench, ...figures }) : lines.join('\n');
  process.stdout.write(`${text}\n`);
  for (const { figure, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } of requirements) {
    const value = figures[figure] ?? Number.NaN;
    if (value >= atLeast && value <= atMost) continue;
    const wanted = atLeast > Number.NEGATIVE_INFINITY ? `at least ${shown(atLeast)}` : `at most ${shown(atMost)}`;
    process.stderr.write(`${bench} falls short: ${figure} is ${shown(value)}, expected ${wanted}\n`);
    process.exitCode = 1;
  }
}

export const shown = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
