import { type Clock, patience } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import { firstUuidAt, type Uuid } from '../platform/ids.ts';
import { addMs, DAY_MS, type Instant, isBefore, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import { type Sweep, type TargetCursor, takeLate, takeNext, takeTargetCursor } from './proxy-find-store.ts';

const LOOKED_AT_ONCE = 1_000;
/** A target that does not keep up is given no more: what comes stays with the other events until it does. */
const WAITING_MAX = 500;
/** Behind this, events are rarely stored any more; before it, they are looked at again each time. */
const SETTLED_AFTER_MS = 2 * SECOND_MS;
const SWEEP_EVERY_MS = 15 * SECOND_MS;
/**
 * Between the making of an event's id and the commit that shows it lie at most the 5 s of the intake and the 30 s of a statement that
 * was given up and succeeded all the same.
 */
const STORED_WITHIN_MS = 45 * SECOND_MS;
/** For processes whose clocks differ by as much: too many events to be read again each time. */
const FAR_SWEEP_EVERY_MS = 5 * MINUTE_MS;
const CLOCKS_DIFFER_MS = 10 * MINUTE_MS;
/** An outage of the database that is longer than that leaves events behind which are stored, but not forwarded. */
export const SPOOLED_WITHIN_MS = 7 * DAY_MS;

/** Puts what came in since the last look into the log of a target, to be forwarded. */
export async function findEvents({ db, clock }: { readonly db: Db; readonly clock: Clock }, id: Uuid): Promise<void> {
  for (let more = true; more; )
    more = await runTx(db, async (tx) => {
      const target = await takeTargetCursor(tx, id, WAITING_MAX);
      if (target === undefined || target.waiting >= WAITING_MAX) return false;
      const now = clock.now();
      const sweep = sweepDue(clock, target, now);
      if (sweep !== undefined) await takeLate(tx, target, sweep);
      const settledId = idBefore(clock, now, SETTLED_AFTER_MS);
      return (await takeNext(tx, target, { limit: LOOKED_AT_ONCE, settledId, now })) === LOOKED_AT_ONCE;
    });
}

function sweepDue(clock: Clock, { sweptAt, sweptFarAt }: TargetCursor, now: Instant): Sweep | undefined {
  const isDue = (last: Instant, everyMs: number): boolean => !isBefore(now, addMs(last, patience(clock, everyMs)));
  if (!isDue(sweptAt, SWEEP_EVERY_MS)) return undefined;
  const isFar = isDue(sweptFarAt, FAR_SWEEP_EVERY_MS);
  return {
    fromId: isFar ? idBefore(clock, sweptFarAt, CLOCKS_DIFFER_MS) : idBefore(clock, sweptAt, STORED_WITHIN_MS),
    spooledFromId: idBefore(clock, sweptAt, SPOOLED_WITHIN_MS),
    isFar,
    now,
  };
}

/** The least id of an event that came so many real milliseconds before then. */
const idBefore = (clock: Clock, at: Instant, realMs: number): Uuid =>
  firstUuidAt(Math.max(0, at.epochMilliseconds - patience(clock, realMs)));
