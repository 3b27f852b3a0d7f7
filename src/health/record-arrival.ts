import type { GatewayEvent } from '../gateways/gateway.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { type CheckToken, findCheckEvent, lockByToken, writeArrival } from './check-store.ts';
import { decideArrival } from './decide-check.ts';
import { SLOW_AFTER_MS, tokenIn } from './health-check.ts';

type Received = Extract<GatewayEvent, { readonly type: 'message_received' }>;

/**
 * Whether a received text is that of a health check: recognised by its token before it could become somebody's conversation. Its event
 * makes the check end well; one that reconciliation has found shows nothing about webhooks, and changes nothing.
 */
export async function recordArrival(
  tx: Tx,
  { clock }: { readonly clock: Clock },
  accountId: Uuid,
  text: Received,
): Promise<boolean> {
  const token = tokenIn(text.text);
  const check = token === undefined ? undefined : await lockByToken(tx, accountId, token);
  if (token === undefined || check === undefined || check.fromPhone !== text.from) return false;
  if (check.webhookAt !== null) return true;
  const event = await findCheckEvent(tx, { accountId, token, since: check.startedAt });
  if (event === undefined) return true;
  const differs = differenceOf(check, text);
  const now = clock.now();
  await writeArrival(tx, check.id, {
    webhookAt: event.receivedAt,
    appliedAt: differs === undefined ? now : null,
    ending: decideArrival({
      startedAt: check.startedAt,
      sentAt: check.sentAt,
      webhookAt: event.receivedAt,
      slowAfterMs: patience(clock, SLOW_AFTER_MS),
      differs,
    }),
    now,
  });
  await notifyLive(tx, ['status']);
  return true;
}

/** In words; undefined when the event says exactly what was sent. */
function differenceOf(check: CheckToken, text: Received): string | undefined {
  if (text.text !== check.text) return 'its event came in with another text than was sent';
  const reached = text.laneRef === undefined ? text.to.includes(check.toPhone) : text.laneRef === check.toLaneRef;
  return reached ? undefined : 'its event came in for another number than it was sent to';
}
