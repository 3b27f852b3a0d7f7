import type { Db, Tx } from '../platform/database.ts';
import { firstUuidAt, type Uuid } from '../platform/ids.ts';
import { addMs, DAY_MS, type Instant, MINUTE_MS } from '../platform/time.ts';
import { type HourCounts, type UsualReceipts, WEEKS } from './decide-suspicion.ts';
import { listHours, usualReceipts } from './rhythm-store.ts';

const WEEK_MS = 7 * DAY_MS;
export const RHYTHM_KEPT_MS = WEEKS * WEEK_MS;

/** What the weeks before had in some hours, by the instants at which these begin. */
export async function readRhythm(
  db: Db | Tx,
  { accountId, hours }: { readonly accountId: Uuid; readonly hours: readonly Instant[] },
): Promise<(hour: Instant) => HourCounts> {
  const weeks = Array.from({ length: WEEKS }, (_, week) => (week + 1) * WEEK_MS);
  const before = hours.flatMap((hour) => weeks.map((ms) => addMs(hour, -ms)));
  const counted = new Map(
    (await listHours(db, { accountId, hours: before })).map(({ hour, events }) => [hour.epochMilliseconds, events]),
  );
  return (hour) => weeks.map((ms) => counted.get(hour.epochMilliseconds - ms)).filter((count) => count !== undefined);
}

/**
 * Texts of this long ago show what is usual, up to shortly before the last receipt: the receipts of later ones are still to come, or part
 * of the trouble. Without any receipt the trouble may have lasted for half an hour.
 */
const USUAL_FROM_MS = 7 * DAY_MS;
const UNDER_WAY_MS = MINUTE_MS;
const TROUBLE_MS = 30 * MINUTE_MS;

export const readUsualReceipts = (
  db: Db | Tx,
  query: { readonly accountId: Uuid; readonly now: Instant; readonly receiptAt: Instant | null },
): Promise<UsualReceipts> => {
  const { accountId, now, receiptAt } = query;
  return usualReceipts(db, {
    accountId,
    fromId: firstIdAt(addMs(now, -USUAL_FROM_MS)),
    untilId: firstIdAt(receiptAt === null ? addMs(now, -TROUBLE_MS) : addMs(receiptAt, -UNDER_WAY_MS)),
  });
};

/** Ids are UUIDv7: the first that could have been made at this instant. */
const firstIdAt = (at: Instant): Uuid => firstUuidAt(Math.max(0, at.epochMilliseconds));
