import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { SECOND_MS } from '../platform/time.ts';
import { sealAll } from './audit-chain.ts';
import { appendSeals, chainTime, listUnsealed, readHead, tryLockSealing } from './seal-store.ts';

/**
 * Entries are written by whoever acts, in the transaction of the act and without waiting for anybody; the chain is made behind them,
 * by one process of the installation at a time. Every worker tries: the one that ends leaves it to another.
 */
interface SealServices {
  readonly db: Db;
  readonly clock: Clock;
}

/** Entries of one transaction: a backlog of a million takes a thousand of them. */
const BATCH = 1_000;

/** Seals what is committed and has no seal, in one transaction. Returns how many entries; 0 also while another process seals. */
export async function sealBatch({ db, clock }: SealServices, limit: number = BATCH): Promise<number> {
  return runTx(db, async (tx) => {
    if (!(await tryLockSealing(tx))) return 0;
    const entries = await listUnsealed(tx, limit);
    if (entries.length === 0) return 0;
    await appendSeals(tx, sealAll(await readHead(tx), entries, chainTime(clock.now())));
    return entries.length;
  });
}

/** Seals until nothing waits. */
export async function sealWaiting(services: SealServices, signal?: AbortSignal): Promise<void> {
  while (signal?.aborted !== true && (await sealBatch(services)) === BATCH);
}

const SEAL_EVERY_MS = SECOND_MS;

/** Seals every second until it is closed. */
export function startSequencer(services: SealServices & { readonly log: Log }): {
  readonly close: () => Promise<void>;
} {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await sealWaiting(services, stopping.signal);
      } catch (error) {
        services.log.warn({ error }, 'the audit log cannot be sealed now');
      }
      await services.clock.rest(SEAL_EVERY_MS, stopping.signal);
    }
  };
  const running = run();
  return {
    async close() {
      stopping.abort();
      await running;
    },
  };
}
