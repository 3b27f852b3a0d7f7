import type { Gateway } from '../gateways/gateway.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, HOUR_MS, type Instant, MINUTE_MS } from '../platform/time.ts';
import { applyReceipts, type StatusReport } from '../webhooks/apply-status.ts';
import { type Lease, requireLease } from './lease-store.ts';
import { dueReceipts, receiptsChecked } from './settle-store.ts';

const FIRST_AFTER_MS = 10 * MINUTE_MS;
const GIVE_UP_AFTER_MS = 72 * HOUR_MS;

/**
 * Asks for the status of accepted texts that have no final receipt: v1 of the provider's API has no failure event. Returns how
 * many requests were made, which count against the account's rate, and until when the gateway asked it to keep still.
 */
export async function checkReceipts(
  deps: { readonly db: Db; readonly clock: Clock; readonly gateway: Gateway },
  lease: Lease,
  limit: number,
): Promise<{ readonly asked: number; readonly heldUntil: Instant | undefined }> {
  const now = deps.clock.now();
  const due = await dueReceipts(deps.db, {
    accountId: lease.accountId,
    now,
    firstAfterMs: FIRST_AFTER_MS,
    giveUpAfterMs: GIVE_UP_AFTER_MS,
    limit,
  });
  const reports: StatusReport[] = [];
  const asked: Uuid[] = [];
  let heldUntil: Instant | undefined;
  for (const { id, gatewayMessageId } of due) {
    if (heldUntil !== undefined) break;
    const answer = await deps.gateway.getMessage(gatewayMessageId);
    asked.push(id);
    if (!answer.ok && answer.error.kind === 'throttled' && answer.error.retryAfterMs !== undefined)
      heldUntil = addMs(deps.clock.now(), answer.error.retryAfterMs);
    if (!answer.ok || answer.value === undefined || answer.value.status === 'received') continue;
    reports.push({ gatewayMessageId, status: answer.value.status, errorCode: undefined, at: deps.clock.now() });
  }
  if (asked.length > 0)
    await runTx(deps.db, async (tx) => {
      await requireLease(tx, lease);
      await applyReceipts(tx, lease.accountId, reports);
      await receiptsChecked(tx, asked, now);
    });
  return { asked: asked.length, heldUntil };
}
