import { suppressNumber } from '../compliance/suppress.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Outcome } from '../platform/refusal.ts';
import type { Conversation } from './conversation.ts';
import { settleReviews } from './conversation-store.ts';
import { getConversation } from './list-conversations.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

interface Asked {
  /** How the person asked. */
  readonly note: string;
  readonly by: { readonly actor: string; readonly name: string };
}

/**
 * Staff record that the person with this number asked, by whatever way, not to be texted. Effective when the transaction commits. Only the
 * person can undo it (by texting START). A text of theirs that waited to be read as an opt-out or not is decided by this.
 */
export async function optOutPerson(
  tx: Tx,
  deps: Deps,
  { phone, note, by }: Asked & { readonly phone: string },
): Promise<void> {
  await suppressNumber(tx, deps, {
    phone,
    reason: 'opt_out',
    channel: 'staff',
    evidence: { note, by: by.name, saidAt: deps.clock.now().toString() },
    actor: by.actor,
    recordedBy: by.name,
  });
  await settleReviews(tx, phone);
  await notifyLive(tx, ['contacts', 'inbox']);
}

/** The same of whoever writes in this thread, who may be no contact. */
export async function optOutConversation(
  tx: Tx,
  deps: Deps,
  { id, ...asked }: Asked & { readonly id: Uuid },
): Promise<Outcome<Conversation>> {
  const found = await getConversation(tx, id);
  if (!found.ok) return found;
  const { phone, contactId } = found.value;
  await optOutPerson(tx, deps, { ...asked, phone });
  await notifyLive(tx, [`conversation:${id}`, ...(contactId === null ? [] : [`contact:${contactId}`])]);
  return getConversation(tx, id);
}
