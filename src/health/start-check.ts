import { type Clock, patience } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import type { Jobs } from '../platform/jobs.ts';
import { notifyLive } from '../platform/live.ts';
import type { Random } from '../platform/random.ts';
import { conflict, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { addMs, SECOND_MS } from '../platform/time.ts';
import { engineTopicOf } from '../sending/engine-topic.ts';
import { type CheckLane, findLane, insertCheck, lockSettings } from './check-store.ts';
import { CHECK_WITHIN_MS, checkText, HAND_OVER_WITHIN_MS, newToken } from './health-check.ts';

export interface CheckDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly newUuid: NewUuid;
  readonly jobs: Pick<Jobs, 'enqueue'>;
}

/** Has jobs for the instants at which checks must have ended, and for the looks between two minutes. */
export const LOOK_QUEUE = 'health-look';

interface Wanted {
  readonly accountId: Uuid;
  /** `schedule`, `suspicion`, `recovery`, or who asks for it. */
  readonly cause: string;
}

/** Sends the text of a check. */
export const startCheck = (deps: CheckDeps & { readonly db: Db }, wanted: Wanted): Promise<Outcome<Uuid>> =>
  runTx(deps.db, (tx) => beginCheck(tx, deps, wanted));

/** The same, as a part of a transaction. */
export async function beginCheck(tx: Tx, deps: CheckDeps, { accountId, cause }: Wanted): Promise<Outcome<Uuid>> {
  const lanes = await checkLanes(tx, accountId);
  if (!lanes.ok) return lanes;
  const { clock } = deps;
  const startedAt = clock.now();
  const token = newToken(deps.random);
  const id = deps.newUuid();
  const begun = await insertCheck(tx, {
    id,
    accountId,
    ...lanes.value,
    messageId: deps.newUuid(),
    token,
    text: checkText(token),
    cause,
    startedAt,
    dueAt: addMs(startedAt, patience(clock, CHECK_WITHIN_MS)),
    notAfter: addMs(startedAt, patience(clock, HAND_OVER_WITHIN_MS)),
  });
  if (!begun) return conflict('a check of this account is under way; it ends within two minutes', UNDER_WAY);
  await deps.jobs.enqueue(tx, LOOK_QUEUE, [{ data: {}, afterSeconds: CHECK_WITHIN_MS / SECOND_MS + 1 }]);
  await notifyLive(tx, [engineTopicOf(accountId), 'status']);
  return ok(id);
}

const UNDER_WAY = { state: 'under_way', allowed: [] };

async function checkLanes(
  tx: Tx,
  accountId: Uuid,
): Promise<Outcome<{ readonly fromLane: CheckLane; readonly toLane: CheckLane }>> {
  const settings = await lockSettings(tx, accountId);
  if (settings === undefined)
    return conflict(
      `no two numbers are chosen for checking the account ${showId('account', accountId)}: choose one that sends and one that receives`,
      { state: 'not_set_up', allowed: [] },
    );
  const fromLane = await findLane(tx, settings.fromLaneId);
  const toLane = await findLane(tx, settings.toLaneId);
  if (fromLane === undefined || toLane === undefined) throw new Error(`a number of the check of ${accountId} vanished`);
  if (fromLane.state === 'off' || toLane.state === 'off') {
    const off = fromLane.state === 'off' ? fromLane : toLane;
    return conflict(`the number ${off.phone} is off: switch it on, or choose another one for the checks`, {
      state: 'number_off',
      allowed: [],
    });
  }
  return ok({ fromLane, toLane });
}
