import { recordAudit } from '../compliance/audit-store.ts';
import { lockNumber } from '../compliance/lock-number.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import type { Conversation } from './conversation.ts';
import { lockConversation, updateConversationRow } from './conversation-store.ts';
import { getConversation } from './list-conversations.ts';
import { decideAsRead } from './settle-review.ts';

export interface ConversationChange {
  readonly state?: 'open' | 'done' | undefined;
  readonly read?: true | undefined;
  /** A person has read what may have been an opt-out and found that it was none. */
  readonly reviewed?: true | undefined;
}

/**
 * Marks a thread as read, done, open or reviewed. A decided review is kept in the audit log; when no other thread of the number waits
 * for one, campaigns may text it again.
 */
export async function updateConversation(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: {
    readonly id: Uuid;
    readonly change: ConversationChange;
    readonly by: { readonly actor: string; readonly name: string };
  },
): Promise<Outcome<Conversation>> {
  const { id, change, by } = input;
  const found = await getConversation(tx, id);
  if (!found.ok) return found;
  // The number before its threads, as everywhere.
  if (change.reviewed === true) await lockNumber(tx, found.value.phone);
  const before = await lockConversation(tx, id);
  if (before === undefined) return notFound('conversation', showId('conversation', id));
  if (change.reviewed === true) {
    const overdue = await decideAsRead(tx, deps, { phone: found.value.phone, besides: id, by });
    if (overdue !== undefined) return overdue;
  }
  await updateConversationRow(tx, id, {
    state: change.state,
    read: change.read === true,
    reviewed: change.reviewed === true,
  });
  const after = await getConversation(tx, id);
  if (after.ok && before.needsReview && change.reviewed === true)
    await recordAudit(tx, {
      id: deps.newUuid(),
      at: deps.clock.now(),
      actor: by.actor,
      action: 'conversation.reviewed',
      subject: showId('conversation', id),
      phone: after.value.phone,
      detail: { by: by.name },
    });
  await notifyLive(tx, ['inbox', `conversation:${id}`]);
  return after;
}
