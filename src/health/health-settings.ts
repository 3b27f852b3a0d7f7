import { recordAudit } from '../compliance/audit-store.ts';
import { getAccount } from '../gateways/account-store.ts';
import { noSuchAccount } from '../gateways/connect-account.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { findLane, findSettings, putSettings } from './check-store.ts';
import type { HealthSettings } from './health-check.ts';

/** Which two numbers an account is checked with. The one that receives is of the account; the one that sends may be of another. */
export const changeHealthSettings = (
  { db, clock, newUuid }: { readonly db: Db; readonly clock: Clock; readonly newUuid: NewUuid },
  {
    accountId,
    settings,
    actor,
  }: { readonly accountId: Uuid; readonly settings: HealthSettings; readonly actor: string },
): Promise<Outcome<undefined>> =>
  runTx(db, async (tx) => {
    const account = await getAccount(tx, accountId);
    if (account === undefined) return noSuchAccount(accountId);
    const from = await findLane(tx, settings.fromLaneId);
    const to = await findLane(tx, settings.toLaneId);
    if (from === undefined) return wrongLane('fromLaneId', 'there is no such number');
    if (to === undefined || to.accountId !== accountId)
      return wrongLane('toLaneId', `must be a number of "${account.name}", whose events are checked`);
    if (from.id === to.id) return wrongLane('fromLaneId', 'must be another number than the one that receives');
    const now = clock.now();
    const before = await findSettings(tx, accountId);
    await putSettings(tx, accountId, settings, now);
    await recordAudit(tx, {
      id: newUuid(),
      at: now,
      actor,
      action: 'health.changed',
      subject: showId('account', accountId),
      detail: { before: before ?? null, after: settings },
    });
    await notifyLive(tx, ['status']);
    return ok(undefined);
  });

const wrongLane = (field: string, message: string) =>
  invalid(`the numbers of a check: ${field} ${message}`, { errors: [{ pointer: `/${field}`, message }] });
