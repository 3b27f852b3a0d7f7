import type { Gateway } from '../gateways/gateway.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { HOUR_MS, MINUTE_MS } from '../platform/time.ts';
import { applyReceipts, type StatusReport } from '../webhooks/apply-status.ts';
import { dueReceipts, receiptsChecked } from './settle-store.ts';

const FIRST_AFTER_MS = 10 * MINUTE_MS;
const GIVE_UP_AFTER_MS = 72 * HOUR_MS;

/**
 * Asks for the status of accepted texts that have no final receipt: v1 of the provider's API has no failure event. Returns how
 * many requests were made; they count against the account's rate.
 */
export async function checkReceipts(
  deps: { readonly db: Db; readonly clock: Clock; readonly gateway: Gateway },
  accountId: Uuid,
  limit: number,
): Promise<number> {
  const now = deps.clock.now();
  const due = await dueReceipts(deps.db, {
    accountId,
    now,
    firstAfterMs: FIRST_AFTER_MS,
    giveUpAfterMs: GIVE_UP_AFTER_MS,
    limit,
  });
  const reports: StatusReport[] = [];
  for (const { gatewayMessageId } of due) {
    const answer = await deps.gateway.getMessage(gatewayMessageId);
    if (!answer.ok || answer.value === undefined || answer.value.status === 'received') continue;
    reports.push({ gatewayMessageId, status: answer.value.status, errorCode: undefined, at: deps.clock.now() });
  }
  if (due.length > 0)
    await runTx(deps.db, async (tx) => {
      await applyReceipts(tx, accountId, reports);
      await receiptsChecked(
        tx,
        due.map(({ id }) => id),
        now,
      );
    });
  return due.length;
}
