import { recordAudit } from '../compliance/audit-store.ts';
import { lockNumber } from '../compliance/lock-number.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { ConversationMessage } from './conversation.ts';
import { getMessageRow } from './conversation-store.ts';
import { endText, findOutbound, lockOutbound, waitAgain } from './held-store.ts';

/**
 * "Do not send it": ends a reply, a confirmation or a HELP answer that still waits. Refused once its hand-over has begun. Whoever has no
 * other answer then waits for one again.
 */
export async function dropText(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: {
    readonly id: Uuid;
    readonly reason: string | undefined;
    readonly by: { readonly actor: string; readonly name: string };
  },
): Promise<Outcome<ConversationMessage>> {
  const { id, reason, by } = input;
  const shownId = showId('message', id);
  const found = await findOutbound(tx, id);
  if (found === undefined) return notFound('message', shownId);
  if (!ANSWERS.includes(found.purpose))
    return conflict(
      `message ${shownId} is no answer to a person. A text of a campaign waits with its campaign: pause or cancel that`,
      {
        state: found.state,
        allowed: [],
      },
    );
  // The number before its texts, as everywhere.
  await lockNumber(tx, found.phone);
  const text = (await lockOutbound(tx, id)) ?? found;
  if (text.state !== 'pending')
    return conflict(
      `message ${shownId} is ${text.state.replace('_', ' ')}: only a text that still waits can be kept from being sent`,
      { state: text.state, allowed: [] },
    );
  await endText(tx, id, 'not_wanted');
  const conversation = text.purpose === 'reply' ? await waitAgain(tx, text) : undefined;
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: deps.clock.now(),
    actor: by.actor,
    action: 'message.dropped',
    subject: shownId,
    phone: text.phone,
    detail: { by: by.name, purpose: text.purpose, ...(reason === undefined ? {} : { reason }) },
  });
  await notifyLive(tx, ['inbox', 'status', ...(conversation === undefined ? [] : [`conversation:${conversation.id}`])]);
  const after = await getMessageRow(tx, id);
  if (after === undefined) throw new Error(`message ${shownId} was ended and cannot be read`);
  return ok(after);
}

const ANSWERS: readonly string[] = ['reply', 'opt_out_confirmation', 'opt_in_confirmation', 'opt_in_request', 'help'];
