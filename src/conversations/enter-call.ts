import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { bumpByCall, ensureConversation } from './inbound-store.ts';

/**
 * Shows a call in the thread between one lane and one number, which is made when there is none. Whoever calls this has locked the
 * number. A call that begins to ask (missed, or a voicemail) opens the conversation and makes it wait, as a text does; another one
 * leaves it as it is, and a thread that begins with it is done.
 */
export async function enterCall(
  tx: Tx,
  call: {
    /** Of the conversation, should it be new. */
    readonly id: Uuid;
    readonly laneId: Uuid;
    readonly phone: string;
    readonly contactId: Uuid | null;
    readonly at: Instant;
    /** Where the call stood in the thread before; undefined when it was not in it. */
    readonly shownAt: Instant | undefined;
    readonly preview: string;
    readonly asks: boolean;
    readonly beginsToAsk: boolean;
  },
): Promise<Uuid> {
  const { id, laneId, phone, contactId, at, shownAt, preview, beginsToAsk } = call;
  const direction = call.asks ? 'inbound' : 'outbound';
  const last = { kind: 'call', direction, preview } as const;
  const conversationId = await ensureConversation(tx, {
    id,
    laneId,
    phone,
    contactId,
    at,
    last,
    needsPerson: beginsToAsk,
  });
  await bumpByCall(tx, { conversationId, at, shownAt, preview, direction, beginsToAsk });
  return conversationId;
}
