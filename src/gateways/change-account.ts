import { parseZone } from '../business/business.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { engineTopicOf } from '../sending/engine-topic.ts';
import type { AccountRow, LaneRow } from './account.ts';
import {
  carryLaneDays,
  lockAccount,
  lockLane,
  lockLaneDays,
  updateAccountRow,
  updateLaneRow,
} from './account-commands-store.ts';
import { checkLaneLimits, type LaneLimits } from './check-lane.ts';
import { noSuchAccount } from './connect-account.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

interface Change<T> {
  readonly id: Uuid;
  readonly change: T;
  readonly actor: string;
  /** Shown as the one who paused it. */
  readonly actorName: string;
  /** Why, in that person's words; kept only with a change of the state. */
  readonly reason: string | undefined;
}

export function changeAccount(
  { db, clock, newUuid }: Deps,
  input: Change<Partial<Pick<AccountRow, 'name' | 'ratePerSecond' | 'optOutsConfirmedBy' | 'state'>>>,
): Promise<Outcome<Uuid>> {
  return runTx(db, async (tx) => {
    const before = await lockAccount(tx, input.id);
    if (before === undefined) return noSuchAccount(input.id);
    const after: AccountRow = { ...before, ...input.change, stateReason: reasonAfter(before, input) };
    const now = clock.now();
    await updateAccountRow(tx, after, now);
    await recordAudit(tx, {
      id: newUuid(),
      at: now,
      actor: input.actor,
      action: 'account.changed',
      subject: showId('account', before.id),
      detail: { before: accountPart(before), after: accountPart(after) },
    });
    await notifyLive(tx, [engineTopicOf(before.id), 'status']);
    return ok(before.id);
  });
}

/**
 * Takes effect at the engine's next turn. A lower cap is not made up for: what is reserved of the day counts against it, and a
 * claim that is under way comes wholly before the change (it holds the lane's row).
 */
export function changeLane(
  { db, clock, newUuid }: Deps,
  input: Change<Partial<Pick<LaneRow, 'name' | 'zone' | 'state'> & LaneLimits>>,
): Promise<Outcome<Uuid>> {
  return runTx(db, async (tx) => {
    const now = clock.now();
    await lockLaneDays(tx, input.id, now);
    const before = await lockLane(tx, input.id);
    if (before === undefined) return notFound('lane', showId('lane', input.id));
    const zone = input.change.zone === undefined ? ok(before.zone) : parseZone(input.change.zone);
    if (!zone.ok) return zone;
    const limits = checkLaneLimits(before, input.change);
    if (!limits.ok) return limits;
    const after: LaneRow = {
      ...before,
      ...input.change,
      zone: zone.value,
      stateReason: reasonAfter(before, input),
      // A pause that would end by itself ends with any decision of a person.
      pausedUntil: input.change.state === undefined ? before.pausedUntil : null,
    };
    await updateLaneRow(tx, after, now);
    if (after.zone !== before.zone)
      await carryLaneDays(tx, { id: before.id, fromZone: before.zone, toZone: after.zone }, now);
    await recordAudit(tx, {
      id: newUuid(),
      at: now,
      actor: input.actor,
      action: 'lane.changed',
      subject: showId('lane', before.id),
      detail: { before: lanePart(before), after: lanePart(after) },
    });
    await notifyLive(tx, ['engine', 'status']);
    return ok(before.id);
  });
}

/** Why it does not send: kept while the state stays, gone when it sends again, else who did it. */
function reasonAfter(
  before: { readonly state: string; readonly stateReason: string | null },
  { change, actorName, reason }: Pick<Change<{ readonly state?: string }>, 'change' | 'actorName' | 'reason'>,
): string | null {
  if (change.state === undefined || change.state === before.state) return before.stateReason;
  if (change.state === 'active') return null;
  if (reason !== undefined) return `${reason} (${actorName})`;
  return `${STATE_WORDS[change.state] ?? 'Changed'} by ${actorName}`;
}

const STATE_WORDS: Readonly<Record<string, string>> = {
  draining: 'Set to take no new people',
  paused: 'Paused',
  off: 'Switched off',
};

const accountPart = ({ name, ratePerSecond, optOutsConfirmedBy, state, stateReason }: AccountRow) => ({
  name,
  ratePerSecond,
  optOutsConfirmedBy,
  state,
  stateReason,
});
const lanePart = (lane: LaneRow) => ({
  name: lane.name,
  zone: lane.zone,
  dailyCap: lane.dailyCap,
  messagesPerSecond: lane.messagesPerSecond,
  partsPerSecond: lane.partsPerSecond,
  partsPerDay: lane.partsPerDay,
  state: lane.state,
  stateReason: lane.stateReason,
});
