import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { getSendingPolicy, lockSettings, putSendingPolicyRow } from './business-store.ts';
import { checkSendingPolicy } from './check-sending-policy.ts';
import type { SendingPolicy } from './sending-policy.ts';

/** The engine asks for the policy at each turn, so that what is closed here closes with the next one. */
export async function changeSendingPolicy(
  { db, clock, newUuid }: { readonly db: Db; readonly clock: Clock; readonly newUuid: NewUuid },
  input: {
    /** Makes the new policy of the one before, so that two changes of different parts do not undo each other. */
    readonly change: (before: SendingPolicy) => SendingPolicy;
    readonly actor: string;
  },
): Promise<Outcome<SendingPolicy>> {
  return runTx(db, async (tx) => {
    const now = clock.now();
    await lockSettings(tx);
    const before = await getSendingPolicy(tx);
    const checked = checkSendingPolicy(input.change(before), now);
    if (!checked.ok) return checked;
    const after = checked.value;
    await putSendingPolicyRow(tx, after, now);
    const detail = { before, after };
    const entry = { id: newUuid(), at: now, actor: input.actor, subject: 'sending_policy', detail };
    await recordAudit(tx, { ...entry, action: 'sending_policy.changed' });
    await notifyLive(tx, ['engine', 'status']);
    return ok(after);
  });
}
