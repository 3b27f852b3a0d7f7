import type { Clock } from '../platform/clock.ts';
import { type Database, runTx, type Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import type { JobQueue } from '../platform/jobs.ts';
import { lockNumber } from './lock-number.ts';
import { hasOptedInSince } from './overtaken-opt-out.ts';
import { isSomebodys, numbersToCarry, takeToCarry } from './same-person-store.ts';
import { type SuppressInput, suppressCarried, takeBackCarried } from './suppress.ts';

interface Deps {
  readonly database: Database;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** Every minute. */
export const carryOptOutsJob = (deps: Deps): JobQueue => ({
  name: 'carry-opt-outs',
  perKey: false,
  cron: '* * * * *',
  retryLimit: 0,
  batchSize: 1,
  handle: () => carryOptOuts(deps),
});

/** Writes the opt-outs for those numbers of the same person that somebody held when they were said: number by number, so that it may wait. */
export async function carryOptOuts({ database: { db }, ...deps }: Deps): Promise<void> {
  for (const phone of await runTx(db, numbersToCarry)) await runTx(db, (tx) => carryTo(tx, deps, phone));
}

async function carryTo(tx: Tx, deps: Omit<Deps, 'database'>, phone: string): Promise<void> {
  await lockNumber(tx, phone);
  const optOuts = await takeToCarry<SuppressInput['channel']>(tx, phone);
  if (!(await isSomebodys(tx, phone))) return;
  for (const optOut of optOuts) {
    // What the person said at this number in between is newer, but it names no consent.
    const at = optOut.saidAt ?? optOut.heardAt;
    if (await hasOptedInSince(tx, { phone, at })) await takeBackCarried(tx, deps, optOut);
    else await suppressCarried(tx, deps, optOut);
  }
}
