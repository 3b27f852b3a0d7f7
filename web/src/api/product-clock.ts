import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { type Status, statusQuery } from './operations.ts';

/**
 * The product's own time. It may run faster than the browser's (demo, sandbox), so "3 min ago" and "done about 14:35" are counted
 * from the server's clock, which `/v1/status` gives, and tick on locally.
 */
export interface ProductClock {
  /** Epoch milliseconds of the product's now. */
  readonly nowMs: number;
  readonly factor: number;
  /** The business's zone. */
  readonly zone: string;
}

export function clockAt(clock: Status['clock'], receivedAtMs: number, browserNowMs: number): ProductClock {
  const elapsedMs = Math.max(0, browserNowMs - receivedAtMs);
  return { nowMs: Date.parse(clock.now) + elapsedMs * clock.factor, factor: clock.factor, zone: clock.zone };
}

const TICK_MS = 1_000;
const tickers = new Set<() => void>();
let tickedAtMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function onTick(call: () => void): () => void {
  tickers.add(call);
  timer ??= setInterval(() => {
    tickedAtMs = Date.now();
    for (const ticker of tickers) ticker();
  }, TICK_MS);
  return () => {
    tickers.delete(call);
    if (tickers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * Re-renders about every `everyMs` of product time, at most once a second. Before the first status the browser's clock and zone
 * stand in.
 */
export function useProductClock(everyMs = 1_000): ProductClock {
  const status = useQuery({ ...statusQuery, notifyOnChangeProps: ['data', 'dataUpdatedAt'] });
  const factor = status.data?.clock.factor ?? 1;
  const stepMs = Math.max(TICK_MS, everyMs / factor);
  const browserNowMs = useSyncExternalStore(onTick, () => Math.floor(tickedAtMs / stepMs) * stepMs);
  if (status.data === undefined)
    return { nowMs: browserNowMs, factor: 1, zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  return clockAt(status.data.clock, status.dataUpdatedAt, Math.max(browserNowMs, status.dataUpdatedAt));
}
