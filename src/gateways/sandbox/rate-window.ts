/** At most `limit` requests in any window of `windowMs`, whichever way it slides. A refused request does not count. */
export function rateWindow(options: { readonly limit: number; readonly windowMs: number }): {
  admits(nowMs: number): boolean;
} {
  const { limit, windowMs } = options;
  if (limit === Number.POSITIVE_INFINITY) return { admits: () => true };
  if (!Number.isInteger(limit) || limit < 1)
    throw new Error(`sandbox: requestsPerSecond must be a whole number from 1, or Infinity; got ${limit}`);
  const admittedAtMs: number[] = [];
  let oldest = 0;
  return {
    admits: (nowMs) => {
      if (nowMs - (admittedAtMs[oldest] ?? Number.NEGATIVE_INFINITY) < windowMs) return false;
      admittedAtMs[oldest] = nowMs;
      oldest = (oldest + 1) % limit;
      return true;
    },
  };
}
